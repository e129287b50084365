// Signs of life. Levels are not events: a state that is repeated by a periodic report is no activity.

import type { ObservationBody } from '../model/entry.ts';
import { MOMENTARY_ACTIVITY_KINDS, TWO_EDGE_ACTIVITY_KINDS } from '../model/kinds.ts';
import { LEVEL } from '../state/roster.ts';
import type { Signals, World } from '../state/world.ts';

const MOMENTARY: ReadonlySet<string> = new Set(MOMENTARY_ACTIVITY_KINDS);
const TWO_EDGE: ReadonlySet<string> = new Set(TWO_EDGE_ACTIVITY_KINDS);

/**
 * Was this caused by a person? Reads and then updates the device's last level.
 * An event counts as such; a periodic level only when it differs from the level known before.
 */
export function isActivity(world: World, observation: ObservationBody, device: number): boolean {
  const { kind, value, isLevel } = observation;
  if (kind === 'button') return typeof value === 'string';
  const isMomentary = MOMENTARY.has(kind);
  if (!isMomentary && !TWO_EDGE.has(kind)) return false;
  if (typeof value !== 'boolean') return false;
  const columns = world.roster.devices.columns;
  const before = columns.level[device]!;
  const now = value ? LEVEL.on : LEVEL.off;
  columns.level[device] = now;
  const isEdge = !isLevel || (before !== LEVEL.unknown && before !== now);
  return isEdge && (value || !isMomentary);
}

/** The resident did something at `atMs`. Older news than we have changes nothing. */
export function noteActivity(
  world: World,
  signals: Signals,
  home: number,
  device: number,
  atMs: number,
): void {
  const columns = world.roster.homes.columns;
  if (atMs < columns.lastActivityAtMs[home]!) return;
  columns.lastActivityAtMs[home] = atMs;
  columns.lastActivityDevice[home] = device;
  columns.blindMs[home] = 0;
  if (columns.blindSinceMs[home]! > 0)
    columns.blindSinceMs[home] = Math.max(columns.blindSinceMs[home]!, atMs);
  signals.onActivity(home);
}
