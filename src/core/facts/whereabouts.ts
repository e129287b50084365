// Which room the resident is in and since when, from the last sign that has a place; and how long bathroom stays
// usually are in this home. A room is left with a sign from another room or the door. A contact in the room itself is
// somebody who stands at it, so the clock of the stay begins anew. A button has no room: it is worn.
// Of several residents one sign elsewhere may be the other person. It ends the stay all the same, unless the room
// itself says that somebody is still in it: a presence sensor that is ON, or motion behind a door that has not moved
// since. Without that nobody can be told from somebody who has left, and every visit would ring (ADR 0012).

import { LEVEL, PRESENCE } from '../state/roster.ts';
import { type DeviceRow, type HomeRow, NO_DEVICE } from '../state/row.ts';
import type { World } from '../state/world.ts';
import { unseenBeforeMs } from './backlog.ts';
import { learnedDays } from './routine.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Shorter stays are below every threshold and need no memory. */
const SHORTEST_TAUGHT_MS = 5 * MINUTE_MS;
/** The cap of all rules: a stay that seems longer is somebody who left unseen. */
const LONGEST_TAUGHT_MS = 12 * 60 * MINUTE_MS;
/** What the longest stay keeps per day: half after 35 days, like the silences of `routine.ts`. */
const KEPT_PER_DAY = 0.98;
const FADING_DAYS_MAX = 365;
/** Once the home is known one stay lifts the longest by no more: neither an accident nor a dead sensor is a habit. */
const LIFT_FACTOR = 2;
const LIFT_MIN = 30;
const KNOWN_AFTER_DAYS = 3;

/** Something was used at `atMs` by a resident who is in. Before `noteActivity`, which forgets what was not seen. */
export function noteRoom(world: World, home: HomeRow, device: DeviceRow, atMs: number, wasIn: boolean): void {
  const columns = world.roster.homes.columns;
  const before = roomDeviceOf(world, home);
  const isHere = before > 0 && world.roster.isSameRoom(before, device);
  if (atMs < columns.lastActivityAtMs[home]!) {
    noteLateSign(world, home, atMs, before > 0 && !isHere);
    return;
  }
  const isFresh = isFreshStart(world, device);
  if (isFresh && world.roster.isKind(device, 'button')) {
    startStay(world, home, before, atMs, wasIn);
    return;
  }
  if (!isHere && before > 0 && isHeld(world, home, before)) return;
  const unseenMs = unseenBeforeMs(world, home, atMs);
  if (!isHere || isFresh) startStay(world, home, device, atMs, wasIn);
  // Whether it was left meanwhile nobody saw: the clock of the stay stands for as long as we were blind.
  else columns.roomSinceMs[home] = Math.min(atMs, columns.roomSinceMs[home]! + unseenMs);
  columns.isShutIn.set(home, !isFresh && isBehindClosedDoor(world, home, device) ? 1 : 0);
}

/** Nobody is in, so nobody is in a room. */
export function forgetRoomWhenAway(world: World, home: HomeRow): void {
  const columns = world.roster.homes.columns;
  if (columns.presence.get(home) !== PRESENCE.away) return;
  columns.roomDevice.set(home, NO_DEVICE);
  columns.roomSinceMs[home] = 0;
  columns.isShutIn.set(home, 0);
}

/** A sign after which the resident cannot have lain in the room all along: the clock of the stay begins anew. */
function isFreshStart(world: World, device: DeviceRow): boolean {
  return world.roster.isKind(device, 'contact') || world.roster.isKind(device, 'button');
}

/** Since when the resident is in a bathroom; 0 when elsewhere or nowhere. */
export function bathroomSinceMs(world: World, home: HomeRow): number {
  return isBathroom(world, roomDeviceOf(world, home)) ? world.roster.homes.columns.roomSinceMs[home]! : 0;
}

/** Room of the last sign that has a place; null when the resident is not known to be anywhere. */
export function roomOf(world: World, home: HomeRow): string | null {
  return world.roster.roomOf(roomDeviceOf(world, home));
}

/** Longest usual bathroom stay, ms; 0 while none was longer than a few minutes. */
export function usualBathroomStayMs(world: World, home: HomeRow): number {
  return fadedPeakMin(world, home, world.nowMs) * MINUTE_MS;
}

