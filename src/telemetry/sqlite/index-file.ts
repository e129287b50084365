// index.db: the dictionary of homes and series, and the newest readings as segments, one per batch, in the order they
// came. A batch costs one row and one fsync however many homes it is about: sorting by home is left to sealing
// (sqlite-store.ts). The dictionary gives meaning to every partition: the folder is backed up as a whole.

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { decodeName, encodeName } from '../names.ts';
import { retentionClassOf } from '../retention.ts';
import type { SeriesKey } from '../telemetry-store.ts';
import { inTransaction, openFile } from './open-file.ts';

/** Series remembered in memory, about 200 bytes each; more are looked up. */
const REMEMBERED_SERIES = 200_000;

const TABLES = `
  CREATE TABLE home (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE series (
    id INTEGER PRIMARY KEY,
    home INTEGER NOT NULL REFERENCES home,
    gateway TEXT NOT NULL,
    device TEXT NOT NULL,
    kind TEXT NOT NULL,
    class TEXT NOT NULL,
    last_at_ms INTEGER NOT NULL DEFAULT -1,
    UNIQUE (home, gateway, device, kind)
  ) STRICT;
  CREATE TABLE segment (id INTEGER PRIMARY KEY AUTOINCREMENT, body BLOB NOT NULL) STRICT;
`;
// Exclusive: a second service on the folder would not see this one's readings, and is refused.
const PRAGMAS = 'PRAGMA auto_vacuum=INCREMENTAL; PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL;';

export interface StoredSeries extends SeriesKey {
  readonly id: number;
  readonly home: number;
  /** Newest reading in a partition; -1 when there is none. */
  readonly lastAtMs: number;
}

export class IndexFile {
  readonly #db: DatabaseSync;
  readonly #remembered = new Map<string, StoredSeries>();
  readonly #homeByName: StatementSync;
  readonly #seriesByKey: StatementSync;
  readonly #seriesOfHome: StatementSync;
  readonly #seriesById: StatementSync;
  readonly #addHome: StatementSync;
  readonly #addSeries: StatementSync;
  readonly #addSegment: StatementSync;

  constructor(path: string) {
    this.#db = openFile(path, { tables: TABLES, pragmas: PRAGMAS });
    const columns =
      'series.id, home, home.name, gateway, device, kind, last_at_ms FROM series JOIN home ON home.id = series.home';
    this.#homeByName = this.#db.prepare('SELECT id FROM home WHERE name = ?');
    this.#seriesByKey = this.#db.prepare(
      `SELECT ${columns} WHERE home = ? AND gateway = ? AND device = ? AND kind = ?`,
    );
    this.#seriesOfHome = this.#db.prepare(`SELECT ${columns} WHERE home.name = ?`);
    this.#seriesById = this.#db.prepare(`SELECT ${columns} WHERE series.id = ?`);
    this.#addHome = this.#db.prepare('INSERT INTO home (name) VALUES (?)');
    this.#addSeries = this.#db.prepare(
      'INSERT INTO series (home, gateway, device, kind, class) VALUES (?, ?, ?, ?, ?)',
    );
    this.#addSegment = this.#db.prepare('INSERT INTO segment (body) VALUES (?)');
  }

  /** New series and the segment made of them, all or nothing; durable when it returns. */
  append(makeSegment: () => Uint8Array): number {
    try {
      return inTransaction(this.#db, () => Number(this.#addSegment.run(makeSegment()).lastInsertRowid));
    } catch (error) {
      // Series of the rolled-back transaction have numbers that others will get.
      this.#remembered.clear();
      throw error;
    }
  }

  segments(): { readonly id: number; readonly body: Uint8Array }[] {
    const rows = this.#db.prepare('SELECT id, body FROM segment ORDER BY id').all();
    return rows.map((row) => ({ id: Number(row['id']), body: row['body'] as Uint8Array }));
  }

  /** Everything up to `lastSegment` is in partitions now. */
  sealed(lastSegment: number, newestAtMs: ReadonlyMap<number, number>): void {
    inTransaction(this.#db, () => {
      const update = this.#db.prepare('UPDATE series SET last_at_ms = max(last_at_ms, ?) WHERE id = ?');
      for (const [id, atMs] of newestAtMs) update.run(atMs, id);
      this.#db.prepare('DELETE FROM segment WHERE id <= ?').run(lastSegment);
    });
    this.#remembered.clear();
    // The room of the segments goes back to the disk.
    this.#db.exec('PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(TRUNCATE);');
  }

  homeNumber(homeId: string): number | null {
    const row = this.#homeByName.get(encodeName(homeId));
    return row === undefined ? null : Number(row['id']);
  }

  /** The series, made when it is new: only inside `append`. */
  seriesFor(key: SeriesKey): StoredSeries {
    const { homeId, gatewayId, deviceId, kind } = key;
    const lengths = `${homeId.length} ${gatewayId.length} ${deviceId.length} `;
    const name = lengths + homeId + gatewayId + deviceId + kind;
    const known = this.#remembered.get(name);
    if (known !== undefined) return known;
    if (this.#remembered.size >= REMEMBERED_SERIES) this.#remembered.clear();
    const home = this.homeNumber(homeId) ?? Number(this.#addHome.run(encodeName(homeId)).lastInsertRowid);
    const names = [gatewayId, deviceId, kind].map(encodeName);
    const row = this.#seriesByKey.get(home, ...names);
    const series = row === undefined ? this.#create(home, key) : asSeries(row);
    this.#remembered.set(name, series);
    return series;
  }

  seriesOfHome(homeId: string): StoredSeries[] {
    return this.#seriesOfHome.all(encodeName(homeId)).map(asSeries);
  }

  seriesById(id: number): StoredSeries | null {
    const row = this.#seriesById.get(id);
    return row === undefined ? null : asSeries(row);
  }

  /** Series of a class that have had nothing since, and homes that have no series. */
  forgetBefore(retention: string, beforeMs: number): void {
    inTransaction(this.#db, () => {
      this.#db.prepare('DELETE FROM series WHERE class = ? AND last_at_ms < ?').run(retention, beforeMs);
      this.#db.exec('DELETE FROM home WHERE id NOT IN (SELECT home FROM series)');
    });
    this.#remembered.clear();
  }

  /** Rewrites the file, so that no free page and no WAL holds what was erased. */
  eraseHome(home: number): void {
    inTransaction(this.#db, () => {
      this.#db.prepare('DELETE FROM series WHERE home = ?').run(home);
      this.#db.prepare('DELETE FROM home WHERE id = ?').run(home);
    });
    this.#remembered.clear();
    this.#db.exec('VACUUM; PRAGMA wal_checkpoint(TRUNCATE);');
  }

  close(): void {
    this.#db.close();
  }

  #create(home: number, { homeId, gatewayId, deviceId, kind }: SeriesKey): StoredSeries {
    const names = [gatewayId, deviceId, kind].map(encodeName);
    const added = this.#addSeries.run(home, ...names, retentionClassOf(kind));
    return { id: Number(added.lastInsertRowid), home, homeId, gatewayId, deviceId, kind, lastAtMs: -1 };
  }
}

function asSeries(row: Record<string, unknown>): StoredSeries {
  return {
    id: Number(row['id']),
    home: Number(row['home']),
    homeId: decodeName(String(row['name'])),
    gatewayId: decodeName(String(row['gateway'])),
    deviceId: decodeName(String(row['device'])),
    kind: decodeName(String(row['kind'])),
    lastAtMs: Number(row['last_at_ms']),
  };
}
