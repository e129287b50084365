// A worker thread that answers requests in order, seen from the main thread. A worker that dies rejects what it owes
// and everything later, and says so once.

import { Worker } from 'node:worker_threads';
import { LogError } from './log-error.ts';
import type { Answer, AnswerOf } from './sqlite-protocol.ts';

interface Owed {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

export class WorkerLink<Request extends { readonly kind: keyof AnswerOf }> {
  readonly #worker: Worker;
  readonly #onCrash: (error: Error) => void;
  #owed: Owed[] = [];
  #isEnding = false;
  #failure: Error | null = null;

  constructor(file: URL, onCrash: (error: Error) => void) {
    this.#onCrash = onCrash;
    // No flags of the parent: a test runner's or a debugger's do not belong into these threads.
    this.#worker = new Worker(file, { execArgv: [] });
    this.#worker.on('message', (answer: Answer) => this.#answered(answer));
    this.#worker.on('error', (error: Error) => this.#crashed(error));
    this.#worker.on('exit', (code) =>
      this.#crashed(new Error(`the worker ended by itself (exit code ${code})`)),
    );
  }

  ask<Kind extends Request['kind']>(
    request: Extract<Request, { kind: Kind }>,
    transfer: ArrayBuffer[] = [],
  ): Promise<AnswerOf[Kind]> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== null) throw this.#failure;
      this.#owed.push({ resolve, reject });
      this.#worker.postMessage(request, transfer);
    });
  }

  /** Ends the thread, now and whatever it is doing. */
  async terminate(): Promise<void> {
    this.#isEnding = true;
    await this.#worker.terminate();
  }

  /** Asks for the end (`close`) and waits for it. */
  async close(request: Extract<Request, { kind: 'close' }>): Promise<void> {
    this.#isEnding = true;
    await this.ask<'close'>(request);
    await this.#worker.terminate();
  }

  #answered(answer: Answer): void {
    const owed = this.#owed.shift();
    if (answer.ok) owed?.resolve(answer.value as never);
    else owed?.reject(new LogError(answer.code, answer.message));
  }

  #crashed(cause: Error): void {
    if (this.#failure !== null) return;
    this.#failure = new LogError('log-failed', `a worker of the log has ended: ${cause.message}`, { cause });
    const owed = this.#owed;
    this.#owed = [];
    for (const { reject } of owed) reject(this.#failure);
    if (!this.#isEnding) this.#onCrash(this.#failure);
  }
}
