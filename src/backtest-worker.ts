// Part of the composition root: what runs in the thread of a back-test, on a connection to the log of its own.

import { parentPort, workerData } from 'node:worker_threads';
import { openSqliteHistory } from '#journal/sqlite-history.ts';
import { replayInThread, type ThreadData } from '#runtime/backtest/thread.ts';

const { logFile, plan }: ThreadData = workerData;
const history = openSqliteHistory(logFile);
replayInThread({ history, plan }, (message) => parentPort!.postMessage(message));
history.close();
