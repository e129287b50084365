// The service's files as they lie on disk, read without a line of the service's own code: a copy of the log and of the
// alert store, so that the audit can change nothing. Checks on the way what every row of the log promises by itself:
// offsets without gaps, time that never goes back, a checksum that fits.

import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import type { Entry, EntryBody } from '#core/model/entry.ts';

export interface StoredEffect {
  readonly offset: number;
  readonly index: number;
  /** As stored, to the byte. */
  readonly body: string;
}

export interface StoredAlert {
  readonly id: string;
  readonly body: string;
}

export class StoredFiles {
  readonly #folder: string;
  readonly #log: DatabaseSync;
  readonly #alerts: DatabaseSync;

  /** The service that owns `folder` must not be running. */
  constructor(folder: string) {
    this.#folder = mkdtempSync(join(tmpdir(), 'shouwang-audit-'));
    for (const name of ['journal.db', 'alerts.db']) {
      for (const ending of ['', '-wal']) {
        const file = join(folder, `${name}${ending}`);
        if (existsSync(file)) copyFileSync(file, join(this.#folder, `${name}${ending}`));
      }
    }
    this.#log = new DatabaseSync(join(this.#folder, 'journal.db'));
    this.#alerts = new DatabaseSync(join(this.#folder, 'alerts.db'));
  }

  *entries(report: (violation: string) => void): Generator<Entry> {
    for (const db of [this.#log, this.#alerts]) {
      const answer = Object.values(db.prepare('PRAGMA integrity_check').get() ?? {})[0];
      if (answer !== 'ok') report(`a database is damaged: ${String(answer)}`);
    }
    const rows = this.#log.prepare('SELECT * FROM entry ORDER BY offset').iterate();
    let last = { offset: 0, atMs: 0 };
    for (const row of rows) {
      const entry = entryOf(row, report);
      if (entry.offset !== last.offset + 1) report(`the log has a gap: ${last.offset}, then ${entry.offset}`);
      if (entry.atMs < last.atMs) report(`time goes back at offset ${entry.offset}`);
      last = entry;
      yield entry;
    }
  }

  *effects(): Generator<StoredEffect> {
    const rows = this.#alerts.prepare('SELECT offset, idx, body FROM effects ORDER BY offset, idx').iterate();
    for (const { offset, idx, body } of rows) {
      yield { offset: Number(offset), index: Number(idx), body: String(body) };
    }
  }

  alerts(): StoredAlert[] {
    const rows = this.#alerts.prepare('SELECT id, body FROM alerts').all();
    return rows.map(({ id, body }) => ({ id: String(id), body: String(body) }));
  }

  /** The last offset whose effects the alert store has. */
  recordedOffset(): number {
    return Number(this.#alerts.prepare('SELECT recorded_offset AS at FROM position').get()?.['at'] ?? 0);
  }

  dispose(): void {
    this.#log.close();
    this.#alerts.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function entryOf(row: Record<string, unknown>, report: (violation: string) => void): Entry {
  const { offset, at_ms: atMs, source, id_a: idA, id_b: idB, checksum, body } = row;
  if (crc32(`${offset},${atMs},${source},${idA},${idB},${body}`) !== checksum) {
    report(`the checksum of entry ${offset} does not fit`);
  }
  return { offset: Number(offset), atMs: Number(atMs), body: bodyOf(JSON.parse(String(body))) };
}

/** A reading is an array: gateway, device, device id, kind, value, time, flags, event id, battery. */
function bodyOf(stored: EntryBody | readonly unknown[]): EntryBody {
  if (!Array.isArray(stored)) return stored as EntryBody;
  const [gateway, device, deviceId, kind, value, measuredAtMs, flags, eventId, batteryPct] = stored;
  const reading = { gateway, device, deviceId, kind, value, measuredAtMs, eventId, batteryPct };
  const said = { isLevel: (flags & 1) > 0, isDeviceTime: (flags & 2) > 0, isBuffered: (flags & 4) > 0 };
  return { type: 'observation', ...reading, ...said };
}
