// The day of rules that look at day and night apart. A night may begin at midnight or after: 06:00 to 00:00 is a day.

import { isMinuteBetween } from '../state/local-day.ts';

interface DayTime {
  readonly dayStartMinute: number;
  readonly nightStartMinute: number;
}

/** `minute` of the local day. */
export function isDayTime(minute: number, { dayStartMinute, nightStartMinute }: DayTime): boolean {
  return isMinuteBetween(minute, dayStartMinute, nightStartMinute);
}
