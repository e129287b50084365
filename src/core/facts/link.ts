// Is it still there? Liveness of gateways and devices: any message proves it, never the value in the message.
// A device behind a silent gateway is not judged; our own outage (`resumedAtMs`) is never evidence.

import { LINK } from '../state/roster.ts';
import type { DeviceRow, GatewayRow, HomeRow } from '../state/row.ts';
import type { Signals, World } from '../state/world.ts';

/** After a lost session or a last will: time for a mobile gateway to come back before it is called silent (60 s). */
export const LINK_LOSS_GRACE_MS = 60_000;
/** A gateway or device that has never spoken is reported a day after it was registered: installers work ahead. */
export const NEVER_SEEN_MS = 24 * 3_600_000;

/** Heartbeats that may be missing before what stands behind the gateway counts as unseen. */
const BEATS_MISSED_MAX = 3;
/** A heartbeat so much later than usual is late: no silence is judged until it comes or is overdue. */
const BEATS_LATE = 1.5;
/** How fast the usual time between heartbeats follows, share per heartbeat. */
const BEAT_LEARNING = 0.1;

const NEVER = Number.POSITIVE_INFINITY;

/**
 * A heartbeat of the gateway came now, which is noted already: learn how often it comes. A pause is no habit, so it
 * counts little.
 */
export function noteBeat(world: World, gateway: GatewayRow): void {
  const { gateways } = world.roster;
  if (!gateways.has(gateway)) return;
  const { columns } = gateways;
  const sinceMs = world.nowMs - columns.beatAtMs[gateway]!;
  const usualMs = columns.beatMs[gateway]!;
  if (columns.beatAtMs[gateway]! > 0 && sinceMs > 0) {
    const boundedMs = usualMs === 0 ? sinceMs : Math.min(sinceMs, usualMs * BEATS_MISSED_MAX);
    columns.beatMs[gateway] = usualMs === 0 ? boundedMs : usualMs + (boundedMs - usualMs) * BEAT_LEARNING;
  }
  columns.beatAtMs[gateway] = world.nowMs;
  // Of one that need not speak for a day, missing heartbeats must be noticed all the same.
  world.wakeGateway(gateway, gatewayDeadlineMs(world, gateway));
}

/** When missing heartbeats make the gateway overdue; Infinity for one that sends none or is not supervised. */
function overdueAtMs(world: World, gateway: GatewayRow): number {
  const columns = world.roster.gateways.columns;
  if (columns.beatMs[gateway] === 0 || columns.windowMs[gateway] === NEVER) return NEVER;
  if (columns.isOverdue.get(gateway) === 1) return NEVER;
  const heardAtMs = Math.max(columns.lastSeenAtMs[gateway]!, world.resumedAtMs);
  return heardAtMs + Math.max(LINK_LOSS_GRACE_MS, columns.beatMs[gateway]! * BEATS_MISSED_MAX);
}

/**
 * When it will be clear whether the late heartbeat of a gateway is missing, or what it kept for us while we were away;
 * 0 when nothing is.
 */
export function doubtUntilMs(world: World, gateway: GatewayRow): number {
  const { lastSeenAtMs, link } = world.roster.gateways.columns;
  const returnAtMs = world.resumedAtMs + LINK_LOSS_GRACE_MS;
  const isAwaited = link.get(gateway) === LINK.online && lastSeenAtMs[gateway]! < world.resumedAtMs;
  if (isAwaited && world.nowMs < returnAtMs) return returnAtMs;
  const untilMs = overdueAtMs(world, gateway);
  if (untilMs === NEVER) return 0;
  const columns = world.roster.gateways.columns;
  const heardAtMs = Math.max(columns.lastSeenAtMs[gateway]!, world.resumedAtMs);
  const isLate = heardAtMs + columns.beatMs[gateway]! * BEATS_LATE < world.nowMs;
  // Past that time it is overdue; of a gateway that nobody watches, which never becomes so, no doubt holds up an alarm.
  return isLate && untilMs >= world.nowMs ? untilMs : 0;
}

/** Something came from the gateway now. */
export function noteGatewaySeen(world: World, signals: Signals, gateway: GatewayRow): void {
  const { gateways } = world.roster;
  if (!gateways.has(gateway)) return;
  const { columns } = gateways;
  const pauseMs = world.nowMs - columns.lastSeenAtMs[gateway]!;
  columns.lastSeenAtMs[gateway] = world.nowMs;
  columns.linkLostAtMs[gateway] = 0;
  const wasOverdue = columns.isOverdue.get(gateway) === 1;
  columns.isOverdue.set(gateway, 0);
  if (columns.link.get(gateway) === LINK.online) {
    if (wasOverdue) {
      columns.pauseS.set(gateway, pauseMs / 1000);
      columns.pausedUntilS.set(gateway, world.nowMs / 1000);
      wakeBehind(world, gateway);
      signals.onGatewaySight(gateway);
    }
    return;
  }
  columns.link.set(gateway, LINK.online);
  noteGatewayBack(world, gateway);
  signals.onGatewayLink(gateway);
}

function noteGatewayBack(world: World, gateway: GatewayRow): void {
  world.roster.gateways.columns.backSinceMs[gateway] = world.nowMs;
  wakeBehind(world, gateway);
}

function wakeBehind(world: World, gateway: GatewayRow): void {
  world.wakeGateway(gateway, gatewayDeadlineMs(world, gateway));
  for (const device of world.roster.devicesOfGateway(gateway))
    world.wakeHome(world.roster.devices.columns.home.get(device), deviceDeadlineMs(world, device));
}

