// Goal: whatever staff said, and whatever other rules make of a home, nobody who gave no sign of life for three days is
// forgotten; and nobody is asked for who stirs, was spoken to, is known to be away until some day, or gives no signs.

import { expect, test } from 'vitest';
import { inactivity } from '#core/rules/inactivity.ts';
import { RULES } from '#core/rules/index.ts';
import { longUnheard } from '#core/rules/long-unheard.ts';
import * as scenario from '../support/scenario.ts';

type ScenarioOptions = scenario.ScenarioOptions;

const play = (table: string, options: ScenarioOptions = {}) =>
  scenario.play(table, { rules: [longUnheard], ...options });

const LAST_SIGN = '08:00 pir-living motion on';

test('three days without a sign, and every three days again while nobody closes it', () => {
  const effects = play(`${LAST_SIGN}
    d3 08:00 => raised long-unheard
    d6 08:00 => repeated long-unheard x2
    d8 00:00 pulse`);
  const raised = effects.find((effect) => effect.type === 'alert')!;
  expect(raised.alert).toMatchObject({ priority: 3, homeId: 'h-1', explanation: { code: 'long-unheard' } });
  expect(raised.atMs - Number(raised.alert.explanation.params['sinceMs'])).toBe(72 * 3_600_000);
});

test('a sign in time begins anew; a sign afterwards takes the question back', () => {
  play(`${LAST_SIGN}
    d3 07:59 pir-bedroom motion on
    d6 07:59 => raised long-unheard
    d6 09:00 pir-living motion on
    d6 09:00 => restored long-unheard
    d9 08:59 pulse`);
});

test.each(['EMERGENCY ambulance120', 'ACCIDENTAL press', 'CHECK_IN test', 'TECHNICAL sensor-fault'])(
  'a silence that was closed with %s is asked about again',
  (outcome) => {
    play(
      `${LAST_SIGN}
    14:00 => raised inactivity inactivity.day
    14:00:10 staff li claim
    14:00:10 => claimed inactivity
    14:01 staff li close ${outcome}
    14:01 => closed inactivity
    d3 08:00 => raised long-unheard`,
      { rules: [inactivity, longUnheard] },
    );
  },
);

test('an absence that was taken for one twice is asked about again', () => {
  const rules = RULES.filter(({ id }) => ['away-too-long', 'long-unheard'].includes(id));
  play(
    `${LAST_SIGN}
    08:10 door contact open
    08:10:05 door contact closed
    d1 08:10:05 => raised away-too-long
    d1 08:11 staff li claim
    d1 08:11 => claimed away-too-long
    d1 08:12 staff li close AWAY undeclared
    d1 08:12 => closed away-too-long
    d2 08:10:05 => raised away-too-long
    d2 08:11 staff li claim
    d2 08:11 => claimed away-too-long
    d2 08:12 staff li close AWAY undeclared
    d2 08:12 => closed away-too-long
    d3 08:10:05 => raised long-unheard
    d3 08:11 staff li claim
    d3 08:11 => claimed long-unheard
    d3 08:12 staff li close AWAY undeclared
    d3 08:12 => closed long-unheard
    d6 08:10:05 => raised long-unheard`,
    { rules },
  );
});

test('who was spoken to is not asked for the next three days', () => {
  play(`${LAST_SIGN}
    d3 08:00 => raised long-unheard
    d3 09:00 staff li claim
    d3 09:00 => claimed long-unheard
    d3 09:01 staff li close WELFARE_OK spoke-to-elder
    d3 09:01 => closed long-unheard
    d6 09:01 => raised long-unheard`);
});

test('a declared absence has an end, and three days begin there', () => {
  play(`${LAST_SIGN}
    09:00 staff li declare-away 240     # until d10 09:00
    09:00 => declared-away
    d13 09:00 => raised long-unheard`);
});

test('watched and never a sign: the sensors, or the resident', () => {
  const effects = play('08:00 pulse\nd3 08:00 => raised long-unheard', {});
  const raised = effects.find((effect) => effect.type === 'alert')!;
  expect(raised.alert.explanation.code).toBe('long-unheard.never');
});

test('a home that is not watched, or has nothing but a button, is not asked for', () => {
  play(`${LAST_SIGN}\nd9 08:00 pulse`, { home: { isWatched: false } });
  const devices = [{ deviceId: 'button', kind: 'button' }];
  play('08:00 button button checkin\nd9 08:00 pulse', { devices });
});

test('a restart in the middle changes nothing; whom we could not hear gets as long again, at most half a day', () => {
  play(`${LAST_SIGN}
    d1 08:00 pulse
    d1 12:00 resumed
    d3 08:00 => raised long-unheard`);
  play(`${LAST_SIGN}
    d1 08:00 pulse
    d4 08:00 resumed
    d4 20:00 => raised long-unheard`);
  play(`${LAST_SIGN}
    d3 07:00 pulse
    d3 09:30 resumed
    d3 12:00 => raised long-unheard`);
  play(`${LAST_SIGN}
    d1 08:00 pulse
    d4 08:00 resumed
    d4 11:00 pir-living motion on
    d7 11:00 => raised long-unheard`);
});

test('a gateway that went dark does not end the watch', () => {
  play(`${LAST_SIGN}
    08:00:01 gateway on
    10:00 gateway off
    d3 08:00 => raised long-unheard`);
});

test('the hour of a clock change is no hour, and midnight is nothing', () => {
  const spring: ScenarioOptions = { timezone: 'Europe/Madrid', date: '2026-03-28' };
  play(`23:59 pir-living motion on\nd3 23:59 pulse\nd4 00:59 => raised long-unheard`, spring);
});

test('of two residents anybody who stirs was heard', () => {
  play(
    `07:00 bed bed on
    ${LAST_SIGN}
    d2 12:00 pir-bedroom motion on
    d5 12:00 => raised long-unheard`,
    { home: { residents: 2 } },
  );
});

test('the time can be set per home', () => {
  const home = { rules: { 'long-unheard': { afterMs: 7 * 24 * 3_600_000 } } };
  play(`${LAST_SIGN}\nd7 08:00 => raised long-unheard`, { home });
});
