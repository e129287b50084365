// Log in memory: for tests and for playing recordings without a trace. Nothing survives the process.
// The same places, duplicates, batches and order as the SQLite log (sequencer.ts), over arrays. Bodies are kept as
// JSON, so that what is read back is what a disk would give back.

import type { Entry } from '#core/model/entry.ts';
import { parseBody } from './body-scanner.ts';
import type {
  Clock,
  EventLog,
  KeptRefusedFrame,
  LogPosition,
  RefusedFrame,
  RefusedQuery,
} from './journal.ts';
import { checkPartition, checkRetained } from './read-bounds.ts';
import { type Batch, type CommitStore, type LogLimits, type LogState, Sequencer } from './sequencer.ts';
import { IdentityWindow } from './window.ts';

export interface MemoryLogOptions {
  readonly clock: Clock;
  readonly limits: LogLimits;
  /** Called once when the consumer throws or `disk` fails for good. */
  readonly onFatal: (error: Error) => void;
  /**
   * Stands for the disk of a test: a commit is durable when it resolves. A `LogError` 'log-full' or 'log-busy'
   * rejects as a full disk does; any other rejection is fatal. Default: durable at the next turn of the event loop.
   */
  readonly disk?: (batch: Batch) => Promise<void>;
}

interface StoredEntry {
  readonly offset: number;
  readonly atMs: number;
  readonly text: string;
}

export function createMemoryLog(options: MemoryLogOptions): EventLog {
  return new MemoryLog(options);
}

class MemoryLog implements EventLog, CommitStore {
  readonly #disk: (batch: Batch) => Promise<void>;
  readonly #refusedFramesMax: number;
  readonly #state: LogState = { firstOffset: 1, lastOffset: 0, lastAtMs: 0 };
  readonly #sequencer: Sequencer;
  #entries: StoredEntry[] = [];
  #refused: KeptRefusedFrame[] = [];
  #lastRefusedId = 0;

  constructor(options: MemoryLogOptions) {
    this.#disk = options.disk ?? nextTurn;
    this.#refusedFramesMax = options.limits.refusedFrames;
    this.#sequencer = new Sequencer({
      clock: options.clock,
      limits: options.limits,
      onFatal: options.onFatal,
      store: this,
      state: this.#state,
      window: new IdentityWindow(options.limits.identitiesPerSource),
    });
  }

  append(...args: Parameters<EventLog['append']>): ReturnType<EventLog['append']> {
    return this.#sequencer.append(...args);
  }

  onDurable(listener: (entries: readonly Entry[]) => void): void {
    this.#sequencer.onDurable(listener);
  }

  keepRefused(frame: RefusedFrame): Promise<void> {
    return this.#sequencer.keepRefused(frame);
  }

  async refused(query: RefusedQuery): Promise<readonly KeptRefusedFrame[]> {
    const found = this.#refused.filter((frame) => matches(frame, query));
    return found.reverse().slice(0, Math.max(0, query.limit));
  }

  async commit(batch: Batch): Promise<void> {
    await this.#disk(batch);
    batch.entries.forEach(({ offset, atMs }, i) => {
      this.#entries.push({ offset, atMs, text: batch.texts[i]! });
    });
    if (batch.refused.length === 0) return;
    for (const frame of batch.refused) this.#refused.push({ ...frame, id: ++this.#lastRefusedId });
    this.#refused = this.#refused.slice(-this.#refusedFramesMax);
  }

  async read(partition: number, afterOffset: number, limit: number): Promise<readonly Entry[]> {
    checkPartition(partition);
    checkRetained(afterOffset, this.#state);
    const start = afterOffset + 1 - this.#state.firstOffset;
    const durable = this.#state.lastOffset - afterOffset;
    const count = Math.max(0, Math.min(limit, durable));
    return this.#entries.slice(start, start + count).map(({ offset, atMs, text }) => {
      return { offset, atMs, body: parseBody(text) };
    });
  }

  async trim(partition: number, upToOffset: number): Promise<void> {
    checkPartition(partition);
    const upTo = Math.min(upToOffset, this.#state.lastOffset);
    if (upTo < this.#state.firstOffset) return;
    this.#entries = this.#entries.slice(upTo + 1 - this.#state.firstOffset);
    this.#state.firstOffset = upTo + 1;
  }

  position(): LogPosition {
    return { ...this.#state };
  }

  pendingCount(): number {
    return this.#sequencer.pendingCount();
  }

  close(): Promise<void> {
    return this.#sequencer.drain();
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function matches(frame: KeptRefusedFrame, query: RefusedQuery): boolean {
  return (
    (query.gatewayId === null || frame.gatewayId === query.gatewayId) &&
    (query.reason === null || frame.reason === query.reason) &&
    (query.beforeId === null || frame.id < query.beforeId)
  );
}
