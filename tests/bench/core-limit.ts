// The limit of `core`: what is left when everything that makes a product is left out. Typed arrays by dense number, one
// look-up of a string id per event, a lazy timing wheel (a home is armed once and looked at again only when that comes
// due). It keeps when somebody last stirred, since when the resident is in the bathroom, and whether the heart beats
// too fast; it raises nothing but a count.

import { gatewayName } from './homes.ts';
import { type Happening, WATCH } from './minimal-watch.ts';

const SLOT_MS = 60_000;
/** One more than the longest waiting time, so that a slot never holds two different rounds. */
const SLOTS = WATCH.silenceMs / SLOT_MS + 1;

/** Home number by the name of its gateway. */
export function createIdTable(homes: number): {
  readonly ids: string[];
  readonly numbers: Map<string, number>;
} {
  const ids: string[] = [''];
  const numbers = new Map<string, number>();
  for (let home = 1; home <= homes; home++) {
    ids.push(gatewayName(home - 1));
    numbers.set(gatewayName(home - 1), home);
  }
  return { ids, numbers };
}

export class ArrayWatch {
  readonly #lastActivityAtMs: Float64Array;
  readonly #bathroomSinceMs: Float64Array;
  readonly #isFast: Uint8Array;
  /** Next home in the same slot of the wheel; −1: not armed. */
  readonly #nextInSlot: Int32Array;
  readonly #slots = new Int32Array(SLOTS);
  #slot: number;
  alarmCount = 0;

  constructor(homes: number, fromMs: number) {
    this.#lastActivityAtMs = new Float64Array(homes + 1);
    this.#bathroomSinceMs = new Float64Array(homes + 1);
    this.#isFast = new Uint8Array(homes + 1);
    this.#nextInSlot = new Int32Array(homes + 1).fill(-1);
    this.#slot = Math.floor(fromMs / SLOT_MS);
  }

  step(home: number, happening: Happening, heartRateBpm: number, atMs: number): void {
    if (atMs >= (this.#slot + 1) * SLOT_MS) this.#turn(atMs);
    switch (happening) {
      case 'stir':
        this.#bathroomSinceMs[home] = 0;
        this.#lastActivityAtMs[home] = atMs;
        if (this.#nextInSlot[home] === -1) this.#arm(home, atMs + WATCH.silenceMs);
        return;
      case 'bathroom':
        this.#lastActivityAtMs[home] = atMs;
        if (this.#bathroomSinceMs[home] === 0) this.#bathroomSinceMs[home] = atMs;
        if (this.#nextInSlot[home] === -1) this.#arm(home, atMs + WATCH.bathroomMs);
        return;
      case 'heart-rate':
        this.#noteHeartRate(home, heartRateBpm);
        return;
      case 'nothing':
        return;
    }
  }

  #noteHeartRate(home: number, heartRateBpm: number): void {
    if (this.#isFast[home] === 0 && heartRateBpm >= WATCH.fastBpm) {
      this.#isFast[home] = 1;
      this.alarmCount++;
    } else if (heartRateBpm <= WATCH.calmBpm) this.#isFast[home] = 0;
  }

  #arm(home: number, dueAtMs: number): void {
    const slot = Math.floor(dueAtMs / SLOT_MS) % SLOTS;
    this.#nextInSlot[home] = this.#slots[slot]!;
    this.#slots[slot] = home;
  }

  #turn(atMs: number): void {
    for (; (this.#slot + 1) * SLOT_MS <= atMs; this.#slot++) {
      const slot = this.#slot % SLOTS;
      let home = this.#slots[slot]!;
      this.#slots[slot] = 0;
      while (home !== 0) {
        const next = this.#nextInSlot[home]!;
        this.#nextInSlot[home] = -1;
        const dueAtMs = this.#dueAtMs(home);
        if (dueAtMs <= atMs) this.alarmCount++;
        else this.#arm(home, dueAtMs);
        home = next;
      }
    }
  }

  #dueAtMs(home: number): number {
    const silenceAtMs = this.#lastActivityAtMs[home]! + WATCH.silenceMs;
    const sinceMs = this.#bathroomSinceMs[home]!;
    return sinceMs === 0 ? silenceAtMs : Math.min(silenceAtMs, sinceMs + WATCH.bathroomMs);
  }
}
