// Brute force against log-in: failures are counted per account and address together, per address, and per
// account. The answer is a growing wait, never a lock: an attacker must not keep the staff on duty out. For
// that reason an account that logged in from an address before is not held up there by failures from
// elsewhere. An attempt counts as failed from its start and is taken back when it succeeds, so parallel
// guesses gain nothing.

import { performance } from 'node:perf_hooks';

interface Budget {
  /** Failures without any wait. */
  readonly free: number;
  readonly waitMsMax: number;
}

const BUDGETS = {
  /** A person who mistypes: five tries, then 1, 2, 4 … 60 s. */
  pair: { free: 5, waitMsMax: 60_000 },
  /** A duty room behind one address logs in together after a restart. */
  address: { free: 30, waitMsMax: 60_000 },
  /** Guesses spread over many addresses: at most two a minute from strangers. */
  account: { free: 20, waitMsMax: 30_000 },
} as const satisfies Record<string, Budget>;
type Kind = keyof typeof BUDGETS;

const FIRST_WAIT_MS = 1_000;
/** 15 min without a failure: forgotten. */
const MEMORY_MS = 15 * 60_000;
/** Accounts, addresses and pairs remembered; the oldest go first. */
const KEYS_MAX = 10_000;

interface Count {
  failures: number;
  lastAtMs: number;
  blockedUntilMs: number;
}

export interface LoginLimits {
  /** 0: go on; else how long to wait, ms. */
  begin(login: string, address: string): number;
  succeeded(login: string, address: string): void;
}

export function createLoginLimits(nowMs: () => number = () => performance.now()): LoginLimits {
  const counts = new Map<string, Count>();
  const known = new Map<string, true>();

  function keysOf(login: string, address: string): readonly [Kind, string][] {
    const account = login.toLowerCase();
    const pair = `pair ${account} ${address}`;
    const keys: [Kind, string][] = [['pair', pair]];
    if (!known.has(pair)) keys.push(['address', `address ${address}`], ['account', `account ${account}`]);
    return keys;
  }

  function countOf(key: string): Count {
    const held = counts.get(key);
    const isFresh = held !== undefined && nowMs() - held.lastAtMs < MEMORY_MS;
    return isFresh ? held : { failures: 0, lastAtMs: 0, blockedUntilMs: 0 };
  }

  function addFailure(kind: Kind, key: string): void {
    const count = countOf(key);
    count.failures += 1;
    count.lastAtMs = nowMs();
    const over = count.failures - BUDGETS[kind].free;
    if (over >= 0) {
      const waitMs = Math.min(FIRST_WAIT_MS * 2 ** Math.min(over, 16), BUDGETS[kind].waitMsMax);
      count.blockedUntilMs = count.lastAtMs + waitMs;
    }
    remember(counts, key, count);
  }

  return {
    begin(login, address) {
      const keys = keysOf(login, address);
      const waits = keys.map(([, key]) => countOf(key).blockedUntilMs - nowMs());
      const waitMs = Math.max(0, ...waits);
      if (waitMs > 0) return waitMs;
      for (const [kind, key] of keys) addFailure(kind, key);
      return 0;
    },
    succeeded(login, address) {
      for (const [kind, key] of keysOf(login, address)) {
        // The address stays suspicious for what it did to other accounts; only this attempt is taken back.
        const left = kind === 'address' ? countOf(key).failures - 1 : 0;
        if (left <= 0) counts.delete(key);
        else remember(counts, key, { failures: left, lastAtMs: nowMs(), blockedUntilMs: 0 });
      }
      remember(known, `pair ${login.toLowerCase()} ${address}`, true);
    },
  };
}

/** Newest last; the oldest key goes when there are too many. */
function remember<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= KEYS_MAX) return;
  const oldest = map.keys().next().value;
  if (oldest !== undefined) map.delete(oldest);
}
