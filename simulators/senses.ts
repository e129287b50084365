// What the sensors of a home see of a day plan. Motion sensors merge movements closer than their hold time into one
// ON … OFF, as real ones do. Nothing is seen of a resident who is out. Front-door passages are sometimes missed.

import type { DayPlan, Doing, Habits, Room, Stay } from './day-plan.ts';
import type { Reading } from './devices.ts';
import type { Random } from './random.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
/** Hold time of common motion sensors: 30 to 60 s. A movement needs this much room before the end of the day. */
const HOLD_MS = { least: 30 * SECOND_MS, most: 60 * SECOND_MS };
/** A plug with power metering reports a running device about this often. */
const POWER_REPORT_MS = 10 * MINUTE_MS;

const MOTION_DEVICE: Readonly<Record<Exclude<Room, 'out'>, string>> = {
  bedroom: 'pir-bedroom',
  bathroom: 'pir-bathroom',
  kitchen: 'pir-kitchen',
  living: 'pir-living',
  hall: 'pir-hall',
};

/** Mean time between movements a motion sensor notices, s. Television and sleep are what makes homes look empty. */
const MOVEMENT_GAP_S: Readonly<Record<Doing, number>> = {
  sleep: 4_500,
  nap: 1_500,
  dress: 15,
  toilet: 30,
  wash: 20,
  shower: 40,
  cook: 20,
  snack: 15,
  eat: 90,
  tv: 330,
  chores: 40,
  pass: 8,
  out: Number.POSITIVE_INFINITY,
};

/** Litres drawn: mean and deviation. A cistern holds 6 l. */
const WATER_LITERS: Partial<Record<Doing, readonly [mean: number, deviation: number]>> = {
  toilet: [7, 0.8],
  wash: [6, 2],
  shower: [38, 8],
  cook: [9, 3],
  snack: [1, 0.4],
};

/** Readings of one day, from getting up to getting up, in order of time. */
export function senseDay(plan: DayPlan, habits: Habits, random: Random): Reading[] {
  const readings = [
    ...senseMotion(plan, random),
    ...plan.stays.flatMap((stay) => senseUse(stay, random)),
    ...senseBed(plan, random),
    ...senseDoor(plan, habits, random),
  ];
  return readings
    .filter(({ atMs }) => atMs >= plan.wakeAtMs && atMs < plan.endMs)
    .sort((a, b) => a.atMs - b.atMs);
}

function senseMotion(plan: DayPlan, random: Random): Reading[] {
  const movements = new Map<string, number[]>();
  for (const stay of plan.stays) {
    if (stay.room === 'out') continue;
    const list = movements.get(MOTION_DEVICE[stay.room]) ?? [];
    movements.set(MOTION_DEVICE[stay.room], list);
    list.push(...movementsIn(stay, plan.endMs - HOLD_MS.most, random));
  }
  return [...movements].flatMap(([deviceId, atMs]) => {
    const holdMs = random.whole(HOLD_MS.least, HOLD_MS.most);
    return holdMotion(deviceId, atMs, holdMs);
  });
}

function movementsIn(stay: Stay, lastMs: number, random: Random): number[] {
  const meanMs = MOVEMENT_GAP_S[stay.doing] * SECOND_MS;
  // Coming in is always a movement; a sleeper lies still for a while first.
  let atMs =
    stay.doing === 'sleep'
      ? stay.fromMs + random.exponential(meanMs)
      : stay.fromMs + random.between(0, 3_000);
  const found: number[] = [];
  while (atMs < stay.untilMs && atMs < lastMs) {
    found.push(Math.floor(atMs));
    atMs += Math.max(2_000, random.exponential(meanMs));
  }
  return found;
}

