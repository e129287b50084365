// Front half of every log: gives places (offset, time) in call order, finds duplicates, gathers batches, and settles
// appends in call order. The back half (a `CommitStore`) only makes a batch durable.
// Invariants: one batch is being committed at a time, the next gathers meanwhile; all drafts of one append are in one
// batch; a batch fails as a whole and takes everything behind it along, so offsets never have gaps; after a failure
// that is not recoverable, or a throw of the consumer, nothing is ever committed again.

import type { Entry } from '#core/model/entry.ts';
import { bodyText } from './body-text.ts';
import { hashIdentity, type IdentityHash } from './identity-hash.ts';
import type { Clock, Draft, Receipt, RefusedFrame } from './journal.ts';
import { LogError } from './log-error.ts';
import { DURABLE_COPY, type HeldIdentity, type IdentityWindow } from './window.ts';

/** The bounds a log needs; `LIMITS` of the configuration fits. */
export interface LogLimits {
  readonly entriesPerCommit: number;
  readonly identitiesPerSource: number;
  readonly refusedFrames: number;
}

/** Where a log stands when it is opened, and what is durable later on. */
export interface LogState {
  firstOffset: number;
  lastOffset: number;
  lastAtMs: number;
}

/** What one commit makes durable. `texts[i]` and `identities[i]` belong to `entries[i]`. */
export interface Batch {
  readonly entries: Entry[];
  /** Bodies as JSON (body-text.ts); no line feeds in them. */
  readonly texts: string[];
  readonly identities: (HeldIdentity | null)[];
  readonly refused: readonly RefusedFrame[];
}

export interface CommitStore {
  /** Resolves when durable. Rejects with a `LogError`; recoverable ones promise that nothing was stored. */
  commit(batch: Batch): Promise<void>;
}

export interface SequencerOptions {
  readonly clock: Clock;
  readonly limits: LogLimits;
  readonly store: CommitStore;
  readonly state: LogState;
  readonly window: IdentityWindow;
  /** Called once, when the log can never commit again. The process must end and recover. */
  readonly onFatal: (error: Error) => void;
}

interface Waiting<T> {
  readonly value: T;
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

interface Gathering extends Batch {
  readonly appends: Waiting<readonly Receipt[]>[];
  refused: RefusedFrame[];
  refusals: Waiting<void>[];
}

interface Prepared {
  readonly draft: Draft;
  readonly text: string;
  readonly hash: IdentityHash | null;
}

/** Refused frames in one commit: 100 x 2 kB is a few ms at worst, and entries never wait behind a flood of them. */
const REFUSED_PER_COMMIT = 100;

const COPY_OF_DURABLE: Receipt = { offset: null, isDuplicate: true };

export class Sequencer {
  readonly #options: SequencerOptions;
  /** What is durable. */
  readonly #state: LogState;
  readonly #window: IdentityWindow;
  #batches: Gathering[] = [];
  #committing: Gathering | null = null;
  #refused: { frame: RefusedFrame; waiting: Waiting<void> }[] = [];
  #isRoundDue = false;
  /** What is taken. */
  #lastOffset: number;
  #lastAtMs: number;
  #listener: ((entries: readonly Entry[]) => void) | null = null;
  #failure: LogError | null = null;
  #onIdle: (() => void) | null = null;
  #drained: Promise<void> | null = null;

  constructor(options: SequencerOptions) {
    this.#options = options;
    this.#state = options.state;
    this.#window = options.window;
    this.#lastOffset = options.state.lastOffset;
    this.#lastAtMs = options.state.lastAtMs;
  }

