// Thread of the log's writer: takes requests in order and answers each when it is durable, or with the reason why not.
// A thread of its own, because fsync would hold the event loop (100 % of it on a disk with 5 ms fsync).

import { parentPort } from 'node:worker_threads';
import { LogError } from './log-error.ts';
import type { Answer, AnswerOf, WriterRequest } from './sqlite-protocol.ts';
import { asWriteError } from './sqlite-schema.ts';
import { SqliteWriter } from './sqlite-writer.ts';
import { restoreWindow } from './window-restore.ts';

let writer: SqliteWriter | null = null;

function opened(): SqliteWriter {
  if (writer === null) throw new LogError('log-failed', 'the log is not open');
  return writer;
}

function answer(request: WriterRequest): AnswerOf[keyof AnswerOf] {
  switch (request.kind) {
    case 'open':
      writer = new SqliteWriter(request);
      return writer.state();
    case 'restore-window':
      return restoreWindow(request, opened().state());
    case 'commit':
      opened().commit(request);
      return null;
    case 'trim':
      return opened().trim(request.upToOffset);
    case 'checkpoint':
      return opened().checkpoint();
    case 'close':
      opened().close();
      return null;
  }
}

function reply(request: WriterRequest): Answer {
  try {
    return { ok: true, value: answer(request) };
  } catch (error) {
    const { code, message } = error instanceof LogError ? error : asWriteError(error);
    return { ok: false, code, message };
  }
}

parentPort?.on('message', (request: WriterRequest) => {
  parentPort?.postMessage(reply(request));
  if (request.kind === 'close') parentPort?.close();
});
