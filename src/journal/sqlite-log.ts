// The embedded log at work: one SQLite file, written by a thread of its own in group commits (sequencer.ts forms them).
// Invariants: an append resolves after the fsync of its commit; a failed commit is either undone completely (no space,
// locked) or final: everything is rejected, `onFatal` is called once, no commit and no fsync is tried again.
// Does not lock the folder (ops/folder-lock.ts does) and does not decide what may be trimmed.

import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Entry } from '#core/model/entry.ts';
import type {
  Clock,
  Draft,
  EventLog,
  KeptRefusedFrame,
  LogPosition,
  Receipt,
  RefusedFrame,
  RefusedQuery,
} from './journal.ts';
import { LogError } from './log-error.ts';
import { checkPartition, checkRetained } from './read-bounds.ts';
import { type Batch, type CommitStore, type LogLimits, type LogState, Sequencer } from './sequencer.ts';
import {
  type CheckpointerRequest,
  type ClockKind,
  NUMBERS_PER_ENTRY,
  type WriterRequest,
} from './sqlite-protocol.ts';
import type { SqliteReader } from './sqlite-reader.ts';
import { hashHalves } from './sqlite-row.ts';
import { WalKeeper } from './wal-keeper.ts';
import type { IdentityWindow } from './window.ts';
import { saveWindow } from './window-file.ts';
import type { WorkerLink } from './worker-link.ts';

/** Something an operator of the server should know; the log goes on. */
export interface LogNotice {
  readonly code: 'wal-large' | 'checkpoint-postponed' | 'window-not-saved';
  readonly detail: string;
}

export interface SqliteLogOptions {
  /** Created when missing (mode 0700). The log is `journal.db` in it, mode 0600. */
  readonly folder: string;
  readonly clock: Clock;
  /** Fixed at creation; opening with the other kind is refused ('data-clock-kind'). */
  readonly clockKind: ClockKind;
  readonly limits: LogLimits;
  /** Called once: the log will never commit again. Raise the local alarm and end the process. */
  readonly onFatal: (error: Error) => void;
  readonly onNotice?: (notice: LogNotice) => void;
  /** How long a commit waits for another program's write lock. Default 5,000 ms. */
  readonly busyTimeoutMs?: number;
  /** The file's own quota, bytes: beyond, commits fail as on a full disk. Default: none. */
  readonly maxFileBytes?: number;
}

/** In the data folder: the saved copy of the window. */
export const WINDOW_FILE_NAME = 'journal-window.bin';
/** Entries between two saved copies of the window: scanning that many at opening takes about a second. */
const WINDOW_SAVE_ENTRIES = 1_000_000;
/** At closing, a copy is worth its while from here on. */
const WINDOW_CLOSE_ENTRIES = 10_000;
/** Between two steps of a trim: the writer is free for commits most of the time. */
const TRIM_PAUSE_MS = 2;
/** About what one step adds to the WAL: the pages of 200 entries. */
const TRIM_STEP_BYTES = 64 * 1024;

export interface SqliteLogParts {
  readonly writer: WorkerLink<WriterRequest>;
  readonly checkpointer: WorkerLink<CheckpointerRequest>;
  readonly reader: SqliteReader;
  /** Shared with the sequencer, which moves its end; trimming moves its start. */
  readonly state: LogState;
  readonly window: IdentityWindow;
  /** Entries that the saved copy of the window lacks. */
  readonly unsavedEntries: number;
}

export class SqliteLog implements EventLog, CommitStore {
  readonly #options: SqliteLogOptions;
  readonly #parts: SqliteLogParts;
  readonly #sequencer: Sequencer;
  readonly #keeper: WalKeeper;
  #hasFailed = false;
  /** End of the trim that is under way; 0 when none is. */
  #trimmingTo = 0;
  #entriesSinceSave: number;
  #saving: Promise<void> | null = null;
  #closing: Promise<void> | null = null;

