// Cuts snapshots so that a start is quick, and forgets log entries that nobody needs any more: older than the
// retention, covered by a snapshot, and behind the telemetry cursor. The alert store is made durable first: what a
// snapshot covers is never told to it again. When the log outgrows its disk budget, history goes before its time, and
// what telemetry has not stored yet is given up; what a snapshot needs is never touched.

import { setImmediate } from 'node:timers/promises';
import { CORE_VERSION, type Engine } from '#core/engine.ts';
import { bytesToCopy, prepareSnapshot, snapshotParts } from '#core/snapshot.ts';
import type { EventLog } from '#journal/journal.ts';
import type { SnapshotStore } from '#journal/snapshots.ts';
import type { AlertStore } from '#push/alert-store.ts';
import { SnapshotRoom } from './snapshot-room.ts';

/** Entries between snapshots: replaying so many takes about a second. */
export const SNAPSHOT_EVERY_ENTRIES = 500_000;
/** Or so many: a million homes say half a million things in half a minute, and saving them takes nearly as long. */
const ENTRIES_PER_HOME = 2;
/** A start that replayed so many cuts one as soon as it is ready: the next shall be quick whatever happens. */
const REPLAYED_MAX = 50_000;
/** A quiet service cuts one so often, so that a start never replays a day. */
export const SNAPSHOT_EVERY_MS = 10 * 60_000;

/** Reads the log behind us; null: nobody does. */
export interface LogFollower {
  /** It needs nothing up to here. */
  cursor(): number;
  /** Give up what it has not done up to `offset`; answers the cursor then. */
  shedTo(offset: number): Promise<number>;
}

export interface DiskBudget {
  readonly bytes: number;
  readonly usedBytes: () => number;
}

/** Longer than one attempt of the telemetry writer; beyond, it hangs. */
const SHED_MS = 120_000;
/** After shedding so much of the budget is in use: the next cut does not shed again at once. */
const BUDGET_SHARE = 0.9;

export interface SnapshotterOptions {
  readonly engine: Engine;
  readonly log: EventLog;
  readonly snapshots: SnapshotStore;
  readonly alerts: AlertStore;
  readonly retentionMs: number;
  /** Default: nobody. */
  readonly follower?: () => LogFollower | null;
  /** Default: none. */
  readonly budget?: DiskBudget | null;
  /** Entries that recovery had to replay: a process that keeps dying young must not replay more each time. */
  readonly replayedCount: number;
  readonly onFailure: (error: unknown) => void;
}

export class Snapshotter {
  readonly #options: SnapshotterOptions;
  /** Of the snapshot that is being saved: one at a time. */
  readonly #room = new SnapshotRoom();
  #sinceLast = 0;
  #lastCutMs = performance.now();
  #running: Promise<void> = Promise.resolve();
  #isRunning = false;
  #hasBegun = false;
  /** The snapshot before the newest: the log is kept behind it, so that one broken file costs nothing. */
  #olderOffset = 0;
  #newestOffset = 0;

  constructor(options: SnapshotterOptions) {
    this.#options = options;
    this.#sinceLast =
      options.replayedCount >= REPLAYED_MAX ? Number.POSITIVE_INFINITY : options.replayedCount;
  }

  /** The service is ready. Before, a start needs the processor for itself. */
  begin(): void {
    this.#hasBegun = true;
    this.noteProcessed(0);
  }

  noteProcessed(count: number): void {
    this.#sinceLast += count;
    const { homes } = this.#options.engine.world.roster;
    const entriesMax = Math.max(SNAPSHOT_EVERY_ENTRIES, homes.size * ENTRIES_PER_HOME);
    const isDue = this.#sinceLast >= entriesMax || performance.now() - this.#lastCutMs >= SNAPSHOT_EVERY_MS;
    if (isDue && this.#hasBegun && !this.#isRunning) void this.cut();
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
      for (const _ of prepareSnapshot(engine)) await setImmediate();
      await this.#room.prepare(bytesToCopy(engine));
      alerts.flush();
      const offset = engine.offset;
      const parts = snapshotParts(engine, this.#room.copy);
      await snapshots.save({ offset, coreVersion: CORE_VERSION, parts });
      this.#olderOffset = this.#newestOffset;
      this.#newestOffset = offset;
      await this.#trim();
    } finally {
      this.#isRunning = false;
    }
  }

  async #trim(): Promise<void> {
    const { log, retentionMs, follower } = this.#options;
    const { firstOffset, lastAtMs } = log.position();
    if (this.#olderOffset < firstOffset) return;
    const excess = this.#excessEntries(firstOffset);
    const outlived = await lastOffsetBefore(log, lastAtMs - retentionMs, this.#olderOffset);
    const wanted = Math.min(this.#olderOffset, Math.max(outlived, firstOffset - 1 + excess));
    const upTo = await behind(follower?.() ?? null, wanted, excess > 0);
    if (upTo >= firstOffset) await log.trim(0, upTo);
  }

  /** How many of the oldest entries are too much for the disk; entries are taken to be of one size. */
  #excessEntries(firstOffset: number): number {
    const { budget, engine } = this.#options;
    if (budget === undefined || budget === null) return 0;
    const usedBytes = budget.usedBytes();
    if (usedBytes <= budget.bytes) return 0;
    const entryCount = engine.offset - firstOffset + 1;
    return Math.ceil(entryCount * (1 - (budget.bytes * BUDGET_SHARE) / usedBytes));
  }
}

/** Telemetry holds the log back, unless the disk is needed more: a full disk would stop alarms. */
async function behind(follower: LogFollower | null, wanted: number, isDiskNeeded: boolean): Promise<number> {
  if (follower === null) return wanted;
  let cursor = follower.cursor();
  if (!isDiskNeeded) return Math.min(wanted, cursor);
  while (cursor < wanted) {
    const reached = await inTime(follower.shedTo(wanted));
    // One that does not even answer has to live with the gap: it finds and records it when it is back.
    if (reached === null || reached <= cursor) return wanted;
    cursor = reached;
  }
  return wanted;
}

/** Null when it failed or took too long. */
async function inTime(shed: Promise<number>): Promise<number | null> {
  const { promise, resolve } = Promise.withResolvers<null>();
  const timer = setTimeout(() => resolve(null), SHED_MS);
  const reached = await Promise.race([shed.catch(() => null), promise]);
  clearTimeout(timer);
  return reached;
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
