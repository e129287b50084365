// Goal: a worker that dies owes nobody an answer for ever: what it owes and what is asked later rejects, reported once.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CheckpointerRequest } from '#journal/sqlite-protocol.ts';
import { WorkerLink } from '#journal/worker-link.ts';
import { outcomeOf } from '../../support/log-samples.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shouwang-worker-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test.each([
  { name: 'throws', end: "throw new Error('a defect')" },
  { name: 'exits', end: 'process.exit(3)' },
])('a worker that $name', async ({ end }) => {
  const file = join(folder, 'worker.mjs');
  const answer = '{ ok: true, value: { bytes: 1, checkpointedBytes: 1 } }';
  const body = `let count = 0;
    parentPort.on('message', () => { if (++count === 1) parentPort.postMessage(${answer}); else ${end}; });`;
  writeFileSync(file, `import { parentPort } from 'node:worker_threads'; ${body}`);
  const crashes: Error[] = [];
  const link = new WorkerLink<CheckpointerRequest>(pathToFileURL(file), (error) => crashes.push(error));
  // Answered before the end begins: what a dying worker has just said may be overtaken by the news of its death.
  const answered = await link.ask<'checkpoint'>({ kind: 'checkpoint' });
  expect(answered).toEqual({ bytes: 1, checkpointedBytes: 1 });
  // Watched from the start, or a rejection has nobody who takes it.
  const owed = [1, 2].map(() => outcomeOf(link.ask<'checkpoint'>({ kind: 'checkpoint' })));
  expect(await Promise.all(owed)).toEqual(['log-failed', 'log-failed']);
  expect(await outcomeOf(link.ask<'checkpoint'>({ kind: 'checkpoint' }))).toBe('log-failed');
  await link.terminate();
  expect(crashes).toHaveLength(1);
});
