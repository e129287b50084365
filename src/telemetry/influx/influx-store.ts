// TelemetryStore in InfluxDB 1.x, 2.x, 3.x or VictoriaMetrics: which one is configured, and checked before anything is
// written or believed. Nothing is buffered here: a batch is stored, refused line by line, or waits in the log.

import { sortOut } from '../acceptable.ts';
import { encodeName } from '../names.ts';
import { RETENTION_CLASSES, retentionClassOf } from '../retention.ts';
import {
  type RetentionDays,
  TelemetryConfigurationError,
  TelemetryNotSupportedError,
  type TelemetryStore,
  TelemetryUnavailableError,
} from '../telemetry-store.ts';
import { type Detected, detect, type ServerKind } from './detect.ts';
import { listMeasurements, ofHome, readBuckets, readLast, readRange, run } from './influxql.ts';
import { lineOf } from './lines.ts';
import { type LinkOptions, ServerLink, unavailable } from './link.ts';
import { selector } from './metric-points.ts';
import { exportRange, listSeries, newest, rollUp } from './metricsql.ts';
import { type WriteTarget, writeLines } from './write.ts';

const DAY_MS = 86_400_000;
const EVER = { start: '1970-01-01T00:00:00Z', stop: '2200-01-01T00:00:00Z' };

export interface InfluxStoreOptions extends LinkOptions {
  readonly server: ServerKind;
  /** Database (1.x, 3.x) or bucket (2.x); without meaning for VictoriaMetrics. */
  readonly database: string;
  /** 2.x. */
  readonly organization: string | null;
}

export interface InfluxTelemetryStore extends TelemetryStore {
  /**
   * Asks the server what it is. Every call does so first while it is not known. Rejects with
   * `TelemetryConfigurationError` when it is another product than configured, with `TelemetryUnavailableError` when
   * nobody answers.
   */
  connect(): Promise<void>;
}

/** Opens nothing yet. */
export function createInfluxStore(options: InfluxStoreOptions): InfluxTelemetryStore {
  return new InfluxStore(options);
}

class InfluxStore implements InfluxTelemetryStore {
  readonly #options: InfluxStoreOptions;
  readonly #link: ServerLink;
  readonly #target: WriteTarget;
  #detected: Detected | null = null;

  constructor(options: InfluxStoreOptions) {
    this.#options = options;
    this.#link = new ServerLink(options);
    this.#target = { link: this.#link, path: writePath(options), hint: databaseHint(options) };
  }

  get description(): string {
    const { server, database, organization } = this.#options;
    const product = this.#detected?.product ?? `${server} (not reached yet)`;
    if (server === 'victoria-metrics') {
      const limits = 'numbers only, one reading per ms and series';
      const note = this.#detected?.note ?? '';
      return `${product} at ${this.#link.address}: ${limits}${note === '' ? '' : `; ${note}`}`;
    }
    const place =
      server === 'influxdb-2' ? `organization ${organization}, bucket ${database}` : `database ${database}`;
    return `${product} at ${this.#link.address}, ${place}`;
  }

  async connect(): Promise<void> {
    this.#detected ??= await detect(this.#link, this.#options.server);
  }

  async write(batch: Parameters<TelemetryStore['write']>[0]): ReturnType<TelemetryStore['write']> {
    const { accepted, refused } = sortOut(batch);
    const items = accepted.map((reading) => ({ reading, line: lineOf(reading) }));
    return [...refused, ...(await this.#connected(() => writeLines(this.#target, items)))];
  }

  range(query: Parameters<TelemetryStore['range']>[0]): ReturnType<TelemetryStore['range']> {
    if (query.kinds?.length === 0) return Promise.resolve({ readings: [], next: null });
    return this.#connected(() =>
      this.#isMetrics ? exportRange(this.#link, query) : readRange(this.#queries, query),
    );
  }

  downsample(query: Parameters<TelemetryStore['downsample']>[0]): ReturnType<TelemetryStore['downsample']> {
    if (query.kinds?.length === 0) return Promise.resolve([]);
    return this.#connected(() =>
      this.#isMetrics ? rollUp(this.#link, query) : readBuckets(this.#queries, query),
    );
  }

