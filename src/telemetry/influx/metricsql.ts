// Reads from VictoriaMetrics: raw points by /api/v1/export, aggregates by /api/v1/query_range. It reads times as
// seconds in floating point, in which a ms may be lost: only whole seconds are asked for, or a ms more than needed.

import { Bucketing, bucketStart, compareBuckets } from '../buckets.ts';
import { compareReadings, compareSeries, pageOf, parsePlace } from '../order.ts';
import type {
  Bucket,
  DownsampleQuery,
  RangePage,
  RangeQuery,
  SeriesKey,
  TelemetryReading,
} from '../telemetry-store.ts';
import { type Aggregates, bucketsOf } from './aggregates.ts';
import type { Field } from './lines.ts';
import { parsed, type ServerLink, unavailable } from './link.ts';
import { exported, readingsOf, selector, seriesOf } from './metric-points.ts';

const DAY_MS = 86_400_000;
/** Below a minute it "adjusts" the newest points of an answer; whole seconds pass its clock exactly. */
const OWN_BUCKETS_BELOW_MS = 60_000;
const ROLLUPS = ['count', 'min', 'max', 'avg', 'last'];
/** Its limit is 30,000 (-search.maxPointsPerTimeseries); more buckets than this nobody looks at. */
const BUCKETS_MAX = 10_000;
/** It takes readings up to two days ahead of its clock. */
const AHEAD_SECONDS = 2 * 86_400;
/** A window back to 1970 finds nothing (1.79): twenty years are longer than anything is kept. */
const EVER_SECONDS = 20 * 365 * 86_400;

export async function exportRange(link: ServerLink, query: RangeQuery): Promise<RangePage> {
  const place = parsePlace(query.after);
  let fromMs = Math.max(query.fromMs, place?.atMs ?? 0);
  let readings: TelemetryReading[] = [];
  // Spans grow: a page of a busy home needs a day, a page of a quiet one must not need a request per day.
  for (let spanMs = DAY_MS; fromMs < query.toMs && readings.length <= query.limit; spanMs *= 2) {
    const toMs = Math.min(query.toMs, fromMs + spanMs);
    readings = readings.concat(behind(readingsOf(await exported(link, query, { fromMs, toMs })), place));
    fromMs = toMs;
  }
  return pageOf(readings, { place, limit: query.limit, hasMore: fromMs < query.toMs });
}

function behind(
  readings: readonly TelemetryReading[],
  place: TelemetryReading | null,
): readonly TelemetryReading[] {
  return place === null ? readings : readings.filter((reading) => compareReadings(reading, place) > 0);
}

/** Aligned steps by the server; the cut-off ends, and short steps, from raw points. */
export async function rollUp(link: ServerLink, query: DownsampleQuery): Promise<readonly Bucket[]> {
  const { fromMs, toMs, stepMs } = query;
  const innerFromMs = bucketStart(fromMs + stepMs - 1, stepMs);
  const innerToMs = bucketStart(toMs, stepMs);
  const isForServer = stepMs >= OWN_BUCKETS_BELOW_MS && stepMs % 1000 === 0;
  const bucketCount = (innerToMs - innerFromMs) / stepMs;
  if (!isForServer || bucketCount < 1 || bucketCount > BUCKETS_MAX) return fromPoints(link, query);
  const parts = [
    await fromPoints(link, { ...query, toMs: innerFromMs }),
    await fromServer(link, { ...query, fromMs: innerFromMs, toMs: innerToMs }),
    await fromPoints(link, { ...query, fromMs: innerToMs }),
  ];
  return parts.flat().sort(compareBuckets);
}

async function fromPoints(link: ServerLink, query: DownsampleQuery): Promise<readonly Bucket[]> {
  const buckets = new Bucketing(query);
  if (query.fromMs >= query.toMs) return [];
  const points = await exported(link, query, query);
  for (const reading of readingsOf(points)) buckets.add(reading, reading.atMs, reading.value);
  for (const { series, field, atMs } of points) if (field === 'text') buckets.add(series, atMs, '');
  return buckets.finish();
}

