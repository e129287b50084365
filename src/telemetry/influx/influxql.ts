// Reads by InfluxQL on /query, which InfluxDB 1.x, 2.x and 3.x all serve. Times are asked for as text: a nanosecond
// count does not fit into a JSON number. Names come from `encodeName`, so that they need no escape here.

import { decodeName, encodeName } from '../names.ts';
import { compareReadings, compareSeries, pageOf, parsePlace } from '../order.ts';
import type { Bucket, DownsampleQuery, RangePage, RangeQuery, TelemetryReading } from '../telemetry-store.ts';
import { TelemetryUnavailableError } from '../telemetry-store.ts';
import { type Aggregates, bucketsOf } from './aggregates.ts';
import { FIELDS, type Field, type FieldValues, nanosecondsOf, readingValueOf } from './lines.ts';
import { messageOf, parsed, type ServerLink, unavailable } from './link.ts';

export interface QueryTarget {
  readonly link: ServerLink;
  readonly database: string;
}

interface Series {
  readonly name: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly columns: readonly string[];
  readonly values: readonly (readonly unknown[])[];
}

type Row = ReadonlyMap<string, number>;

/** Of one kind, readings of one instant are of one log entry, so of one device; foreign writers get some room. */
const SAME_INSTANT = 32;
const FIELD_LIST = FIELDS.map((field) => `"${field}"`).join(', ');
const NUMBER_FIELDS = FIELDS.filter((field) => field !== 'text');

export async function readRange(target: QueryTarget, query: RangeQuery): Promise<RangePage> {
  const place = parsePlace(query.after);
  const fetched = query.limit + SAME_INSTANT;
  const from = place === null ? nanosecondsOf({ atMs: query.fromMs, offset: 0 }) : nanosecondsOf(place);
  const to = nanosecondsOf({ atMs: query.toMs, offset: 0 });
  const all = await select(
    target,
    `SELECT ${FIELD_LIST}, "gateway", "device" FROM ${measurements(query.kinds)} ` +
      `WHERE ${ofHome(query.homeId)} AND time >= ${from} AND time < ${to} ` +
      `ORDER BY time ASC LIMIT ${fetched}`,
  );
  const lists = all.map((series) => readingsOf(series, query.homeId));
  // Where one kind was cut, what other kinds have behind its end must wait for the next page.
  const ends = lists
    .filter((_, at) => all[at]!.values.length >= fetched)
    .map((list) => list.at(-1)?.atMs ?? 0);
  const endMs = Math.min(...ends, query.toMs);
  const sorted = lists.flat().filter(({ atMs }) => atMs <= endMs);
  return pageOf(sorted.sort(compareReadings), { place, limit: query.limit, hasMore: ends.length > 0 });
}

/** The newest reading of each series. */
export async function readLast(target: QueryTarget, homeId: string): Promise<TelemetryReading[]> {
  const all = await select(
    target,
    `SELECT ${FIELD_LIST} FROM /.*/ WHERE ${ofHome(homeId)} GROUP BY "gateway", "device" ORDER BY time DESC LIMIT 1`,
  );
  return all.flatMap((series) => readingsOf(series, homeId)).sort(compareSeries);
}

export async function readBuckets(target: QueryTarget, query: DownsampleQuery): Promise<readonly Bucket[]> {
  const { homeId, kinds, fromMs, toMs, stepMs } = query;
  const columns = NUMBER_FIELDS.flatMap((field) =>
    ['count', 'min', 'max', 'mean', 'last'].map((name) => `${name}("${field}") AS "${field}_${name}"`),
  );
  const all = await select(
    target,
    `SELECT ${columns.join(', ')}, count("text") AS "text_count" FROM ${measurements(kinds)} ` +
      `WHERE ${ofHome(homeId)} AND time >= ${fromMs}ms AND time < ${toMs}ms ` +
      `GROUP BY "gateway", "device", time(${stepMs}ms) fill(none)`,
  );
  return bucketsOf(
    homeId,
    all.flatMap((series) => aggregatesOf(series)),
  );
}

