// What a good gateway keeps until it is acknowledged: presses before everything else, bounded, nothing dropped.
// When it is full the home falls silent for a moment instead of losing something: the harness counts what was said.

import type { Reading } from './voice.ts';

/** Enough to fill the next connection at once after a restart, small enough that the ledger stays honest. */
const ORDINARY_MAX = 96;
/** Presses wait beside: people press whatever the state of the service. */
const PRESSES_MAX = 64;

export class Outbox {
  #presses: Reading[] = [];
  #ordinary: Reading[] = [];

  get size(): number {
    return this.#presses.length + this.#ordinary.length;
  }

  hasRoom(isPress: boolean): boolean {
    return isPress ? this.#presses.length < PRESSES_MAX : this.#ordinary.length < ORDINARY_MAX;
  }

  put(reading: Reading): void {
    (reading.isPress ? this.#presses : this.#ordinary).push(reading);
  }

  /** The next frame: a press alone, or up to `max` readings of one device and topic, as gateways pack them. */
  takeFrame(max: number): readonly Reading[] | null {
    const press = this.#presses.shift();
    if (press !== undefined) return [press];
    const first = this.#ordinary[0];
    if (first === undefined) return null;
    let count = 1;
    while (count < max && isTogether(first, this.#ordinary[count])) count += 1;
    return this.#ordinary.splice(0, count);
  }

  /** Anything at all, for a gateway that sends batches. */
  takeBatch(max: number): readonly Reading[] {
    const presses = this.#presses.splice(0, max);
    return [...presses, ...this.#ordinary.splice(0, max - presses.length)];
  }
}

function isTogether(first: Reading, next: Reading | undefined): boolean {
  return next !== undefined && next.deviceId === first.deviceId && next.leaf === first.leaf;
}
