// One life of the service in virtual time: real recovery, log front half, intake, presence and loop, put together as
// app.ts does, without sockets. The pacer is written anew because the real one runs on timers: a tick when the core's
// deadline is due, a pulse after 30 quiet seconds, `resumed` after a stand-still. It dies when told to; what it still
// had in hand then stays unanswered for ever, and a new life begins from the disk.

import { LIMITS } from '#config/limits.ts';
import { CORE_VERSION, type Engine } from '#core/engine.ts';
import type { AlertCommand, HomeCommand } from '#core/model/command.ts';
import type { Effect } from '#core/model/effect.ts';
import type { EntryBody } from '#core/model/entry.ts';
import { encodeSnapshot } from '#core/snapshot.ts';
import type { ReceivedFrame } from '#ingest/examine.ts';
import { createIntake, type Intake, type Taken } from '#ingest/intake.ts';
import type { EventLog, Receipt } from '#journal/journal.ts';
import type { Batch } from '#journal/sequencer.ts';
import type { AlertStore } from '#push/alert-store.ts';
import type { ConfigurationChange, GatewayEntry, Registry, Revision } from '#registry/registry.ts';
import { createHonestLog } from '#runtime/honest-log.ts';
import { Loop } from '#runtime/loop.ts';
import { PULSE_MS } from '#runtime/pacer.ts';
import { recover } from '#runtime/recovery.ts';
import { syncRoster } from '#runtime/roster-sync.ts';
import type { CommandResult, HomeCommandResult, Reading } from '#runtime/runtime.ts';
import { type Disk, type Fate, openAlertStore, openDiskLog } from './disk.ts';
import type { Plant } from './plant.ts';
import { withoutColumn } from './plant.ts';
import type { MadeReading } from './truth.ts';

/** After a refused append of its own the service tries again so much later. */
const RETRY_MS = 1_000;

export interface ServiceOptions {
  readonly disk: Disk;
  readonly nowMs: () => number;
  readonly configurations: readonly ConfigurationChange[];
  readonly plant: Plant;
  readonly fateOf: (batch: Batch) => Fate;
  readonly onStored: (offset: number, reading: MadeReading) => void;
  /** To the screens. */
  readonly onEffects: (effects: readonly Effect[]) => void;
  /** To the alert store. */
  readonly onRecorded: (effects: readonly Effect[], offset: number) => void;
  /** It is gone; `why` for the time line. */
  readonly onDied: (why: string) => void;
}

export class Service {
  readonly #options: ServiceOptions;
  readonly #log: EventLog;
  readonly #alerts: AlertStore;
  readonly #readingOf = new Map<EntryBody, MadeReading>();
  #engine: Engine | null = null;
  #loop: Loop | null = null;
  #intake: Intake | null = null;
  #current: MadeReading | null = null;
  #busy = 0;
  #lastEntryMs: number;
  #retryAtMs = 0;
  #isTicking = false;
  #floorMs = 0;
  /** Dies before the acknowledgements of the batch that is being processed. */
  #diesUnanswered = false;
  isUp = false;
  isDead = false;
  /** Stands still until then (kill -STOP); 0: runs. */
  frozenUntilMs = 0;
  /** Stood still since then and has not noticed yet; 0: no. */
  #frozenFromMs = 0;

