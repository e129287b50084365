// Thread that reads the log for a back-test, ahead of it: told where to begin, it sends slice after slice, one for each
// time it is asked for one more.

import { workerData } from 'node:worker_threads';
import { yieldToOthers } from '#ops/thread-priority.ts';
import { HistoryFile, type HistoryRange } from './history-file.ts';
import type { SliceAnswer, SliceRequest, SliceThreadData } from './history-thread.ts';
import { LogError } from './log-error.ts';

const { file, port, answered }: SliceThreadData = workerData;
/** The last of all, as the back-test itself. */
yieldToOthers(19);
let history: HistoryFile | null = null;
let range: HistoryRange = { afterOffset: 0, lastOffset: 0, sources: null };

function next(): SliceAnswer {
  try {
    // Opened here: what goes wrong is an answer too, and whoever waits for one hears of it at once.
    history ??= new HistoryFile(file);
    const slice = history.slice(range);
    range = { ...range, afterOffset: slice.upToOffset };
    return { ok: true, slice };
  } catch (error) {
    if (error instanceof LogError) return { ok: false, code: error.code, message: error.message };
    return { ok: false, code: 'log-failed', message: String(error) };
  }
}

port.on('message', ({ begin }: SliceRequest) => {
  if (begin !== null) range = begin;
  const answer = next();
  port.postMessage(answer, answer.ok ? [answer.slice.numbers.buffer] : []);
  Atomics.add(answered, 0, 1);
  Atomics.notify(answered, 0);
});
