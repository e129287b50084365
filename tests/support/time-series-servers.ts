// Real InfluxDB 1.x and VictoriaMetrics for tests, as Debian packages them, on a free port with their data in a
// temporary folder. Where one is not installed its tests are skipped with one line, except in CI, where they fail.

import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** On a machine with other things to do; alone they need less than a second. */
const START_MS_MAX = 30_000;

export interface TimeSeriesServer {
  readonly url: string;
  readonly folder: string;
  readonly pid: number;
  /** Makes what was written visible to queries. */
  flush(): Promise<void>;
  stop(): Promise<void>;
}

export type Product = 'influxd' | 'victoria-metrics';

export function isInstalled(product: Product): boolean {
  if ((process.env['PATH'] ?? '').split(delimiter).some((folder) => isExecutable(join(folder, product))))
    return true;
  if (process.env['CI'] === 'true') throw new Error(`CI needs ${product}`);
  process.stderr.write(`tests of telemetry with ${product} skipped: it is not installed\n`);
  return false;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export interface InfluxSettings {
  /** Databases to make; with `login` the first administrator is made too. */
  readonly databases?: readonly string[];
  readonly login?: { readonly user: string; readonly password: string };
  /** Lines for the [data] section. */
  readonly data?: string;
}

export async function startInflux({
  databases = [],
  login,
  data = '',
}: InfluxSettings = {}): Promise<TimeSeriesServer> {
  const folder = mkdtempSync(join(tmpdir(), 'shouwang-influxd-'));
  const port = await freePort();
  const file = join(folder, 'influxdb.conf');
  writeFileSync(
    file,
    influxConfiguration(folder, { port, rpcPort: await freePort(), isGuarded: login !== undefined, data }),
  );
  const child = spawn('influxd', ['-config', file], { stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  return started(child, folder, async () => {
    await untilAnswers(child, `${url}/ping`);
    if (login)
      await query(url, `CREATE USER "${login.user}" WITH PASSWORD '${login.password}' WITH ALL PRIVILEGES`);
    for (const name of databases) await query(url, `CREATE DATABASE "${name}"`, login);
    return { url, folder, pid: child.pid!, flush: async () => undefined, stop: () => stop(child, folder) };
  });
}

/** A server that cannot be made ready must not live on. */
async function started(
  child: ChildProcess,
  folder: string,
  ready: () => Promise<TimeSeriesServer>,
): Promise<TimeSeriesServer> {
  try {
    return await ready();
  } catch (error) {
    await stop(child, folder);
    throw error;
  }
}

function influxConfiguration(
  folder: string,
  { port, rpcPort, isGuarded, data }: { port: number; rpcPort: number; isGuarded: boolean; data: string },
): string {
  return `reporting-disabled = true
bind-address = "127.0.0.1:${rpcPort}"
[meta]
  dir = "${folder}/meta"
[data]
  dir = "${folder}/data"
  wal-dir = "${folder}/wal"
  index-version = "tsi1"
  max-series-per-database = 0
  max-values-per-tag = 0
  query-log-enabled = false
${data}
[http]
  bind-address = "127.0.0.1:${port}"
  log-enabled = false
  auth-enabled = ${isGuarded}
`;
}

async function query(url: string, statement: string, login?: InfluxSettings['login']): Promise<void> {
  const basic = login && `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`;
  const response = await fetch(`${url}/query`, {
    method: 'POST',
    body: new URLSearchParams({ q: statement }),
    ...(basic !== undefined && { headers: { authorization: basic } }),
  });
  const text = await response.text();
  if (!response.ok || text.includes('"error"')) throw new Error(`influxd: ${statement}: ${text}`);
}

/** Its default keeps one month; the data of tests may be older. */
const METRICS_FLAGS = ['-retentionPeriod=100y', '-dedup.minScrapeInterval=1ms', '-loggerLevel=ERROR'];

export async function startVictoriaMetrics(
  flags: readonly string[] = METRICS_FLAGS,
): Promise<TimeSeriesServer> {
  const folder = mkdtempSync(join(tmpdir(), 'shouwang-vm-'));
  const url = `http://127.0.0.1:${await freePort()}`;
  const child = spawn(
    'victoria-metrics',
    [`-storageDataPath=${folder}`, `-httpListenAddr=${new URL(url).host}`, ...flags],
    { stdio: 'ignore' },
  );
  const flush = async (): Promise<void> => void (await fetch(`${url}/internal/force_flush`));
  return started(child, folder, async () => {
    await untilAnswers(child, `${url}/health`);
    return { url, folder, pid: child.pid!, flush, stop: () => stop(child, folder) };
  });
}

async function untilAnswers(child: ChildProcess, url: string): Promise<void> {
  const endMs = performance.now() + START_MS_MAX;
  while (!(await isAnswering(url))) {
    if (hasEnded(child))
      throw new Error(`${child.spawnfile} ended with ${child.signalCode ?? child.exitCode}`);
    if (performance.now() > endMs) throw new Error(`${child.spawnfile} does not answer`);
    await sleep(20);
  }
}

function isAnswering(url: string): Promise<boolean> {
  return fetch(url).then(
    (response) => response.ok,
    () => false,
  );
}

/** What a signal ended has no exit code, and tells of its exit no second time. */
function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function stop(child: ChildProcess, folder: string): Promise<void> {
  if (!hasEnded(child)) {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }
  rmSync(folder, { recursive: true, force: true });
}

/** Free at this moment; these servers cannot tell which port they took for 0. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
