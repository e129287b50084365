// Wall-clock of a home from an instant: the rules' "22:00" is the elder's, also on the days when clocks change.
// Uses the engine's IANA data through Intl, with the offset cached per zone and quarter of an hour (every zone
// changes on a quarter), so the usual call is arithmetic.

const QUARTER_MS = 15 * 60_000;

interface ZoneCache {
  readonly format: Intl.DateTimeFormat;
  quarter: number;
  offsetMs: number;
}

const caches = new Map<string, ZoneCache>();

/** False for a zone this runtime does not know. */
export function isTimezone(zone: string): boolean {
  try {
    cacheOf(zone);
    return true;
  } catch {
    return false;
  }
}

/** Local time minus UTC in ms at an instant. @throws RangeError for an unknown zone */
export function zoneOffsetMs(zone: string, atMs: number): number {
  const cache = cacheOf(zone);
  const quarter = Math.floor(atMs / QUARTER_MS);
  if (cache.quarter !== quarter) {
    cache.offsetMs = readOffsetMs(cache.format, quarter * QUARTER_MS);
    cache.quarter = quarter;
  }
  return cache.offsetMs;
}

/** Minutes since local midnight, 0 … 1439.999. */
export function localMinuteOfDay(zone: string, atMs: number): number {
  const localMs = atMs + zoneOffsetMs(zone, atMs);
  return (localMs % 86_400_000) / 60_000;
}

function cacheOf(zone: string): ZoneCache {
  let cache = caches.get(zone);
  if (cache === undefined) {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    cache = { format, quarter: Number.NaN, offsetMs: 0 };
    caches.set(zone, cache);
  }
  return cache;
}

function readOffsetMs(format: Intl.DateTimeFormat, atMs: number): number {
  const field: Record<string, number> = {};
  for (const part of format.formatToParts(atMs)) field[part.type] = Number(part.value);
  const local = Date.UTC(
    field['year']!,
    field['month']! - 1,
    field['day']!,
    field['hour']!,
    field['minute']!,
    field['second']!,
  );
  return local - atMs;
}
