// What a resident does in one day: a gapless list of stays in rooms, from getting up to getting up again. No sensors
// here (senses.ts turns stays into readings). Every day follows from (home seed, day number) alone, so a simulation
// may begin anywhere; a day ends exactly where the next one begins.

import type { HomeZone } from './home-zone.ts';
import { createRandom, type Random } from './random.ts';

export const ROOMS = ['bedroom', 'bathroom', 'kitchen', 'living', 'hall', 'out'] as const;
export type Room = (typeof ROOMS)[number];

export const DOINGS = [
  'sleep',
  'nap',
  'dress',
  'toilet',
  'wash',
  'shower',
  'cook',
  'snack',
  'eat',
  'tv',
  'chores',
  'pass',
  'out',
] as const;
export type Doing = (typeof DOINGS)[number];

export interface Stay {
  readonly room: Room;
  readonly doing: Doing;
  readonly fromMs: number;
  readonly untilMs: number;
}

export interface DayPlan {
  readonly dayNumber: number;
  readonly wakeAtMs: number;
  readonly bedAtMs: number;
  /** Wake-up of the next day: the end, exclusive. */
  readonly endMs: number;
  readonly stays: readonly Stay[];
}

/** Habits of one resident, drawn once from the home's seed. */
export interface Habits {
  readonly wakeMinute: number;
  readonly bedMinute: number;
  readonly nightToiletVisits: number;
  readonly marketChance: number;
  readonly walkChance: number;
  readonly napChance: number;
  /** Share of front-door passages the contact misses; real ones do (home-01 of the recordings misses most). */
  readonly missedDoorChance: number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const HABITS_STREAM = 7_002;
const WAKE_STREAM = 7_003;
const PLAN_STREAM = 7_004;

export function drawHabits(homeSeed: number): Habits {
  const random = createRandom(homeSeed, HABITS_STREAM);
  return {
    wakeMinute: random.whole(5 * 60 + 30, 7 * 60 + 45),
    bedMinute: random.whole(20 * 60 + 45, 22 * 60 + 30),
    nightToiletVisits: random.between(0.6, 2.4),
    marketChance: random.between(0.4, 0.85),
    walkChance: random.between(0.15, 0.6),
    napChance: random.between(0.3, 0.85),
    missedDoorChance: random.between(0.01, 0.12),
  };
}

export function isWeekend(dayNumber: number): boolean {
  // Day 0, 1970-01-01, was a Thursday.
  const weekday = (((dayNumber + 4) % 7) + 7) % 7;
  return weekday === 0 || weekday === 6;
}

/** When the resident gets up on this local day, ms UTC. Weekends are a little later. */
export function wakeAtMs(homeSeed: number, habits: Habits, zone: HomeZone, dayNumber: number): number {
  const random = createRandom(homeSeed, WAKE_STREAM, dayNumber);
  const usual = habits.wakeMinute + (isWeekend(dayNumber) ? 20 : 0);
  const minute = Math.max(4 * 60 + 45, random.normal(usual, 18));
  return zone.toUtcMs(dayNumber * DAY_MS + Math.round(minute * MINUTE_MS));
}

export function planDay(homeSeed: number, habits: Habits, zone: HomeZone, dayNumber: number): DayPlan {
  const random = createRandom(homeSeed, PLAN_STREAM, dayNumber);
  const wake = wakeAtMs(homeSeed, habits, zone, dayNumber);
  const endMs = wakeAtMs(homeSeed, habits, zone, dayNumber + 1);
  const at = (minute: number): number => zone.toUtcMs(dayNumber * DAY_MS + Math.round(minute * MINUTE_MS));
  const bedtime = at(random.normal(habits.bedMinute, 20));
  const day = new DayBuilder(random, wake);
  morning(day, random, habits, dayNumber, at(random.normal(11 * 60 + 40, 15)));
  midday(day, random, habits);
  afternoon(day, random, dayNumber, at(random.normal(17 * 60 + 30, 18)));
  evening(day, random, habits, bedtime);
  const bedAtMs = day.nowMs;
  night(day, random, habits, endMs);
  return { dayNumber, wakeAtMs: wake, bedAtMs, endMs, stays: day.stays };
}

/** Appends stays one after another; changing rooms leads through the hall, as in most flats. */
class DayBuilder {
  readonly stays: Stay[] = [];
  readonly #random: Random;
  nowMs: number;

  constructor(random: Random, startMs: number) {
    this.#random = random;
    this.nowMs = startMs;
  }

  stay(room: Room, doing: Doing, minutes: number): void {
    const last = this.stays.at(-1);
    if (last !== undefined && last.room !== room && last.room !== 'hall')
      this.#add('hall', 'pass', this.#random.between(0.1, 0.4));
    this.#add(room, doing, minutes);
  }

