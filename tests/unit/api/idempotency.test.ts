// Goal: a repeated command happens once. Method: time as a variable, commands that only count.

import { expect, it } from 'vitest';
import { createIdempotentAnswers } from '#api/idempotency.ts';

const CLAIM = { staffId: 'anna', key: 'k1', command: 'claim a' };

function setUp() {
  let now = 0;
  let runCount = 0;
  const answers = createIdempotentAnswers<number>(() => now);
  return {
    answers,
    run: async () => ++runCount,
    wait(ms: number): void {
      now += ms;
    },
  };
}

it('gives the same answer to the same key, also while the first is on its way', async () => {
  const { answers, run } = setUp();
  expect(await Promise.all([answers.once(CLAIM, run), answers.once(CLAIM, run)])).toEqual([1, 1]);
  expect(await answers.once(CLAIM, run)).toBe(1);
});

it('runs again for another key, another member of staff, or no key', async () => {
  const { answers, run } = setUp();
  await answers.once(CLAIM, run);
  expect(await answers.once({ ...CLAIM, key: 'k2' }, run)).toBe(2);
  expect(await answers.once({ ...CLAIM, staffId: 'wei' }, run)).toBe(3);
  expect(await answers.once({ ...CLAIM, key: null }, run)).toBe(4);
  expect(await answers.once({ ...CLAIM, key: null }, run)).toBe(5);
});

it('does not mix up a staff id and a key that run into each other', async () => {
  const { answers, run } = setUp();
  await answers.once({ ...CLAIM, staffId: 'a","b', key: 'c' }, run);
  expect(await answers.once({ ...CLAIM, staffId: 'a', key: 'b","c' }, run)).toBe(2);
});

it('refuses the key for another command', async () => {
  const { answers, run } = setUp();
  await answers.once(CLAIM, run);
  await expect(answers.once({ ...CLAIM, command: 'close a' }, run)).rejects.toMatchObject({
    code: 'key-reused',
  });
});

it('tries again after an unknown outcome', async () => {
  const { answers, run } = setUp();
  const failing = () => Promise.reject(new Error('disk'));
  await expect(answers.once(CLAIM, failing)).rejects.toThrow('disk');
  expect(await answers.once(CLAIM, run)).toBe(1);
});

it('forgets after ten minutes, and the oldest of too many', async () => {
  const { answers, run, wait } = setUp();
  await answers.once(CLAIM, run);
  wait(10 * 60_000 - 1);
  expect(await answers.once(CLAIM, run)).toBe(1);
  wait(1);
  expect(await answers.once(CLAIM, run)).toBe(2);
  for (let i = 0; i < 10_000; i += 1) await answers.once({ ...CLAIM, key: `other-${i}` }, run);
  expect(await answers.once(CLAIM, run)).toBe(10_003);
});
