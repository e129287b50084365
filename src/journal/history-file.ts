// The log's file as a back-test reads it: a connection of its own, for a thread of its own. Every slice is one short
// read transaction, so checkpoints go on. Checksums are not computed here: a flipped bit can change what a back-test
// says, never what recovery decides.

import type { StatementSync } from 'node:sqlite';
import type { HistorySpan } from './history.ts';
import type { LogError } from './log-error.ts';
import { checkRetained } from './read-bounds.ts';
import { ReadConnection } from './read-connection.ts';

/** Entries per slice: some hundred kB. */
const ENTRIES_MAX = 1_000;
/** Offsets per slice, when SQLite throws nearly all of them away by itself: some milliseconds. */
const OFFSETS_MAX = 20_000;

const TIMEOUT_MS = 5_000;

/** `bodyText` of a tick: half the entries of a quiet service. */
const TICK = '{"type":"tick"}';
const SPAN = `SELECT a.offset, a.at_ms, b.offset, b.at_ms
  FROM (SELECT offset, at_ms FROM entry ORDER BY offset LIMIT 1) a,
       (SELECT offset, at_ms FROM entry ORDER BY offset DESC LIMIT 1) b`;
const TRIMMED = "SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'trimmed_offset'";
const AT = 'SELECT at_ms FROM entry WHERE offset = ?';
const ALL = `SELECT offset, at_ms, body FROM entry WHERE offset > ?1 AND offset <= ?2 AND body <> '${TICK}'
  ORDER BY offset LIMIT ${ENTRIES_MAX}`;
const OF_SOURCES = `SELECT offset, at_ms, body FROM entry WHERE offset > ?1 AND offset <= ?2
  AND (source IN (SELECT value FROM json_each(?3)) OR (source IS NULL AND body <> '${TICK}'))
  ORDER BY offset LIMIT ${ENTRIES_MAX}`;

/** What is read, as in `LogHistory.slice`. */
export interface HistoryRange {
  readonly afterOffset: number;
  readonly lastOffset: number;
  readonly sources: readonly number[] | null;
}

/** Entries in a form that crosses to another thread as fast as memory is copied. */
export interface RawSlice {
  /** Of each entry: offset, time in ms, and where in `text` its body ends. */
  readonly numbers: Float64Array<ArrayBuffer>;
  /** All bodies, one after the other. */
  readonly text: string;
  /** All entries up to here were looked at. */
  readonly upToOffset: number;
}
export const NUMBERS_PER_ENTRY = 3;

type Row = readonly [offset: number, atMs: number, body: string];

export class HistoryFile {
  readonly #connection: ReadConnection;
  readonly #all: StatementSync;
  readonly #ofSources: StatementSync;

  constructor(file: string) {
    this.#connection = new ReadConnection(file, TIMEOUT_MS);
    this.#all = this.#connection.statement(ALL);
    this.#ofSources = this.#connection.statement(OF_SOURCES);
  }

  span(): HistorySpan | null {
    const row = this.#connection.statement(SPAN).get() as unknown as readonly number[] | undefined;
    if (row === undefined) return null;
    const [firstOffset, firstAtMs, lastOffset, lastAtMs] = row;
    return { firstOffset: firstOffset!, firstAtMs: firstAtMs!, lastOffset: lastOffset!, lastAtMs: lastAtMs! };
  }

  atMsOf(offset: number): number | null {
    const row = this.#connection.statement(AT).get(offset) as unknown as readonly [number] | undefined;
    return row?.[0] ?? null;
  }

  /** The beginning of that range. @throws LogError 'offset-trimmed', 'data-file-corrupt' */
  slice(range: HistoryRange): RawSlice {
    const endOffset = Math.min(range.lastOffset, range.afterOffset + OFFSETS_MAX);
    const rows = this.#rows(range, endOffset);
    // After the reading: what was trimmed meanwhile may be missing in it.
    const trimmed = this.#connection.statement(TRIMMED).get() as unknown as readonly [number];
    checkRetained(range.afterOffset, { firstOffset: trimmed[0] + 1 });
    const upToOffset = rows.length < ENTRIES_MAX ? endOffset : rows.at(-1)![0];
    return { numbers: numbersOf(rows), text: rows.map(([, , body]) => body).join(''), upToOffset };
  }

  /** The error for a body that cannot be read. */
  corruptEntry(offset: number, cause: unknown): LogError {
    return this.#connection.corrupt(`entry ${offset} is not what was written`, cause);
  }

  close(): void {
    this.#connection.close();
  }

  #rows({ afterOffset, sources }: HistoryRange, endOffset: number): Row[] {
    if (sources === null) return this.#connection.all(this.#all, afterOffset, endOffset);
    return this.#connection.all(this.#ofSources, afterOffset, endOffset, JSON.stringify(sources));
  }
}

function numbersOf(rows: readonly Row[]): Float64Array<ArrayBuffer> {
  const numbers = new Float64Array(rows.length * NUMBERS_PER_ENTRY);
  let at = 0;
  let end = 0;
  for (const [offset, atMs, body] of rows) {
    end += body.length;
    numbers[at++] = offset;
    numbers[at++] = atMs;
    numbers[at++] = end;
  }
  return numbers;
}
