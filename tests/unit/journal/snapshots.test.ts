// Goal: only a whole snapshot is ever used; a broken one is reported and the one before it taken.

import { createHash } from 'node:crypto';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  createFileSnapshotStore,
  createMemorySnapshotStore,
  type SnapshotStore,
} from '#journal/snapshots.ts';

let parent: string;
let folder: string;
let broken: { file: string; reason: string }[];
let store: SnapshotStore;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'shouwang-snapshots-'));
  folder = join(parent, 'snapshots');
  broken = [];
  store = createFileSnapshotStore({ folder, onBroken: (file, reason) => broken.push({ file, reason }) });
});
afterEach(() => rmSync(parent, { recursive: true }));

const snapshot = (offset: number, byteCount = 3000) => ({
  offset,
  coreVersion: `core ${offset}`,
  data: new Uint8Array(byteCount).map((_, i) => (i * 7 + offset) & 0xff),
});

/** In two parts, as the core gives many. */
const unsaved = (offset: number, byteCount?: number) => {
  const { data, ...rest } = snapshot(offset, byteCount);
  const middle = data.length >> 1;
  return { ...rest, parts: [data.subarray(0, middle), data.subarray(middle)] };
};

const fileOf = (offset: number) => join(folder, `snapshot-${String(offset).padStart(16, '0')}.bin`);

async function latest() {
  const found = await store.latest();
  return found === null ? null : { ...found, data: new Uint8Array(found.data) };
}

describe.each([
  { name: 'files', create: () => store },
  { name: 'memory', create: createMemorySnapshotStore },
])('SnapshotStore: $name', ({ create }) => {
  test('gives the newest by offset, as it was saved', async () => {
    const each = create();
    expect(await each.latest()).toBe(null);
    for (const offset of [5, 100, 20]) await each.save(unsaved(offset));
    const found = await each.latest();
    expect({ ...found, data: new Uint8Array(found!.data) }).toEqual(snapshot(100));
  });
});

test('keeps two, mode 0600, no leftovers; large and empty ones too', async () => {
  await Promise.all([1, 2, 3, 4].map((offset) => store.save(unsaved(offset, offset === 4 ? 5_000_000 : 0))));
  expect(readdirSync(folder)).toEqual([fileOf(3), fileOf(4)].map((file) => file.slice(folder.length + 1)));
  expect((statSync(fileOf(4)).mode & 0o777).toString(8)).toBe('600');
  expect(await latest()).toEqual(snapshot(4, 5_000_000));
});

test.each([
  { name: 'a flipped bit in the data', damage: (bytes: Buffer) => bytes.fill(bytes[1000]! ^ 4, 1000, 1001) },
  { name: 'a flipped bit in the offset', damage: (bytes: Buffer) => bytes.fill(bytes[22]! ^ 1, 22, 23) },
  {
    name: 'a flipped bit in the checksum',
    damage: (bytes: Buffer) => bytes.fill(bytes.at(-1)! ^ 1, bytes.length - 1),
  },
  { name: 'a foreign file', damage: () => Buffer.from('something else '.repeat(50)) },
])('$name: reported, the one before it is used', async ({ damage }) => {
  await store.save(unsaved(1));
  await store.save(unsaved(2));
  writeFileSync(fileOf(2), damage(readFileSync(fileOf(2))));
  expect(await latest()).toEqual(snapshot(1));
  expect(broken.map(({ file }) => file)).toEqual([fileOf(2)]);
  // Set aside: it neither is tried again nor pushes out the intact one.
  expect(await latest()).toEqual(snapshot(1));
  expect(broken).toHaveLength(1);
  await store.save(unsaved(3));
  writeFileSync(fileOf(3), '');
  expect(await latest()).toEqual(snapshot(1));
});

test('of a million homes: larger than what Node reads or hashes at once', async () => {
  const dataBytes = 2 ** 31 + 5;
  await store.save({ offset: 7, coreVersion: 'core 7', parts: [] });
  const start = readFileSync(fileOf(7)).subarray(0, -32);
  const hash = createHash('sha256').update(start);
  const zeros = new Uint8Array(2 ** 26);
  for (let at = 0; at < dataBytes; at += zeros.length) hash.update(zeros.subarray(0, dataBytes - at));
  // The data is a hole in the file.
  const handle = await open(fileOf(7), 'r+');
  await handle.truncate(start.length);
  await handle.write(hash.digest(), 0, 32, start.length + dataBytes);
  await handle.close();
  const found = await store.latest();
  expect(broken).toEqual([]);
  expect([found?.offset, found?.data.length, found?.data.at(-1)]).toEqual([7, dataBytes, 0]);
});

test('torn at any length', async () => {
  await store.save(unsaved(1, 100));
  const whole = readFileSync(fileOf(1));
  for (let length = 0; length < whole.length; length++) {
    writeFileSync(fileOf(1), whole);
    truncateSync(fileOf(1), length);
    expect(await store.latest()).toBe(null);
  }
  expect(broken).toHaveLength(whole.length);
});

test('a save that was cut off by a crash leaves nothing that is used, and is cleaned up by the next', async () => {
  await store.save(unsaved(1));
  writeFileSync(`${fileOf(2)}.partial`, 'half of it');
  expect(await latest()).toEqual(snapshot(1));
  expect(broken).toEqual([]);
  await store.save(unsaved(3));
  expect(readdirSync(folder).filter((name) => name.endsWith('.partial'))).toEqual([]);
});

test('a save that fails rejects, and the next one works', async () => {
  writeFileSync(folder, 'a file is in the way');
  await expect(store.save(unsaved(1))).rejects.toThrow('EEXIST');
  rmSync(folder);
  await store.save(unsaved(2));
  expect(await latest()).toEqual(snapshot(2));
});
