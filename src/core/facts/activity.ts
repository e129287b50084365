// Signs of life. Levels are not events: a state that is repeated by a periodic report is no activity.

import type { ObservationBody } from '../model/entry.ts';
import { EDGES, type Edges, isPress } from '../model/kinds.ts';
import { LEVEL, PRESENCE } from '../state/roster.ts';
import type { DeviceRow, HomeRow } from '../state/row.ts';
import type { Signals, World } from '../state/world.ts';
import { isSeenEnough, noteLateLife, unseenAfterMs, unseenBeforeMs } from './backlog.ts';
import { noteSettled, teachLoss } from './lost-sensor.ts';
import { UNCERTAIN } from './presence.ts';
import { teachSilence, teachStay } from './routine.ts';

/** Weak signs in two rooms so close together are one person walking (recorded strays: 5 min apart and more). */
export const ROAM_MS = 4 * 60_000;

/** After so long a silence, which its own clock has judged, a stay in one room is a new one. */
const REST_MS = 8 * 3_600_000;

/** Whoever goes through the door to the outside shuts it within this time. */
const SHUT_MS = 2 * 60_000;

/**
 * Was this caused by a person? Reads and then updates the device's last level.
 * An event counts as such; a periodic level only when it differs from the level known before.
 */
export function isActivity(
  world: World,
  { kind, value, isLevel }: ObservationBody,
  edges: Edges,
  device: DeviceRow,
  atMs: number,
): boolean {
  if (typeof value === 'string') return isPress(kind, value);
  if (typeof value !== 'boolean' || edges === EDGES.none) return false;
  const columns = world.roster.devices.columns;
  // From before its last change: it happened, but it is not how things stand now.
  if (atMs < columns.levelSinceMs[device]!) return !isLevel && (value || edges === EDGES.both);
  const before = columns.level.get(device);
  const now = value ? LEVEL.on : LEVEL.off;
  columns.level.set(device, now);
  const isEdge = !isLevel || (before !== LEVEL.unknown && before !== now);
  return isEdge && (value || edges === EDGES.both);
}

/** Mats and their gateways wait for so long before they say that nobody is there any more: a sleeper turns over. */
const MAT_PAUSE_MS = 5 * 60_000;

/**
 * What is told now happened before, and nobody did anything now. A level says it when nobody was told: the door that
 * opened a while ago is closed, or nobody lies on the mat of a home that they left, or whose door they moved, after
 * they lay there. A mat says it late: who rose and went out at once was on the mat before the door. Before its level
 * is taken over.
 */
export function isOldNews(
  world: World,
  { value, isLevel }: ObservationBody,
  device: DeviceRow,
  atMs: number,
): boolean {
  const { level, levelSinceMs, lastSeenAtMs, reportsHour, home } = world.roster.devices.columns;
  if (value !== false) return false;
  if (!isLevel) return isLateRising(world, device, atMs);
  if (level.get(device) !== LEVEL.on) return false;
  // Who speaks by levels only says by them what happens.
  if (reportsHour.get(device) === 0) return false;
  if (world.roster.isDoor(device)) return atMs > levelSinceMs[device]! + SHUT_MS;
  const upAtMs = upSinceMs(world, home.get(device));
  // Heard of since then, and still ON: they have not gone.
  const isHeardSince = lastSeenAtMs[device]! > upAtMs;
  return !isHeardSince && levelSinceMs[device]! < upAtMs;
}

function isLateRising(world: World, device: DeviceRow, atMs: number): boolean {
  if (!world.roster.isMat(device)) return false;
  const sinceMs = atMs - upSinceMs(world, world.roster.devices.columns.home.get(device));
  return sinceMs >= 0 && sinceMs <= MAT_PAUSE_MS;
}

/**
 * Since when whoever lay on a mat of the home is up, whatever the mat says: they have gone out, or may just have. Of
 * several one may lie there while another is at the door. 0 for not.
 */
function upSinceMs(world: World, home: HomeRow): number {
  const { presence, awaySinceMs, doorAtMs, isReturning } = world.roster.homes.columns;
  if (presence.get(home) === PRESENCE.away) return awaySinceMs[home]!;
  return world.roster.livesAlone(home) && isReturning.get(home) === 0 ? doorAtMs[home]! : 0;
}

/**
 * The resident did something at `atMs`. Older news than we have changes nothing. `wasIn`: presence said so all along,
 * so that the silence before was one at home and may teach what is usual.
 */
export function noteActivity(
  world: World,
  signals: Signals,
  home: HomeRow,
  device: DeviceRow,
  atMs: number,
  wasIn: boolean,
): void {
  const columns = world.roster.homes.columns;
  const beforeMs = columns.lastActivityAtMs[home]!;
  const before = columns.lastActivityDevice.get(home);
  noteLateLife(world, home, atMs);
  if (atMs < beforeMs) return;
  const unseenMs = unseenBeforeMs(world, home, atMs);
  const isSeen = isSeenEnough(world, home, unseenMs);
  if (wasIn && isSeen && before > 0)
    teachSilence(world, home, before, Math.min(atMs, beforeMs + unseenMs), atMs);
  teachLoss(world, home, device, atMs, isSeen, wasIn);
  columns.lastActivityAtMs[home] = atMs;
  columns.lastActivityDevice.set(home, device);
  noteSettled(world, home, device, atMs);
  columns.blindMs[home] = unseenAfterMs(world, home, atMs);
  if (columns.blindSinceMs[home]! > 0)
    columns.blindSinceMs[home] = Math.max(columns.blindSinceMs[home]!, atMs);
  // Single hits of a home that may be empty prove no return, and no change of room either: the clock of the stay runs.
  const hasReturned = !wasIn && columns.isUncertain.get(home) === UNCERTAIN.no;
  if (hasReturned || hasRoamed(world, home, before, device, atMs - beforeMs))
    noteRoaming(world, signals, home, atMs, wasIn);
  else if (atMs - beforeMs >= REST_MS) {
    columns.roamedAtMs[home] = atMs;
    columns.roamBlindMs[home] = unseenAfterMs(world, home, atMs);
  }
  signals.onActivity(home);
}

/** From one room to another: by a sign that is strong, or soon after the one before, so that a stray hit is none. */
function hasRoamed(
  world: World,
  home: HomeRow,
  before: DeviceRow,
  device: DeviceRow,
  sinceMs: number,
): boolean {
  if (world.roster.roomsOf(home) < 2 || world.roster.isDoor(device)) return true;
  // Who presses a button is well enough to say so, wherever it hangs.
  if (world.roster.isKind(device, 'button') || world.roster.isKind(device, 'terminal')) return true;
  if (world.roster.isSameRoom(before, device)) return false;
  return !world.roster.isWeak(device) || sinceMs <= ROAM_MS;
}

function noteRoaming(world: World, signals: Signals, home: HomeRow, atMs: number, wasIn: boolean): void {
  const columns = world.roster.homes.columns;
  const unseenMs = unseenAfterMs(world, home, atMs);
  const blindMs = Math.max(0, columns.roamBlindMs[home]! - unseenMs);
  if (wasIn && isSeenEnough(world, home, blindMs) && columns.roamedAtMs[home]! > 0)
    teachStay(world, home, Math.min(atMs, columns.roamedAtMs[home]! + blindMs), atMs);
  columns.roamedAtMs[home] = atMs;
  columns.roamBlindMs[home] = unseenMs;
  signals.onRoamed(home);
}
