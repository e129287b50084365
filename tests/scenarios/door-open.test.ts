// Goal: a door that stands open is seen to, and forgotten when it closes; what we cannot hear is not called open.

import { expect, test } from 'vitest';
import { doorOpen } from '#core/rules/door-open.ts';
import { play, type ScenarioOptions } from '../support/scenario.ts';

const HOME: ScenarioOptions = {
  devices: [
    { deviceId: 'door', kind: 'contact', room: 'hall', zone: 'entry' },
    { deviceId: 'back', kind: 'contact', room: 'kitchen', zone: 'entry' },
    { deviceId: 'fridge', kind: 'contact', room: 'kitchen', zone: 'kitchen' },
    { deviceId: 'pir-living', kind: 'motion', room: 'living room' },
  ],
  rules: [doorOpen],
};

test('open for ten minutes, until it closes', () => {
  const effects = play(
    `
    08:00 door contact open
    08:10 => raised door-open
    08:30 door contact closed
    08:30 => restored door-open
    08:35 door contact open
    08:36 door contact closed
  `,
    HOME,
  );
  expect(effects[0]).toMatchObject({
    alert: {
      priority: 3,
      deviceId: 'door',
      explanation: { code: 'door-open', params: { openMs: 600_000, thresholdMs: 600_000, room: 'hall' } },
    },
  });
});

test('one alert while it stays open; held by staff it is only marked', () => {
  play(
    `
    08:00 door contact open
    08:05 door contact open level
    08:10 => raised door-open
    08:20 door contact open level
    08:21 staff li claim
    08:21 => claimed door-open
    08:22 staff li note seen
    08:22 => noted door-open
    08:22:30 door contact closed
    08:22:30 => cleared door-open
    08:23 staff li close TECHNICAL restored
    08:23 => closed door-open
  `,
    HOME,
  );
});

test('opened again: it was closed in between, though that was lost', () => {
  play(
    `
    08:00 door contact open
    08:09 door contact open
    08:19 => raised door-open
  `,
    HOME,
  );
});

test('a fridge is no way out; old news opens nothing; a switch turns it off', () => {
  play('08:00 fridge contact open\n12:00 wait', HOME);
  play(
    `
    08:00 door contact open
    08:01 door contact closed
    08:02 door contact open late 90
    08:03 door contact null
    09:00 wait
  `,
    HOME,
  );
  const open = '08:00 door contact open\n12:00 wait';
  play(open, { ...HOME, home: { rules: { 'door-open': { isOn: 0 } } } });
  play(open, { ...HOME, home: { isWatched: false } });
  play('08:00 door contact open\n08:30 => raised door-open', {
    ...HOME,
    home: { rules: { 'door-open': { openMs: 1_800_000 } } },
  });
});

test('what stood open when the settings came is judged by them', () => {
  play(
    `
    08:00 door contact open
    08:05 configure {"rules":{"door-open":{"openMs":3600000}}}
    09:00 => raised door-open
  `,
    HOME,
  );
});

test('two doors, two alerts', () => {
  play(
    `
    08:00 door contact open
    08:04 back contact open
    08:10 => raised door-open
    08:11 door contact closed
    08:11 => restored door-open
    08:14 => raised door-open
    08:15 back contact closed
    08:15 => restored door-open
  `,
    HOME,
  );
});

test('an outage in the middle: nobody knows whether it closed, so the clock starts anew', () => {
  play(
    `
    08:00 door contact open
    08:02 gateway off
    10:57 gateway on
    11:03 door contact open level
    11:07 => raised door-open
  `,
    HOME,
  );
  play(
    `
    08:00 door contact open
    08:02 gateway off
    11:00 gateway on
    11:00 door contact closed late 10000
    12:00 wait
  `,
    HOME,
  );
});

test('our own outage in the middle', () => {
  play(
    `
    08:00 door contact open
    08:05 resumed
    08:15 => raised door-open
  `,
    HOME,
  );
  play(
    `
    08:00 door contact open
    08:00:30 resumed
    08:10 => raised door-open
  `,
    HOME,
  );
});

test('midnight, the night the clocks change, two residents', () => {
  play('23:55 door contact open\nd1 00:05 => raised door-open', HOME);
  play('01:55 door contact open\n03:05 => raised door-open', {
    ...HOME,
    timezone: 'Europe/Madrid',
    date: '2026-03-29',
    home: { residents: 2 },
  });
});

test('a contact that is moved from the door to a cupboard is forgotten, before it rings and after', () => {
  const place = { room: 'bath', zone: 'bathroom', supervision: 'none' };
  const devices = [{ device: 1, deviceId: 'door', gateway: 1, kind: 'contact', ...place }];
  const configure = `configure ${JSON.stringify({ devices })}`;
  play(`08:00 door contact open\n08:05 ${configure}\n09:00 door contact open\n20:00 wait`, HOME);
  play(
    `
    08:00 door contact open
    08:10 => raised door-open
    08:20 ${configure}
    08:20 => restored door-open
    09:00 configure {}
    09:10 door contact closed
    10:00 door contact open
    10:10 => raised door-open
  `,
    HOME,
  );
});
