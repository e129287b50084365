// Goal: a copy of a report is no second alarm, and the next episode of anything else always is one.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AlertBook, type Cause } from '#core/alerts/book.ts';

function bookWith(): { readonly book: AlertBook; readonly said: string[] } {
  const said: string[] = [];
  const book = new AlertBook(() => 1, {
    emit: (effect) => {
      if (effect.type === 'alert')
        said.push(`${effect.change} ${effect.alert.id} x${effect.alert.causeCount}`);
    },
    onOpen: () => undefined,
    onClosed: () => undefined,
  });
  return { book, said };
}

const SILENCE: Cause = {
  rule: 'unseen-home',
  kind: 'unseen-home',
  priority: 3,
  subject: 'home~1',
  cause: 'due-5',
  home: 1,
  homeId: 'h-1',
  districtCode: '330106001001',
  gatewayId: null,
  deviceId: null,
  room: null,
  lateByMs: 0,
  explanation: { code: 'unseen-home', params: {} },
};
const PRESS: Cause = { ...SILENCE, rule: 'emergency', kind: 'sos', cause: 'sos~e1', isReport: true };

test('an episode that begins when one began that is over rings again, each time', () => {
  const { book, said } = bookWith();
  for (let episode = 0; episode < 3; episode++) {
    book.raise(SILENCE);
    book.clear('unseen-home', 'home~1', true);
  }
  const id = 'h-1~unseen-home~due-5';
  expect(said.filter((line) => line.startsWith('raised'))).toEqual([
    `raised ${id} x1`,
    `raised ${id}~2 x1`,
    `raised ${id}~3 x1`,
  ]);
});

test('an episode that begins anew while its alert is still held counts up', () => {
  const { book, said } = bookWith();
  book.raise(SILENCE);
  book.clear('unseen-home', 'home~1', false);
  book.raise(SILENCE);
  expect(said.at(-1)).toBe('returned h-1~unseen-home~due-5 x2');
  expect(book.open()).toMatchObject([{ condition: 'active' }]);
});

test('a copy of a press is no news, while its alert is open and afterwards; another press is', () => {
  const { book, said } = bookWith();
  book.raise(PRESS);
  book.raise(PRESS);
  book.clear('emergency', 'home~1', true);
  book.raise(PRESS);
  expect(said.map((line) => line.split(' ')[0])).toEqual(['raised', 'restored']);
  book.raise({ ...PRESS, cause: 'sos~e2' });
  expect(said.at(-1)).toBe('raised h-1~emergency~sos~e2 x1');
});

/** Home 1 to 900: several pages of the snapshot. */
const act = fc.record({
  what: fc.constantFrom('raise', 'raise', 'clear', 'restore', 'move', 'adopt', 'snapshot'),
  home: fc.integer({ min: 1, max: 900 }),
});

test('a snapshot keeps alerts, their order and their slots, whatever of it was encoded before', () => {
  fc.assert(
    fc.property(fc.array(act, { minLength: 300, maxLength: 1500, size: 'max' }), (acts) => {
      const { book } = bookWith();
      for (const { what, home } of acts) {
        const subject = `home~${home}`;
        const cause = { ...SILENCE, subject, cause: `due-${home}`, home, homeId: `h-${home}` };
        if (what === 'raise') book.raise(cause);
        else if (what === 'move') book.raise({ ...cause, home: home + 1 });
        else if (what === 'adopt') adoptOnce(book, `adopted-${home}`);
        else if (what === 'snapshot') book.encodeAhead().next();
        else book.clear('unseen-home', subject, what === 'restore');
      }
      const { book: restored } = bookWith();
      restored.restore(JSON.parse(JSON.stringify(book.image())), book.images());
      expect(restored.open()).toEqual(book.open());
      expect([...restored.inSlots()].map(({ slot }) => slot)).toEqual(
        [...book.inSlots()].map(({ slot }) => slot),
      );
      expect(restored.images()).toEqual(book.images());
      for (const each of [book, restored]) each.raise({ ...SILENCE, subject: 'next', cause: 'next' });
      expect(restored.open()).toEqual(book.open());
      expect(restored.images()).toEqual(book.images());
    }),
    // Making so long a story shorter would take minutes.
    { numRuns: 20, endOnFailure: true },
  );
});

/** As an open alert of an earlier core. */
function adoptOnce(book: AlertBook, id: string): void {
  const [any] = book.open();
  if (any !== undefined && book.get(id) === undefined && !book.isClosed(id)) book.adopt({ ...any, id });
}

test('the work of a snapshot is done ahead, and again for what changed since', () => {
  const { book } = bookWith();
  const raise = (home: number) =>
    book.raise({ ...SILENCE, subject: `home~${home}`, homeId: `h-${home}`, home });
  for (let home = 1; home <= 600; home++) raise(home);
  const pagesEncoded = () => [...book.encodeAhead()].length;
  expect([pagesEncoded(), pagesEncoded()]).toEqual([3, 0]);
  const before = book.images();
  raise(300);
  expect(pagesEncoded()).toBe(1);
  expect(book.images().map((image, page) => image.bytes === before[page]!.bytes)).toEqual([
    true,
    false,
    true,
  ]);
});

test('an alert that changes all the time keeps nobody from the others', () => {
  const { book } = bookWith();
  const raise = (home: number) =>
    book.raise({ ...SILENCE, subject: `home~${home}`, homeId: `h-${home}`, home });
  for (let home = 1; home <= 2_000; home++) raise(home);
  let turns = 0;
  for (const _ of book.encodeAhead()) {
    raise(1);
    turns++;
  }
  expect(turns).toBe(8);
  expect([...book.encodeAhead()]).toHaveLength(1);
});
