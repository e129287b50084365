// Goal: a source has the place in which it first appeared, whatever its number and however many there are.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SourceIndex } from '#journal/source-index.ts';

const sources = fc.oneof(
  fc.integer({ min: 1, max: 3000 }),
  fc.maxSafeInteger(),
  // The same low 32 bits: one slot for all.
  fc.integer({ min: 0, max: 50 }).map((high) => high * 2 ** 32 + 7),
);

test('as a Map would say it, also after it was taken over', () => {
  fc.assert(
    fc.property(fc.array(sources, { maxLength: 4000 }), fc.nat(4000), (all, handedOverAt) => {
      const expected = new Map<number, number>();
      let index = new SourceIndex();
      all.forEach((source, i) => {
        if (i === handedOverAt) index = new SourceIndex(structuredClone(index.memory()));
        expect(index.placeOf(source)).toBe(expected.get(source) ?? -1);
        if (!expected.has(source)) expected.set(source, expected.size);
        expect(index.add(source)).toBe(expected.get(source));
      });
      expect(index.size).toBe(expected.size);
      expect([...index.slice(0, all.length + 1)]).toEqual([...expected.keys()]);
    }),
    { numRuns: 50 },
  );
});

test('a hundred thousand in a row', () => {
  const index = new SourceIndex();
  for (let source = -50_000; source < 50_000; source++) index.add(source);
  for (let source = -50_000; source < 50_000; source++)
    if (index.placeOf(source) !== source + 50_000) expect.fail(`source ${source} is lost`);
  expect(index.placeOf(50_000)).toBe(-1);
});
