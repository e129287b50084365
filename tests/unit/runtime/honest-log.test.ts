// Goal: after a time in which the log could not write, the core is told so before anything else, once, and callers get
// the receipts of their own drafts only.

import { expect, test } from 'vitest';
import { LIMITS } from '#config/limits.ts';
import type { EntryBody } from '#core/model/entry.ts';
import { LogError } from '#journal/log-error.ts';
import { createMemoryLog } from '#journal/memory.ts';
import { createHonestLog } from '#runtime/honest-log.ts';

const TICK = { body: { type: 'tick' } as EntryBody, identity: null };

function openLog() {
  const disk = { isFull: false };
  let nowMs = 1_000;
  const log = createMemoryLog({
    clock: { nowMs: () => nowMs },
    limits: LIMITS,
    onFatal: (error) => expect.unreachable(error.message),
    disk: async () => {
      if (disk.isFull) throw new LogError('log-full', 'no space');
    },
  });
  const setTime = (atMs: number): void => {
    nowMs = atMs;
  };
  return { log: createHonestLog(log, 'test'), disk, setTime };
}

test('an outage of the disk is told before the first entry after it, from the last durable entry on', async () => {
  const { log, disk, setTime } = openLog();
  await log.append([TICK]);
  disk.isFull = true;
  for (const atMs of [61_000, 121_000]) {
    setTime(atMs);
    await expect(log.append([TICK])).rejects.toMatchObject({ code: 'log-full' });
  }
  disk.isFull = false;
  setTime(600_000);
  expect(await log.append([TICK, TICK])).toEqual([
    { offset: 3, isDuplicate: false },
    { offset: 4, isDuplicate: false },
  ]);
  await log.append([TICK]);
  const entries = await log.read(0, 0, 10);
  expect(entries.map(({ body }) => body.type)).toEqual(['tick', 'resumed', 'tick', 'tick', 'tick']);
  expect(entries[1]).toMatchObject({ atMs: 600_000, body: { reason: 'stall', fromMs: 1_000 } });
});

test('what fails together is told once; a log that never wrote has nothing to tell', async () => {
  const { log, disk } = openLog();
  disk.isFull = true;
  const refused = await Promise.allSettled([log.append([TICK]), log.append([TICK])]);
  expect(refused.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  disk.isFull = false;
  await log.append([TICK]);
  disk.isFull = true;
  await Promise.allSettled([log.append([TICK]), log.append([TICK])]);
  disk.isFull = false;
  await Promise.all([log.append([TICK]), log.append([TICK])]);
  const types = (await log.read(0, 0, 10)).map(({ body }) => body.type);
  expect(types).toEqual(['tick', 'resumed', 'tick', 'tick']);
});