/** 0 when there was no sign yet, or the device has moved to another home. */
function roomDeviceOf(world: World, home: HomeRow): DeviceRow {
  const device = world.roster.homes.columns.roomDevice.get(home);
  return device > 0 && world.roster.devices.columns.home.get(device) === home ? device : NO_DEVICE;
}

/** It was elsewhere after the stay began: the stay is shorter than we thought. */
function noteLateSign(world: World, home: HomeRow, atMs: number, isElsewhere: boolean): void {
  const columns = world.roster.homes.columns;
  if (!isElsewhere || isHeld(world, home, columns.roomDevice.get(home))) return;
  columns.roomSinceMs[home] = Math.max(columns.roomSinceMs[home]!, atMs);
}

/** The stay so far is over; the next begins at `device`. */
function startStay(world: World, home: HomeRow, device: DeviceRow, atMs: number, wasIn: boolean): void {
  const columns = world.roster.homes.columns;
  const isSeen = unseenBeforeMs(world, home, atMs) === 0 && columns.blindSinceMs[home] === 0;
  if (wasIn && isSeen && isBathroom(world, roomDeviceOf(world, home)))
    teachBathroomStay(world, home, columns.roomSinceMs[home]!, atMs);
  columns.roomDevice.set(home, device);
  columns.roomSinceMs[home] = device > 0 ? atMs : 0;
}

/** Does the room itself say that somebody is in it? Asked only where a sign elsewhere may be another resident's. */
function isHeld(world: World, home: HomeRow, inRoom: DeviceRow): boolean {
  const { homes, devices } = world.roster;
  if (world.roster.livesAlone(home)) return false;
  if (homes.columns.isShutIn.get(home) === 1) return true;
  for (const device of world.roster.devicesOfHome(home)) {
    const isOn = world.roster.isKind(device, 'occupancy') && devices.columns.level.get(device) === LEVEL.on;
    if (isOn && world.roster.isSameRoom(device, inRoom)) return true;
  }
  return false;
}

/** The sensor saw somebody inside while every contact of its room is closed. */
function isBehindClosedDoor(world: World, home: HomeRow, inside: DeviceRow): boolean {
  const { devices } = world.roster;
  if (world.roster.livesAlone(home)) return false;
  let doors = 0;
  for (const device of world.roster.devicesOfHome(home)) {
    if (!world.roster.isKind(device, 'contact') || !world.roster.isSameRoom(device, inside)) continue;
    if (devices.columns.level.get(device) !== LEVEL.off) return false;
    doors++;
  }
  return doors > 0;
}

function isBathroom(world: World, device: DeviceRow): boolean {
  return device > 0 && world.roster.isInZone(device, 'bathroom');
}

function teachBathroomStay(world: World, home: HomeRow, fromMs: number, untilMs: number): void {
  const columns = world.roster.homes.columns;
  const lengthMs = Math.min(untilMs - fromMs, LONGEST_TAUGHT_MS);
  if (lengthMs < SHORTEST_TAUGHT_MS) return;
  const peakMin = fadedPeakMin(world, home, untilMs);
  const isKnown = learnedDays(world, home) >= KNOWN_AFTER_DAYS;
  const highestMin = isKnown ? peakMin * LIFT_FACTOR + LIFT_MIN : Number.POSITIVE_INFINITY;
  columns.bathroomPeakMin[home] = Math.max(peakMin, Math.min(lengthMs / MINUTE_MS, highestMin));
  columns.bathroomFadedDay.set(home, Math.floor(untilMs / DAY_MS));
}

/** The peak is stored as of a day; reading it later takes off what it has lost since. */
function fadedPeakMin(world: World, home: HomeRow, atMs: number): number {
  const columns = world.roster.homes.columns;
  const days = Math.floor(atMs / DAY_MS) - columns.bathroomFadedDay.get(home);
  let peakMin = columns.bathroomPeakMin[home]!;
  for (let day = 0; peakMin > 0 && day < Math.min(days, FADING_DAYS_MAX); day++) peakMin *= KEPT_PER_DAY;
  return peakMin;
}
