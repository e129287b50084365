// Is anybody in? From the door to the outside and what follows: silence that begins at the door is an absence,
// provisional after 30 minutes (domain reference 6.4). Where no contact stands at the door, motion in the entry zone
// stands for it. An empty home still fires a PIR now and then (0.18 per hour were recorded), so a single weak hit is
// a hint and no proof: neither of a return nor against a leaving. A mat, a contact or a second room is proof.
// An absence is never an end of watching: rule `away-too-long` counts it.

import { LEVEL, PRESENCE } from '../state/roster.ts';
import { type DeviceRow, type HomeRow, NO_DEVICE } from '../state/row.ts';
import type { Signals, World } from '../state/world.ts';
import { unseenAfterMs } from './backlog.ts';

/**
 * Why it is not known whether anybody is in: after an outage, in which the resident may have gone; after an absence
 * that only hits of one room speak against. An empty kitchen was recorded that fires ten times in five minutes.
 */
export const UNCERTAIN = { no: 0, unseen: 1, oneRoom: 2 } as const;
/** No proof from inside this long after the door: away (provisional time of domain reference 6.4). */
export const AWAY_AFTER_MS = 30 * 60_000;
/** The same where several live, of whom one may have stayed (firm time of domain reference 6.4, MySense). */
const AWAY_AFTER_SEVERAL_MS = 50 * 60_000;
/**
 * Unseen for so long after the door: what would have shown that somebody stayed may have been in it, so that the
 * silence since is no absence, and nobody knows. Whoever is well stirs before and after so short a time.
 */
const UNSEEN_MS = 15 * 60_000;
/** A sign from inside this soon after the door may be the leaving itself: the hall sensor behind the closing door. */
export const LEAVING_MS = 60_000;
/** Who has gone out is in no room behind the hall so long after the door, and the draught that it made is over. */
const GONE_MS = 15_000;
/** Door events further apart than this are two ways through it (recorded: one way up to 25 s, two from 50 s). */
const PASSAGE_MS = 45_000;
/** Somebody who came in is heard inside within this time. */
const COMING_IN_MS = 10 * 60_000;
/** Who leaves through a hall without a contact stays in it for more than one hit: shoes, coat, door. */
const IN_HALL_MIN_MS = 3000;
const IN_HALL_MAX_MS = 30_000;
/** A sensor that never fired twice in so many visits cannot: its pause is longer than anybody stands in a hall. */
const SINGLE_HITS_KNOWN = 6;
const FIRES_TWICE = 255;
/** Hits in two rooms so close together are one person walking; strays of the recorded homes were 4 min apart. */
const WALK_MS = 2 * 60_000;
/** A hit and its echo of the same sensor are one hit (recorded pairs: up to 5 s). */
const ECHO_MS = 10_000;
/**
 * Who sits in one room fires the same sensor again and again: so many separate hits within a quarter of an hour are
 * somebody. A fall in a home wrongly called empty is worse than a false alarm; fewer hits than these were strays in
 * one of three recorded homes (tried: 3 and 4 in 10 min, 5 and 6 in 15).
 */
const STAYING_HITS = 6;
const STAYING_MS = 15 * 60_000;
/** In a home of one room only hits of the same sensor can confirm each other, within this time. */
const ONE_ROOM_MS = 5 * 60_000;

/** A home whose silence says something: it is watched and seen, and nobody knows that they are out. */
export function isWatchedAtHome(world: World, home: HomeRow): boolean {
  const { blindSinceMs, presence } = world.roster.homes.columns;
  return world.roster.isWatched(home) && blindSinceMs[home] === 0 && presence.get(home) !== PRESENCE.away;
}

/** They may have gone while nobody looked, or somebody came through the door and was not heard since. */
export function mayBeEmpty(world: World, home: HomeRow): boolean {
  const { isUncertain, isReturning } = world.roster.homes.columns;
  return isUncertain.get(home) === UNCERTAIN.unseen || isReturning.get(home) === 1;
}

