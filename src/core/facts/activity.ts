// Signs of life. Levels are not events: a state that is repeated by a periodic report is no activity.

import type { ObservationBody } from '../model/entry.ts';
import { EDGES, type Edges } from '../model/kinds.ts';
import { LEVEL } from '../state/roster.ts';
import type { DeviceRow, HomeRow } from '../state/row.ts';
import type { Signals, World } from '../state/world.ts';
import { noteLateLife, unseenAfterMs, unseenBeforeMs } from './backlog.ts';
import { noteSettled, teachLoss } from './lost-sensor.ts';
import { UNCERTAIN } from './presence.ts';
import { teachSilence, teachStay } from './routine.ts';

/** Weak signs in two rooms so close together are one person walking (recorded strays: 5 min apart and more). */
export const ROAM_MS = 4 * 60_000;

/** After so long a silence, which its own clock has judged, a stay in one room is a new one. */
const REST_MS = 8 * 3_600_000;

/**
 * Was this caused by a person? Reads and then updates the device's last level.
 * An event counts as such; a periodic level only when it differs from the level known before.
 */
export function isActivity(
  world: World,
  { kind, value, isLevel }: ObservationBody,
  edges: Edges,
  device: DeviceRow,
): boolean {
  // A test call may come from the device itself, every night: it says nothing of the resident.
  if (typeof value === 'string') return kind === 'button' && value !== 'test';
  if (typeof value !== 'boolean' || edges === EDGES.none) return false;
  const columns = world.roster.devices.columns;
  const before = columns.level[device]!;
  const now = value ? LEVEL.on : LEVEL.off;
  columns.level[device] = now;
  const isEdge = !isLevel || (before !== LEVEL.unknown && before !== now);
  return isEdge && (value || edges === EDGES.both);
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
  const before = columns.lastActivityDevice[home]!;
  noteLateLife(world, home, atMs);
  if (atMs < beforeMs) return;
  const isSeen = unseenBeforeMs(world, home, atMs) === 0 && columns.blindSinceMs[home] === 0;
  if (wasIn && isSeen && before > 0) teachSilence(world, home, before, beforeMs, atMs);
  teachLoss(world, home, device, atMs, isSeen, wasIn);
  columns.lastActivityAtMs[home] = atMs;
  columns.lastActivityDevice[home] = device;
  noteSettled(world, home, device, atMs);
  columns.blindMs[home] = unseenAfterMs(world, home, atMs);
  if (columns.blindSinceMs[home]! > 0)
    columns.blindSinceMs[home] = Math.max(columns.blindSinceMs[home]!, atMs);
  // Single hits of a home that may be empty prove no return, and no change of room either: the clock of the stay runs.
  const hasReturned = !wasIn && columns.isUncertain[home] === UNCERTAIN.no;
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
  const isSeen = columns.roamBlindMs[home]! <= unseenMs && columns.blindSinceMs[home] === 0;
  if (wasIn && isSeen && columns.roamedAtMs[home]! > 0)
    teachStay(world, home, columns.roamedAtMs[home]!, atMs);
  columns.roamedAtMs[home] = atMs;
  columns.roamBlindMs[home] = unseenMs;
  signals.onRoamed(home);
}
