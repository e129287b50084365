// Between the wall clock of a home and UTC, safe on the days when clocks change. "Wall" instants are local date and
// time counted as if they were UTC; they exist only here and in recordings, everything else is ms UTC.

const DAY_MS = 86_400_000;
/** Zones change their offset on quarter hours of UTC only, so one offset holds for a whole quarter. */
const QUARTER_MS = 900_000;
/** Offsets kept: a third of a year; older ones are simply computed again. */
const CACHED_QUARTERS = 12_000;

export class HomeZone {
  readonly timezone: string;
  readonly #format: Intl.DateTimeFormat;
  readonly #offsets = new Map<number, number>();

  /** @throws RangeError when the IANA name is unknown */
  constructor(timezone: string) {
    this.timezone = timezone;
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone: timezone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  }

  /** What is added to UTC to get the wall clock, ms. */
  offsetMs(utcMs: number): number {
    const quarter = Math.floor(utcMs / QUARTER_MS);
    const known = this.#offsets.get(quarter);
    if (known !== undefined) return known;
    if (this.#offsets.size >= CACHED_QUARTERS) this.#offsets.clear();
    const offset = this.#compute(quarter * QUARTER_MS);
    this.#offsets.set(quarter, offset);
    return offset;
  }

  toWallMs(utcMs: number): number {
    return utcMs + this.offsetMs(utcMs);
  }

  /**
   * A wall time that happens twice (clocks going back) is the first one not before `notBeforeMs`; one that never
   * happens (clocks going forward) is read with the offset before the change, as a clock nobody has set yet shows it.
   */
  toUtcMs(wallMs: number, notBeforeMs = Number.NEGATIVE_INFINITY): number {
    const before = this.offsetMs(wallMs - DAY_MS);
    const after = this.offsetMs(wallMs + DAY_MS);
    if (before === after) return wallMs - before;
    const valid = [wallMs - before, wallMs - after].filter((utc) => utc + this.offsetMs(utc) === wallMs);
    valid.sort((a, b) => a - b);
    return valid.find((utc) => utc >= notBeforeMs) ?? valid.at(-1) ?? wallMs - before;
  }

  /** `2009-07-24 18:46:55`, wall clock. */
  show(utcMs: number): string {
    return new Date(this.toWallMs(utcMs)).toISOString().slice(0, 19).replace('T', ' ');
  }

  #compute(utcMs: number): number {
    const parts: Record<string, number> = {};
    for (const part of this.#format.formatToParts(utcMs)) parts[part.type] = Number(part.value);
    const { year, month, day, hour, minute, second } = parts;
    return Date.UTC(year!, month! - 1, day!, hour!, minute!, second!) - utcMs;
  }
}
