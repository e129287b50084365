// Part of the composition root: everything that is kept, opened in one order. The folder is locked first; what was
// opened is pushed to `closers`, so that a failed start closes it again.

import { join } from 'node:path';
import { LIMITS } from '#config/limits.ts';
import type { Config } from '#config/schema.ts';
import type { EventLog } from '#journal/journal.ts';
import { createMemoryLog } from '#journal/memory.ts';
import {
  createFileSnapshotStore,
  createMemorySnapshotStore,
  type SnapshotStore,
} from '#journal/snapshots.ts';
import { LOG_FILE_NAME, openSqliteLog } from '#journal/sqlite.ts';
import { usedLogBytes } from '#journal/sqlite-size.ts';
import { lockFolder } from '#ops/folder-lock.ts';
import type { Logger } from '#ops/log.ts';
import type { AlertStore } from '#push/alert-store.ts';
import { createMemoryAlertStore } from '#push/memory-alert-store.ts';
import { openSqliteAlertStore } from '#push/sqlite-alert-store.ts';
import type { Registry } from '#registry/registry.ts';
import { openSqliteRegistry } from '#registry/sqlite/open.ts';
import type { LiveClock, RecordingClock } from '#runtime/clock.ts';

export interface Stores {
  readonly log: EventLog;
  readonly alerts: AlertStore;
  readonly snapshots: SnapshotStore;
  readonly registry: Registry;
  /** Disk that the log uses; null: it is in memory. */
  readonly usedLogBytes: (() => number) | null;
  /** Where a back-test reads it; null: it is in memory. */
  readonly logFile: string | null;
}

export interface StoreParts {
  readonly config: Config;
  readonly clock: LiveClock | RecordingClock;
  readonly logger: Logger;
  readonly onFatal: (error: Error) => void;
  /** What to close, newest last. */
  readonly closers: (() => unknown)[];
}

export function openStores(parts: StoreParts): Promise<Stores> {
  return parts.config.journal === 'memory' ? openInMemory(parts) : openInFolder(parts);
}

async function openInMemory({ clock, onFatal, closers }: StoreParts): Promise<Stores> {
  const log = createMemoryLog({ clock, limits: LIMITS, onFatal });
  closers.push(() => log.close());
  const alerts = createMemoryAlertStore({ resumableEffects: LIMITS.resumableEffects });
  const registry = await openSqliteRegistry({ file: ':memory:', keyFile: ':memory:', clock: WALL });
  closers.push(() => registry.close());
  return { log, alerts, snapshots: createMemorySnapshotStore(), registry, usedLogBytes: null, logFile: null };
}

async function openInFolder({ config, clock, logger, onFatal, closers }: StoreParts): Promise<Stores> {
  const folder = config.dataDir;
  const lock = lockFolder(folder);
  closers.push(() => lock.release());
  const opened = await openSqliteLog({
    folder,
    clock,
    clockKind: config.clock,
    limits: LIMITS,
    onFatal,
    onNotice: (notice) => logger.warn(notice, 'log'),
  });
  // Its thread still reads; the registry is opened meanwhile, and not before the log was found to be ours.
  // A log that does not come has ended its threads itself.
  closers.push(() =>
    opened.log.then(
      (log) => log.close(),
      () => undefined,
    ),
  );
  const { resumableEffects } = LIMITS;
  const alerts = openSqliteAlertStore({ file: join(folder, 'alerts.db'), resumableEffects });
  closers.push(() => alerts.close());
  const snapshots = createFileSnapshotStore({
    folder: join(folder, 'snapshots'),
    onBroken: (file, reason) => logger.error({ file, reason }, 'broken snapshot set aside'),
  });
  const registry = await openSqliteRegistry({
    file: join(folder, 'registry.db'),
    keyFile: join(folder, 'server.key'),
    clock: WALL,
  });
  closers.push(() => registry.close());
  const log = await opened.log;
  const logFile = join(folder, LOG_FILE_NAME);
  return { log, alerts, snapshots, registry, usedLogBytes: () => usedLogBytes(folder), logFile };
}

/** Ages, sessions and the audit trail go by the wall clock, also beside a replayed recording. */
const WALL = { nowMs: () => Date.now() };
