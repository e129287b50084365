// Goal: who is in and draws hardly any water is asked for; nights, absences, outages and silent meters are not.

import { expect, test } from 'vitest';
import type { Alert } from '#core/model/alert.ts';
import { waterLow } from '#core/rules/water-low.ts';
import { meterLines, woven } from '../support/meter.ts';
import { play, type ScenarioOptions } from '../support/scenario.ts';

const H = 60;
const FLAT = [
  { deviceId: 'meter', kind: 'water_liters', zone: 'kitchen' as const },
  { deviceId: 'pir-living', kind: 'motion', room: 'living room' },
  { deviceId: 'door', kind: 'contact', room: 'hall', zone: 'entry' as const },
  { deviceId: 'hot', kind: 'water_liters', zone: 'bathroom' as const },
];
const HOME: ScenarioOptions = { devices: FLAT, rules: [waterLow] };

function withSettings(settings: Record<string, number>, more: ScenarioOptions = {}): ScenarioOptions {
  return { ...HOME, ...more, home: { ...more.home, rules: { 'water-low': settings } } };
}

/** Draws 20 l an hour until `lastMinute`, then nothing. */
function untilThenNothing(lastMinute: number, until: number, everyMinutes = 30): string[] {
  return meterLines({
    from: 0,
    until,
    everyMinutes,
    total: (minutes) => 5000 + Math.min(minutes, lastMinute) / 3,
  });
}

test('nothing drawn for twelve hours, with what was seen', () => {
  const table = woven(untilThenNothing(8 * H, 30 * H), ['d0 20:00 => raised water-low']);
  const effects = play(table, HOME);
  const { alert } = effects[0] as { alert: Alert };
  expect(alert).toMatchObject({ priority: 3, homeId: 'h-1', deviceId: null });
  expect(alert.explanation.params).toEqual({
    usedLiters: 0,
    windowMs: 12 * 3_600_000,
    thresholdLiters: 10,
    lastReadingAtMs: Date.parse('2026-03-02T20:00:00+08:00'),
  });
});

test('a night is dry: the window grows until it holds six hours of day', () => {
  play(woven(untilThenNothing(21 * H, 40 * H), ['d1 11:00 => raised water-low']), HOME);
  // The rule of the cities looks at day and night alike.
  play(
    woven(untilThenNothing(21 * H, 40 * H), ['d1 09:00 => raised water-low']),
    withSettings({ leastDayMs: 0 }),
  );
});

test('a cistern now and then is enough; the 24 h of Taicang ask later', () => {
  const cistern = meterLines({
    from: 0,
    until: 40 * H,
    everyMinutes: 30,
    total: (m) => Math.floor(m / 360) * 6,
  });
  play(woven(cistern), HOME);
  play(
    woven(untilThenNothing(8 * H, 40 * H), ['d1 08:00 => raised water-low']),
    withSettings({ windowMs: 86_400_000 }),
  );
  play(woven(untilThenNothing(8 * H, 40 * H)), withSettings({ isOn: 0 }));
});

test('one alert per episode; water ends it, the next episode returns', () => {
  const total = (m: number): number => (m < 8 * H ? m : 480) + (m >= 21 * H ? 12 : 0);
  play(
    woven(meterLines({ from: 0, until: 36 * H, everyMinutes: 30, total }), [
      'd0 20:00 => raised water-low',
      'd0 21:00 => cleared water-low',
      'd1 11:00 => returned water-low x2',
    ]),
    HOME,
  );
});

test('an absence excuses, and the clock starts with the return', () => {
  play(
    woven(untilThenNothing(8 * H, 34 * H), [
      'd0 08:10 door contact open',
      'd0 08:11 door contact closed',
      'd0 19:00 door contact open',
      'd0 19:00 pir-living motion on',
      'd0 19:02 pir-living motion on',
      'd1 09:00 => raised water-low',
    ]),
    HOME,
  );
});

test('going out ends it; a declared absence excuses', () => {
  play(
    woven(untilThenNothing(8 * H, 34 * H), [
      'd0 07:00 pir-living motion on',
      'd0 20:00 => raised water-low',
      'd0 20:15 staff li declare-away 48',
      'd0 20:15 => cleared water-low',
      'd0 20:15 => declared-away',
    ]),
    HOME,
  );
});

test('a meter that is silent, or tells of yesterday, is no ground', () => {
  play(woven(untilThenNothing(8 * H, 19 * H), ['d1 12:00 wait']), HOME);
  const late = untilThenNothing(8 * H, 24 * H).map((line) => `${line} late 10800`);
  play(late.join('\n'), HOME);
  play(woven(late, ['d0 20:00 => raised water-low']), withSettings({ staleMs: 4 * 3_600_000 }));
});

test('two wrong figures are no new meter', () => {
  const wrong = ['d0 09:10 meter water_liters 3 level', 'd0 10:10 meter water_liters 5 level'];
  play(woven(untilThenNothing(8 * H, 30 * H), wrong, ['d0 20:00 => raised water-low']), HOME);
});

