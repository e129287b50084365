// What would be usual here if one sensor had fallen silent without a word? For every silence the core also reckons how
// long it would have been without the sensor that ended it: whoever goes from the bedroom's door to the bed mat leaves
// a whole night of silence behind that door when the mat is dead, and whoever goes from the kitchen through the front
// door a whole afternoon. A silence that could be such a one is judged later, unless that sensor was heard of lately:
// then it is alive, and says nothing. Never later than the cap, and never after a sign from the bathroom.

import { PLACES } from '../state/roster.ts';
import { type DeviceRow, type HomeRow, NO_DEVICE } from '../state/row.ts';
import type { World } from '../state/world.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** Shorter gaps are below every threshold. Longer ones than the cap are journeys and illness, no habit. */
const SHORTEST_MS = 15 * MINUTE_MS;
const LONGEST_MS = 12 * HOUR_MS;
/** A sensor heard of within this time is alive (chosen with the recorded homes: 6 to 12 h do as well). */
const ALIVE_MS = 12 * HOUR_MS;
/** A door is used before leaving: only one that has just moved is surely alive. */
const DOOR_JUST_MOVED_MS = 2 * HOUR_MS;
/** A door that was not heard of for a night and a morning may be dead: then every way out counts, not only this one. */
const DOOR_OVERDUE_MS = 15 * HOUR_MS;
/** As long as the fixed rule would wait anyway (R2a). An absence that would ask for more needs an overdue door. */
const CHEAP_MS = 6 * HOUR_MS;
/** The same factor and margin as for every usual silence (R4). */
const FACTOR = 1.2;
const MARGIN_MS = 30 * MINUTE_MS;
/** The same when the door is overdue: outings differ more than silences. */
const OVERDUE_FACTOR = 1.5;
/** One evening is not yet a habit: how far a longer one lifts what is usual. */
const LIFT = 0.7;
/** One hit among others of this time comes from somebody who walks about; alone it may be a stray. */
const TOGETHER_MS = 30 * MINUTE_MS;

/** Next sign of life, before it becomes the last one: what would its silence have been without the sensor before? */
export function teachLoss(
  world: World,
  home: HomeRow,
  device: DeviceRow,
  atMs: number,
  isSeen: boolean,
  wasIn: boolean,
): void {
  const { homes, devices } = world.roster;
  const columns = homes.columns;
  const before = columns.lastActivityDevice.get(home);
  if (!isSeen) columns.otherActivityDevice.set(home, NO_DEVICE);
  if (!isSeen || before === device || before === 0) return;
  const other = columns.otherActivityDevice.get(home);
  const lengthMs = atMs - columns.otherActivityAtMs[home]!;
  columns.otherActivityDevice.set(home, before);
  columns.otherActivityAtMs[home] = columns.lastActivityAtMs[home]!;
  if (other === 0 || lengthMs < SHORTEST_MS || lengthMs > LONGEST_MS) return;
  if (wasIn) {
    const { lossMin, lossDevice } = devices.columns;
    const isLongest = minutesOf(lengthMs) >= lossMin.get(other);
    lossMin.set(other, lifted(lossMin.get(other), lengthMs));
    if (isLongest) lossDevice.set(other, before);
  } else if (world.roster.isDoor(before)) {
    const { outMin } = devices.columns;
    const place = world.roster.placeOf(other);
    columns.outDoor.set(home, before);
    outMin.set(other, lifted(outMin.get(other), lengthMs));
    columns.outPlaceMin.set(home, place, lifted(columns.outPlaceMin.get(home, place), lengthMs));
  }
}

/** The sign of life that has just become the last one: does it say where somebody really is? */
export function noteSettled(world: World, home: HomeRow, device: DeviceRow, atMs: number): void {
  const columns = world.roster.homes.columns;
  const isAlone = atMs - columns.otherActivityAtMs[home]! > TOGETHER_MS;
  if (isAlone && world.roster.isWeak(device)) return;
  columns.settledDevice.set(home, device);
  columns.settledAtMs[home] = atMs;
}

