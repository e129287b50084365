// Goal: in a home that nothing but its door tells of, a door that nobody used for two days is asked about; other homes
// have better rules, and blindness is no silence.

import { expect, test } from 'vitest';
import { doorUnchanged } from '#core/rules/door-unchanged.ts';
import { homeOf, play, type ScenarioOptions } from '../support/scenario.ts';

const DOOR_ONLY: ScenarioOptions = {
  devices: [
    { deviceId: 'door', kind: 'contact', room: 'hall', zone: 'entry' },
    { deviceId: 'button', kind: 'button', room: 'bedroom' },
  ],
  rules: [doorUnchanged],
};
const WITH_MOTION: ScenarioOptions = {
  ...DOOR_ONLY,
  devices: [...DOOR_ONLY.devices!, { deviceId: 'pir', kind: 'motion', room: 'living room' }],
};

const USED = '08:00 door contact open\n08:00:10 door contact closed';

test('not used for two days, until it is', () => {
  const effects = play(
    `${USED}
    d2 08:00:10 => raised door-unchanged
    d3 10:00 door contact closed level
    d3 12:00 door contact open
    d3 12:00 => restored door-unchanged
    d5 11:00 wait
  `,
    DOOR_ONLY,
  );
  expect(effects[0]).toMatchObject({
    alert: {
      priority: 3,
      explanation: {
        code: 'door-unchanged',
        params: { sinceMs: Date.parse('2026-03-02T08:00:10+08:00'), thresholdMs: 172_800_000, blindMs: 0 },
      },
    },
  });
});

test('never used since we see the home; a press is no door', () => {
  play('08:00 gateway on\nd1 08:00 button button checkin\nd5 07:00 wait', DOOR_ONLY);
  play(
    `08:00 door contact closed level
    d1 08:00 button button checkin
    d1 20:00 button button test
    d2 08:00 => raised door-unchanged`,
    DOOR_ONLY,
  );
  play(
    `${USED}
    d1 08:00 button button checkin
    d2 08:00:10 => raised door-unchanged`,
    DOOR_ONLY,
  );
});

test('a door that is used, homes with other sensors, and the switches', () => {
  play(`${USED}\nd1 20:00 door contact open\nd3 12:00 door contact open\nd5 11:00 wait`, DOOR_ONLY);
  play(`${USED}\nd1 08:00 pir motion on\nd4 08:00 wait`, WITH_MOTION);
  const set = (options: ScenarioOptions, settings: Record<string, number>): ScenarioOptions => ({
    ...options,
    home: { rules: { 'door-unchanged': settings } },
  });
  play(
    `${USED}\nd1 08:00 pir motion on\nd2 08:00:10 => raised door-unchanged`,
    set(WITH_MOTION, { everyHome: 1 }),
  );
  play(`${USED}\nd4 08:00 wait`, set(DOOR_ONLY, { isOn: 0 }));
  play(`${USED}\nd1 08:00:10 => raised door-unchanged`, set(DOOR_ONLY, { unchangedMs: 86_400_000 }));
  play(`${USED}\nd1 08:00 configure ${JSON.stringify({ isWatched: false })}\nd4 08:00 wait`, DOOR_ONLY);
});

test('an outage in the middle is added', () => {
  play(
    `${USED}
    09:00 gateway off
    19:01 gateway on
    d1 12:00 button button checkin
    d2 19:01 => raised door-unchanged
  `,
    DOOR_ONLY,
  );
});

test('a restart in the middle', () => {
  play(`${USED}\nd1 08:00 pulse\nd1 08:00:30 resumed\nd2 08:00:10 => raised door-unchanged`, DOOR_ONLY);
});

test('two days are 48 hours, also when clocks change; two residents use one door', () => {
  const madrid = (date: string): ScenarioOptions => ({
    ...DOOR_ONLY,
    timezone: 'Europe/Madrid',
    date,
    home: { residents: 2 },
  });
  play('23:30 door contact open\nd3 00:30 => raised door-unchanged', madrid('2026-03-27'));
  play('23:30 door contact open\nd2 22:30 => raised door-unchanged', madrid('2026-10-24'));
});

test('a home that gets a door later is watched from then on', () => {
  const { devices } = homeOf(DOOR_ONLY);
  play(
    `
    07:00 configure ${JSON.stringify({ devices: devices.slice(1) })}
    08:00 button button checkin
    d1 09:00 configure ${JSON.stringify({ devices })}
    d1 09:00 door contact closed level
    d3 09:00 => raised door-unchanged
  `,
    DOOR_ONLY,
  );
});