  /** Until an instant; nothing when it has passed. */
  stayUntil(room: Room, doing: Doing, untilMs: number): void {
    const minutes = (untilMs - this.nowMs) / MINUTE_MS;
    if (minutes > 1) this.stay(room, doing, minutes);
  }

  goOut(minutes: number): void {
    this.stay('hall', 'pass', this.#random.between(0.7, 2));
    this.#add('out', 'out', minutes);
    this.#add('hall', 'pass', this.#random.between(0.7, 1.5));
  }

  #add(room: Room, doing: Doing, minutes: number): void {
    const fromMs = this.nowMs;
    this.nowMs += Math.max(1, Math.round(minutes * MINUTE_MS));
    this.stays.push({ room, doing, fromMs, untilMs: this.nowMs });
  }
}

function morning(
  day: DayBuilder,
  random: Random,
  habits: Habits,
  dayNumber: number,
  lunchAtMs: number,
): void {
  day.stay('bedroom', 'dress', random.between(2, 6));
  day.stay('bathroom', 'toilet', random.between(3, 7));
  day.stay('bathroom', 'wash', random.between(3, 9));
  day.stay('kitchen', 'cook', random.between(10, 25));
  day.stay('living', 'eat', random.between(15, 35));
  const marketChance = habits.marketChance * (isWeekend(dayNumber) ? 0.7 : 1);
  if (random.chance(marketChance)) day.goOut(random.between(35, 110));
  potter(day, random, lunchAtMs);
}

function midday(day: DayBuilder, random: Random, habits: Habits): void {
  day.stay('kitchen', 'cook', random.between(20, 45));
  day.stay('living', 'eat', random.between(20, 35));
  day.stay('bathroom', 'toilet', random.between(3, 6));
  if (random.chance(habits.napChance)) day.stay('bedroom', 'nap', random.between(30, 85));
}

function afternoon(day: DayBuilder, random: Random, dayNumber: number, dinnerAtMs: number): void {
  if (isWeekend(dayNumber) && random.chance(0.25)) {
    day.stay('bedroom', 'dress', random.between(3, 8));
    day.goOut(random.between(90, 180));
  } else if (random.chance(0.35)) {
    day.goOut(random.between(25, 80));
  }
  potter(day, random, dinnerAtMs);
  day.stay('kitchen', 'cook', random.between(20, 40));
  day.stay('living', 'eat', random.between(20, 30));
}

function evening(day: DayBuilder, random: Random, habits: Habits, bedtimeMs: number): void {
  if (random.chance(habits.walkChance)) day.goOut(random.between(20, 50));
  while (day.nowMs < bedtimeMs - 20 * MINUTE_MS) {
    day.stay('living', 'tv', Math.min(random.between(30, 75), (bedtimeMs - day.nowMs) / MINUTE_MS));
    if (random.chance(0.6)) day.stay('bathroom', 'toilet', random.between(3, 6));
    else day.stay('kitchen', 'snack', random.between(2, 6));
  }
  if (random.chance(0.35)) day.stay('bathroom', 'shower', random.between(10, 18));
  day.stay('bathroom', 'wash', random.between(4, 8));
}

/** In bed until the next day's wake-up, with the usual visits to the toilet in between. */
function night(day: DayBuilder, random: Random, habits: Habits, endMs: number): void {
  const wanted = Math.max(0, Math.round(random.normal(habits.nightToiletVisits, 0.7)));
  day.stay('bedroom', 'dress', random.between(2, 5));
  const sleepMs = endMs - day.nowMs;
  for (let visit = 1; visit <= wanted; visit += 1) {
    const share = (visit + random.between(-0.25, 0.25)) / (wanted + 1);
    day.stayUntil('bedroom', 'sleep', endMs - sleepMs * (1 - share));
    day.stay('bathroom', 'toilet', random.between(2.5, 6));
  }
  day.stayUntil('bedroom', 'sleep', endMs);
  const last = day.stays.at(-1)!;
  // Up to the millisecond: the next day starts where this one ends.
  day.stays[day.stays.length - 1] = { ...last, untilMs: endMs };
}

/** The loose hours between meals. */
function potter(day: DayBuilder, random: Random, untilMs: number): void {
  while (day.nowMs < untilMs - 5 * MINUTE_MS) {
    const leftMinutes = (untilMs - day.nowMs) / MINUTE_MS;
    const draw = random.next();
    if (draw < 0.4) day.stay('living', 'tv', Math.min(random.between(20, 70), leftMinutes));
    else if (draw < 0.65) day.stay('living', 'chores', Math.min(random.between(10, 30), leftMinutes));
    else if (draw < 0.8) day.stay('kitchen', 'snack', random.between(3, 8));
    else if (draw < 0.93) day.stay('bathroom', 'toilet', random.between(3, 7));
    else day.stay('bedroom', 'dress', random.between(4, 12));
  }
}
