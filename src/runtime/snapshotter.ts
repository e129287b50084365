// Cuts snapshots so that a start is quick, and forgets log entries that nobody needs any more: older than the
// retention and covered by a snapshot. The alert store is made durable first: what a snapshot covers is never told
// to it again.

import { CORE_VERSION, type Engine } from '#core/engine.ts';
import { encodeSnapshot } from '#core/snapshot.ts';
import type { EventLog } from '#journal/journal.ts';
import type { SnapshotStore } from '#journal/snapshots.ts';
import type { AlertStore } from '#push/alert-store.ts';

/** Entries between snapshots: replaying so many takes about a second. */
export const SNAPSHOT_EVERY_ENTRIES = 500_000;
/** A start that replayed so many cuts one with its first entry: the next start shall be quick whatever happens. */
const REPLAYED_MAX = 50_000;
/** A quiet service cuts one so often, so that a start never replays a day. */
export const SNAPSHOT_EVERY_MS = 10 * 60_000;

export interface SnapshotterOptions {
  readonly engine: Engine;
  readonly log: EventLog;
  readonly snapshots: SnapshotStore;
  readonly alerts: AlertStore;
  readonly retentionMs: number;
  /** Entries that recovery had to replay: a process that keeps dying young must not replay more each time. */
  readonly replayedCount: number;
  readonly onFailure: (error: unknown) => void;
}

export class Snapshotter {
  readonly #options: SnapshotterOptions;
  #sinceLast = 0;
  #lastCutMs = performance.now();
  #running: Promise<void> = Promise.resolve();
  #isRunning = false;
  /** The snapshot before the newest: the log is kept behind it, so that one broken file costs nothing. */
  #olderOffset = 0;
  #newestOffset = 0;

  constructor(options: SnapshotterOptions) {
    this.#options = options;
    this.#sinceLast = options.replayedCount >= REPLAYED_MAX ? SNAPSHOT_EVERY_ENTRIES : options.replayedCount;
  }

  noteProcessed(count: number): void {
    this.#sinceLast += count;
    const isDue =
      this.#sinceLast >= SNAPSHOT_EVERY_ENTRIES || performance.now() - this.#lastCutMs >= SNAPSHOT_EVERY_MS;
    if (isDue && !this.#isRunning) void this.cut();
  }

  /** Cut one now (also at stop). Failing is reported, not thrown: the log still has everything. */
  cut(): Promise<void> {
    this.#running = this.#running.then(() => this.#cut()).catch(this.#options.onFailure);
    return this.#running;
  }

  async #cut(): Promise<void> {
    const { engine, alerts, snapshots } = this.#options;
    if (engine.offset === this.#newestOffset) return;
    this.#isRunning = true;
    try {
      this.#sinceLast = 0;
      this.#lastCutMs = performance.now();
      alerts.flush();
      const offset = engine.offset;
      await snapshots.save({ offset, coreVersion: CORE_VERSION, data: encodeSnapshot(engine) });
      this.#olderOffset = this.#newestOffset;
      this.#newestOffset = offset;
      await this.#trim();
    } finally {
      this.#isRunning = false;
    }
  }

  async #trim(): Promise<void> {
    const { log, retentionMs } = this.#options;
    const { firstOffset, lastAtMs } = log.position();
    if (this.#olderOffset < firstOffset) return;
    const upTo = await lastOffsetBefore(log, lastAtMs - retentionMs, this.#olderOffset);
    if (upTo >= firstOffset) await log.trim(0, upTo);
  }
}

/** The last offset ≤ `limit` whose entry is older than `beforeMs`; binary search, a dozen reads. */
async function lastOffsetBefore(log: EventLog, beforeMs: number, limit: number): Promise<number> {
  let low = log.position().firstOffset - 1;
  let high = limit;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const [entry] = await log.read(0, middle - 1, 1);
    if (entry !== undefined && entry.atMs < beforeMs) low = middle;
    else high = middle - 1;
  }
  return low;
}
