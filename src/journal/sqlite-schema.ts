// The file of the log: pragmas, tables, and the refusals when it is not ours to write. Runs in the writer's thread.
// WAL with synchronous=FULL: each commit is one fsync of the WAL, and readers never wait. NORMAL would lose
// acknowledged rows at power loss (reliability reference, 1.9). Checkpoints are ours to time (wal-keeper.ts).

import { DatabaseSync } from 'node:sqlite';
import { LogError, type LogErrorCode } from './log-error.ts';
import type { LogState } from './sequencer.ts';
import type { ClockKind, OpenRequest } from './sqlite-protocol.ts';

/** 2: readings are short arrays (body-text.ts); rows of 1 stay as they are and are read as well. */
export const SCHEMA_VERSION = 2;
export const PAGE_BYTES = 4096;
/** "SWLG": tells our file from any other database. */
const APPLICATION_ID = 0x53574c47;

const TABLES = `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE entry (
    offset INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    source INTEGER,
    id_a INTEGER,
    id_b INTEGER,
    checksum INTEGER NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  CREATE TABLE refused (
    id INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    gateway_id TEXT,
    source TEXT NOT NULL,
    topic TEXT NOT NULL,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL,
    payload_bytes INTEGER NOT NULL,
    payload BLOB NOT NULL
  ) STRICT;
`;

/** Opens or creates the log. Throws `LogError`. */
export function openDatabase(request: OpenRequest): DatabaseSync {
  let db: DatabaseSync | null = null;
  try {
    db = new DatabaseSync(request.file, { timeout: request.busyTimeoutMs });
    checkIsOurs(db, request.file);
    configure(db, request);
    const version = storedMeta(db, 'schema_version');
    if (version === null) create(db, request.clockKind);
    else checkMeta(db, Number(version), request);
    // Heals what an earlier failed fsync may have left in the page cache only: it is all written and synced anew.
    truncateWal(db);
    return db;
  } catch (error) {
    if (db?.isOpen) db.close();
    throw asOpenError(error, request.file);
  }
}

/** Copies the WAL into the database file and empties it. A full disk or a lock postpones that: no harm is done. */
export function truncateWal(db: DatabaseSync): void {
  try {
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } catch (error) {
    if (!asWriteError(error).isRecoverable) throw error;
  }
}

function checkIsOurs(db: DatabaseSync, file: string): void {
  const id = numberOf(db, 'PRAGMA application_id');
  const tables = numberOf(db, 'SELECT count(*) FROM sqlite_schema');
  if (id === APPLICATION_ID || (id === 0 && tables === 0)) return;
  throw new LogError('data-file-foreign', `${file} is a database, but not a log of this service`);
}

function configure(db: DatabaseSync, { maxFileBytes }: OpenRequest): void {
  db.exec(`PRAGMA page_size=${PAGE_BYTES}`);
  db.exec('PRAGMA journal_mode=WAL');
  const mode = db.prepare('PRAGMA journal_mode').get()?.['journal_mode'];
  if (mode !== 'wal') throw new LogError('log-failed', `the file system cannot do WAL (mode is ${mode})`);
  db.exec('PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0');
  if (maxFileBytes !== null) db.exec(`PRAGMA max_page_count=${Math.floor(maxFileBytes / PAGE_BYTES)}`);
}

function create(db: DatabaseSync, clockKind: ClockKind): void {
  db.exec('BEGIN IMMEDIATE');
  db.exec(`PRAGMA application_id=${APPLICATION_ID}; ${TABLES}`);
  const insert = db.prepare('INSERT INTO meta VALUES (?, ?)');
  insert.run('schema_version', String(SCHEMA_VERSION));
  insert.run('clock_kind', clockKind);
  insert.run('trimmed_offset', '0');
  insert.run('trimmed_at_ms', '0');
  db.exec('COMMIT');
}

