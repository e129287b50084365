// Drafts and adapters for the tests of the log. Every log made here is closed and its folder removed by `dispose`.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock, Draft, EventLog, RefusedFrame } from '#journal/journal.ts';
import { createSqliteLog, type SqliteLogOptions } from '#journal/sqlite.ts';

export const SMALL_LIMITS = { entriesPerCommit: 50, identitiesPerSource: 4, refusedFrames: 5 };

/** A clock that a test sets. */
export class SetClock implements Clock {
  atMs: number;

  constructor(atMs = 1_000_000) {
    this.atMs = atMs;
  }

  nowMs(): number {
    return this.atMs;
  }
}

/** A draft of source 7 that is recognised by `id`; null: without identity. */
export function draft(id: string | null, { source = 7, withinMs = null as number | null } = {}): Draft {
  return {
    body: {
      type: 'observation',
      gateway: 1,
      device: source,
      deviceId: 'pir-1',
      kind: 'note',
      value: `值 ${id}\n`,
      isLevel: false,
      measuredAtMs: 5,
      isDeviceTime: true,
      eventId: id,
      batteryPct: null,
      isBuffered: false,
    },
    identity: id === null ? null : { source, id, withinMs },
  };
}

export function refusedFrame(
  topic: string,
  gatewayId: string | null = 'gw-1',
  reason = 'bad-json',
): RefusedFrame {
  const payload = Buffer.from(`payload of ${topic}`);
  return { atMs: 9, gatewayId, source: 'mqtt', topic, reason, detail: 'why', payload, payloadBytes: 4000 };
}

export interface FolderOfLogs {
  readonly folder: string;
  readonly fatal: Error[];
  open(options?: Partial<SqliteLogOptions>): Promise<EventLog>;
  dispose(): Promise<void>;
}

/** A temporary data folder in which SQLite logs are opened. */
export function folderOfLogs(parent: string = tmpdir()): FolderOfLogs {
  const folder = mkdtempSync(join(parent, 'shouwang-log-'));
  const fatal: Error[] = [];
  const opened: EventLog[] = [];
  return {
    folder,
    fatal,
    async open(options = {}) {
      const log = await createSqliteLog({
        folder: join(folder, 'data'),
        clock: new SetClock(),
        clockKind: 'live',
        limits: SMALL_LIMITS,
        onFatal: (error) => fatal.push(error),
        ...options,
      });
      opened.push(log);
      return log;
    },
    async dispose() {
      for (const log of opened) await log.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What happened to a promise, without waiting for more than it takes. */
export async function outcomeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'resolved';
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
}
