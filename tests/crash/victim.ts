// The service as a process that is killed again and again: the program itself, on one folder and fixed ports. Says when
// it is ready, what its own recovery cost, and whether it ended without being asked to.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { NODE_FLAGS } from '../../simulators/node-flags.ts';

export interface VictimOptions {
  /** What to run, e.g. `src/main.ts`. */
  readonly program: string;
  readonly folder: string;
  readonly httpPort: number;
  readonly mqttPort: number;
  readonly adminPassword: string;
  /** Warnings and errors of the service. */
  readonly onTrouble: (line: string) => void;
}

/** What the service itself says about its recovery. */
export interface OwnRecovery {
  readonly tookMs: number;
  readonly replayedCount: number;
  readonly snapshotOffset: number;
}

export interface Started {
  readonly spawnToReadyMs: number;
  readonly recovery: OwnRecovery | null;
}

export const PROJECT = join(import.meta.dirname, '../..');
/** Nothing may outlive the harness, whatever ends it. */
const living = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of living) child.kill('SIGKILL');
});

const START_TIMEOUT_MS = 120_000;
const KEPT_LINES = 20;
/** Level of pino from which a line is trouble. */
const WARN = 40;

export class Victim {
  readonly #child: ChildProcess;
  readonly #options: VictimOptions;
  readonly #exited: Promise<unknown>;
  readonly #lastLines: string[] = [];
  readonly #spawnedAtMs = performance.now();
  #recovery: OwnRecovery | null = null;
  #readyAtMs: number | null = null;
  #onReady: () => void = () => undefined;

  constructor(options: VictimOptions) {
    this.#options = options;
    this.#child = spawn(process.execPath, [...NODE_FLAGS, options.program], {
      cwd: PROJECT,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        SHOUWANG_DATA_DIR: options.folder,
        SHOUWANG_HTTP_PORT: String(options.httpPort),
        SHOUWANG_MQTT_PORT: String(options.mqttPort),
        SHOUWANG_ADMIN_PASSWORD: options.adminPassword,
        SHOUWANG_READY_JSON: 'yes',
        SHOUWANG_LOG_LEVEL: 'info',
      },
    });
    // Not 'close': a child of the service may hold the pipes a little longer than the service lives.
    this.#exited = once(this.#child, 'exit').then(() => living.delete(this.#child));
    living.add(this.#child);
    for (const stream of [this.#child.stdout!, this.#child.stderr!]) {
      createInterface({ input: stream }).on('line', (line) => this.#read(line));
    }
  }

  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Null when it ended before. */
  async ready(): Promise<Started | null> {
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, START_TIMEOUT_MS);
    const isReady = new Promise<void>((resolve) => {
      this.#onReady = resolve;
      if (this.#readyAtMs !== null) resolve();
    });
    await Promise.race([isReady, this.#exited, late.promise]);
    clearTimeout(timer);
    if (this.#readyAtMs === null) return null;
    return { spawnToReadyMs: this.#readyAtMs - this.#spawnedAtMs, recovery: this.#recovery };
  }

  /** The line with its own figures comes right after the ready line. */
  get recovery(): OwnRecovery | null {
    return this.#recovery;
  }

  /** kill -9. True when it was alive: a process that ended by itself is no kill. */
  async kill(): Promise<boolean> {
    const wasAlive = this.isAlive;
    this.#child.kill('SIGKILL');
    await this.#exited;
    return wasAlive && this.#child.signalCode === 'SIGKILL';
  }

  terminate(): void {
    this.#child.kill('SIGTERM');
  }

  async ended(): Promise<void> {
    await this.#exited;
  }

  get hasEndedWell(): boolean {
    return this.#child.exitCode === 0;
  }

  describeEnd(): string {
    const { signalCode, exitCode } = this.#child;
    return [`the service ended (${signalCode ?? `exit code ${exitCode}`})`, ...this.#lastLines].join(
      '\n    ',
    );
  }

  #read(line: string): void {
    if (this.#lastLines.push(line) > KEPT_LINES) this.#lastLines.shift();
    const message = parse(line);
    if (message === null || Number(message['level']) >= WARN) this.#options.onTrouble(line);
    else if (message['ready'] === true) {
      this.#readyAtMs = performance.now();
      this.#onReady();
    } else if (message['msg'] === 'watching') {
      const { tookMs, replayedCount, snapshotOffset } = message as unknown as OwnRecovery;
      this.#recovery = { tookMs, replayedCount, snapshotOffset };
    }
  }
}

function parse(line: string): Record<string, unknown> | null {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return null;
  }
}
