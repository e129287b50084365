// The place of each source, in the order in which they appeared: a hash table with open addressing. Not a Map, because
// it is handed to another thread as it is, and because the collector walks through a Map of millions of sources again
// and again while the rest of the service is being opened.

/** As another thread takes it over. */
export interface SourceIndexMemory {
  readonly size: number;
  /** By place. */
  readonly sources: Float64Array<SharedArrayBuffer>;
  /** Place + 1 by slot; 0: free. */
  readonly slots: Int32Array<SharedArrayBuffer>;
}

const FIRST_SLOTS = 1024;
/** At most half of the slots are taken, so that a search ends after one or two steps. */
const SLOTS_PER_SOURCE = 2;
/** 2^32 / golden ratio: spreads consecutive numbers evenly (Knuth, The Art of Computer Programming 3, 6.4). */
const FIBONACCI = 0x9e3779b1;

export class SourceIndex {
  #size: number;
  #sources: Float64Array<SharedArrayBuffer>;
  #slots: Int32Array<SharedArrayBuffer>;
  /** The upper bits of the product are the slot. */
  #shift: number;

  constructor(
    memory: SourceIndexMemory = { size: 0, sources: places(FIRST_SLOTS), slots: freeSlots(FIRST_SLOTS) },
  ) {
    this.#size = memory.size;
    this.#sources = memory.sources;
    this.#slots = memory.slots;
    this.#shift = 32 - Math.log2(memory.slots.length);
  }

  get size(): number {
    return this.#size;
  }

  memory(): SourceIndexMemory {
    return { size: this.#size, sources: this.#sources, slots: this.#slots };
  }

  /** -1 when the source is not known. */
  placeOf(source: number): number {
    return this.#slots[this.#slotOf(source)]! - 1;
  }

  /** The place of a source that may be new. */
  add(source: number): number {
    const slot = this.#slotOf(source);
    const place = this.#slots[slot]! - 1;
    if (place >= 0) return place;
    this.#sources[this.#size++] = source;
    this.#slots[slot] = this.#size;
    if (this.#size === this.#sources.length) this.#grow();
    return this.#size - 1;
  }

  /** A copy of the sources at places `from` to `to`. */
  slice(from: number, to: number): Float64Array<ArrayBuffer> {
    return Float64Array.from(this.#sources.subarray(from, Math.min(to, this.#size)));
  }

  /** The one in which the source is, or the free one in which it would be. */
  #slotOf(source: number): number {
    const mask = this.#slots.length - 1;
    let slot = Math.imul(source, FIBONACCI) >>> this.#shift;
    for (;;) {
      const taken = this.#slots[slot]!;
      if (taken === 0 || this.#sources[taken - 1] === source) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #grow(): void {
    const sources = this.#sources;
    const slotCount = this.#slots.length * 2;
    this.#sources = places(slotCount);
    this.#sources.set(sources);
    this.#slots = freeSlots(slotCount);
    this.#shift--;
    for (let place = 0; place < this.#size; place++) this.#slots[this.#slotOf(sources[place]!)] = place + 1;
  }
}

function places(slotCount: number): Float64Array<SharedArrayBuffer> {
  return new Float64Array(new SharedArrayBuffer((slotCount / SLOTS_PER_SOURCE) * 8));
}

function freeSlots(slotCount: number): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(slotCount * 4));
}
