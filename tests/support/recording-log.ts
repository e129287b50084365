// Stands where runtime and log are: records what the ingest submits and lets the test decide when it is durable.

import type { GatewayLinkBody, ObservationBody } from '#core/model/entry.ts';
import type { IngestLog } from '#ingest/refusal-keeper.ts';
import type { Receipt, RefusedFrame } from '#journal/journal.ts';
import type { Reading } from '#runtime/runtime.ts';

interface Append {
  readonly readings: readonly Reading[];
  readonly settle: (error?: Error) => void;
}

export class RecordingLog {
  /** False: appends wait for `release` or `fail`. Links are always durable at once. */
  isAutomatic = true;
  nowMs = Date.UTC(2026, 10, 22, 8, 0, 0);
  readonly observations: ObservationBody[] = [];
  readonly links: GatewayLinkBody[] = [];
  readonly refused: RefusedFrame[] = [];
  readonly waiting: Append[] = [];
  readonly logged: { readonly level: string; readonly fields: object; readonly message: string }[] = [];
  failure: Error | null = null;
  readonly #seen = new Set<string>();
  #lastOffset = 0;

  readonly clock = { nowMs: () => this.nowMs };

  readonly log: IngestLog = {
    debug: (fields, message) => this.#note('debug', fields, message),
    info: (fields, message) => this.#note('info', fields, message),
    warn: (fields, message) => this.#note('warn', fields, message),
    error: (fields, message) => this.#note('error', fields, message),
  };

  readonly submit = (readings: readonly Reading[]): Promise<readonly Receipt[]> => {
    if (this.failure !== null) return Promise.reject(this.failure);
    const isLink = readings.every(({ body }) => body.type === 'gateway-link');
    if (this.isAutomatic || isLink) return Promise.resolve(this.#store(readings));
    return new Promise((resolve, reject) => {
      const settle = (error?: Error) => (error ? reject(error) : resolve(this.#store(readings)));
      this.waiting.push({ readings, settle });
    });
  };

  readonly keepRefused = async (frame: RefusedFrame): Promise<void> => {
    this.refused.push(frame);
  };

  /** Make the oldest waiting append durable. */
  release(): void {
    this.waiting.shift()?.settle();
  }

  /** The oldest waiting append fails. */
  fail(error = new Error('disk is full')): void {
    this.waiting.shift()?.settle(error);
  }

  reasons(): readonly string[] {
    return this.refused.map(({ reason }) => reason);
  }

  #store(readings: readonly Reading[]): readonly Receipt[] {
    return readings.map(({ body, identity }) => {
      const key = identity === null ? null : `${identity.source} ${identity.id}`;
      if (key !== null && this.#seen.has(key)) return { offset: null, isDuplicate: true };
      if (key !== null) this.#seen.add(key);
      if (body.type === 'observation') this.observations.push(body);
      else this.links.push(body);
      return { offset: ++this.#lastOffset, isDuplicate: false };
    });
  }

  #note(level: string, fields: object, message: string): void {
    this.logged.push({ level, fields, message });
  }
}