/** ON at the first movement, OFF when none followed for `holdMs`. */
function holdMotion(deviceId: string, movementsMs: readonly number[], holdMs: number): Reading[] {
  const readings: Reading[] = [];
  let offMs: number | null = null;
  for (const atMs of movementsMs) {
    if (offMs === null || atMs >= offMs) {
      if (offMs !== null) readings.push(event(deviceId, 'motion', false, offMs));
      readings.push(event(deviceId, 'motion', true, atMs));
    }
    offMs = atMs + holdMs;
  }
  if (offMs !== null) readings.push(event(deviceId, 'motion', false, offMs));
  return readings;
}

/** Water, kitchen appliance and television of one stay. */
function senseUse(stay: Stay, random: Random): Reading[] {
  const readings: Reading[] = [];
  const drawn = WATER_LITERS[stay.doing];
  if (drawn !== undefined) {
    const liters = Math.max(0.3, random.normal(drawn[0], drawn[1]));
    const atMs = Math.floor(stay.untilMs - random.between(5, 40) * SECOND_MS);
    readings.push(
      event('water-meter', 'water_liters', Math.round(liters * 10) / 10, Math.max(atMs, stay.fromMs)),
    );
  }
  if (stay.doing === 'cook') readings.push(...senseAppliance(stay, random));
  if (stay.doing === 'tv') readings.push(...senseTelevision(stay, random));
  return readings;
}

function senseAppliance(stay: Stay, random: Random): Reading[] {
  const lengthMs = stay.untilMs - stay.fromMs;
  const onMs = Math.floor(stay.fromMs + lengthMs * random.between(0.1, 0.3));
  const offMs = Math.floor(stay.fromMs + lengthMs * random.between(0.6, 0.95));
  return [
    event('appliance-kitchen', 'appliance', true, onMs),
    event('appliance-kitchen', 'appliance', false, offMs),
  ];
}

function senseTelevision(stay: Stay, random: Random): Reading[] {
  const watts = random.whole(60, 95);
  const readings: Reading[] = [];
  const onMs = stay.fromMs + 8 * SECOND_MS;
  for (let atMs = onMs; atMs < stay.untilMs - 5 * SECOND_MS; atMs += POWER_REPORT_MS) {
    readings.push(level('tv-living', 'power_w', watts + random.whole(-4, 4), atMs));
  }
  if (readings.length > 0) readings.push(level('tv-living', 'power_w', 0.5, stay.untilMs - 4 * SECOND_MS));
  return readings;
}

/** ON all the time somebody lies there: occupancy, not a series of events. */
function senseBed(plan: DayPlan, random: Random): Reading[] {
  const readings: Reading[] = [];
  // Day 1 begins on the bed of day 0.
  readings.push(event('bed-mat', 'bed', false, plan.wakeAtMs + random.whole(0, 20) * SECOND_MS));
  for (const stay of plan.stays) {
    if (stay.doing !== 'sleep' && stay.doing !== 'nap') continue;
    readings.push(event('bed-mat', 'bed', true, stay.fromMs + 10 * SECOND_MS));
    if (stay.untilMs < plan.endMs)
      readings.push(event('bed-mat', 'bed', false, stay.untilMs - 5 * SECOND_MS));
  }
  return readings;
}

function senseDoor(plan: DayPlan, habits: Habits, random: Random): Reading[] {
  return plan.stays
    .filter((stay) => stay.room === 'out')
    .flatMap((stay) => {
      const openMs = random.whole(4, 15) * SECOND_MS;
      // Out once the door is closed; open again before the first step into the hall.
      const exit = [stay.fromMs - openMs, stay.fromMs];
      const entry = [stay.untilMs - 2 * SECOND_MS, stay.untilMs + openMs];
      return [exit, entry]
        .filter(() => !random.chance(habits.missedDoorChance))
        .flatMap(([opened, closed]) => [
          event('door-front', 'contact', true, opened!),
          event('door-front', 'contact', false, closed!),
        ]);
    });
}

function event(deviceId: string, kind: string, value: boolean | number, atMs: number): Reading {
  return { atMs, deviceId, kind, value, isLevel: false };
}

function level(deviceId: string, kind: string, value: boolean | number, atMs: number): Reading {
  return { atMs, deviceId, kind, value, isLevel: true };
}
