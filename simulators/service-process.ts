// Starts the service itself in a process of its own (never by import: simulators must not reach into it), waits for
// its ready line, and stops it. The data folder is temporary unless one is given.

import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { NODE_FLAGS } from './node-flags.ts';

export interface ServiceOptions {
  readonly clock: 'live' | 'recording';
  /** Null: a temporary folder, removed at the end. */
  readonly dataDirectory: string | null;
  /** 0: any free port. */
  readonly httpPort?: number;
  readonly mqttPort?: number;
  /** What to run; default: src/main.ts of this project. */
  readonly program?: string;
  /** Further settings, as `SHOUWANG_…`; default: none. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Lines the service logs; default: nothing is done with them. */
  readonly onLog?: (line: string) => void;
}

export interface ServiceProcess {
  readonly http: string;
  readonly mqtt: string;
  readonly adminLogin: string;
  readonly adminPassword: string;
  /** Resolves with a description when the service ends without being asked to. */
  readonly ended: Promise<string>;
  /** SIGTERM, then SIGKILL when it does not end; removes the temporary folder. */
  stop(): Promise<void>;
}

export class ServiceStartError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ServiceStartError';
  }
}

/** A first start on a slow disk applies migrations and builds the console. */
const START_TIMEOUT_MS = 60_000;
/** The service promises to stop within 5 s (fault catalogue, row 5). */
const STOP_TIMEOUT_MS = 10_000;
/** Last lines of the log kept for the error message. */
const KEPT_LINES = 15;
const PROJECT = join(import.meta.dirname, '..');

interface ReadyLine {
  readonly ready: true;
  readonly http: string;
  readonly mqtt: string;
}

/** @throws ServiceStartError with the last lines the service wrote */
export async function startService(options: ServiceOptions): Promise<ServiceProcess> {
  const temporary = options.dataDirectory === null ? await mkdtemp(join(tmpdir(), 'shouwang-')) : null;
  const adminPassword = randomBytes(12).toString('base64url');
  const child = launch(options, options.dataDirectory ?? temporary!, adminPassword);
  const output = followOutput(child, options.onLog ?? (() => undefined));
  const ended = once(child, 'exit').then(([code, signal]) =>
    [`the service ended (${signal ?? `exit code ${code}`})`, ...output.lastLines].join('\n  '),
  );
  const stop = async (): Promise<void> => {
    await terminate(child, ended);
    if (temporary !== null) await rm(temporary, { recursive: true, force: true });
  };
  try {
    const { http, mqtt } = await firstOf(output.ready, ended);
    return { http, mqtt, adminLogin: 'admin', adminPassword, ended, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function launch(options: ServiceOptions, dataDirectory: string, adminPassword: string): ChildProcess {
  return spawn(process.execPath, [...NODE_FLAGS, options.program ?? join(PROJECT, 'src', 'main.ts')], {
    cwd: PROJECT,
    stdio: ['ignore', 'pipe', 'pipe'],
    // Ctrl-C in a terminal reaches the whole process group; the service shall end when we say so.
    detached: true,
    env: {
      ...process.env,
      ...options.environment,
      SHOUWANG_CLOCK: options.clock,
      SHOUWANG_DATA_DIR: dataDirectory,
      SHOUWANG_HTTP_PORT: String(options.httpPort ?? 0),
      SHOUWANG_MQTT_PORT: String(options.mqttPort ?? 0),
      SHOUWANG_ADMIN_PASSWORD: adminPassword,
      SHOUWANG_READY_JSON: 'yes',
    },
  });
}

interface Output {
  readonly ready: Promise<ReadyLine>;
  readonly lastLines: readonly string[];
}

/** Reads stdout and stderr for the whole life of the service: a full pipe would stop it. */
function followOutput(child: ChildProcess, onLog: (line: string) => void): Output {
  const lastLines: string[] = [];
  const ready = new Promise<ReadyLine>((resolve) => {
    const take = (line: string): void => {
      if (lastLines.push(line) > KEPT_LINES) lastLines.shift();
      onLog(line);
      const message = parseReady(line);
      if (message !== null) resolve(message);
    };
    createInterface({ input: child.stdout! }).on('line', take);
    createInterface({ input: child.stderr! }).on('line', take);
  });
  return { ready, lastLines };
}

async function firstOf(ready: Promise<ReadyLine>, ended: Promise<string>): Promise<ReadyLine> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve('the service was not ready in time'), START_TIMEOUT_MS);
  });
  const first = await Promise.race([ready, ended, late]);
  clearTimeout(timer);
  if (typeof first === 'string') throw new ServiceStartError(first);
  return first;
}

function parseReady(line: string): ReadyLine | null {
  if (!line.startsWith('{"ready":true')) return null;
  try {
    return JSON.parse(line) as ReadyLine;
  } catch {
    return null;
  }
}

async function terminate(child: ChildProcess, ended: Promise<string>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(timer);
}
