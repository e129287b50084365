// A measured level that stays out of bounds. Time counts only between two readings that are both out on the same side
// and not too far apart: one wrong reading, a copy of it, or silence never holds anything. An older reading than the
// newest changes nothing. Hysteresis is the caller's: it says when a level that was raised is back.
// Kept in seconds, in lists with a number per measured thing, so that it is small.

import type { List } from '../state/list.ts';
import type { DeviceRow } from '../state/row.ts';

/** Which bound is passed. */
export const SIDE = { within: 0, high: 1, low: 2 } as const;
export type Side = (typeof SIDE)[keyof typeof SIDE];

/**
 * What was raised may be raised again after so many times `staleMs`. After one, each lost report of a sensor that
 * speaks seldom would ring anew: with 5 % lost a thermometer 16 times in a month.
 */
const UNHEARD = 4;

const SIDE_BITS = 3;
const RAISED_BIT = 4;
/** With `RAISED_BIT`: raised, and raised anew once it has held anew. Older snapshots never have it: told. */
const AGAIN_BIT = 8;
/** With `AGAIN_BIT`: the side that was told, so many bits higher. */
const TOLD_SHIFT = 4;

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

/**
 * Takes a reading of the level `at` of those the device measures. True: it ended an episode that was raised. What was
 * not heard of for longer than `staleMs` holds no longer; for much longer, and it may be raised again.
 */
export function noteLevel(
  held: HeldColumns,
  device: DeviceRow,
  at: number,
  reading: LevelReading,
  staleMs: number,
): boolean {
  const sinceS = reading.atS - held.atS.get(device, at);
  if (sinceS <= 0) return false;
  held.atS.set(device, at, reading.atS);
  if (sinceS * 1000 > staleMs) {
    held.heldS.set(device, at, 0);
    if (sinceS * 1000 > staleMs * UNHEARD) raiseAgain(held, device, at);
  } else if (reading.side !== SIDE.within && reading.side === sideOf(held, device, at))
    held.heldS.set(device, at, held.heldS.get(device, at) + sinceS);
  return turnTo(held, device, at, reading);
}

/** Another side begins anew. True: that ended an episode. */
function turnTo(held: HeldColumns, device: DeviceRow, at: number, { side, isBack }: LevelReading): boolean {
  const isTold = isHeldTold(held, device, at);
  const isWithin = side === SIDE.within;
  if (isWithin ? isTold && !isBack : side === sideOf(held, device, at)) return false;
  const wasRaised = isHeldRaised(held, device, at);
  const hasEnded = wasRaised && (isWithin ? isBack : isTold);
  held.heldS.set(device, at, 0);
  const raised = RAISED_BIT | AGAIN_BIT | (toldSideOf(held, device, at) << TOLD_SHIFT);
  held.state.set(device, at, side | (wasRaised && !hasEnded ? raised : 0));
  return hasEnded;
}

/** Out of bounds for `holdMs`, and not told yet. */
export function isHeldLong(held: HeldColumns, device: DeviceRow, at: number, holdMs: number): boolean {
  if (sideOf(held, device, at) === SIDE.within || isHeldTold(held, device, at)) return false;
  return held.heldS.get(device, at) * 1000 >= holdMs;
}

export function sideOf(held: HeldColumns, device: DeviceRow, at: number): Side {
  return (held.state.get(device, at) & SIDE_BITS) as Side;
}

/** Its episode was raised and goes on, as far as we know. */
export function isHeldRaised(held: HeldColumns, device: DeviceRow, at: number): boolean {
  return (held.state.get(device, at) & RAISED_BIT) !== 0;
}

/** Which bound was passed when it was raised last. */
export function toldSideOf(held: HeldColumns, device: DeviceRow, at: number): Side {
  const state = held.state.get(device, at);
  return (((state & AGAIN_BIT) === 0 ? state : state >> TOLD_SHIFT) & SIDE_BITS) as Side;
}

/** Raised, and nothing since then makes it news. */
export function isHeldTold(held: HeldColumns, device: DeviceRow, at: number): boolean {
  return (held.state.get(device, at) & (RAISED_BIT | AGAIN_BIT)) === RAISED_BIT;
}

/** Until `noteLevel` says that it ended, or `raiseAgain`, it is not raised again. */
export function markRaised(held: HeldColumns, device: DeviceRow, at: number): void {
  held.state.set(device, at, RAISED_BIT | sideOf(held, device, at));
}

/** What was raised is raised again once it has held anew, from the next reading on. Nothing for what was not. */
export function raiseAgain(held: HeldColumns, device: DeviceRow, at: number): void {
  if (!isHeldTold(held, device, at)) return;
  held.heldS.set(device, at, 0);
  held.state.set(device, at, RAISED_BIT | AGAIN_BIT | (sideOf(held, device, at) << TOLD_SHIFT));
}

/** First of the readings that hold. */
export function heldSinceMs(held: HeldColumns, device: DeviceRow, at: number): number {
  return (held.atS.get(device, at) - held.heldS.get(device, at)) * 1000;
}
