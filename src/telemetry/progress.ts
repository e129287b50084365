// What the telemetry writer remembers, in a small SQLite file of its own: up to where the log is in the store, and the
// directory of ids as of that place, changed together in one transaction after the store accepted a batch. A crash
// before it repeats the batch, which changes nothing in the store; so every reading is there exactly once.
// Also kept here: readings no store takes (bounded), what had to be shed, our own outages, and erasures.
// synchronous=FULL: the log is trimmed behind this cursor, so it must not go back at a power loss.

import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import type { BatteryRow, DirectoryRows, GatewayRow, HomeRow } from './device-homes.ts';
import type { Span } from './encode.ts';
import type { RefusedReading, TelemetryReading } from './telemetry-store.ts';

/** Refused readings kept for inspection; the oldest go first, all are counted. */
export const REFUSED_KEPT = 1_000;
/** Of a refused text so much is kept: enough to recognise it, and a flood of large ones stays small. */
const REFUSED_CHARACTERS = 2_000;
/** Own outages and gaps kept: a service that restarts every hour for a year has fewer. */
const SPANS_KEPT = 10_000;
/** "SWTP" */
const APPLICATION_ID = 0x53575450;
const SCHEMA_VERSION = 1;

const TABLES = `
  CREATE TABLE state (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE home (home INTEGER PRIMARY KEY, home_id TEXT NOT NULL, devices TEXT NOT NULL) STRICT;
  CREATE TABLE gateway (
    gateway INTEGER PRIMARY KEY, gateway_id TEXT NOT NULL, home INTEGER, online INTEGER
  ) STRICT;
  CREATE TABLE battery (device INTEGER PRIMARY KEY, percent REAL NOT NULL) STRICT;
  CREATE TABLE outage (id INTEGER PRIMARY KEY, from_ms INTEGER NOT NULL, to_ms INTEGER NOT NULL) STRICT;
  CREATE TABLE gap (
    id INTEGER PRIMARY KEY, first_offset INTEGER NOT NULL, last_offset INTEGER NOT NULL,
    from_ms INTEGER NOT NULL, to_ms INTEGER NOT NULL, reason TEXT NOT NULL
  ) STRICT;
  CREATE TABLE erasure (
    home_id TEXT PRIMARY KEY, up_to_offset INTEGER NOT NULL, at_ms INTEGER NOT NULL, state TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE refused (
    id INTEGER PRIMARY KEY, home_id TEXT NOT NULL, gateway_id TEXT NOT NULL, device_id TEXT NOT NULL,
    kind TEXT NOT NULL, at_ms INTEGER NOT NULL, offset INTEGER NOT NULL, value TEXT NOT NULL, reason TEXT NOT NULL
  ) STRICT;
`;

export type GapReason = 'shed' | 'trimmed';

/** Entries of the log that never reached the store. */
export interface Gap extends Span {
  readonly firstOffset: number;
  readonly lastOffset: number;
  readonly reason: GapReason;
}

/** `pending`: the store could not be reached yet. `unsupported`: it cannot delete; what is old is hidden by us. */
export type ErasureState = 'pending' | 'done' | 'unsupported';

export interface Erasure {
  readonly homeId: string;
  /** Readings of entries up to here are never written again. */
  readonly upToOffset: number;
  readonly atMs: number;
  readonly state: ErasureState;
}

export interface KeptRefusedReading extends RefusedReading {
  readonly id: number;
}

export interface Commit {
  readonly cursor: number;
  readonly cursorAtMs: number;
  readonly writtenCount: number;
  readonly refused: readonly RefusedReading[];
  readonly outages: readonly Span[];
  readonly directory: DirectoryRows;
  readonly gap: Gap | null;
}

export interface Counts {
  readonly written: number;
  readonly refused: number;
  /** Entries of the log that were given up because the disk was needed. */
  readonly shedEntries: number;
}

export class Progress {
  readonly #db: DatabaseSync;
  readonly #erasures = new Map<string, Erasure>();
  #cursor: number;
  #cursorAtMs: number;
  #counts: Counts;

