// Telemetry under test: a clock that a test moves, a log of simulated readings, and a store that can be told to fail
// in every way a server does. The store behind the faults is the memory adapter, which passes the contract suite.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Entry, EntryBody, ObservationBody } from '#core/model/entry.ts';
import type { DeviceConfiguration } from '#core/model/home.ts';
import type { ConfigurationBody } from '#telemetry/device-homes.ts';
import type { EntrySource } from '#telemetry/entry-source.ts';
import { createMemoryTelemetryStore } from '#telemetry/memory-store.ts';
import { Progress } from '#telemetry/progress.ts';
import { RETENTION_CLASSES } from '#telemetry/retention.ts';
import { TelemetryService, type TelemetryServiceOptions } from '#telemetry/service.ts';
import {
  type RefusedReading,
  type RetentionDays,
  type TelemetryReading,
  type TelemetryStore,
  TelemetryUnavailableError,
} from '#telemetry/telemetry-store.ts';
import type { Timer } from '#telemetry/timer.ts';
import type { WriterEvent } from '#telemetry/writer.ts';

export const START_MS = Date.UTC(2026, 10, 22);
export const KEEP_ALL = Object.fromEntries(RETENTION_CLASSES.map((name) => [name, 3_650])) as RetentionDays;

/** Hours pass in milliseconds: whoever sleeps is woken in order while a test lets time pass. */
export class FakeTimer implements Timer {
  #nowMs = 0;
  #sleepers: { readonly atMs: number; readonly wake: () => void }[] = [];

  nowMs(): number {
    return this.#nowMs;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const sleeper = { atMs: this.#nowMs + ms, wake: resolve };
      this.#sleepers.push(sleeper);
      signal.addEventListener('abort', () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        resolve();
      });
    });
  }

  async pass(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    for (;;) {
      await settled();
      const next = this.#sleepers.toSorted((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined || next.atMs > endMs) break;
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      this.#sleepers = this.#sleepers.filter((other) => other !== next);
      next.wake();
    }
    this.#nowMs = endMs;
    await settled();
  }
}

/** Everything that can happen without time passing has happened. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 8; turn++) await nextTurn();
}

export function device(number: number, deviceId: string, gateway = 1): DeviceConfiguration {
  return {
    device: number,
    deviceId,
    gateway,
    kind: 'motion',
    room: 'hall',
    zone: 'other',
    supervision: 'none',
  };
}

export function homeConfigured(home: number, devices: readonly DeviceConfiguration[], revision = 1) {
  return {
    type: 'home-configured',
    home: {
      ...{ home, homeId: `h${home}`, revision, districtCode: '330106001001', timezone: 'Asia/Shanghai' },
      ...{ riskFactor: 1, residents: 1, rules: {}, devices, isWatched: true },
    },
  } as const satisfies ConfigurationBody;
}

export function gatewayConfigured(gateway: number, home: number | null) {
  return {
    type: 'gateway-configured',
    gateway: {
      ...{ gateway, gatewayId: `g${gateway}`, revision: 1, districtCode: '330106001001', home },
      ...{ supervision: '90s', isWatched: true },
    },
  } as const satisfies ConfigurationBody;
}

export function observation(change: Partial<ObservationBody> = {}): ObservationBody {
  return {
    ...{ type: 'observation', gateway: 1, device: 1, deviceId: 'd1', kind: 'temperature_c', value: 21.5 },
    ...{ isLevel: true, measuredAtMs: START_MS, isDeviceTime: true, eventId: null, batteryPct: null },
    ...{ isBuffered: false, ...change },
  } as ObservationBody;
}

/** A log of a test: offsets and times are given in order, one second apart. */
export class FakeLog implements EntrySource {
  #entries: Entry[] = [];
  #firstOffset = 1;
  #lastOffset = 0;
  #lastAtMs = START_MS;
  readCount = 0;

  append(...bodies: readonly EntryBody[]): number {
    for (const body of bodies) {
      this.#lastOffset++;
      this.#lastAtMs += 1_000;
      this.#entries.push({ offset: this.#lastOffset, atMs: this.#lastAtMs, body });
    }
    return this.#lastOffset;
  }

  get lastAtMs(): number {
    return this.#lastAtMs;
  }

  trim(upToOffset: number): void {
    this.#entries = this.#entries.filter(({ offset }) => offset > upToOffset);
    this.#firstOffset = upToOffset + 1;
  }