/** The door to the outside moved at `atMs`. True: the resident did it, or somebody with the key. */
export function noteDoor(
  world: World,
  signals: Signals,
  home: HomeRow,
  device: DeviceRow,
  atMs: number,
): boolean {
  const columns = world.roster.homes.columns;
  if (!world.roster.hasDoorContact(home) && !isLeavingThroughHall(world, home, device, atMs))
    return noteInside(world, signals, home, device, atMs);
  leaveBefore(world, signals, home, atMs);
  const isAway = columns.presence.get(home) === PRESENCE.away;
  if (isAway && isBeforeLeaving(world, home, atMs)) return false;
  if (!isAway && isStirredSince(world, home, atMs)) return true;
  // Away without any door: the absence was declared before they went, so this is the going.
  if (isAway) columns.isReturning.set(home, columns.doorAtMs[home]! > 0 ? 1 : 0);
  // Somebody or a sensor: if it was the sensor, this is the return. Taken for a leaving, a fall in the hall is lost.
  else if (columns.isUncertain.get(home) === UNCERTAIN.oneRoom) columns.isReturning.set(home, 1);
  // The door falls shut behind them, and the hall has seen them already: still the coming in, and no leaving.
  else if (atMs - columns.cameInAtS.get(home) * 1000 <= PASSAGE_MS) columns.isReturning.set(home, 1);
  else if (atMs > columns.doorAtMs[home]! + PASSAGE_MS) columns.isReturning.set(home, 0);
  columns.isUncertain.set(home, UNCERTAIN.no);
  columns.doorAtMs[home] = Math.max(columns.doorAtMs[home]!, atMs);
  columns.hintDevice.set(home, NO_DEVICE);
  setPresence(world, signals, home, PRESENCE.home);
  world.wakeHome(home, presenceDeadlineMs(world, home));
  return true;
}

/** The door is told of late, and somebody was proved to be inside since: it changes nothing. */
function isStirredSince(world: World, home: HomeRow, atMs: number): boolean {
  const { settledAtMs, settledDevice, isUncertain } = world.roster.homes.columns;
  if (isUncertain.get(home) !== UNCERTAIN.no || world.roster.isDoor(settledDevice.get(home))) return false;
  const isHall = world.roster.isInZone(settledDevice.get(home), 'entry');
  return settledAtMs[home]! - atMs >= (isHall ? LEAVING_MS : GONE_MS);
}

/** Something inside was used at `atMs`. False: so weak a sign in an empty home that it counts for nothing yet. */
export function noteInside(
  world: World,
  signals: Signals,
  home: HomeRow,
  device: DeviceRow,
  atMs: number,
): boolean {
  const columns = world.roster.homes.columns;
  leaveBefore(world, signals, home, atMs);
  const isAway = columns.presence.get(home) === PRESENCE.away;
  if (isAway && isBeforeLeaving(world, home, atMs)) return false;
  if (isAway || columns.isUncertain.get(home) !== UNCERTAIN.no) {
    if (!isProofOfReturn(world, home, device, atMs)) {
      setHint(world, home, device, atMs);
      return !isAway;
    }
    const isUnseen = columns.isUncertain.get(home) === UNCERTAIN.unseen;
    const isOneRoom = !isUnseen && isOneRoomOnly(world, home, device);
    forgetDoor(world, home);
    if (isOneRoom) noteOneRoom(world, home, atMs);
  } else if (columns.doorAtMs[home]! > 0) {
    const isComing = hasComeIn(world, home, atMs);
    if (isComing) columns.cameInAtS.set(home, columns.doorAtMs[home]! / 1000);
    if (isComing || isProofOfStaying(world, home, device, atMs)) forgetDoor(world, home);
    else setHint(world, home, device, atMs);
  }
  setPresence(world, signals, home, PRESENCE.home);
  return true;
}

/**
 * When silence after the door becomes an absence; Infinity when no door is waiting for an answer. What stirred after a
 * door that was kept may be next in the backlog, and what was not seen is no silence.
 */
export function presenceDeadlineMs(world: World, home: HomeRow): number {
  const seenAtMs = leftAtMs(world, home) + unseenSinceDoorMs(world, home);
  return Math.max(seenAtMs, world.roster.homes.columns.backlogUntilMs[home]!);
}

function leftAtMs(world: World, home: HomeRow): number {
  const columns = world.roster.homes.columns;
  if (columns.doorAtMs[home] === 0 || columns.presence.get(home) === PRESENCE.away)
    return Number.POSITIVE_INFINITY;
  // Somebody came through the door and was not heard inside: that is not an empty home.
  if (columns.isReturning.get(home) === 1 || columns.blindSinceMs[home]! > 0) return Number.POSITIVE_INFINITY;
  const afterMs = world.roster.livesAlone(home) ? AWAY_AFTER_MS : AWAY_AFTER_SEVERAL_MS;
  return columns.doorAtMs[home]! + afterMs;
}