  /** @param file ':memory:' keeps nothing. @throws when the file is not ours. */
  constructor(file: string) {
    this.#db = open(file);
    this.#cursor = this.#number('cursor');
    this.#cursorAtMs = this.#number('cursor_at_ms');
    this.#counts = {
      written: this.#number('written'),
      refused: this.#number('refused'),
      shedEntries: this.#number('shed_entries'),
    };
    for (const row of this.#all('SELECT home_id, up_to_offset, at_ms, state FROM erasure')) {
      const [homeId, upToOffset, atMs, state] = row as [string, number, number, ErasureState];
      this.#erasures.set(homeId, { homeId, upToOffset, atMs, state });
    }
  }

  /** Everything up to here is in the store, was refused, or is a recorded gap. */
  get cursor(): number {
    return this.#cursor;
  }

  /** Time of the entry at the cursor; 0 before the first. */
  get cursorAtMs(): number {
    return this.#cursorAtMs;
  }

  get counts(): Counts {
    return this.#counts;
  }

  /** The store that the cursor is about; null in a new file. */
  get storeId(): string | null {
    return this.#text('store_id');
  }

  directory(): DirectoryRows {
    return {
      homes: this.#each('SELECT home, home_id, devices FROM home', ([home, homeId, devices]) => {
        return { home, homeId, devices: JSON.parse(devices as string) } as HomeRow;
      }),
      gateways: this.#each('SELECT gateway, gateway_id, home, online FROM gateway', (row) => {
        const [gateway, gatewayId, home, online] = row;
        return { gateway, gatewayId, home, online: online === null ? null : online === 1 } as GatewayRow;
      }),
      batteries: this.#each('SELECT device, percent FROM battery', ([device, percent]) => {
        return { device, percent } as BatteryRow;
      }),
    };
  }

  /** The cursor is about another store from now on, which knows nothing yet. Erasures and the directory stay. */
  begin(storeId: string): void {
    this.#transaction(() => {
      for (const table of ['state', 'battery', 'outage', 'gap', 'refused']) this.#run(`DELETE FROM ${table}`);
      this.#run('UPDATE gateway SET online = NULL');
      this.#set('store_id', storeId);
    });
    this.#cursor = 0;
    this.#cursorAtMs = 0;
    this.#counts = { written: 0, refused: 0, shedEntries: 0 };
  }

  commit(commit: Commit): void {
    const counts = this.#countsAfter(commit);
    this.#transaction(() => {
      this.#set('cursor', commit.cursor);
      this.#set('cursor_at_ms', commit.cursorAtMs);
      this.#set('written', counts.written);
      this.#set('refused', counts.refused);
      this.#set('shed_entries', counts.shedEntries);
      this.#saveDirectory(commit.directory);
      this.#saveSpans(commit);
      this.#saveRefused(commit.refused);
    });
    this.#cursor = commit.cursor;
    this.#cursorAtMs = commit.cursorAtMs;
    this.#counts = counts;
  }

  /** Own outages and gaps that touch the span, oldest first. */
  outages({ fromMs, toMs }: Span): Span[] {
    return this.#spans('SELECT from_ms, to_ms FROM outage WHERE to_ms > ? AND from_ms < ?', fromMs, toMs);
  }

  gaps({ fromMs, toMs }: Span): Span[] {
    return this.#spans('SELECT from_ms, to_ms FROM gap WHERE to_ms > ? AND from_ms < ?', fromMs, toMs);
  }

  /** Newest first. */
  refused(beforeId: number | null, limit: number): KeptRefusedReading[] {
    const sql = `SELECT id, home_id, gateway_id, device_id, kind, at_ms, offset, value, reason FROM refused
      WHERE ?1 IS NULL OR id < ?1 ORDER BY id DESC LIMIT ?2`;
    return this.#all(sql, beforeId, limit).map((row) => {
      const [id, homeId, gatewayId, deviceId, kind, atMs, offset, value, reason] = row;
      const reading = { homeId, gatewayId, deviceId, kind, atMs, offset, value: JSON.parse(value as string) };
      return { id: id as number, reason: reason as string, reading: reading as TelemetryReading };
    });
  }

  erasures(state: ErasureState): Erasure[] {
    return [...this.#erasures.values()].filter((erasure) => erasure.state === state);
  }

  erasureOf(homeId: string): Erasure | null {
    return this.#erasures.get(homeId) ?? null;
  }

  /** Keeps an erasure, and forgets what of the home is kept here. */
  erase(erasure: Erasure): void {
    const { homeId, upToOffset, atMs, state } = erasure;
    this.#transaction(() => {
      this.#run('INSERT OR REPLACE INTO erasure VALUES (?, ?, ?, ?)', homeId, upToOffset, atMs, state);
      this.#run('DELETE FROM refused WHERE home_id = ?', homeId);
    });
    this.#erasures.set(homeId, erasure);
  }

  isErased({ homeId, offset }: Pick<TelemetryReading, 'homeId' | 'offset'>): boolean {
    return this.#erasures.size > 0 && offset <= (this.#erasures.get(homeId)?.upToOffset ?? 0);
  }

  close(): void {
    if (this.#db.isOpen) this.#db.close();
  }

  #countsAfter({ writtenCount, refused, gap }: Commit): Counts {
    const shed = gap?.reason === 'shed' ? gap.lastOffset - gap.firstOffset + 1 : 0;
    return {
      written: this.#counts.written + writtenCount,
      refused: this.#counts.refused + refused.length,
      shedEntries: this.#counts.shedEntries + shed,
    };
  }

  #saveDirectory({ homes, gateways, batteries }: DirectoryRows): void {
    for (const { home, homeId, devices } of homes) {
      this.#run('INSERT OR REPLACE INTO home VALUES (?, ?, ?)', home, homeId, JSON.stringify(devices));
    }
    for (const { gateway, gatewayId, home, online } of gateways) {
      const said = online === null ? null : Number(online);
      this.#run('INSERT OR REPLACE INTO gateway VALUES (?, ?, ?, ?)', gateway, gatewayId, home, said);
    }
    for (const { device, percent } of batteries) {
      this.#run('INSERT OR REPLACE INTO battery VALUES (?, ?)', device, percent);
    }
  }

  #saveSpans({ outages, gap }: Commit): void {
    for (const { fromMs, toMs } of outages) {
      this.#run('INSERT INTO outage (from_ms, to_ms) VALUES (?, ?)', fromMs, toMs);
      this.#run('DELETE FROM outage WHERE id <= (SELECT max(id) FROM outage) - ?', SPANS_KEPT);
    }
    if (gap === null) return;
    const { firstOffset, lastOffset, fromMs, toMs, reason } = gap;
    const columns = 'first_offset, last_offset, from_ms, to_ms, reason';
    const sql = `INSERT INTO gap (${columns}) VALUES (?, ?, ?, ?, ?)`;
    this.#run(sql, firstOffset, lastOffset, fromMs, toMs, reason);
    this.#run('DELETE FROM gap WHERE id <= (SELECT max(id) FROM gap) - ?', SPANS_KEPT);
  }

  #saveRefused(refused: readonly RefusedReading[]): void {
    // Of a flood only the newest can stay; do not write what would be deleted at once.
    for (const { reading, reason } of refused.slice(-REFUSED_KEPT)) {
      const { homeId, gatewayId, deviceId, kind, atMs, offset, value } = reading;
      const columns = 'home_id, gateway_id, device_id, kind, at_ms, offset, value, reason';
      const sql = `INSERT INTO refused (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`;
      const at = Number.isSafeInteger(atMs) ? atMs : 0;
      this.#run(sql, homeId, gatewayId, deviceId, kind, at, offset, shortened(value), reason);
    }
    if (refused.length === 0) return;
    this.#run('DELETE FROM refused WHERE id <= (SELECT max(id) FROM refused) - ?', REFUSED_KEPT);
  }

  #spans(sql: string, fromMs: number, toMs: number): Span[] {
    return this.#all(`${sql} ORDER BY from_ms`, fromMs, toMs).map(([from, to]) => {
      return { fromMs: from as number, toMs: to as number };
    });
  }

  #transaction(change: () => void): void {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      change();
      this.#db.exec('COMMIT');
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
  }

  #text(name: string): string | null {
    const [row] = this.#all('SELECT value FROM state WHERE name = ?', name);
    return row === undefined ? null : String(row[0]);
  }

  #number(name: string): number {
    return Number(this.#text(name) ?? 0);
  }

  #set(name: string, value: string | number): void {
    this.#run('INSERT OR REPLACE INTO state VALUES (?, ?)', name, String(value));
  }

  readonly #statements = new Map<string, ReturnType<DatabaseSync['prepare']>>();

  #run(sql: string, ...values: SQLInputValue[]): void {
    this.#statement(sql).run(...values);
  }

  /** One after the other: all at once may be more than the thread has room for. */
  *#each<T>(sql: string, asRow: (values: SQLInputValue[]) => T): Generator<T> {
    for (const values of this.#statement(sql).iterate()) yield asRow(values as unknown as SQLInputValue[]);
  }

  #all(sql: string, ...values: SQLInputValue[]): SQLInputValue[][] {
    return this.#statement(sql).all(...values) as unknown as SQLInputValue[][];
  }

  #statement(sql: string): ReturnType<DatabaseSync['prepare']> {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#db.prepare(sql);
      statement.setReturnArrays(true);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

function shortened(value: unknown): string {
  const json = JSON.stringify(value) ?? 'null';
  return json.length <= REFUSED_CHARACTERS ? json : JSON.stringify(json.slice(0, REFUSED_CHARACTERS));
}

function open(file: string): DatabaseSync {
  const db = new DatabaseSync(file, { timeout: 5_000 });
  try {
    const id = Number(Object.values(db.prepare('PRAGMA application_id').get() ?? {})[0]);
    const version = Number(Object.values(db.prepare('PRAGMA user_version').get() ?? {})[0]);
    const tables = Number(Object.values(db.prepare('SELECT count(*) FROM sqlite_schema').get() ?? {})[0]);
    if (id === 0 && tables === 0) create(db);
    else if (id !== APPLICATION_ID) throw new Error(`${file} is a database of something else`);
    else if (version > SCHEMA_VERSION) throw new Error(`${file} was written by a newer version (${version})`);
    db.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL');
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function create(db: DatabaseSync): void {
  db.exec(`BEGIN IMMEDIATE; PRAGMA application_id=${APPLICATION_ID}; PRAGMA user_version=${SCHEMA_VERSION};
    ${TABLES} COMMIT`);
}
