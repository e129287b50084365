// The order of readings and series that every store answers in, and the page cut out of it. Text is compared by code
// unit: the same everywhere, whatever the locale or the database.

import type { RangePage, SeriesKey, TelemetryReading } from './telemetry-store.ts';

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function compareSeries(a: SeriesKey, b: SeriesKey): number {
  return (
    compareText(a.gatewayId, b.gatewayId) ||
    compareText(a.deviceId, b.deviceId) ||
    compareText(a.kind, b.kind)
  );
}

export function compareReadings(a: TelemetryReading, b: TelemetryReading): number {
  return a.atMs - b.atMs || a.offset - b.offset || compareSeries(a, b);
}

/** Place of a reading in the order. Opaque to callers. */
export type Place = Pick<TelemetryReading, 'atMs' | 'offset' | 'gatewayId' | 'deviceId' | 'kind'>;

/** Null for the first page. Throws RangeError for a cursor that is not ours. */
export function parsePlace(cursor: string | null): TelemetryReading | null {
  if (cursor === null) return null;
  const parts = parsedArray(cursor);
  const [atMs, offset, gatewayId, deviceId, kind] = parts;
  if (
    typeof atMs !== 'number' ||
    typeof offset !== 'number' ||
    typeof gatewayId !== 'string' ||
    typeof deviceId !== 'string' ||
    typeof kind !== 'string'
  ) {
    throw new RangeError('not a cursor of a telemetry range');
  }
  return { homeId: '', gatewayId, deviceId, kind, atMs, offset, value: 0 };
}

function parsedArray(cursor: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

function cursorOf({ atMs, offset, gatewayId, deviceId, kind }: Place): string {
  return Buffer.from(JSON.stringify([atMs, offset, gatewayId, deviceId, kind])).toString('base64url');
}

/** The first `limit` of `sorted` behind `place`. `hasMore`: the store knows of later ones that are not in `sorted`. */
export function pageOf(
  sorted: readonly TelemetryReading[],
  { place, limit, hasMore }: { place: TelemetryReading | null; limit: number; hasMore: boolean },
): RangePage {
  const first = place === null ? 0 : firstBehind(sorted, place);
  const readings = sorted.slice(first, first + limit);
  const isMore = hasMore || first + limit < sorted.length;
  const last = readings.at(-1);
  return { readings, next: isMore && last !== undefined ? cursorOf(last) : null };
}

function firstBehind(sorted: readonly TelemetryReading[], place: TelemetryReading): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareReadings(sorted[middle]!, place) > 0) high = middle;
    else low = middle + 1;
  }
  return low;
}
