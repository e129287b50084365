// Goal: a back-test steps what concerns its homes and nothing else, also of devices and gateways that are gone today.

import { expect, test } from 'vitest';
import type { EntryBody } from '#core/model/entry.ts';
import type { DeviceConfiguration } from '#core/model/home.ts';
import { ChosenEntries, mergedSettings } from '#runtime/backtest/chosen-entries.ts';
import { homeOf } from '../../support/scenario.ts';

const HOME = 500;
const PLAN = {
  homes: [HOME],
  rules: {},
  fromMs: 0,
  toMs: 1,
  homesNow: [],
  gatewaysNow: [],
  sources: [-70, 900],
};
/** Of an alert that is open here as it was live, and of one that rang at another moment. */
const STAND_INS = new Map([
  ['open', 'open'],
  ['moved', 'here'],
]);
const chosen = () => new ChosenEntries(PLAN, (alertId) => STAND_INS.get(alertId) ?? null);

const device = (number: number, gateway: number): Partial<DeviceConfiguration> => ({
  device: number,
  gateway,
});
const configured = (home: number, devices: readonly Partial<DeviceConfiguration>[]): EntryBody => ({
  type: 'home-configured',
  home: { ...homeOf({ devices }), home },
});
const reading = (number: number | null, gateway: number): EntryBody => ({
  ...{
    type: 'observation',
    gateway,
    device: number,
    deviceId: 'd',
    kind: 'motion',
    value: true,
    isLevel: false,
  },
  ...{ measuredAtMs: 5, isDeviceTime: true, eventId: 'e', batteryPct: null, isBuffered: false },
});

test('its own readings, with small numbers; a neighbour’s at the same gateway is a sign of life of that', () => {
  const entries = chosen();
  entries.stepsFor(configured(HOME, [device(900, 70)]));
  expect(entries.ownReading(reading(900, 70))).toMatchObject({ gateway: 1, device: 1, deviceId: 'd' });
  expect(entries.stepsFor(reading(901, 70))).toEqual([
    { type: 'gateway-link', gateway: 1, online: true, reason: 'session-open' },
  ]);
  expect(entries.stepsFor(reading(null, 70))).toMatchObject([
    { type: 'observation', gateway: 1, device: null },
  ]);
  expect(entries.stepsFor(reading(901, 71))).toEqual([]);
  expect(entries.stepsFor(reading(null, 71))).toEqual([]);
});

test('a device that goes to a neighbour is no longer its own', () => {
  const entries = chosen();
  entries.stepsFor(configured(HOME, [device(900, 70), device(901, 70)]));
  entries.stepsFor(configured(HOME, [device(901, 70)]));
  expect(entries.ownReading(reading(900, 70))).toBeNull();
  expect(entries.ownReading(reading(901, 70))).toMatchObject({ device: 2 });
});

test('what is to be read grows with devices of the past, its own and its neighbours’', () => {
  const entries = chosen();
  expect(entries.sources()).toEqual([-70, 900]);
  entries.stepsFor(configured(HOME, [device(899, 70)]));
  entries.stepsFor(configured(501, [device(902, 70), device(903, 71)]));
  expect(entries.sources()).toEqual([-70, 900, 899, 902]);
  const before = entries.sourceCount;
  entries.stepsFor(configured(HOME, [device(899, 72)]));
  expect(entries.sources()).toBeNull();
  expect(entries.sourceCount).not.toBe(before);
});

test('a concentrator that was configured before its homes comes with the first of them', () => {
  const entries = chosen();
  const gateway = {
    gatewayId: 'gw',
    revision: 1,
    districtCode: '3',
    supervision: '5h',
    isWatched: true,
  } as const;
  const concentrator = {
    type: 'gateway-configured',
    gateway: { ...gateway, gateway: 72, home: null },
  } as const;
  expect(entries.stepsFor(concentrator)).toEqual([]);
  const steps = entries.stepsFor(configured(HOME, [device(900, 72)]));
  expect(steps.map(({ type }) => type)).toEqual(['gateway-configured', 'home-configured']);
  expect(
    entries.stepsFor({ type: 'gateway-link', gateway: 72, online: true, reason: 'status' }),
  ).toHaveLength(1);
});

test('commands about alerts for which one stands here, and about its homes', () => {
  const entries = chosen();
  const claim = (alertId: string): EntryBody => ({
    type: 'command',
    command: { action: 'claim', alertId, staffId: 's' },
  });
  const back = (home: number): EntryBody => ({
    type: 'command',
    command: { action: 'declare-back', home, staffId: 's' },
  });
  expect(entries.stepsFor(claim('open'))).toHaveLength(1);
  expect(entries.stepsFor(claim('moved'))).toEqual([claim('here')]);
  expect(entries.stepsFor(claim('other'))).toEqual([]);
  expect(entries.stepsFor(back(HOME))).toMatchObject([{ command: { home: 1 } }]);
  expect(entries.stepsFor(back(501))).toEqual([]);
});

test('settings are merged parameter by parameter', () => {
  const own = { inactivity: { capMs: 1, fixedDayMs: 2 }, leak: { isOn: 0 } };
  expect(mergedSettings(own, { inactivity: { capMs: 9 }, 'not-up': { isOn: 0 } })).toEqual({
    inactivity: { capMs: 9, fixedDayMs: 2 },
    leak: { isOn: 0 },
    'not-up': { isOn: 0 },
  });
});
