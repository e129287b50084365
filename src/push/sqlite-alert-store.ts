// AlertStore in SQLite. Durability: the log is the truth and is fsynced; this projection is rebuilt from it
// by offering the effects again, so a commit here needs no fsync (WAL, synchronous=NORMAL: a crash may lose
// the last commits, never tear the file). Before a snapshot lets the log be trimmed, `flush` makes everything
// durable. `record` with no effects only remembers a number; the offset on disk may lag behind, which is safe
// for the same reason. One writer, one connection, on the main thread: reads always see what was recorded.

import { DatabaseSync } from 'node:sqlite';
import type { Effect } from '#core/model/effect.ts';
import type { AlertStore } from './alert-store.ts';
import { prepareSchema } from './alert-store-schema.ts';
import { createAlertReads } from './sqlite-alert-reads.ts';

export interface SqliteAlertStoreOptions {
  /** Path of the database file; its folder must exist. */
  readonly file: string;
  /** Effects that a returning screen may have missed; an older cursor is answered with null. */
  readonly resumableEffects: number;
}

/**
 * 64 MB of WAL. A checkpoint fsyncs, and this thread is the alarm's: checkpoints belong into `flush`; this
 * bound is only there for a service that never cuts a snapshot.
 */
const CHECKPOINT_PAGES = 16_384;

/**
 * Nobody else writes here; another process can only hold a lock for moments, and this thread must not stand.
 */
const BUSY_TIMEOUT_MS = 50;

/** @throws Error when the file cannot be opened or a newer program wrote it. */
export function openSqliteAlertStore(options: SqliteAlertStoreOptions): AlertStore {
  const database = new DatabaseSync(options.file);
  try {
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
    database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    database.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    prepareSchema(database, options.file);
    return { ...createWriter(database), ...createAlertReads(database, options.resumableEffects) };
  } catch (error) {
    database.close();
    throw error;
  }
}

type AlertWrites = Pick<AlertStore, 'record' | 'recordedOffset' | 'flush' | 'close'>;

function createWriter(database: DatabaseSync): AlertWrites {
  const take = createTake(database);
  const savePosition = database.prepare('UPDATE position SET recorded_offset = ?');
  let recorded = Number(database.prepare('SELECT recorded_offset FROM position').get()?.['recorded_offset']);
  let saved = recorded;

  function commit(effects: readonly Effect[], offset: number): void {
    database.exec('BEGIN IMMEDIATE');
    try {
      for (const effect of effects) take(effect);
      savePosition.run(offset);
      database.exec('COMMIT');
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      throw error;
    }
    saved = offset;
  }

  return {
    record(effects, offset) {
      const upTo = Math.max(offset, recorded);
      if (effects.length > 0) commit(effects, upTo);
      recorded = upTo;
    },
    recordedOffset: () => recorded,
    flush() {
      // One commit with FULL syncs the WAL, and with it every commit before: durable even while a backup or
      // an analyst reads, who can hold back a checkpoint for as long as they like.
      database.exec('PRAGMA synchronous = FULL');
      try {
        commit([], recorded);
      } finally {
        database.exec('PRAGMA synchronous = NORMAL');
      }
      // Passive: moves what it can into the file, waits for nobody.
      database.exec('PRAGMA wal_checkpoint(PASSIVE)');
    },
    close() {
      if (saved !== recorded) commit([], recorded);
      database.close();
    },
  };
}

/** Take one effect once: the primary key decides, so a replay after a crash changes nothing. */
function createTake(database: DatabaseSync): (effect: Effect) => void {
  const insertEffect = database.prepare(
    'INSERT INTO effects (offset, idx, alert_id, body) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const upsertAlert = database.prepare(`
    INSERT INTO alerts (id, version, kind, handling, home_id, district_code, raised_at_ms, body)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET version = excluded.version, kind = excluded.kind,
      handling = excluded.handling, home_id = excluded.home_id, district_code = excluded.district_code,
      raised_at_ms = excluded.raised_at_ms, body = excluded.body
    WHERE excluded.version > alerts.version`);

  return (effect) => {
    const alert = effect.type === 'alert' ? effect.alert : null;
    const { changes } = insertEffect.run(
      effect.offset,
      effect.index,
      alert?.id ?? null,
      JSON.stringify(effect),
    );
    if (changes === 0 || !alert) return;
    const { id, version, kind, handling, homeId, districtCode, raisedAtMs } = alert;
    upsertAlert.run(id, version, kind, handling, homeId, districtCode, raisedAtMs, JSON.stringify(alert));
  };
}
