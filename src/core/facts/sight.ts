// Can we see this home? Silence of a home we cannot see is not silence of its resident (promise P4).
// Coverage is the share of live activity sensors; below one half we are blind and every inactivity clock stands.

import { LINK, PRESENCE } from '../state/roster.ts';
import type { DeviceRow, HomeRow } from '../state/row.ts';
import type { Signals, World } from '../state/world.ts';
import { noteSightBack } from './backlog.ts';
import { doubtUntilMs } from './link.ts';
import { UNCERTAIN } from './presence.ts';

/** Least share of live activity sensors that lets silence mean something (domain reference 6.5). */
export const COVERAGE_MIN = 0.5;

/** Blind for so long: enough to go out unseen, as silence after the door is an absence after the same time. */
const UNCERTAIN_AFTER_MS = 30 * 60_000;

export interface Coverage {
  /** Sensors that have spoken and are not silent. */
  readonly seen: number;
  /** Those, and unsupervised ones behind an online gateway: their silence says nothing. */
  readonly live: number;
  readonly total: number;
}

/** Activity sensors of a home. */
export function coverageOf(world: World, home: HomeRow): Coverage {
  const devices = world.roster.devices.columns;
  const gateways = world.roster.gateways.columns;
  let seen = 0;
  let live = 0;
  let total = 0;
  for (
    let device = world.roster.firstDeviceOf(home);
    device !== 0;
    device = world.roster.nextDeviceOf(device)
  ) {
    if (!world.roster.isActivitySensor(device) || isAwaited(world, home, device)) continue;
    total++;
    // What is not believed is not seen.
    if (devices.distrust.get(device) !== 0) continue;
    const gateway = devices.gateway.get(device);
    if (gateways.link.get(gateway) !== LINK.online || gateways.isOverdue.get(gateway) === 1) continue;
    if (devices.link.get(device) === LINK.online) seen++;
    const isUnsupervised = devices.windowMs[device] === Number.POSITIVE_INFINITY;
    if (
      devices.link.get(device) === LINK.online ||
      (isUnsupervised && devices.link.get(device) === LINK.neverSeen)
    )
      live++;
  }
  return { seen, live, total };
}

/** Registered ahead of the fitter, in a home that others see already: it takes nothing away from our sight. */
function isAwaited(world: World, home: HomeRow, device: DeviceRow): boolean {
  const { lastSeenAtMs, knownSinceMs, windowMs } = world.roster.devices.columns;
  if (lastSeenAtMs[device]! > 0 || windowMs[device] === Number.POSITIVE_INFINITY) return false;
  for (const other of world.roster.devicesOfHome(home)) {
    const isEarlier = lastSeenAtMs[other]! > 0 && knownSinceMs[other]! < knownSinceMs[device]!;
    if (isEarlier && world.roster.isActivitySensor(other)) return true;
  }
  return false;
}

/** Look again after a gateway, device or the roster changed. `sinceMs`: from when the change is true. */
export function refreshSight(world: World, signals: Signals, home: HomeRow, sinceMs: number): void {
  const columns = world.roster.homes.columns;
  const { seen, live, total } = coverageOf(world, home);
  // A home with nothing but a button is neither seen nor unseen: nothing is inferred from it.
  const isBlind = total > 0 && (seen === 0 || live < total * COVERAGE_MIN);
  if (isBlind === columns.blindSinceMs[home]! > 0) return;
  if (isBlind) {
    columns.blindSinceMs[home] = Math.max(sinceMs, columns.lastActivityAtMs[home]!, 1);
  } else {
    addBlindMs(world, home, columns.blindSinceMs[home]!);
    columns.blindSinceMs[home] = 0;
    // The clock of a home starts when we first see it: a resident who never stirs afterwards is missed by nobody.
    if (columns.lastActivityAtMs[home] === 0 && total > 0) {
      columns.lastActivityAtMs[home] = world.nowMs;
      columns.roamedAtMs[home] = world.nowMs;
      columns.blindMs[home] = 0;
      columns.roamBlindMs[home] = 0;
    }
  }
  signals.onSight(home);
}

/** Our own outage from `fromMs` to now: all homes we saw were unseen meanwhile. */
export function addOwnOutage(world: World, fromMs: number): void {
  const { homes } = world.roster;
  const { columns } = homes;
  for (const home of homes.rows()) {
    if (columns.lastActivityAtMs[home] !== 0 && columns.blindSinceMs[home] === 0)
      addBlindMs(world, home, fromMs);
  }
}

function addBlindMs(world: World, home: HomeRow, fromMs: number): void {
  const columns = world.roster.homes.columns;
  const blindMs = world.nowMs - fromMs;
  if (blindMs >= UNCERTAIN_AFTER_MS && columns.presence.get(home) === PRESENCE.home)
    columns.isUncertain.set(home, UNCERTAIN.unseen);
  columns.blindMs[home]! += blindMs;
  columns.roamBlindMs[home]! += blindMs;
  columns.blindInAllMs[home]! += blindMs;
  noteSightBack(world, home, fromMs);
}

/** When to look at a silence due at `dueMs`: then; once it is due, as soon as our sight of the home is clear. */
export function whenSeenMs(world: World, home: HomeRow, dueMs: number): number {
  return dueMs > world.nowMs ? dueMs : sightDoubtUntilMs(world, home) || dueMs;
}

/** The silence is due, and nothing puts our sight of the home in doubt. */
export function isDueAndSeen(world: World, home: HomeRow, dueMs: number): boolean {
  return dueMs <= world.nowMs && sightDoubtUntilMs(world, home) === 0;
}

/** When it will be clear whether we still see this home; 0 when nothing is in doubt. */
function sightDoubtUntilMs(world: World, home: HomeRow): number {
  const devices = world.roster.devices.columns;
  // Kept readings are coming in: the next of them may be news.
  const backlogUntilMs = world.roster.homes.columns.backlogUntilMs[home]!;
  let untilMs = backlogUntilMs > world.nowMs ? backlogUntilMs : 0;
  for (
    let device = world.roster.firstDeviceOf(home);
    device !== 0;
    device = world.roster.nextDeviceOf(device)
  ) {
    if (world.roster.isActivitySensor(device))
      untilMs = Math.max(untilMs, doubtUntilMs(world, devices.gateway.get(device)));
  }
  return untilMs;
}
