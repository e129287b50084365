// The de-duplication window: which event identities of each source were seen lately.
// Two parts. The ring of a source holds its last `identitiesPerSource` identities that are durable. The held list holds
// those whose entries are taken but not yet durable. So a rejected append is forgotten without a trace (its resend is
// not a duplicate) and evicts nothing, and a saved copy of the rings never contains what a crash could still lose.
//
// A slot is 16 bytes: 80 bits of hash (arithmetic in identity-hash.ts) and 48 bits of time, ms. 32 slots x 16 B = 512 B
// per source: 512 MB for 1,000,000 sources, in blocks that are allocated as sources appear. The memory is shared, so
// that the thread that reads it at opening can hand it over, and because the collector takes 64 MB of any other new
// memory for a reason to walk through the whole heap: half a minute while a million homes are being opened.

import type { IdentityHash } from './identity-hash.ts';
import { SourceIndex, type SourceIndexMemory } from './source-index.ts';

/** An identity on its way into the log: hash, place in the log, next younger one of the same source. */
export interface HeldIdentity extends IdentityHash {
  readonly source: number;
  readonly offset: number;
  readonly atMs: number;
  next: HeldIdentity | null;
}

interface HeldList {
  oldest: HeldIdentity;
  newest: HeldIdentity;
}

/** One block of the rings, for the saved copy. `sources[i]` owns the i-th ring of `words` and `positions[i]`. */
export interface WindowBlock {
  readonly sources: Float64Array<ArrayBuffer>;
  readonly positions: Uint16Array<ArrayBuffer>;
  readonly words: Int32Array<ArrayBuffer>;
}

/** All of it, as another thread takes it over: how many identities per source both know. */
export interface WindowMemory {
  readonly index: SourceIndexMemory;
  readonly blocks: readonly SharedArrayBuffer[];
}

/** Answer of `firstCopyOf` when the first copy is durable: its offset is not kept. */
export const DURABLE_COPY = 0;

const WORDS_PER_SLOT = 4;
/** 1,024 sources x 512 B: a block is 512 kB, so a copy of one block for saving takes well under a millisecond. */
const SOURCES_PER_BLOCK = 1024;
const TWO_TO_32 = 2 ** 32;

export class IdentityWindow {
  readonly identitiesPerSource: number;
  readonly #wordsPerSource: number;
  readonly #index: SourceIndex;
  /** The rings of each block, and where each goes on: two views of its memory. */
  readonly #words: Int32Array<SharedArrayBuffer>[] = [];
  readonly #positions: Uint16Array<SharedArrayBuffer>[] = [];
  readonly #held = new Map<number, HeldList>();

  /** @param memory of one with as many identities per source; default: empty */
  constructor(identitiesPerSource: number, memory?: WindowMemory) {
    if (!Number.isInteger(identitiesPerSource) || identitiesPerSource < 1 || identitiesPerSource > 65_535) {
      throw new RangeError(`identitiesPerSource must be 1…65535, not ${identitiesPerSource}`);
    }
    this.identitiesPerSource = identitiesPerSource;
    this.#wordsPerSource = identitiesPerSource * WORDS_PER_SLOT;
    this.#index = new SourceIndex(memory?.index);
    for (const block of memory?.blocks ?? []) this.#addBlock(block);
  }

  get sourceCount(): number {
    return this.#index.size;
  }