  last(homeId: string): ReturnType<TelemetryStore['last']> {
    return this.#connected(() =>
      this.#isMetrics ? newest(this.#link, homeId) : readLast(this.#queries, homeId),
    );
  }

  series(homeId: string): ReturnType<TelemetryStore['series']> {
    return this.#connected(async () => {
      if (this.#isMetrics) return listSeries(this.#link, homeId);
      const readings = await readLast(this.#queries, homeId);
      return readings.map(({ gatewayId, deviceId, kind }) => ({ homeId, gatewayId, deviceId, kind }));
    });
  }

  eraseHome(homeId: string): Promise<void> {
    return this.#connected(async () => {
      switch (this.#options.server) {
        case 'influxdb-1':
          return run(this.#queries, `DROP SERIES FROM /.*/ WHERE ${ofHome(homeId)}`);
        case 'influxdb-2':
          return this.#delete(`home="${encodeName(homeId)}"`, EVER.stop);
        case 'victoria-metrics':
          return this.#deleteSeries(selector(homeId, null));
        case 'influxdb-3':
          throw new TelemetryNotSupportedError(
            'InfluxDB 3 cannot delete rows: readings of a home end with the retention period of the database',
          );
      }
    });
  }

  retain(nowMs: number, days: RetentionDays): Promise<void> {
    return this.#connected(async () => {
      if (this.#options.server === 'influxdb-3' || this.#isMetrics) {
        throw new TelemetryNotSupportedError(
          `${this.description} keeps everything equally long: set its retention period`,
        );
      }
      const kinds = await listMeasurements(this.#queries);
      for (const retention of RETENTION_CLASSES) {
        const beforeMs = nowMs - days[retention] * DAY_MS;
        for (const kind of kinds)
          if (retentionClassOf(kind) === retention) await this.#dropBefore(kind, beforeMs);
      }
    });
  }

  async close(): Promise<void> {
    this.#link.close();
  }

  get #isMetrics(): boolean {
    return this.#options.server === 'victoria-metrics';
  }

  get #queries(): { link: ServerLink; database: string } {
    return { link: this.#link, database: this.#options.database };
  }

  /** After an outage it is asked again: something else may have been started at the address meanwhile. */
  async #connected<T>(work: () => Promise<T>): Promise<T> {
    try {
      await this.connect();
      return await work();
    } catch (error) {
      if (error instanceof TelemetryUnavailableError) this.#detected = null;
      // At start this is fatal, and `connect` says so. Later the service stays up and telemetry waits.
      if (error instanceof TelemetryConfigurationError) throw new TelemetryUnavailableError(error.message);
      throw error;
    }
  }

  #dropBefore(kind: string, beforeMs: number): Promise<void> {
    if (beforeMs <= 0) return Promise.resolve();
    if (this.#options.server === 'influxdb-1') {
      return run(this.#queries, `DELETE FROM "${encodeName(kind)}" WHERE time < ${beforeMs}ms`);
    }
    return this.#delete(`_measurement="${encodeName(kind)}"`, new Date(beforeMs - 1).toISOString());
  }

  async #delete(predicate: string, stop: string): Promise<void> {
    const parameters = new URLSearchParams({
      org: this.#options.organization ?? '',
      bucket: this.#options.database,
    });
    const body = JSON.stringify({ start: EVER.start, stop, predicate });
    const reply = await this.#link.ask({
      path: `/api/v2/delete?${parameters}`,
      body,
      contentType: 'application/json',
    });
    if (reply.status !== 204) throw unavailable(this.#link.address, reply, 'deletion');
  }

  async #deleteSeries(match: string): Promise<void> {
    const form = new URLSearchParams({ 'match[]': match });
    const reply = await this.#link.ask({ path: '/api/v1/admin/tsdb/delete_series', form });
    if (reply.status !== 204) throw unavailable(this.#link.address, reply, 'deletion');
  }
}

function writePath({ server, database, organization }: InfluxStoreOptions): string {
  if (server === 'influxdb-1') return `/write?${new URLSearchParams({ db: database, precision: 'ns' })}`;
  const parameters = new URLSearchParams({ org: organization ?? '', bucket: database, precision: 'ns' });
  return `/api/v2/write?${parameters}`;
}

function databaseHint({ server, database }: InfluxStoreOptions): string {
  if (server === 'influxdb-1') return `is there a database "${database}"? CREATE DATABASE "${database}"`;
  return server === 'influxdb-2' ? `is there a bucket "${database}"?` : '';
}
