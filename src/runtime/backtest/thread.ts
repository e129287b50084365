// The thread of one back-test: started for it, ended with it, with a bounded heap, so that whatever settings are tried
// the live service keeps its memory. The file of the thread is given from outside, because it opens the log.

import { Worker } from 'node:worker_threads';
import { yieldToOthers } from '#ops/thread-priority.ts';
import { type AlertLife, AlertLives } from './alert-lives.ts';
import type { BacktestPlan } from './plan.ts';
import { type ReplayedHomes, type ReplayOptions, replayHistory } from './replay.ts';

/** Heap of the thread: 100,000 alerts and the names of 10,000 homes take a quarter of it. */
const HEAP_MB_MAX = 512;
/** Linux knows a priority per thread: the lowest there is, so live threads run whenever they want to. */
const NICE = 19;
/** Progress is told about a hundred times. */
const PROGRESS_STEP = 0.01;

export interface ThreadResult {
  readonly replayed: ReplayedHomes;
  readonly simulated: readonly AlertLife[];
}

export interface ReplayThread {
  /** Null when it was ended from outside. */
  readonly result: Promise<ThreadResult | null>;
  /** Ends it, wherever it is. */
  end(): void;
}

export interface ThreadData {
  readonly logFile: string;
  readonly plan: BacktestPlan;
}

type Message = { readonly progress: number } | { readonly result: ThreadResult };

/** Starts `file`, which calls `replayInThread`. */
export function startReplayThread(
  file: URL,
  workerData: ThreadData,
  onProgress: (progress: number) => void,
): ReplayThread {
  const { promise, resolve, reject } = Promise.withResolvers<ThreadResult | null>();
  // No flags of the parent: a test runner's or a debugger's do not belong into this thread.
  const worker = new Worker(file, {
    execArgv: [],
    workerData,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB_MAX },
  });
  worker.on('message', (message: Message) => {
    if ('progress' in message) onProgress(message.progress);
    else resolve(message.result);
  });
  worker.on('error', reject);
  worker.on('exit', () => resolve(null));
  return {
    result: promise,
    end: () => {
      // Its end resolves `result`, whatever this promise does.
      worker.terminate().catch(reject);
    },
  };
}

/** In the thread: replay, telling progress by `post`. */
export function replayInThread(
  options: Pick<ReplayOptions, 'history' | 'plan'>,
  post: (message: Message) => void,
): void {
  yieldToOthers(NICE);
  const { fromMs } = options.plan;
  const lives = new AlertLives(fromMs);
  let toldProgress = 0;
  const replayed = replayHistory({
    ...options,
    onEffects: (effects) => lives.note(effects),
    onProgress: (progress) => {
      if (progress - toldProgress < PROGRESS_STEP) return;
      toldProgress = progress;
      post({ progress });
    },
  });
  post({ result: { replayed, simulated: lives.all() } });
}
