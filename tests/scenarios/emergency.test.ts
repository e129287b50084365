import { expect, test } from 'vitest';
import type { Command } from '#core/model/command.ts';
import type { EntryBody } from '#core/model/entry.ts';
import { emergency } from '#core/rules/emergency.ts';
import { homeOf, play, run } from '../support/scenario.ts';

test('a press rings at once and climbs the ladder until somebody claims it', () => {
  play(`
    09:00:00 button button sos
    09:00:00 => raised sos
    09:00:30 => escalated sos 1
    09:01:00 => escalated sos 2
    09:02:00 staff li claim
    09:02:00 => claimed sos
    09:03:00 staff li close EMERGENCY ambulance120
    09:03:00 => closed sos
  `);
});

test('presses while it rings count up; a press after closing is a new alert', () => {
  const effects = play(`
    09:00:00 button button sos id a
    09:00:00 => raised sos
    09:00:05 button button sos id b
    09:00:05 => repeated sos x2
    09:00:06 staff li claim
    09:00:06 => claimed sos
    09:00:07 staff li close ACCIDENTAL press
    09:00:07 => closed sos
    09:00:08 button button sos id c
    09:00:08 => raised sos
  `);
  const ids = new Set(effects.map((effect) => (effect.type === 'alert' ? effect.alert.id : '')));
  expect([...ids]).toEqual(['h-1~emergency~gw-1~button~sos~a', 'h-1~emergency~gw-1~button~sos~c']);
});

test('the same event again, after it was closed, does not ring again', () => {
  play(`
    09:00:00 button button sos id a
    09:00:00 => raised sos
    09:00:06 staff li claim
    09:00:06 => claimed sos
    09:00:07 staff li close ACCIDENTAL press
    09:00:07 => closed sos
    09:10:00 button button sos id a
  `);
});

test('a smoke detector that repeats its level rings once; gone and back it counts up; it never clears', () => {
  play(`
    09:00:00 smoke smoke on level
    09:00:00 => raised smoke
    09:00:10 smoke smoke on level
    09:00:20 smoke smoke off level
    09:00:25 smoke smoke on level
    09:00:25 => repeated smoke x2
    09:00:30 => escalated smoke 1
  `);
});

test('an unknown device and an unknown home still ring; unknown values do not', () => {
  const [raised] = play(`
    09:00:00 stranger fall on
    09:00:00 => raised fall
    09:00:01 button button null
    09:00:02 stranger smoke off
  `);
  expect(raised).toMatchObject({ alert: { homeId: 'h-1', deviceId: 'stranger', gatewayId: 'gw-1' } });
});

test('a late SOS rings and says how late it is', () => {
  const [raised] = play(`
    12:00:00 button button sos late 11520
    12:00:00 => raised sos
  `);
  expect(raised).toMatchObject({
    alert: { lateByMs: 11_520_000, raisedAtMs: Date.parse('2026-03-02T12:00:00+08:00') },
  });
});

test('it rings in a home that is suspended', () => {
  play(
    `
    09:00:00 button button sos
    09:00:00 => raised sos
  `,
    { home: { isWatched: false } },
  );
});

test('outages in the middle, our own and of the gateway: it goes on where it rang, and rings when heard of', () => {
  play(`
    09:00:00 button button sos
    09:00:00 => raised sos
    09:00:20 resumed
    09:00:30 => escalated sos 1
    09:00:40 gateway off
    09:01:00 => escalated sos 2
    09:01:40 => raised gateway-silent
    09:03:00 => escalated sos 3
    10:00:00 gateway on
    10:00:00 => restored gateway-silent
    10:00:00 button button sos late 1800
    10:00:00 => repeated sos x2
  `);
});

test('midnight, the missing hour of March and a second resident hold no alarm up and double none', () => {
  play(
    `
    23:59:50 button fall on
    23:59:50 => raised fall
    d1 00:00:20 => escalated fall 1
    d1 00:00:30 staff li claim
    d1 00:00:30 => claimed fall
    d1 00:00:40 staff li close EMERGENCY ambulance120
    d1 00:00:40 => closed fall
    d1 01:59:50 button button sos
    d1 01:59:50 => raised sos
    d1 03:00:10 smoke smoke on
    d1 03:00:10 => raised smoke
    d1 03:00:20 => escalated sos 1
  `,
    { timezone: 'Europe/Amsterdam', date: '2026-03-28', home: { residents: 2 } },
  );
});

