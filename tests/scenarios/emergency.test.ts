import { expect, test } from 'vitest';
import type { Command } from '#core/model/command.ts';
import type { EntryBody } from '#core/model/entry.ts';
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
