// Goal: time reaches the log when the core needs it, once, and our own standing still comes before any tick.
// Method: fake timers of vitest move the monotonic clock as well; the "log" is an array.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { EntryBody } from '#core/model/entry.ts';
import { createLiveClock } from '#runtime/clock.ts';
import { type Pacer, startPacer } from '#runtime/pacer.ts';

const START_MS = Date.parse('2026-03-02T00:00:00Z');
let deadlineMs: number;
let wallMs: number;
let skewMs: number;
let appended: { atMs: number; body: EntryBody }[];
let behind: number[];
let pacer: Pacer;

beforeEach(() => {
  vi.useFakeTimers({ now: START_MS });
  deadlineMs = Number.POSITIVE_INFINITY;
  skewMs = 0;
  appended = [];
  behind = [];
  wallMs = 0;
  const monotonicMs = (): number => Date.now() - START_MS + skewMs;
  const clock = createLiveClock({ wallMs: () => START_MS + monotonicMs() + wallMs, monotonicMs });
  pacer = startPacer({
    clock,
    coreVersion: 'test',
    nextDeadlineMs: () => deadlineMs,
    append: async (body) => {
      appended.push({ atMs: clock.nowMs() - START_MS, body });
      pacer.noteProcessed(clock.nowMs());
      if (deadlineMs <= clock.nowMs()) deadlineMs = Number.POSITIVE_INFINITY;
    },
    onWallBehind: (ms) => behind.push(ms),
  });
});

afterEach(() => {
  pacer.stop();
  vi.useRealTimers();
});

test('one tick when the deadline is due, also one that came earlier than expected', async () => {
  deadlineMs = START_MS + 20_000;
  pacer.noteProcessed(START_MS);
  deadlineMs = START_MS + 7_000;
  pacer.noteProcessed(START_MS);
  await vi.advanceTimersByTimeAsync(25_000);
  expect(appended).toEqual([{ atMs: 7_000, body: { type: 'tick' } }]);
});

test('a pulse when nothing is written, none while the log is busy', async () => {
  await vi.advanceTimersByTimeAsync(61_000);
  expect(appended.map(({ atMs }) => atMs)).toEqual([30_000, 60_000]);
  for (let second = 0; second < 60; second++) {
    await vi.advanceTimersByTimeAsync(1_000);
    pacer.noteProcessed(Date.now());
  }
  expect(appended).toHaveLength(2);
});

test('after standing still, that comes first and says from when', async () => {
  deadlineMs = START_MS + 10_000;
  pacer.noteProcessed(START_MS);
  await vi.advanceTimersByTimeAsync(2_000);
  skewMs = 300_000;
  await vi.advanceTimersByTimeAsync(9_000);
  expect(appended[0]!.body).toMatchObject({ type: 'resumed', reason: 'stall', fromMs: START_MS + 2_000 });
  expect(appended.filter(({ body }) => body.type === 'resumed')).toHaveLength(1);
});

test('who asks before the timer comes is told of the stand-still first', async () => {
  await vi.advanceTimersByTimeAsync(1_000);
  expect(pacer.noteStall()).toBe(false);
  skewMs = 300_000;
  expect(pacer.noteStall()).toBe(true);
  expect(pacer.noteStall()).toBe(false);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(appended.map(({ body }) => body.type)).toEqual(['resumed']);
});

test('a stand-still while a tick waits is told as well; a full disk is not tried all the time', async () => {
  pacer.stop();
  const bodies: EntryBody[] = [];
  const refusals: ((error: Error) => void)[] = [];
  const monotonicMs = (): number => Date.now() - START_MS + skewMs;
  const clock = createLiveClock({ wallMs: () => START_MS + monotonicMs(), monotonicMs });
  pacer = startPacer({
    clock,
    coreVersion: 'test',
    nextDeadlineMs: () => START_MS + 500,
    append: (body) => {
      bodies.push(body);
      return new Promise((_, reject) => refusals.push(reject));
    },
    onWallBehind: () => undefined,
  });
  await vi.advanceTimersByTimeAsync(2_000);
  expect(bodies.map(({ type }) => type)).toEqual(['tick']);
  skewMs = 60_000;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(bodies.map(({ type }) => type)).toEqual(['tick', 'resumed']);
  for (const refuse of refusals) refuse(new Error('full'));
  await vi.advanceTimersByTimeAsync(900);
  expect(bodies).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(200);
  expect(bodies.map(({ type }) => type)).toEqual(['tick', 'resumed', 'tick']);
});

test('a wall clock set forward is an outage of ours; one set back is reported and changes nothing', async () => {
  await vi.advanceTimersByTimeAsync(2_000);
  wallMs = 28_800_000;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(appended).toHaveLength(1);
  expect(appended[0]).toMatchObject({
    atMs: 28_803_000,
    body: { type: 'resumed', fromMs: START_MS + 2_000 },
  });
  wallMs = 0;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(behind[0]).toBeGreaterThan(28_000_000);
  expect(appended).toHaveLength(1);
  // Once, and not every second for as long as it lasts; again when it is set back further.
  await vi.advanceTimersByTimeAsync(3_000);
  expect(behind).toHaveLength(1);
  wallMs -= 60_000;
  await vi.advanceTimersByTimeAsync(2_000);
  expect(behind).toHaveLength(2);
});

test('stopped is stopped', async () => {
  pacer.stop();
  await vi.advanceTimersByTimeAsync(120_000);
  expect(appended).toEqual([]);
});
