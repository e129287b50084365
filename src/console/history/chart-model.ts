// Charts of numeric readings as plain data, ready for the plotter: one chart per kind, one line per device. A line is
// broken where a device was silent for longer than it usually is: a straight line over a gap would be invented. Pure.

import type { HistorySpan } from './history-span.ts';

/** Answer of `GET /homes/{id}/telemetry`. A point: [atMs, count, min, max, mean, last]. */
export interface TelemetryAnswer extends HistorySpan {
  readonly series: readonly {
    readonly gatewayId: string;
    readonly deviceId: string;
    readonly kind: string;
    readonly part: string;
    readonly room: string | null;
    readonly points: readonly (readonly (number | null)[])[];
  }[];
  readonly withheld: readonly string[];
  readonly writtenUntilMs: number;
}

/** Units are written alike in both languages. The order is the order on the screen: the body before the house. */
export const CHART_UNITS: Readonly<Record<string, string>> = {
  heart_rate_bpm: '/min',
  spo2_pct: '%',
  blood_pressure_mmhg: 'mmHg',
  respiration_bpm: '/min',
  steps: '',
  temperature_c: '°C',
  humidity_pct: '%',
  water_liters: 'L',
  power_w: 'W',
};

/** A value, a gap (null), or nothing to say at this instant because it is another line's (undefined). */
type Value = number | null | undefined;

export interface ChartLine {
  readonly deviceId: string;
  readonly part: string;
  readonly room: string | null;
  readonly mean: readonly Value[];
  readonly min: readonly Value[];
  readonly max: readonly Value[];
  readonly latest: { readonly atMs: number; readonly value: number };
  readonly lowest: number;
  readonly highest: number;
}

export interface Chart {
  readonly kind: string;
  readonly unit: string;
  readonly atS: readonly number[];
  readonly lines: readonly ChartLine[];
}

interface Point {
  readonly atMs: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly last: number;
}

/** A device may be this much later than usual before its line breaks. */
const LATENESS_MAX = 2.5;

export function chartsOf(answer: TelemetryAnswer): Chart[] {
  return Object.entries(CHART_UNITS).flatMap(([kind, unit]) => {
    const series = answer.series
      .filter((each) => each.kind === kind)
      .map((each) => ({ each, points: pointsOf(each.points) }))
      .filter(({ points }) => points.length > 0);
    if (series.length === 0) return [];
    const gaps = series.map(({ points }) => gapsOf(points, answer.stepMs));
    const instants = [...series.flatMap(({ points }) => points.map(({ atMs }) => atMs)), ...gaps.flat()];
    const at = [...new Set(instants)].sort((a, b) => a - b);
    const lines = series.map(({ each, points }, index) => lineOf(each, points, { at, gaps: gaps[index]! }));
    return [{ kind, unit, atS: at.map((atMs) => atMs / 1000), lines }];
  });
}

function pointsOf(raw: TelemetryAnswer['series'][number]['points']): Point[] {
  return raw.flatMap(([atMs, , min, max, mean, last]) =>
    isNumber(atMs) && isNumber(min) && isNumber(max) && isNumber(mean) && isNumber(last)
      ? [{ atMs, min, max, mean, last }]
      : [],
  );
}

function isNumber(value: number | null | undefined): value is number {
  return typeof value === 'number';
}

/** An instant inside each gap, at which the line is to break. */
function gapsOf(points: readonly Point[], stepMs: number): number[] {
  const distances = points.slice(1).map(({ atMs }, index) => atMs - points[index]!.atMs);
  const usual = distances.toSorted((a, b) => a - b)[Math.floor(distances.length / 2)] ?? stepMs;
  const longest = LATENESS_MAX * Math.max(stepMs, usual);
  return distances.flatMap((distance, index) => (distance > longest ? [points[index]!.atMs + stepMs] : []));
}

interface Grid {
  readonly at: readonly number[];
  readonly gaps: readonly number[];
}

function lineOf(
  { deviceId, part, room }: TelemetryAnswer['series'][number],
  points: readonly Point[],
  { at, gaps }: Grid,
): ChartLine {
  const byInstant = new Map(points.map((point) => [point.atMs, point]));
  const broken = new Set(gaps);
  const valuesOf = (take: (point: Point) => number): Value[] =>
    at.map((atMs) => {
      const point = byInstant.get(atMs);
      if (point !== undefined) return take(point);
      return broken.has(atMs) ? null : undefined;
    });
  const latest = points.at(-1)!;
  return {
    ...{ deviceId, part, room },
    mean: valuesOf((point) => point.mean),
    min: valuesOf((point) => point.min),
    max: valuesOf((point) => point.max),
    latest: { atMs: latest.atMs, value: latest.last },
    lowest: Math.min(...points.map(({ min }) => min)),
    highest: Math.max(...points.map(({ max }) => max)),
  };
}
