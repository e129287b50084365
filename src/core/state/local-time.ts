// Wall-clock of a home from an instant: the rules' "22:00" is the elder's, also on the days when clocks change.
// Uses the engine's IANA data through Intl, with the offset cached per zone and quarter of an hour (every zone
// changes on a quarter), so the usual call is arithmetic.

const QUARTER_MS = 15 * 60_000;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** Offsets kept per zone: rules ask for now, the morning and the night in turn, of many homes of the same zone. */
const KEPT_QUARTERS = 64;
/** A season of back-tests and weekly looks back. */
const KEPT_DAYS = 256;

interface ZoneCache {
  readonly format: Intl.DateTimeFormat;
  readonly quarters: Float64Array;
  readonly offsetsMs: Float64Array;
  /** Days (UTC, counted from 1970) and the offset at their beginning. */
  readonly days: Float64Array;
  readonly dayOffsetsMs: Float64Array;
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
  const place = quarter & (KEPT_QUARTERS - 1);
  if (cache.quarters[place] !== quarter) {
    cache.offsetsMs[place] = offsetOfQuarter(cache, quarter * QUARTER_MS);
    cache.quarters[place] = quarter;
  }
  return cache.offsetsMs[place]!;
}

/** Minutes since local midnight, 0 … 1439.999. */
export function localMinuteOfDay(zone: string, atMs: number): number {
  const localMs = atMs + zoneOffsetMs(zone, atMs);
  return (localMs % DAY_MS) / MINUTE_MS;
}

/** Number of the local calendar day, counted from 1970-01-01. */
export function localDayOf(zone: string, atMs: number): number {
  return Math.floor((atMs + zoneOffsetMs(zone, atMs)) / DAY_MS);
}

/** When the wall clock shows `minute` of that local day. A minute that a clock change skips or repeats is near it. */
export function instantOfLocalMinute(zone: string, day: number, minute: number): number {
  const localMs = day * DAY_MS + minute * MINUTE_MS;
  const guessMs = localMs - zoneOffsetMs(zone, localMs);
  return localMs - zoneOffsetMs(zone, guessMs);
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
    cache = {
      format,
      quarters: new Float64Array(KEPT_QUARTERS).fill(Number.NaN),
      offsetsMs: new Float64Array(KEPT_QUARTERS),
      days: new Float64Array(KEPT_DAYS).fill(Number.NaN),
      dayOffsetsMs: new Float64Array(KEPT_DAYS),
    };
    caches.set(zone, cache);
  }
  return cache;
}

/**
 * Asking Intl takes microseconds: once a day is enough, but on the days when clocks change. A day that ends with the
 * offset with which it begins has it all along.
 */
function offsetOfQuarter(cache: ZoneCache, atMs: number): number {
  const day = Math.floor(atMs / DAY_MS);
  const offsetMs = offsetOfDayStart(cache, day);
  return offsetMs === offsetOfDayStart(cache, day + 1) ? offsetMs : readOffsetMs(cache.format, atMs);
}

function offsetOfDayStart(cache: ZoneCache, day: number): number {
  const place = day & (KEPT_DAYS - 1);
  if (cache.days[place] !== day) {
    cache.dayOffsetsMs[place] = readOffsetMs(cache.format, day * DAY_MS);
    cache.days[place] = day;
  }
  return cache.dayOffsetsMs[place]!;
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
