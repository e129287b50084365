// The composition root: builds every part and knows the order of start and stop. Only the files at the root of `src`
// import implementations of ports. `createApp` opens nothing; `start` does, and `stop` closes in the opposite order.

import { LIMITS } from '#config/limits.ts';
import { type Config, OPTION_NAMES, OPTIONS } from '#config/schema.ts';
import { buildConsole } from '#console/build.ts';
import { CORE_VERSION, type Engine } from '#core/engine.ts';
import type { Effect } from '#core/model/effect.ts';
import { emergencyOf } from '#core/model/observation.ts';
import { createIntake, type Intake } from '#ingest/intake.ts';
import type { Receipt } from '#journal/journal.ts';
import { createLogger, type Logger } from '#ops/log.ts';
import type { DeskHub } from '#push/hub.ts';
import { BacktestQueue } from '#runtime/backtest/queue.ts';
import { startReplayThread } from '#runtime/backtest/thread.ts';
import {
  createLiveClock,
  createRecordingClock,
  type LiveClock,
  type RecordingClock,
} from '#runtime/clock.ts';
import { createHonestLog } from '#runtime/honest-log.ts';
import { Loop } from '#runtime/loop.ts';
import { type Pacer, startPacer } from '#runtime/pacer.ts';
import { type CommandSender, createPrompter } from '#runtime/prompter.ts';
import { type Recovery, recover } from '#runtime/recovery.ts';
import { syncRoster } from '#runtime/roster-sync.ts';
import type { Reading } from '#runtime/runtime.ts';
import { Snapshotter } from '#runtime/snapshotter.ts';
import { createEdges } from './edges.ts';
import { asStartError } from './start-error.ts';
import { type StartedTelemetry, startTelemetry } from './start-telemetry.ts';
import { openStores, type Stores } from './stores.ts';
import { telemetrySettings } from './telemetry-settings.ts';

export { StartError } from './start-error.ts';

export interface AppOptions {
  readonly config?: Partial<Config>;
  readonly logger?: Logger;
  /** The log can never commit again; the process has to end and recover. Default: only a line in the log. */
  readonly onFatal?: (error: Error) => void;
}

export interface Started {
  readonly http: string;
  readonly mqtt: string;
  /** Of a new registry, once. */
  readonly administrator: { readonly login: string; readonly password: string } | null;
  readonly recovery: Omit<Recovery, 'engine'>;
}

const DAY_MS = 86_400_000;
const MB = 1_000_000;
const BACKTEST_WORKER = new URL('./backtest-worker.ts', import.meta.url);

export function createApp(options: AppOptions = {}): App {
  return new App(options);
}

export class App {
  readonly #config: Config;
  readonly #logger: Logger;
  readonly #onFatal: (error: Error) => void;
  readonly #clock: LiveClock | RecordingClock;
  /** What to close, newest last. */
  readonly #closers: (() => unknown)[] = [];
  #hub: DeskHub | undefined;
  /** Carries the core's questions to terminals; not beside a recording. */
  #prompt: ((effects: readonly Effect[]) => void) | undefined;
  #pacer: Pacer | undefined;
  #telemetry: StartedTelemetry | null = null;
  #isFailed = false;

  constructor(options: AppOptions) {
    this.#config = { ...defaults(), ...options.config };
    this.#logger = options.logger ?? createLogger({ level: this.#config.logLevel });
    this.#onFatal = options.onFatal ?? (() => undefined);
    this.#clock = this.#config.clock === 'live' ? createLiveClock() : createRecordingClock();
  }

  /** @throws StartError; everything that was opened is closed again. */
  async start(): Promise<Started> {
    try {
      return await this.#start();
    } catch (error) {
      await this.stop();
      throw asStartError(error);
    }
  }

  async stop(): Promise<void> {
    for (let close = this.#closers.pop(); close !== undefined; close = this.#closers.pop()) {
      try {
        await close();
      } catch (error) {
        this.#logger.error({ error }, 'closing failed');
      }
    }
  }

  async #start(): Promise<Started> {
    // Before anything is opened: an option that cannot work is told at once.
    telemetrySettings(this.#config);
    // By a process of its own, which has done so while we open and recover.
    const building = buildConsole();
    building.catch(() => undefined);
    const onFatal = (error: Error): void => this.#fail(error);
    const common = { config: this.#config, clock: this.#clock, logger: this.#logger, closers: this.#closers };
    const opened = await openStores({ ...common, onFatal });
    const stores = { ...opened, log: createHonestLog(opened.log, CORE_VERSION) };
    const { log, registry } = stores;
    const onHistoryLost = (offset: number) =>
      this.#logger.error({ offset }, 'alert history before this offset is lost');
    const { engine, ...recovery } = await recover({ ...stores, onHistoryLost });
    const snapshotter = this.#createSnapshotter(stores, engine, recovery.replayedCount);
    const loop = this.#createLoop(stores, engine, snapshotter);
    await this.#resume(loop, engine, log.position().lastAtMs);
    const administrator = await registry.createFirstAdministrator(this.#config.adminPassword || undefined);
    await syncRoster(registry, engine.world.roster, log);
    this.#telemetry = this.#startTelemetry(stores);
    const intake = this.#createIntake(stores, loop);
    const isFailed = (): boolean => this.#isFailed;
    const edges = await createEdges({
      ...{ ...common, ...stores, loop, intake, isFailed },
      telemetry: this.#telemetry?.telemetry ?? null,
      isTelemetryBehind: () => this.#telemetry?.isBehind() ?? false,
      backtests: this.#createBacktests(stores, engine),
      console: await building,
    });
    this.#hub = edges.hub;
    this.#prompt = this.#createPrompter(edges.sender);
    const addresses = await edges.listen();
    this.#logger.info({ ...recovery, ...addresses }, 'watching');
    snapshotter.begin();
    return { ...addresses, administrator, recovery };
  }

  #createSnapshotter(stores: Stores, engine: Engine, replayedCount: number): Snapshotter {
    const budgetBytes = this.#config.logDiskMb * MB;
    const snapshotter = new Snapshotter({
      ...stores,
      engine,
      replayedCount,
      retentionMs: this.#config.logRetentionDays * DAY_MS,
      follower: () => this.#telemetry?.telemetry ?? null,
      budget: stores.usedLogBytes === null ? null : { bytes: budgetBytes, usedBytes: stores.usedLogBytes },
      onFailure: (error) => this.#logger.error({ error }, 'snapshot failed; the log still has everything'),
    });
    this.#closers.push(() => (this.#isFailed ? undefined : snapshotter.cut()));
    return snapshotter;
  }

  #createLoop(stores: Stores, engine: Engine, snapshotter: Snapshotter): Loop {
    return new Loop({
      ...stores,
      engine,
      publish: (effects) => {
        this.#hub?.publish(effects);
        this.#prompt?.(effects);
      },
      onProcessed: (atMs, count) => {
        this.#pacer?.noteProcessed(atMs);
        snapshotter.noteProcessed(count);
      },
    });
  }

