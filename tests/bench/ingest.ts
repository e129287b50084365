// Benchmark `ingest`: how many QoS 1 readings per second are acknowledged, and after which delay. Ours
// acknowledges what is on disk; the limit is Aedes with a hook that calls back at once. Afterwards the log
// is counted: every acknowledged reading must be in it.

import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Benchmark, type BenchmarkContext, inTurns } from './benchmark.ts';
import { type Figure, figure, quantile } from './figures.ts';
import { type OurTarget, type Target, type Targets, withTargets } from './targets.ts';

const GATEWAYS = 1_000;
const IN_FLIGHT = 10;
const RATES = [2_000, 10_000] as const;

interface Length {
  readonly rounds: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
}
const FULL: Length = { rounds: 4, warmUpMs: 1_000, measureMs: 3_000 };
const QUICK: Length = { rounds: 1, warmUpMs: 200, measureMs: 300 };

export const ingestBenchmark: Benchmark = (context) => {
  const length = context.isQuick ? QUICK : FULL;
  return withTargets(context, { gateways: GATEWAYS, probes: 0 }, async (targets) => {
    const figures = [await rate(context, targets, length)];
    for (const perSecond of RATES) figures.push(...(await delays(context, targets, length, perSecond)));
    return figures;
  });
};

async function rate(context: BenchmarkContext, { limit, ours }: Targets, length: Length): Promise<Figure> {
  const load = { inFlight: IN_FLIGHT, warmUpMs: length.warmUpMs, measureMs: length.measureMs };
  const run = async (target: Target): Promise<{ rate: number; acknowledged: number }> => {
    const { acknowledgedPerSecond, acknowledged } = await target.load.call('closed', load);
    context.say(`  ${target.name}: ${Math.round(acknowledgedPerSecond)} messages/s`);
    return { rate: acknowledgedPerSecond, acknowledged };
  };
  const runOurs = async () => {
    const before = storedReadings(ours);
    const result = await run(ours);
    const stored = storedReadings(ours) - before;
    if (stored < result.acknowledged)
      throw new Error(`${result.acknowledged} acknowledged, only ${stored} in the log`);
    return result;
  };
  const runs = await inTurns(length.rounds, () => run(limit), runOurs);
  return figure('ingest-rate', runs.rate);
}

async function delays(
  context: BenchmarkContext,
  { limit, ours }: Targets,
  { rounds, warmUpMs, measureMs }: Length,
  messagesPerSecond: (typeof RATES)[number],
): Promise<Figure[]> {
  const run = async (target: Target): Promise<{ p50: number; p99: number }> => {
    const load = { messagesPerSecond, warmUpMs, measureMs };
    const { delaysMs, latenessMsMax } = await target.load.call('paced', load);
    const result = { p50: quantile(delaysMs, 0.5), p99: quantile(delaysMs, 0.99) };
    const figures = `p50 ${result.p50.toFixed(2)}, p99 ${result.p99.toFixed(2)} ms`;
    context.say(
      `  ${target.name} at ${messagesPerSecond}/s: ${figures}; generator late ${latenessMsMax.toFixed(0)} ms`,
    );
    return result;
  };
  const runs = await inTurns(
    rounds,
    () => run(limit),
    () => run(ours),
  );
  return [
    figure(`ingest-p50-at-${messagesPerSecond}`, runs.p50),
    figure(`ingest-p99-at-${messagesPerSecond}`, runs.p99),
  ];
}

/** Read from the file itself, not told by the service. */
export function storedReadings({ folder }: Pick<OurTarget, 'folder'>): number {
  const log = new DatabaseSync(join(folder, 'journal.db'), { readOnly: true });
  const sql = `SELECT count(*) AS count FROM entry WHERE body LIKE '[%'`;
  const count = Number(log.prepare(sql).get()!['count']);
  log.close();
  return count;
}
