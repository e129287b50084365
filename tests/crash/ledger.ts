// What the harness itself knows: every reading it sent, every order the operator gave, and what was answered.
// An answer that did not come is `unknown`, never "failed": the thing may or may not have happened. Knows nothing
// of the service's files; the auditor compares the two.

import type { Alert } from '#core/model/alert.ts';

export interface SentReading {
  readonly homeId: string;
  readonly gatewayId: string;
  readonly deviceId: string;
  readonly kind: string;
  readonly value: boolean | number | string;
  /** `sos`, `fall`, … when it is one. */
  readonly emergency: string | null;
  isAcked: boolean;
}

export type OrderAction = 'claim' | 'release' | 'acknowledge' | 'notes' | 'close';

export interface Order {
  readonly action: OrderAction;
  readonly alertId: string;
  /** Unique text of the note, alone or with the closing. */
  readonly text: string | null;
  /** Requests that may have reached the service, all with the same Idempotency-Key. */
  attempts: number;
  outcome: 'ok' | 'refused' | 'unknown';
  refusal: string | null;
  answer: Alert | null;
}

export class Ledger {
  /** By the event id as the log keeps it. */
  readonly readings = new Map<string, SentReading>();
  readonly orders: Order[] = [];
  /** Staff id of the only person who gives orders. */
  staffId = '';
  ackedCount = 0;
  resentCount = 0;
  /** The alerts as the service listed them at the end. */
  readonly listed = new Map<string, Alert>();
  /** What the harness saw with its own eyes and must never happen. */
  readonly violations: string[] = [];
  #onAck: () => void = () => undefined;

  sent(key: string, reading: Omit<SentReading, 'isAcked'>): void {
    if (this.readings.has(key)) throw new Error(`the harness used the event id ${key} twice`);
    this.readings.set(key, { ...reading, isAcked: false });
  }

  acked(key: string): void {
    const reading = this.readings.get(key)!;
    if (reading.isAcked) this.violations.push(`acknowledged twice on one connection: ${key}`);
    reading.isAcked = true;
    this.ackedCount += 1;
    this.#onAck();
  }

  /** Told of every acknowledgement: an outage is over with the first one. */
  onAck(listener: () => void): void {
    this.#onAck = listener;
  }

  pressCount(): number {
    let count = 0;
    for (const { emergency } of this.readings.values()) if (emergency !== null) count += 1;
    return count;
  }
}