  #createBacktests({ alerts, logFile }: Stores, engine: Engine): BacktestQueue {
    const backtests = new BacktestQueue({
      roster: engine.world.roster,
      alerts,
      nowMs: () => Date.now(),
      startThread:
        logFile === null
          ? null
          : (plan, onProgress) => startReplayThread(BACKTEST_WORKER, { logFile, plan }, onProgress),
      onFailed: (backtestId, error) => this.#logger.warn({ backtestId, error }, 'back-test failed'),
    });
    this.#closers.push(() => backtests.stop());
    return backtests;
  }

  #createPrompter(sender: CommandSender) {
    const clock = this.#clock;
    if (clock.kind !== 'live') return undefined;
    return createPrompter({ sender, log: this.#logger, nowMs: () => clock.nowMs() });
  }

  /** Say that we are back and since when we were not, and let time into the log. A recording brings its own time. */
  async #resume(loop: Loop, engine: Engine, lastAtMs: number): Promise<void> {
    const clock = this.#clock;
    if (clock.kind !== 'live') return;
    clock.raiseTo(lastAtMs);
    const coreVersion = CORE_VERSION;
    if (lastAtMs > 0) await loop.append({ type: 'resumed', reason: 'start', fromMs: lastAtMs, coreVersion });
    const pacer = startPacer({
      clock,
      coreVersion,
      nextDeadlineMs: () => engine.nextDeadlineMs(),
      append: (body) => loop.append(body),
      onWallBehind: (behindMs) => this.#logger.warn({ behindMs }, 'wall clock was set back'),
    });
    this.#pacer = pacer;
    this.#closers.push(() => pacer.stop());
  }

  #startTelemetry(stores: Stores): StartedTelemetry | null {
    const started = startTelemetry({
      config: this.#config,
      stores,
      logger: this.#logger,
      onBehind: (notice) => this.#hub?.notice('telemetry-behind', { ...notice }, null),
    });
    this.#closers.push(() => started?.telemetry.close());
    return started;
  }

  #createIntake({ log }: Stores, loop: Loop): Intake {
    const clock = this.#clock;
    const intake = createIntake({
      submit: (readings) => this.#submit(loop, readings),
      keepRefused: (frame) => log.keepRefused(frame),
      clock,
      log: this.#logger,
      limits: LIMITS,
      clockKind: this.#config.clock,
      // A replay as fast as the machine can is no flood.
      ...(clock.kind === 'recording'
        ? { advanceClock: (atMs) => this.#followRecording(loop, clock, atMs), gatewayRate: null }
        : {}),
    });
    this.#closers.push(() => intake.close());
    return intake;
  }

  /** The roster was registered before the recording's time began: what lies between is no silence of anybody. */
  #followRecording(loop: Loop, clock: RecordingClock, atMs: number): void {
    const fromMs = clock.nowMs();
    clock.advanceTo(atMs);
    if (fromMs > 0) return;
    loop
      .append({ type: 'resumed', reason: 'start', fromMs, coreVersion: CORE_VERSION })
      .catch((error) => this.#logger.error({ error }, 'the start of the recording was not noted'));
  }

  async #submit(loop: Loop, readings: readonly Reading[]): Promise<readonly Receipt[]> {
    // A stand-still is told before the first reading after it, whichever of timer and socket is served first.
    this.#pacer?.noteStall();
    try {
      return await loop.submit(readings);
    } catch (error) {
      this.#tellUnrecorded(readings);
      throw error;
    }
  }

  /** Storage failed: the screens are told, and of a call for help also from where, marked as not recorded. */
  #tellUnrecorded(readings: readonly Reading[]): void {
    this.#hub?.notice('storage-failing', {}, null);
    for (const { body } of readings) {
      if (body.type !== 'observation') continue;
      const kind = emergencyOf(body.kind, body.value);
      if (kind === null) continue;
      this.#hub?.notice('unrecorded-sos', { kind, deviceId: body.deviceId, gateway: body.gateway }, null);
    }
  }

  #fail(error: Error): void {
    this.#isFailed = true;
    this.#logger.error({ error }, 'the log failed: nothing is acknowledged any more');
    this.#hub?.notice('storage-failing', {}, null);
    this.#onFatal(error);
  }
}

function defaults(): Config {
  return Object.fromEntries(OPTION_NAMES.map((name) => [name, OPTIONS[name].default])) as unknown as Config;
}
