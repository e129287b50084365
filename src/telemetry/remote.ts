// Telemetry in a thread of its own, seen from the main thread. Nothing here waits on the alarm path: status and cursor
// are the last that the thread told. A thread that dies is started again; it goes on at its durable cursor.

import { Worker } from 'node:worker_threads';
import type { ConfigurationBody } from './device-homes.ts';
import type { LiveReadings, Telemetry, TelemetryStatus } from './telemetry.ts';
import { TelemetryUnavailableError } from './telemetry-store.ts';
import {
  type Answers,
  type Arguments,
  asError,
  type Call,
  type FromThread,
  type ToThread,
} from './thread-protocol.ts';
import type { WriterEvent } from './writer.ts';

export interface RemoteTelemetryOptions {
  /** The file that the thread runs; it calls `serveTelemetry`. */
  readonly file: URL;
  readonly workerData: unknown;
  readonly seed: () => AsyncIterable<ConfigurationBody>;
  readonly onEvent: (event: WriterEvent) => void;
  readonly onStatus: (status: TelemetryStatus) => void;
  /** The thread ended by itself. */
  readonly onCrash: (error: Error) => void;
  /** Default 10 s: a thread that dies at its start must not eat a processor. */
  readonly restartMs?: number;
}

const RESTART_MS = 10_000;
/** A million homes are some 200 MB of it (device-homes.ts); beyond, the thread ends and not the process. */
const MEMORY_MB = 1_024;
/** Bodies per message while the registry is told. */
const SEED_BODIES = 500;
/** A thread that hangs in its store is ended; its cursor is on disk. */
const CLOSE_MS = 4_000;

const UNKNOWN: TelemetryStatus = {
  store: null,
  isReachable: false,
  problem: null,
  cursor: 0,
  writtenUntilMs: 0,
  behindEntries: 0,
  behindMs: 0,
  counts: { written: 0, refused: 0, shedEntries: 0 },
  pendingErasures: 0,
};

interface Owed {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

export class RemoteTelemetry implements Telemetry {
  readonly #options: RemoteTelemetryOptions;
  #worker: Worker;
  #status = UNKNOWN;
  readonly #owed = new Map<number, Owed>();
  #lastId = 0;
  readonly #followers = new Map<string, Set<(live: LiveReadings) => void>>();
  #restart: NodeJS.Timeout | undefined;
  #isDown = false;
  #isClosing = false;

  constructor(options: RemoteTelemetryOptions) {
    this.#options = options;
    this.#worker = this.#start();
  }

  status(): TelemetryStatus {
    return this.#status;
  }

  cursor(): number {
    return this.#status.cursor;
  }

  range(...args: Arguments['range']): Promise<Answers['range']> {
    return this.#call('range', args);
  }

  downsample(...args: Arguments['downsample']): Promise<Answers['downsample']> {
    return this.#call('downsample', args);
  }

  last(...args: Arguments['last']): Promise<Answers['last']> {
    return this.#call('last', args);
  }

  series(...args: Arguments['series']): Promise<Answers['series']> {
    return this.#call('series', args);
  }

  activity(...args: Arguments['activity']): Promise<Answers['activity']> {
    return this.#call('activity', args);
  }

  erase(...args: Arguments['erase']): Promise<Answers['erase']> {
    return this.#call('erase', args);
  }

  refused(...args: Arguments['refused']): Promise<Answers['refused']> {
    return this.#call('refused', args);
  }

  shedTo(...args: Arguments['shedTo']): Promise<Answers['shedTo']> {
    return this.#call('shedTo', args);
  }

  follow(homeId: string, listener: (live: LiveReadings) => void): () => void {
    const listeners = this.#followers.get(homeId) ?? new Set();
    this.#followers.set(homeId, listeners.add(listener));
    if (listeners.size === 1) this.#post({ type: 'follow', homeId });
    return () => {
      if (!listeners.delete(listener) || listeners.size > 0) return;
      this.#followers.delete(homeId);
      this.#post({ type: 'unfollow', homeId });
    };
  }

  async close(): Promise<void> {
    if (this.#isClosing) return;
    this.#isClosing = true;
    clearTimeout(this.#restart);
    if (!this.#isDown) {
      const patience = Promise.withResolvers<void>();
      const timer = setTimeout(patience.resolve, CLOSE_MS);
      await Promise.race([this.#call('close', []).catch(() => undefined), patience.promise]);
      clearTimeout(timer);
    }
    await this.#worker.terminate();
    this.#rejectAll('telemetry is closed');
  }

  #call<C extends Call>(call: C, args: Arguments[C]): Promise<Answers[C]> {
    return new Promise((resolve, reject) => {
      if (this.#isDown || (this.#isClosing && call !== 'close')) {
        reject(new TelemetryUnavailableError('telemetry is not running'));
        return;
      }
      const id = ++this.#lastId;
      this.#owed.set(id, { resolve, reject });
      this.#post({ type: 'call', id, call, args });
    });
  }

  #post(message: ToThread): void {
    if (!this.#isDown) this.#worker.postMessage(message);
  }

  #start(): Worker {
    const { file, workerData } = this.#options;
    // No flags of the parent: a test runner's or a debugger's do not belong into this thread.
    const resourceLimits = { maxOldGenerationSizeMb: MEMORY_MB };
    const worker = new Worker(file, { execArgv: [], workerData, resourceLimits });
    worker.on('message', (message: FromThread) => this.#received(message));
    worker.on('error', (error: Error) => this.#crashed(worker, error));
    worker.on('exit', (code) =>
      this.#crashed(worker, new Error(`the telemetry thread ended (exit code ${code})`)),
    );
    return worker;
  }

  #received(message: FromThread): void {
    switch (message.type) {
      case 'answer':
        this.#answered(message);
        return;
      case 'status':
        this.#status = message.status;
        this.#options.onStatus(message.status);
        return;
      case 'event':
        this.#options.onEvent(message.event);
        return;
      case 'live':
        for (const listener of this.#followers.get(message.homeId) ?? []) listener(message);
        return;
      case 'seed-wanted':
        this.#tellSeed().catch((error: Error) => this.#crashed(this.#worker, error));
    }
  }

  #answered(message: Extract<FromThread, { type: 'answer' }>): void {
    const owed = this.#owed.get(message.id);
    this.#owed.delete(message.id);
    if (message.ok) owed?.resolve(message.value as never);
    else owed?.reject(asError(message.error));
  }

  async #tellSeed(): Promise<void> {
    let bodies: ConfigurationBody[] = [];
    for await (const body of this.#options.seed()) {
      bodies.push(body);
      if (bodies.length < SEED_BODIES) continue;
      this.#post({ type: 'seed', bodies });
      bodies = [];
    }
    this.#post({ type: 'seed', bodies });
    this.#post({ type: 'seed', bodies: null });
  }

  #crashed(worker: Worker, error: Error): void {
    if (this.#isClosing || this.#isDown || worker !== this.#worker) return;
    this.#isDown = true;
    void worker.terminate();
    this.#status = { ...this.#status, isReachable: false, problem: error.message };
    this.#rejectAll(error.message);
    this.#options.onCrash(error);
    this.#options.onStatus(this.#status);
    this.#restart = setTimeout(() => {
      this.#isDown = false;
      this.#worker = this.#start();
      for (const homeId of this.#followers.keys()) this.#post({ type: 'follow', homeId });
    }, this.#options.restartMs ?? RESTART_MS);
  }

  #rejectAll(message: string): void {
    for (const { reject } of this.#owed.values()) reject(new TelemetryUnavailableError(message));
    this.#owed.clear();
  }
}
