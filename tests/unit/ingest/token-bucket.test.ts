import { expect, test } from 'vitest';
import { KeyedBuckets, TokenBucket } from '#ingest/token-bucket.ts';

test('lends: what does not fit waits its turn, in order', () => {
  const bucket = new TokenBucket({ perSecond: 10, burst: 2 }, 0);
  expect([1, 2, 3, 4].map(() => bucket.take(1, 0))).toEqual([0, 0, 100, 200]);
  expect(bucket.take(1, 150)).toBe(150);
  expect(bucket.take(0, 100_000)).toBe(0);
});

test('only what is there: never into debt, never above the burst', () => {
  const bucket = new TokenBucket({ perSecond: 1, burst: 2 }, 0);
  expect([1, 2, 3, 4].map(() => bucket.tryTake(1, 0))).toEqual([true, true, false, false]);
  expect([bucket.tryTake(1, 1000), bucket.tryTake(1, 1000)]).toEqual([true, false]);
  expect([1, 2, 3].map(() => bucket.tryTake(1, 1e9))).toEqual([true, true, false]);
});

test('a clock that goes back earns nothing and costs nothing', () => {
  const bucket = new TokenBucket({ perSecond: 1, burst: 1 }, 1000);
  expect(bucket.tryTake(1, 0)).toBe(true);
  expect(bucket.tryTake(1, 500)).toBe(false);
});

test('keys are apart, and bounded', () => {
  const buckets = new KeyedBuckets({ perSecond: 0.001, burst: 1 }, 2);
  expect(['a', 'b', 'a'].map((key) => buckets.of(key, 0).tryTake(1, 0))).toEqual([true, true, false]);
  buckets.of('c', 0);
  expect(buckets.of('b', 0).tryTake(1, 0)).toBe(false);
  expect(buckets.of('a', 0).tryTake(1, 0)).toBe(true);
});
