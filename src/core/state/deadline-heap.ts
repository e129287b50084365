// Who must be woken when: an indexed 4-ary heap over dense numbers, at most one deadline each. Order is (due, number),
// so it does not depend on how the heap was built: a restored engine wakes everybody in the same order.
// Lazy by use: callers arm only when a deadline becomes earlier, and re-arm when it comes due.

import { type Copy, type Image, ownCopy } from './image.ts';

const ARITY = 4;
const ABSENT = 0xffff_ffff;

export class DeadlineHeap {
  /** In the order of the heap: who, and when. Beside each other, because four children are compared at each step. */
  #order = new Uint32Array(16);
  #dueAtMs = new Float64Array(16);
  /** By number. */
  #place = new Uint32Array(16).fill(ABSENT);
  #count = 0;

  /** Infinity when nobody waits. */
  nextDueAtMs(): number {
    return this.#count === 0 ? Number.POSITIVE_INFINITY : this.#dueAtMs[0]!;
  }

  /** Infinity when `number` does not wait. */
  armedAtMs(number: number): number {
    const place = this.#place[number] ?? ABSENT;
    return place === ABSENT ? Number.POSITIVE_INFINITY : this.#dueAtMs[place]!;
  }

  /** Set the deadline of `number`; Infinity takes it out. */
  arm(number: number, dueAtMs: number): void {
    this.#ensure(number);
    const place = this.#place[number]!;
    if (dueAtMs === Number.POSITIVE_INFINITY) {
      if (place !== ABSENT) this.#remove(number, place);
      return;
    }
    if (place === ABSENT) this.#siftUp(this.#count++, number, dueAtMs);
    else if (dueAtMs < this.#dueAtMs[place]!) this.#siftUp(place, number, dueAtMs);
    else this.#siftDown(place, number, dueAtMs);
  }

  /** The number that is due first; it no longer waits. Call only when `nextDueAtMs()` is finite. */
  pop(): number {
    const number = this.#order[0]!;
    this.#remove(number, 0);
    return number;
  }

  /** Everybody who waits, for the snapshot: numbers, and when each is due. */
  images(copy: Copy = ownCopy): Image[] {
    const bytesOf = ({ buffer, BYTES_PER_ELEMENT }: Uint32Array | Float64Array): Uint8Array =>
      new Uint8Array(buffer, 0, this.#count * BYTES_PER_ELEMENT);
    return [
      { name: 'number', bytes: copy(bytesOf(this.#order)) },
      { name: 'dueAtMs', bytes: copy(bytesOf(this.#dueAtMs)) },
    ];
  }

  /** Tells of each who waits. */
  restore(images: readonly Image[], onArmed?: (number: number, dueAtMs: number) => void): void {
    const [numbers, dueAtMs] = images;
    if (numbers === undefined || dueAtMs === undefined) return;
    // Copied: the bytes of a file need not lie where numbers may (and the slice of a Buffer is no copy).
    const due = new Float64Array(new Uint8Array(dueAtMs.bytes).buffer);
    for (const [at, number] of new Uint32Array(new Uint8Array(numbers.bytes).buffer).entries()) {
      this.arm(number, due[at]!);
      onArmed?.(number, due[at]!);
    }
  }

  #remove(number: number, place: number): void {
    this.#place[number] = ABSENT;
    const at = --this.#count;
    const last = this.#order[at]!;
    if (last === number) return;
    const dueAtMs = this.#dueAtMs[at]!;
    const parent = ((place - 1) / ARITY) | 0;
    if (place > 0 && this.#isBefore(last, dueAtMs, parent)) this.#siftUp(place, last, dueAtMs);
    else this.#siftDown(place, last, dueAtMs);
  }

  /** Is this before whoever stands in `place`? */
  #isBefore(number: number, dueAtMs: number, place: number): boolean {
    const otherMs = this.#dueAtMs[place]!;
    return dueAtMs < otherMs || (dueAtMs === otherMs && number < this.#order[place]!);
  }

  #put(place: number, number: number, dueAtMs: number): void {
    this.#order[place] = number;
    this.#dueAtMs[place] = dueAtMs;
    this.#place[number] = place;
  }

  /** `number` takes `from`, or a place above it. */
  #siftUp(from: number, number: number, dueAtMs: number): void {
    let place = from;
    while (place > 0) {
      const parent = ((place - 1) / ARITY) | 0;
      if (!this.#isBefore(number, dueAtMs, parent)) break;
      this.#put(place, this.#order[parent]!, this.#dueAtMs[parent]!);
      place = parent;
    }
    this.#put(place, number, dueAtMs);
  }

  /** `number` takes `from`, or a place below it. */
  #siftDown(from: number, number: number, dueAtMs: number): void {
    let place = from;
    for (;;) {
      const child = this.#smallestChild(place);
      if (child < 0 || this.#isBefore(number, dueAtMs, child)) break;
      this.#put(place, this.#order[child]!, this.#dueAtMs[child]!);
      place = child;
    }
    this.#put(place, number, dueAtMs);
  }

  #smallestChild(place: number): number {
    const first = place * ARITY + 1;
    if (first >= this.#count) return -1;
    let smallest = first;
    const end = Math.min(first + ARITY, this.#count);
    for (let child = first + 1; child < end; child++) {
      if (this.#isBefore(this.#order[child]!, this.#dueAtMs[child]!, smallest)) smallest = child;
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
    const dueAtMs = new Float64Array(grown);
    dueAtMs.set(this.#dueAtMs);
    this.#dueAtMs = dueAtMs;
  }
}
