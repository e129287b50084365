// Times as the clock of the home shows them, in the language of the moment: what happened "at three in the night"
// happened at three there.

import { locale } from '../language.ts';
import { localMs } from './zone-clock.ts';

export interface HomeClock {
  readonly timeZone: string;
  /** The clock there differs from that of this desk, and the other times on the screen. */
  readonly isElsewhere: boolean;
  dateTime(atMs: number): string;
  /** Short: the date at midnight, else hours and minutes. */
  axis(atMs: number, isMidnight: boolean): string;
}

export function createHomeClock(timeZone: string, nowMs: number = Date.now()): HomeClock {
  const short = { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  const day = { timeZone, month: 'numeric', day: 'numeric' } as const;
  const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale(), options);
  const [dateTime, hours, date] = [format({ ...day, ...short }), format(short), format(day)];
  const own = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  return {
    timeZone,
    isElsewhere: localMs(nowMs, timeZone) !== localMs(nowMs, own),
    dateTime: (atMs) => dateTime.format(atMs),
    axis: (atMs, isMidnight) => (isMidnight ? date : hours).format(atMs),
  };
}
