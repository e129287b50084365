// Kysely over node:sqlite: one connection, one writer, every statement short and synchronous.
// Everything that only SQLite knows is here and in migrations/; the queries elsewhere also run on PostgreSQL.
// Transactions begin IMMEDIATE: a transaction that reads first must not fail half-way for want of the write lock.

import { closeSync, openSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import type { RegistryTables } from './schema.ts';

/** While opening, the process before may still be closing; nothing else runs yet, so waiting harms nobody. */
const OPEN_BUSY_TIMEOUT_MS = 5_000;
/** In service a wait stops the whole process, alarms too: fail the change instead, the API says so. */
const SERVICE_BUSY_TIMEOUT_MS = 250;
/** Distinct statements are about a hundred; the bound only stops a mistake from growing without end. */
const CACHED_STATEMENTS = 300;

interface Prepared {
  readonly statement: StatementSync;
  /** Empty: it answers no rows. */
  readonly columns: readonly string[];
}

export function openConnection(file: string): DatabaseSync {
  // Names and addresses are in it: made for the owner only; SQLite gives its -wal and -shm files the same mode.
  if (file !== ':memory:') closeSync(openSync(file, 'a', 0o600));
  const database = new DatabaseSync(file, { timeout: OPEN_BUSY_TIMEOUT_MS });
  try {
    database.exec('pragma journal_mode = wal');
    // A change is acknowledged only when it is on disk, power loss included.
    database.exec('pragma synchronous = full');
    database.exec('pragma foreign_keys = on');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

export function shortenBusyTimeout(database: DatabaseSync): void {
  database.exec(`pragma busy_timeout = ${SERVICE_BUSY_TIMEOUT_MS}`);
}

export function kyselyOver(database: DatabaseSync): Kysely<RegistryTables> {
  const dialect: Dialect = {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new NodeSqliteDriver(database),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
  return new Kysely<RegistryTables>({ dialect });
}

class NodeSqliteDriver implements Driver {
  readonly #database: DatabaseSync;
  readonly #connection: NodeSqliteConnection;
  #busy: Promise<void> | null = null;
  #free: () => void = () => {};

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#connection = new NodeSqliteConnection(database);
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    while (this.#busy !== null) await this.#busy;
    this.#busy = new Promise((resolve) => {
      this.#free = resolve;
    });
    return this.#connection;
  }

  async releaseConnection(): Promise<void> {
    this.#busy = null;
    this.#free();
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'));
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    // On a full disk or an I/O error SQLite has rolled back by itself; a second one would hide the cause.
    if (this.#database.isTransaction) await connection.executeQuery(CompiledQuery.raw('rollback'));
  }

  async destroy(): Promise<void> {
    if (this.#database.isOpen) this.#database.close();
  }
}

class NodeSqliteConnection implements DatabaseConnection {
  readonly #database: DatabaseSync;
  readonly #prepared = new Map<string, Prepared>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const { statement, columns } = this.#prepare(query.sql);
    const parameters = query.parameters as readonly SQLInputValue[];
    if (columns.length > 0) {
      const rows = statement.all(...parameters) as unknown as readonly unknown[][];
      return { rows: rows.map((row) => asObject(columns, row)) as R[] };
    }
    const { changes, lastInsertRowid } = statement.run(...parameters);
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
  }

  streamQuery(): never {
    throw new Error('the registry reads in pages, it does not stream');
  }

  #prepare(sql: string): Prepared {
    const known = this.#prepared.get(sql);
    if (known !== undefined) return known;
    if (this.#prepared.size >= CACHED_STATEMENTS) this.#prepared.clear();
    const statement = this.#database.prepare(sql);
    // The objects that node:sqlite makes are dictionaries, slow to make and to read: a fifth of the time of a start.
    statement.setReturnArrays(true);
    const prepared = { statement, columns: statement.columns().map(({ name }) => name) };
    this.#prepared.set(sql, prepared);
    return prepared;
  }
}

function asObject(columns: readonly string[], row: readonly unknown[]): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (let i = 0; i < columns.length; i++) object[columns[i]!] = row[i];
  return object;
}
