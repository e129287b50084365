// Benchmark `core`: events per second of the engine with all rules on, and what a home costs in memory.
// Limit: a loop over typed arrays with nothing of a product in it (core-limit.ts), on the same events.

import type { Benchmark } from './benchmark.ts';
import type { CoreProgram, CoreRun } from './core-run.ts';
import { type Figure, figure } from './figures.ts';
import { launch } from './remote.ts';

const SIZES = [1_000, 100_000] as const;

const FULL = { chunks: 8, eventsPerChunk: 300_000 };
const QUICK = { chunks: 1, eventsPerChunk: 10_000 };

export const coreBenchmark: Benchmark = async ({ say, isQuick }) => {
  const figures: Figure[] = [];
  for (const homes of SIZES) {
    const { ours, limit, ourBytes, limitBytes, effectCount } = await measure({
      homes,
      ...(isQuick ? QUICK : FULL),
    });
    say(
      `  ${homes} homes: ours ${millions(ours)}, limit ${millions(limit)} M events/s; ${effectCount} effects`,
    );
    figures.push(
      figure(`core-rate-${homes}`, { ours, limit }),
      figure(`core-bytes-per-home-${homes}`, { ours: [ourBytes / homes], limit: [limitBytes / homes] }),
    );
  }
  return figures;
};

async function measure(run: CoreRun) {
  const program = launch<CoreProgram>('core-run.ts');
  try {
    return await program.call('measure', run);
  } finally {
    await program.stop();
  }
}

function millions(rates: readonly number[]): string {
  return rates.map((rate) => (rate / 1e6).toFixed(2)).join(' ');
}
