// The systems that are measured against each other, each in a process of its own with its own load generator:
// bare Aedes + ws, and the real service with everything on disk; where asked for, a second one with other settings.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiClient } from '../../simulators/api-client.ts';
import { type ServiceProcess, startService } from '../../simulators/service-process.ts';
import { sessionCookie } from '../support/service.ts';
import type { Bare } from './bare.ts';
import type { BenchmarkContext } from './benchmark.ts';
import type { ClosedLoad, Load } from './load.ts';
import { type RegisteredHomes, registerInFolder } from './registry-file.ts';
import { launch, type Remote } from './remote.ts';

export interface Target {
  readonly name: 'limit' | 'ours';
  readonly mqttPort: number;
  readonly webSocket: { readonly url: string; readonly headers: Readonly<Record<string, string>> };
  readonly homes: RegisteredHomes;
  readonly load: Remote<Load>;
}

export interface OurTarget extends Target {
  readonly folder: string;
  readonly api: ApiClient;
}

export interface Targets {
  readonly limit: Target;
  readonly ours: OurTarget;
  /** One more service of the same size with a data folder of its own, set as told; ended with the others. */
  another(environment: Readonly<Record<string, string>>): Promise<OurTarget>;
}

export interface TargetSize {
  readonly gateways: number;
  readonly probes: number;
}

/** What runs for weeks is not to be judged by its first seconds, while its functions are being compiled. */
const HEATING: ClosedLoad = { inFlight: 2, warmUpMs: 0, measureMs: 4_000 };
const BRIEF: ClosedLoad = { ...HEATING, measureMs: 200 };

/** Start both with their gateways connected, let `measure` work, end both whatever happened. */
export async function withTargets<T>(
  context: BenchmarkContext,
  size: TargetSize,
  measure: (targets: Targets) => Promise<T>,
): Promise<T> {
  const closers: (() => Promise<void>)[] = [];
  const heat = (target: Target) => target.load.call('closed', context.isQuick ? BRIEF : HEATING);
  try {
    const ours = await startOurs(context, { size, environment: {} }, closers);
    const limit = await startBare(ours.homes, closers);
    context.say(`  ${size.gateways} gateways are connected to each`);
    for (const target of [limit, ours]) await heat(target);
    const another = async (environment: Readonly<Record<string, string>>): Promise<OurTarget> => {
      const target = await startOurs(context, { size, environment }, closers);
      await heat(target);
      return target;
    };
    return await measure({ limit, ours, another });
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

interface Wanted {
  readonly size: TargetSize;
  readonly environment: Readonly<Record<string, string>>;
}

async function startOurs(
  { profileFolder }: BenchmarkContext,
  { size, environment }: Wanted,
  closers: (() => Promise<void>)[],
): Promise<OurTarget> {
  const folder = await mkdtemp(join(tmpdir(), 'shouwang-bench-'));
  closers.push(() => rm(folder, { recursive: true, force: true }));
  const homes = await registerInFolder(folder, { homes: size.gateways, probes: size.probes });
  const service = await profiled(profileFolder, () =>
    startService({ clock: 'live', dataDirectory: folder, environment }),
  );
  closers.push(() => service.stop());
  return approach(service, folder, homes, closers);
}

async function startBare(homes: RegisteredHomes, closers: (() => Promise<void>)[]): Promise<Target> {
  const bare = launch<Bare>('bare.ts');
  closers.push(() => bare.stop());
  const { mqttPort, webSocket } = await bare.call('start', null);
  const load = await startLoad(mqttPort, homes, closers);
  return { name: 'limit', mqttPort, webSocket: { url: webSocket, headers: {} }, homes, load };
}

/**
 * Whatever Node program `start` starts writes a profile at its end: the option is inherited through the
 * environment.
 */
export async function profiled<T>(profileFolder: string | null, start: () => Promise<T>): Promise<T> {
  const before = process.env['NODE_OPTIONS'];
  if (profileFolder !== null) process.env['NODE_OPTIONS'] = `--cpu-prof --cpu-prof-dir=${profileFolder}`;
  try {
    return await start();
  } finally {
    if (before === undefined) delete process.env['NODE_OPTIONS'];
    else process.env['NODE_OPTIONS'] = before;
  }
}

async function approach(
  { http, mqtt, adminLogin, adminPassword }: ServiceProcess,
  folder: string,
  homes: RegisteredHomes,
  closers: (() => Promise<void>)[],
): Promise<OurTarget> {
  const mqttPort = Number(new URL(mqtt).port);
  const load = await startLoad(mqttPort, homes, closers);
  const api = new ApiClient(http);
  await api.login(adminLogin, adminPassword);
  const cookie = await sessionCookie(http, adminLogin, adminPassword);
  const webSocket = { url: `${http.replace('http', 'ws')}/api/v1/desk`, headers: { cookie } };
  return { name: 'ours', mqttPort, webSocket, homes, load, folder, api };
}

async function startLoad(
  port: number,
  { gateways }: RegisteredHomes,
  closers: (() => Promise<void>)[],
): Promise<Remote<Load>> {
  const load = launch<Load>('load.ts');
  closers.push(() => load.stop());
  await load.call('connect', { port, gateways });
  return load;
}
