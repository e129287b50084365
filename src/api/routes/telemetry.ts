// /homes/{id}/telemetry: charts of a home, never more points than asked for; erasure on request; what is known of the
// writer. Every look is an audit row before the answer. The answers come from the telemetry thread and its store, never
// from the core or the log; they are 503 while the store cannot be reached.

import { callerOf } from '#api/authenticate.ts';
import type { ApiParts, ApiServer } from '#api/context.ts';
import { Problem } from '#api/errors.ts';
import { idParams, limitOf } from '#api/schemas/fields.ts';
import {
  erasureAnswer,
  POINTS,
  refusedReadings,
  refusedReadingsQuery,
  telemetryAnswer,
  telemetryQuery,
  telemetryStatus,
} from '#api/schemas/telemetry.ts';
import { mayTouch, requireInScope } from '#api/scope.ts';
import { fullViewOf, isPersonalKind } from '#api/telemetry-access.ts';
import type { HomeRecord, StaffRecord } from '#registry/registry.ts';
import type { Telemetry } from '#telemetry/telemetry.ts';
import { type Bucket, MAX_AT_MS, TelemetryUnavailableError } from '#telemetry/telemetry-store.ts';

/** Points in one answer over all series: some MB of JSON. */
const ANSWER_POINTS_MAX = 100_000;
const POINTS_MIN = 10;
/** Widths that fall on the marks of a clock; what is coarser than the last is a multiple of it. */
const STEPS_MS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 21_600, 43_200, 86_400,
].map((seconds) => seconds * 1_000);
const WHOLE = { scope: null, after: null, limit: 200 } as const;

export function telemetryRoutes(app: ApiServer, parts: ApiParts): void {
  chartRoute(app, parts);
  erasureRoute(app, parts);
  statusRoutes(app, parts);
}

function chartRoute(app: ApiServer, parts: ApiParts): void {
  const schema = {
    tags: ['telemetry'],
    params: idParams,
    querystring: telemetryQuery,
    response: { 200: telemetryAnswer },
  };
  app.get('/homes/:id/telemetry', { schema }, async (request) => {
    const { staff } = callerOf(request);
    const { homeId } = await requireHome(parts, request.params.id, staff);
    const span = spanOf(request.query);
    const telemetry = telemetryOf(parts);
    const { kinds, withheld, view } = await visibleKinds(parts, {
      homeId,
      staff,
      wanted: request.query.kinds,
    });
    const points = pointsOf(request.query.points, kinds.seriesCount);
    const stepMs = stepOf(span, points, Number(request.query.resolution ?? 0));
    const detail = view === null ? 'charts' : `charts with personal kinds: ${view}`;
    await parts.registry.audit({
      ...{ staffId: staff.staffId, action: 'telemetry-read', subject: `home:${homeId}`, detail },
    });
    const buckets = await answered(telemetry.downsample({ homeId, kinds: kinds.names, ...span, stepMs }));
    const rooms = await roomsOf(parts, homeId);
    const { writtenUntilMs } = telemetry.status();
    return { ...span, stepMs, series: inSeries(buckets, rooms), withheld, writtenUntilMs };
  });
}

function erasureRoute(app: ApiServer, parts: ApiParts): void {
  const schema = { tags: ['telemetry'], params: idParams, response: { 200: erasureAnswer } };
  app.delete('/homes/:id/telemetry', { schema }, async (request) => {
    const { staff } = callerOf(request);
    const { homeId } = await requireHome(parts, request.params.id, staff);
    const telemetry = telemetryOf(parts);
    const { staffId } = staff;
    // Written before: an erasure that nobody can account for must not be possible.
    await parts.registry.audit({ staffId, action: 'telemetry-erase', subject: `home:${homeId}`, detail: '' });
    const state = await answered(telemetry.erase(homeId));
    return { state };
  });
}

function statusRoutes(app: ApiServer, parts: ApiParts): void {
  const status = { tags: ['telemetry'], response: { 200: telemetryStatus } };
  app.get('/telemetry', { schema: status }, async () => telemetryOf(parts).status());

  const schema = {
    tags: ['telemetry'],
    querystring: refusedReadingsQuery,
    response: { 200: refusedReadings },
  };
  app.get('/inspector/telemetry', { schema }, async (request) => {
    const telemetry = telemetryOf(parts);
    const { before } = request.query;
    const beforeId = before === undefined ? null : Number(before);
    const kept = await answered(telemetry.refused({ beforeId, limit: limitOf(request.query) }));
    const { staff } = callerOf(request);
    const items = kept
      .filter(({ reading }) => {
        const gateway = parts.registry.directory.gateway(reading.gatewayId);
        return mayTouch(staff, gateway?.districtCode ?? null);
      })
      // Not the value, and not whose home: what is wrong with the device can be seen without.
      .map(({ id, reason, reading: { atMs, offset, gatewayId, deviceId, kind } }) => {
        return { id, atMs, offset, gatewayId, deviceId, kind, reason };
      });
    return { items, count: telemetry.status().counts.refused };
  });
}

