// npm run bench -- [NAME…] [--json] [--quick | --full] [--profile DIR]
// Runs the named benchmarks (default: all) and prints their figures; progress goes to standard error.
// What the figures mean is in docs/bench.md.

import { parseArgs } from 'node:util';
import { backtestBenchmark } from './backtest.ts';
import type { Benchmark } from './benchmark.ts';
import { coreBenchmark } from './core.ts';
import type { Figure } from './figures.ts';
import { ingestBenchmark } from './ingest.ts';
import { recoveryBenchmark } from './recovery.ts';
import { asTable, thisMachine } from './report.ts';
import { sosBenchmark } from './sos.ts';
import { telemetryBenchmark } from './telemetry.ts';

const BENCHMARKS: Readonly<Record<string, Benchmark>> = {
  sos: sosBenchmark,
  ingest: ingestBenchmark,
  core: coreBenchmark,
  recovery: recoveryBenchmark,
  backtest: backtestBenchmark,
  telemetry: telemetryBenchmark,
};

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean' },
      quick: { type: 'boolean' },
      full: { type: 'boolean' },
      profile: { type: 'string' },
    },
  });
  const unknown = positionals.find((name) => !Object.hasOwn(BENCHMARKS, name));
  if (unknown !== undefined) {
    throw new Error(`no benchmark "${unknown}"; there are: ${Object.keys(BENCHMARKS).join(', ')}`);
  }
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const context = {
    say,
    isQuick: values.quick ?? false,
    isFull: values.full ?? false,
    profileFolder: values.profile ?? null,
  };
  const figures: Figure[] = [];
  for (const name of positionals.length > 0 ? positionals : Object.keys(BENCHMARKS)) {
    say(`${name} …`);
    figures.push(...(await BENCHMARKS[name]!(context)));
  }
  const report = { machine: thisMachine(), figures };
  process.stdout.write(values.json ? `${JSON.stringify(report, null, 2)}\n` : asTable(report));
}

main().catch((error: unknown) => {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
