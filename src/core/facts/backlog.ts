// What a gateway kept while we did not see its home, and how far it has come in. It sends in order, so a kept
// reading says that nothing else was seen until then: that time was not blind after all. The rest stays unseen
// until it is told, and silence in it is no silence (promise P4): the backlog may be cut off half way, or carry the
// times of a clock that is hours behind. Calls for help overtake the others and say nothing of what came before.

import type { ObservationBody } from '../model/entry.ts';
import { emergencyOf } from '../model/observation.ts';
import type { HomeRow } from '../state/row.ts';
import type { World } from '../state/world.ts';

const MINUTE_MS = 60_000;

/**
 * What was kept comes in a rush: so long after one such reading nothing is said of a silence, since the next may
 * end it (gateways send some hundred kept readings per second).
 */
const BACKLOG_MS = 2 * MINUTE_MS;
/** Readings that go on being old are those of a wrong clock and hide nothing longer than this. */
const CATCH_UP_MS = 10 * MINUTE_MS;
/** Way and clocks: what was measured so shortly before it came was not kept. */
const LIVE_MS = 10_000;
/**
 * What was seen of a silence with so short a blindness in it is what is judged, since the clock stands meanwhile: so it
 * teaches as well. Else a router that starts anew every night would keep a home from ever learning its nights.
 */
const BRIEFLY_BLIND_MS = 15 * MINUTE_MS;
/** Kept readings further apart leave a gap in which a gateway without power may have kept nothing. */
const GAP_MS = 30 * MINUTE_MS;

/** The home is seen again; it was not since `fromMs`. What was not told before that is still on its way as well. */
export function noteSightBack(world: World, home: HomeRow, fromMs: number): void {
  const columns = world.roster.homes.columns;
  const isTold = columns.untoldFromMs[home]! >= columns.sightBackAtMs[home]!;
  columns.sightBackAtMs[home] = world.nowMs;
  if (isTold) {
    columns.unseenFromMs[home] = fromMs;
    columns.untoldFromMs[home] = fromMs;
  }
  // Sensors that need not report say nothing by their silence: there the first kept sign has to do.
  if (longestPauseMs(world, home) === Number.POSITIVE_INFINITY) columns.untoldFromMs[home] = world.nowMs;
}

/** A reading of the home, measured at `atMs`. */
export function noteTold(world: World, observation: ObservationBody, home: HomeRow, atMs: number): void {
  const columns = world.roster.homes.columns;
  const fromMs = columns.untoldFromMs[home]!;
  const backMs = columns.sightBackAtMs[home]!;
  if (fromMs >= backMs || atMs <= fromMs || !observation.isDeviceTime) return;
  if (emergencyOf(observation.kind, observation.value) !== null) return;
  const untilMs = isLive(atMs, backMs) ? backMs : atMs;
  const isKept = untilMs < backMs || fromMs > columns.unseenFromMs[home]!;
  // What is new may overtake what was kept. For a while: then nothing was.
  if (!isKept && world.nowMs - backMs < BACKLOG_MS) return;
  if (isKept && untilMs - fromMs <= gapMs(world, home)) takeOff(world, home, fromMs, untilMs);
  columns.untoldFromMs[home] = untilMs;
  if (untilMs < backMs) awaitMore(world, home);
  else world.wakeHome(home, Math.max(world.nowMs + 1, columns.backlogUntilMs[home]!));
}

/** A sign of life that is older than our sight: the next one may be on its way. Before it is taken over. */
export function noteLateLife(world: World, home: HomeRow, atMs: number): void {
  const columns = world.roster.homes.columns;
  if (isLive(atMs, columns.sightBackAtMs[home]!)) return;
  if (atMs < columns.lastActivityAtMs[home]!) awaitMore(world, home);
  // It moves the clocks, so that it hides nothing.
  else columns.backlogUntilMs[home] = world.nowMs + BACKLOG_MS;
}

/** How much of the time after `atMs` nobody has told us of; not that in which we are blind now. */
export function unseenAfterMs(world: World, home: HomeRow, atMs: number): number {
  const { sightBackAtMs, untoldFromMs } = world.roster.homes.columns;
  return Math.max(0, sightBackAtMs[home]! - Math.max(atMs, untoldFromMs[home]!));
}

/** How much of the time between the last sign of life and `atMs` was not seen. Before that sign is taken over. */
export function unseenBeforeMs(world: World, home: HomeRow, atMs: number): number {
  return Math.max(0, world.roster.homes.columns.blindMs[home]! - unseenAfterMs(world, home, atMs));
}

/** We see the home, and a time of which `unseenMs` were not seen was seen well enough to teach what is usual. */
export function isSeenEnough(world: World, home: HomeRow, unseenMs: number): boolean {
  return world.roster.homes.columns.blindSinceMs[home] === 0 && unseenMs <= BRIEFLY_BLIND_MS;
}

function isLive(atMs: number, backMs: number): boolean {
  return atMs >= backMs - LIVE_MS;
}

function awaitMore(world: World, home: HomeRow): void {
  const columns = world.roster.homes.columns;
  const untilMs = Math.min(world.nowMs + BACKLOG_MS, columns.sightBackAtMs[home]! + CATCH_UP_MS);
  columns.backlogUntilMs[home] = Math.max(columns.backlogUntilMs[home]!, untilMs);
  world.wakeHome(home, Math.max(world.nowMs + 1, columns.backlogUntilMs[home]!));
}

/** Of this time we know now that nothing stirred in it. */
function takeOff(world: World, home: HomeRow, fromMs: number, untilMs: number): void {
  const columns = world.roster.homes.columns;
  const { blindMs, roamBlindMs, blindInAllMs, lastActivityAtMs, roamedAtMs } = columns;
  const seenMs = Math.max(0, untilMs - Math.max(fromMs, lastActivityAtMs[home]!));
  const roamSeenMs = Math.max(0, untilMs - Math.max(fromMs, roamedAtMs[home]!));
  blindInAllMs[home]! -= Math.min(seenMs, blindMs[home]!);
  blindMs[home] = Math.max(0, blindMs[home]! - seenMs);
  roamBlindMs[home] = Math.max(0, roamBlindMs[home]! - roamSeenMs);
}

/**
 * Where a sign of life was kept, signs of life are kept: then a pause that the sensors may make is none of the gateway.
 * Else only readings that follow each other closely prove that it went on keeping.
 */
function gapMs(world: World, home: HomeRow): number {
  const { lastActivityAtMs, unseenFromMs } = world.roster.homes.columns;
  return lastActivityAtMs[home]! > unseenFromMs[home]!
    ? Math.max(GAP_MS, longestPauseMs(world, home))
    : GAP_MS;
}

/** Two reports are due within the window of supervision: the shortest pause that the sensors of life keep for sure. */
function longestPauseMs(world: World, home: HomeRow): number {
  const { windowMs } = world.roster.devices.columns;
  let shortestMs = Number.POSITIVE_INFINITY;
  for (
    let device = world.roster.firstDeviceOf(home);
    device !== 0;
    device = world.roster.nextDeviceOf(device)
  ) {
    if (world.roster.isActivitySensor(device)) shortestMs = Math.min(shortestMs, windowMs[device]!);
  }
  return shortestMs / 2;
}
