// Points of VictoriaMetrics and the readings in them. It keeps numbers only, one per ms and series, and calls a field
// `measurement_field`: texts are counted but not read back, every offset reads 0, and compound values are put together
// again by their time.

import { decodeName, encodeName } from '../names.ts';
import { compareReadings } from '../order.ts';
import type { SeriesKey, TelemetryReading } from '../telemetry-store.ts';
import { FIELDS, type Field, type FieldValues, readingValueOf } from './lines.ts';
import { parsed, type ServerLink, unavailable } from './link.ts';

export interface MetricPoint {
  readonly series: SeriesKey;
  readonly field: Field;
  readonly atMs: number;
  readonly number: number;
}

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

interface ExportedLine {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (number | null)[];
  readonly timestamps: readonly number[];
}

/** Raw points of a home, not in order. */
export async function exported(
  link: ServerLink,
  { homeId, kinds }: { readonly homeId: string; readonly kinds: readonly string[] | null },
  { fromMs, toMs }: Span,
): Promise<MetricPoint[]> {
  const form = new URLSearchParams({
    'match[]': selector(homeId, kinds),
    start: String(Math.max(0, fromMs - 1) / 1000),
    end: String((toMs + 1) / 1000),
  });
  const reply = await link.ask({ path: '/api/v1/export', form });
  if (reply.status !== 200) throw unavailable(link.address, reply, 'query');
  const points: MetricPoint[] = [];
  for (const text of reply.text.split('\n')) {
    if (text !== '') addPoints(points, parsed(link.address, { ...reply, text }) as ExportedLine, homeId);
  }
  return points.filter(({ atMs }) => atMs >= fromMs && atMs < toMs);
}

function addPoints(
  points: MetricPoint[],
  { metric, values, timestamps }: ExportedLine,
  homeId: string,
): void {
  const named = seriesOf(metric, homeId);
  if (named === null) return;
  values.forEach((number, at) => {
    if (number !== null) points.push({ ...named, atMs: timestamps[at]!, number });
  });
}

/** Ours always have a gateway; without that, the home '' would be everything else that is stored there. */
export function selector(homeId: string, kinds: readonly string[] | null): string {
  const names = kinds === null ? '.+' : `(?:${kinds.map((kind) => forRegExp(encodeName(kind))).join('|')})`;
  return `{home="${encodeName(homeId)}", device!="", __name__=~"${names}_(?:${FIELDS.join('|')})"}`;
}

/** For RE2 inside a quoted string. */
function forRegExp(name: string): string {
  return name.replace(/[.*+?^${}()|[\]-]/g, '\\\\$&');
}

/** Null: not a series of ours. */
export function seriesOf(
  labels: Readonly<Record<string, string>>,
  homeId: string,
): { readonly series: SeriesKey; readonly field: Field } | null {
  const name = labels['__name__'] ?? '';
  const cut = name.lastIndexOf('_');
  const field = FIELDS.find((known) => known === name.slice(cut + 1));
  if (cut === -1 || field === undefined) return null;
  const gatewayId = decodeName(labels['gateway'] ?? '');
  const deviceId = decodeName(labels['device'] ?? '');
  return { series: { homeId, gatewayId, deviceId, kind: decodeName(name.slice(0, cut)) }, field };
}

/** In order; the fields of one instant together. */
export function readingsOf(points: readonly MetricPoint[]): TelemetryReading[] {
  const instants = new Map<string, { series: SeriesKey; atMs: number; fields: FieldValues }>();
  for (const { series, field, atMs, number } of points) {
    if (field === 'text') continue;
    const key = JSON.stringify([series.gatewayId, series.deviceId, series.kind, atMs]);
    const instant = instants.get(key) ?? { series, atMs, fields: {} };
    instants.set(key, instant);
    instant.fields[field] = number;
  }
  return Array.from(instants.values(), ({ series, atMs, fields }): TelemetryReading[] => {
    const value = readingValueOf(fields);
    return value === null ? [] : [{ ...series, atMs, offset: 0, value }];
  })
    .flat()
    .sort(compareReadings);
}
