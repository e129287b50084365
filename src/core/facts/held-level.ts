// A measured level that stays out of bounds. Time counts only between two readings that are both out on the same side
// and not too far apart: one wrong reading, a copy of it, or silence never holds anything. An older reading than the
// newest changes nothing. Hysteresis is the caller's: it says when a level that was raised is back.
// Kept in seconds, in lists with a number per measured thing, so that it is small.

import type { List } from '../state/list.ts';
import type { DeviceRow } from '../state/row.ts';

/** Which bound is passed. */
export const SIDE = { within: 0, high: 1, low: 2 } as const;
export type Side = (typeof SIDE)[keyof typeof SIDE];

const SIDE_BITS = 3;
const RAISED_BIT = 4;
const HELD_MAX_S = 0xffff;

export interface HeldColumns {
  /** Newest reading, s since 1970; 0 for none. */
  readonly atS: List<'device'>;
  /** Proven time out of bounds, s. */
  readonly heldS: List<'device'>;
  /** `Side`, and whether it was raised. */
  readonly state: List<'device'>;
}

/** What a reading says. */
export interface LevelReading {
  atS: number;
  side: Side;
  /** Far enough within to end what was raised. */
  isBack: boolean;
}

/** Takes a reading of the level `at` of those the device measures. True: it ended an episode that was raised. */
export function noteLevel(
  held: HeldColumns,
  device: DeviceRow,
  at: number,
  reading: LevelReading,
  staleMs: number,
): boolean {
  const { atS, side, isBack } = reading;
  const sinceS = atS - held.atS.get(device, at);
  if (sinceS <= 0) return false;
  held.atS.set(device, at, atS);
  const isRaised = isHeldRaised(held, device, at);
  if (side === SIDE.within) {
    if (isRaised && !isBack) return false;
    forget(held, device, at);
    return isRaised;
  }
  if (side !== sideOf(held, device, at)) {
    forget(held, device, at);
    held.state.set(device, at, side);
    return isRaised;
  }
  const isHolding = sinceS * 1000 <= staleMs;
  held.heldS.set(device, at, isHolding ? Math.min(HELD_MAX_S, held.heldS.get(device, at) + sinceS) : 0);
  return false;
}

/** Out of bounds for `holdMs` and not raised yet. */
export function isHeldLong(held: HeldColumns, device: DeviceRow, at: number, holdMs: number): boolean {
  if (sideOf(held, device, at) === SIDE.within || isHeldRaised(held, device, at)) return false;
  return held.heldS.get(device, at) * 1000 >= holdMs;
}

export function sideOf(held: HeldColumns, device: DeviceRow, at: number): Side {
  return (held.state.get(device, at) & SIDE_BITS) as Side;
}

export function isHeldRaised(held: HeldColumns, device: DeviceRow, at: number): boolean {
  return (held.state.get(device, at) & RAISED_BIT) !== 0;
}

/** Until `noteLevel` says that it ended, it is not raised again. */
export function markRaised(held: HeldColumns, device: DeviceRow, at: number): void {
  held.state.set(device, at, held.state.get(device, at) | RAISED_BIT);
}

/** First of the readings that hold. */
export function heldSinceMs(held: HeldColumns, device: DeviceRow, at: number): number {
  return (held.atS.get(device, at) - held.heldS.get(device, at)) * 1000;
}

function forget(held: HeldColumns, device: DeviceRow, at: number): void {
  held.heldS.set(device, at, 0);
  held.state.set(device, at, SIDE.within);
}
