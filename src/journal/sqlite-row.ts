// Pure form of a row of the table `entry`: how the identity's hash is cut into two integers, and the checksum.
// The checksum covers everything in the row: SQLite notices broken pages, not a flipped bit inside a value.

import { crc32 } from 'node:zlib';
import type { IdentityHash } from './identity-hash.ts';

const TWO_TO_32 = 2 ** 32;

/** Two halves of 40 bits, because SQLite integers beyond 2^53 would need BigInt. */
export function hashHalves({ word0, word1, word2 }: IdentityHash): { idA: number; idB: number } {
  return {
    idA: (word0 >>> 0) + (word2 & 0xff) * TWO_TO_32,
    idB: (word1 >>> 0) + (word2 >>> 8) * TWO_TO_32,
  };
}

export function hashOfHalves(idA: number, idB: number): IdentityHash {
  return {
    word0: idA | 0,
    word1: idB | 0,
    word2: Math.floor(idA / TWO_TO_32) | (Math.floor(idB / TWO_TO_32) << 8),
  };
}

export interface Row {
  readonly offset: number;
  readonly atMs: number;
  readonly source: number | null;
  readonly idA: number | null;
  readonly idB: number | null;
  readonly body: string;
}

export function checksumOf({ offset, atMs, source, idA, idB, body }: Row): number {
  return crc32(`${offset},${atMs},${source},${idA},${idB},${body}`);
}
