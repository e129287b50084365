// Keeps the write-ahead log small without slowing commits. The bulk is copied by the checkpointer's thread; only the
// few pages committed during that copy are finished by the writer, and then the next commit begins the WAL anew.
// A reader elsewhere (a backup, an analyst) can hold that up: the WAL grows, commits go on, and a notice is given.

import type { WalState } from './sqlite-protocol.ts';
import { PAGE_BYTES } from './sqlite-schema.ts';

export interface WalKeeperOptions {
  /** Checkpoint in the checkpointer's thread. */
  readonly copy: () => Promise<WalState>;
  /** Checkpoint in the writer's thread: commits wait for it. */
  readonly finish: () => Promise<WalState>;
  readonly onLarge: (bytes: number) => void;
  readonly onFailed: (error: Error) => void;
}

/** Written since the last copy: a copy of 8 MB takes some 20 ms of the other thread, and reading stays quick. */
const COPY_AFTER_BYTES = 8 * 1024 * 1024;
/** Left for the writer to finish: 1 MB is a few ms, which one commit waits. */
const FINISH_BELOW_BYTES = 1024 * 1024;
/** Beyond this the writer finishes whatever is left: a bounded wait now against an endless file. */
const FORCED_ABOVE_BYTES = 64 * 1024 * 1024;
/** Fault 23 of the reliability reference: alarm at 256 MB. */
const LARGE_BYTES = 256 * 1024 * 1024;
/** Quiet this long: copy what is there, so that a crash or a stop has little to do. */
const IDLE_MS = 1_000;
/** More rounds would chase a writer that never pauses. */
const COPY_ROUNDS = 3;

export class WalKeeper {
  readonly #options: WalKeeperOptions;
  readonly #idle: NodeJS.Timeout;
  #bytes = 0;
  #isLarge = false;
  #isStopped = false;
  #running: Promise<void> | null = null;

  constructor(options: WalKeeperOptions) {
    this.#options = options;
    this.#idle = setTimeout(() => this.#start(), IDLE_MS);
    this.#idle.unref();
  }

  /** A commit of about so many bytes was made; the pages around them count too. */
  wrote(bodyBytes: number): void {
    this.#bytes += bodyBytes + 2 * PAGE_BYTES;
    if (this.#bytes > COPY_AFTER_BYTES) this.#start();
    else this.#idle.refresh();
  }

  /** No more checkpoints; resolves when the last one has ended. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#idle);
    await this.#running;
  }

  #start(): void {
    if (this.#isStopped || this.#running !== null || this.#bytes === 0) return;
    this.#bytes = 0;
    this.#running = this.#round()
      .catch((error: unknown) =>
        this.#options.onFailed(error instanceof Error ? error : new Error(String(error))),
      )
      .finally(() => {
        this.#running = null;
      });
  }

  async #round(): Promise<void> {
    let state = await this.#options.copy();
    for (let i = 1; i < COPY_ROUNDS && leftOf(state) > FINISH_BELOW_BYTES; i++) {
      state = await this.#options.copy();
    }
    if (this.#isStopped) return;
    if (leftOf(state) <= FINISH_BELOW_BYTES || state.bytes > FORCED_ABOVE_BYTES)
      state = await this.#options.finish();
    this.#watchSize(state);
  }

  #watchSize({ bytes, checkpointedBytes }: WalState): void {
    const isLarge = bytes > LARGE_BYTES && checkpointedBytes < bytes;
    if (isLarge && !this.#isLarge) this.#options.onLarge(bytes);
    this.#isLarge = isLarge;
  }
}

function leftOf({ bytes, checkpointedBytes }: WalState): number {
  return bytes - checkpointedBytes;
}
