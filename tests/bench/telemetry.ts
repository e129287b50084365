// Benchmark `telemetry`: writing, asking and disk space of the SQLite store and, where it is installed, of InfluxDB 1.x
// behind our adapter. Limit: the same data without a product (telemetry-limit.ts). Both take turns by the batch; a
// store's own work behind the batches (sealing) counts as writing.

import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createInfluxStore } from '#telemetry/influx/influx-store.ts';
import { lineOf } from '#telemetry/influx/lines.ts';
import { openSqliteTelemetryStore } from '#telemetry/sqlite/sqlite-store.ts';
import type { TelemetryStore } from '#telemetry/telemetry-store.ts';
import { isInstalled, startInflux } from '../support/time-series-servers.ts';
import type { Benchmark, BenchmarkContext } from './benchmark.ts';
import { type Figure, figure, quantile } from './figures.ts';
import { BareClient, BareTable, type Subject } from './telemetry-limit.ts';
import {
  batchesOf,
  END_MS,
  homeName,
  LAST_DAY_MS,
  type Load,
  readingCount,
  START_MS,
} from './telemetry-load.ts';

const HOUR_MS = 3_600_000;
const FULL: Load = { homes: 10_000, longHomes: 10 };
const USUAL: Load = { homes: 400, longHomes: 3 };
const QUICK: Load = { homes: 2, longHomes: 1 };

type Product = 'sqlite' | 'influx';
type Sides<T> = { readonly ours: T; readonly limit: T };

export const telemetryBenchmark: Benchmark = async (context) => {
  const load = context.isQuick ? QUICK : context.isFull ? FULL : USUAL;
  context.say(`  ${readingCount(load)} readings of ${load.homes} homes`);
  const sqlite = await measureSqlite(context, load);
  return isInstalled('influxd') ? [...sqlite, ...(await measureInflux(context, load))] : sqlite;
};

async function measureSqlite(context: BenchmarkContext, load: Load): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'shouwang-bench-telemetry-'));
  const limit = new BareTable(join(folder, 'bare.db'));
  const store = openSqliteTelemetryStore({ folder: join(folder, 'ours') });
  try {
    const seconds = await fill(load, { ours: subjectOf(store), limit });
    // What is not sealed yet is sealed, as it is every day.
    const sealedAt = performance.now();
    await store.retain(END_MS, NOTHING_ENDS);
    seconds.ours += (performance.now() - sealedAt) / 1000;
    const bytes = { ours: folderBytes(join(folder, 'ours')), limit: limit.byteCount() };
    const figures = await ask(context, 'sqlite', load, { ours: subjectOf(store), limit });
    return [...written(context, 'sqlite', load, { seconds, bytes }), ...figures];
  } finally {
    await store.close();
    limit.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const NOTHING_ENDS = {
  emergency: 9e3,
  activity: 9e3,
  vital: 9e3,
  environment: 9e3,
  device: 9e3,
  place: 9e3,
  other: 9e3,
};

async function measureInflux(context: BenchmarkContext, load: Load): Promise<Figure[]> {
  // Into files and compacted within seconds, so that the size on disk is the lasting one.
  const data = '  cache-snapshot-write-cold-duration = "1s"\n  compact-full-write-cold-duration = "2s"';
  const server = await startInflux({ databases: ['ours', 'bare'], data });
  const connection = { url: server.url, token: null, login: null, organization: null, timeoutMs: 60_000 };
  const store = createInfluxStore({ ...connection, server: 'influxdb-1', database: 'ours' });
  const limit = new BareClient(server.url, 'bare');
  try {
    const seconds = await fill(load, { ours: subjectOf(store), limit });
    const bytesOf = (database: string): Promise<number> =>
      settledBytes(
        ['data', 'wal'].map((part) => join(server.folder, part, database)),
        context,
      );
    const bytes = { ours: await bytesOf('ours'), limit: await bytesOf('bare') };
    const figures = await ask(context, 'influx', load, { ours: subjectOf(store), limit });
    return [...written(context, 'influx', load, { seconds, bytes }), ...figures];
  } finally {
    await store.close();
    await server.stop();
  }
}

function subjectOf(store: TelemetryStore): Subject {
  const query = { kinds: null, toMs: END_MS + HOUR_MS, limit: 100_000, after: null };
  return {
    async write(batch) {
      const refused = await store.write(batch);
      if (refused.length > 0) throw new Error(`refused: ${refused[0]!.reason}`);
    },
    day: async (home) =>
      (await store.range({ ...query, homeId: homeName(home), fromMs: LAST_DAY_MS })).readings.length,
    month: async (home) =>
      (await store.downsample({ ...query, homeId: homeName(home), fromMs: START_MS, stepMs: HOUR_MS }))
        .length,
  };
}

async function fill(load: Load, { ours, limit }: Sides<Subject>): Promise<{ ours: number; limit: number }> {
  const seconds = { ours: 0, limit: 0 };
  for (const batch of batchesOf(load)) {
    if (limit instanceof BareClient) limit.prepare(batch.map(lineOf));
    seconds.limit += await timed(() => limit.write(batch));
    seconds.ours += await timed(() => ours.write(batch));
  }
  return seconds;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1000;
}

function written(
  { say }: BenchmarkContext,
  product: Product,
  load: Load,
  { seconds, bytes }: { seconds: Sides<number>; bytes: Sides<number> },
): Figure[] {
  const count = readingCount(load);
  say(`  ${product}: wrote in ${seconds.ours.toFixed(1)} s (limit ${seconds.limit.toFixed(1)} s)`);
  return [
    figure(`telemetry-${product}-write`, { ours: [count / seconds.ours], limit: [count / seconds.limit] }),
    figure(`telemetry-${product}-bytes`, { ours: [bytes.ours / count], limit: [bytes.limit / count] }),
  ];
}

/** Every answer is checked for its size: a fast query that finds nothing is no query. */
async function ask(
  { isQuick }: BenchmarkContext,
  product: Product,
  { longHomes }: Load,
  { ours, limit }: Sides<Subject>,
): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [name, times] of [
    ['day', 200],
    ['month', 100],
  ] as const) {
    const count = isQuick ? 2 : times;
    const samples = { ours: new Float64Array(count), limit: new Float64Array(count) };
    for (let at = 0; at < count; at++) {
      for (const side of ['limit', 'ours'] as const) {
        const subject = side === 'ours' ? ours : limit;
        let found = 0;
        samples[side][at] = 1000 * (await timed(async () => (found = await subject[name](at % longHomes))));
        if (found < (name === 'day' ? 2_880 : 7_200))
          throw new Error(`${product} ${name}: found only ${found}`);
      }
    }
    for (const [label, q] of [
      ['p50', 0.5],
      ['p99', 0.99],
    ] as const) {
      const runs = { ours: [quantile(samples.ours, q)], limit: [quantile(samples.limit, q)] };
      figures.push(figure(`telemetry-${product}-${name}-${label}`, runs));
    }
  }
  return figures;
}

async function settledBytes(folders: readonly string[], { isQuick }: BenchmarkContext): Promise<number> {
  let before = -1;
  for (let round = 0; round < (isQuick ? 1 : 12); round++) {
    const now = folders.reduce((sum, folder) => sum + folderBytes(folder), 0);
    if (now === before) return now;
    before = now;
    if (!isQuick) await sleep(4_000);
  }
  return before;
}

/** What is occupied: InfluxDB reserves files of 4 MB and more. */
function folderBytes(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).blocks * 512, 0);
}
