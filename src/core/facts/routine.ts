// What is usual in this home: how long it is still, by local hour and by the place where the silence began, and how
// long it goes without a change of room.
// Learned from silences that ended by themselves while somebody was in and we
// could see; absences and outages teach nothing. Kept as peaks that fade, so an old habit is forgotten.
// Method: alert line per time of day (Cuddihy et al. 2007), here as a fading peak instead of a list of days.

import type { List } from '../state/list.ts';
import { zoneOffsetMs } from '../state/local-time.ts';
import type { DeviceRow, HomeRow } from '../state/row.ts';
import type { World } from '../state/world.ts';
import { fadeLosses } from './lost-sensor.ts';

export const SLOTS = 24;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Shorter silences are below every threshold and need no memory. */
const SHORTEST_TAUGHT_MS = 15 * MINUTE_MS;
/** Longer ones are the cap of all rules; one silence also counts for no more time watched. */
const LONGEST_TAUGHT_MS = 12 * HOUR_MS;
const LONGEST_STAY_MS = 48 * HOUR_MS;
/** What a peak keeps per day at home: half after 35 days (window 45–60 days of R4). */
const KEPT_PER_DAY = 0.98;
/** Once the home is known, one silence lifts a peak by no more than this: one bad day is not a habit. */
const LIFT_FACTOR = 1.5;
const LIFT_MIN = 60;
const KNOWN_AFTER_MS = 3 * DAY_MS;
/** People are late: a silence is usual when it was so up to two hours earlier, or will be within the hour. */
const LOOK_BACK = 2;
const LOOK_AHEAD = 1;

/** Somebody was in and silent from `fromMs` to `untilMs`, then stirred; `device` was the last sign before. */
export function teachSilence(
  world: World,
  home: HomeRow,
  device: DeviceRow,
  fromMs: number,
  untilMs: number,
): void {
  const columns = world.roster.homes.columns;
  const lengthMs = Math.min(untilMs - fromMs, LONGEST_TAUGHT_MS);
  const beforeMs = columns.learnedMs[home]!;
  columns.learnedMs[home] = beforeMs + lengthMs;
  if (Math.floor(beforeMs / DAY_MS) !== Math.floor((beforeMs + lengthMs) / DAY_MS)) fade(world, home);
  if (lengthMs < SHORTEST_TAUGHT_MS) return;
  teachSlots(world, home, fromMs, lengthMs);
  liftIn(world, home, columns.placePeakMin, world.roster.placeOf(device), lengthMs);
}

/** The resident was not proved to change rooms from `fromMs` to `untilMs`. */
export function teachStay(world: World, home: HomeRow, fromMs: number, untilMs: number): void {
  const lengthMs = Math.min(untilMs - fromMs, LONGEST_STAY_MS);
  const { stayPeakMin } = world.roster.homes.columns;
  if (lengthMs >= SHORTEST_TAUGHT_MS)
    stayPeakMin.set(home, lifted(world, home, stayPeakMin.get(home), lengthMs));
}

/** Days at home that taught the routine. */
export function learnedDays(world: World, home: HomeRow): number {
  return world.roster.homes.columns.learnedMs[home]! / DAY_MS;
}

/** Longest silence that is usual around the local hour `slot`, ms. */
export function usualInSlotMs(world: World, home: HomeRow, slot: number): number {
  const { silencePeakMin } = world.roster.homes.columns;
  let minutes = 0;
  for (let near = slot - LOOK_BACK; near <= slot + LOOK_AHEAD; near++)
    minutes = Math.max(minutes, silencePeakMin.get(home, (near + SLOTS) % SLOTS));
  return minutes * MINUTE_MS;
}

/** Longest silence that is usual after a sign of this device, ms. */
export function usualAfterMs(world: World, home: HomeRow, device: DeviceRow): number {
  const { homes } = world.roster;
  return homes.columns.placePeakMin.get(home, world.roster.placeOf(device)) * MINUTE_MS;
}

/** Local hour at `atMs`, by the clock the home has now: slots are too coarse for the hour of a clock change. */
export function slotAt(world: World, home: HomeRow, atMs: number): number {
  const localMs = atMs + zoneOffsetMs(world.roster.timezoneOf(home), world.nowMs);
  return Math.floor((localMs % DAY_MS) / HOUR_MS);
}

/** First full local hour after `atMs`. */
export function nextSlotAtMs(world: World, home: HomeRow, atMs: number): number {
  const offsetMs = zoneOffsetMs(world.roster.timezoneOf(home), world.nowMs);
  return (Math.floor((atMs + offsetMs) / HOUR_MS) + 1) * HOUR_MS - offsetMs;
}

function teachSlots(world: World, home: HomeRow, fromMs: number, lengthMs: number): void {
  const untilMs = fromMs + lengthMs;
  for (let atMs = fromMs; atMs < untilMs; ) {
    const slot = slotAt(world, home, atMs);
    const endMs = Math.min(nextSlotAtMs(world, home, atMs), untilMs);
    liftIn(world, home, world.roster.homes.columns.silencePeakMin, slot, endMs - fromMs);
    atMs = endMs;
  }
}

function liftIn(world: World, home: HomeRow, list: List<'home'>, at: number, lengthMs: number): void {
  list.set(home, at, lifted(world, home, list.get(home, at), lengthMs));
}

/** The peak after a silence of that length, minutes. */
function lifted(world: World, home: HomeRow, peak: number, lengthMs: number): number {
  const minutes = Math.ceil(lengthMs / MINUTE_MS);
  const isKnown = world.roster.homes.columns.learnedMs[home]! >= KNOWN_AFTER_MS;
  const highest = isKnown ? peak * LIFT_FACTOR + LIFT_MIN : minutes;
  return Math.max(peak, Math.min(minutes, highest));
}

function fade(world: World, home: HomeRow): void {
  const columns = world.roster.homes.columns;
  columns.silencePeakMin.scale(home, KEPT_PER_DAY);
  columns.stayPeakMin.set(home, columns.stayPeakMin.get(home) * KEPT_PER_DAY);
  columns.placePeakMin.scale(home, KEPT_PER_DAY);
  fadeLosses(world, home, KEPT_PER_DAY);
}
