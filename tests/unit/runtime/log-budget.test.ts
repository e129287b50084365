// Goal: the log is never trimmed in front of telemetry, except when the disk is needed more; never what a snapshot
// needs; and telemetry that does not answer cannot fill the disk. Method: a real log in memory, snapshots, a follower.

import { expect, test } from 'vitest';
import { LIMITS } from '#config/limits.ts';
import { Engine } from '#core/engine.ts';
import { createMemoryLog } from '#journal/memory.ts';
import { createMemorySnapshotStore } from '#journal/snapshots.ts';
import { createMemoryAlertStore } from '#push/memory-alert-store.ts';
import { Loop } from '#runtime/loop.ts';
import { type LogFollower, Snapshotter, type SnapshotterOptions } from '#runtime/snapshotter.ts';

interface Follower extends LogFollower {
  at: number;
  readonly asked: number[];
}

function follower(at: number, answer: (offset: number) => Promise<number>): Follower {
  const self = {
    at,
    asked: [] as number[],
    cursor: () => self.at,
    shedTo: async (offset: number) => {
      self.asked.push(offset);
      self.at = await answer(offset);
      return self.at;
    },
  };
  return self;
}

/** A hundred entries, all old and covered by two snapshots; what is left when it has been trimmed. */
async function firstOffsetAfter(change: Partial<SnapshotterOptions>): Promise<number> {
  let nowMs = 1_000_000;
  const log = createMemoryLog({
    clock: { nowMs: () => nowMs },
    limits: LIMITS,
    onFatal: (error) => expect(error).toBeNull(),
  });
  const engine = new Engine();
  const alerts = createMemoryAlertStore({ resumableEffects: 10 });
  const loop = new Loop({ log, engine, alerts, publish: () => undefined, onProcessed: () => undefined });
  const fail = (error: unknown): never => expect.fail(String(error));
  const base = {
    log,
    engine,
    alerts,
    snapshots: createMemorySnapshotStore(),
    replayedCount: 0,
    onFailure: fail,
  };
  const snapshotter = new Snapshotter({ ...base, retentionMs: 1_000, ...change });
  for (let i = 0; i < 90; i++) await loop.append({ type: 'tick' });
  await snapshotter.cut();
  nowMs += 1_000_000;
  for (let i = 0; i < 10; i++) await loop.append({ type: 'tick' });
  await snapshotter.cut();
  return log.position().firstOffset;
}

const FULL = { bytes: 1_000, usedBytes: () => 1_800 };

test('the log is kept for telemetry as long as there is disk', async () => {
  const behind = follower(40, async () => expect.fail('nothing may be given up'));
  expect(await firstOffsetAfter({ follower: () => behind })).toBe(41);
  expect(await firstOffsetAfter({ follower: () => follower(100, async () => 0) })).toBe(91);
  expect(await firstOffsetAfter({ follower: () => null })).toBe(91);
});

test('over its budget history goes before its time; telemetry that has it loses nothing', async () => {
  const done = follower(100, async () => expect.fail('nothing to give up'));
  const yearMs = 365 * 86_400_000;
  expect(await firstOffsetAfter({ follower: () => done, retentionMs: yearMs })).toBe(1);
  // 100 entries in 1,800 bytes; 900 are left in use: 50 go.
  expect(await firstOffsetAfter({ follower: () => done, retentionMs: yearMs, budget: FULL })).toBe(51);
});

test('what is not stored is given up step by step, as far as the disk needs, never beyond a snapshot', async () => {
  const yearMs = 365 * 86_400_000;
  const stuck = follower(10, async (offset) => Math.min(offset, stuck.at + 20));
  expect(await firstOffsetAfter({ follower: () => stuck, retentionMs: yearMs, budget: FULL })).toBe(51);
  expect(stuck.asked).toEqual([50, 50]);
  const tiny = { bytes: 1, usedBytes: () => 1_000_000_000 };
  const other = follower(0, async (offset) => offset);
  expect(await firstOffsetAfter({ follower: () => other, retentionMs: yearMs, budget: tiny })).toBe(91);
});

test.each([
  ['fails', () => Promise.reject(new Error('thread ended'))],
  ['does not move', () => Promise.resolve(10)],
])('telemetry that %s cannot fill the disk', async (_how, answer) => {
  const yearMs = 365 * 86_400_000;
  const dead = follower(10, answer);
  expect(await firstOffsetAfter({ follower: () => dead, retentionMs: yearMs, budget: FULL })).toBe(51);
});
