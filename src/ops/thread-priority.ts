// Threads that nobody waits for let the threads of the alarm go first.

import { setPriority } from 'node:os';

/** `nice` of the calling thread, 1 … 19 (the last of all). Linux knows one per thread; elsewhere nothing happens. */
export function yieldToOthers(nice: number): void {
  try {
    setPriority(0, nice);
  } catch {
    // Elsewhere than on Linux, or forbidden: as it was before.
  }
}
