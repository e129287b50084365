// Brings the log into the store, behind the core and in nobody's way. One loop: read entries after the cursor, encode,
// write, and only when the store has accepted them move the cursor. Whatever fails, the same batch is tried again with
// growing pauses; the log is the buffer, so an outage of hours costs delay and nothing else. A reading that the store
// refuses for good is kept aside and its batch goes on. Nothing is skipped but by `shedTo`, and that is recorded.
// The only writer of the store and of `progress`.

import type { Entry } from '#core/model/entry.ts';
import { backOffMs } from './back-off.ts';
import type { ConfigurationBody, DeviceHomes } from './device-homes.ts';
import { type Encoded, encode } from './encode.ts';
import type { EntrySource, SourcePosition } from './entry-source.ts';
import type { Commit, Gap, GapReason, Progress } from './progress.ts';
import {
  type RefusedReading,
  type RetentionDays,
  TelemetryNotSupportedError,
  type TelemetryStore,
  TelemetryUnavailableError,
} from './telemetry-store.ts';
import type { Timer } from './timer.ts';

export type WriterEvent =
  | { readonly type: 'store-open'; readonly description: string }
  | {
      readonly type: 'begun-anew';
      readonly why: 'other-store' | 'log-ends-before';
      readonly fromOffset: number;
    }
  | { readonly type: 'unavailable'; readonly reason: string }
  | { readonly type: 'available'; readonly afterMs: number }
  | ({ readonly type: 'gap' } & Gap)
  | { readonly type: 'refused'; readonly count: number; readonly reason: string }
  | { readonly type: 'not-supported'; readonly what: string }
  | { readonly type: 'tail-failed'; readonly reason: string }
  /** The file of the cursor could not be used and was begun anew. */
  | { readonly type: 'cursor-lost'; readonly reason: string };

export interface WriterOptions {
  readonly source: EntrySource;
  readonly progress: Progress;
  readonly homes: DeviceHomes;
  /** Identity of the store in the configuration; another one begins with the oldest retained entry. */
  readonly storeId: string;
  /** The store is known to hold nothing, although the cursor may say otherwise. */
  readonly isStoreEmpty: boolean;
  /** Asked again until it succeeds. */
  readonly openStore: () => Promise<TelemetryStore>;
  /** False: the disk is nearly full, and what is left of it is for alarms. */
  readonly hasRoom: () => boolean;
  /** What the registry knows now: for entries whose configuration was trimmed before we saw it. */
  readonly seed: () => AsyncIterable<ConfigurationBody>;
  readonly retention: RetentionDays;
  readonly timer: Timer;
  readonly random: () => number;
  readonly onEvent: (event: WriterEvent) => void;
  /** After every change of the cursor and every failure. */
  readonly onProgress: () => void;
}

/** Entries in one batch: some hundred kB of line protocol, and one transaction of the cursor. */
const BATCH_ENTRIES = 5_000;
/** How long readings gather before they are written: a chart is a second old. */
const LINGER_MS = 1_000;
/** A store that has not answered by then is given up for this attempt; its own time-out is shorter. */
const ATTEMPT_MS = 60_000;
const RETAIN_EVERY_MS = 3_600_000;
/** One answer of `shedTo` covers at most so many entries (some seconds); the caller asks again. */
const SHED_ENTRIES_MAX = 200_000;
/** A stopping service does not wait for a store that hangs: what was not accepted is written after the start. */
const STOP_MS = 2_000;

interface Batch {
  readonly encoded: Encoded;
  readonly cursor: number;
  readonly atMs: number;
  readonly isFull: boolean;
}

interface ShedRequest {
  readonly upToOffset: number;
  readonly resolve: (cursor: number) => void;
}

