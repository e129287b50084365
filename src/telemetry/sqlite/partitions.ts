// The partitions: one database file per retention class and UTC day of measurement, so that retention is deleting
// files. Inside, blocks ordered by home, so that a home's day is read from a few neighbouring pages. Written when
// sealing only, hence without a WAL: a file is whole by itself.

import { readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { RETENTION_CLASSES, type RetentionClass } from '../retention.ts';
import { emptyColumn, inOrder, packBlock, unpackBlock } from './block.ts';
import { asUnavailable, inTransaction, isDamaged, isPassing, openFile } from './open-file.ts';

export const DAY_MS = 86_400_000;
/** Open at a time: two days of every class in writing, a month of one class in reading, and some. */
const OPEN_MAX = 64;

const TABLES = `
  CREATE TABLE block (
    home INTEGER NOT NULL,
    series INTEGER NOT NULL,
    from_ms INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (home, series, from_ms)
  ) STRICT, WITHOUT ROWID;
`;
const PRAGMAS = 'PRAGMA page_size=8192; PRAGMA cache_size=-1024; PRAGMA journal_mode=DELETE;';
const NAME = /^([a-z]+)-(\d{4}-\d\d-\d\d)\.db$/;

export interface Block {
  readonly home: number;
  readonly series: number;
  readonly fromMs: number;
  readonly body: Uint8Array;
}

/** Days since 1970. */
export function dayOf(atMs: number): number {
  return Math.floor(atMs / DAY_MS);
}

export class Partitions {
  readonly #folder: string;
  /** Least recently used first. */
  readonly #open = new Map<string, DatabaseSync>();
  readonly #days = new Map<RetentionClass, Set<number>>();
  readonly #damaged: string[] = [];

  constructor(folder: string) {
    this.#folder = folder;
    for (const retention of RETENTION_CLASSES) this.#days.set(retention, new Set());
    for (const name of readdirSync(folder)) {
      const [, retention, date] = NAME.exec(name) ?? [];
      const days = this.#days.get(retention as RetentionClass);
      if (days !== undefined) days.add(dayOf(Date.parse(`${date}T00:00:00Z`)));
    }
  }

  /** Oldest first. */
  days(retention: RetentionClass): number[] {
    return [...this.#days.get(retention)!].sort((a, b) => a - b);
  }

  /** Files that were damaged and set aside since the start. */
  get damaged(): readonly string[] {
    return this.#damaged;
  }

  /**
   * All or nothing, durable when it returns. A damaged file is set aside for whoever may repair it: it must not hold up
   * what comes.
   */
  put(retention: RetentionClass, day: number, blocks: readonly Block[]): void {
    try {
      this.#insert(retention, day, blocks);
    } catch (error) {
      if (!isDamaged(error)) throw error;
      this.#setAside(retention, day);
      this.#insert(retention, day, blocks);
    }
  }

  /** A block that begins where another does is united with it. */
  #insert(retention: RetentionClass, day: number, blocks: readonly Block[]): void {
    this.#use(retention, day, (db) => {
      const insert = db.prepare('INSERT OR IGNORE INTO block VALUES (?, ?, ?, ?)');
      inTransaction(db, () => {
        for (const block of blocks) {
          const { changes } = insert.run(block.home, block.series, block.fromMs, block.body);
          if (Number(changes) === 0) unite(db, block);
        }
      });
    });
    this.#days.get(retention)!.add(day);
  }

  /** Blocks of the home; none when there is no such partition. */
  read(
    retention: RetentionClass,
    day: number,
    home: number,
  ): { readonly series: number; readonly body: Uint8Array }[] {
    if (!this.#days.get(retention)!.has(day)) return [];
    return this.#use(retention, day, (db) => {
      const rows = db
        .prepare('SELECT series, body FROM block WHERE home = ? ORDER BY series, from_ms')
        .all(home);
      return rows.map((row) => ({ series: Number(row['series']), body: row['body'] as Uint8Array }));
    });
  }

  drop(retention: RetentionClass, day: number): void {
    const path = this.#path(retention, day);
    this.#open.get(path)?.close();
    this.#open.delete(path);
    for (const suffix of ['', '-journal']) rmSync(path + suffix, { force: true });
    this.#days.get(retention)!.delete(day);
  }

  /** True when there was something. The file is rewritten, so that no free page holds what was erased. */
  eraseHome(retention: RetentionClass, day: number, home: number): boolean {
    return this.#use(retention, day, (db) => {
      if (Number(db.prepare('DELETE FROM block WHERE home = ?').run(home).changes) === 0) return false;
      db.exec('VACUUM');
      return true;
    });
  }

  #setAside(retention: RetentionClass, day: number): void {
    const path = this.#path(retention, day);
    this.#open.get(path)?.close();
    this.#open.delete(path);
    // A journal belongs to the damaged file, and would be played into the new one.
    rmSync(`${path}-journal`, { force: true });
    renameSync(path, `${path}.damaged-${Date.now()}`);
    this.#damaged.push(path);
  }

  close(): void {
    for (const db of this.#open.values()) db.close();
    this.#open.clear();
  }

  #path(retention: RetentionClass, day: number): string {
    return join(this.#folder, `${retention}-${new Date(day * DAY_MS).toISOString().slice(0, 10)}.db`);
  }

  #use<T>(retention: RetentionClass, day: number, work: (db: DatabaseSync) => T): T {
    const path = this.#path(retention, day);
    const db = this.#open.get(path) ?? openFile(path, { tables: TABLES, pragmas: PRAGMAS });
    this.#open.delete(path);
    this.#open.set(path, db);
    if (this.#open.size > OPEN_MAX) this.#closeOldest();
    try {
      return work(db);
    } catch (error) {
      if (!isPassing(error)) {
        this.#open.delete(path);
        db.close();
      }
      throw asUnavailable(error, path);
    }
  }

  #closeOldest(): void {
    const [path, db] = this.#open.entries().next().value!;
    this.#open.delete(path);
    db.close();
  }
}

/** Late readings, or a sealing that a crash cut off and that is done again. */
function unite(db: DatabaseSync, { home, series, fromMs, body }: Block): void {
  const column = emptyColumn();
  const row = db
    .prepare('SELECT body FROM block WHERE home = ? AND series = ? AND from_ms = ?')
    .get(home, series, fromMs);
  unpackBlock(row!['body'] as Uint8Array, column);
  unpackBlock(body, column);
  const update = db.prepare('UPDATE block SET body = ? WHERE home = ? AND series = ? AND from_ms = ?');
  update.run(packBlock(inOrder(column)), home, series, fromMs);
}
