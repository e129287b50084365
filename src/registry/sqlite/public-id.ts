// Public ids made here: sortable by time of making, short, url-safe, without look-alike letters (Crockford base 32).
// 9 characters of milliseconds and 7 random ones: within one millisecond they still rise.

import { randomInt } from 'node:crypto';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const TIME_CHARACTERS = 9;
const RANDOM_CHARACTERS = 7;
const RANDOM_RANGE = 32 ** RANDOM_CHARACTERS;
/** The first random number of a millisecond leaves room for this many steps up. */
const HEADROOM = 2 ** 30;

export type MakeId = () => string;

/** A maker of ids like `0k3d8w1c7qv5m2xa`. @param nowMs may stand still or go back; ids rise all the same. */
export function createIdMaker(nowMs: () => number): MakeId {
  let lastMs = 0;
  let random = 0;
  return () => {
    const ms = Math.max(0, Math.floor(nowMs()));
    if (ms > lastMs) {
      lastMs = ms;
      random = randomInt(RANDOM_RANGE - HEADROOM);
    } else {
      random += 1 + randomInt(1_000);
    }
    return base32(lastMs, TIME_CHARACTERS) + base32(random, RANDOM_CHARACTERS);
  };
}

function base32(value: number, length: number): string {
  let text = '';
  for (let rest = value; text.length < length; rest = Math.floor(rest / 32))
    text = ALPHABET[rest % 32] + text;
  return text;
}
