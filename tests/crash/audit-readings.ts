// Promise P1: every acknowledged reading is in the log, exactly once and as it was sent; nothing is in it twice,
// nothing that nobody sent.

import type { ObservationBody } from '#core/model/entry.ts';
import type { Ledger } from './ledger.ts';

export interface ReadingFigures {
  readonly sent: number;
  readonly acked: number;
  readonly stored: number;
  readonly missing: number;
  readonly duplicate: number;
}

export class ReadingAudit {
  readonly #ledger: Ledger;
  readonly #report: (violation: string) => void;
  readonly #stored = new Set<string>();
  #duplicates = 0;

  constructor(ledger: Ledger, report: (violation: string) => void) {
    this.#ledger = ledger;
    this.#report = report;
  }

  take(offset: number, { eventId, deviceId, kind, value }: ObservationBody): void {
    const key = String(eventId);
    const sent = this.#ledger.readings.get(key);
    if (sent === undefined) {
      this.#report(`entry ${offset}: nobody sent the event ${key}`);
      return;
    }
    if (sent.deviceId !== deviceId || sent.kind !== kind || sent.value !== value) {
      this.#report(`entry ${offset}: ${key} is not what was sent: ${deviceId} ${kind} ${String(value)}`);
    }
    if (this.#stored.has(key)) {
      this.#duplicates += 1;
      this.#report(`entry ${offset}: ${key} is stored twice`);
    }
    this.#stored.add(key);
  }

  finish(): ReadingFigures {
    const presses: string[] = [];
    const others: string[] = [];
    for (const [key, { isAcked, emergency }] of this.#ledger.readings) {
      if (!isAcked || this.#stored.has(key)) continue;
      if (emergency === null) others.push(key);
      else presses.push(`${key} (${emergency})`);
    }
    // The lost alarms first: only the first violations are kept in full.
    const missing = [...presses, ...others];
    for (const key of missing) this.#report(`acknowledged and not stored: ${key}`);
    return {
      sent: this.#ledger.readings.size,
      acked: this.#ledger.ackedCount,
      stored: this.#stored.size,
      missing: missing.length,
      duplicate: this.#duplicates,
    };
  }
}
