// What a benchmark is to run.ts, and how runs of ours and of the limit take turns.

import type { Figure, Runs } from './figures.ts';

export interface BenchmarkContext {
  /** Tell the person who waits. */
  readonly say: (line: string) => void;
  /** One short round: shows that everything works, measures nothing. */
  readonly isQuick: boolean;
  /** Also what takes many minutes or most of the machine's memory. */
  readonly isFull: boolean;
  /** Where the service leaves its CPU profiles; null: it makes none. */
  readonly profileFolder: string | null;
}

export type Benchmark = (context: BenchmarkContext) => Promise<readonly Figure[]>;

/**
 * Limit, ours, limit, ours …: whatever disturbs the machine for a while disturbs both. A run gives one number
 * per figure; the answer has the runs per figure.
 */
export async function inTurns<Name extends string>(
  rounds: number,
  limit: () => Promise<Readonly<Record<Name, number>>>,
  ours: () => Promise<Readonly<Record<Name, number>>>,
): Promise<Readonly<Record<Name, Runs>>> {
  const runs: { limit: Readonly<Record<Name, number>>; ours: Readonly<Record<Name, number>> }[] = [];
  for (let round = 0; round < rounds; round++) runs.push({ limit: await limit(), ours: await ours() });
  const names = Object.keys(runs[0]!.limit) as Name[];
  const runsOf = (name: Name): Runs => ({
    limit: runs.map((run) => run.limit[name]),
    ours: runs.map((run) => run.ours[name]),
  });
  return Object.fromEntries(names.map((name) => [name, runsOf(name)])) as Record<Name, Runs>;
}
