// Can this sensor be believed? A PIR that is ON for hours, a mat that is ON for a day while its resident walks about,
// a contact that chatters: their reports are no signs of life, so they neither hide a fall nor make an empty home look
// inhabited, and they do not count for coverage, so that a home left with too few sensors is called unseen (promise P4)
// and never quiet. Believed again after a rest. A sensor that never says OFF cannot be told from a stuck one: it is
// judged by chatter only. Contacts, lamps and appliances may be ON for days.

import type { ObservationBody } from '../model/entry.ts';
import { EDGES, type Edges } from '../model/kinds.ts';
import { LEVEL, PRESENCE } from '../state/roster.ts';
import { type DeviceRow, type HomeRow, NO_DEVICE } from '../state/row.ts';
import type { Signals, World } from '../state/world.ts';
import { ROAM_MS } from './activity.ts';
import { UNCERTAIN } from './presence.ts';
import { refreshSight } from './sight.ts';

const HOUR_MS = 3_600_000;

/** Why a sensor is not believed. */
export const DISTRUST = { none: 0, on: 1, chatter: 2 } as const;
/** A PIR without a pause for so long is stuck (domain reference 6.5: no rest for 2 h). */
const MOTION_ON_MS = 2 * HOUR_MS;
/** A mat that is ON is somebody who lies or sits there, but not for a day while the same person is elsewhere. */
const MAT_ON_MS = 24 * HOUR_MS;
/** Reports per hour that no person makes: the recorded homes had up to 729 of a bed mat and 548 of a PIR. */
export const CHATTER_PER_HOUR = 1000;
/** OFF for so long is a rest; the blink of a loose wire is none. */
const REST_MS = 60_000;
/** A sign in another room so recently: somebody is up and about. */
const ELSEWHERE_MS = 6 * HOUR_MS;
/** A mat that may be stuck is looked at so often. */
const LOOK_AGAIN_MS = HOUR_MS;

/**
 * A single hit of a sensor that seemed stuck, with an OFF so soon after it, was somebody: it is the OFF before that
 * was lost. What is stuck says no OFF, or it repeats itself more often than this.
 */
const LONE_HIT_MS = 10 * 60_000;

const NEVER = Number.POSITIVE_INFINITY;

/** A report at `atMs`, before its level is taken over. True: it may count as a sign of life. */
export function noteTrust(
  world: World,
  signals: Signals,
  { value, isLevel }: ObservationBody,
  edges: Edges,
  device: DeviceRow,
  atMs: number,
): boolean {
  if (typeof value !== 'boolean' || edges === EDGES.none) return true;
  const columns = world.roster.devices.columns;
  const now = value ? LEVEL.on : LEVEL.off;
  if (columns.level.get(device) !== now) {
    if (atMs >= columns.levelSinceMs[device]!) noteChange(world, signals, device, now, atMs);
  } else if (value && !isLevel && edges === EDGES.on) noteNewHit(world, signals, device, atMs);
  else if (stuckAtMs(world, device, now) <= atMs) judgeOn(world, signals, columns.home.get(device), device);
  if (!isLevel) countReport(world, signals, device, atMs);
  return columns.distrust.get(device) === DISTRUST.none;
}

function noteChange(world: World, signals: Signals, device: DeviceRow, level: number, atMs: number): void {
  const columns = world.roster.devices.columns;
  const hasRested =
    columns.level.get(device) === LEVEL.off && atMs - columns.levelSinceMs[device]! >= REST_MS;
  const isWell = hasRested || (level === LEVEL.off && isLoneHit(world, device, atMs));
  if (isWell && columns.distrust.get(device) === DISTRUST.on)
    setDistrust(world, signals, device, DISTRUST.none);
  columns.levelSinceMs[device] = atMs;
  if (level === LEVEL.off) columns.saysOff.set(device, 1);
  else world.wakeHome(columns.home.get(device), lookAtMs(world, device, level));
}

/**
 * ON again without an OFF: the OFF may have been lost on the radio. Only for who has just come from elsewhere: what a
 * stuck sensor repeats in a silent home must not hide a fall.
 */
