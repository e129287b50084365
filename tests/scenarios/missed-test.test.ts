// Goal: a button that nobody tried for a month is tried; any press is a test, and a test press rings nowhere.

import { expect, test } from 'vitest';
import { RULES } from '#core/rules/index.ts';
import { missedTest } from '#core/rules/missed-test.ts';
import { play, type ScenarioOptions } from '../support/scenario.ts';

const HOME: ScenarioOptions = {
  devices: [
    { deviceId: 'button', kind: 'button', room: 'bedroom' },
    { deviceId: 'pendant', kind: 'button', room: 'bathroom' },
    { deviceId: 'pir', kind: 'motion' },
  ],
  rules: [missedTest],
};
const ONE = { ...HOME, devices: HOME.devices!.slice(0, 1) };
const DAILY: ScenarioOptions = { ...ONE, home: { rules: { 'missed-test': { windowMs: 26 * 3_600_000 } } } };

test('31 days without a press of the button; any press ends it', () => {
  const effects = play(
    `
    08:00 gateway on
    d31 08:00 => raised missed-test
    d33 09:00 button button checkin
    d33 09:00 => restored missed-test
    d64 09:00 => raised missed-test
  `,
    ONE,
  );
  expect(effects[0]).toMatchObject({
    alert: {
      priority: 4,
      deviceId: 'button',
      explanation: {
        code: 'missed-test',
        params: { windowMs: 31 * 86_400_000, lastTestAtMs: null, room: 'bedroom' },
      },
    },
  });
  expect(effects[2]).toMatchObject({
    alert: { explanation: { params: { lastTestAtMs: Date.parse('2026-04-04T09:00:00+08:00') } } },
  });
});

test('a press of any kind proves it; a reading of its battery or an unknown press does not', () => {
  play(
    `
    08:00 gateway on
    d20 08:00 button button test
    d50 08:00 wait
    d51 08:00 => raised missed-test
  `,
    ONE,
  );
  play(
    `
    08:00 gateway on
    d20 08:00 button battery_pct 80 level
    d21 08:00 button button null
    d31 08:00 => raised missed-test
  `,
    ONE,
  );
});

test('each button is asked for by itself; a motion sensor never', () => {
  play(
    `
    08:00 button button test
    08:00 pir motion on
    d10 08:00 pendant button sos
    d31 08:00 => raised missed-test
    d41 08:00 => raised missed-test
  `,
    HOME,
  );
});

test('the clock starts when the button becomes known', () => {
  const fresh = { device: 9, deviceId: 'new', gateway: 1, kind: 'button', room: 'x', zone: 'other' };
  const devices = [{ ...fresh, supervision: 'none' }];
  play(
    `
    08:00 gateway on
    d20 08:00 configure ${JSON.stringify({ devices })}
    d51 08:00 => raised missed-test
  `,
    ONE,
  );
});

test('not asked where it is switched off or nobody is watched', () => {
  play('08:00 gateway on\nd90 08:00 wait', { ...ONE, home: { rules: { 'missed-test': { isOn: 0 } } } });
  play('08:00 gateway on\nd90 08:00 wait', { ...ONE, home: { isWatched: false } });
});

test('behind a gateway that is away a press is not heard: asked when it is back and has sent what it kept', () => {
  play(
    `
    08:00 gateway on
    d1 07:00 gateway off
    d1 19:30 gateway on
    d1 20:30 => raised missed-test
  `,
    DAILY,
  );
  play(
    `
    08:00 gateway on
    d1 07:00 gateway off
    d1 20:00 gateway on
    d1 20:00:05 button button test late 36000
    d2 11:00 wait
  `,
    DAILY,
  );
});

test('a late report of a press that is long ago ends nothing', () => {
  play(
    `
    08:00 gateway on
    d1 10:00 => raised missed-test
    d1 10:05 button button test late 93600
    d1 11:00 button button test
    d1 11:00 => restored missed-test
  `,
    DAILY,
  );
});

test('a restart in the middle', () => {
  play('08:00 gateway on\n20:00 pulse\n20:10 resumed\nd1 10:00 => raised missed-test', DAILY);
});

test('days on which the clocks change are 26 hours of the same length; two residents, two pendants', () => {
  const madrid = { ...DAILY, timezone: 'Europe/Madrid', date: '2026-03-28' };
  play('08:00 gateway on\nd1 11:00 => raised missed-test', madrid);
  play('23:00 gateway on\nd2 00:00 => raised missed-test', { ...madrid, date: '2026-10-24' });
  play(
    `
    08:00 button button test
    09:00 pendant button test
    d31 08:00 => raised missed-test
    d31 09:00 => raised missed-test
  `,
    { ...HOME, home: { residents: 2 } },
  );
});

test('a test press rings with no rule at all', () => {
  expect(play('08:00 button button test\n08:00:05 button button test', { ...ONE, rules: RULES })).toEqual([]);
});
