// Goal: the window answers as a plain list of the last identities would, and its hash spreads as its arithmetic
// assumes.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hashIdentity } from '#journal/identity-hash.ts';
import { hashHalves, hashOfHalves } from '#journal/sqlite-row.ts';
import { DURABLE_COPY, type HeldIdentity, IdentityWindow } from '#journal/window.ts';

const identity = (source: number, id: string, atMs = 1_763_000_000_000, offset = 1): HeldIdentity => ({
  ...hashIdentity(id),
  source,
  offset,
  atMs,
  next: null,
});

function settled(window: IdentityWindow, held: HeldIdentity): void {
  window.hold(held);
  window.settle(held);
}

describe('IdentityWindow', () => {
  test('equals a list of the last identities of each source', () => {
    const event = fc.record({ source: fc.integer({ min: -3, max: 3 }), id: fc.nat(8), gapMs: fc.nat(2000) });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 200 }), fc.option(fc.nat(4000)), (events, withinMs) => {
        const window = new IdentityWindow(4);
        const model = new Map<number, { id: number; atMs: number }[]>();
        let atMs = 2 ** 40;
        for (const { source, id, gapMs } of events) {
          atMs += gapMs;
          const list = model.get(source) ?? [];
          const isKnown = list.some(
            (each) => each.id === id && (withinMs === null || atMs - each.atMs <= withinMs),
          );
          const candidate = identity(source, `seq-${id}`, atMs);
          expect(window.firstCopyOf(candidate, withinMs)).toBe(isKnown ? DURABLE_COPY : null);
          if (isKnown) continue;
          settled(window, candidate);
          model.set(source, [...list, { id, atMs }].slice(-4));
        }
      }),
    );
  });

  test('held: found with its offset; forgotten: as if it had never been', () => {
    const window = new IdentityWindow(2);
    settled(window, identity(1, 'a'));
    settled(window, identity(1, 'b'));
    for (const [i, id] of ['c', 'd', 'e'].entries()) window.hold(identity(1, id, 10, 5 + i));
    expect(window.firstCopyOf(identity(1, 'd', 10), null)).toBe(6);
    expect(window.firstCopyOf(identity(2, 'd', 10), null)).toBe(null);
    window.forgetHeld();
    expect(window.firstCopyOf(identity(1, 'd'), null)).toBe(null);
    expect(window.firstCopyOf(identity(1, 'a'), null)).toBe(DURABLE_COPY);
  });

  test('settling out of order is an error of the program', () => {
    const window = new IdentityWindow(2);
    const [first, second] = [identity(1, 'a'), identity(1, 'b')];
    window.hold(first);
    window.hold(second);
    expect(() => window.settle(second)).toThrow('out of order');
  });

  test('thousands of sources, saved block by block and restored, in which a rescan changes nothing', () => {
    const window = new IdentityWindow(3);
    const all: HeldIdentity[] = [];
    for (let i = 0; i < 12_000; i++) all.push(identity((i % 3000) - 1500, `id-${i}`, 1_763_000_000_000 + i));
    for (const each of all) settled(window, each);
    expect(window.sourceCount).toBe(3000);
    const copy = new IdentityWindow(3);
    for (let i = 0; i < window.blockCount(); i++) copy.restoreBlock(window.copyBlock(i));
    for (const each of all.slice(-6000)) copy.restore(each.source, each, each.atMs);
    const known = (each: IdentityWindow) => all.map((one) => each.firstCopyOf({ ...one }, null));
    expect(known(copy)).toEqual(known(window));
    expect(known(copy).filter((answer) => answer === null)).toHaveLength(3000);
    // And whole, as the thread that opened the log hands it over: also for what is entered from then on.
    const taken = new IdentityWindow(3, structuredClone(copy.memory()));
    const later = [identity(7, 'later', 1_763_000_020_000), identity(9_999, 'new', 1_763_000_020_000)];
    for (const each of later) settled(taken, each);
    expect(known(taken).slice(0, -6000)).toEqual(known(copy).slice(0, -6000));
    expect(later.map((one) => taken.firstCopyOf({ ...one }, null))).toEqual([DURABLE_COPY, DURABLE_COPY]);
    expect(taken.sourceCount).toBe(3001);
  });
});

describe('hashIdentity', () => {
  test('numbered ids, short ids and ids that differ in one bit all differ', () => {
    const ids = Array.from({ length: 60_000 }, (_, i) => [
      `${i}`,
      `seq:${i}`,
      `01JABCDEFG${i}`,
      '\0'.repeat(i % 100),
    ]);
    const unique = new Set(ids.flat());
    const hashes = new Set([...unique].map((id) => Object.values(hashIdentity(id)).join()));
    expect(hashes.size).toBe(unique.size);
  });

  test('every one of its 80 bits is set in about half of the hashes', () => {
    const counts = new Array<number>(80).fill(0);
    for (let i = 0; i < 4000; i++) {
      const { word0, word1, word2 } = hashIdentity(`id-${i}`);
      for (let bit = 0; bit < 32; bit++) counts[bit]! += (word0 >>> bit) & 1;
      for (let bit = 0; bit < 32; bit++) counts[32 + bit]! += (word1 >>> bit) & 1;
      for (let bit = 0; bit < 16; bit++) counts[64 + bit]! += (word2 >>> bit) & 1;
    }
    // 2,000 expected, standard deviation 32.
    expect(counts.filter((count) => Math.abs(count - 2000) > 200)).toEqual([]);
  });

  test('goes through the columns of the database unchanged', () => {
    fc.assert(
      fc.property(fc.string(), (id) => {
        const hash = hashIdentity(id);
        const { idA, idB } = hashHalves(hash);
        expect(Number.isSafeInteger(idA) && Number.isSafeInteger(idB)).toBe(true);
        expect(hashOfHalves(idA, idB)).toEqual(hash);
      }),
    );
  });
});