function noteNewHit(world: World, signals: Signals, device: DeviceRow, atMs: number): void {
  const { homes, devices } = world.roster;
  const home = devices.columns.home.get(device);
  const { lastActivityAtMs, lastActivityDevice } = homes.columns;
  const isComing = lastActivityDevice.get(home) !== device && atMs - lastActivityAtMs[home]! <= ROAM_MS;
  if (isComing && atMs >= devices.columns.levelSinceMs[device]! + REST_MS) {
    devices.columns.levelSinceMs[device] = atMs;
    if (devices.columns.distrust.get(device) === DISTRUST.on)
      setDistrust(world, signals, device, DISTRUST.none);
  } else if (stuckAtMs(world, device, LEVEL.on) <= atMs) {
    noteDoubtfulHit(world, device, atMs);
    judgeOn(world, signals, home, device);
  }
}

function noteDoubtfulHit(world: World, device: DeviceRow, atMs: number): void {
  const columns = world.roster.homes.columns;
  const home = world.roster.devices.columns.home.get(device);
  const isRepeated = columns.hitDevice.get(home) === device && atMs - columns.hitAtMs[home]! <= LONE_HIT_MS;
  columns.hitCount.set(home, isExpectedAt(world, home, device) && !isRepeated ? 1 : 2);
  columns.hitDevice.set(home, device);
  columns.hitAtMs[home] = atMs;
}

/**
 * The last sign came from the same room, as from the bed: whoever lies there stirs there. By night the bedroom of who
 * has gone to bed is no surprise either. A single hit in any other room of a silent home may as well be a stray one.
 */
function isExpectedAt(world: World, home: HomeRow, device: DeviceRow): boolean {
  const { lastActivityDevice, bedAtMs } = world.roster.homes.columns;
  if (world.roster.isSameRoom(lastActivityDevice.get(home), device)) return true;
  return bedAtMs[home]! > 0 && world.roster.isInZone(device, 'bedroom');
}

function isLoneHit(world: World, device: DeviceRow, atMs: number): boolean {
  const { hitDevice, hitAtMs, hitCount } = world.roster.homes.columns;
  const home = world.roster.devices.columns.home.get(device);
  return hitDevice.get(home) === device && hitCount.get(home) === 1 && atMs - hitAtMs[home]! <= LONE_HIT_MS;
}

/** After `noteTrust`: when the hit was that this OFF proves to have been somebody; 0 for none. */
export function takeProvenHit(
  world: World,
  { value }: ObservationBody,
  home: HomeRow,
  device: DeviceRow,
  atMs: number,
): number {
  const columns = world.roster.homes.columns;
  if (value !== false || columns.hitDevice.get(home) !== device) return 0;
  const hitAtMs = isLoneHit(world, device, atMs) ? columns.hitAtMs[home]! : 0;
  columns.hitDevice.set(home, NO_DEVICE);
  return hitAtMs;
}

/** Counts by the hour of the clock, which is enough for a rate that no person comes near. */
function countReport(world: World, signals: Signals, device: DeviceRow, atMs: number): void {
  const columns = world.roster.devices.columns;
  const hour = Math.floor(atMs / HOUR_MS);
  if (columns.reportsHour.get(device) < hour) {
    if (isCalm(world, device, hour)) setDistrust(world, signals, device, DISTRUST.none);
    columns.reportsHour.set(device, hour);
    columns.reports.set(device, 0);
  }
  columns.reports.set(device, Math.min(0xffff, columns.reports.get(device) + 1));
  if (columns.reports.get(device) > CHATTER_PER_HOUR && columns.distrust.get(device) === DISTRUST.none)
    setDistrust(world, signals, device, DISTRUST.chatter);
}

/** A chattering sensor that kept still for an hour, or for the most part of it. */
function isCalm(world: World, device: DeviceRow, hour: number): boolean {
  const { distrust, reports, reportsHour } = world.roster.devices.columns;
  if (distrust.get(device) !== DISTRUST.chatter) return false;
  return hour > reportsHour.get(device) + 1 || reports.get(device) < CHATTER_PER_HOUR / 2;
}

function setDistrust(world: World, signals: Signals, device: DeviceRow, distrust: number): void {
  const { homes, devices } = world.roster;
  const home = devices.columns.home.get(device);
  devices.columns.distrust.set(device, distrust);
  // Nobody but this sensor was heard of since the door: whether somebody is in at all was only its word.
  const { lastActivityDevice, otherActivityDevice, isUncertain } = homes.columns;
  const isOnlyWord = lastActivityDevice.get(home) === device;
  if (distrust > 0 && isOnlyWord && world.roster.isDoor(otherActivityDevice.get(home)))
    isUncertain.set(home, UNCERTAIN.unseen);
  const sinceMs = distrust === DISTRUST.on ? stuckAtMs(world, device, LEVEL.on) : world.nowMs;
  refreshSight(world, signals, home, sinceMs);
  world.wakeHome(home, world.nowMs + 1);
}

