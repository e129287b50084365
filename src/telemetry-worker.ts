// Part of the composition root: the telemetry thread. Reads the log through read-only connections of its own, so the
// threads that take alarms do nothing for telemetry; where the machine is busy it yields to them.

import { existsSync, renameSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import type { Entry } from '#core/model/entry.ts';
import { SqliteReader } from '#journal/sqlite-reader.ts';
import { stateOf } from '#journal/sqlite-schema.ts';
import { yieldToOthers } from '#ops/thread-priority.ts';
import type { EntrySource } from '#telemetry/entry-source.ts';
import { Progress } from '#telemetry/progress.ts';
import { serveTelemetry } from '#telemetry/serve.ts';
import { TelemetryService } from '#telemetry/service.ts';
import { SYSTEM_TIMER } from '#telemetry/timer.ts';
import { isStoreEmpty, openTelemetryStore, type TelemetrySettings } from './telemetry-settings.ts';

export interface TelemetryWorkerData extends TelemetrySettings {
  /** The data folder. */
  readonly folder: string;
}

/** Linux knows a priority per thread: with few cores telemetry yields to the alarm's threads. */
yieldToOthers(10);

/** The last of the disk is for the log: on a large one some hundred MB, on a small one a share. */
const RESERVE_BYTES = 200_000_000;
const RESERVE_SHARE = 0.05;

function hasRoom(folder: string): boolean {
  const { bavail, blocks, bsize } = statfsSync(folder);
  return bavail * bsize > Math.min(RESERVE_BYTES, blocks * bsize * RESERVE_SHARE);
}

function openSource(file: string): EntrySource {
  const reader = new SqliteReader(file);
  const db = new DatabaseSync(file, { readOnly: true, timeout: 1_000 });
  const newest = db.prepare('SELECT max(offset) AS offset FROM entry');
  return {
    async position() {
      // One view of the log, also while it is being trimmed.
      db.exec('BEGIN');
      try {
        return stateOf(db, file);
      } finally {
        db.exec('COMMIT');
      }
    },
    async read(afterOffset, limit) {
      const lastOffset = Number(newest.get()?.['offset'] ?? 0);
      const entries: Entry[] = [];
      for (;;) {
        // Slices are short transactions: a long one would keep the write-ahead log from beginning anew.
        const slice = reader.slice(afterOffset + entries.length, lastOffset, limit - entries.length);
        for (const entry of slice) entries.push(entry);
        if (slice.length === 0 || entries.length >= limit) return entries;
      }
    },
  };
}

/** A file that cannot be used is set aside: telemetry begins with the oldest entry again, which changes nothing. */
function openProgress(file: string): { readonly progress: Progress; readonly setAside: string | null } {
  try {
    return { progress: new Progress(file), setAside: null };
  } catch (error) {
    const aside = `${file}.broken`;
    for (const ending of ['', '-wal', '-shm']) {
      if (existsSync(file + ending)) renameSync(file + ending, aside + ending);
    }
    const setAside = `${String(error)}; moved to ${aside}, erasures recorded in it have to be asked for again`;
    return { progress: new Progress(file), setAside };
  }
}

const { folder, store, storeId, retention } = workerData as TelemetryWorkerData;
const { progress, setAside } = openProgress(join(folder, 'telemetry-cursor.db'));

if (parentPort !== null) {
  serveTelemetry(parentPort, (passage) => {
    if (setAside !== null) passage.onEvent({ type: 'cursor-lost', reason: setAside });
    return new TelemetryService({
      ...passage,
      source: openSource(join(folder, 'journal.db')),
      progress,
      storeId,
      isStoreEmpty: isStoreEmpty(store),
      openStore: () => openTelemetryStore(store),
      hasRoom: () => hasRoom(folder),
      retention,
      timer: SYSTEM_TIMER,
      random: Math.random,
    });
  });
}
