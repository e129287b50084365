// Goal: who agreed to press every morning and did not is asked for once; nobody else is, and no press is overlooked
// because it could not reach us.

import { expect, test } from 'vitest';
import { missedCheckin } from '#core/rules/missed-checkin.ts';
import { play, type ScenarioOptions } from '../support/scenario.ts';

const ON = { rules: { 'missed-checkin': { isOn: 1 } } };
const HOME: ScenarioOptions = {
  devices: [
    { deviceId: 'button', kind: 'button', room: 'bedroom' },
    { deviceId: 'second', kind: 'button', room: 'kitchen' },
    { deviceId: 'pir', kind: 'motion', room: 'living room' },
    { deviceId: 'door', kind: 'contact', room: 'hall', zone: 'entry' },
  ],
  rules: [missedCheckin],
  home: ON,
};

test('no check-in by ten; a later one ends it', () => {
  const effects = play(
    `
    08:00 pir motion on
    10:00 => raised missed-checkin
    10:20 button button checkin
    10:20 => restored missed-checkin
    d1 09:59 button button checkin
    d2 09:00 wait
  `,
    HOME,
  );
  expect(effects[0]).toMatchObject({
    alert: {
      priority: 3,
      explanation: { code: 'missed-checkin', params: { byMinute: 600, lastCheckinAtMs: null } },
    },
  });
});

test('once a day, and again the next day', () => {
  play(
    `
    08:00 pir motion on
    10:00 => raised missed-checkin
    d1 10:00 => repeated missed-checkin x2
    d2 00:10 button button checkin
    d2 00:10 => restored missed-checkin
    d2 23:00 wait
  `,
    HOME,
  );
});

test('a press before midnight was for yesterday; another press is no check-in', () => {
  play(
    `
    23:59 button button checkin
    d1 08:00 button button test
    d1 08:01 button button cancel
    d1 08:02 pir motion on
    d1 10:00 => raised missed-checkin
  `,
    HOME,
  );
  play('d1 00:00 button button checkin\nd1 23:00 wait', HOME);
});

test('only where it is agreed, at the time that is agreed', () => {
  play('08:00 pir motion on\nd3 08:00 wait', { ...HOME, home: {} });
  play('08:00 pir motion on\nd3 08:00 wait', { ...HOME, home: { ...ON, isWatched: false } });
  play('06:00 pir motion on\n07:30 => raised missed-checkin', {
    ...HOME,
    home: { rules: { 'missed-checkin': { isOn: 1, byMinute: 450 } } },
  });
  const later = { rules: { 'missed-checkin': { isOn: 1, byMinute: 720 } } };
  play(`08:00 pir motion on\n09:00 configure ${JSON.stringify(later)}\n12:00 => raised missed-checkin`, HOME);
  play(`08:00 pir motion on\n09:00 configure ${JSON.stringify({ rules: {} })}\nd2 12:00 wait`, HOME);
  play(`08:00 pir motion on\n11:00 configure ${JSON.stringify(ON)}\nd1 10:00 => raised missed-checkin`, {
    ...HOME,
    home: {},
  });
});

test('nobody is asked of an empty home', () => {
  play('08:00 pir motion on\n08:10 door contact open\n08:10:05 door contact closed\n20:00 wait', HOME);
  play('08:00 pir motion on\n08:10 staff li declare-away 48\n08:10 => declared-away\nd1 20:00 wait', HOME);
});

test('an outage at the time: asked when the gateway is back and has sent what it kept', () => {
  play(
    `
    08:00 pir motion on
    09:00 gateway off
    10:40 configure ${JSON.stringify(ON)}
    12:00 gateway on
    12:15:00 => raised missed-checkin
  `,
    HOME,
  );
  play(
    `
    08:00 pir motion on
    09:00 gateway off
    12:00 gateway on
    12:00:01 button button checkin late 9000
    20:00 wait
  `,
    HOME,
  );
  // Over midnight it is another day, which is not late before ten.
  play(
    `
    08:00 pir motion on
    09:00 gateway off
    23:55 gateway on
    d1 10:00 => raised missed-checkin
  `,
    HOME,
  );
});

test('a restart in the middle, and one at the very time', () => {
  play('08:00 pir motion on\n09:00 resumed\n10:00 => raised missed-checkin', HOME);
  play(
    '08:00 pir motion on\n09:50 pulse\n10:05 resumed\n10:06 button button checkin late 600\n20:00 wait',
    HOME,
  );
  play('08:00 pir motion on\n09:50 pulse\n10:05 resumed\n10:20 => raised missed-checkin', HOME);
});

test('ten is ten on the days the clocks change', () => {
  const madrid = (date: string): ScenarioOptions => ({ ...HOME, timezone: 'Europe/Madrid', date });
  for (const date of ['2026-03-28', '2026-10-24']) {
    play(
      `
      08:00 button button checkin
      d1 00:30 button button checkin
      d2 10:00 => raised missed-checkin
    `,
      madrid(date),
    );
    play('12:00 button button checkin\nd1 10:00 => raised missed-checkin', madrid(date));
  }
});

test('two residents, two buttons: the agreement is of the home', () => {
  play('08:00 second button checkin\n20:00 wait', { ...HOME, home: { ...ON, residents: 2 } });
  play('08:00 pir motion on\n10:00 => raised missed-checkin', { ...HOME, home: { ...ON, residents: 2 } });
});

test('a terminal takes check-ins where there is no button: behind a gateway that is away it is not judged', () => {
  const terminal = { deviceId: 'terminal', kind: 'terminal', room: 'living room' };
  const outage = (more: string): string => `
    08:00 terminal signal_dbm -60 level
    08:00 button signal_dbm -60 level
    09:00 gateway off
    ${more}
    10:30 gateway on
    10:30 terminal button checkin late 3600`;
  play(outage(''), { ...HOME, devices: [terminal] });
  play(outage(''), { ...HOME, devices: [terminal, { deviceId: 'button', kind: 'button' }] });
  play(`08:00 terminal signal_dbm -60 level\n10:00 => raised missed-checkin`, {
    ...HOME,
    devices: [terminal],
  });
  const ring = '10:00 => raised missed-checkin';
  play(outage(ring), { ...HOME, devices: [{ deviceId: 'pir', kind: 'motion' }] });
});
