// Who is it? Gateway id and secret, from memory, for MQTT and HTTP alike. Every wrong answer costs the same time
// and sounds the same, whatever was wrong. Guessing is slowed down per address and per account, and a right secret
// is always let in: an attacker must not lock out the gateway that has an alarm to send. With 128-bit secrets the
// limit protects the inspector and the log, not the secret.

import { randomBytes } from 'node:crypto';
import { cleanText } from '#codecs/text.ts';
import type { RefusedFrame } from '#journal/journal.ts';
import type { GatewayDirectory, GatewayEntry, SecretHolder } from '#registry/registry.ts';
import type { RefusalKeeper } from './refusal-keeper.ts';
import { KeyedBuckets } from './token-bucket.ts';

/** A gateway with a wrong secret tries again every few seconds; an installer mistypes a few times. */
const FAILURES_PER_ADDRESS = { perSecond: 1 / 3, burst: 20 };
const FAILURES_PER_ACCOUNT = { perSecond: 1 / 6, burst: 10 };
/** Addresses and accounts told apart. */
const KEYS_MAX = 20_000;
/** Answer to a failure that is over the rate, ms: long enough to spoil guessing. */
const TARPIT_MS = 2_000;

export interface Credentials {
  readonly gatewayId: string;
  readonly secret: Uint8Array;
  readonly remoteAddress: string;
  readonly source: RefusedFrame['source'];
}

export type Login =
  | { readonly ok: true; readonly gateway: GatewayEntry; readonly secretHash: Uint8Array }
  /** Say no after `delayMs`. */
  | { readonly ok: false; readonly delayMs: number };

export interface LoginGuard {
  check(credentials: Credentials): Login;
  /** Is a session that logged in with `secretHash` still welcome? */
  isStillValid(gatewayId: string, secretHash: Uint8Array): boolean;
}

export function createLoginGuard(directory: GatewayDirectory, refusals: RefusalKeeper): LoginGuard {
  const perAddress = new KeyedBuckets(FAILURES_PER_ADDRESS, KEYS_MAX);
  const perAccount = new KeyedBuckets(FAILURES_PER_ACCOUNT, KEYS_MAX);
  const nobody = nobodysSecrets();

  function refuse(credentials: Credentials, why: string): Login {
    const nowMs = performance.now();
    const mayAddress = perAddress.of(credentials.remoteAddress, nowMs).tryTake(1, nowMs);
    const mayAccount = perAccount.of(credentials.gatewayId, nowMs).tryTake(1, nowMs);
    if (!mayAddress || !mayAccount) {
      refusals.count('bad-credentials');
      return { ok: false, delayMs: TARPIT_MS };
    }
    void refusals.keep(refusedLogin(credentials, why, directory));
    return { ok: false, delayMs: 0 };
  }

  return {
    check(credentials) {
      const known = directory.gateway(credentials.gatewayId);
      const secretHash = matchingHash(directory, known ?? nobody, nobody, credentials.secret);
      if (known === undefined) return refuse(credentials, 'unknown gateway');
      if (secretHash === null) return refuse(credentials, 'wrong secret');
      if (!known.isEnabled) return refuse(credentials, 'gateway is disabled');
      // Its topics would be patterns, or lie in another gateway's tree.
      if (/[+#/]/.test(known.gatewayId)) return refuse(credentials, 'gateway id holds +, # or /');
      return { ok: true, gateway: known, secretHash };
    },
    isStillValid(gatewayId, secretHash) {
      const gateway = directory.gateway(gatewayId);
      return gateway?.isEnabled === true && gateway.secretHashes.some((hash) => isEqual(hash, secretHash));
    },
  };
}

/** Two hashes at most are valid at once; as many are always tried, so that time tells nothing. */
const HASHES_TRIED = 2;

function matchingHash(
  directory: GatewayDirectory,
  gateway: SecretHolder,
  nobody: SecretHolder,
  secret: Uint8Array,
): Uint8Array | null {
  let matching: Uint8Array | null = null;
  for (let i = 0; i < Math.max(HASHES_TRIED, gateway.secretHashes.length); i++) {
    const hash = gateway.secretHashes[i];
    const candidate = hash === undefined ? nobody : { gatewayId: gateway.gatewayId, secretHashes: [hash] };
    const isMatch = directory.verifySecret(candidate, secret);
    if (isMatch && hash !== undefined) matching = hash;
  }
  return matching;
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

function nobodysSecrets(): SecretHolder {
  return { gatewayId: '', secretHashes: [randomBytes(32)] };
}

/** The inspector tells the integrator what the answer does not. Never the secret. */
function refusedLogin(
  { gatewayId, remoteAddress, source }: Credentials,
  why: string,
  directory: GatewayDirectory,
) {
  const claimed = cleanText(gatewayId).slice(0, 64);
  return {
    sourceKey: remoteAddress,
    gatewayId: directory.gateway(gatewayId) === undefined ? null : gatewayId,
    source,
    topic: '',
    reason: 'bad-credentials' as const,
    detail: `${why}: "${claimed}" from ${remoteAddress}`,
    payload: new Uint8Array(),
  };
}
