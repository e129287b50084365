// The other end of the thread that reads ahead. Its answers are waited for in the order in which they were asked for.
// Waiting stops the thread that asks, which is one of a back-test and has nothing else to do.

import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { HistoryRange, RawSlice } from './history-file.ts';
import { LogError, type LogErrorCode } from './log-error.ts';

export interface SliceThreadData {
  readonly file: string;
  readonly port: MessagePort;
  /** How many answers were sent. */
  readonly answered: Int32Array;
}

/** One more slice: the first of that range, or (null) that after the last one. */
export interface SliceRequest {
  readonly begin: HistoryRange | null;
}

export type SliceAnswer =
  | { readonly ok: true; readonly slice: RawSlice }
  | { readonly ok: false; readonly code: LogErrorCode; readonly message: string };

const HEAP_MB_MAX = 128;
/** Both threads run only when nothing else wants to: a slice of milliseconds may take its time, but not for ever. */
const ANSWER_TIMEOUT_MS = 120_000;

export class HistoryThread {
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #answered = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

  constructor(file: string) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    // No flags of the parent: a test runner's or a debugger's do not belong into this thread.
    this.#worker = new Worker(new URL('./history-worker.ts', import.meta.url), {
      execArgv: [],
      workerData: { file, port: port2, answered: this.#answered } satisfies SliceThreadData,
      transferList: [port2],
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB_MAX },
    });
    this.#worker.unref();
  }

  ask(request: SliceRequest): void {
    this.#port.postMessage(request);
  }

  /** The answer to the oldest request that has none. @throws LogError that the thread is silent */
  wait(): SliceAnswer {
    for (;;) {
      const seen = Atomics.load(this.#answered, 0);
      const received = receiveMessageOnPort(this.#port);
      if (received !== undefined) return received.message as SliceAnswer;
      if (Atomics.wait(this.#answered, 0, seen, ANSWER_TIMEOUT_MS) === 'timed-out')
        throw new LogError('log-failed', 'the thread that reads the history does not answer');
    }
  }

  end(): void {
    this.#port.close();
    void this.#worker.terminate();
  }
}
