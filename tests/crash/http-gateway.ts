// A gateway that speaks HTTP: one batch at a time, the same batch again until a 2xx says that it is on disk.

import { setTimeout as sleep } from 'node:timers/promises';
import type { RosterHome } from '../../simulators/roster.ts';
import type { Ledger } from './ledger.ts';
import type { Outbox } from './outbox.ts';
import type { Reading } from './voice.ts';

export interface HttpGatewayOptions {
  readonly home: RosterHome;
  readonly port: number;
  readonly outbox: Outbox;
  readonly ledger: Ledger;
  readonly pauseMs: number;
}

/** Below the 32 identities that the service remembers of one device. */
const BATCH_MAX = 16;
/** Longer than any honest answer; then the outcome is unknown and the batch goes again. */
const ANSWER_LIMIT_MS = 5_000;

interface Answer {
  readonly accepted: number;
  readonly duplicates: number;
  readonly refused: readonly unknown[];
}

export class HttpGateway {
  readonly #options: HttpGatewayOptions;
  #isStopped = false;
  #isBusy = false;
  #running: Promise<void> | null = null;

  constructor(options: HttpGatewayOptions) {
    this.#options = options;
  }

  get isIdle(): boolean {
    return !this.#isBusy && this.#options.outbox.size === 0;
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      const batch = this.#options.outbox.takeBatch(BATCH_MAX);
      if (batch.length > 0) await this.#deliver(batch);
      await sleep(this.#options.pauseMs);
    }
  }

  async #deliver(batch: readonly Reading[]): Promise<void> {
    const { ledger, pauseMs } = this.#options;
    this.#isBusy = true;
    while (!this.#isStopped) {
      const outcome = await this.#attempt(batch);
      if (outcome === 'done') break;
      if (outcome === 'unknown') ledger.resentCount += batch.length;
      await sleep(pauseMs);
    }
    this.#isBusy = false;
  }

  async #attempt(batch: readonly Reading[]): Promise<'done' | 'unknown' | 'unsent'> {
    const { home, ledger } = this.#options;
    const answer = await this.#post(batch);
    if (answer === 'unknown' || answer === 'unsent') return answer;
    const { accepted, duplicates, refused } = answer;
    if (refused.length > 0 || accepted + duplicates !== batch.length) {
      ledger.violations.push(`gateway ${home.gatewayId}: odd answer ${JSON.stringify(answer)}`);
      return 'done';
    }
    for (const { key } of batch) ledger.acked(key);
    return 'done';
  }

  /** `unknown` also for "come back later"; `unsent`: nobody listened. */
  async #post(batch: readonly Reading[]): Promise<Answer | 'unknown' | 'unsent'> {
    const { home, port, ledger } = this.#options;
    const body = batch.map(({ deviceId, element }) => ({ device: deviceId, ...element }));
    try {
      const response = await fetch(`http://127.0.0.1:${port}/api/v1/observations`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`${home.gatewayId}:${home.secret}`)}` },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
      });
      const text = await response.text();
      if (response.ok) return JSON.parse(text) as Answer;
      if (response.status < 500 && response.status !== 429) {
        ledger.violations.push(`gateway ${home.gatewayId}: HTTP ${response.status} ${text}`);
      }
      return 'unknown';
    } catch (error) {
      const { cause } = error as { cause?: { code?: string } };
      return cause?.code === 'ECONNREFUSED' ? 'unsent' : 'unknown';
    }
  }
}
