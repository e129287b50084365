// The log, seen by the runtime: after a time in which it could not write (disk full, locked by a backup), the first
// thing that it takes is `resumed`. Nothing was heard meanwhile, so nobody's silence of that time is evidence; without
// it every gateway would be called silent with the first entry after a full disk, and readings that devices still hold
// would be missed as signs of life. Everything else is the log itself.

import type { EntryBody } from '#core/model/entry.ts';
import type { Draft, EventLog } from '#journal/journal.ts';

export function createHonestLog(log: EventLog, coreVersion: string): EventLog {
  /** Since when nothing could be written; null while all is well. */
  let failedSinceMs: number | null = null;

  async function append(drafts: readonly Draft[]): ReturnType<EventLog['append']> {
    const fromMs = failedSinceMs;
    if (fromMs === null) return noting(log.append(drafts));
    // When this fails as well, so does all that waits with it, and the next one says it again.
    failedSinceMs = null;
    const body: EntryBody = { type: 'resumed', reason: 'stall', fromMs, coreVersion };
    const receipts = await noting(log.append([{ body, identity: null }, ...drafts]));
    return receipts.slice(1);
  }

  /** A log that never wrote anything has nothing to be silent since. */
  async function noting<T>(appended: Promise<T>): Promise<T> {
    try {
      return await appended;
    } catch (error) {
      failedSinceMs ??= log.position().lastAtMs || null;
      throw error;
    }
  }

  return {
    append,
    onDurable: (listener) => log.onDurable(listener),
    keepRefused: (frame) => log.keepRefused(frame),
    refused: (query) => log.refused(query),
    read: (partition, afterOffset, limit) => log.read(partition, afterOffset, limit),
    trim: (partition, upToOffset) => log.trim(partition, upToOffset),
    position: () => log.position(),
    pendingCount: () => log.pendingCount(),
    close: () => log.close(),
  };
}
