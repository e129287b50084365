// A measured level that stays out of bounds. Time counts only between two readings that are both out on the same side
// and not too far apart: one wrong reading, a copy of it, or silence never holds anything. An older reading than the
// newest changes nothing. Hysteresis is the caller's: it says when a level that was raised is back.
// Kept in seconds, one row per measured thing, so that it is small.

/** Which bound is passed. */
export const SIDE = { within: 0, high: 1, low: 2 } as const;
export type Side = (typeof SIDE)[keyof typeof SIDE];

const SIDE_BITS = 3;
const RAISED_BIT = 4;
const HELD_MAX_S = 0xffff;

export interface HeldColumns {
  /** Newest reading, s since 1970; 0 for none. */
  readonly atS: Uint32Array;
  /** Proven time out of bounds, s. */
  readonly heldS: Uint16Array;
  /** `Side`, and whether it was raised. */
  readonly state: Uint8Array;
}

/** What a reading says. */
export interface LevelReading {
  atS: number;
  side: Side;
  /** Far enough within to end what was raised. */
  isBack: boolean;
}

/** Takes a reading. True: it ended an episode that was raised. */
export function noteLevel(held: HeldColumns, row: number, reading: LevelReading, staleMs: number): boolean {
  const { atS, side, isBack } = reading;
  const sinceS = atS - held.atS[row]!;
  if (sinceS <= 0) return false;
  held.atS[row] = atS;
  const isRaised = isHeldRaised(held, row);
  if (side === SIDE.within) {
    if (isRaised && !isBack) return false;
    forget(held, row);
    return isRaised;
  }
  if (side !== sideOf(held, row)) {
    forget(held, row);
    held.state[row] = side;
    return isRaised;
  }
  const isHolding = sinceS * 1000 <= staleMs;
  held.heldS[row] = isHolding ? Math.min(HELD_MAX_S, held.heldS[row]! + sinceS) : 0;
  return false;
}

/** Out of bounds for `holdMs` and not raised yet. */
export function isHeldLong(held: HeldColumns, row: number, holdMs: number): boolean {
  if (sideOf(held, row) === SIDE.within || isHeldRaised(held, row)) return false;
  return held.heldS[row]! * 1000 >= holdMs;
}

export function sideOf(held: HeldColumns, row: number): Side {
  return (held.state[row]! & SIDE_BITS) as Side;
}

export function isHeldRaised(held: HeldColumns, row: number): boolean {
  return (held.state[row]! & RAISED_BIT) !== 0;
}

/** Until `noteLevel` says that it ended, it is not raised again. */
export function markRaised(held: HeldColumns, row: number): void {
  held.state[row] = held.state[row]! | RAISED_BIT;
}

/** First of the readings that hold. */
export function heldSinceMs(held: HeldColumns, row: number): number {
  return (held.atS[row]! - held.heldS[row]!) * 1000;
}

function forget(held: HeldColumns, row: number): void {
  held.heldS[row] = 0;
  held.state[row] = SIDE.within;
}
