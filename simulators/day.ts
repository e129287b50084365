// A resident's day from a seed: the stream of readings of one simulated home. Deterministic: the same seed, zone and
// span give the same bytes. Knows nothing of networks, clocks or rules; gateways and scenarios are put on top of it.

import { type DayPlan, drawHabits, type Habits, planDay, wakeAtMs } from './day-plan.ts';
import { checkIns, firstReport, type Reading } from './devices.ts';
import { HomeZone } from './home-zone.ts';
import { createRandom } from './random.ts';
import { senseDay } from './senses.ts';

const DAY_MS = 86_400_000;
const SENSE_STREAM = 7_005;

export class Resident {
  readonly seed: number;
  readonly habits: Habits;
  readonly zone: HomeZone;

  /** @throws RangeError when the IANA time zone is unknown */
  constructor(options: { readonly seed: number; readonly timezone: string }) {
    this.seed = options.seed;
    this.habits = drawHabits(options.seed);
    this.zone = new HomeZone(options.timezone);
  }

  /** The plan of one local day, counted from 1970-01-01. */
  plan(dayNumber: number): DayPlan {
    return planDay(this.seed, this.habits, this.zone, dayNumber);
  }

  /** What the sensors see of that plan; what the devices say by themselves is not in it. */
  sense(dayNumber: number): Reading[] {
    const random = createRandom(this.seed, SENSE_STREAM, dayNumber);
    return senseDay(this.plan(dayNumber), this.habits, random);
  }

  /** The day number whose plan covers this instant. */
  dayAt(atMs: number): number {
    const local = Math.floor(this.zone.toWallMs(atMs) / DAY_MS);
    return wakeAtMs(this.seed, this.habits, this.zone, local) <= atMs ? local : local - 1;
  }

  /**
   * Everything the home sends from `fromMs` on, without end, in order of time; made one day at a time. Begins with
   * one report of every device, since a home that was never heard of cannot be judged.
   */
  *stream(fromMs: number): Generator<Reading, never, void> {
    yield* firstReport(this.seed, fromMs);
    for (let dayNumber = this.dayAt(fromMs); ; dayNumber += 1) {
      const { wakeAtMs: begin, endMs } = this.plan(dayNumber);
      const start = Math.max(begin, fromMs);
      const readings = [...this.sense(dayNumber), ...checkIns(this.seed, start, endMs)];
      readings.sort((a, b) => a.atMs - b.atMs);
      for (const reading of readings) if (reading.atMs >= fromMs) yield reading;
    }
  }
}

/** Seed of the n-th home of a fleet. */
export function homeSeed(fleetSeed: number, index: number): number {
  return createRandom(fleetSeed, index).whole(0, 2 ** 32 - 1);
}
