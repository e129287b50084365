// From alarms to figures: delays with median and 90th percentile, misses, false alarms per 30 home-days. Pure.

import type { CaseKind } from './recording.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export interface Outcome {
  readonly kind: CaseKind;
  readonly isDay: boolean;
  /** 0 when the alarm stood already; null when none came. */
  readonly delayMs: number | null;
  readonly isAlready: boolean;
}

export interface DelayFigures {
  readonly n: number;
  readonly median: number | null;
  readonly p90: number | null;
  readonly dayMedian: number | null;
  readonly nightMedian: number | null;
  readonly missedPct: number;
  readonly alreadyPct: number;
}

/** Hours. A miss counts as an endless delay in median and percentile, so leaving cases out never helps. */
export function delayFigures(outcomes: readonly Outcome[]): DelayFigures {
  const n = outcomes.length;
  const share = (count: number): number => (n === 0 ? 0 : round((100 * count) / n));
  return {
    n,
    median: percentileHours(outcomes, 0.5),
    p90: percentileHours(outcomes, 0.9),
    dayMedian: percentileHours(
      outcomes.filter(({ isDay }) => isDay),
      0.5,
    ),
    nightMedian: percentileHours(
      outcomes.filter(({ isDay }) => !isDay),
      0.5,
    ),
    missedPct: share(outcomes.filter(({ delayMs }) => delayMs === null).length),
    alreadyPct: share(outcomes.filter(({ isAlready }) => isAlready).length),
  };
}

/** Figures for each kind that occurs. */
export function delaysByKind(outcomes: readonly Outcome[]): Record<string, DelayFigures> {
  const kinds = [...new Set(outcomes.map(({ kind }) => kind))];
  return Object.fromEntries(
    kinds.map((kind) => [kind, delayFigures(outcomes.filter((outcome) => outcome.kind === kind))]),
  );
}

export function per30Days(count: number, windowMs: number): number {
  return windowMs <= 0 ? 0 : round((count * 30 * DAY_MS) / windowMs);
}

/**
 * One per silence: of the alarms between two human events only the first counts.
 * Both lists in order of time.
 */
export function onePerSilence(alarmsAtMs: readonly number[], humanAtMs: readonly number[]): number[] {
  const counted: number[] = [];
  let next = 0;
  let silence = -1;
  for (const atMs of alarmsAtMs) {
    while (next < humanAtMs.length && humanAtMs[next]! <= atMs) next++;
    if (next !== silence) counted.push(atMs);
    silence = next;
  }
  return counted;
}

/** Nearest rank. Null without cases, or when the rank falls on a miss. */
function percentileHours(outcomes: readonly Outcome[], share: number): number | null {
  const delays = outcomes.map(({ delayMs }) => delayMs ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b);
  const delayMs = delays[Math.max(0, Math.ceil(share * delays.length) - 1)];
  return delayMs === undefined || delayMs === Number.POSITIVE_INFINITY ? null : round(delayMs / HOUR_MS);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