  async position() {
    return { firstOffset: this.#firstOffset, lastOffset: this.#lastOffset, lastAtMs: this.#lastAtMs };
  }

  async read(afterOffset: number, limit: number): Promise<readonly Entry[]> {
    this.readCount++;
    if (afterOffset + 1 < this.#firstOffset) throw new Error(`offset ${afterOffset + 1} is trimmed`);
    const start = afterOffset + 1 - this.#firstOffset;
    return this.#entries.slice(start, start + limit);
  }
}

export type Fault =
  | 'none'
  /** Nobody listens. */
  | 'refuses'
  /** Accepts the batch and answers an error: the writer cannot know. */
  | 'stores-and-fails'
  /** Takes a part and answers an error. */
  | 'half-and-fails'
  /** Never answers; when the fault ends, the call fails. */
  | 'hangs'
  | 'too-many-requests'
  /** Will never take readings of kind `poison`; stores the rest. */
  | 'refuses-poison';

export interface FaultyStore extends TelemetryStore {
  fault: Fault;
  readonly writes: number;
  /** Calls of `write` at the same time, at most. */
  readonly concurrencyMax: number;
  /** Everything in it. */
  all(homeIds: readonly string[]): Promise<TelemetryReading[]>;
  /** Lets what hangs fail. */
  release(): void;
}

export function createFaultyStore(store: TelemetryStore = createMemoryTelemetryStore()): FaultyStore {
  let hanging: (() => void)[] = [];
  let running = 0;
  const faulty = {
    ...store,
    fault: 'none' as Fault,
    writes: 0,
    concurrencyMax: 0,
    async write(batch: readonly TelemetryReading[]): Promise<readonly RefusedReading[]> {
      faulty.writes++;
      faulty.concurrencyMax = Math.max(faulty.concurrencyMax, ++running);
      try {
        return await faultyWrite(batch);
      } finally {
        running--;
      }
    },
    async all(homeIds: readonly string[]) {
      const span = { kinds: null, fromMs: 0, toMs: 4_102_444_800_000, limit: 1_000_000, after: null };
      const pages = await Promise.all(homeIds.map((homeId) => store.range({ homeId, ...span })));
      return pages.flatMap(({ readings }) => readings);
    },
    release() {
      for (const fail of hanging) fail();
      hanging = [];
    },
  };
  const faultyWrite = async (batch: readonly TelemetryReading[]): Promise<readonly RefusedReading[]> => {
    switch (faulty.fault) {
      case 'none':
        return store.write(batch);
      case 'refuses':
        throw new TelemetryUnavailableError('ECONNREFUSED');
      case 'stores-and-fails':
        await store.write(batch);
        throw new TelemetryUnavailableError('500');
      case 'half-and-fails':
        await store.write(batch.slice(0, Math.ceil(batch.length / 2)));
        throw new TelemetryUnavailableError('partial write');
      case 'too-many-requests':
        throw new TelemetryUnavailableError('429', { retryAfterMs: 20_000 });
      case 'hangs':
        await new Promise<void>((resolve) => hanging.push(resolve));
        throw new TelemetryUnavailableError('reset');
      case 'refuses-poison': {
        const good = batch.filter(({ kind }) => kind !== 'poison');
        await store.write(good);
        return batch
          .filter(({ kind }) => kind === 'poison')
          .map((reading) => ({ reading, reason: 'poison' }));
      }
    }
  };
  return faulty;
}

export interface ServiceUnderTest {
  readonly service: TelemetryService;
  readonly progress: Progress;
  readonly events: WriterEvent[];
}

/** A service over the doubles; `file` ':memory:' unless a restart is tested. */
export function startTelemetry(
  parts: { readonly log: EntrySource; readonly store: TelemetryStore; readonly timer: Timer },
  change: Partial<TelemetryServiceOptions> & { readonly file?: string } = {},
): ServiceUnderTest {
  const { file = ':memory:', ...options } = change;
  const events: WriterEvent[] = [];
  const progress = new Progress(file);
  const service = new TelemetryService({
    source: parts.log,
    progress,
    storeId: 'test',
    isStoreEmpty: false,
    openStore: async () => parts.store,
    hasRoom: () => true,
    seed: async function* () {},
    retention: KEEP_ALL,
    timer: parts.timer,
    random: () => 0.5,
    onEvent: (event) => events.push(event),
    onStatus: () => undefined,
    ...options,
  });
  return { service, progress, events };
}
