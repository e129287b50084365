// Goal: a full disk rejects, stores nothing of what it rejects, and is over by itself when there is space.
// Method: the log's own quota, which needs no rights; and a real file system of 2 MB where root can mount one.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { EventLog } from '#journal/journal.ts';
import {
  draft,
  type FolderOfLogs,
  folderOfLogs,
  outcomeOf,
  refusedFrame,
} from '../../support/log-samples.ts';

let logs: FolderOfLogs | null = null;
let mounted: string | null = null;
afterEach(async () => {
  const disk = mounted;
  try {
    await logs?.dispose();
  } finally {
    if (disk !== null) {
      spawnSync('umount', ['-l', disk]);
      rmSync(disk, { recursive: true, force: true });
    }
    logs = null;
    mounted = null;
  }
});

const bigDrafts = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, i) => draft(`${prefix}-${i}-${'x'.repeat(1000)}`));

/** Appends until it is rejected; the code of the rejection and the drafts that were rejected. */
async function fill(log: EventLog) {
  for (let i = 0; i < 500; i++) {
    const drafts = bigDrafts(`fill-${i}`, 20);
    const outcome = await outcomeOf(log.append(drafts));
    if (outcome !== 'resolved') return { outcome, drafts };
  }
  throw new Error('the disk never became full');
}

async function expectWhole(log: EventLog): Promise<void> {
  const { firstOffset, lastOffset } = log.position();
  const entries = await log.read(0, firstOffset - 1, 100_000);
  expect(entries.map(({ offset }) => offset)).toEqual(
    Array.from({ length: lastOffset + 1 - firstOffset }, (_, i) => firstOffset + i),
  );
}

test('the quota of the file: full, and free again by trimming', async () => {
  logs = folderOfLogs();
  const log = await logs.open({ maxFileBytes: 400_000 });
  const { outcome, drafts } = await fill(log);
  expect(outcome).toBe('log-full');
  const { lastOffset } = log.position();
  expect(lastOffset).toBeGreaterThan(50);
  expect(await outcomeOf(log.append(drafts))).toBe('log-full');
  await expectWhole(log);
  await log.trim(0, lastOffset - 10);
  const receipts = await log.append(drafts);
  expect(receipts[0]).toEqual({ offset: lastOffset + 1, isDuplicate: false });
  await expectWhole(log);
  expect(logs.fatal).toEqual([]);
});

function mountSmallDisk(): string | null {
  const folder = mkdtempSync(join(tmpdir(), 'shouwang-disk-'));
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', folder]);
  if (status === 0) return folder;
  rmSync(folder, { recursive: true });
  return null;
}

test('a really full file system', async ({ skip }) => {
  mounted = mountSmallDisk();
  if (mounted === null) return skip('only root can mount a small file system');
  mkdirSync(join(mounted, 'log'));
  logs = folderOfLogs(join(mounted, 'log'));
  const ballast = join(mounted, 'ballast');
  writeFileSync(ballast, Buffer.alloc(1_000_000));
  let log = await logs.open();
  const { outcome, drafts } = await fill(log);
  expect(outcome).toBe('log-full');
  const { lastOffset } = log.position();
  expect(await outcomeOf(log.keepRefused(refusedFrame('t')))).toMatch(/resolved|log-full/);
  expect(await outcomeOf(log.append(drafts))).toBe('log-full');
  await expectWhole(log);
  rmSync(ballast);
  expect((await log.append(drafts))[0]).toEqual({ offset: lastOffset + 1, isDuplicate: false });
  await expectWhole(log);
  await log.close();
  log = await logs.open();
  expect(log.position().lastOffset).toBe(lastOffset + drafts.length);
  await expectWhole(log);
  expect(logs.fatal).toEqual([]);
});