export class TelemetryWriter {
  readonly #options: WriterOptions;
  #store: TelemetryStore | null = null;
  /** Read and encoded, not yet accepted. The directory is already behind it. */
  #batch: Batch | null = null;
  #position: SourcePosition = { firstOffset: 1, lastOffset: 0, lastAtMs: 0 };
  #oldestUnwrittenAtMs: number | null = null;
  #hasBegun = false;
  #failureCount = 0;
  #failedSinceMs = 0;
  #problem: string | null = null;
  /** Reasons of this outage that were told: one line each, not one per attempt. */
  readonly #toldReasons = new Set<string>();
  #retainedAtMs = Number.NEGATIVE_INFINITY;
  /** A call of the store that was given up and may still be running; nothing new is asked before it ends. */
  #isLate = false;
  #sheds: ShedRequest[] = [];
  #waker = new AbortController();
  #isStopped = false;
  #running: Promise<void> = Promise.resolve();

  constructor(options: WriterOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Ends after the attempt that is under way, or soon without it. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.wake();
    const patience = new AbortController();
    const ended = this.#running.then(() => this.#store?.close());
    await Promise.race([ended, this.#options.timer.sleep(STOP_MS, patience.signal)]);
    patience.abort();
    this.#store = null;
  }

  /** Where the log stands, also while the store keeps us waiting. */
  async look(): Promise<void> {
    this.#position = await this.#options.source.position();
  }

  /** Look again now. */
  wake(): void {
    this.#waker.abort();
  }

  /** Null until it was opened. */
  get store(): TelemetryStore | null {
    return this.#store;
  }

  get problem(): string | null {
    return this.#problem;
  }

  get position(): SourcePosition {
    return this.#position;
  }

  /** Against the newest entry; 0 when everything is written. */
  get behindMs(): number {
    if (this.#oldestUnwrittenAtMs === null) return 0;
    return Math.max(0, this.#position.lastAtMs - this.#oldestUnwrittenAtMs);
  }

  /** @see Telemetry.shedTo */
  shedTo(upToOffset: number): Promise<number> {
    if (this.#isStopped) return Promise.resolve(this.#options.progress.cursor);
    return new Promise((resolve) => {
      this.#sheds.push({ upToOffset, resolve });
      this.wake();
    });
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      try {
        const isMore = await this.#turn();
        this.#succeeded();
        if (!isMore) await this.#pause(LINGER_MS);
      } catch (error) {
        this.#failed(error);
        const retryAfterMs = error instanceof TelemetryUnavailableError ? error.retryAfterMs : null;
        await this.#pause(backOffMs(this.#failureCount, retryAfterMs, this.#options.random));
      }
    }
    for (const { resolve } of this.#sheds) resolve(this.#options.progress.cursor);
  }

  /** One step of everything there is to do; true when there is more at once. */
  async #turn(): Promise<boolean> {
    const { progress } = this.#options;
    await this.look();
    if (!this.#hasBegun) await this.#begin();
    if (progress.cursor + 1 < this.#position.firstOffset) await this.#skipTrimmed();
    for (let shed = this.#sheds.shift(); shed !== undefined; shed = this.#sheds.shift()) {
      await this.#shed(shed.upToOffset);
      shed.resolve(progress.cursor);
    }
    if (!this.#options.hasRoom()) throw new TelemetryUnavailableError('the disk is nearly full');
    this.#batch ??= await this.#read();
    const store = await this.#opened();
    await this.#erasePending(store);
    await this.#retain(store);
    if (this.#batch === null) return false;
    const { isFull } = this.#batch;
    await this.#write(store, this.#batch);
    return isFull;
  }

  async #begin(): Promise<void> {
    const { progress, homes, storeId, isStoreEmpty, onEvent } = this.#options;
    const { firstOffset, lastOffset } = this.#position;
    const isOther = progress.storeId !== storeId || (isStoreEmpty && progress.cursor > 0);
    // A log that ends before the cursor was restored from a backup: what it holds is written again, which is harmless.
    if (isOther || progress.cursor > lastOffset) {
      const why = isOther ? 'other-store' : 'log-ends-before';
      if (progress.storeId !== null) onEvent({ type: 'begun-anew', why, fromOffset: firstOffset });
      progress.begin(storeId);
      homes.forgetSaid();
    }
    this.#hasBegun = true;
  }

  async #seed(): Promise<void> {
    for await (const body of this.#options.seed()) this.#options.homes.follow(body);
  }

  /** The log was trimmed without us (telemetry was off, or is new): go on at its beginning. */
  async #skipTrimmed(): Promise<void> {
    const { progress } = this.#options;
    const { firstOffset } = this.#position;
    const [oldest] = await this.#options.source.read(firstOffset - 1, 1);
    await this.#seed();
    const toMs = oldest?.atMs ?? this.#position.lastAtMs;
    this.#batch = null;
    this.#lose({ cursor: firstOffset - 1, atMs: toMs, firstOffset: progress.cursor + 1, reason: 'trimmed' });
  }

  /** The entries are still followed for what they say about homes; only their readings are given up. */
  async #shed(upToOffset: number): Promise<void> {
    const { progress, source, homes } = this.#options;
    const firstOffset = progress.cursor + 1;
    // What was read already has moved the directory: it goes as a whole.
    let cursor = this.#batch?.cursor ?? progress.cursor;
    let atMs = this.#batch?.atMs ?? progress.cursorAtMs;
    if (upToOffset < firstOffset) return;
    const outages = this.#batch?.encoded.outages ?? [];
    const endOffset = Math.min(upToOffset, firstOffset + SHED_ENTRIES_MAX, this.#position.lastOffset);
    while (cursor < endOffset) {
      const entries = await source.read(cursor, Math.min(BATCH_ENTRIES, endOffset - cursor));
      const last = entries.at(-1);
      if (last === undefined) break;
      outages.push(...encode(entries, homes).outages);
      cursor = last.offset;
      atMs = last.atMs;
    }
    this.#batch = null;
    this.#lose({ cursor, atMs, firstOffset, reason: 'shed', outages });
  }

  #lose(to: {
    readonly cursor: number;
    readonly atMs: number;
    readonly firstOffset: number;
    readonly reason: GapReason;
    readonly outages?: Encoded['outages'];
  }): void {
    const { progress, onEvent, onProgress } = this.#options;
    const { cursor, atMs, firstOffset, reason, outages = [] } = to;
    const gap: Gap = { firstOffset, lastOffset: cursor, fromMs: progress.cursorAtMs, toMs: atMs, reason };
    this.#commit({ cursor, cursorAtMs: atMs, writtenCount: 0, refused: [], outages, gap });
    this.#oldestUnwrittenAtMs = null;
    onEvent({ type: 'gap', ...gap });
    onProgress();
  }

  /** With what was learned of homes on the way: should it fail, that is still to be kept. */
  #commit(commit: Omit<Commit, 'directory'>): void {
    const { progress, homes } = this.#options;
    progress.commit({ ...commit, directory: homes.changes() });
    homes.changesKept();
  }

  async #read(): Promise<Batch | null> {
    const { source, progress, homes } = this.#options;
    const entries: readonly Entry[] = await source.read(progress.cursor, BATCH_ENTRIES);
    const last = entries.at(-1);
    if (last === undefined) return null;
    this.#oldestUnwrittenAtMs = entries[0]!.atMs;
    const isFull = entries.length >= BATCH_ENTRIES;
    return { encoded: encode(entries, homes), cursor: last.offset, atMs: last.atMs, isFull };
  }

  async #opened(): Promise<TelemetryStore> {
    if (this.#store !== null) return this.#store;
    this.#store = await this.#inTime(() => this.#options.openStore());
    this.#options.onEvent({ type: 'store-open', description: this.#store.description });
    return this.#store;
  }

  /** Before anything is written, so that a home asked to be forgotten does not grow again. */
  async #erasePending(store: TelemetryStore): Promise<void> {
    const { progress, onProgress } = this.#options;
    for (const erasure of progress.erasures('pending')) {
      const state = (await this.#supported('erase', () => store.eraseHome(erasure.homeId)))
        ? 'done'
        : 'unsupported';
      progress.erase({ ...erasure, state });
      onProgress();
    }
  }

  async #retain(store: TelemetryStore): Promise<void> {
    const { progress, retention, timer } = this.#options;
    if (timer.nowMs() - this.#retainedAtMs < RETAIN_EVERY_MS || progress.cursorAtMs === 0) return;
    // By the time of the log: what waits to be written is not judged by a clock that ran on meanwhile.
    const isSupported = await this.#supported('retain', () => store.retain(progress.cursorAtMs, retention));
    this.#retainedAtMs = isSupported ? timer.nowMs() : Number.POSITIVE_INFINITY;
  }

  async #supported(what: string, work: () => Promise<void>): Promise<boolean> {
    try {
      await this.#inTime(work);
      return true;
    } catch (error) {
      if (!(error instanceof TelemetryNotSupportedError)) throw error;
      this.#options.onEvent({ type: 'not-supported', what: `${what}: ${error.message}` });
      return false;
    }
  }

  async #write(store: TelemetryStore, batch: Batch): Promise<void> {
    const { progress, onProgress } = this.#options;
    const { encoded, cursor, atMs } = batch;
    const readings = encoded.readings.filter((reading) => !progress.isErased(reading));
    const refusedByStore = readings.length === 0 ? [] : await this.#inTime(() => store.write(readings));
    const refused = [
      ...encoded.refused.filter(({ reading }) => !progress.isErased(reading)),
      ...refusedByStore,
    ];
    const writtenCount = readings.length - refusedByStore.length;
    const { outages } = encoded;
    this.#commit({ cursor, cursorAtMs: atMs, writtenCount, refused, outages, gap: null });
    this.#batch = null;
    this.#oldestUnwrittenAtMs = null;
    this.#tellRefused(refused);
    onProgress();
  }

