// Goal: commits wait only for a short rest of a checkpoint, the WAL is bounded, a held-up one is told once.

import { expect, test } from 'vitest';
import { WalKeeper } from '#journal/wal-keeper.ts';

const MB = 1024 * 1024;

/** Runs rounds of a keeper over the states that its copies find; `F` stands for a finish by the writer. */
async function roundsOver(
  rounds: { total: number; left: number }[][],
): Promise<{ trace: string; large: number[] }> {
  let trace = '';
  const large: number[] = [];
  let copies: { total: number; left: number }[] = [];
  let last = { total: 0, left: 0 };
  const stateOf = ({ total, left }: { total: number; left: number }) => ({
    bytes: total * MB,
    checkpointedBytes: (total - left) * MB,
  });
  const keeper = new WalKeeper({
    copy: async () => {
      trace += 'c';
      last = copies.shift() ?? last;
      return stateOf(last);
    },
    finish: async () => {
      trace += 'F';
      return stateOf(last);
    },
    onLarge: (bytes) => large.push(bytes / MB),
    onFailed: (error) => {
      trace += error.message;
    },
  });
  for (const round of rounds) {
    copies = [...round];
    trace += ' ';
    keeper.wrote(9 * MB);
    for (let i = 0; i < 20; i++) await Promise.resolve();
  }
  await keeper.stop();
  keeper.wrote(9 * MB);
  return { trace, large };
}

test('a copy that leaves little is finished at once', async () => {
  expect((await roundsOver([[{ total: 9, left: 0.2 }]])).trace).toBe(' cF');
});

test('a copy that leaves much is repeated before the writer is asked, and not for ever', async () => {
  const states = [
    { total: 9, left: 4 },
    { total: 10, left: 0.5 },
  ];
  expect((await roundsOver([states])).trace).toBe(' ccF');
  expect((await roundsOver([[{ total: 20, left: 8 }]])).trace).toBe(' ccc');
});

test('a WAL beyond the bound is finished whatever is left; beyond the alarm it is told once', async () => {
  expect((await roundsOver([[{ total: 70, left: 30 }]])).trace).toBe(' cccF');
  const held = [{ total: 300, left: 290 }];
  expect(await roundsOver([held, held])).toEqual({ trace: ' cccF cccF', large: [300] });
  expect((await roundsOver([held, [{ total: 9, left: 0 }], held])).large).toEqual([300, 300]);
});
