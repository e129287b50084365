// Randomness from a seed: sfc32 (Chris Doty-Humphrey's "small fast counter" generator, public domain design), seeded
// through splitmix32 so that neighbouring seeds give unrelated streams. Nothing in the simulators uses Math.random:
// the same seed gives the same homes, days and faults, to the byte.

export interface Random {
  /** In [0, 1). */
  next(): number;
  /** Real number in [low, high). */
  between(low: number, high: number): number;
  /** Whole number in [low, high], both included. */
  whole(low: number, high: number): number;
  chance(probability: number): boolean;
  /** Waiting time of mean `mean`, never 0. */
  exponential(mean: number): number;
  /** Bell-shaped around `mean`, cut at three deviations. */
  normal(mean: number, deviation: number): number;
  pick<T>(list: readonly T[]): T;
}

function splitmix32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
}

function sfc32(seeds: readonly number[]): () => number {
  const mix = splitmix32(seeds.length);
  let key = mix();
  for (const seed of seeds) key = splitmix32((key ^ Math.floor(seed)) >>> 0)();
  const spread = splitmix32(key);
  let a = spread();
  let b = spread();
  let c = spread();
  let counter = 1;
  const draw = (): number => {
    const sum = (a + b + counter) >>> 0;
    counter = (counter + 1) >>> 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) >>> 0;
    c = (((c << 21) | (c >>> 11)) + sum) >>> 0;
    return sum;
  };
  // The first outputs still show the seed; twelve rounds are what the author recommends.
  for (let round = 0; round < 12; round += 1) draw();
  return draw;
}

/**
 * A generator for this list of whole numbers, for example `(seed, home, day)`; every list has a stream of its own,
 * so that adding a home or starting in the middle of the year changes nothing elsewhere.
 */
export function createRandom(...seeds: readonly number[]): Random {
  const draw = sfc32(seeds);
  const next = (): number => draw() / 2 ** 32;
  const between = (low: number, high: number): number => low + next() * (high - low);
  return {
    next,
    between,
    whole: (low, high) => low + Math.floor(next() * (high - low + 1)),
    chance: (probability) => next() < probability,
    exponential: (mean) => Math.max(mean * -Math.log(1 - next()), Number.MIN_VALUE),
    normal: (mean, deviation) => mean + deviation * Math.max(-3, Math.min(3, standardNormal(next))),
    pick: (list) => list[Math.floor(next() * list.length)]!,
  };
}

/** Box–Muller. */
function standardNormal(next: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}