  /** For another thread. Two that write to it would not know of each other. */
  memory(): WindowMemory {
    return { index: this.#index.memory(), blocks: this.#words.map(({ buffer }) => buffer) };
  }

  /**
   * Offset of the first copy when it is still on its way, `DURABLE_COPY` when it is durable, null when `candidate`
   * is new. `withinMs` (null: no bound): an older first copy does not count.
   */
  firstCopyOf(candidate: HeldIdentity, withinMs: number | null): number | null {
    const sinceMs = withinMs === null ? Number.NEGATIVE_INFINITY : candidate.atMs - withinMs;
    const list = this.#held.get(candidate.source);
    for (let held = list?.oldest ?? null; held !== null; held = held.next) {
      if (isSame(held, candidate) && held.atMs >= sinceMs) return held.offset;
    }
    return this.#isInRing(candidate, sinceMs) ? DURABLE_COPY : null;
  }

  /** The entry has taken its place; it is not durable yet. */
  hold(identity: HeldIdentity): void {
    const list = this.#held.get(identity.source);
    if (list === undefined) {
      this.#held.set(identity.source, { oldest: identity, newest: identity });
      return;
    }
    list.newest.next = identity;
    list.newest = identity;
  }

  /** The oldest held identity of its source is durable now: into the ring. */
  settle(identity: HeldIdentity): void {
    const list = this.#held.get(identity.source);
    if (list?.oldest !== identity)
      throw new Error(`identity at offset ${identity.offset} settled out of order`);
    if (identity.next === null) this.#held.delete(identity.source);
    else list.oldest = identity.next;
    this.#push(identity);
  }

  /** Everything that was on its way has been rejected. */
  forgetHeld(): void {
    this.#held.clear();
  }

  /** From the log, in its order, when it is opened. What a saved copy already brought is not entered twice. */
  restore(source: number, hash: IdentityHash, atMs: number): void {
    const identity = { ...hash, source, atMs, offset: 0, next: null };
    if (!this.#isInRing(identity, atMs)) this.#push(identity);
  }

  blockCount(): number {
    return this.#words.length;
  }

  /** A copy of block `index`, so that it can be written while the window goes on. */
  copyBlock(index: number): WindowBlock {
    const first = index * SOURCES_PER_BLOCK;
    const sources = this.#index.slice(first, first + SOURCES_PER_BLOCK);
    return {
      sources,
      positions: Uint16Array.from(this.#positions[index]!.subarray(0, sources.length)),
      words: Int32Array.from(this.#words[index]!.subarray(0, sources.length * this.#wordsPerSource)),
    };
  }

  /** Puts back what `copyBlock` gave, block after block, into an empty window. */
  restoreBlock(block: WindowBlock): void {
    for (let i = 0; i < block.sources.length; i++) {
      const index = this.#indexFor(block.sources[i]!);
      const words = block.words.subarray(i * this.#wordsPerSource, (i + 1) * this.#wordsPerSource);
      this.#wordsOf(index).set(words, (index % SOURCES_PER_BLOCK) * this.#wordsPerSource);
      this.#positionsOf(index)[index % SOURCES_PER_BLOCK] = block.positions[i]!;
    }
  }

  #isInRing(identity: HeldIdentity, sinceMs: number): boolean {
    const index = this.#index.placeOf(identity.source);
    if (index < 0) return false;
    const words = this.#wordsOf(index);
    const start = (index % SOURCES_PER_BLOCK) * this.#wordsPerSource;
    for (let at = start; at < start + this.#wordsPerSource; at += WORDS_PER_SLOT) {
      if (words[at] !== identity.word0 || words[at + 1] !== identity.word1) continue;
      const mixed = words[at + 2]!;
      if (mixed >>> 16 !== identity.word2) continue;
      const atMs = (mixed & 0xffff) * TWO_TO_32 + (words[at + 3]! >>> 0);
      if (atMs >= sinceMs) return true;
    }
    return false;
  }

  #push(identity: HeldIdentity): void {
    const index = this.#indexFor(identity.source);
    const inBlock = index % SOURCES_PER_BLOCK;
    const positions = this.#positionsOf(index);
    const position = positions[inBlock]!;
    positions[inBlock] = position + 1 === this.identitiesPerSource ? 0 : position + 1;
    const words = this.#wordsOf(index);
    const at = inBlock * this.#wordsPerSource + position * WORDS_PER_SLOT;
    words[at] = identity.word0;
    words[at + 1] = identity.word1;
    words[at + 2] = (identity.word2 << 16) | (Math.floor(identity.atMs / TWO_TO_32) & 0xffff);
    // `| 0` takes a number modulo 2^32: the low half of the time.
    words[at + 3] = identity.atMs | 0;
  }

  #indexFor(source: number): number {
    const index = this.#index.add(source);
    if (index === this.#words.length * SOURCES_PER_BLOCK)
      this.#addBlock(new SharedArrayBuffer(SOURCES_PER_BLOCK * (this.#wordsPerSource * 4 + 2)));
    return index;
  }

  #addBlock(block: SharedArrayBuffer): void {
    const wordCount = SOURCES_PER_BLOCK * this.#wordsPerSource;
    this.#words.push(new Int32Array(block, 0, wordCount));
    this.#positions.push(new Uint16Array(block, wordCount * 4));
  }

  #wordsOf(index: number): Int32Array {
    return this.#words[Math.floor(index / SOURCES_PER_BLOCK)]!;
  }

  #positionsOf(index: number): Uint16Array {
    return this.#positions[Math.floor(index / SOURCES_PER_BLOCK)]!;
  }
}

function isSame(a: IdentityHash, b: IdentityHash): boolean {
  return a.word0 === b.word0 && a.word1 === b.word1 && a.word2 === b.word2;
}
