// Child process of the crash tests: appends for ever and prints every acknowledged entry as `offset id`, one per line.
// Arguments: folder, prefix of the ids. Ends with code 70 on a fatal error of the log, after trying one more append.

import { writeSync } from 'node:fs';
import { createSqliteLog } from '#journal/sqlite.ts';
import { draft } from './log-samples.ts';

const [folder = '', prefix = ''] = process.argv.slice(2);
const IN_FLIGHT = 40;

const log = await createSqliteLog({
  folder,
  clock: { nowMs: () => Date.now() },
  clockKind: 'live',
  limits: { entriesPerCommit: 16, identitiesPerSource: 32, refusedFrames: 10 },
  onFatal: (error) => {
    writeSync(1, `fatal ${error.message}\n`);
    log.append([draft('after-fatal')]).then(
      () => process.exit(1),
      () => process.exit(70),
    );
  },
});

let count = 0;
async function appendForEver(): Promise<void> {
  for (;;) {
    const id = `${prefix}-${count++}`;
    const [receipt] = await log.append([draft(id, { source: count % 50 })]);
    writeSync(1, `${receipt?.offset} ${id}\n`);
  }
}
for (let i = 0; i < IN_FLIGHT; i++) appendForEver().catch(() => {});
