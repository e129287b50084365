// Goal: water that flows in every half hour of a day is found, however little; a household that pauses is not, and what
// was not read proves nothing.

import { expect, test } from 'vitest';
import type { Alert } from '#core/model/alert.ts';
import { waterContinuous } from '#core/rules/water-continuous.ts';
import { meterLines, woven } from '../support/meter.ts';
import { play, type ScenarioOptions } from '../support/scenario.ts';

const H = 60;
const HOME: ScenarioOptions = {
  devices: [
    { deviceId: 'meter', kind: 'water_liters', zone: 'kitchen' },
    { deviceId: 'hot', kind: 'water_liters', zone: 'kitchen' },
  ],
  rules: [waterContinuous],
};

/** A tap that loses 3 l an hour from `begin` to `end`. */
function leak(from: number, until: number, begin = 0, end = 1e6, everyMinutes = 30): string[] {
  const total = (m: number): number => 100 + Math.max(0, Math.min(m, end) - begin) / 20;
  return meterLines({ from, until, everyMinutes, total });
}

test('a dripping tap for a day, once, until it is dry for half an hour', () => {
  const effects = play(
    woven(leak(0, 36 * H, 0, 30 * H), [
      'd1 00:00 => raised water-continuous',
      'd1 06:30 => cleared water-continuous',
    ]),
    HOME,
  );
  const { alert } = effects[0] as { alert: Alert };
  expect(alert.explanation.params).toEqual({
    sinceMs: Date.parse('2026-03-02T00:00:00+08:00'),
    usedLiters: 72,
  });
});

test('one dry half hour is the end of it, whatever the rest', () => {
  const total = (m: number): number => 100 + m / 20 - Math.max(0, Math.min(m, 12 * H + 30) - 12 * H) / 20;
  play(woven(meterLines({ from: 0, until: 36 * H, everyMinutes: 30, total })), HOME);
});

test('fewer slots by parameter; off by switch', () => {
  const set = (settings: Record<string, number>): ScenarioOptions => ({
    ...HOME,
    home: { rules: { 'water-continuous': settings } },
  });
  play(woven(leak(0, 10 * H), ['d0 06:00 => raised water-continuous']), set({ slots: 12, unreadSlots: 0 }));
  play(woven(leak(0, 36 * H)), set({ isOn: 0 }));
});

test('readings every ten minutes, and a flush an hour by day, are told apart', () => {
  play(woven(leak(0, 25 * H, 0, 1e6, 10), ['d1 00:00 => raised water-continuous']), HOME);
  const flush = (m: number): number =>
    Math.floor(Math.max(0, (m % 1440) - 6 * H) / H) * 7 + Math.floor(m / 1440) * 126;
  play(woven(meterLines({ from: 0, until: 48 * H, everyMinutes: 10, total: flush })), HOME);
});

test('a lost report in twelve does not hide it; an outage of three hours does, for it proves nothing', () => {
  const lost = leak(0, 25 * H).filter((_, index) => index % 12 !== 5);
  play(woven(lost, ['d1 00:00 => raised water-continuous']), HOME);
  const outage = woven(
    leak(0, 13 * H),
    ['d0 13:05 gateway off', 'd0 16:00 gateway on'],
    leak(16 * H, 42 * H),
    ['d1 16:00 => raised water-continuous'],
  );
  play(outage, HOME);
});

test('a report a day says nothing of half hours', () => {
  play(woven(leak(0, 96 * H, 0, 1e6, 24 * H)), HOME);
});

test('a restart in the middle', () => {
  play(
    woven(leak(0, 12 * H), ['d0 12:20 resumed'], leak(12 * H + 30, 25 * H), [
      'd1 00:00 => raised water-continuous',
    ]),
    HOME,
  );
});

test('a day of 23 or 25 hours is still a day of the clock on the wall of nobody', () => {
  const madrid = (date: string): ScenarioOptions => ({ ...HOME, timezone: 'Europe/Madrid', date });
  play(woven(leak(0, 26 * H), ['d1 00:00 => raised water-continuous']), madrid('2026-10-26'));
  // 24 hours after 29 March 00:00 it is 01:00; the hour from 02:00 does not exist, its readings come one hour later.
  const spring = woven(leak(0, 2 * H - 30), leak(3 * H, 26 * H), ['d1 01:00 => raised water-continuous']);
  play(spring, madrid('2026-03-29'));
});

test('two residents, two meters: one that is dry is no end of the other', () => {
  const hot = meterLines({ from: 0, until: 25 * H, everyMinutes: 30, device: 'hot', total: () => 40 });
  play(woven(leak(0, 25 * H), hot, ['d1 00:00 => raised water-continuous']), {
    ...HOME,
    home: { residents: 2 },
  });
});
