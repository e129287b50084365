// Goal: the evaluator itself would notice a miss and a false alarm, and counts as the README of the data says.

import { expect, test } from 'vitest';
import { cutIndex, eventsAfter } from './cases.ts';
import { chooseOn, crossCheck } from './cross-check.ts';
import { evaluateHome, type HomeResult, quickLook } from './evaluate.ts';
import { acrossClockChanges, delayed, duplicated, reordered, thinned } from './faults.ts';
import { fixedRuleAlarms } from './fixed-rule.ts';
import { at, type Change, madeUpHome } from './made-up-home.ts';
import { isHuman } from './recording.ts';
import { reportOf, reportText } from './report.ts';
import { delayFigures, type Outcome, onePerSilence } from './score.ts';

const HOUR_MS = 3_600_000;

function evaluated(change: Change): HomeResult {
  return evaluateHome(madeUpHome(change), {});
}

test('a quiet week: no alarm, no notice, and no fault run that rings', () => {
  const result = evaluated({});
  expect(result.alarms).toEqual([]);
  expect(Object.values(result.mustStaySilent)).toEqual(Array(7).fill(0));
});

test('a silence of 20 hours at home is one false alarm, by day of the score only', () => {
  expect(evaluated({ silent: { from: 'd5 10:00', until: 'd6 06:00' } }).alarms).toHaveLength(1);
  expect(evaluated({ silent: { from: 'd1 10:00', until: 'd2 06:00' } }).alarms).toHaveLength(0);
});

test('a rule that is too eager shows: as false alarms, and in the runs that must stay silent', () => {
  const eager = { inactivity: { dayMs: 15 * 60_000, nightMs: 15 * 60_000, capMs: 15 * 60_000 } };
  const result = evaluateHome(madeUpHome(), eager);
  expect(result.alarms.length).toBeGreaterThan(100);
  expect(result.mustStaySilent['duplicated']).toBeGreaterThan(100);
  expect(result.mustStaySilent['gateway-silent']).toBeGreaterThan(10);
});

test('an emergency is found, with its delay from the emergency on', () => {
  const [outcome] = evaluated({ cases: [{ at: 'd6 12:10' }] }).outcomes;
  expect(outcome).toMatchObject({ kind: 'truncate', isDay: true, isAlready: false });
  expect(outcome!.delayMs).toBeGreaterThan(HOUR_MS);
  expect(outcome!.delayMs).toBeLessThanOrEqual(12 * HOUR_MS);
});

test('an emergency that looks like going out is reported as missed, not left out', () => {
  const change = { doorAt: 'd6 12:01', cases: [{ at: 'd6 12:02' }, { at: 'd6 15:10' }] };
  const { outcomes } = evaluated(change);
  expect(outcomes.map(({ delayMs }) => delayMs === null)).toEqual([true, false]);
  expect(delayFigures(outcomes)).toMatchObject({ n: 2, missedPct: 50, p90: null });
});

test('an alarm that stands already counts as no delay and is told apart', () => {
  const silent = { from: 'd5 08:00', until: 'd6 07:00' };
  const { outcomes } = evaluated({ silent, cases: [{ at: 'd6 06:30' }] });
  expect(outcomes).toEqual([{ kind: 'truncate', isDay: false, delayMs: 0, isAlready: true }]);
});

test('presence is compared minute by minute with the truth', () => {
  const away = { from: 'd5 10:00', until: 'd5 16:00' };
  const unseen = evaluated({ away }).minutes!;
  expect(unseen.awayWrong).toBe(361);
  expect(unseen.awayRight + unseen.homeWrong).toBe(0);
  const seen = evaluated({ away, doorAt: 'd5 10:01', silent: { from: 'd5 10:01', until: 'd5 16:00' } })
    .minutes!;
  expect(seen.awayRight).toBeGreaterThan(300);
  expect(seen.homeWrong).toBe(0);
});

test('what still comes after an emergency', () => {
  const strayHitsAtMs = [at('d6 13:00'), at('d6 20:00')];
  const recording = madeUpHome({
    cases: [
      { at: 'd6 12:10' },
      { at: 'd6 12:10', kind: 'stray', strayHitsAtMs },
      { at: 'd6 12:10', kind: 'same-room', room: 'kitchen', keepOneIn: 3 },
    ],
  });
  const [truncate, stray, sameRoom] = recording.cases.map((injected) => eventsAfter(recording, injected));
  expect(recording.events[cutIndex(recording, recording.cases[0]!)]!.atMs).toBe(at('d6 12:20'));
  expect(truncate).toEqual([]);
  expect(stray!.filter(isHuman).map(({ atMs, kind }) => [atMs, kind])).toEqual(
    strayHitsAtMs.map((atMs) => [atMs, 'motion']),
  );
  expect(sameRoom!.slice(0, 2).map(({ atMs }) => atMs)).toEqual([at('d6 13:00'), at('d6 14:00')]);
  expect(sameRoom!.every(({ room }) => room === 'kitchen')).toBe(true);
});

