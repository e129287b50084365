// Goal: wall clock and UTC agree in both directions, on the two odd days of the year as well.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HomeZone } from '../../simulators/home-zone.ts';

const amsterdam = new HomeZone('Europe/Amsterdam');
const wall = (text: string): number => Date.parse(`${text}Z`);

test.each([
  ['2009-07-24T18:46:55.000', '2009-07-24T16:46:55.000Z'],
  ['2009-12-24T18:46:55.500', '2009-12-24T17:46:55.500Z'],
])('%s in Amsterdam is %s', (local, utc) => {
  expect(new Date(amsterdam.toUtcMs(wall(local))).toISOString()).toBe(utc);
});

test('a wall time that happens twice is the first, unless time is already past it', () => {
  const twice = wall('2026-10-25T02:30:00');
  const first = Date.parse('2026-10-25T00:30:00Z');
  expect(amsterdam.toUtcMs(twice)).toBe(first);
  expect(amsterdam.toUtcMs(twice, first + 1)).toBe(first + 3_600_000);
});

test('a wall time that never happens is an hour later', () => {
  expect(new Date(amsterdam.toUtcMs(wall('2026-03-29T02:30:00'))).toISOString()).toBe(
    '2026-03-29T01:30:00.000Z',
  );
});

test('there and back again, in zones with and without clock changes', () => {
  const zones = ['Asia/Shanghai', 'America/Los_Angeles', 'Australia/Lord_Howe', 'Asia/Kathmandu'].map(
    (z) => new HomeZone(z),
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.integer({ min: 1_000_000_000_000, max: 1_900_000_000_000 }),
      (zone, utc) => {
        expect(zone.toUtcMs(zone.toWallMs(utc), utc)).toBe(utc);
      },
    ),
    { numRuns: 300 },
  );
});

test('shows the wall clock', () => {
  expect(amsterdam.show(Date.parse('2009-07-24T16:46:55Z'))).toBe('2009-07-24 18:46:55');
});