/** @throws Problem unavailable */
export function telemetryOf({ telemetry }: Pick<ApiParts, 'telemetry'>): Telemetry {
  if (telemetry === null) throw new Problem('unavailable', 'This service keeps no telemetry');
  return telemetry;
}

/** What the store answers; why it does not is in our log, not in the reply. @throws Problem unavailable */
export async function answered<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof TelemetryUnavailableError) throw new Problem('unavailable');
    throw error;
  }
}

/** @throws Problem not-found, also for a home elsewhere */
export async function requireHome(
  { registry }: Pick<ApiParts, 'registry'>,
  homeId: string,
  staff: StaffRecord,
): Promise<HomeRecord> {
  const home = await registry.homes.get(homeId);
  if (!home) throw new Problem('not-found');
  const { districtCode } = home;
  await requireInScope(registry, staff, { districtCode, subject: `home:${homeId}`, missing: 'not-found' });
  return home;
}

/** @throws Problem invalid-input */
export function spanOf(query: { readonly from: string; readonly to: string }): {
  readonly fromMs: number;
  readonly toMs: number;
} {
  const [fromMs, toMs] = [Number(query.from), Number(query.to)];
  if (fromMs >= toMs) throw new Problem('invalid-input', '`to` must be after `from`');
  if (toMs > MAX_AT_MS) throw new Problem('invalid-input', '`to` is too far away');
  return { fromMs, toMs };
}

interface Wanted {
  readonly homeId: string;
  readonly staff: StaffRecord;
  readonly wanted: string | undefined;
}

/** The kinds of the home that this caller may see now; looked at after every wait, a claim may be gone. */
async function visibleKinds(parts: ApiParts, { homeId, staff, wanted }: Wanted) {
  const series = await answered(telemetryOf(parts).series(homeId));
  const named = wanted?.split(',').map((kind) => kind.trim());
  const asked = series.filter(({ kind }) => named === undefined || named.includes(kind));
  const view = fullViewOf(parts.runtime, homeId, staff);
  const shown = asked.filter(({ kind }) => view !== null || !isPersonalKind(kind));
  const names = [...new Set(shown.map(({ kind }) => kind))];
  const withheld = [...new Set(asked.map(({ kind }) => kind))].filter((kind) => !names.includes(kind));
  return { kinds: { names, seriesCount: shown.length }, withheld, view };
}

function pointsOf(asked: string | undefined, seriesCount: number): number {
  const points = Math.min(POINTS.max, Math.max(POINTS_MIN, Number(asked ?? POINTS.default)));
  return Math.max(POINTS_MIN, Math.min(points, Math.floor(ANSWER_POINTS_MAX / Math.max(1, seriesCount))));
}

/** Buckets begin at multiples of the step, so a span touches one more of them than it is long. */
function stepOf({ fromMs, toMs }: { fromMs: number; toMs: number }, points: number, leastMs: number): number {
  const wanted = Math.max(leastMs, Math.ceil((toMs - fromMs) / (points - 1)));
  const coarsest = STEPS_MS.at(-1)!;
  return STEPS_MS.find((stepMs) => stepMs >= wanted) ?? Math.ceil(wanted / coarsest) * coarsest;
}

export async function roomsOf({ registry }: ApiParts, homeId: string): Promise<ReadonlyMap<string, string>> {
  const { items } = await registry.devices.list(WHOLE, { homeId });
  return new Map(items.map(({ gatewayId, deviceId, room }) => [JSON.stringify([gatewayId, deviceId]), room]));
}

function inSeries(buckets: readonly Bucket[], rooms: ReadonlyMap<string, string>) {
  const series = new Map<string, { points: (number | null)[][] } & Pick<Bucket, 'kind' | 'part'>>();
  for (const { gatewayId, deviceId, kind, part, atMs, count, min, max, mean, last } of buckets) {
    const key = JSON.stringify([gatewayId, deviceId, kind, part]);
    let row = series.get(key);
    if (row === undefined) {
      const room = rooms.get(JSON.stringify([gatewayId, deviceId])) ?? null;
      row = Object.assign({ gatewayId, deviceId, kind, part, room }, { points: [] });
      series.set(key, row);
    }
    row.points.push([atMs, count, min, max, mean, last]);
  }
  return [...series.values()];
}
