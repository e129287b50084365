// Is anybody in? From the door to the outside and what follows: silence that begins at the door is an absence,
// provisional after 30 minutes; anything inside ends it (domain reference 6.4).
// An absence is never an end of watching: rule `away-too-long` counts it.

import { PRESENCE } from '../state/roster.ts';
import type { Signals, World } from '../state/world.ts';

/** No sign from inside this long after the door: away (provisional time of domain reference 6.4). */
export const AWAY_AFTER_MS = 30 * 60_000;
/** A sign from inside this soon after the door may be the leaving itself: the hall sensor behind the closing door. */
export const LEAVING_MS = 60_000;

/** The door to the outside moved at `atMs`. */
export function noteDoor(world: World, signals: Signals, home: number, atMs: number): void {
  const columns = world.roster.homes.columns;
  columns.doorAtMs[home] = Math.max(columns.doorAtMs[home]!, atMs);
  if (columns.presence[home] === PRESENCE.away) columns.isReturning[home] = 1;
  setPresence(world, signals, home, PRESENCE.home);
  world.wakeHome(home, presenceDeadlineMs(world, home));
}

/** Something inside was used at `atMs`. */
export function noteInside(world: World, signals: Signals, home: number, atMs: number): void {
  const columns = world.roster.homes.columns;
  const doorAtMs = columns.doorAtMs[home]!;
  const isLeaving = atMs <= doorAtMs + LEAVING_MS && columns.isReturning[home] === 0;
  if (!isLeaving) columns.doorAtMs[home] = 0;
  columns.isReturning[home] = 0;
  setPresence(world, signals, home, PRESENCE.home);
}

/** When silence after the door becomes an absence; Infinity when no door is waiting for an answer. */
export function presenceDeadlineMs(world: World, home: number): number {
  const columns = world.roster.homes.columns;
  if (columns.doorAtMs[home] === 0 || columns.presence[home] === PRESENCE.away)
    return Number.POSITIVE_INFINITY;
  if (columns.blindSinceMs[home]! > 0) return Number.POSITIVE_INFINITY;
  return Math.max(columns.doorAtMs[home]!, columns.lastActivityAtMs[home]!) + AWAY_AFTER_MS;
}

export function checkPresence(world: World, signals: Signals, home: number): void {
  if (presenceDeadlineMs(world, home) > world.nowMs) return;
  world.roster.homes.columns.awaySinceMs[home] = world.roster.homes.columns.doorAtMs[home]!;
  setPresence(world, signals, home, PRESENCE.away);
}

function setPresence(world: World, signals: Signals, home: number, presence: number): void {
  const columns = world.roster.homes.columns;
  if (columns.presence[home] === presence) return;
  columns.presence[home] = presence;
  if (presence !== PRESENCE.away) columns.awaySinceMs[home] = 0;
  signals.onPresence(home);
}