/** The gateway said goodbye, its will came, or its last session is gone. */
export function noteGatewayLost(world: World, gateway: GatewayRow): void {
  const { gateways } = world.roster;
  const { columns } = gateways;
  if (!gateways.has(gateway) || columns.link.get(gateway) !== LINK.online) return;
  if (columns.linkLostAtMs[gateway] !== 0) return;
  columns.linkLostAtMs[gateway] = world.nowMs;
  world.wakeGateway(gateway, gatewayDeadlineMs(world, gateway));
}

/** The device reported at `atMs`: its own time when trusted, so a buffered report proves no more than it can. */
export function noteDeviceSeen(world: World, signals: Signals, device: DeviceRow, atMs: number): void {
  const columns = world.roster.devices.columns;
  if (atMs > columns.lastSeenAtMs[device]!) columns.lastSeenAtMs[device] = atMs;
  if (columns.link.get(device) === LINK.online) return;
  if (atMs + columns.windowMs[device]! <= world.nowMs) return;
  setDeviceLink(world, signals, device, LINK.online, false);
}

/** The gateway says that it lost the device at `atMs` (`online: false`); older news than we have changes nothing. */
export function noteDeviceLost(world: World, signals: Signals, device: DeviceRow, atMs: number): void {
  const { link, lastSeenAtMs } = world.roster.devices.columns;
  if (link.get(device) === LINK.offline || atMs < lastSeenAtMs[device]!) return;
  setDeviceLink(world, signals, device, LINK.offline, true);
}

/** When the gateway would have to be called silent; Infinity when it already is or is not watched. */
export function gatewayDeadlineMs(world: World, gateway: GatewayRow): number {
  const columns = world.roster.gateways.columns;
  if (columns.isWatched.get(gateway) === 0) return NEVER;
  switch (columns.link.get(gateway)) {
    case LINK.online: {
      const heardAtMs = Math.max(columns.lastSeenAtMs[gateway]!, world.resumedAtMs);
      const windowEndMs = heardAtMs + columns.windowMs[gateway]!;
      const lostAtMs = columns.linkLostAtMs[gateway]!;
      const nextMs = Math.min(windowEndMs, overdueAtMs(world, gateway));
      if (lostAtMs === 0) return nextMs;
      return Math.min(nextMs, Math.max(lostAtMs, world.resumedAtMs) + LINK_LOSS_GRACE_MS);
    }
    case LINK.neverSeen:
      return Math.max(columns.knownSinceMs[gateway]!, world.resumedAtMs) + NEVER_SEEN_MS;
    default:
      return NEVER;
  }
}

/** Judge a gateway whose deadline may have come. */
export function checkGateway(world: World, signals: Signals, gateway: GatewayRow): void {
  const { columns } = world.roster.gateways;
  if (columns.link.get(gateway) === LINK.online && overdueAtMs(world, gateway) <= world.nowMs) {
    columns.isOverdue.set(gateway, 1);
    signals.onGatewaySight(gateway);
  }
  if (gatewayDeadlineMs(world, gateway) > world.nowMs) return;
  columns.link.set(gateway, LINK.offline);
  signals.onGatewayLink(gateway);
}

/** When the device would have to be called silent; Infinity while its gateway is not online, or overdue. */
export function deviceDeadlineMs(world: World, device: DeviceRow): number {
  const { columns } = world.roster.devices;
  const gateways = world.roster.gateways.columns;
  const gateway = columns.gateway.get(device);
  if (columns.link.get(device) === LINK.offline || gateways.link.get(gateway) !== LINK.online) return NEVER;
  if (gateways.isOverdue.get(gateway) === 1 || columns.windowMs[device] === NEVER) return NEVER;
  const isNew = columns.link.get(device) === LINK.neverSeen;
  const windowMs = isNew ? Math.max(NEVER_SEEN_MS, columns.windowMs[device]!) : columns.windowMs[device]!;
  const heardAtMs = Math.max(columns.knownSinceMs[device]!, columns.lastSeenAtMs[device]!);
  // A pause of the heartbeats counts only where a report may have fallen into it: a gateway may pause every hour.
  const isLong = gateways.pauseS.get(gateway) * 2000 >= windowMs;
  const pausedUntilMs = isLong ? gateways.pausedUntilS.get(gateway) * 1000 : 0;
  const backAtMs = Math.max(world.resumedAtMs, gateways.backSinceMs[gateway]!, pausedUntilMs);
  if (backAtMs <= heardAtMs) return heardAtMs + windowMs;
  // Its report may have been lost in the outage, so that the next is waited for; but once, or a router that starts anew
  // every night would hide a dead sensor for ever. Whatever lives is heard within half a window of the return.
  return Math.max(backAtMs + windowMs / 2, Math.min(backAtMs, heardAtMs + windowMs) + windowMs);
}

/** Judge the devices of a home whose deadline may have come. */
export function checkDevices(world: World, signals: Signals, home: HomeRow): void {
  for (
    let device = world.roster.firstDeviceOf(home);
    device !== 0;
    device = world.roster.nextDeviceOf(device)
  ) {
    if (deviceDeadlineMs(world, device) <= world.nowMs)
      setDeviceLink(world, signals, device, LINK.offline, false);
  }
}

export function nextDeviceDeadlineMs(world: World, home: HomeRow): number {
  let next = NEVER;
  for (
    let device = world.roster.firstDeviceOf(home);
    device !== 0;
    device = world.roster.nextDeviceOf(device)
  )
    next = Math.min(next, deviceDeadlineMs(world, device));
  return next;
}

function setDeviceLink(
  world: World,
  signals: Signals,
  device: DeviceRow,
  link: number,
  isTold: boolean,
): void {
  const columns = world.roster.devices.columns;
  columns.link.set(device, link);
  if (link === LINK.online) world.wakeHome(columns.home.get(device), deviceDeadlineMs(world, device));
  signals.onDeviceLink(device, isTold);
}
