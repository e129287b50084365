// Benchmark `backtest`: two home-years of history, a reading a minute, back-tested with all rules on, from the log on
// disk to the last effect. Limit: a SELECT over the same rows that does nothing with them.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BacktestProgram, HistorySize } from './backtest-run.ts';
import { type Benchmark, inTurns } from './benchmark.ts';
import { figure } from './figures.ts';
import { launch } from './remote.ts';

const FULL = { rounds: 4, homes: 2, events: 1_000_000 };
const QUICK = { rounds: 1, homes: 2, events: 5_000 };

export const backtestBenchmark: Benchmark = async ({ say, isQuick }) => {
  const { rounds, ...made } = isQuick ? QUICK : FULL;
  const folder = await mkdtemp(join(tmpdir(), 'shouwang-bench-'));
  const size: HistorySize = { ...made, folder };
  const program = launch<BacktestProgram>('backtest-run.ts');
  try {
    const { lastOffset } = await program.call('make', size);
    say(`  a log of ${lastOffset} entries is made`);
    const runs = await inTurns(
      rounds,
      async () => {
        const { rate } = await program.call('select', size);
        return { read: rate, whole: rate };
      },
      async () => {
        const { rate: read } = await program.call('read', size);
        const { rate: whole, effects } = await program.call('replay', size);
        say(`  read ${millions(read)}, back-tested ${millions(whole)} M entries/s; ${effects} effects`);
        return { read, whole };
      },
    );
    return [figure('backtest-read-rate', runs.read), figure('backtest-rate', runs.whole)];
  } finally {
    await program.stop();
    await rm(folder, { recursive: true, force: true });
  }
};

function millions(rate: number): string {
  return (rate / 1e6).toFixed(2);
}