test('a second gateway of the home whose button has the same name and counts from 1 as well rings for itself', () => {
  const gateway = {
    revision: 1,
    districtCode: '330106001001',
    supervision: 'none',
    isWatched: true,
  } as const;
  const button = {
    kind: 'button',
    deviceId: 'sos',
    room: 'bath',
    zone: 'bathroom',
    supervision: 'none',
  } as const;
  const devices = [1, 2].map((number) => ({ ...button, device: number, gateway: number }));
  const press = (number: number): EntryBody => ({
    ...{
      type: 'observation',
      gateway: number,
      device: number,
      deviceId: 'sos',
      kind: 'button',
      value: 'sos',
    },
    ...{
      isLevel: false,
      measuredAtMs: 0,
      isDeviceTime: true,
      eventId: '1',
      batteryPct: null,
      isBuffered: false,
    },
  });
  const order = (action: 'claim' | 'close'): EntryBody => {
    const base = { alertId: 'h-1~emergency~gw-1~sos~sos~1', staffId: 'li' };
    const outcome = { code: 'ACCIDENTAL', detail: 'press' } as const;
    const token = 5;
    const command: Command =
      action === 'claim' ? { ...base, action } : { ...base, action, token, outcome, note: null };
    return { type: 'command', command };
  };
  const bodies: EntryBody[] = [
    { type: 'gateway-configured', gateway: { ...gateway, gateway: 1, gatewayId: 'gw-1', home: 1 } },
    { type: 'gateway-configured', gateway: { ...gateway, gateway: 2, gatewayId: 'gw-2', home: 1 } },
    { type: 'home-configured', home: homeOf({ devices }) },
    press(1),
    order('claim'),
    press(2),
    order('close'),
    press(2),
  ];
  const effects = run(bodies.map((body, index) => ({ offset: index + 1, atMs: 1_000 + index, body })));
  expect(
    effects.map((effect) => (effect.type === 'alert' ? [effect.change, effect.alert.id] : effect)),
  ).toEqual([
    ['raised', 'h-1~emergency~gw-1~sos~sos~1'],
    ['claimed', 'h-1~emergency~gw-1~sos~sos~1'],
    ['raised', 'h-1~emergency~gw-2~sos~sos~1'],
    ['closed', 'h-1~emergency~gw-1~sos~sos~1'],
  ]);
});

/** Rings at 09:00, closed at once as a false alarm. */
function falseAlarm(kind: string): string {
  return `
    09:00:00 smoke ${kind} on level
    09:00:00 => raised ${kind}
    09:00:05 staff li claim
    09:00:05 => claimed ${kind}
    09:00:10 staff li close ACCIDENTAL cleaning
    09:00:10 => closed ${kind}`;
}
const ALONE = { rules: [emergency] };

test('a level of unknown value is not "no": what rings already does not ring as new', () => {
  play(
    `${falseAlarm('smoke')}
    09:00:20 smoke smoke null level
    09:00:30 smoke smoke on level
    09:00:40 smoke smoke off level
    09:00:50 smoke smoke on level
    09:00:50 => raised smoke
  `,
    ALONE,
  );
});

test('a level that is still on an hour after it rang rings again, and each hour', () => {
  play(
    `${falseAlarm('co')}
    09:01 smoke co on level
    09:59:59 smoke co on level
    10:00 smoke co on level
    10:00 => raised co
    10:00:30 => escalated co 1
    10:01 => escalated co 2
    10:03 => escalated co 3
    10:30 smoke co on level
    11:00 smoke co on level
    11:00 => repeated co x2
  `,
    ALONE,
  );
});

test('each kind of a device that goes on tells of itself again', () => {
  play(
    `${falseAlarm('smoke')}
    09:10 smoke co on level
    09:10 => raised co
    09:10:05 staff li claim
    09:10:05 => claimed co
    09:10:10 staff li close ACCIDENTAL cleaning
    09:10:10 => closed co
    09:20 smoke smoke on level
    10:10 smoke smoke on level
    10:10 => raised smoke
    10:10 smoke co on level
    10:10 => raised co
    10:10:20 smoke smoke on level
    10:10:20 smoke co on level
  `,
    ALONE,
  );
});

test('a level after weeks of silence, or after the gateway was away for long, is no repetition', () => {
  play(
    `${falseAlarm('gas')}
    d20 08:00 smoke gas on level
    d20 08:00 => raised gas
  `,
    ALONE,
  );
  play(
    `${falseAlarm('gas')}
    09:01 gateway off
    12:00 gateway on
    12:00 smoke gas on level late 10000
    12:00 => raised gas
    12:00 smoke gas on level
  `,
    ALONE,
  );
});

test('spilt water dries for hours: a leak is told again after six', () => {
  play(
    `${falseAlarm('leak')}
    10:00 smoke leak on level
    14:59 smoke leak on level
    15:00 smoke leak on level
    15:00 => raised leak
  `,
    ALONE,
  );
});
