// Tables of the SQLite alert store. `effects` is the history, one row per effect; `alerts` is the newest
// state of each alert; `position` holds the offset. Bodies are JSON; columns beside them exist only to be
// searched.

import type { DatabaseSync } from 'node:sqlite';

/** `PRAGMA user_version`; a higher one was written by a newer program. */
const SCHEMA_VERSION = 1;

const TABLES = `
  CREATE TABLE effects (
    offset INTEGER NOT NULL,
    idx INTEGER NOT NULL,
    alert_id TEXT,
    body TEXT NOT NULL,
    PRIMARY KEY (offset, idx)
  ) WITHOUT ROWID;
  CREATE INDEX effects_of_alert ON effects (alert_id, offset, idx) WHERE alert_id IS NOT NULL;
  CREATE TABLE alerts (
    id TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    kind TEXT NOT NULL,
    handling TEXT NOT NULL,
    home_id TEXT,
    district_code TEXT NOT NULL,
    raised_at_ms INTEGER NOT NULL,
    body TEXT NOT NULL
  );
  CREATE INDEX alerts_by_time ON alerts (raised_at_ms, id);
  CREATE INDEX alerts_of_home ON alerts (home_id, raised_at_ms, id) WHERE home_id IS NOT NULL;
  CREATE INDEX alerts_open ON alerts (raised_at_ms, id) WHERE handling <> 'closed';
  CREATE TABLE position (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), recorded_offset INTEGER NOT NULL);
  INSERT INTO position VALUES (1, 0);
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

/** @throws Error when a newer program wrote the file: an older one would show its alerts wrongly. */
export function prepareSchema(database: DatabaseSync, file: string): void {
  const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
  if (version === SCHEMA_VERSION) return;
  if (version !== 0) {
    throw new Error(`${file} has alert store version ${version}; this program knows ${SCHEMA_VERSION}`);
  }
  database.exec(`BEGIN; ${TABLES} COMMIT;`);
}
