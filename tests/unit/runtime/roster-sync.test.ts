// Goal: registry and core are equal after every start and every change, with nothing appended for what is known.

import { expect, test } from 'vitest';
import { LIMITS } from '#config/limits.ts';
import { Engine } from '#core/engine.ts';
import { createMemoryLog } from '#journal/memory.ts';
import { openSqliteRegistry, type SqliteRegistry } from '#registry/sqlite/open.ts';
import { syncRoster } from '#runtime/roster-sync.ts';

const CITY = ['330000000000', '330100000000', '330106000000'];

async function registryWithHome(): Promise<SqliteRegistry> {
  const registry = await openSqliteRegistry({
    file: ':memory:',
    keyFile: ':memory:',
    clock: { nowMs: () => 1e12 },
  });
  const levels = ['province', 'city', 'county'] as const;
  for (const [index, code] of CITY.entries())
    await registry.districts.create({ code, name: code, level: levels[index]! });
  await registry.homes.create({
    homeId: 'h-1',
    districtCode: '330106000000',
    status: 'ACTIVE',
    livingType: 'SOLITARY',
    timezone: 'Asia/Shanghai',
    address: { grid: null, street: 'Lake Road 1', building: null, unit: null, room: null },
    access: { keySafe: null, doorCode: null, keyholder: null },
    rules: {},
  });
  await registry.gateways.create({
    gatewayId: 'gw-1',
    districtCode: '330106000000',
    homeId: 'h-1',
    format: 'native',
    supervision: '180s',
    model: null,
    isEnabled: true,
  });
  return registry;
}

function core() {
  const engine = new Engine();
  const log = createMemoryLog({ clock: { nowMs: () => 1e12 }, limits: LIMITS, onFatal: console.error });
  log.onDurable((entries) => {
    for (const entry of entries) engine.step(entry);
  });
  return { engine, log };
}

test('a new core learns everything, a second start nothing, a change before it is promised', async () => {
  const registry = await registryWithHome();
  const { engine, log } = core();
  const { roster } = engine.world;
  expect((await syncRoster(registry, roster, log)).appendedCount).toBe(2);
  expect(roster.names.homeId[1]).toBe('h-1');
  expect((await syncRoster(registry, roster, log)).appendedCount).toBe(0);
  const device = {
    gatewayId: 'gw-1',
    deviceId: 'pir',
    homeId: 'h-1',
    kind: 'motion',
    room: 'hall',
    zone: 'other',
  };
  await registry.devices.create({ ...device, zone: 'other', supervision: '5h', model: null });
  expect([...roster.devicesOfHome(roster.homes.row(1))]).toHaveLength(1);
  await registry.close();
});

test('what was removed while we were down is no longer watched', async () => {
  const { engine, log } = core();
  const before = await registryWithHome();
  await syncRoster(before, engine.world.roster, log);
  await before.close();
  const empty = await openSqliteRegistry({
    file: ':memory:',
    keyFile: ':memory:',
    clock: { nowMs: () => 1e12 },
  });
  expect((await syncRoster(empty, engine.world.roster, log)).appendedCount).toBe(2);
  const { roster } = engine.world;
  expect(roster.isWatched(roster.homes.row(1))).toBe(false);
  expect(roster.gateways.columns.isWatched.get(roster.gateways.row(1))).toBe(0);
  await empty.close();
});
