// Goal: what was acknowledged is there after kill -9 and after a failed fsync; after a failed fsync nothing is ever
// acknowledged again. Method: a child process appends and prints what was acknowledged; the parent opens its folder.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { EventLog } from '#journal/journal.ts';
import { draft, type FolderOfLogs, folderOfLogs } from '../../support/log-samples.ts';

const CHILD = join(import.meta.dirname, '../../support/log-child.ts');
const KILLS = 6;

let logs: FolderOfLogs;
let child: ChildProcess | null = null;
beforeEach(() => {
  logs = folderOfLogs();
});
afterEach(async () => {
  child?.kill('SIGKILL');
  await logs.dispose();
});

/** Everything the child printed, until it ended or `untilLines` were there and it was killed `afterMs` later. */
async function runChild(command: string[], { untilLines, afterMs }: { untilLines: number; afterMs: number }) {
  const [program, ...args] = command;
  const running = spawn(program!, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  child = running;
  let text = '';
  let isDue = false;
  running.stdout.on('data', (bytes) => {
    text += bytes;
    if (isDue || text.split('\n').length <= untilLines) return;
    isDue = true;
    setTimeout(() => running.kill('SIGKILL'), afterMs);
  });
  const [code] = await once(running, 'close');
  return { code, lines: text.split('\n').slice(0, -1) };
}

async function idsByOffset(log: EventLog): Promise<Map<number, unknown>> {
  const entries = await log.read(0, 0, 1_000_000);
  return new Map(entries.map(({ offset, body }) => [offset, body.type === 'observation' && body.eventId]));
}

test('kill -9 at any moment loses nothing acknowledged and doubles nothing', async () => {
  const folder = join(logs.folder, 'data');
  const acked: string[] = [];
  for (let i = 0; i < KILLS; i++) {
    const command = [process.execPath, CHILD, folder, `run${i}`];
    const { lines } = await runChild(command, { untilLines: 20 + 150 * i, afterMs: 7 * i });
    acked.push(...lines);
  }
  expect(acked.length).toBeGreaterThan(KILLS * 20);
  const log = await logs.open({
    limits: { entriesPerCommit: 16, identitiesPerSource: 32, refusedFrames: 10 },
  });
  const stored = await idsByOffset(log);
  const missing = acked.filter((line) => {
    const [offset, id] = line.split(' ');
    return stored.get(Number(offset)) !== id;
  });
  expect(missing).toEqual([]);
  expect(new Set(stored.values()).size).toBe(stored.size);
  // The window was rebuilt: the last acknowledged event, sent again, is a duplicate.
  const id = acked.at(-1)!.split(' ')[1]!;
  const source = (Number(id.split('-')[1]) + 1) % 50;
  expect((await log.append([draft(id, { source })]))[0]?.isDuplicate).toBe(true);
});

const strace = spawnSync('strace', ['-f', '-e', 'trace=fsync', 'true']);
const hasStrace = strace.status === 0;
if (!hasStrace) console.log('skipped: fsync errors (strace is missing or may not trace)');

test.skipIf(!hasStrace)(
  'EIO on fsync: no acknowledgement after it, fatal once, all acknowledged is there',
  async () => {
    const folder = join(logs.folder, 'data');
    const inject = 'inject=fsync,fdatasync:error=EIO:when=60';
    const tracer = ['strace', '-f', '-o', '/dev/null', '-e', 'trace=fsync,fdatasync', '-e', inject];
    const command = [...tracer, process.execPath, CHILD, folder, 'io'];
    const { code, lines } = await runChild(command, { untilLines: 1_000_000, afterMs: 0 });
    expect(code).toBe(70);
    const fatalAt = lines.findIndex((line) => line.startsWith('fatal'));
    // Only one fsync fails: a log that tried again would go on and acknowledge.
    expect(fatalAt).toBe(lines.length - 1);
    expect(fatalAt).toBeGreaterThan(10);
    expect(lines[fatalAt]).toMatch(/SQLite \d+/);
    const stored = await idsByOffset(await logs.open());
    for (const line of lines.slice(0, -1)) {
      const [offset, id] = line.split(' ');
      expect(stored.get(Number(offset))).toBe(id);
    }
  },
);
