// The telemetry stores of the contract suite, each with what it can keep, and the readings the suite writes.

import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInfluxStore } from '#telemetry/influx/influx-store.ts';
import { createMemoryTelemetryStore } from '#telemetry/memory-store.ts';
import { openSqliteTelemetryStore } from '#telemetry/sqlite/sqlite-store.ts';
import type { Bucket, SeriesKey, TelemetryReading, TelemetryStore } from '#telemetry/telemetry-store.ts';
import {
  isInstalled,
  startInflux,
  startVictoriaMetrics,
  type TimeSeriesServer,
} from './time-series-servers.ts';

export const DAY_MS = 86_400_000;
export const HOUR_MS = 3_600_000;
/** A midnight (UTC) a few days ago: VictoriaMetrics takes nothing that lies far ahead of its clock. */
export const MIDNIGHT_MS = Math.floor(Date.now() / DAY_MS) * DAY_MS - 5 * DAY_MS;

export interface Adapter {
  readonly name: string;
  /** Started before the suite, ended after it; null: it needs no server. */
  readonly startServer: (() => Promise<TimeSeriesServer>) | null;
  /** A new store; `folder` is the suite's own, `server` what was started. */
  readonly open: (context: {
    readonly folder: string;
    readonly server: TimeSeriesServer | null;
  }) => TelemetryStore;
  /** Two readings of one series in one ms, and texts. VictoriaMetrics keeps numbers, one per ms. */
  readonly isComplete: boolean;
  /** Classes of kinds that end at different times. */
  readonly canRetain: boolean;
}

const TIMEOUT_MS = 20_000;
const DATABASE = 'shouwang';

export function temporaryFolder(): { readonly folder: string; readonly remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'shouwang-telemetry-'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

const SQLITE = { startServer: null, isComplete: true, canRetain: true } as const;

export const ADAPTERS: readonly Adapter[] = [
  { ...SQLITE, name: 'memory', open: () => createMemoryTelemetryStore() },
  { ...SQLITE, name: 'sqlite', open: ({ folder }) => openSqliteTelemetryStore({ folder }) },
  {
    // Everything goes through partitions, and most of it twice.
    ...SQLITE,
    name: 'sqlite that seals after each batch',
    open: ({ folder }) => openSqliteTelemetryStore({ folder, sealReadings: 1 }),
  },
  ...(isInstalled('influxd') ? [influx()] : []),
  ...(isInstalled('victoria-metrics') ? [victoriaMetrics()] : []),
];

function influx(): Adapter {
  return {
    name: 'InfluxDB 1.x',
    startServer: () => startInflux({ databases: [DATABASE] }),
    open: ({ server }) =>
      createInfluxStore({ ...CONNECTION, url: server!.url, server: 'influxdb-1', database: DATABASE }),
    isComplete: true,
    canRetain: true,
  };
}

function victoriaMetrics(): Adapter {
  return {
    name: 'VictoriaMetrics',
    startServer: () => startVictoriaMetrics(),
    open: ({ server }) =>
      createInfluxStore({ ...CONNECTION, url: server!.url, server: 'victoria-metrics', database: '' }),
    isComplete: false,
    canRetain: false,
  };
}

/** Nobody to log in as, and time enough for a busy machine. */
export const CONNECTION = { organization: null, token: null, login: null, timeoutMs: TIMEOUT_MS } as const;

/** Servers are shared by all tests of a suite: each test has homes of its own. */
export function newHome(): string {
  return `h-${randomBytes(8).toString('hex')}`;
}

let lastOffset = 0;

/** A reading with an offset of its own, as log entries have. */
export function reading(part: Partial<TelemetryReading> & { readonly homeId: string }): TelemetryReading {
  return {
    gatewayId: 'gw1',
    deviceId: 'd1',
    kind: 'temperature_c',
    atMs: MIDNIGHT_MS,
    offset: ++lastOffset,
    value: 20.5,
    ...part,
  };
}

export function keyOf({ homeId, gatewayId, deviceId, kind }: SeriesKey): SeriesKey {
  return { homeId, gatewayId, deviceId, kind };
}

/** Sums in another order differ in the last digits. */
export function rounded(buckets: readonly Bucket[]): Bucket[] {
  return buckets.map((bucket) => ({
    ...bucket,
    mean: bucket.mean === null ? null : Number(bucket.mean.toPrecision(9)),
  }));
}
