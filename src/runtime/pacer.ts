// Lets time into the log: appends a tick when the core's next deadline is due, a pulse when nothing else was written
// for a while (so that the log knows until when we were alive), and `resumed` after the process stood still or the
// wall clock jumped, before any tick: our own blindness is never evidence.

import type { EntryBody } from '#core/model/entry.ts';
import type { LiveClock } from './clock.ts';

/** The log tells our last sign of life to this accuracy; 2,880 entries a day at most. */
export const PULSE_MS = 30_000;
/** How often we look whether we stood still. */
export const BEAT_MS = 1_000;
/** After an append of ours was refused (disk full): not again at once, or a full disk would also cost a whole core. */
const RETRY_MS = 1_000;
/** Late by so much: the process was stopped, the machine slept, or the wall clock was set forward. */
export const STALL_MS = 5_000;

export interface PacerOptions {
  readonly clock: LiveClock;
  readonly coreVersion: string;
  readonly nextDeadlineMs: () => number;
  readonly append: (body: EntryBody) => Promise<unknown>;
  /** The wall clock was set back by so many ms in all; told once. We stay on our own time until the next start. */
  readonly onWallBehind: (behindMs: number) => void;
}

export interface Pacer {
  /** An entry was processed at `atMs`: look at the next deadline again. */
  noteProcessed(atMs: number): void;
  /**
   * Did we stand still? Then that is appended now. To be asked before anything is appended that came from outside:
   * after a stand-still a socket may be served before any timer. True when it was.
   */
  noteStall(): boolean;
  stop(): void;
}

export function startPacer(options: PacerOptions): Pacer {
  const { clock } = options;
  let lastBeatMs = clock.nowMs();
  let lastEntryMs = lastBeatMs;
  let appendingCount = 0;
  let retryAtMs = Number.NEGATIVE_INFINITY;
  let isStopped = false;
  let toldBehindMs = 0;
  let wakeAtMs = Number.POSITIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;

  const append = (body: EntryBody): void => {
    appendingCount++;
    // A rejection means that the log fails; the log's own `onFatal` decides what becomes of the process.
    options.append(body).then(
      () => settle(Number.NEGATIVE_INFINITY),
      () => settle(clock.nowMs() + RETRY_MS),
    );
  };
  const settle = (notBeforeMs: number): void => {
    appendingCount--;
    retryAtMs = notBeforeMs;
    schedule();
  };
  const schedule = (): void => {
    if (isStopped || appendingCount > 0) return;
    const dueAtMs = Math.max(retryAtMs, Math.min(options.nextDeadlineMs(), lastEntryMs + PULSE_MS));
    if (timer !== undefined && dueAtMs === wakeAtMs) return;
    clearTimeout(timer);
    wakeAtMs = dueAtMs;
    timer = setTimeout(wake, Math.max(0, dueAtMs - clock.nowMs()));
  };
  const wake = (): void => {
    timer = undefined;
    if (noteStall()) return;
    if (clock.nowMs() >= Math.min(options.nextDeadlineMs(), lastEntryMs + PULSE_MS)) append({ type: 'tick' });
    else schedule();
  };
  const tellBehind = (behindMs: number): void => {
    if (Math.abs(behindMs - toldBehindMs) <= STALL_MS) return;
    toldBehindMs = behindMs;
    if (behindMs > 0) options.onWallBehind(behindMs);
  };
  const noteStall = (): boolean => {
    if (clock.wallAheadMs() > STALL_MS) clock.followWall();
    tellBehind(Math.max(0, -clock.wallAheadMs()));
    const fromMs = lastBeatMs;
    lastBeatMs = clock.nowMs();
    if (lastBeatMs - fromMs <= STALL_MS) return false;
    append({ type: 'resumed', reason: 'stall', fromMs, coreVersion: options.coreVersion });
    return true;
  };

  const beat = setInterval(noteStall, BEAT_MS);
  schedule();
  return {
    noteProcessed: (atMs) => {
      lastEntryMs = atMs;
      if (timer === undefined || options.nextDeadlineMs() < wakeAtMs) schedule();
    },
    noteStall: () => clock.nowMs() - lastBeatMs > STALL_MS && noteStall(),
    stop: () => {
      isStopped = true;
      clearInterval(beat);
      clearTimeout(timer);
    },
  };
}