function checkMeta(db: DatabaseSync, version: number, { file, clockKind }: OpenRequest): void {
  if (version > SCHEMA_VERSION) {
    const message = `${file} was written by a newer version (schema ${version}, this one knows ${SCHEMA_VERSION})`;
    throw new LogError('data-file-newer', message);
  }
  const stored = storedMeta(db, 'clock_kind');
  if (stored !== clockKind) {
    const message = `${file} belongs to a service on the ${stored} clock`;
    throw new LogError('data-clock-kind', `${message}; refusing to open it on the ${clockKind} clock`);
  }
  // Before the first row that an older program could not read.
  if (version < SCHEMA_VERSION)
    db.prepare("UPDATE meta SET value = ? WHERE name = 'schema_version'").run(String(SCHEMA_VERSION));
}

function storedMeta(db: DatabaseSync, name: string): string | null {
  if (numberOf(db, "SELECT count(*) FROM sqlite_schema WHERE name = 'meta'") === 0) return null;
  const value = db.prepare('SELECT value FROM meta WHERE name = ?').get(name)?.['value'];
  return value === undefined ? null : String(value);
}

function numberOf(db: DatabaseSync, sql: string): number {
  return Number(Object.values(db.prepare(sql).get() ?? {})[0]);
}

/** Where the log stands. Throws 'data-file-corrupt' when entries are missing in the middle or at the start. */
export function stateOf(db: DatabaseSync, file: string): LogState {
  const trimmedOffset = Number(storedMeta(db, 'trimmed_offset'));
  const trimmedAtMs = Number(storedMeta(db, 'trimmed_at_ms'));
  const last = db.prepare('SELECT offset, at_ms FROM entry ORDER BY offset DESC LIMIT 1').get();
  const firstOffset = trimmedOffset + 1;
  if (last === undefined) return { firstOffset, lastOffset: trimmedOffset, lastAtMs: trimmedAtMs };
  const oldest = numberOf(db, 'SELECT min(offset) FROM entry');
  if (oldest !== firstOffset) {
    throw new LogError(
      'data-file-corrupt',
      `${file}: entry ${firstOffset} is missing, the oldest is ${oldest}`,
    );
  }
  return { firstOffset, lastOffset: Number(last['offset']), lastAtMs: Number(last['at_ms']) };
}

interface SqliteError extends Error {
  readonly errcode: number;
}

function isSqliteError(error: unknown): error is SqliteError {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number';
}

/** Primary result codes of SQLite that say more about an open than about a commit. */
const OPEN_CODES: ReadonlyMap<number, LogErrorCode> = new Map([
  [8, 'data-folder-unwritable'],
  [11, 'data-file-corrupt'],
  [14, 'data-folder-unwritable'],
  [26, 'data-file-foreign'],
]);

function asOpenError(error: unknown, file: string): LogError {
  if (error instanceof LogError) return error;
  const failure = asWriteError(error);
  const code = isSqliteError(error) ? OPEN_CODES.get(error.errcode & 0xff) : undefined;
  return new LogError(code ?? failure.code, `cannot open ${file}: ${failure.message}`, { cause: error });
}

/** SQLITE_IOERR_SHMSIZE: the WAL index cannot grow. The disk is full, although SQLite says I/O error. */
const IOERR_SHMSIZE = 4874;

/** A commit or a checkpoint failed. Only "no space" and "locked" leave the log alive. */
export function asWriteError(error: unknown): LogError {
  const text = error instanceof Error ? error.message : String(error);
  if (!isSqliteError(error)) return new LogError('log-failed', text, { cause: error });
  const primary = error.errcode & 0xff;
  const message = `${text} (SQLite ${error.errcode})`;
  if (primary === 13 || error.errcode === IOERR_SHMSIZE)
    return new LogError('log-full', message, { cause: error });
  if (primary === 5 || primary === 6) return new LogError('log-busy', message, { cause: error });
  return new LogError('log-failed', message, { cause: error });
}
