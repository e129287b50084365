// How far the clock of a gateway is behind ours. A time in the future is never believed (admission.ts); one in the past
// may be a late reading or a wrong clock, and to a rule the difference is a resident who has not stirred for eight
// hours. A late reading is an exception among fresh ones; when for a while none is fresh, it is the clock.
// What the gateway says it buffered teaches nothing. Forgotten at a start and learned again: until then its readings
// only look old, which makes nobody look well.

/** A reading so young is fresh: radio, a sleepy mesh and resending take less. */
const FRESH_MS = 2 * 60_000;
/** Not one fresh reading among so many, for so long: a gateway that sends what it kept is done by then. */
const READINGS_MIN = 5;
const WATCHED_MS = 10 * 60_000;
/** Gateways remembered; only those with late readings count. */
const GATEWAYS_MAX = 50_000;

interface Estimate {
  /** Known to be behind by so much; 0 while nothing is known. */
  behindMs: number;
  fromMs: number;
  count: number;
  leastLagMs: number;
}

export interface GatewayClocks {
  /**
   * An unbuffered reading came now that says it is `lagMs` old; a negative age is fresh. Returns how far the clock is
   * known to be behind.
   */
  note(gatewayId: string, lagMs: number, nowMs: number): number;
  /** What is known. */
  behindMs(gatewayId: string): number;
}

export function createGatewayClocks(): GatewayClocks {
  const estimates = new Map<string, Estimate>();

  function estimateOf(gatewayId: string, nowMs: number): Estimate {
    const known = estimates.get(gatewayId);
    if (known !== undefined) return known;
    if (estimates.size >= GATEWAYS_MAX) estimates.clear();
    const fresh = { behindMs: 0, fromMs: nowMs, count: 0, leastLagMs: Number.POSITIVE_INFINITY };
    estimates.set(gatewayId, fresh);
    return fresh;
  }

  return {
    note(gatewayId, lagMs, nowMs) {
      if (lagMs < FRESH_MS) {
        // One fresh reading proves the clock right, whatever was thought before.
        estimates.delete(gatewayId);
        return 0;
      }
      const estimate = estimateOf(gatewayId, nowMs);
      estimate.behindMs = Math.min(estimate.behindMs, lagMs);
      estimate.leastLagMs = Math.min(estimate.leastLagMs, lagMs);
      estimate.count++;
      if (estimate.count >= READINGS_MIN && nowMs - estimate.fromMs >= WATCHED_MS) {
        estimate.behindMs = estimate.leastLagMs;
        Object.assign(estimate, { fromMs: nowMs, count: 0, leastLagMs: Number.POSITIVE_INFINITY });
      }
      return estimate.behindMs;
    },
    behindMs: (gatewayId) => estimates.get(gatewayId)?.behindMs ?? 0,
  };
}
