// What survives a crash in the simulation: the log's entries, the identities of events, snapshots, and the alert
// store as far as it was flushed. The log on it is the real front half (journal/sequencer.ts) over this disk, which
// can be full, and can die with a commit before or after it became durable.

import type { Effect } from '#core/model/effect.ts';
import type { Entry } from '#core/model/entry.ts';
import { parseBody } from '#journal/body-scanner.ts';
import type { Clock, EventLog, KeptRefusedFrame, RefusedFrame } from '#journal/journal.ts';
import { LogError } from '#journal/log-error.ts';
import { type Batch, type CommitStore, type LogState, Sequencer } from '#journal/sequencer.ts';
import { createMemorySnapshotStore, type SnapshotStore } from '#journal/snapshots.ts';
import { type HeldIdentity, IdentityWindow } from '#journal/window.ts';
import type { AlertStore } from '#push/alert-store.ts';
import { createMemoryAlertStore } from '#push/memory-alert-store.ts';

const LIMITS = { entriesPerCommit: 2_000, identitiesPerSource: 32, refusedFrames: 1_000 };
const RESUMABLE_EFFECTS = 10_000;

/** What becomes of a commit. `dies-before`: nothing was stored; `dies-after`: stored, and nobody was told. */
export type Fate = 'stored' | 'full' | 'dies-before' | 'dies-after';

export class Disk {
  readonly snapshots: SnapshotStore = createMemorySnapshotStore();
  /** Bodies as the log writes them, by offset - 1, and the times of the entries. */
  readonly texts: string[] = [];
  readonly timesMs: number[] = [];
  /** The last identities of each source, as the saved window holds them. */
  readonly identities = new Map<number, HeldIdentity[]>();
  /** Effects of the alert store that are flushed, and the offset up to which they are. */
  readonly flushed: { effects: Effect[]; offset: number } = { effects: [], offset: 0 };
  /** Refused frames, for the figures. */
  refusedCount = 0;

  entry(offset: number): Entry {
    return { offset, atMs: this.timesMs[offset - 1]!, body: parseBody(this.texts[offset - 1]!) };
  }

  store(batch: Batch): void {
    batch.entries.forEach(({ atMs }, at) => {
      this.texts.push(batch.texts[at]!);
      this.timesMs.push(atMs);
      const identity = batch.identities[at];
      if (identity != null) this.#remember(identity);
    });
    this.refusedCount += batch.refused.length;
  }

  #remember(identity: HeldIdentity): void {
    const known = this.identities.get(identity.source) ?? [];
    this.identities.set(identity.source, known);
    known.push({ ...identity, next: null });
    if (known.length > LIMITS.identitiesPerSource) known.shift();
  }
}

export interface DiskLogOptions {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly onFatal: (error: Error) => void;
  /** Decides what becomes of this commit. */
  readonly fateOf: (batch: Batch) => Fate;
  /** The commit is on disk; before anybody else knows. */
  readonly onStored: (batch: Batch) => void;
  /** Planted bug: events seen before the crash are forgotten. */
  readonly forgetsIdentities?: boolean;
}

export function openDiskLog(options: DiskLogOptions): EventLog {
  return new DiskLog(options);
}

class DiskLog implements EventLog, CommitStore {
  readonly #options: DiskLogOptions;
  readonly #state: LogState;
  readonly #sequencer: Sequencer;

  constructor(options: DiskLogOptions) {
    const { disk, clock, onFatal, forgetsIdentities = false } = options;
    this.#options = options;
    this.#state = {
      firstOffset: 1,
      lastOffset: disk.texts.length,
      lastAtMs: disk.timesMs.at(-1) ?? 0,
    };
    const window = new IdentityWindow(LIMITS.identitiesPerSource);
    if (!forgetsIdentities) {
      for (const [source, known] of disk.identities)
        for (const identity of known) window.restore(source, identity, identity.atMs);
    }
    this.#sequencer = new Sequencer({
      clock,
      limits: LIMITS,
      onFatal,
      store: this,
      state: this.#state,
      window,
    });
  }

  append(...args: Parameters<EventLog['append']>): ReturnType<EventLog['append']> {
    return this.#sequencer.append(...args);
  }

  onDurable(listener: (entries: readonly Entry[]) => void): void {
    this.#sequencer.onDurable(listener);
  }

  commit(batch: Batch): Promise<void> {
    const { disk, fateOf, onStored } = this.#options;
    const fate = fateOf(batch);
    if (fate === 'full') return Promise.reject(new LogError('log-full', 'no space'));
    if (fate === 'dies-before') return new Promise(() => undefined);
    disk.store(batch);
    onStored(batch);
    return fate === 'dies-after' ? new Promise(() => undefined) : Promise.resolve();
  }

  async read(_partition: number, afterOffset: number, limit: number): Promise<readonly Entry[]> {
    const last = Math.min(afterOffset + limit, this.#state.lastOffset);
    const entries: Entry[] = [];
    for (let offset = afterOffset + 1; offset <= last; offset++)
      entries.push(this.#options.disk.entry(offset));
    return entries;
  }

  keepRefused(frame: RefusedFrame): Promise<void> {
    return this.#sequencer.keepRefused(frame);
  }

  async refused(): Promise<readonly KeptRefusedFrame[]> {
    return [];
  }

  async trim(): Promise<void> {
    // The whole log is kept: at the end it is replayed from its first entry.
  }

  position() {
    return { ...this.#state };
  }

  pendingCount(): number {
    return this.#sequencer.pendingCount();
  }

  close(): Promise<void> {
    return this.#sequencer.drain();
  }
}

/** The alert store after a start: what was flushed. It tells `onRecorded` whatever it is told. */
export function openAlertStore(
  disk: Disk,
  onRecorded: (effects: readonly Effect[], offset: number) => void,
): AlertStore {
  const store = createMemoryAlertStore({ resumableEffects: RESUMABLE_EFFECTS });
  store.record(disk.flushed.effects, disk.flushed.offset);
  const unflushed: Effect[] = [];
  return {
    ...store,
    record(effects, offset) {
      store.record(effects, offset);
      unflushed.push(...effects);
      onRecorded(effects, offset);
    },
    flush() {
      disk.flushed.effects.push(...unflushed.splice(0));
      disk.flushed.offset = store.recordedOffset();
    },
  };
}