  #tellRefused(refused: readonly RefusedReading[]): void {
    const [first] = refused;
    if (first === undefined) return;
    this.#options.onEvent({ type: 'refused', count: refused.length, reason: first.reason });
  }

  /** A call that does not end is given up for now; the store gets no second one beside it. */
  async #inTime<T>(call: () => Promise<T>): Promise<T> {
    if (this.#isLate) throw new TelemetryUnavailableError('the store does not answer');
    const patience = new AbortController();
    const settled = call().finally(() => {
      this.#isLate = false;
      patience.abort();
    });
    const late = this.#options.timer.sleep(ATTEMPT_MS, patience.signal).then(() => {
      if (patience.signal.aborted) return settled;
      this.#isLate = true;
      throw new TelemetryUnavailableError(`the store has not answered for ${ATTEMPT_MS / 1_000} s`);
    });
    return await Promise.race([settled, late]);
  }

  async #pause(ms: number): Promise<void> {
    if (this.#isStopped) return;
    await this.#options.timer.sleep(ms, this.#waker.signal);
    if (this.#waker.signal.aborted) this.#waker = new AbortController();
  }

  #succeeded(): void {
    if (this.#failureCount === 0) return;
    const afterMs = this.#options.timer.nowMs() - this.#failedSinceMs;
    this.#failureCount = 0;
    this.#problem = null;
    this.#toldReasons.clear();
    this.#options.onEvent({ type: 'available', afterMs });
    this.#options.onProgress();
  }

  #failed(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    if (this.#failureCount === 0) this.#failedSinceMs = this.#options.timer.nowMs();
    if (!this.#toldReasons.has(reason)) this.#options.onEvent({ type: 'unavailable', reason });
    this.#toldReasons.add(reason);
    this.#failureCount++;
    this.#problem = reason;
    this.#options.onProgress();
  }
}