  onDurable(listener: (entries: readonly Entry[]) => void): void {
    if (this.#listener !== null) throw new Error('the log has one consumer, and it has it already');
    this.#listener = listener;
  }

  pendingCount(): number {
    return this.#lastOffset - this.#state.lastOffset;
  }

  append(drafts: readonly Draft[]): Promise<readonly Receipt[]> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== null) throw this.#failure;
      // Before any place is taken: what cannot be written or hashed rejects this append alone.
      const prepared = drafts.map(prepare);
      const atMs = this.#nextAtMs();
      const batch = this.#batchFor(drafts.length);
      const receipts = prepared.map((draft) => this.#take(draft, atMs, batch));
      batch.appends.push({ value: receipts, resolve, reject });
      this.#startRound();
    });
  }

  keepRefused(frame: RefusedFrame): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== null) throw this.#failure;
      // A copy: the bytes belong to a network buffer that is used again.
      const kept = { ...frame, payload: new Uint8Array(frame.payload) };
      this.#refused.push({ frame: kept, waiting: { value: undefined, resolve, reject } });
      // The oldest would be deleted again by the time the newest is stored; "oldest go first" holds in the queue too.
      if (this.#refused.length > this.#options.limits.refusedFrames) this.#refused.shift()?.waiting.resolve();
      this.#startRound();
    });
  }

  /** No more appends; resolves when everything taken is settled. */
  drain(): Promise<void> {
    this.#failure ??= new LogError('log-closed', 'the log is closed');
    this.#drained ??= new Promise((resolve) => {
      if (this.#hasWork()) this.#onIdle = resolve;
      else resolve();
    });
    return this.#drained;
  }

  /** The disk, a worker or the consumer failed: rejects everything, now and in future, and reports once. */
  fail(cause: Error, unsettled: Gathering | null = null): void {
    if (this.#failure?.code === 'log-failed') return;
    this.#failure = new LogError('log-failed', `the log has failed: ${cause.message}`, { cause });
    if (unsettled !== null) rejectBatch(unsettled, this.#failure);
    this.#rejectAll(this.#failure);
    this.#options.onFatal(cause);
  }

  /** The open batch, or a new one when it would grow too large. An append larger than a batch goes alone. */
  #batchFor(count: number): Gathering {
    const open = this.#batches.at(-1);
    if (open !== undefined) {
      const total = open.entries.length + count;
      if (open.entries.length === 0 || total <= this.#options.limits.entriesPerCommit) return open;
    }
    const batch = emptyBatch();
    this.#batches.push(batch);
    return batch;
  }

  #nextAtMs(): number {
    const atMs = Math.max(this.#lastAtMs, this.#options.clock.nowMs());
    if (!Number.isSafeInteger(atMs)) throw new RangeError(`the clock says ${atMs}, not whole milliseconds`);
    this.#lastAtMs = atMs;
    return atMs;
  }

  #take({ draft, text, hash }: Prepared, atMs: number, batch: Gathering): Receipt {
    const offset = this.#lastOffset + 1;
    let held: HeldIdentity | null = null;
    if (hash !== null && draft.identity !== null) {
      const { word0, word1, word2 } = hash;
      held = { word0, word1, word2, source: draft.identity.source, offset, atMs, next: null };
      const first = this.#window.firstCopyOf(held, draft.identity.withinMs);
      if (first !== null)
        return first === DURABLE_COPY ? COPY_OF_DURABLE : { offset: first, isDuplicate: true };
      this.#window.hold(held);
    }
    this.#lastOffset = offset;
    batch.entries.push({ offset, atMs, body: draft.body });
    batch.texts.push(text);
    batch.identities.push(held);
    return { offset, isDuplicate: false };
  }

  #hasWork(): boolean {
    return this.#committing !== null || this.#batches.length > 0 || this.#refused.length > 0;
  }

  /** At the end of this turn of the event loop, so that everything the sockets brought in it shares the commit. */
  #startRound(): void {
    if (this.#committing !== null || this.#isRoundDue) return;
    this.#isRoundDue = true;
    setImmediate(() => {
      this.#isRoundDue = false;
      this.#commitNext();
    });
  }

  #commitNext(): void {
    if (this.#committing !== null) return;
    if (!this.#hasWork()) {
      this.#onIdle?.();
      return;
    }
    const batch = this.#batches.shift() ?? emptyBatch();
    this.#addRefused(batch);
    this.#committing = batch;
    if (batch.entries.length === 0 && batch.refused.length === 0) {
      // Duplicates only, of entries that are durable by now: nothing to write.
      this.#settle(batch);
      return;
    }
    this.#options.store
      .commit(batch)
      .then(
        () => this.#settle(batch),
        (error: unknown) => this.#commitFailed(asError(error)),
      )
      .catch((error: unknown) => this.fail(asError(error)));
  }

  #addRefused(batch: Gathering): void {
    if (this.#refused.length === 0) return;
    const taken = this.#refused.splice(0, REFUSED_PER_COMMIT);
    batch.refused = taken.map((item) => item.frame);
    batch.refusals = taken.map((item) => item.waiting);
  }

  /** Durable. The next commit starts first, so that the disk works while the consumer does. */
  #settle(batch: Gathering): void {
    if (this.#committing !== batch) return;
    this.#committing = null;
    const last = batch.entries.at(-1);
    if (last !== undefined) {
      this.#state.lastOffset = last.offset;
      this.#state.lastAtMs = last.atMs;
    }
    for (const identity of batch.identities) if (identity !== null) this.#window.settle(identity);
    if (this.#isNextToBeWritten()) this.#commitNext();
    if (!this.#tellConsumer(batch)) return;
    for (const append of batch.appends) append.resolve(append.value);
    for (const refusal of batch.refusals) refusal.resolve();
    // Duplicates without anything to write settle only now: appends resolve in call order.
    if (this.#committing === null) this.#commitNext();
  }

  #isNextToBeWritten(): boolean {
    return (this.#batches[0]?.entries.length ?? 0) > 0 || this.#refused.length > 0;
  }

  /** A consumer that throws has not processed what is durable: only a restart brings it in step again. */
  #tellConsumer(batch: Gathering): boolean {
    if (batch.entries.length === 0) return true;
    try {
      this.#listener?.(batch.entries);
    } catch (error) {
      this.fail(asError(error), batch);
    }
    return this.#failure?.code !== 'log-failed';
  }

  #commitFailed(error: Error): void {
    if (error instanceof LogError && error.isRecoverable) this.#rejectAll(error);
    else this.fail(error);
  }

  /** Nothing of these was stored, or nobody knows: they give their places back and are forgotten by the window. */
  #rejectAll(error: LogError): void {
    const batches = this.#committing === null ? this.#batches : [this.#committing, ...this.#batches];
    const refused = this.#refused;
    this.#committing = null;
    this.#batches = [];
    this.#refused = [];
    this.#lastOffset = this.#state.lastOffset;
    this.#window.forgetHeld();
    for (const batch of batches) rejectBatch(batch, error);
    for (const item of refused) item.waiting.reject(error);
    this.#onIdle?.();
  }
}

function emptyBatch(): Gathering {
  return { entries: [], texts: [], identities: [], appends: [], refused: [], refusals: [] };
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

function rejectBatch(batch: Gathering, error: Error): void {
  for (const append of batch.appends) append.reject(error);
  for (const refusal of batch.refusals) refusal.reject(error);
}

function prepare(draft: Draft): Prepared {
  return {
    draft,
    text: bodyText(draft.body),
    hash: draft.identity === null ? null : hashIdentity(draft.identity.id),
  };
}
