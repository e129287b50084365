// 80-bit hash of an event id: MurmurHash3 x86_128 over the UTF-16 code units, cut to 80 bits. Pure arithmetic, because
// a digest of node:crypto costs ten times as much per event on the main thread.
//
// Why 80 bits: an event is lost when its hash equals one of the 32 remembered ones of the same source. At 10,000
// events/s that is 3.15e11 events a year x 32 = 1.0e13 comparisons. 64 bits: 5.5e-7 losses a year, too many.
// 80 bits: 1.0e13 / 1.2e24 = 8.3e-12 a year. Not for hostile input: a gateway could only collide its own devices' ids.

export interface IdentityHash {
  /** 32 bits as a signed integer (a small integer in the engine, no allocation). */
  readonly word0: number;
  readonly word1: number;
  /** 16 bits, 0…65535. */
  readonly word2: number;
}

const C1 = 0x239b961b;
const C2 = 0xab0e9789 | 0;
const C3 = 0x38b34ae5;
const C4 = 0xa1e38b93 | 0;

const rotate = (value: number, bits: number): number => (value << bits) | (value >>> (32 - bits));

function finish(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** Two code units at `index`; zeros beyond the end (the length is mixed in at the end, so they do not collide). */
function pairAt(text: string, index: number): number {
  const length = text.length;
  if (index >= length) return 0;
  const low = text.charCodeAt(index);
  return index + 1 < length ? low | (text.charCodeAt(index + 1) << 16) : low;
}

export function hashIdentity(id: string): IdentityHash {
  let h1 = 0;
  let h2 = 0;
  let h3 = 0;
  let h4 = 0;
  for (let i = 0; i < id.length; i += 8) {
    h1 ^= Math.imul(rotate(Math.imul(pairAt(id, i), C1), 15), C2);
    h1 = (Math.imul((rotate(h1, 19) + h2) | 0, 5) + 0x561ccd1b) | 0;
    h2 ^= Math.imul(rotate(Math.imul(pairAt(id, i + 2), C2), 16), C3);
    h2 = (Math.imul((rotate(h2, 17) + h3) | 0, 5) + 0x0bcaa747) | 0;
    h3 ^= Math.imul(rotate(Math.imul(pairAt(id, i + 4), C3), 17), C4);
    h3 = (Math.imul((rotate(h3, 15) + h4) | 0, 5) + 0x96cd1c35) | 0;
    h4 ^= Math.imul(rotate(Math.imul(pairAt(id, i + 6), C4), 18), C1);
    h4 = (Math.imul((rotate(h4, 13) + h1) | 0, 5) + 0x32ac3b17) | 0;
  }
  h1 ^= id.length;
  h2 ^= id.length;
  h3 ^= id.length;
  h4 ^= id.length;
  h1 = (h1 + h2 + h3 + h4) | 0;
  return {
    word0: finish(h1),
    word1: finish((h2 + h1) | 0),
    word2: (finish((h3 + h1) | 0) ^ finish((h4 + h1) | 0)) & 0xffff,
  };
}
