// Telemetry in one thread: the writer, the answers to readers, erasure and the live tail over one store and one
// progress file. Runs in the telemetry worker, or in-process with a log in memory. A home that asked to be forgotten is
// hidden from every answer from the moment that is durable, whether the store could already be erased or not.

import { activityOf } from './activity.ts';
import { DeviceHomes } from './device-homes.ts';
import { LiveTail } from './live-tail.ts';
import type { KeptRefusedReading } from './progress.ts';
import type {
  ActivityQuery,
  ErasureResult,
  HomeActivity,
  LiveReadings,
  Telemetry,
  TelemetryStatus,
} from './telemetry.ts';
import {
  type Bucket,
  type DownsampleQuery,
  type RangePage,
  type RangeQuery,
  type SeriesKey,
  type TelemetryReading,
  type TelemetryStore,
  TelemetryUnavailableError,
} from './telemetry-store.ts';
import { TelemetryWriter, type WriterOptions } from './writer.ts';

export interface TelemetryServiceOptions extends Omit<WriterOptions, 'homes' | 'onProgress'> {
  /** After every change of the status. */
  readonly onStatus: (status: TelemetryStatus) => void;
}

/** A reading may bear a time a little ahead of ours; where a store cannot delete, that much more is hidden. */
const AHEAD_MS = 10 * 60_000;
/** How old the status may be while the store hangs and the writer with it. */
const LOOK_MS = 5_000;
/** Somebody waits for the answer to an erasure; longer, and it is told as pending. */
const ERASE_WAIT_MS = 5_000;

export class TelemetryService implements Telemetry {
  readonly #options: TelemetryServiceOptions;
  readonly #writer: TelemetryWriter;
  readonly #tail: LiveTail;
  /** Who waits for an erasure, by home. */
  readonly #waiting = new Map<string, AbortController>();
  readonly #closing = new AbortController();

  /** Begins to write at once. */
  constructor(options: TelemetryServiceOptions) {
    this.#options = options;
    const { source, progress, timer, onEvent, onStatus } = options;
    const homes = new DeviceHomes();
    homes.restore(progress.directory());
    this.#writer = new TelemetryWriter({
      ...options,
      homes,
      onProgress: () => {
        this.#noteErased();
        onStatus(this.status());
      },
    });
    this.#tail = new LiveTail({
      source,
      homes,
      timer,
      isErased: (reading) => progress.isErased(reading),
      onError: (error) => onEvent({ type: 'tail-failed', reason: String(error) }),
    });
    this.#writer.start();
    void this.#look();
  }

  status(): TelemetryStatus {
    const { progress } = this.#options;
    const { store, problem, position, behindMs } = this.#writer;
    const behindEntries = Math.max(0, position.lastOffset - progress.cursor);
    return {
      store: store?.description ?? null,
      isReachable: problem === null && store !== null,
      problem,
      cursor: progress.cursor,
      writtenUntilMs: behindEntries === 0 ? position.lastAtMs : progress.cursorAtMs,
      behindEntries,
      behindMs,
      counts: progress.counts,
      pendingErasures: progress.erasures('pending').length,
    };
  }

  async range(query: RangeQuery): Promise<RangePage> {
    const visible = this.#visible(query);
    return visible === null ? { readings: [], next: null } : this.#store().range(visible);
  }

  async downsample(query: DownsampleQuery): Promise<readonly Bucket[]> {
    const visible = this.#visible(query);
    return visible === null ? [] : this.#store().downsample(visible);
  }

  async last(homeId: string): Promise<readonly TelemetryReading[]> {
    const sinceMs = this.#hiddenUntilMs(homeId);
    return (await this.#store().last(homeId)).filter(({ atMs }) => atMs >= sinceMs);
  }

  async series(homeId: string): Promise<readonly SeriesKey[]> {
    if (this.#hiddenUntilMs(homeId) === 0) return this.#store().series(homeId);
    return (await this.last(homeId)).map(({ gatewayId, deviceId, kind }) => {
      return { homeId, gatewayId, deviceId, kind };
    });
  }

  async activity(query: ActivityQuery): Promise<HomeActivity> {
    const { progress } = this.#options;
    const facts = await activityOf(this, query);
    const { writtenUntilMs } = this.status();
    return { ...facts, outages: progress.outages(query), gaps: progress.gaps(query), writtenUntilMs };
  }

  async erase(homeId: string): Promise<ErasureResult> {
    const { progress, source, timer, onStatus } = this.#options;
    const { lastOffset, lastAtMs } = await source.position();
    progress.erase({ homeId, upToOffset: lastOffset, atMs: lastAtMs, state: 'pending' });
    onStatus(this.status());
    const done = this.#waiting.get(homeId) ?? new AbortController();
    this.#waiting.set(homeId, done);
    this.#writer.wake();
    await timer.sleep(ERASE_WAIT_MS, done.signal);
    switch (progress.erasureOf(homeId)?.state) {
      case 'done':
        return 'erased';
      case 'unsupported':
        return 'hidden';
      default:
        return 'pending';
    }
  }

  async refused(query: {
    readonly beforeId: number | null;
    readonly limit: number;
  }): Promise<readonly KeptRefusedReading[]> {
    return this.#options.progress.refused(query.beforeId, query.limit);
  }

  follow(homeId: string, listener: (live: LiveReadings) => void): () => void {
    return this.#tail.follow(homeId, listener);
  }

  cursor(): number {
    return this.#options.progress.cursor;
  }

  shedTo(offset: number): Promise<number> {
    return this.#writer.shedTo(offset);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#tail.stop();
    await this.#writer.stop();
    this.#options.progress.close();
  }

  /** A store that hangs must not make the status look fresh. */
  async #look(): Promise<void> {
    const { timer, onStatus } = this.#options;
    const { signal } = this.#closing;
    for (;;) {
      await timer.sleep(LOOK_MS, signal);
      if (signal.aborted) return;
      // What keeps the log from being read is told by the writer.
      await this.#writer.look().catch(() => undefined);
      if (!signal.aborted) onStatus(this.status());
    }
  }

  #store(): TelemetryStore {
    const { store, problem } = this.#writer;
    if (store !== null) return store;
    throw new TelemetryUnavailableError(problem ?? 'the store is not open yet');
  }

  /** The part of a span that may be shown; null: nothing of it. */
  #visible<Q extends { homeId: string; fromMs: number; toMs: number }>(query: Q): Q | null {
    const fromMs = Math.max(query.fromMs, this.#hiddenUntilMs(query.homeId));
    return fromMs < query.toMs ? { ...query, fromMs } : null;
  }

  /** 0 when the store holds nothing that was asked to be forgotten. */
  #hiddenUntilMs(homeId: string): number {
    const erasure = this.#options.progress.erasureOf(homeId);
    switch (erasure?.state) {
      case 'pending':
        // Nothing is written before it is done, so there is nothing newer to show.
        return Number.POSITIVE_INFINITY;
      case 'unsupported':
        return erasure.atMs + AHEAD_MS;
      default:
        return 0;
    }
  }

  #noteErased(): void {
    for (const [homeId, waiting] of this.#waiting) {
      if (this.#options.progress.erasureOf(homeId)?.state === 'pending') continue;
      this.#waiting.delete(homeId);
      waiting.abort();
    }
  }
}
