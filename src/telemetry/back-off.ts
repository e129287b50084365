// How long to wait before a store is asked again: exponential with full jitter, so that a hundred services that lost
// the same server do not come back at the same instant. What the server says itself (Retry-After) is respected, within
// a bound: a server that names a day must not stop telemetry for a day.

/** First wait, before jitter. */
const FIRST_MS = 500;
/** Longest wait of our own: after an outage of hours the first write comes half a minute after the server. */
const LONGEST_MS = 30_000;
/** Longest wait that a server may ask for. */
const ASKED_MAX_MS = 5 * 60_000;
/** Never a busy loop, whatever the dice say. */
const LEAST_MS = 50;

/** @param failureCount failures in a row, 1 first. @param random 0 ≤ x < 1. */
export function backOffMs(failureCount: number, retryAfterMs: number | null, random: () => number): number {
  const ceilingMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failureCount - 1, 16));
  const ownMs = Math.max(LEAST_MS, Math.floor(random() * ceilingMs));
  if (retryAfterMs === null || !(retryAfterMs > 0)) return ownMs;
  // Not before the server wants it, and not all at that very moment.
  return Math.min(ASKED_MAX_MS, retryAfterMs) + Math.floor(random() * FIRST_MS);
}
