// Goal: a burst pipe is found by what runs through the meter, wherever the residents are; a meter that is exchanged,
// reset or wrong for once is no burst pipe.

import { expect, test } from 'vitest';
import type { Alert } from '#core/model/alert.ts';
import { waterHigh } from '#core/rules/water-high.ts';
import { at, meterLines, woven } from '../support/meter.ts';
import { play, type ScenarioOptions } from '../support/scenario.ts';

const H = 60;
const HOME: ScenarioOptions = {
  devices: [
    { deviceId: 'meter', kind: 'water_liters', zone: 'kitchen' },
    { deviceId: 'pir-living', kind: 'motion' },
    { deviceId: 'door', kind: 'contact', zone: 'entry' },
  ],
  rules: [waterHigh],
};

/** 10 l a minute from `burst` to `closed`. */
function burst(from: number, until: number, [begin, end]: readonly [number, number]): string[] {
  const total = (m: number): number => 700 + 10 * Math.max(0, Math.min(m, end) - begin);
  return meterLines({ from, until, everyMinutes: 30, total });
}

test('more than two cubic metres in a day, once, until a day is back below', () => {
  const effects = play(
    woven(burst(0, 40 * H, [2 * H, 6 * H]), [
      'd0 05:30 => raised water-high',
      'd1 02:30 => cleared water-high',
    ]),
    HOME,
  );
  const { alert } = effects[0] as { alert: Alert };
  expect(alert.explanation).toEqual({
    code: 'water-high',
    params: {
      usedLiters: 2100,
      windowMs: 86_400_000,
      thresholdLiters: 2000,
      lastReadingAtMs: Date.parse('2026-03-02T05:30:00+08:00'),
    },
  });
});

test('two baths are no leak; the option of one cubic metre', () => {
  play(woven(burst(0, 24 * H, [8 * H, 10 * H])), HOME);
  const strict = { ...HOME, home: { rules: { 'water-high': { liters: 1000 } } } };
  play(
    woven(burst(0, 36 * H, [8 * H, 10 * H]), [
      'd0 10:00 => raised water-high',
      'd1 08:00 => cleared water-high',
    ]),
    strict,
  );
  play(woven(burst(0, 30 * H, [2 * H, 6 * H])), { ...HOME, home: { rules: { 'water-high': { isOn: 0 } } } });
});

test('a limit that is lowered counts at once, and yesterday does not spare today', () => {
  const lower = { rules: { 'water-high': { liters: 300 } } };
  play(
    woven(burst(0, 12 * H, [8 * H, 8 * H + 40]), [
      `d0 09:10 configure ${JSON.stringify(lower)}`,
      'd0 09:30 => raised water-high',
    ]),
    HOME,
  );
  const twice = (m: number): number => 700 + 60 * Math.floor(m / 60) + (m >= 40 * H ? (m - 40 * H) * 10 : 0);
  play(
    woven(meterLines({ from: 0, until: 42 * H, everyMinutes: 30, total: twice }), [
      'd1 17:00 => raised water-high',
    ]),
    HOME,
  );
});

test('an empty home is judged as well', () => {
  play(
    woven(burst(0, 12 * H, [2 * H, 6 * H]), [
      'd0 00:10 pir-living motion on',
      'd0 00:20 door contact open',
      'd0 00:21 door contact closed',
      'd0 05:30 => raised water-high',
    ]),
    HOME,
  );
});

test('an outage in the middle: what ran meanwhile is known afterwards, spread over the time', () => {
  play(
    woven(
      burst(0, 2 * H, [2 * H, 6 * H]),
      ['d0 02:10 gateway off', 'd0 08:00 gateway on'],
      burst(8 * H, 12 * H, [2 * H, 6 * H]),
      ['d0 08:00 => raised water-high'],
    ),
    HOME,
  );
  // Two and a half cubic metres in a holiday of ten days are a dripping tap.
  play(`d0 08:00 meter water_liters 1000 level\nd10 08:00 meter water_liters 3500 level`, HOME);
});

test('a restart in the middle', () => {
  play(
    woven(burst(0, 4 * H, [2 * H, 6 * H]), ['d0 04:55 resumed'], burst(5 * H, 8 * H, [2 * H, 6 * H]), [
      'd0 05:30 => raised water-high',
    ]),
    HOME,
  );
});

test('midnight and the days on which clocks change are like any other', () => {
  const night = (date: string): ScenarioOptions => ({ ...HOME, timezone: 'Europe/Madrid', date });
  const table = (hour: string): string =>
    woven(burst(0, 30 * H, [22 * H, 30 * H]), [`d1 ${hour} => raised water-high`]);
  play(table('01:30'), HOME);
  play(table('01:30'), night('2026-03-28'));
  play(table('01:30'), night('2026-10-24'));
});

test('two residents are one home', () => {
  play(woven(burst(0, 12 * H, [2 * H, 6 * H]), ['d0 05:30 => raised water-high']), {
    ...HOME,
    home: { residents: 2 },
  });
});

test('a wrong figure, a reset and a new meter are no water', () => {
  const lines = (totals: readonly number[]): string =>
    totals.map((total, index) => `${at(index * 30)} meter water_liters ${total} level`).join('\n');
  play(lines([50_000, 0, 50_010, 50_020, 99_999_999, 50_030]), HOME);
  play(lines([50_000, 3, 6, 9, 50_000, 12, 15]), HOME);
  play(lines([3, 80_000, 80_010, 80_020]), HOME);
  // The new meter counts from its second reading on.
  const after = lines([3, 80_000, 81_200, 82_400]).concat('\nd0 01:30 => raised water-high');
  play(after, HOME);
});

test('draws add up; a copy does not, nor a total sent as a draw', () => {
  const draw = (minutes: number, liters: number, late = 0): string =>
    `${at(minutes)} meter water_liters ${liters} late ${late}`;
  play(
    [draw(0, 900), draw(60, 900), draw(60, 900), draw(120, 100), 'd0 03:00 wait', draw(180, 150)]
      .join('\n')
      .concat('\nd0 03:00 => raised water-high'),
    HOME,
  );
  play([draw(0, 123_456), draw(60, 123_470), draw(120, 10)].join('\n'), HOME);
  // Two days later the first ones are forgotten.
  play([draw(540, 900), draw(570, 900), draw(3390, 900), draw(3400, 100)].join('\n'), HOME);
  // Late and out of order: added to their own half hours.
  play(
    [draw(600, 900), draw(601, 900, 18_000), draw(602, 500, 36_000), 'd0 10:02 => raised water-high'].join(
      '\n',
    ),
    HOME,
  );
});
