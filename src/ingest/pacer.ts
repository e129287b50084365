// Holds a gateway to its rate by delaying, never by dropping: a gateway that sends the eight hours of an outage at
// once must not slow the others' alarms. What waits is not acknowledged, so the gateway keeps it; the bound on what
// may wait is the back-pressure of its connection (mqtt/back-pressure.ts). Emergencies do not come here.

import { KeyedBuckets, type Rate } from './token-bucket.ts';

/**
 * A home sends below 1/s, a concentrator of a thousand devices about 50/s. Ten times that for ever, and 10,000 at
 * once: the back-fill of a home's eight hours passes undelayed.
 */
export const GATEWAY_RATE: Rate = { perSecond: 500, burst: 10_000 };
/** Buckets of gateways remembered; a forgotten one starts full again. */
const GATEWAYS_MAX = 200_000;

/** The service stops; the frame was not taken and must not be acknowledged. */
export class IntakeClosedError extends Error {
  constructor() {
    super('the intake is closed');
    this.name = 'IntakeClosedError';
  }
}

export interface Pacer {
  /** Count `observationCount` and say how long they have to wait, ms; 0: not at all. */
  take(gatewayId: string, observationCount: number): number;
  /** How long the next one would wait, ms. */
  delayMs(gatewayId: string): number;
  /** @throws IntakeClosedError when closed meanwhile */
  wait(delayMs: number): Promise<void>;
  close(): void;
}

/** `null`: no limit. */
export function createPacer(rate: Rate | null = GATEWAY_RATE): Pacer {
  const buckets = rate === null ? null : new KeyedBuckets(rate, GATEWAYS_MAX);
  const waiting = new Map<NodeJS.Timeout, (error: Error) => void>();

  function take(gatewayId: string, observationCount: number): number {
    if (buckets === null) return 0;
    const nowMs = performance.now();
    return buckets.of(gatewayId, nowMs).take(observationCount, nowMs);
  }

  return {
    take,
    delayMs: (gatewayId) => take(gatewayId, 0),
    wait: (delayMs) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(timer);
          resolve();
        }, delayMs);
        waiting.set(timer, reject);
      }),
    close() {
      for (const [timer, reject] of waiting) {
        clearTimeout(timer);
        reject(new IntakeClosedError());
      }
      waiting.clear();
    },
  };
}
