// Days of the elder's own calendar: when they begin, and when a time of day comes. On the days when clocks change a
// day has 23 or 25 hours; a time that the change skips comes as much later as the clock jumps.

import { zoneOffsetMs } from './local-time.ts';

const DAY_MS = 86_400_000;

/** The last local midnight at or before `atMs`. */
export function localDayStartMs(zone: string, atMs: number): number {
  const localMs = atMs + zoneOffsetMs(zone, atMs);
  return instantOf(zone, Math.floor(localMs / DAY_MS) * DAY_MS);
}

/** The first instant after `afterMs` at which the clock of the home shows `minute` of the day. */
export function nextMinuteOfDayAtMs(zone: string, minute: number, afterMs: number): number {
  const localMs = afterMs + zoneOffsetMs(zone, afterMs);
  const midnight = Math.floor(localMs / DAY_MS) * DAY_MS;
  for (let day = 0; day < 2; day++) {
    const atMs = instantOf(zone, midnight + day * DAY_MS + minute * 60_000);
    if (atMs > afterMs) return atMs;
  }
  return instantOf(zone, midnight + 2 * DAY_MS + minute * 60_000);
}

/** UTC instant of a local date and time given as if it were UTC. */
function instantOf(zone: string, localMs: number): number {
  const guess = localMs - zoneOffsetMs(zone, localMs);
  return localMs - zoneOffsetMs(zone, guess);
}
