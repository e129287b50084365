// Benchmark `recovery`: a service of 10,000 homes (with --full also 100,000) was killed with 100,000 entries behind its
// snapshot; how long until it watches again? From spawn to its ready line, and what it says its own recovery took.
// Every run gets a fresh copy of the folder. Limit: a program that only reads and parses the same entries, from fork to
// answer, and inside.

import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startService } from '../../simulators/service-process.ts';
import { type Benchmark, type BenchmarkContext, inTurns } from './benchmark.ts';
import type { FolderProgram, MadeFolder } from './crashed-folder.ts';
import { figure } from './figures.ts';
import type { TailProgram } from './recovery-limit.ts';
import { launch } from './remote.ts';
import { profiled } from './targets.ts';

const FULL = { rounds: 4, homes: 10_000, tailEntries: 100_000 };
const LARGE = { rounds: 2, homes: 100_000, tailEntries: 100_000 };
const QUICK = { rounds: 1, homes: 100, tailEntries: 1_000 };

interface Times {
  readonly ready: number;
  readonly own: number;
}

export const recoveryBenchmark: Benchmark = async (context) => {
  const usual = await measureSize(context, context.isQuick ? QUICK : FULL);
  const figures = [figure('recovery-ready', usual.ready), figure('recovery-own', usual.own)];
  if (!context.isFull) return figures;
  const large = await measureSize(context, LARGE);
  return [...figures, figure('recovery-ready-100000', large.ready), figure('recovery-own-100000', large.own)];
};

async function measureSize({ say, profileFolder }: BenchmarkContext, { rounds, ...size }: typeof FULL) {
  const root = await mkdtemp(join(tmpdir(), 'shouwang-bench-'));
  const folder = join(root, 'crashed');
  const timesOf = (name: string, measure: (folder: string) => Promise<Times>) => async () => {
    const copy = join(root, 'copy');
    await cp(folder, copy, { recursive: true });
    const times = await measure(copy);
    await rm(copy, { recursive: true });
    say(`  ${name}: ready after ${times.ready.toFixed(0)} ms, of which recovery ${times.own.toFixed(0)} ms`);
    return { ...times };
  };
  try {
    const made = await makeAndKill({ folder, ...size });
    say(`  killed at entry ${made.lastOffset}, snapshot of ${made.snapshotOffset}`);
    return await inTurns(
      rounds,
      timesOf('limit', (copy) => readOnly(copy, made)),
      timesOf('ours', (copy) => profiled(profileFolder, () => recover(copy, made))),
    );
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

async function makeAndKill(size: Parameters<FolderProgram['make']>[0]): Promise<MadeFolder> {
  await mkdir(size.folder);
  const program = launch<FolderProgram>('crashed-folder.ts');
  try {
    return await program.call('make', size);
  } finally {
    await program.stop();
  }
}

async function readOnly(folder: string, { snapshotOffset, lastOffset }: MadeFolder): Promise<Times> {
  const startMs = performance.now();
  const program = launch<TailProgram>('recovery-limit.ts');
  const { entries, tookMs } = await program.call('read', { folder, afterOffset: snapshotOffset });
  const ready = performance.now() - startMs;
  await program.stop();
  if (entries !== lastOffset - snapshotOffset) throw new Error(`the limit read ${entries} entries`);
  return { ready, own: tookMs };
}

/** The line that the service logs when it is ready. */
interface WatchingLine {
  readonly msg: 'watching';
  readonly snapshotOffset: number;
  readonly replayedCount: number;
  readonly tookMs: number;
}

/** It is written before the ready line, but through another pipe. */
const LINE_WAIT_MS = 5_000;

async function recover(folder: string, { snapshotOffset, lastOffset }: MadeFolder): Promise<Times> {
  const { promise: watching, resolve, reject } = Promise.withResolvers<string>();
  const onLog = (line: string): void => {
    if (line.includes('"msg":"watching"')) resolve(line);
  };
  const startMs = performance.now();
  const service = await startService({ clock: 'live', dataDirectory: folder, onLog });
  const ready = performance.now() - startMs;
  const silent = new Error('the service did not log what its recovery took');
  const timer = setTimeout(() => reject(silent), LINE_WAIT_MS);
  const line = await watching.finally(() => service.stop());
  clearTimeout(timer);
  const { replayedCount, tookMs, ...said }: WatchingLine = JSON.parse(line);
  if (said.snapshotOffset !== snapshotOffset || replayedCount !== lastOffset - snapshotOffset)
    throw new Error(`the service recovered something else: ${line}`);
  return { ready, own: tookMs };
}