/** What was kept and told was seen; it ends with the door, which is the last sign of life or nearly so. */
function unseenSinceDoorMs(world: World, home: HomeRow): number {
  const { blindMs, doorAtMs } = world.roster.homes.columns;
  return Math.max(blindMs[home]!, unseenAfterMs(world, home, doorAtMs[home]!));
}

/** We went blind after the door, for long enough; a door that was kept is judged by what was kept with it. */
function wasUnseenSinceDoor(world: World, home: HomeRow): boolean {
  const { isUncertain, unseenFromMs, doorAtMs } = world.roster.homes.columns;
  if (isUncertain.get(home) === UNCERTAIN.unseen) return true;
  return unseenFromMs[home]! >= doorAtMs[home]! && unseenSinceDoorMs(world, home) >= UNSEEN_MS;
}

export function checkPresence(world: World, signals: Signals, home: HomeRow): void {
  if (presenceDeadlineMs(world, home) <= world.nowMs) leave(world, signals, home);
}

/** What a gateway kept comes hours later in one rush: who was out for long enough before `atMs` was away by then. */
function leaveBefore(world: World, signals: Signals, home: HomeRow, atMs: number): void {
  if (leftAtMs(world, home) <= atMs) leave(world, signals, home);
}

/** Kept from before the absence, which began or was declared meanwhile: nobody who came back. */
function isBeforeLeaving(world: World, home: HomeRow, atMs: number): boolean {
  const { awaySinceMs, sightBackAtMs } = world.roster.homes.columns;
  return atMs < awaySinceMs[home]! && atMs < sightBackAtMs[home]!;
}

function leave(world: World, signals: Signals, home: HomeRow): void {
  const columns = world.roster.homes.columns;
  if (isMatOccupied(world, home)) {
    forgetDoor(world, home);
    return;
  }
  if (wasUnseenSinceDoor(world, home)) {
    forgetDoor(world, home);
    columns.isUncertain.set(home, UNCERTAIN.unseen);
    return;
  }
  // A hit just now stays a hint: whoever walks on into a second room has not gone.
  columns.awaySinceMs[home] = columns.doorAtMs[home]!;
  setPresence(world, signals, home, PRESENCE.away);
}

/**
 * One of several residents lies or sits on a mat, so the home is not empty. Who lives alone cannot be on the mat and at
 * the door: there a mat that says so is stuck, as recorded in one home in three.
 */
export function isMatOccupied(world: World, home: HomeRow): boolean {
  const { distrust, level } = world.roster.devices.columns;
  if (world.roster.livesAlone(home)) return false;
  for (const device of world.roster.devicesOfHome(home)) {
    if (distrust.get(device) !== 0) continue;
    if (level.get(device) === LEVEL.on && world.roster.isMat(device)) return true;
  }
  return false;
}

/** Second hit of the same hall sensor within half a minute while somebody is in; any hit of one that never does so. */
function isLeavingThroughHall(world: World, home: HomeRow, device: DeviceRow, atMs: number): boolean {
  const columns = world.roster.homes.columns;
  const sinceMs = atMs - columns.hallAtMs[home]!;
  const isSame = columns.hallDevice.get(home) === device && sinceMs <= IN_HALL_MAX_MS;
  const isSecond = isSame && sinceMs >= IN_HALL_MIN_MS;
  if (!isSame || isSecond) {
    columns.hallDevice.set(home, device);
    columns.hallAtMs[home] = atMs;
  }
  const { singleHits } = world.roster.devices.columns;
  if (isSecond) singleHits.set(device, FIRES_TWICE);
  else if (!isSame && singleHits.get(device) < SINGLE_HITS_KNOWN)
    singleHits.set(device, singleHits.get(device) + 1);
  return (isSecond || firesOnce(world, device)) && columns.presence.get(home) !== PRESENCE.away;
}

/** A PIR with a pause of minutes: it says once that somebody is in the hall, and nothing when they stay in it. */
function firesOnce(world: World, device: DeviceRow): boolean {
  return world.roster.devices.columns.singleHits.get(device) === SINGLE_HITS_KNOWN;
}

function isProofOfReturn(world: World, home: HomeRow, device: DeviceRow, atMs: number): boolean {
  const { homes } = world.roster;
  if (!world.roster.isWeak(device)) return true;
  const hint = homes.columns.hintDevice.get(home);
  if (hint === 0) return false;
  const sinceHintMs = atMs - homes.columns.hintAtMs[home]!;
  if (world.roster.roomsOf(home) < 2) return sinceHintMs >= ECHO_MS && sinceHintMs <= ONE_ROOM_MS;
  if (Math.abs(sinceHintMs) <= WALK_MS && !world.roster.isSameRoom(hint, device)) return true;
  return isStayingInOneRoom(world, home, device, atMs);
}

