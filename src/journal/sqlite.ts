// Opens the embedded log: one SQLite file (sqlite-log.ts is it at work). In two steps, because the second takes long
// and needs nothing of the main thread: first the file is ours and a log of this kind, or is refused; then the
// identities of its last entries are read by the writer's thread.

import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { EventLog } from './journal.ts';
import { LogError } from './log-error.ts';
import type { LogState } from './sequencer.ts';
import { SqliteLog, type SqliteLogOptions, WINDOW_FILE_NAME } from './sqlite-log.ts';
import type { CheckpointerRequest, OpenRequest, WriterRequest } from './sqlite-protocol.ts';
import { SqliteReader } from './sqlite-reader.ts';
import { IdentityWindow } from './window.ts';
import { WorkerLink } from './worker-link.ts';

export type { SqliteLogOptions } from './sqlite-log.ts';

export interface OpenedSqliteLog {
  /** The log: about a second later per million entries whose identities have to be read. */
  readonly log: Promise<EventLog>;
}

interface Threads {
  readonly writer: WorkerLink<WriterRequest>;
  readonly checkpointer: WorkerLink<CheckpointerRequest>;
  /** Rejects when one of them crashes; until the log stands nobody else would notice. */
  readonly crashed: Promise<never>;
  /** From now on a crash is told here. */
  onCrash: (error: Error) => void;
}

/** In the data folder. */
export const LOG_FILE_NAME = 'journal.db';
const DEFAULT_BUSY_TIMEOUT_MS = 5_000;

/** Opens or creates the log. Rejects with `LogError`, code 'data-…', 'log-full', 'log-busy' or 'log-failed'. */
export async function createSqliteLog(options: SqliteLogOptions): Promise<EventLog> {
  const { log } = await openSqliteLog(options);
  return log;
}

/** The same, for whoever has something else to do until it stands. Rejects with what refuses the file. */
export async function openSqliteLog(options: SqliteLogOptions): Promise<OpenedSqliteLog> {
  const file = prepareFile(options.folder);
  const threads = startThreads();
  const state = await orEnd(threads, async () => {
    const { writer, checkpointer } = threads;
    const opened = await writer.ask<'open'>(openRequest(file, options));
    await checkpointer.ask<'open-checkpointer'>({ kind: 'open-checkpointer', file });
    return opened;
  });
  const log = orEnd(threads, () => standUp(options, { file, threads, state }));
  // Whoever asks for it is told; nobody may have come to that yet.
  log.catch(() => undefined);
  return { log };
}

function startThreads(): Threads {
  const onCrash = (error: Error): void => threads.onCrash(error);
  const { promise: crashed, reject } = Promise.withResolvers<never>();
  crashed.catch(() => undefined);
  const threads: Threads = {
    writer: new WorkerLink(workerFile('sqlite-worker.ts'), onCrash),
    checkpointer: new WorkerLink(workerFile('checkpoint-worker.ts'), onCrash),
    crashed,
    onCrash: reject,
  };
  return threads;
}

function workerFile(name: string): URL {
  return new URL(`./${name}`, import.meta.url);
}

async function orEnd<T>({ writer, checkpointer, crashed }: Threads, work: () => Promise<T>): Promise<T> {
  try {
    return await Promise.race([work(), crashed]);
  } catch (error) {
    await Promise.all([writer.terminate(), checkpointer.terminate()]);
    throw error;
  }
}

async function standUp(
  options: SqliteLogOptions,
  { file, threads, state }: { file: string; threads: Threads; state: LogState },
): Promise<EventLog> {
  const { writer, checkpointer } = threads;
  const { identitiesPerSource } = options.limits;
  const windowFile = join(options.folder, WINDOW_FILE_NAME);
  const request = { kind: 'restore-window', file, windowFile, identitiesPerSource } as const;
  const { window: memory, unsavedEntries } = await writer.ask<'restore-window'>(request);
  const window = new IdentityWindow(identitiesPerSource, memory);
  const reader = new SqliteReader(file);
  const log = new SqliteLog(options, { writer, checkpointer, reader, state, window, unsavedEntries });
  threads.onCrash = (error) => log.fail(error);
  return log;
}

function openRequest(file: string, options: SqliteLogOptions): OpenRequest {
  return {
    kind: 'open',
    file,
    clockKind: options.clockKind,
    busyTimeoutMs: options.busyTimeoutMs ?? DEFAULT_BUSY_TIMEOUT_MS,
    refusedFrames: options.limits.refusedFrames,
    maxFileBytes: options.maxFileBytes ?? null,
  };
}

/** SQLite gives its side files the mode of the database file, so that is made first. */
function prepareFile(folder: string): string {
  const file = join(folder, LOG_FILE_NAME);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    closeSync(openSync(file, 'a', 0o600));
    return file;
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw new LogError('data-folder-unwritable', `cannot write to the data folder: ${text}`, {
      cause: error,
    });
  }
}
