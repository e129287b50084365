// The one source of `atMs`. Live: runs on the monotonic clock from the wall time at start, so that a wrong or changed
// wall clock moves no deadline; `followWall` tells when the wall has left it behind. Recording: stands at the last
// recorded instant, so a replay has the time of the recording and nothing happens between its entries by itself.

import type { Clock } from '#journal/journal.ts';

export interface LiveClock extends Clock {
  readonly kind: 'live';
  /** Never tell a time before `floorMs`: the log was already there. */
  raiseTo(floorMs: number): void;
  /** How far the wall clock is ahead of us, ms; negative when it was set back. */
  wallAheadMs(): number;
  /** Jump forward to the wall clock. */
  followWall(): void;
}

export interface RecordingClock extends Clock {
  readonly kind: 'recording';
  /** Move to `atMs` unless that is in the past. */
  advanceTo(atMs: number): void;
}

export interface TimeSources {
  readonly wallMs: () => number;
  readonly monotonicMs: () => number;
}

const SYSTEM: TimeSources = { wallMs: () => Date.now(), monotonicMs: () => performance.now() };

export function createLiveClock(sources: TimeSources = SYSTEM): LiveClock {
  let offsetMs = sources.wallMs() - sources.monotonicMs();
  const nowMs = (): number => Math.round(offsetMs + sources.monotonicMs());
  return {
    kind: 'live',
    nowMs,
    raiseTo: (floorMs) => {
      offsetMs += Math.max(0, floorMs - nowMs());
    },
    wallAheadMs: () => Math.round(sources.wallMs()) - nowMs(),
    followWall: () => {
      offsetMs += Math.max(0, sources.wallMs() - nowMs());
    },
  };
}

export function createRecordingClock(): RecordingClock {
  let nowMs = 0;
  return {
    kind: 'recording',
    nowMs: () => nowMs,
    advanceTo: (atMs) => {
      nowMs = Math.max(nowMs, atMs);
    },
  };
}
