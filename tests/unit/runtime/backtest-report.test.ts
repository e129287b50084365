// Goal: the report counts what a supervisor decides by: what is the same alert, what is new, what is gone, and of those
// that were closed, which were false and which were help.

import { expect, test } from 'vitest';
import { type AlertLife, AlertLives, LIVES_MAX } from '#runtime/backtest/alert-lives.ts';
import { ITEMS_MAX, type RealLife, reportOf } from '#runtime/backtest/report.ts';
import { makeAlert } from '../../support/alerts.ts';

const DAY_MS = 86_400_000;
const REPLAYED = {
  coveredFromMs: 0,
  coveredUntilMs: 10 * DAY_MS,
  isWholeLog: true,
  assumedHomes: 0,
  readEntries: 0,
  steppedEntries: 0,
  coreVersions: [],
};
const WINDOWS = [
  { homeId: 'h1', watchedMs: 10 * DAY_MS },
  { homeId: 'h2', watchedMs: 5 * DAY_MS },
];

function life(alertId: string, atMs: number, more: Partial<AlertLife> = {}): AlertLife {
  const fixed = { rule: 'inactivity', kind: 'inactivity', code: 'inactivity.day', priority: 2 } as const;
  return { alertId, homeId: 'h1', ...fixed, deviceId: null, atMs, endedAtMs: atMs + 100, ...more };
}

function real(alertId: string, atMs: number, code: string | null, more: Partial<AlertLife> = {}): RealLife {
  const outcome = code === null ? null : ({ code, detail: 'x' } as RealLife['outcome']);
  return { ...life(alertId, atMs, more), outcome };
}

const report = (was: readonly RealLife[], would: readonly AlertLife[]) =>
  reportOf({ replayed: REPLAYED, windows: WINDOWS, real: was, simulated: would });

test('the same id is the same alert; moved in time it is the same while both would be open; else it is another', () => {
  const was = [real('a', 1_000, null), real('b', 2_000, null), real('c', 3_000, null)];
  const would = [life('a', 1_000), life('b2', 2_050), life('c2', 3_200)];
  const { both, wouldRaise, wouldNotRaise } = report(was, would);
  expect(both.map(({ alertId, wouldAtMs }) => [alertId, wouldAtMs])).toEqual([
    ['a', 1_000],
    ['b', 2_050],
  ]);
  expect(wouldRaise.map(({ alertId }) => alertId)).toEqual(['c2']);
  expect(wouldNotRaise.map(({ alertId }) => alertId)).toEqual(['c']);
});

test('what never ended overlaps all that follows; another home, rule or device is never the same', () => {
  const was = [real('a', 1_000, null, { endedAtMs: null })];
  expect(report(was, [life('z', 9_000)]).listed).toEqual({ both: 1, wouldRaise: 0, wouldNotRaise: 0 });
  for (const other of [{ homeId: 'h2' }, { rule: 'not-up' }, { deviceId: 'd' }])
    expect(report(was, [life('z', 1_000, other)]).listed.both).toBe(0);
});

test('one alert stands for one other only', () => {
  const was = [real('a', 1_000, null), real('b', 1_050, null)];
  expect(report(was, [life('z', 1_020)]).listed).toEqual({ both: 1, wouldRaise: 0, wouldNotRaise: 1 });
});

test('false ones and help, before and after; technical notices are neither', () => {
  const was = [
    real('a', 1_000, 'WELFARE_OK'),
    real('b', 2_000, 'AWAY'),
    real('c', 3_000, 'EMERGENCY'),
    real('d', 4_000, 'NO_RESPONSE'),
    real('e', 5_000, null),
    real('f', 6_000, 'TECHNICAL', { priority: 4 }),
  ];
  const would = [life('a', 1_000), life('c', 3_000), life('e', 5_000)];
  expect(report(was, would)).toMatchObject({ falseBefore: 2, falseAfter: 1, helpBefore: 2, helpAfter: 1 });
});

test('per home, per rule and per 1000 home-days', () => {
  const was = [real('a', 1_000, null), real('b', 1_000, null, { homeId: 'h2', rule: 'leak' })];
  const { homeDays, before, after, byRule, byHome } = report(was, [life('a', 1_000)]);
  expect({ homeDays, before, after }).toEqual({
    homeDays: 15,
    before: { raised: 2, perThousandHomeDays: 133.33 },
    after: { raised: 1, perThousandHomeDays: 66.67 },
  });
  expect(byRule).toEqual([
    { rule: 'inactivity', before: 1, after: 1, both: 1 },
    { rule: 'leak', before: 1, after: 0, both: 0 },
  ]);
  expect(byHome).toEqual([
    { homeId: 'h2', homeDays: 5, before: 1, after: 0 },
    { homeId: 'h1', homeDays: 10, before: 1, after: 1 },
  ]);
});

test('long lists are cut, and it is said how long they were', () => {
  const would = Array.from({ length: ITEMS_MAX + 7 }, (_, index) => life(`x${index}`, index));
  const { wouldRaise, listed, after } = report([], would);
  expect(wouldRaise).toHaveLength(ITEMS_MAX);
  expect([listed.wouldRaise, after.raised]).toEqual([ITEMS_MAX + 7, ITEMS_MAX + 7]);
});

test('of an alert its last state counts, and more than can be kept is an error', () => {
  const lives = new AlertLives(500);
  const effect = (index: number, raisedAtMs: number, clearedAtMs: number | null) => {
    const alert = makeAlert({ id: `a${index}`, homeId: 'h1', raisedAtMs, clearedAtMs });
    return { type: 'alert', change: 'raised', alert, offset: 1, index: 0, atMs: 0 } as const;
  };
  lives.note([effect(1, 499, null), effect(2, 500, null), effect(2, 500, 700)]);
  expect(lives.all()).toMatchObject([{ alertId: 'a2', endedAtMs: 700 }]);
  const many = Array.from({ length: LIVES_MAX }, (_, index) => effect(index + 10, 600, null));
  expect(() => lives.note(many)).toThrow('choose fewer homes');
});
