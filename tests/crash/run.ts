// `npm run crash`: kill -9 of the service at random moments under load. Prints a table; ends with 1 on any violation.

import { parseArgs } from 'node:util';
import { runCrash } from './crash-run.ts';
import { tableOf } from './report.ts';

const HELP = `npm run crash -- [--kills 200] [--seed N] [--homes 30] [--rate 1500] [--audit-every 25]
                [--program src/main.ts] [--json]

Starts the service on a temporary folder, loads it (MQTT and HTTP gateways, presses in bursts, an operator, a screen),
kills it with kill -9 at moments drawn from the seed (working, starting, stopping), and audits the files: every
acknowledged reading exactly once, every press one alert, every answered order in the history, what the screen was
shown, and the stored effects equal to a fresh replay to the byte. The folder is kept when something is wrong.
The load depends on the machine, so a seed repeats the kind of moments, not the run to the microsecond.
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      kills: { type: 'string', default: '200' },
      seed: { type: 'string' },
      homes: { type: 'string', default: '30' },
      rate: { type: 'string', default: '1500' },
      'audit-every': { type: 'string', default: '25' },
      program: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const report = await runCrash({
    kills: wholeNumber('kills', values.kills),
    seed: values.seed === undefined ? Date.now() % 1_000_000 : wholeNumber('seed', values.seed),
    homes: wholeNumber('homes', values.homes),
    readingsPerSecond: wholeNumber('rate', values.rate),
    auditEvery: wholeNumber('audit-every', values['audit-every']),
    ...(values.program === undefined ? {} : { program: values.program }),
    onProgress: (line) => process.stderr.write(`${line}\n`),
  });
  process.stdout.write(`${values.json ? JSON.stringify(report, null, 1) : tableOf(report)}\n`);
  process.exitCode = report.violations.length === 0 ? 0 : 1;
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text) || Number(text) < 1) throw new Error(`--${name}: a whole number from 1 on`);
  return Number(text);
}

/** By way of `exit`, so that the service is taken along. */
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

main().catch((error: unknown) => {
  process.stderr.write(`${(error as Error).stack}\n`);
  process.exitCode = 1;
});
