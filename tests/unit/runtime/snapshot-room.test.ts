// Goal: what was copied for a snapshot stays what it was until the next one is begun, whether it found room or not.

import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SnapshotRoom } from '#runtime/snapshot-room.ts';

test('copies are equal, apart from each other and from what goes on changing, in too little room as well', async () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(pieces, fc.nat(200)), { maxLength: 4 }), async (cuts) => {
      const room = new SnapshotRoom();
      for (const [changing, roomBytes] of cuts) {
        await room.prepare(roomBytes);
        const before = changing.map((bytes) => [...bytes]);
        const copies = changing.map((bytes) => room.copy(bytes));
        for (const bytes of changing) bytes.fill(0xff);
        expect(copies.map((bytes) => [...bytes])).toEqual(before);
        for (const [at, bytes] of copies.entries()) bytes.fill(at);
        for (const [at, bytes] of copies.entries()) expect(bytes.every((byte) => byte === at)).toBe(true);
      }
    }),
  );
});

test('the next snapshot gets the memory of the one before', async () => {
  const room = new SnapshotRoom();
  const cut = async (byteLength: number): Promise<ArrayBufferLike> => {
    await room.prepare(byteLength);
    return room.copy(new Uint8Array(byteLength)).buffer;
  };
  const first = await cut(10_000);
  expect(await cut(10_000)).toBe(first);
  expect(await cut(9_000)).toBe(first);
  const grown = await cut(20_000);
  expect(grown).not.toBe(first);
  expect(await cut(20_500)).toBe(grown);
});

test('others have their turn while room is made', async () => {
  let turns = 0;
  let isMade = false;
  const others = async (): Promise<void> => {
    for (; !isMade; turns++) await setImmediate();
  };
  const waiting = others();
  await new SnapshotRoom().prepare(64 * 1024 * 1024);
  isMade = true;
  await waiting;
  expect(turns).toBeGreaterThanOrEqual(32);
});