test('an outage in the middle: the total knows what was drawn meanwhile', () => {
  const before = untilThenNothing(8 * H, 13 * H);
  const outage = ['d0 13:05 gateway off', 'd0 22:00 gateway on'];
  const after = (total: number): string[] =>
    meterLines({ from: 22 * H, until: 24 * H, everyMinutes: 30, total: () => total });
  play(woven(before, outage, after(5160), ['d0 22:00 => raised water-low']), HOME);
  play(woven(before, outage, after(5190)), HOME);
});

test('draws may have been lost in an outage: the clock starts anew', () => {
  const nothing = (from: number, until: number): string[] =>
    meterLines({ from, until, everyMinutes: 60, total: () => 0 }).map((line) => line.replace(' level', ''));
  const outage = ['d0 13:05 gateway off', 'd0 15:00 gateway on'];
  play(woven(nothing(0, 20 * H), ['d0 12:00 => raised water-low']), HOME);
  play(
    woven(nothing(6 * H, 13 * H), outage, nothing(15 * H, 33 * H), ['d1 03:00 => raised water-low']),
    HOME,
  );
});

test('restart in the middle changes nothing', () => {
  play(
    woven(untilThenNothing(8 * H, 15 * H), ['d0 18:30 resumed'], untilThenNothing(8 * H, 24 * H).slice(38), [
      'd0 20:00 => raised water-low',
    ]),
    HOME,
  );
});

test('days on which the clocks change', () => {
  const madrid = (date: string): ScenarioOptions => ({ ...HOME, timezone: 'Europe/Madrid', date });
  // Slots are half hours of UTC; the offset of the day of the reading holds for the whole window.
  play(woven(untilThenNothing(21 * H, 40 * H), ['d1 12:00 => raised water-low']), madrid('2026-03-28'));
  play(woven(untilThenNothing(21 * H, 40 * H), ['d1 10:00 => raised water-low']), madrid('2026-10-24'));
});

test('two residents, two meters: all that is drawn counts, and a silent meter leaves it open', () => {
  const two = { ...HOME, home: { residents: 2 } };
  const hot = (until: number, total: (m: number) => number): string[] =>
    meterLines({ from: 0, until, everyMinutes: 60, device: 'hot', total });
  play(
    woven(
      untilThenNothing(8 * H, 30 * H),
      hot(30 * H, (m) => m / 30),
    ),
    two,
  );
  play(
    woven(
      untilThenNothing(8 * H, 30 * H),
      hot(30 * H, () => 7),
      ['d0 20:00 => raised water-low'],
    ),
    two,
  );
  play(
    woven(
      untilThenNothing(8 * H, 30 * H),
      hot(15 * H, () => 7),
    ),
    two,
  );
});

test('a night that begins at midnight or after leaves the day its hours', () => {
  // Last water at 18:00: at 06:00 six hours of day, and twelve in all, are over when the evening is day.
  const quiet = (settings: Record<string, number>, ring: string): unknown =>
    play(woven(untilThenNothing(18 * H, 40 * H), [`${ring} => raised water-low`]), withSettings(settings));
  quiet({}, 'd1 08:00');
  quiet({ nightStartMinute: 0 }, 'd1 06:00');
  quiet({ nightStartMinute: 60 }, 'd1 06:00');
});

test('a meter that counts in cubic metres, or tenths of them, cannot show ten litres: no verdict', () => {
  const coarse = (step: number, per: number): string[] =>
    meterLines({
      from: 0,
      until: 72 * H,
      everyMinutes: 60,
      total: (m) => Math.floor((5950 + (m / 1440) * per) / step) * step,
    });
  play(woven(coarse(1000, 120)), HOME);
  play(woven(coarse(100, 120)), HOME);
  // A finer meter stands at a round figure for a while; and who asks for more than a step asks it.
  const dry = (total: number): string[] =>
    meterLines({ from: 0, until: 14 * H, everyMinutes: 60, total: (m) => (m < H ? total - 1 : total) });
  play(woven(dry(6000), ['d0 12:00 => raised water-low']), HOME);
  const tenth = (m: number): number => (m < H ? 5000 : 5100);
  const at100 = meterLines({ from: 0, until: 14 * H, everyMinutes: 60, total: tenth });
  play(woven(at100), HOME);
  play(woven(at100, ['d0 12:00 => raised water-low']), withSettings({ liters: 150 }));
  const atZero = meterLines({ from: 0, until: 14 * H, everyMinutes: 60, total: () => 0 });
  play(woven(atZero, ['d0 12:00 => raised water-low']), HOME);
  // The coarse one of two leaves the home open. One that stands at a round figure says nothing of how it counts.
  const hot = (from: number): string[] =>
    meterLines({
      ...{ from: 0, until: 14 * H, everyMinutes: 60, device: 'hot' },
      total: (m) => (m < H ? from : 3000),
    });
  play(woven(dry(6000), hot(2000)), HOME);
  play(woven(dry(6000), hot(3000), ['d0 12:00 => raised water-low']), HOME);
});
