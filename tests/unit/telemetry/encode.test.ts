// Goal: every kind of entry becomes what the store should have, with the ids of the place and time it was said in.

import { expect, test } from 'vitest';
import type { EntryBody } from '#core/model/entry.ts';
import { DeviceHomes } from '#telemetry/device-homes.ts';
import { encode } from '#telemetry/encode.ts';
import { device, gatewayConfigured, homeConfigured, observation, START_MS } from '../../support/telemetry.ts';

function entries(...bodies: readonly EntryBody[]) {
  return bodies.map((body, i) => ({ offset: i + 1, atMs: START_MS + i, body }));
}

function knownHomes(): DeviceHomes {
  const homes = new DeviceHomes();
  homes.follow(gatewayConfigured(1, 1));
  homes.follow(gatewayConfigured(2, null));
  homes.follow(homeConfigured(1, [device(1, 'd1')]));
  homes.follow(homeConfigured(2, [device(3, 'd3', 2)]));
  homes.follow(homeConfigured(3, [device(4, 'd4', 2)]));
  return homes;
}

const link = (gateway: number, online: boolean) =>
  ({ type: 'gateway-link', gateway, online, reason: 'status' }) as const;

test('unknown is no reading; an emergency of an unknown device belongs to the home of its gateway', () => {
  const { readings } = encode(
    entries(
      observation({ value: null }),
      observation({ device: null, deviceId: 'pendant', kind: 'button', value: 'sos' }),
      observation({ device: null, deviceId: 'pendant', gateway: 2, kind: 'button', value: 'sos' }),
      observation({ device: 99, deviceId: 'gone', gateway: 9 }),
    ),
    knownHomes(),
  );
  expect(readings.map(({ homeId, gatewayId, deviceId }) => [homeId, gatewayId, deviceId])).toEqual([
    ['h1', 'g1', 'pendant'],
    ['', 'g2', 'pendant'],
    ['', 'gateway-9', 'gone'],
  ]);
});

test('the link of a gateway is stored when it changes, for every home behind it', () => {
  const homes = knownHomes();
  const { readings } = encode(
    entries(link(2, true), link(2, true), link(2, false), link(2, false), link(1, false)),
    homes,
  );
  expect(readings.map(({ homeId, value, offset }) => [homeId, value, offset])).toEqual([
    ['h2', true, 1],
    ['h3', true, 1],
    ['h2', false, 3],
    ['h3', false, 3],
    ['h1', false, 5],
  ]);
  expect(readings.every(({ kind, deviceId }) => kind === 'online' && deviceId === '')).toBe(true);
});

test('an observation of a gateway that was called offline says that it is back', () => {
  const { readings } = encode(
    entries(link(1, false), observation({ value: 1 }), observation({ value: 2 })),
    knownHomes(),
  );
  expect(readings.map(({ kind, value }) => [kind, value])).toEqual([
    ['online', false],
    ['online', true],
    ['temperature_c', 1],
    ['temperature_c', 2],
  ]);
});

test('a device that moved stays with its new home, whichever home is told of first', () => {
  const homes = knownHomes();
  homes.follow(homeConfigured(2, [device(3, 'd3', 2), device(1, 'd1')], 2));
  homes.follow(homeConfigured(1, [], 2));
  const { readings } = encode(entries(observation({ value: 1 })), homes);
  expect(readings.map(({ homeId }) => homeId)).toEqual(['h2']);
});

test('the battery beside a reading is a reading of its own when it changes', () => {
  const { readings } = encode(
    entries(
      observation({ batteryPct: 80 }),
      observation({ batteryPct: 80 }),
      observation({ batteryPct: 79 }),
    ),
    knownHomes(),
  );
  expect(readings.filter(({ kind }) => kind === 'battery_pct').map(({ value }) => value)).toEqual([80, 79]);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, { odd: 1 }, [1], { systolic: 120 }])(
  '%o is refused',
  (value) => {
    const { readings, refused } = encode(entries(observation({ value: value as never })), knownHomes());
    expect(readings).toEqual([]);
    expect(refused).toMatchObject([{ reason: 'unknown-value' }]);
  },
);

test('our own outages are told; the start of a recording is none', () => {
  const resumed = (fromMs: number) =>
    ({ type: 'resumed', reason: 'start', fromMs, coreVersion: '1' }) as const;
  const { outages } = encode(entries(resumed(0), resumed(START_MS - 60_000), { type: 'tick' }), knownHomes());
  expect(outages).toEqual([{ fromMs: START_MS - 60_000, toMs: START_MS + 1 }]);
});
