// A database file of this store: opened with the pragmas it needs, refused when it is not ours, and its errors as
// what the caller can do about them.

import { DatabaseSync } from 'node:sqlite';
import { TelemetryUnavailableError } from '../telemetry-store.ts';

/** "SWTL": tells our files from any other database. */
const APPLICATION_ID = 0x5357544c;
const SCHEMA_VERSION = 1;
/** SQLITE_BUSY, SQLITE_LOCKED, SQLITE_FULL: the connection is as good as before. */
const PASSING_CODES = [5, 6, 13];

/** SQLITE_CORRUPT, SQLITE_NOTADB. */
const DAMAGED_CODES = [11, 26];

export interface FileKind {
  /** Statements that make the tables of an empty file. */
  readonly tables: string;
  readonly pragmas: string;
}

/** Throws `TelemetryUnavailableError`. */
export function openFile(path: string, { tables, pragmas }: FileKind): DatabaseSync {
  let db: DatabaseSync | null = null;
  try {
    db = new DatabaseSync(path);
    // FULL: what is reported as stored is on disk, so the cursor of the log may go on behind it.
    // secure_delete: what is erased is overwritten with zeros, not only forgotten.
    db.exec(`${pragmas} PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; PRAGMA temp_store=MEMORY;`);
    if (numberOf(db, 'SELECT count(*) FROM sqlite_schema') === 0) create(db, tables);
    checkIsOurs(db, path);
    return db;
  } catch (error) {
    if (db?.isOpen) db.close();
    throw asUnavailable(error, path);
  }
}

function create(db: DatabaseSync, tables: string): void {
  const marks = `PRAGMA application_id=${APPLICATION_ID}; PRAGMA user_version=${SCHEMA_VERSION};`;
  db.exec(`BEGIN IMMEDIATE; ${marks} ${tables} COMMIT;`);
}

function checkIsOurs(db: DatabaseSync, path: string): void {
  if (numberOf(db, 'PRAGMA application_id') !== APPLICATION_ID) {
    throw new Error(`${path} is a database, but not one of telemetry`);
  }
  const version = numberOf(db, 'PRAGMA user_version');
  if (version !== SCHEMA_VERSION)
    throw new Error(`${path} has schema ${version}, this version knows ${SCHEMA_VERSION}`);
}

export function numberOf(db: DatabaseSync, sql: string): number {
  return Number(Object.values(db.prepare(sql).get() ?? {})[0]);
}

export function inTransaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

/** The file itself is no database any more: trying again cannot help. */
export function isDamaged(error: unknown): boolean {
  return hasCode(error, DAMAGED_CODES) || (error instanceof Error && hasCode(error.cause, DAMAGED_CODES));
}

/** False after a failed write or fsync: then the connection must not be used again (reliability reference, 1.16). */
export function isPassing(error: unknown): boolean {
  return hasCode(error, PASSING_CODES);
}

function hasCode(error: unknown, codes: readonly number[]): boolean {
  return error instanceof Error && 'errcode' in error && codes.includes(Number(error.errcode) & 0xff);
}

export function asUnavailable(error: unknown, path: string): TelemetryUnavailableError {
  if (error instanceof TelemetryUnavailableError) return error;
  const code = error instanceof Error && 'errcode' in error ? ` (SQLite ${error.errcode})` : '';
  const text = error instanceof Error ? error.message : String(error);
  return new TelemetryUnavailableError(`${path}: ${text}${code}`, { cause: error });
}
