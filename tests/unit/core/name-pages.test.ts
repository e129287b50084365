// Goal: names come back as they were after any changes, whichever pages were encoded before.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyNames, NamePages } from '#core/state/name-pages.ts';

test('names survive, also of homes numbered with gaps, and of rows renamed after a snapshot', () => {
  const change = fc.record({
    row: fc.integer({ min: 1, max: 9000 }),
    word: fc.string(),
    isCut: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
      const names = emptyNames();
      const pages = new NamePages(names);
      for (const { row, word, isCut } of changes) {
        pages.noteChanged('homes', row);
        names.homeId[row] = word;
        names.homeDistrict[row] = `${word}-district`;
        names.homeTimezone[row] = 'Asia/Shanghai';
        if (isCut) pages.images();
      }
      const restored = emptyNames();
      new NamePages(restored).restore(pages.images());
      expect(restored).toEqual(names);
    }),
    { numRuns: 50 },
  );
});

test('a page that did not change is not encoded again', () => {
  const names = emptyNames();
  const pages = new NamePages(names);
  for (let row = 1; row < 5000; row++) names.homeId[row] = `h-${row}`;
  const before = pages.images();
  pages.noteChanged('homes', 4999);
  names.homeId[4999] = 'other';
  const after = pages.images();
  expect(after[0]!.bytes).toBe(before[0]!.bytes);
  expect(after[1]!.bytes).not.toBe(before[1]!.bytes);
  expect(new TextDecoder().decode(after[1]!.bytes)).toContain('other');
});
