// Who must be woken when: an indexed 4-ary heap over dense numbers, at most one deadline each. Order is (due, number),
// so it does not depend on how the heap was built: a restored engine wakes everybody in the same order.
// Lazy by use: callers arm only when a deadline becomes earlier, and re-arm when it comes due.

import type { Image } from './image.ts';

const ARITY = 4;
const ABSENT = 0xffff_ffff;

export class DeadlineHeap {
  #order = new Uint32Array(16);
  #place = new Uint32Array(16).fill(ABSENT);
  #dueAtMs = new Float64Array(16).fill(Number.POSITIVE_INFINITY);
  #count = 0;

  /** Infinity when nobody waits. */
  nextDueAtMs(): number {
    return this.#count === 0 ? Number.POSITIVE_INFINITY : this.#dueAtMs[this.#order[0]!]!;
  }

  /** Infinity when `number` does not wait. */
  armedAtMs(number: number): number {
    return number < this.#dueAtMs.length ? this.#dueAtMs[number]! : Number.POSITIVE_INFINITY;
  }

  /** Set the deadline of `number`; Infinity takes it out. */
  arm(number: number, dueAtMs: number): void {
    this.#ensure(number);
    const place = this.#place[number]!;
    if (dueAtMs === Number.POSITIVE_INFINITY) {
      if (place !== ABSENT) this.#remove(number, place);
      return;
    }
    const before = this.#dueAtMs[number]!;
    this.#dueAtMs[number] = dueAtMs;
    if (place === ABSENT) {
      this.#order[this.#count] = number;
      this.#place[number] = this.#count;
      this.#siftUp(this.#count++);
    } else if (dueAtMs < before) this.#siftUp(place);
    else this.#siftDown(place);
  }

  /** The number that is due first; it no longer waits. Call only when `nextDueAtMs()` is finite. */
  pop(): number {
    const number = this.#order[0]!;
    this.#remove(number, 0);
    return number;
  }

  /** Everybody who waits, for the snapshot: numbers, and when each is due. */
  images(): Image[] {
    const numbers = this.#order.slice(0, this.#count);
    const dueAtMs = Float64Array.from(numbers, (number) => this.#dueAtMs[number]!);
    return [
      { name: 'number', bytes: new Uint8Array(numbers.buffer) },
      { name: 'dueAtMs', bytes: new Uint8Array(dueAtMs.buffer) },
    ];
  }

  restore(images: readonly Image[]): void {
    const [numbers, dueAtMs] = images;
    if (numbers === undefined || dueAtMs === undefined) return;
    // Copied: the bytes of a file need not lie where numbers may (and the slice of a Buffer is no copy).
    const due = new Float64Array(new Uint8Array(dueAtMs.bytes).buffer);
    for (const [at, number] of new Uint32Array(new Uint8Array(numbers.bytes).buffer).entries())
      this.arm(number, due[at]!);
  }

  #remove(number: number, place: number): void {
    this.#place[number] = ABSENT;
    this.#dueAtMs[number] = Number.POSITIVE_INFINITY;
    const last = this.#order[--this.#count]!;
    if (last === number) return;
    this.#order[place] = last;
    this.#place[last] = place;
    this.#siftUp(place);
    this.#siftDown(this.#place[last]!);
  }

  #isBefore(a: number, b: number): boolean {
    const dueA = this.#dueAtMs[a]!;
    const dueB = this.#dueAtMs[b]!;
    return dueA < dueB || (dueA === dueB && a < b);
  }

  #siftUp(from: number): void {
    let place = from;
    const number = this.#order[place]!;
    while (place > 0) {
      const parent = ((place - 1) / ARITY) | 0;
      const other = this.#order[parent]!;
      if (!this.#isBefore(number, other)) break;
      this.#order[place] = other;
      this.#place[other] = place;
      place = parent;
    }
    this.#order[place] = number;
    this.#place[number] = place;
  }

  #siftDown(from: number): void {
    let place = from;
    const number = this.#order[place]!;
    for (;;) {
      const smallest = this.#smallestChild(place);
      if (smallest < 0 || !this.#isBefore(this.#order[smallest]!, number)) break;
      const other = this.#order[smallest]!;
      this.#order[place] = other;
      this.#place[other] = place;
      place = smallest;
    }
    this.#order[place] = number;
    this.#place[number] = place;
  }

  #smallestChild(place: number): number {
    const first = place * ARITY + 1;
    if (first >= this.#count) return -1;
    let smallest = first;
    const end = Math.min(first + ARITY, this.#count);
    for (let child = first + 1; child < end; child++) {
      if (this.#isBefore(this.#order[child]!, this.#order[smallest]!)) smallest = child;
    }
    return smallest;
  }

  #ensure(number: number): void {
    const size = this.#place.length;
    if (number < size) return;
    const grown = Math.max(number + 1, Math.ceil(size * 1.5));
    const order = new Uint32Array(grown);
    order.set(this.#order);
    this.#order = order;
    const place = new Uint32Array(grown).fill(ABSENT);
    place.set(this.#place);
    this.#place = place;
    const dueAtMs = new Float64Array(grown).fill(Number.POSITIVE_INFINITY);
    dueAtMs.set(this.#dueAtMs);
    this.#dueAtMs = dueAtMs;
  }
}