/** From now on they are in that room, if they are in. */
function noteOneRoom(world: World, home: HomeRow, atMs: number): void {
  const columns = world.roster.homes.columns;
  if (columns.presence.get(home) === PRESENCE.away) {
    columns.roamedAtMs[home] = atMs;
    columns.roamBlindMs[home] = 0;
  }
  columns.isUncertain.set(home, UNCERTAIN.oneRoom);
}

/** Nothing but hits of one weak sensor's room: somebody, or a sensor in the sun or above a stove. */
function isOneRoomOnly(world: World, home: HomeRow, device: DeviceRow): boolean {
  const { homes } = world.roster;
  if (!world.roster.isWeak(device) || world.roster.roomsOf(home) < 2) return false;
  return world.roster.isSameRoom(homes.columns.hintDevice.get(home), device);
}

/** Counts hits of one room that are no echo; begins anew with another room or after a quarter of an hour. */
function isStayingInOneRoom(world: World, home: HomeRow, device: DeviceRow, atMs: number): boolean {
  const columns = world.roster.homes.columns;
  if (!world.roster.isSameRoom(columns.hintDevice.get(home), device)) return false;
  if (atMs - columns.hintAtMs[home]! < ECHO_MS) return false;
  return columns.hintCount.get(home) + 1 >= STAYING_HITS && atMs - columns.hintFirstAtMs[home]! <= STAYING_MS;
}

/** Whoever comes through the door stirs soon; a weak hit much later is as likely to be a stray. */
function hasComeIn(world: World, home: HomeRow, atMs: number): boolean {
  const columns = world.roster.homes.columns;
  return columns.isReturning.get(home) === 1 && atMs - columns.doorAtMs[home]! <= COMING_IN_MS;
}

function isProofOfStaying(world: World, home: HomeRow, device: DeviceRow, atMs: number): boolean {
  const { homes } = world.roster;
  const columns = homes.columns;
  const sinceDoorMs = atMs - columns.doorAtMs[home]!;
  const hint = columns.hintDevice.get(home);
  if (sinceDoorMs <= 0) return false;
  if (hint > 0 && !world.roster.isSameRoom(hint, device)) return true;
  if (sinceDoorMs > LEAVING_MS) {
    const hintSinceDoorMs = columns.hintAtMs[home]! - columns.doorAtMs[home]!;
    const isSecond = hint > 0 && hintSinceDoorMs > LEAVING_MS && sinceDoorMs - hintSinceDoorMs >= ECHO_MS;
    return !world.roster.isWeak(device) || isSecond;
  }
  if (sinceDoorMs >= GONE_MS && !world.roster.isInZone(device, 'entry')) return true;
  // Without a contact the last motion in the hall is the leaving; whoever walks on into a room has not left.
  return !world.roster.hasDoorContact(home);
}

function setHint(world: World, home: HomeRow, device: DeviceRow, atMs: number): void {
  const columns = world.roster.homes.columns;
  const hint = columns.hintDevice.get(home);
  const isSameStay =
    hint > 0 && world.roster.isSameRoom(hint, device) && atMs - columns.hintFirstAtMs[home]! <= STAYING_MS;
  // Echoes change nothing, or a resident who stirs without a pause would never be counted twice.
  if (isSameStay && atMs - columns.hintAtMs[home]! < ECHO_MS) return;
  if (!isSameStay) columns.hintFirstAtMs[home] = atMs;
  columns.hintCount.set(home, isSameStay ? Math.min(255, columns.hintCount.get(home) + 1) : 1);
  columns.hintDevice.set(home, device);
  columns.hintAtMs[home] = atMs;
}

export function forgetDoor(world: World, home: HomeRow): void {
  const columns = world.roster.homes.columns;
  columns.doorAtMs[home] = 0;
  columns.isReturning.set(home, 0);
  columns.isUncertain.set(home, UNCERTAIN.no);
  columns.hintDevice.set(home, NO_DEVICE);
}

export function setPresence(world: World, signals: Signals, home: HomeRow, presence: number): void {
  const columns = world.roster.homes.columns;
  if (columns.presence.get(home) === presence) return;
  columns.presence.set(home, presence);
  if (presence !== PRESENCE.away) columns.awaySinceMs[home] = 0;
  signals.onPresence(home);
}
