// Goal: one process per data folder, and never a stale lock. Method: a child process holds it and is killed.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FolderLockError, lockFolder } from '#ops/folder-lock.ts';

let parent: string;
let folder: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'shouwang-lock-'));
  folder = join(parent, 'data');
});
afterEach(() => rmSync(parent, { recursive: true }));

function codeOf(attempt: () => unknown): string {
  try {
    attempt();
    return 'locked';
  } catch (error) {
    return error instanceof FolderLockError ? error.code : String(error);
  }
}

test('a second lock in the same process is refused until the first is released', () => {
  const lock = lockFolder(folder);
  expect((statSync(folder).mode & 0o777).toString(8)).toBe('700');
  expect(codeOf(() => lockFolder(folder))).toBe('data-folder-in-use');
  expect(codeOf(() => lockFolder(folder))).toBe('data-folder-in-use');
  lock.release();
  lock.release();
  lockFolder(folder).release();
});

test('another process holds it until it is killed', async () => {
  const module = join(import.meta.dirname, '../../../src/ops/folder-lock.ts');
  const script = `const { lockFolder } = await import(process.argv[1]);
    lockFolder(process.argv[2]); console.log('locked'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, module, folder]);
  try {
    await once(child.stdout, 'data');
    expect(codeOf(() => lockFolder(folder))).toBe('data-folder-in-use');
  } finally {
    child.kill('SIGKILL');
    await once(child, 'close');
  }
  lockFolder(folder).release();
});

test('a folder that cannot be made', () => {
  writeFileSync(folder, 'a file is in the way');
  expect(codeOf(() => lockFolder(folder))).toBe('data-folder-unwritable');
});
