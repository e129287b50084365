import { expect, test } from 'vitest';
import { createLiveClock, createRecordingClock } from '#runtime/clock.ts';

function sources(wallMs: number) {
  const time = { wallMs, monotonicMs: 50 };
  return { time, clock: createLiveClock({ wallMs: () => time.wallMs, monotonicMs: () => time.monotonicMs }) };
}

test('runs on the monotonic clock, whatever the wall clock does', () => {
  const { time, clock } = sources(1_000_000);
  expect(clock.nowMs()).toBe(1_000_000);
  time.monotonicMs += 500;
  time.wallMs -= 7_200_000;
  expect(clock.nowMs()).toBe(1_000_500);
  expect(clock.wallAheadMs()).toBe(-7_200_500);
  clock.followWall();
  expect(clock.nowMs()).toBe(1_000_500);
});

test('follows a wall clock that was set forward when asked', () => {
  const { time, clock } = sources(1_000_000);
  time.wallMs += 28_800_000;
  expect(clock.nowMs()).toBe(1_000_000);
  expect(clock.wallAheadMs()).toBe(28_800_000);
  clock.followWall();
  expect(clock.nowMs()).toBe(29_800_000);
});

test('never tells a time before the log', () => {
  const { clock } = sources(1_000_000);
  clock.raiseTo(2_000_000);
  expect(clock.nowMs()).toBe(2_000_000);
  clock.raiseTo(1_500_000);
  expect(clock.nowMs()).toBe(2_000_000);
});

test('the clock of a recording stands until it is moved, and only forward', () => {
  const clock = createRecordingClock();
  expect(clock.nowMs()).toBe(0);
  clock.advanceTo(500);
  clock.advanceTo(400);
  expect(clock.nowMs()).toBe(500);
});
