// The limits of the benchmark `telemetry`: what one would write without a product. SQLite: one table, one prepared
// insert. InfluxDB: the official client as it comes, given finished lines, and bare HTTP for queries.

import { statSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { InfluxDB } from '@influxdata/influxdb-client';
import type { TelemetryReading } from '#telemetry/telemetry-store.ts';
import { homeName, LAST_DAY_MS, START_MS } from './telemetry-load.ts';

const HOUR_MS = 3_600_000;

export interface Subject {
  write(batch: readonly TelemetryReading[]): Promise<unknown>;
  /** The raw readings of a home's last day; answers how many. */
  day(home: number): Promise<number>;
  /** A home's month by the hour; answers how many buckets. */
  month(home: number): Promise<number>;
}

/** Times and values by series, nothing else; durable per batch as ours is. */
export class BareTable implements Subject {
  readonly #db: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #series = new Map<string, number>();
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
    this.#db = new DatabaseSync(path);
    this.#db.exec(`PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;
      CREATE TABLE reading (series INTEGER, at INTEGER, value REAL, PRIMARY KEY (series, at)) WITHOUT ROWID`);
    this.#insert = this.#db.prepare('INSERT OR REPLACE INTO reading VALUES (?, ?, ?)');
  }

  async write(batch: readonly TelemetryReading[]): Promise<void> {
    this.#db.exec('BEGIN');
    for (const { homeId, deviceId, atMs, value } of batch) {
      this.#insert.run(this.#numberOf(`${homeId} ${deviceId}`), atMs, Number(value));
    }
    this.#db.exec('COMMIT');
  }

  async day(home: number): Promise<number> {
    const sql = `SELECT series, at, value FROM reading WHERE series IN (${this.#seriesOf(home)}) AND at >= ?`;
    return this.#db.prepare(sql).all(LAST_DAY_MS).length;
  }

  async month(home: number): Promise<number> {
    const sql = `SELECT series, at / ${HOUR_MS} AS hour, count(*), min(value), max(value), avg(value) FROM reading
      WHERE series IN (${this.#seriesOf(home)}) AND at >= ? GROUP BY series, hour`;
    return this.#db.prepare(sql).all(START_MS).length;
  }

  byteCount(): number {
    this.#db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    return statSync(this.#path).size;
  }

  close(): void {
    this.#db.close();
  }

  #seriesOf(home: number): string {
    const name = `${homeName(home)} `;
    return [...this.#series].flatMap(([key, number]) => (key.startsWith(name) ? [number] : [])).join(',');
  }

  #numberOf(key: string): number {
    const known = this.#series.get(key);
    if (known !== undefined) return known;
    this.#series.set(key, this.#series.size);
    return this.#series.size - 1;
  }
}

/** Lines are made before the clock runs: `prepare`. */
export class BareClient implements Subject {
  readonly #url: string;
  readonly #database: string;
  #lines: string[] = [];

  constructor(url: string, database: string) {
    this.#url = url;
    this.#database = database;
  }

  prepare(lines: string[]): void {
    this.#lines = lines;
  }

  async write(): Promise<void> {
    const api = new InfluxDB({ url: this.#url }).getWriteApi('', '', 'ns', {
      batchSize: this.#lines.length + 1,
      flushInterval: 0,
      maxRetries: 0,
    });
    api.path = `/write?db=${this.#database}&precision=ns`;
    api.writeRecords(this.#lines);
    await api.flush();
    await api.close();
  }

  day(home: number): Promise<number> {
    const where = `"home" = '${homeName(home)}' AND time >= ${LAST_DAY_MS}ms`;
    return this.#query(`SELECT "value", "on" FROM /.*/ WHERE ${where} GROUP BY "device"`);
  }

  month(home: number): Promise<number> {
    const columns = ['count', 'min', 'max', 'mean'].flatMap((name) => [`${name}("value")`, `${name}("on")`]);
    const where = `"home" = '${homeName(home)}' AND time >= ${START_MS}ms AND time < ${LAST_DAY_MS + 24 * HOUR_MS}ms`;
    return this.#query(
      `SELECT ${columns.join(', ')} FROM /.*/ WHERE ${where} GROUP BY "device", time(1h) fill(none)`,
    );
  }

  async #query(statement: string): Promise<number> {
    const body = new URLSearchParams({ db: this.#database, q: statement, epoch: 'ms' });
    const response = await fetch(`${this.#url}/query`, { method: 'POST', body });
    const { results } = (await response.json()) as { results: [{ series?: { values: unknown[] }[] }] };
    return (results[0].series ?? []).reduce((sum, { values }) => sum + values.length, 0);
  }
}
