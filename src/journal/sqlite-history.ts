// The retained log of a SQLite file for back-tests: a connection of its own, for a thread of its own. In WAL mode it
// waits for nobody and nobody for it; every slice is one short read transaction, so checkpoints go on. Checksums are
// not computed here: a flipped bit can change what a back-test says, never what recovery decides.

import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Entry } from '#core/model/entry.ts';
import { parseBody } from './body-text.ts';
import type { HistorySlice, HistorySpan, LogHistory } from './history.ts';
import { LogError } from './log-error.ts';
import { checkRetained } from './read-bounds.ts';

/** Offsets per slice when everything in it becomes an object: some hundred kB. */
const OFFSETS_PER_SLICE = 1_000;
/** When SQLite throws nearly all of it away by itself: some milliseconds. */
const OFFSETS_PER_FILTERED_SLICE = 20_000;

/** `bodyText` of a tick: half the entries of a quiet service. */
const TICK = '{"type":"tick"}';
const SPAN = `SELECT a.offset, a.at_ms, b.offset, b.at_ms
  FROM (SELECT offset, at_ms FROM entry ORDER BY offset LIMIT 1) a,
       (SELECT offset, at_ms FROM entry ORDER BY offset DESC LIMIT 1) b`;
const TRIMMED = "SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'trimmed_offset'";
const AT = 'SELECT at_ms FROM entry WHERE offset = ?';
const ALL = `SELECT offset, at_ms, body FROM entry WHERE offset > ?1 AND offset <= ?2 AND body <> '${TICK}'
  ORDER BY offset`;
const OF_SOURCES = `SELECT offset, at_ms, body FROM entry WHERE offset > ?1 AND offset <= ?2
  AND (source IN (SELECT value FROM json_each(?3)) OR (source IS NULL AND body <> '${TICK}')) ORDER BY offset`;

type Row = readonly [offset: number, atMs: number, body: string];

export function openSqliteHistory(file: string): LogHistory {
  return new SqliteHistory(file);
}

class SqliteHistory implements LogHistory {
  readonly #file: string;
  readonly #db: DatabaseSync;
  readonly #all: StatementSync;
  readonly #ofSources: StatementSync;

  constructor(file: string) {
    this.#file = file;
    this.#db = new DatabaseSync(file, { readOnly: true, timeout: 5_000 });
    this.#all = this.#statement(ALL);
    this.#ofSources = this.#statement(OF_SOURCES);
  }

  span(): HistorySpan | null {
    const row = this.#statement(SPAN).get() as unknown as readonly number[] | undefined;
    if (row === undefined) return null;
    const [firstOffset, firstAtMs, lastOffset, lastAtMs] = row;
    return { firstOffset: firstOffset!, firstAtMs: firstAtMs!, lastOffset: lastOffset!, lastAtMs: lastAtMs! };
  }

  atMsOf(offset: number): number | null {
    const row = this.#statement(AT).get(offset) as unknown as readonly [number] | undefined;
    return row?.[0] ?? null;
  }

  slice(afterOffset: number, lastOffset: number, sources: readonly number[] | null): HistorySlice {
    const size = sources === null ? OFFSETS_PER_SLICE : OFFSETS_PER_FILTERED_SLICE;
    const upToOffset = Math.min(lastOffset, afterOffset + size);
    const rows = this.#rows(afterOffset, upToOffset, sources);
    // After the reading: what was trimmed meanwhile may be missing in it.
    const trimmed = this.#statement(TRIMMED).get() as unknown as readonly [number];
    checkRetained(afterOffset, { firstOffset: trimmed[0] + 1 });
    return { entries: rows.map((row) => this.#entryOf(row)), upToOffset };
  }

  close(): void {
    this.#db.close();
  }

  #rows(afterOffset: number, upToOffset: number, sources: readonly number[] | null): Row[] {
    try {
      const rows =
        sources === null
          ? this.#all.all(afterOffset, upToOffset)
          : this.#ofSources.all(afterOffset, upToOffset, JSON.stringify(sources));
      return rows as unknown as Row[];
    } catch (error) {
      throw this.#corrupt(error instanceof Error ? error.message : String(error), error);
    }
  }

  #entryOf([offset, atMs, body]: Row): Entry {
    try {
      return { offset, atMs, body: parseBody(body) };
    } catch (error) {
      throw this.#corrupt(`entry ${offset} is not what was written`, error);
    }
  }

  #statement(sql: string): StatementSync {
    const statement = this.#db.prepare(sql);
    statement.setReturnArrays(true);
    return statement;
  }

  #corrupt(what: string, cause: unknown): LogError {
    return new LogError('data-file-corrupt', `${this.#file}: ${what}`, { cause });
  }
}