function judgeOn(world: World, signals: Signals, home: HomeRow, device: DeviceRow): void {
  if (world.roster.devices.columns.distrust.get(device) !== DISTRUST.none || isLainOn(world, home, device))
    return;
  setDistrust(world, signals, device, DISTRUST.on);
}

/** Judge the sensors of a home whose time may have come. */
export function checkTrust(world: World, signals: Signals, home: HomeRow): void {
  const { level } = world.roster.devices.columns;
  const hour = Math.floor(world.nowMs / HOUR_MS);
  for (
    let device = world.roster.firstDeviceOf(home);
    device !== 0;
    device = world.roster.nextDeviceOf(device)
  ) {
    if (isCalm(world, device, hour) && trustDeadlineOfMs(world, device) <= world.nowMs)
      setDistrust(world, signals, device, DISTRUST.none);
    if (stuckAtMs(world, device, level.get(device)) <= world.nowMs) judgeOn(world, signals, home, device);
  }
}

/** When a sensor of the home has to be judged at the latest; Infinity for never. */
export function trustDeadlineMs(world: World, home: HomeRow): number {
  let next = NEVER;
  for (
    let device = world.roster.firstDeviceOf(home);
    device !== 0;
    device = world.roster.nextDeviceOf(device)
  ) {
    const dueMs = trustDeadlineOfMs(world, device);
    next = Math.min(next, dueMs > world.nowMs ? dueMs : world.nowMs + LOOK_AGAIN_MS);
  }
  return next;
}

function trustDeadlineOfMs(world: World, device: DeviceRow): number {
  const { distrust, level, reportsHour } = world.roster.devices.columns;
  switch (distrust.get(device)) {
    case DISTRUST.none:
      return lookAtMs(world, device, level.get(device));
    case DISTRUST.chatter:
      return (reportsHour.get(device) + 2) * HOUR_MS;
    default:
      return NEVER;
  }
}

/**
 * A clock for every hit of every PIR would be most of what the core has to wake for. Whatever the home is woken for,
 * its sensors are judged first, and a sensor that speaks is judged as well: a day is enough for the rest.
 */
function lookAtMs(world: World, device: DeviceRow, level: number): number {
  return stuckAtMs(world, device, level) === NEVER
    ? NEVER
    : world.roster.devices.columns.levelSinceMs[device]! + MAT_ON_MS;
}

/** When a level that does not change makes the sensor a stuck one; Infinity for never. */
function stuckAtMs(world: World, device: DeviceRow, level: number): number {
  const { levelSinceMs, saysOff, home } = world.roster.devices.columns;
  // A snapshot of an older core does not know since when.
  if (level !== LEVEL.on || levelSinceMs[device] === 0) return NEVER;
  // What it said while nobody could hear it is still on its way: counted from when the home was seen again.
  const sinceMs = Math.max(
    levelSinceMs[device]!,
    world.roster.homes.columns.sightBackAtMs[home.get(device)]!,
  );
  if (isMatOrPresence(world, device)) return sinceMs + MAT_ON_MS;
  const isJudged = world.roster.isKind(device, 'motion') && saysOff.get(device) === 1;
  return isJudged ? sinceMs + MOTION_ON_MS : NEVER;
}

/** ON while somebody lies, sits or is there, for hours. */
function isMatOrPresence({ roster }: World, device: DeviceRow): boolean {
  return roster.isMat(device) || roster.isKind(device, 'occupancy');
}

/** A mat that is ON with nobody proved to be elsewhere is somebody who lies there; of several residents one may. */
function isLainOn(world: World, home: HomeRow, device: DeviceRow): boolean {
  const { homes } = world.roster;
  if (!isMatOrPresence(world, device)) return false;
  const { lastActivityAtMs, lastActivityDevice, presence } = homes.columns;
  const last = lastActivityDevice.get(home);
  const isElsewhere = last > 0 && !world.roster.isSameRoom(last, device);
  const isUp = presence.get(home) === PRESENCE.home && world.nowMs - lastActivityAtMs[home]! <= ELSEWHERE_MS;
  return !world.roster.livesAlone(home) || !isElsewhere || !isUp;
}