  constructor(options: ServiceOptions) {
    this.#options = options;
    const clock = { nowMs: () => this.#nowMs() };
    this.#lastEntryMs = options.nowMs();
    const log = openDiskLog({
      disk: options.disk,
      clock,
      onFatal: (error) => this.die(`the log failed: ${error.message}`),
      fateOf: (batch) => this.#fate(batch),
      onStored: (batch) => this.#stored(batch),
      forgetsIdentities: options.plant.forgetsIdentities ?? false,
    });
    this.#log = options.plant.hidesOutages ? log : createHonestLog(log, CORE_VERSION);
    this.#alerts = openAlertStore(options.disk, (effects, offset) => {
      if (!this.isDead) options.onRecorded(effects, offset);
    });
    this.#work(() => this.#start());
  }

  get isBusy(): boolean {
    return !this.isDead && (this.#busy > 0 || this.#log.pendingCount() > 0);
  }

  die(why: string): void {
    if (this.isDead) return;
    this.isDead = true;
    this.isUp = false;
    this.#options.onDied(why);
  }

  /** The next batch is processed, and nobody is told. */
  dieUnanswered(): void {
    this.#diesUnanswered = true;
  }

  sessionOpened(gateway: GatewayEntry): void {
    this.#intake!.presence.sessionOpened(gateway);
  }

  /** The connection is gone; its will speaks first, as the door does it. */
  sessionLost(will: ReceivedFrame): void {
    this.#intake!.take(will).catch(() => undefined);
    this.#intake!.presence.sessionClosed(will.gateway, false);
  }

  /** Resolves when it may be acknowledged, never when the service died meanwhile. */
  async take(frame: ReceivedFrame, reading: MadeReading | null): Promise<Taken> {
    this.#busy++;
    try {
      this.#current = reading;
      const taken = this.#intake!.take(frame);
      this.#current = null;
      return await taken;
    } finally {
      this.#busy--;
    }
  }

  command(command: AlertCommand): Promise<CommandResult> {
    return this.#during(() => this.#loop!.command(command));
  }

  homeCommand(command: HomeCommand): Promise<HomeCommandResult> {
    return this.#during(() => this.#loop!.homeCommand(command));
  }

  deskPresence(staffId: string, present: boolean): void {
    this.#work(() => this.#loop!.deskPresence(staffId, present));
  }

  openAlerts() {
    return this.#loop?.openAlerts() ?? [];
  }

  storedOpenAlerts() {
    return this.#alerts.open();
  }

  /** When the pacer wants to be woken. */
  nextWakeMs(): number {
    if (!this.isUp || this.#isTicking) return Number.POSITIVE_INFINITY;
    const dueAtMs = Math.min(this.#engine!.nextDeadlineMs(), this.#lastEntryMs + PULSE_MS);
    return Math.max(Math.ceil(dueAtMs), this.#retryAtMs, this.frozenUntilMs);
  }

  /** A timer fires: whoever stood still notices it before anything else. */
  wake(): void {
    if (!this.noteStall()) this.#append({ type: 'tick' });
  }

  freeze(untilMs: number): void {
    this.#frozenFromMs = this.#options.nowMs();
    this.frozenUntilMs = untilMs;
  }

  /** True when it stood still and says so now. */
  noteStall(): boolean {
    const fromMs = this.#frozenFromMs;
    if (fromMs === 0 || !this.isUp) return false;
    this.#frozenFromMs = 0;
    if (this.#options.plant.hidesOutages) return false;
    this.#append({ type: 'resumed', reason: 'stall', fromMs, coreVersion: CORE_VERSION });
    return true;
  }

  cutSnapshot(): void {
    this.#work(async () => {
      const { disk, plant } = this.#options;
      this.#alerts.flush();
      const { offset } = this.#engine!;
      const data = encodeSnapshot(this.#engine!);
      await disk.snapshots.save({
        offset,
        coreVersion: CORE_VERSION,
        parts: [plant.dropsColumn === undefined ? data : withoutColumn(data, plant.dropsColumn)],
      });
    });
  }

  async #start(): Promise<void> {
    const { disk, configurations, plant } = this.#options;
    const onHistoryLost = (offset: number): void => this.die(`alert history before ${offset} is lost`);
    const { engine } = await recover({
      log: this.#log,
      snapshots: disk.snapshots,
      alerts: this.#alerts,
      onHistoryLost,
    });
    this.#engine = engine;
    this.#loop = new Loop({
      log: this.#log,
      engine,
      alerts: this.#alerts,
      publish: (effects) => this.#options.onEffects(effects),
      onProcessed: (atMs) => this.#processed(atMs),
    });
    const { lastAtMs } = this.#log.position();
    this.#floorMs = lastAtMs;
    const resumed = {
      type: 'resumed',
      reason: 'start',
      fromMs: lastAtMs,
      coreVersion: CORE_VERSION,
    } as const;
    if (lastAtMs > 0 && !plant.hidesOutages) await this.#loop.append(resumed);
    await syncRoster(registryOf(configurations), engine.world.roster, this.#log);
    this.#intake = this.#createIntake(this.#loop);
    this.isUp = true;
  }

  #createIntake(loop: Loop): Intake {
    return createIntake({
      submit: (readings) => this.#submit(loop, readings),
      keepRefused: (frame) => this.#log.keepRefused(frame),
      clock: { nowMs: () => this.#nowMs() },
      log: SILENT,
      limits: LIMITS,
      clockKind: 'live',
      // Rates run on the real clock; they delay what is no emergency, which the simulated links do as well.
      gatewayRate: null,
    });
  }

  #submit(loop: Loop, readings: readonly Reading[]): Promise<readonly Receipt[]> {
    const made = this.#current;
    this.noteStall();
    if (made !== null) for (const { body } of readings) this.#readingOf.set(body, made);
    const durable = this.#during(() => loop.submit(readings));
    if (!this.#options.plant.acksBeforeDurable) return durable;
    durable.catch(() => undefined);
    return Promise.resolve(readings.map(() => ({ offset: null, isDuplicate: false })));
  }

  #fate(batch: Batch): Fate {
    return this.isDead ? 'dies-before' : this.#options.fateOf(batch);
  }

  #stored(batch: Batch): void {
    for (const { offset, body } of batch.entries) {
      const reading = this.#readingOf.get(body);
      if (reading === undefined) continue;
      this.#readingOf.delete(body);
      this.#options.onStored(offset, reading);
    }
  }

  #processed(atMs: number): void {
    this.#lastEntryMs = atMs;
    if (this.#diesUnanswered) this.die('after processing, before answering');
  }

  #nowMs(): number {
    return Math.max(this.#floorMs, this.#options.nowMs());
  }

  #append(body: EntryBody): void {
    this.#isTicking = true;
    this.#work(async () => {
      try {
        await this.#loop!.append(body);
      } catch {
        this.#retryAtMs = this.#options.nowMs() + RETRY_MS;
      } finally {
        this.#isTicking = false;
      }
    });
  }

  async #during<T>(work: () => Promise<T>): Promise<T> {
    this.#busy++;
    try {
      return await work();
    } finally {
      this.#busy--;
    }
  }

  /** A start that fails ends the process; its supervisor tries again. */
  #work(work: () => Promise<unknown>): void {
    this.#during(work).catch((error: unknown) => {
      if (!this.isUp) this.die(`the start failed: ${(error as Error).message}`);
    });
  }
}

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

/** All that `syncRoster` asks of a registry. */
function registryOf(configurations: readonly ConfigurationChange[]): Registry {
  const registry: Pick<Registry, 'configurations' | 'onConfigurationChange'> = {
    async *configurations(isKnown = () => false) {
      for (const change of configurations) if (!isKnown(revisionOf(change))) yield change;
    },
    onConfigurationChange: () => undefined,
  };
  return registry as Registry;
}

function revisionOf({ type, configuration }: ConfigurationChange): Revision {
  const number = type === 'home' ? configuration.home : configuration.gateway;
  return { type, number, revision: configuration.revision };
}
