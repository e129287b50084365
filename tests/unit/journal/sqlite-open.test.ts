// Goal: the file of the log is opened only when it is ours to write; damage is found and named; a dead worker is fatal.

import { copyFileSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { draft, type FolderOfLogs, folderOfLogs, outcomeOf, SetClock } from '../../support/log-samples.ts';

let logs: FolderOfLogs;
let file: string;
beforeEach(() => {
  logs = folderOfLogs();
  file = join(logs.folder, 'data', 'journal.db');
});
afterEach(() => logs.dispose());

async function closedLogWith(count: number): Promise<void> {
  const log = await logs.open();
  await log.append(Array.from({ length: count }, (_, i) => draft(`id-${i}`)));
  await log.close();
}

function change(sql: string): void {
  const db = new DatabaseSync(file);
  db.exec(sql);
  db.close();
}

test('nobody else may read the folder and the files', async () => {
  const log = await logs.open();
  await log.append([draft('a')]);
  const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);
  expect(modeOf(join(logs.folder, 'data'))).toBe('700');
  for (const ending of ['', '-wal', '-shm']) expect(modeOf(file + ending)).toBe('600');
});

test('WAL, FULL, and everything in one file after closing', async () => {
  await closedLogWith(3);
  expect(() => statSync(`${file}-wal`)).toThrow('ENOENT');
  const db = new DatabaseSync(file);
  expect(db.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
  expect(db.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
  db.close();
});

test('a folder that cannot be made', async () => {
  writeFileSync(join(logs.folder, 'data'), 'a file is in the way');
  expect(await outcomeOf(logs.open())).toBe('data-folder-unwritable');
});

test('not a database; another database', async () => {
  await closedLogWith(1);
  writeFileSync(file, 'these are the notes of somebody else, and not a database at all'.repeat(100));
  expect(await outcomeOf(logs.open())).toBe('data-file-foreign');
  rmSync(file);
  change('CREATE TABLE recipes (name TEXT)');
  const before = readFileSync(file);
  expect(await outcomeOf(logs.open())).toBe('data-file-foreign');
  expect(readFileSync(file).equals(before)).toBe(true);
});

test('a newer schema, and the other clock', async () => {
  await closedLogWith(1);
  expect(await outcomeOf(logs.open({ clockKind: 'recording' }))).toBe('data-clock-kind');
  change("UPDATE meta SET value = '3' WHERE name = 'schema_version'");
  expect(await outcomeOf(logs.open())).toBe('data-file-newer');
});

test('a log of schema 1, whose readings were objects with names, is read and goes on as schema 2', async () => {
  await closedLogWith(2);
  const { body } = draft('id-0');
  const text = JSON.stringify(body);
  const db = new DatabaseSync(file);
  const row = db.prepare('SELECT * FROM entry WHERE offset = 1').get()!;
  expect(String(row['body'])).toMatch(/^\[/);
  const checksum = crc32(`1,${row['at_ms']},${row['source']},${row['id_a']},${row['id_b']},${text}`);
  db.prepare('UPDATE entry SET body = ?, checksum = ? WHERE offset = 1').run(text, checksum);
  db.exec("UPDATE meta SET value = '1' WHERE name = 'schema_version'");
  db.close();
  const log = await logs.open();
  const [first, second] = await log.read(0, 0, 2);
  expect(first!.body).toEqual(body);
  expect(Object.keys(second!.body)).toEqual(Object.keys(body));
  await log.close();
  const version = new DatabaseSync(file)
    .prepare("SELECT value FROM meta WHERE name = 'schema_version'")
    .get();
  expect(version).toEqual({ value: '2' });
});

test('one flipped bit in an entry is found and named', async () => {
  await closedLogWith(300);
  const bytes = readFileSync(file);
  const at = bytes.indexOf('id-250"');
  bytes[at + 1]! ^= 1;
  writeFileSync(file, bytes);
  const log = await logs.open();
  expect(await log.read(0, 0, 250)).toHaveLength(250);
  await expect(log.read(0, 240, 20)).rejects.toThrow('entry 251 is not what was written');
  expect(await outcomeOf(log.read(0, 240, 20))).toBe('data-file-corrupt');
  expect(await log.read(0, 251, 100)).toHaveLength(49);
});

test('a changed time, hash or offset is found too', async () => {
  for (const sql of [
    'UPDATE entry SET at_ms = at_ms - 1 WHERE offset = 2',
    'UPDATE entry SET id_b = id_b + 1 WHERE offset = 2',
    'UPDATE entry SET source = 9 WHERE offset = 2',
    'DELETE FROM entry WHERE offset = 2',
  ]) {
    rmSync(join(logs.folder, 'data'), { recursive: true, force: true });
    await closedLogWith(4);
    change(sql);
    const log = await logs.open();
    expect(await outcomeOf(log.read(0, 0, 10))).toBe('data-file-corrupt');
    await log.close();
  }
});

test('a missing beginning is refused at once', async () => {
  await closedLogWith(4);
  change('DELETE FROM entry WHERE offset = 1');
  await expect(logs.open()).rejects.toThrow('entry 1 is missing');
});

test('damage met by a commit is fatal, and the log stays down', async () => {
  const log = await logs.open();
  await log.append([draft('a')]);
  change('DROP TABLE entry');
  const appends = [log.append([draft('b')]), log.append([draft('c')])];
  for (const each of appends) expect(await outcomeOf(each)).toBe('log-failed');
  expect(await outcomeOf(log.append([draft('d')]))).toBe('log-failed');
  expect(logs.fatal).toHaveLength(1);
});

test('a saved window shortens opening, and is not believed beside another log', async () => {
  const window = join(logs.folder, 'data', 'journal-window.bin');
  const older = join(logs.folder, 'older.db');
  await closedLogWith(300);
  copyFileSync(file, older);
  let log = await logs.open({
    limits: { entriesPerCommit: 5_000, identitiesPerSource: 4, refusedFrames: 5 },
  });
  await log.append(Array.from({ length: 10_000 }, (_, i) => draft(`more-${i}`, { source: i })));
  await log.close();
  expect(statSync(window).size).toBeGreaterThan(10_000 * 64);

  // Believed: the copy answers although the log's own identities were wiped.
  change('UPDATE entry SET source = NULL WHERE offset < 10300');
  log = await logs.open();
  expect((await log.append([draft('more-5', { source: 5 })]))[0]?.isDuplicate).toBe(true);
  await log.close();

  // An older log under it never saw that event: sent again, it must be stored.
  for (const ending of ['', '-wal', '-shm']) rmSync(file + ending, { force: true });
  copyFileSync(older, file);
  log = await logs.open({ clock: new SetClock(2_000_000) });
  expect((await log.append([draft('more-5', { source: 5 })]))[0]?.isDuplicate).toBe(false);
  expect((await log.append([draft('id-299')]))[0]?.isDuplicate).toBe(true);
});

test('a changed byte in the saved window: the whole log is scanned', async () => {
  const window = join(logs.folder, 'data', 'journal-window.bin');
  const log = await logs.open({
    limits: { entriesPerCommit: 5_000, identitiesPerSource: 4, refusedFrames: 5 },
  });
  await log.append(Array.from({ length: 10_000 }, (_, i) => draft(`id-${i}`, { source: i })));
  await log.close();
  const bytes = readFileSync(window);
  bytes[bytes.length >> 1]! ^= 1;
  writeFileSync(window, bytes);
  const again = await logs.open();
  const all = Array.from({ length: 10_000 }, (_, i) => draft(`id-${i}`, { source: i }));
  expect((await again.append(all)).filter(({ isDuplicate }) => !isDuplicate)).toEqual([]);
});

test('a thread that dies while the identities are read: no log that stands on a dead one', async () => {
  await closedLogWith(3);
  let checkpointer: Worker | undefined;
  const original = Worker.prototype.postMessage;
  const spy = vi.spyOn(Worker.prototype, 'postMessage').mockImplementation(function (this: Worker, ...args) {
    const { kind } = args[0] as { kind: string };
    if (kind === 'open-checkpointer') checkpointer = this;
    // The writer is asked, and answers, but the other one is gone.
    if (kind === 'restore-window') checkpointer!.emit('error', new Error('out of memory'));
    original.apply(this, args);
  });
  try {
    expect(await outcomeOf(logs.open())).toBe('log-failed');
  } finally {
    spy.mockRestore();
  }
  const log = await logs.open();
  expect((await log.append([draft('id-2')]))[0]?.isDuplicate).toBe(true);
});
