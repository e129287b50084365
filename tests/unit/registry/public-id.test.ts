// Goal: ids made here rise whatever the clock does, and are fit for URLs, topics and alert ids.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isInScope } from '#registry/registry.ts';
import { codeRange } from '#registry/sqlite/paging.ts';
import { createIdMaker } from '#registry/sqlite/public-id.ts';

test('ids rise and never repeat, also when the clock stands or goes back', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 4_000_000_000_000 }), { maxLength: 50 }), (times) => {
      let nowMs = 0;
      const makeId = createIdMaker(() => nowMs);
      const ids = times.map((time) => {
        nowMs = time;
        return makeId();
      });
      for (const id of ids) expect(id).toMatch(/^[0-9a-hjkmnp-tv-z]{16}$/);
      expect(ids).toEqual([...new Set(ids)].sort());
    }),
  );
});

test('two makers at one instant give different ids', () => {
  const ids = Array.from({ length: 100 }, () => createIdMaker(() => 1_800_000_000_000)());
  expect(new Set(ids).size).toBe(100);
});

test('the range of a scope holds exactly the codes in scope', () => {
  const code = fc
    .tuple(fc.integer({ min: 1, max: 99 }), fc.stringMatching(/^\d{10}$/), fc.constantFrom(2, 4, 6, 9, 12))
    .map(([province, rest, digits]) =>
      (String(province).padStart(2, '0') + rest).slice(0, digits).padEnd(12, '0'),
    );
  const near = fc.tuple(code, code, fc.boolean()).map(([scope, other, isBelow]) => {
    const { from } = codeRange(scope);
    return { scope, other: isBelow ? from.slice(0, 6) + other.slice(6) : other };
  });
  fc.assert(
    fc.property(near, ({ scope, other }) => {
      const { from, until } = codeRange(scope);
      expect(other >= from && (until === null || other < until)).toBe(isInScope(scope, other));
    }),
    { numRuns: 1000 },
  );
});
