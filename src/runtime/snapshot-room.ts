// Where a snapshot is copied to. Memory that is new to a process is given to it page by page, when it is first written
// to: half a second for the 300 MB of a hundred thousand homes, in which every alarm waits. Into memory that it has had
// before the same copy takes a twentieth of that (docs/bench.md). So one snapshot is copied to where the one before it
// was, and the room is made beforehand, a little at a time.

import { setImmediate } from 'node:timers/promises';
import type { Copy } from '#core/state/image.ts';

/** Of every system we know of, or a multiple of theirs. */
const PAGE_BYTES = 4096;
/** Touched at once: some tenths of a millisecond. */
const STEP_BYTES = 2 * 1024 * 1024;
/** Homes are registered between two snapshots: what does not fit is copied to new memory, as rightly but slowly. */
const SPARE = 1.05;

export class SnapshotRoom {
  #bytes = new Uint8Array(0);
  #used = 0;

  /** Make room for so many bytes. What was copied into it before is given up. */
  async prepare(byteLength: number): Promise<void> {
    this.#used = 0;
    if (byteLength <= this.#bytes.length) return;
    // Given back first: there need not be memory for both.
    this.#bytes = new Uint8Array(0);
    const bytes = new Uint8Array(Math.ceil(byteLength * SPARE));
    for (let at = 0; at < bytes.length; at += PAGE_BYTES) {
      bytes[at] = 1;
      if (at % STEP_BYTES === 0) await setImmediate();
    }
    this.#bytes = bytes;
  }

  /** Holds until room is prepared again. */
  readonly copy: Copy = (bytes) => {
    const end = this.#used + bytes.length;
    if (end > this.#bytes.length) return bytes.slice();
    const copied = this.#bytes.subarray(this.#used, end);
    copied.set(bytes);
    this.#used = end;
    return copied;
  };
}