/** Until when the silence may be that of one lost sensor; 0 for no doubt. Blind time is not in it. */
export function lossDoubtUntilMs(world: World, home: HomeRow): number {
  const { homes, devices } = world.roster;
  const columns = homes.columns;
  if (world.roster.placeOf(columns.lastActivityDevice.get(home)) === PLACES.bathroom) return 0;
  const device = columns.settledDevice.get(home);
  const fromMs = columns.settledAtMs[home]!;
  const lost = devices.columns.lossDevice.get(device);
  // A mat that speaks says where they are, and how long they stay there is learned by its place.
  const isMat = world.roster.isMat(device);
  const isLost = lost > 0 && !isMat && isUnheard(world, lost, fromMs - ALIVE_MS);
  const lossMs = isLost ? longerThan(devices.columns.lossMin.get(device), FACTOR) : 0;
  const doorMs = doorDoubtMs(world, home, device, fromMs);
  return Math.max(fromMs + Math.max(lossMs, doorMs), deadHallUntilMs(world, home, fromMs));
}

/**
 * Motion in the hall stands for the door where that has no contact. A hall is passed all day, so half a day without it
 * is a dead sensor, and a single hit since they were last known to walk about may be that of an empty home: no reason
 * to ring sooner than the fixed rule would since then. Not since the hit: strays come as often as it would ring.
 */
function deadHallUntilMs(world: World, home: HomeRow, settledAtMs: number): number {
  const { homes } = world.roster;
  const door = homes.columns.outDoor.get(home);
  const isSingleHit = homes.columns.lastActivityAtMs[home]! > settledAtMs;
  if (door === 0 || !world.roster.isWeak(door) || !isSingleHit) return 0;
  return isUnheard(world, door, settledAtMs - ALIVE_MS) ? settledAtMs + CHEAP_MS : 0;
}

function doorDoubtMs(world: World, home: HomeRow, device: DeviceRow, fromMs: number): number {
  const { homes, devices } = world.roster;
  const door = homes.columns.outDoor.get(home);
  if (door === 0 || !isUnheard(world, door, fromMs - DOOR_JUST_MOVED_MS)) return 0;
  if (isUnheard(world, door, fromMs - DOOR_OVERDUE_MS)) {
    const outMin = homes.columns.outPlaceMin.get(home, world.roster.placeOf(device));
    return longerThan(outMin, OVERDUE_FACTOR);
  }
  const doubtMs = longerThan(devices.columns.outMin.get(device), FACTOR);
  return doubtMs <= CHEAP_MS ? doubtMs : 0;
}

/** What is learned here is forgotten like every habit; see `fade` of the routine. */
export function fadeLosses(world: World, home: HomeRow, kept: number): void {
  const { homes, devices } = world.roster;
  const { lossMin, outMin } = devices.columns;
  for (const device of world.roster.devicesOfHome(home)) {
    lossMin.set(device, lossMin.get(device) * kept);
    outMin.set(device, outMin.get(device) * kept);
  }
  homes.columns.outPlaceMin.scale(home, kept);
}

function isUnheard(world: World, device: DeviceRow, sinceMs: number): boolean {
  const { distrust, lastSeenAtMs } = world.roster.devices.columns;
  return distrust.get(device) !== 0 || lastSeenAtMs[device]! < sinceMs;
}

function longerThan(minutes: number, factor: number): number {
  return minutes === 0 ? 0 : minutes * MINUTE_MS * factor + MARGIN_MS;
}

function minutesOf(lengthMs: number): number {
  return Math.ceil(lengthMs / MINUTE_MS);
}

/** What is usual, minutes, after one that took so long. */
function lifted(usualMin: number, lengthMs: number): number {
  return Math.ceil(usualMin + Math.max(0, minutesOf(lengthMs) - usualMin) * LIFT);
}