async function fromServer(link: ServerLink, query: DownsampleQuery): Promise<readonly Bucket[]> {
  const { homeId, kinds, fromMs, toMs, stepMs } = query;
  const rolled = await evaluate(link, homeId, {
    // A window is (t - step, t]: asked at the end of the bucket and a ms back it is [t - step, t).
    expression: rollups(ROLLUPS, `${selector(homeId, kinds)}[${stepMs}ms] offset 1ms`),
    fromSecond: (fromMs + stepMs) / 1000,
    toSecond: toMs / 1000,
    stepSeconds: stepMs / 1000,
  });
  const aggregates = rolled.map(({ series, field, second, numbers }): Aggregates => {
    const number = (name: string): number => numbers.get(name) ?? 0;
    const { gatewayId, deviceId, kind } = series;
    const range = { min: number('min'), max: number('max'), mean: number('avg'), last: number('last') };
    return {
      gatewayId,
      deviceId,
      kind,
      field,
      atMs: second * 1000 - stepMs,
      count: number('count'),
      ...range,
    };
  });
  return bucketsOf(homeId, aggregates);
}

/** The newest reading of each series, however old. */
export async function newest(link: ServerLink, homeId: string): Promise<TelemetryReading[]> {
  const second = Math.ceil(Date.now() / 1000) + AHEAD_SECONDS;
  const rolled = await evaluate(link, homeId, {
    expression: rollups(['last', 'tlast'], `${selector(homeId, null)}[${EVER_SECONDS}s]`),
    fromSecond: second,
    toSecond: second,
    stepSeconds: 1,
  });
  const points = rolled.map(({ series, field, numbers }) => {
    const atMs = Math.round((numbers.get('tlast') ?? 0) * 1000);
    return { series, field, atMs, number: numbers.get('last') ?? 0 };
  });
  const last = new Map<string, TelemetryReading>();
  for (const reading of readingsOf(points)) last.set(keyOf(reading), reading);
  return [...last.values()].sort(compareSeries);
}

export async function listSeries(link: ServerLink, homeId: string): Promise<SeriesKey[]> {
  const form = new URLSearchParams({
    'match[]': selector(homeId, null),
    start: String(Math.floor(Date.now() / 1000) - EVER_SECONDS),
  });
  const reply = await link.ask({ path: '/api/v1/series', form });
  if (reply.status !== 200) throw unavailable(link.address, reply, 'query');
  const { data } = parsed(link.address, reply) as { data: readonly Record<string, string>[] };
  const found = new Map<string, SeriesKey>();
  for (const labels of data) {
    const named = seriesOf(labels, homeId);
    if (named !== null) found.set(keyOf(named.series), named.series);
  }
  return [...found.values()].sort(compareSeries);
}

interface Evaluation {
  readonly expression: string;
  readonly fromSecond: number;
  readonly toSecond: number;
  readonly stepSeconds: number;
}

interface Rolled {
  readonly series: SeriesKey;
  readonly field: Field;
  readonly second: number;
  /** By rollup: 'count', 'min', … */
  readonly numbers: Map<string, number>;
}

function rollups(names: readonly string[], samples: string): string {
  return `aggr_over_time((${names.map((name) => `"${name}_over_time"`).join(', ')}), ${samples}) keep_metric_names`;
}

/** One entry per series, field and step. */
async function evaluate(link: ServerLink, homeId: string, evaluation: Evaluation): Promise<Rolled[]> {
  const { expression, fromSecond, toSecond, stepSeconds } = evaluation;
  const form = new URLSearchParams({
    query: expression,
    start: String(fromSecond),
    end: String(toSecond),
    step: String(stepSeconds),
    // Its cache moves start and end, and does not know readings that came late.
    nocache: '1',
  });
  const reply = await link.ask({ path: '/api/v1/query_range', form });
  if (reply.status !== 200) throw unavailable(link.address, reply, 'query');
  const { data } = parsed(link.address, reply) as {
    data: {
      result: readonly { metric: Record<string, string>; values: readonly (readonly [number, string])[] }[];
    };
  };
  const rolled = new Map<string, Rolled>();
  for (const { metric, values } of data.result) {
    const named = seriesOf(metric, homeId);
    if (named === null) continue;
    const rollup = metric['rollup']?.replace('_over_time', '') ?? '';
    for (const [second, number] of values) {
      const key = JSON.stringify([keyOf(named.series), named.field, second]);
      const entry = rolled.get(key) ?? { ...named, second, numbers: new Map<string, number>() };
      rolled.set(key, entry);
      entry.numbers.set(rollup, Number(number));
    }
  }
  return [...rolled.values()];
}

function keyOf({ gatewayId, deviceId, kind }: SeriesKey): string {
  return JSON.stringify([gatewayId, deviceId, kind]);
}
