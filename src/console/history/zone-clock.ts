// Calendar of a place: local midnights and hours as instants. A day of 23 or 25 hours, a midnight that does not exist
// or comes twice, are what this file is for; nobody else adds 24 hours to get to tomorrow. Pure but for Intl.

const DAY_MS = 86_400_000;

/** A mark of the time axis. */
export interface TimeMark {
  readonly atMs: number;
  readonly isMidnight: boolean;
}

// Making a DateTimeFormat costs about 50 µs; a raster asks a few hundred times.
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric' },
    ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
  });
  formatters.set(timeZone, made);
  return made;
}

/** The zone itself, or this computer's when the browser does not know it. */
export function usableZone(timeZone: string | undefined): string {
  try {
    if (timeZone !== undefined && formatterOf(timeZone)) return timeZone;
  } catch {
    // A browser with an older list of zones: its own clock is better than none.
  }
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** What the clocks there show at `atMs`, written as if it were UTC. */
export function localMs(atMs: number, timeZone: string): number {
  const parts: Record<string, number> = {};
  for (const { type, value } of formatterOf(timeZone).formatToParts(atMs)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  const ms = ((atMs % 1000) + 1000) % 1000;
  return Date.UTC(year, month - 1, day, hour, minute, second) + ms;
}

/** When the clocks there show `local`: the first time if twice, the moment of the jump if never. */
export function zonedInstant(local: number, timeZone: string): number {
  const offsetNear = (atMs: number): number => localMs(atMs, timeZone) - atMs;
  const candidates = [local - offsetNear(local - DAY_MS), local - offsetNear(local + DAY_MS)];
  const [early, late] = [Math.min(...candidates), Math.max(...candidates)];
  return localMs(early, timeZone) === local ? early : late;
}

/** The midnight with which the day of `atMs` began, or `daysBefore` earlier by the calendar. */
export function dayStartMs(atMs: number, timeZone: string, daysBefore = 0): number {
  const local = localMs(atMs, timeZone);
  return zonedInstant(Math.floor(local / DAY_MS) * DAY_MS - daysBefore * DAY_MS, timeZone);
}

interface Marked {
  readonly fromMs: number;
  readonly toMs: number;
  readonly everyHours: number;
  readonly timeZone: string;
}

/** Every `everyHours` of the local day, and each midnight; from `fromMs` to `toMs`, both included. */
export function timeMarks({ fromMs, toMs, everyHours, timeZone }: Marked): TimeMark[] {
  const marks: TimeMark[] = [];
  const firstDay = Math.floor(localMs(fromMs, timeZone) / DAY_MS) * DAY_MS;
  for (let day = firstDay; day <= localMs(toMs, timeZone); day += DAY_MS) {
    for (let hour = 0; hour < 24; hour += everyHours) {
      const atMs = zonedInstant(day + hour * 3_600_000, timeZone);
      if (atMs >= fromMs && atMs <= toMs && atMs !== marks.at(-1)?.atMs)
        marks.push({ atMs, isMidnight: hour === 0 });
    }
  }
  return marks;
}
