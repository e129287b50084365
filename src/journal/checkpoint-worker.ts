// Thread that copies the write-ahead log into the database file while the writer goes on committing. On the writer's
// own connection this would be the p99 of every commit (limits reference, section 3).

import { DatabaseSync } from 'node:sqlite';
import { parentPort } from 'node:worker_threads';
import { yieldToOthers } from '#ops/thread-priority.ts';
import { LogError } from './log-error.ts';
import type { Answer, AnswerOf, CheckpointerRequest } from './sqlite-protocol.ts';
import { asWriteError } from './sqlite-schema.ts';
import { checkpointPassively } from './sqlite-writer.ts';

let db: DatabaseSync | null = null;

/** Linux knows a priority per thread: on a machine with few cores the copying yields to the alarm's threads. */
yieldToOthers(10);

function answer(request: CheckpointerRequest): AnswerOf[keyof AnswerOf] {
  if (request.kind === 'open-checkpointer') {
    db = new DatabaseSync(request.file);
    db.exec('PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0');
    // The schema is read now, so that the first checkpoint waits for nothing.
    db.prepare('SELECT count(*) FROM meta').get();
    return null;
  }
  if (db === null) throw new LogError('log-failed', 'the log is not open');
  if (request.kind === 'checkpoint') return checkpointPassively(db);
  db.close();
  return null;
}

function reply(request: CheckpointerRequest): Answer {
  try {
    return { ok: true, value: answer(request) };
  } catch (error) {
    const { code, message } = error instanceof LogError ? error : asWriteError(error);
    return { ok: false, code, message };
  }
}

parentPort?.on('message', (request: CheckpointerRequest) => {
  parentPort?.postMessage(reply(request));
  if (request.kind === 'close') parentPort?.close();
});
