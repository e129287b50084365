// Goal: the report counts what a supervisor decides by: what is the same alert, what is new, what is gone, and of those
// that were closed, which were false and which were help.

import { expect, test } from 'vitest';
import type { Alert, AlertChange } from '#core/model/alert.ts';
import { type AlertLife, AlertLives, LIVES_MAX, lifeOf } from '#runtime/backtest/alert-lives.ts';
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
  const times = { raisedAtMs: atMs, beganAtMs: atMs, atMs, endedAtMs: atMs + 100 };
  return { alertId, homeId: 'h1', ...fixed, deviceId: null, ...times, ...more };
}

function real(alertId: string, atMs: number, code: string | null, more: Partial<AlertLife> = {}): RealLife {
  const outcome = code === null ? null : ({ code, detail: 'x' } as RealLife['outcome']);
  return { ...life(alertId, atMs, more), outcome };
}

const report = (was: readonly RealLife[], would: readonly AlertLife[]) =>
  reportOf({ replayed: REPLAYED, windows: WINDOWS, unknownHomeIds: [], real: was, simulated: would });

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

test('about the same silence it is the same alert, also when staff had closed the real one by then', () => {
  const silence = { beganAtMs: 1_000, endedAtMs: 9_000 };
  const was = [real('a', 5_000, 'ASSISTED', { ...silence, endedAtMs: 5_100 })];
  expect(report(was, [life('z', 6_000, silence)])).toMatchObject({ helpAfter: 1, listed: { both: 1 } });
  expect(report(was, [life('z', 4_000, silence)])).toMatchObject({ helpAfter: 1, listed: { both: 1 } });
  const next = { beganAtMs: 5_100, endedAtMs: 9_000 };
  expect(report(was, [life('z', 8_000, next)])).toMatchObject({ helpAfter: 0, listed: { both: 0 } });
});

test('what rings again is another alert; but not where the real one was still open, or has the same id', () => {
  const week = { endedAtMs: 7 * DAY_MS };
  const days = (alertId: string, count: number) =>
    Array.from({ length: count }, (_, day) => life(alertId, day * DAY_MS + 1_000));
  const listed = (was: readonly RealLife[], would: readonly AlertLife[]) => {
    const { listed, after } = report(was, would);
    expect(after.raised).toBe(listed.both + listed.wouldRaise);
    return listed;
  };
  const daily = [real('a', 1_000, null), real('b', DAY_MS + 1_000, null)];
  expect(listed(daily, days('z', 3))).toEqual({ both: 2, wouldRaise: 1, wouldNotRaise: 0 });
  expect(listed([real('a', 1_050, null, week)], days('z', 9))).toEqual({
    both: 1,
    wouldRaise: 2,
    wouldNotRaise: 0,
  });
  expect(listed([real('z', 1_000, null)], days('z', 9))).toEqual({
    both: 1,
    wouldRaise: 0,
    wouldNotRaise: 0,
  });
});

test('of homes of which the log says too little neither is counted, and it is said how many had alerts', () => {
  const was = [real('a', 1_000, 'ASSISTED'), real('b', 1_000, 'DECEASED', { homeId: 'h2' })];
  const would = [life('a', 1_000), life('c', 1_000, { homeId: 'h2' })];
  const parts = { replayed: REPLAYED, windows: WINDOWS, real: was, simulated: would };
  const found = reportOf({ ...parts, unknownHomeIds: ['h2', 'h3'] });
  expect(found).toMatchObject({ homes: 1, homeDays: 10, leftOutHomes: 1, helpBefore: 1, helpAfter: 1 });
  expect(found.listed).toEqual({ both: 1, wouldRaise: 0, wouldNotRaise: 0 });
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

test('of what rang its last state counts; each time it comes back is another; too many are an error', () => {
  const lives = new AlertLives(500);
  const effect = (change: AlertChange, index: number, more: Partial<Alert>) => {
    const alert = makeAlert({ id: `a${index}`, homeId: 'h1', ...more });
    return { type: 'alert', change, alert, offset: 1, index: 0, atMs: 0 } as const;
  };
  const raised = (index: number, atMs: number) =>
    effect('raised', index, { raisedAtMs: atMs, updatedAtMs: atMs });
  const back = { updatedAtMs: 900, causeCount: 2 };
  lives.note([
    ...[raised(1, 499), effect('cleared', 1, { raisedAtMs: 499, clearedAtMs: 700, updatedAtMs: 700 })],
    ...[raised(2, 500), effect('cleared', 2, { raisedAtMs: 500, clearedAtMs: 700, updatedAtMs: 700 })],
    ...[1, 2].map((index) => effect('returned', index, { raisedAtMs: 498 + index, ...back })),
    effect('closed', 2, { raisedAtMs: 500, ...back, closedAtMs: 950, updatedAtMs: 950 }),
  ]);
  expect(lives.all().map(({ alertId, atMs, endedAtMs }) => [alertId, atMs, endedAtMs])).toEqual([
    ['a2', 500, 700],
    ['a1', 900, null],
    ['a2', 900, 950],
  ]);
  const many = Array.from({ length: LIVES_MAX }, (_, index) => raised(index + 10, 600));
  expect(() => lives.note(many)).toThrow('choose fewer homes');
});

const HOUR_MS = 3_600_000;
test.each<[string, Alert['explanation']['params'], number]>([
  ['its beginning', { sinceMs: 7 * HOUR_MS, lastActivityAtMs: 6 * HOUR_MS }, 7 * HOUR_MS],
  ['how long it had lasted', { silentMs: 2 * HOUR_MS, lastActivityAtMs: 6 * HOUR_MS }, 8 * HOUR_MS],
  ['the last time that all was well', { lastTestAtMs: null, lastSeenAtMs: 3 * HOUR_MS }, 3 * HOUR_MS],
  ['nothing', { thresholdMs: HOUR_MS }, 10 * HOUR_MS],
])('an alert is about what began when its explanation says: %s', (_what, params, beganAtMs) => {
  const raisedAtMs = 10 * HOUR_MS;
  const alert = makeAlert({ homeId: 'h1', raisedAtMs, explanation: { code: 'x', params } });
  expect(lifeOf(alert)).toMatchObject({ beganAtMs });
  // A later cause wrote the explanation, and nobody knows when that was.
  const again = lifeOf({ ...alert, causeCount: 2 })!.beganAtMs;
  expect(again).toBe('silentMs' in params ? params['lastActivityAtMs'] : beganAtMs);
});
