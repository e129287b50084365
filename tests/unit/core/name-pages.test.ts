// Goal: names come back as they were after any changes, whichever pages were encoded before.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyNames, NamePages, type RosterNames } from '#core/state/name-pages.ts';

test('names survive, of homes numbered with gaps, renamed after a snapshot, and after a restart', () => {
  const change = fc.record({
    row: fc.integer({ min: 1, max: 9000 }),
    word: fc.string(),
    after: fc.constantFrom('nothing', 'snapshot', 'restart'),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
      let names = emptyNames();
      let pages = new NamePages(names);
      for (const { row, word, after } of changes) {
        pages.noteChanged('homes', row);
        names.homeId[row] = word;
        names.homeDistrict[row] = `${word}-district`;
        names.homeTimezone[row] = 'Asia/Shanghai';
        if (after === 'snapshot') pages.images();
        if (after === 'restart') [names, pages] = restarted(pages);
      }
      const [restored] = restarted(pages);
      expect(restored).toEqual(names);
    }),
    { numRuns: 50 },
  );
});

function restarted(pages: NamePages): [RosterNames, NamePages] {
  const names = emptyNames();
  const restored = new NamePages(names);
  restored.restore(pages.images());
  return [names, restored];
}

test('what a restart has read is not encoded again, and does not keep the whole snapshot', () => {
  const page = { group: 'homes', from: 0, lists: [[null, 'h-1'], [], []] };
  const snapshot = Buffer.from(`${JSON.stringify(page, null, 2)}the rest of the snapshot`);
  const bytes = snapshot.subarray(0, snapshot.indexOf('the rest'));
  const restored = new NamePages(emptyNames());
  restored.restore([{ name: 'homes/0', bytes }]);
  const [kept] = restored.images();
  expect(new TextDecoder().decode(kept!.bytes)).toBe(JSON.stringify(page, null, 2));
  expect(kept!.bytes.buffer.byteLength).toBe(bytes.length);
});

test('pages are encoded ahead one at a time, each once', () => {
  const names = emptyNames();
  const pages = new NamePages(names);
  for (let row = 1; row < 9000; row++) names.homeId[row] = `h-${row}`;
  expect([...pages.encodeAhead()]).toHaveLength(3);
  const before = pages.images();
  pages.noteChanged('homes', 5000);
  expect([[...pages.encodeAhead()], [...pages.encodeAhead()]].map(({ length }) => length)).toEqual([1, 0]);
  expect(pages.images().map(({ bytes }, at) => bytes === before[at]!.bytes)).toEqual([true, false, true]);
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
