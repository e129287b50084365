// Secrets of gateways: 192 random bits, shown once, kept only as HMAC-SHA-256 under the server key. Not argon2id:
// nothing can be guessed in 192 bits, and thousands of gateways log in at once after a power cut.
// The gateway's id goes into the HMAC, so a stored hash copied to another gateway opens nothing.

import { createHmac, type KeyObject, randomBytes, timingSafeEqual } from 'node:crypto';
import type { SecretHolder } from '#registry/registry.ts';

const SECRET_BYTES = 24;
/** base64url of 24 bytes is 32 characters; anything far longer is not worth hashing. */
const PRESENTED_BYTES_MAX = 256;

export interface GatewaySecrets {
  make(): string;
  hash(gatewayId: string, secret: Uint8Array): Uint8Array;
  verify(entry: SecretHolder, secret: Uint8Array): boolean;
}

export function createGatewaySecrets(key: KeyObject): GatewaySecrets {
  const hash = (gatewayId: string, secret: Uint8Array): Uint8Array =>
    createHmac('sha256', key).update(`gateway-secret\0${gatewayId}\0`).update(secret).digest();
  return {
    make: () => randomBytes(SECRET_BYTES).toString('base64url'),
    hash,
    verify(entry, secret) {
      if (secret.length > PRESENTED_BYTES_MAX) return false;
      const presented = hash(entry.gatewayId, secret);
      // Every hash is compared, so that the time does not tell which of two was the right one.
      let isValid = false;
      for (const stored of entry.secretHashes) {
        if (timingSafeEqual(stored, presented)) isValid = true;
      }
      return isValid;
    },
  };
}