/** Runs a statement that answers nothing. */
export async function run(target: QueryTarget, statement: string): Promise<void> {
  await select(target, statement);
}

export async function listMeasurements(target: QueryTarget): Promise<string[]> {
  const all = await select(target, 'SHOW MEASUREMENTS');
  return all.flatMap(({ values }) => values.map(([name]) => decodeName(String(name))));
}

async function select({ link, database }: QueryTarget, statement: string): Promise<readonly Series[]> {
  const form = new URLSearchParams({ db: database, q: statement });
  const reply = await link.ask({ path: '/query', form });
  if (reply.status !== 200) throw unavailable(link.address, reply, 'query');
  const answer = parsed(link.address, reply) as {
    results?: readonly { series?: readonly Series[]; error?: string; partial?: boolean }[];
  } | null;
  const result = answer?.results?.[0];
  if (result === undefined || result.error !== undefined || result.partial === true) {
    throw new TelemetryUnavailableError(
      `${link.address}: query failed: ${result?.error ?? messageOf(reply)}`,
    );
  }
  return result.series ?? [];
}

export function ofHome(homeId: string): string {
  return `"home" = '${encodeName(homeId)}'`;
}

function measurements(kinds: readonly string[] | null): string {
  return kinds === null ? '/.*/' : kinds.map((kind) => `"${encodeName(kind)}"`).join(', ');
}

function readingsOf({ name, tags, columns, values }: Series, homeId: string): TelemetryReading[] {
  const kind = decodeName(name);
  const [timeAt, gatewayAt, deviceAt] = ['time', 'gateway', 'device'].map((column) =>
    columns.indexOf(column),
  );
  const fieldColumns = FIELDS.map((field) => [field, columns.indexOf(field)] as const);
  const readings: TelemetryReading[] = [];
  for (const row of values) {
    const fields: FieldValues = {};
    for (const [field, at] of fieldColumns) fields[field] = (row[at] ?? null) as number | string | null;
    const value = readingValueOf(fields);
    if (value === null) continue;
    const gatewayId = decodeName(String(tags?.['gateway'] ?? row[gatewayAt!] ?? ''));
    const deviceId = decodeName(String(tags?.['device'] ?? row[deviceAt!] ?? ''));
    readings.push({ homeId, gatewayId, deviceId, kind, ...instantOf(String(row[timeAt!])), value });
  }
  return readings;
}

/** RFC 3339 with up to nine digits behind the point; 3.x leaves the Z out. */
function instantOf(text: string): { atMs: number; offset: number } {
  const fraction = text.slice(20).replace('Z', '').padEnd(9, '0');
  const secondMs = Date.parse(`${text.slice(0, 19)}Z`);
  return { atMs: secondMs + Number(fraction.slice(0, 3)), offset: Number(fraction.slice(3, 9)) };
}

function aggregatesOf({ name, tags, columns, values }: Series): Aggregates[] {
  const key = {
    gatewayId: decodeName(tags?.['gateway'] ?? ''),
    deviceId: decodeName(tags?.['device'] ?? ''),
    kind: decodeName(name),
  };
  return values.flatMap((row) => {
    const numbers: Row = new Map(columns.map((column, at) => [column, row[at] as number]));
    const { atMs } = instantOf(String(row[0]));
    return FIELDS.flatMap((field) =>
      fieldAggregates(numbers, field).map((part) => ({ ...key, atMs, field, ...part })),
    );
  });
}

function fieldAggregates(
  row: Row,
  field: Field,
): Omit<Aggregates, 'gatewayId' | 'deviceId' | 'kind' | 'atMs' | 'field'>[] {
  const count = row.get(`${field}_count`) ?? 0;
  if (count === 0) return [];
  const number = (name: string): number => row.get(`${field}_${name}`) ?? 0;
  return [{ count, min: number('min'), max: number('max'), mean: number('mean'), last: number('last') }];
}
