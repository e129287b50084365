// Days of the elder's own calendar: when they begin, and when a time of day comes. On the days when clocks change a
// day has 23 or 25 hours; a time that the change skips comes as much later as the clock jumps.

import { instantOfLocalMinute, localDayOf } from './local-time.ts';

/** The last local midnight at or before `atMs`. */
export function localDayStartMs(zone: string, atMs: number): number {
  return instantOfLocalMinute(zone, localDayOf(zone, atMs), 0);
}

/** The first instant after `afterMs` at which the clock of the home shows `minute` of the day. */
export function nextMinuteOfDayAtMs(zone: string, minute: number, afterMs: number): number {
  const today = localDayOf(zone, afterMs);
  for (let day = today; day < today + 2; day++) {
    const atMs = instantOfLocalMinute(zone, day, minute);
    if (atMs > afterMs) return atMs;
  }
  return instantOfLocalMinute(zone, today + 2, minute);
}

/** From one minute of the day to before another; the span may go over midnight. Equal ones are no span. */
export function isMinuteBetween(minute: number, fromMinute: number, untilMinute: number): boolean {
  if (fromMinute <= untilMinute) return minute >= fromMinute && minute < untilMinute;
  return minute >= fromMinute || minute < untilMinute;
}