test('the fixed rule: one alarm per silence, none when the silence begins at the door', () => {
  const alarms = (change: Change): number[] => {
    const recording = madeUpHome(change);
    return fixedRuleAlarms(recording, recording.events, 4 * HOUR_MS, at('d8 00:00'));
  };
  expect(alarms({})).toHaveLength(7);
  const silent = { from: 'd5 10:01', until: 'd5 16:00' };
  expect(alarms({ silent })).toHaveLength(8);
  expect(alarms({ silent, doorAt: 'd5 10:01' })).toHaveLength(7);
});

test('faults keep what they do not break', () => {
  const { events } = madeUpHome();
  const lines = (deliveries: ReturnType<typeof delayed>): number[] =>
    deliveries.map(({ event }) => event.line);
  expect(duplicated(events).length).toBeGreaterThan(events.length);
  expect(new Set(lines(duplicated(events))).size).toBe(events.length);
  for (const run of [delayed(events), reordered(events)]) {
    expect(lines(run)).not.toEqual(events.map(({ line }) => line));
    expect(lines(run).sort((a, b) => a - b)).toEqual(events.map(({ line }) => line));
    const times = run.map(({ atMs }) => atMs);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  }
  expect(acrossClockChanges(madeUpHome())).toEqual([]);
});

test('a thinned recording has lost about its share, the same events every time', () => {
  const recording = madeUpHome();
  const left = thinned(recording, 10).events;
  expect(left.length / recording.events.length).toBeCloseTo(0.9, 1);
  expect(left.length).toBeLessThan(recording.events.length);
  expect(thinned(recording, 10).events).toEqual(left);
  expect(thinned(recording, 0).events).toEqual(recording.events);
});

test('figures', () => {
  const outcome = (hours: number | null, isDay = true): Outcome => {
    return { kind: 'truncate', isDay, delayMs: hours === null ? null : hours * HOUR_MS, isAlready: false };
  };
  const ten = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((hours) => outcome(hours, hours > 4));
  expect(delayFigures(ten)).toMatchObject({
    n: 10,
    median: 5,
    p90: 9,
    dayMedian: 7,
    nightMedian: 2,
    missedPct: 0,
  });
  expect(delayFigures([...ten, outcome(null), outcome(null)])).toMatchObject({ median: 6, p90: null });
  expect(onePerSilence([5, 6, 12, 30], [1, 10, 20])).toEqual([5, 12, 30]);
});

test('the report has the layout of the issue', () => {
  const cases = [{ at: 'd6 12:10' }];
  const report = reportOf(new Map([['made-up', evaluated({ cases })]]));
  expect(Object.keys(report)).toEqual(['homes', 'pooled', 'baselines']);
  expect(report.homes['made-up']).toMatchObject({
    falseAlarmsPer30d: 0,
    notices: {},
    delayHours: { truncate: { n: 1, missedPct: 0, alreadyPct: 0 } },
    mustStaySilent: { 'sensor-dropped': 0, 'gateway-silent': 0, 'clock-change': 0 },
  });
  expect(report.baselines['fixed-8h']!['pooled']!.delayHours['truncate']!.median).toBe(7.84);
  expect(reportText(report)).toContain('fixed-12h');
});

test('the cross-check chooses on the other homes: fewest false alarms first, then the shorter delay', () => {
  const look = (alarms: number, hours: number, dropped = 0): ReturnType<typeof quickLook> => ({
    scoredMs: 30 * 24 * HOUR_MS,
    dropped,
    alarms: Array(alarms).fill({ atMs: 0, rule: 'r', code: 'c', isEmergency: true }),
    outcomes: [{ kind: 'truncate', isDay: true, delayMs: hours * HOUR_MS, isAlready: false }],
  });
  expect(chooseOn([[look(1, 1), look(0, 5), look(0, 3)]], 3)).toBe(2);
  expect(chooseOn([[look(0, 1, 2), look(0, 5), look(1, 3)]], 3)).toBe(1);
  expect(
    chooseOn(
      [
        [look(0, 1), look(0, 5)],
        [look(2, 1), look(0, 5)],
      ],
      2,
    ),
  ).toBe(1);
});

test('a quick look sees the same as the whole protocol', () => {
  const recording = madeUpHome({
    silent: { from: 'd5 10:00', until: 'd6 06:00' },
    cases: [{ at: 'd6 12:10' }, { at: 'd6 13:10', kind: 'not-up' }],
  });
  const whole = evaluateHome(recording, {});
  const quick = quickLook(recording, {});
  expect(quick.alarms).toEqual(whole.alarms);
  expect(quick.dropped).toBe(whole.mustStaySilent['sensor-dropped']);
  expect(quick.outcomes).toEqual(whole.outcomes.filter(({ kind }) => kind === 'truncate'));
  expect(crossCheck([]).length).toBe(0);
});
