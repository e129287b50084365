// Goal: a copy of a report is no second alarm, and the next episode of anything else always is one.

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