  constructor(options: SqliteLogOptions, parts: SqliteLogParts) {
    this.#options = options;
    this.#parts = parts;
    this.#entriesSinceSave = parts.unsavedEntries;
    this.#sequencer = new Sequencer({
      clock: options.clock,
      limits: options.limits,
      store: this,
      state: parts.state,
      window: parts.window,
      onFatal: (error) => this.#failed(error),
    });
    this.#keeper = new WalKeeper({
      copy: () => parts.checkpointer.ask<'checkpoint'>({ kind: 'checkpoint' }),
      finish: () => parts.writer.ask<'checkpoint'>({ kind: 'checkpoint' }),
      onLarge: (bytes) => this.#notice('wal-large', `${bytes} bytes; another program may be reading`),
      onFailed: (error) => this.#checkpointFailed(error),
    });
  }

  append(drafts: readonly Draft[]): Promise<readonly Receipt[]> {
    return this.#sequencer.append(drafts);
  }

  onDurable(listener: (entries: readonly Entry[]) => void): void {
    this.#sequencer.onDurable(listener);
  }

  keepRefused(frame: RefusedFrame): Promise<void> {
    return this.#sequencer.keepRefused(frame);
  }

  async refused(query: RefusedQuery): Promise<readonly KeptRefusedFrame[]> {
    this.#checkOpen();
    return this.#parts.reader.refused(query);
  }

  async commit(batch: Batch): Promise<void> {
    const numbers = numbersOf(batch);
    const bodies = batch.texts.join('\n');
    const firstOffset = batch.entries[0]?.offset ?? 0;
    const request = { kind: 'commit', firstOffset, numbers, bodies, refused: batch.refused } as const;
    await this.#parts.writer.ask<'commit'>(request, [numbers.buffer]);
    this.#keeper.wrote(bodies.length);
    this.#entriesSinceSave += batch.entries.length;
    if (this.#entriesSinceSave >= WINDOW_SAVE_ENTRIES) void this.#saveWindow();
  }

  async read(partition: number, afterOffset: number, limit: number): Promise<readonly Entry[]> {
    checkPartition(partition);
    const entries: Entry[] = [];
    for (;;) {
      this.#checkOpen();
      const after = afterOffset + entries.length;
      checkRetained(after, { firstOffset: Math.max(this.#parts.state.firstOffset, this.#trimmingTo + 1) });
      const slice = this.#parts.reader.slice(after, this.#parts.state.lastOffset, limit - entries.length);
      for (const entry of slice) entries.push(entry);
      if (slice.length === 0 || entries.length >= limit) return entries;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async trim(partition: number, upToOffset: number): Promise<void> {
    checkPartition(partition);
    const { writer, state } = this.#parts;
    const upTo = Math.min(upToOffset, state.lastOffset);
    // Refused to readers before it is gone: half-deleted must not look like corruption.
    this.#trimmingTo = Math.max(this.#trimmingTo, upTo);
    try {
      while (state.firstOffset <= upTo) {
        this.#checkOpen();
        const firstOffset = await writer.ask<'trim'>({ kind: 'trim', upToOffset: upTo });
        state.firstOffset = Math.max(state.firstOffset, firstOffset);
        this.#keeper.wrote(TRIM_STEP_BYTES);
        await pause(TRIM_PAUSE_MS);
      }
    } finally {
      if (this.#trimmingTo === upTo) this.#trimmingTo = 0;
    }
  }

  position(): LogPosition {
    return { ...this.#parts.state };
  }

  pendingCount(): number {
    return this.#sequencer.pendingCount();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** A worker or the checkpointer failed. */
  fail(error: Error): void {
    this.#sequencer.fail(error);
  }

  async #close(): Promise<void> {
    const { writer, checkpointer, reader } = this.#parts;
    await this.#sequencer.drain();
    await this.#keeper.stop();
    await this.#saving;
    if (this.#entriesSinceSave >= WINDOW_CLOSE_ENTRIES && !this.#hasFailed) await this.#saveWindow();
    if (this.#hasFailed) {
      // The reader stays open: closing the last connection would checkpoint, which is a commit and an fsync.
      await Promise.all([writer.terminate(), checkpointer.terminate()]);
      return;
    }
    reader.close();
    try {
      await checkpointer.close({ kind: 'close' });
    } finally {
      await writer.close({ kind: 'close' });
    }
  }

  #checkOpen(): void {
    if (this.#closing !== null) throw new LogError('log-closed', 'the log is closed');
  }

  #failed(error: Error): void {
    this.#hasFailed = true;
    this.#options.onFatal(error);
  }

  /** A full disk postpones it; entries stay safe in the WAL. Anything else is the disk failing. */
  #checkpointFailed(error: Error): void {
    if (error instanceof LogError && error.isRecoverable) this.#notice('checkpoint-postponed', error.message);
    else this.fail(error);
  }

  #saveWindow(): Promise<void> {
    const { window, reader, state } = this.#parts;
    this.#entriesSinceSave = 0;
    this.#saving ??= saveWindow(join(this.#options.folder, WINDOW_FILE_NAME), {
      window,
      durableOffset: () => state.lastOffset,
      checksumAt: (offset) => reader.checksumAt(offset),
    })
      .catch((error: unknown) => this.#notice('window-not-saved', String(error)))
      .finally(() => {
        this.#saving = null;
      });
    return this.#saving;
  }

  #notice(code: LogNotice['code'], detail: string): void {
    this.#options.onNotice?.({ code, detail });
  }
}

function numbersOf({ entries, identities }: Batch): Float64Array<ArrayBuffer> {
  const numbers = new Float64Array(entries.length * NUMBERS_PER_ENTRY);
  for (let i = 0, at = 0; i < entries.length; i++, at += NUMBERS_PER_ENTRY) {
    const identity = identities[i] ?? null;
    numbers[at] = entries[i]!.atMs;
    numbers[at + 1] = identity === null ? Number.NaN : identity.source;
    if (identity === null) continue;
    const { idA, idB } = hashHalves(identity);
    numbers[at + 2] = idA;
    numbers[at + 3] = idB;
  }
  return numbers;
}
