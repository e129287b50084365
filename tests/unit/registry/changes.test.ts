// Goal: the core is told exactly what it reads, in order, before a change is answered, and again after a restart.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ConfigurationChange, Revision } from '#registry/registry.ts';
import type { SqliteRegistry } from '#registry/sqlite/open.ts';
import { riskFactor } from '#registry/sqlite/risk.ts';
import { type RegistryFolder, registryFolder } from '../../support/registry-folder.ts';
import {
  addDistricts,
  COMMUNITY,
  newContact,
  newDevice,
  newElder,
  newGateway,
  newHome,
  TOWN,
} from '../../support/registry-samples.ts';

let folder: RegistryFolder;
let registry: SqliteRegistry;
let told: ConfigurationChange[];

async function open(): Promise<void> {
  registry = await folder.open();
  told = [];
  registry.onConfigurationChange(async (change) => {
    told.push(change);
  });
}
beforeEach(async () => {
  folder = registryFolder();
  await open();
  await addDistricts(registry);
});
afterEach(async () => {
  await registry.close();
  folder.remove();
});

/** What the core was told since the last call: id, revision, and what else is asked for. */
function toldOf<K extends string>(...keys: K[]): unknown[] {
  return told.splice(0).map(({ type, configuration }) => {
    const fields = configuration as unknown as Record<string, unknown>;
    const id = type === 'home' ? fields['homeId'] : fields['gatewayId'];
    return [id, fields['revision'], ...keys.map((key) => fields[key])];
  });
}

async function walked(): Promise<ConfigurationChange[]> {
  const all: ConfigurationChange[] = [];
  for await (const change of registry.configurations()) all.push(change);
  return all;
}

const DEVICE = { device: 1, deviceId: 'pir-1', gateway: 1, kind: 'motion', room: 'hall', zone: 'other' };

describe('revisions and what the core is told', () => {
  test('what is known is not told, and every record is asked for', async () => {
    for (const homeId of ['h-1', 'h-2', 'h-3']) await registry.homes.create(newHome({ homeId }));
    await registry.homes.update('h-3', { rules: { inactivity: { dayHours: 5 } } });
    await registry.gateways.create(newGateway({ gatewayId: 'g-1', homeId: 'h-1' }));
    await registry.gateways.create(newGateway({ gatewayId: 'g-2' }));
    await registry.homes.remove('h-2');
    const asked: Revision[] = [];
    const news: ConfigurationChange[] = [];
    const isKnown = (record: Revision): boolean => {
      asked.push(record);
      return record.revision === 1;
    };
    for await (const change of registry.configurations(isKnown)) news.push(change);
    expect(news).toEqual((await walked()).filter(({ configuration }) => configuration.revision > 1));
    expect(news.map(({ configuration }) => 'homeId' in configuration && configuration.homeId)).toEqual([
      'h-2',
      'h-3',
    ]);
    expect(asked.map(({ type, number, revision }) => [type, number, revision])).toEqual([
      ['home', 2, 2],
      ['gateway', 1, 1],
      ['gateway', 2, 1],
      ['home', 1, 1],
      ['home', 3, 2],
    ]);
  });

  test('a home grows step by step', async () => {
    await registry.homes.create(newHome({ homeId: 'h', rules: { inactivity: { dayHours: 5 } } }));
    expect(told.splice(0)).toEqual([
      {
        type: 'home',
        configuration: {
          home: 1,
          homeId: 'h',
          revision: 1,
          districtCode: COMMUNITY,
          timezone: 'Asia/Shanghai',
          riskFactor: 1,
          residents: 1,
          rules: { inactivity: { dayHours: 5 } },
          devices: [],
          isWatched: true,
        },
      },
    ]);
    await registry.gateways.create(newGateway({ gatewayId: 'g', homeId: 'h' }));
    expect(told.splice(0)).toEqual([
      {
        type: 'gateway',
        configuration: {
          gateway: 1,
          gatewayId: 'g',
          revision: 1,
          districtCode: COMMUNITY,
          home: 1,
          supervision: '180s',
          isWatched: true,
        },
      },
    ]);
    await registry.devices.create(newDevice('g', 'h'));
    expect(toldOf('devices')).toEqual([['h', 2, [{ ...DEVICE, supervision: '5h' }]]]);
    await registry.devices.update('g/pir-1', { supervision: '25h' });
    expect(toldOf('devices')).toEqual([['h', 3, [{ ...DEVICE, supervision: '25h' }]]]);
    expect((await registry.homes.get('h'))?.revision).toBe(3);
  });

  test('what the core does not read leaves the revision alone', async () => {
    await registry.homes.create(newHome({ homeId: 'h' }));
    const elder = await registry.elders.create(newElder('h'));
    await registry.gateways.create(newGateway({ gatewayId: 'g' }));
    await registry.devices.create(newDevice('g', 'h'));
    const { revision } = (await registry.homes.get('h'))!;
    told.length = 0;
    await registry.homes.update('h', {
      address: { ...newHome().address, room: '9' },
      livingType: 'EMPTY_NEST',
    });
    await registry.elders.update(elder.elderId, { phone: null, name: '李四' });
    await registry.contacts.create(newContact('h'));
    await registry.devices.update('g/pir-1', { model: 'X1' });
    await registry.issueGatewaySecret('g');
    expect(told).toEqual([]);
    expect((await registry.homes.get('h'))?.revision).toBe(revision);
  });

  test('moving a device or an elder tells both homes', async () => {
    await registry.homes.create(newHome({ homeId: 'a' }));
    await registry.homes.create(newHome({ homeId: 'b' }));
    await registry.gateways.create(newGateway({ gatewayId: 'g' }));
    await registry.devices.create(newDevice('g', 'a'));
    const elder = await registry.elders.create(newElder('a', { birthYear: 1930 }));
    told.length = 0;
    await registry.devices.update('g/pir-1', { homeId: 'b' });
    expect(toldOf('devices')).toEqual([
      ['a', 4, []],
      ['b', 2, [{ ...DEVICE, supervision: '5h' }]],
    ]);
    await registry.elders.update(elder.elderId, { homeId: 'b' });
    expect(toldOf('riskFactor')).toEqual([
      ['a', 5, 1],
      ['b', 3, 0.75],
    ]);
  });

  test('a home that is not active is not watched, yet its devices stay known', async () => {
    await registry.homes.create(newHome({ homeId: 'h' }));
    await registry.gateways.create(newGateway({ gatewayId: 'g' }));
    await registry.devices.create(newDevice('g', 'h'));
    told.length = 0;
    for (const status of ['SUSPENDED', 'ENDED', 'ACTIVE'] as const)
      await registry.homes.update('h', { status });
    // From suspended to ended nothing changes for the core.
    const devices = [{ ...DEVICE, supervision: '5h' }];
    expect(toldOf('isWatched', 'devices')).toEqual([
      ['h', 3, false, devices],
      ['h', 4, true, devices],
    ]);
  });

  test('a gateway: what it stands for is told, a disabled one is not watched', async () => {
    await registry.homes.create(newHome({ homeId: 'h' }));
    await registry.gateways.create(newGateway({ gatewayId: 'g' }));
    told.length = 0;
    await registry.gateways.update('g', { model: 'words' });
    await registry.gateways.update('g', { homeId: 'h', supervision: '90s', districtCode: TOWN });
    await registry.gateways.update('g', { isEnabled: false });
    expect(toldOf('home', 'supervision', 'districtCode', 'isWatched')).toEqual([
      ['g', 2, 1, '90s', TOWN, true],
      ['g', 3, 1, '90s', TOWN, false],
    ]);
  });

  test('what was removed is told as not watched, now and at every start', async () => {
    await registry.homes.create(newHome({ homeId: 'h' }));
    await registry.gateways.create(newGateway({ gatewayId: 'g' }));
    await registry.devices.create(newDevice('g', 'h'));
    await registry.devices.remove('g/pir-1');
    told.length = 0;
    await registry.homes.remove('h');
    await registry.gateways.remove('g');
    const gone = [...told];
    expect(toldOf('isWatched')).toEqual([
      ['h', 4, false],
      ['g', 2, false],
    ]);
    await registry.homes.create(newHome({ homeId: 'h' }));
    await registry.close();
    await open();
    const again = await walked();
    expect(again.slice(0, 2)).toEqual([gone[1], gone[0]]);
    expect(again.slice(2)).toEqual([
      expect.objectContaining({ configuration: expect.objectContaining({ home: 2 }) }),
    ]);
  });

  test('a refused change tells nothing and changes nothing', async () => {
    await registry.homes.create(newHome({ homeId: 'h' }));
    told.length = 0;
    await expect(registry.devices.create(newDevice('none', 'h'))).rejects.toThrow();
    await expect(registry.homes.update('h', { districtCode: '110000000000' })).rejects.toThrow();
    expect(told).toEqual([]);
    expect((await registry.homes.get('h'))?.revision).toBe(1);
  });

  test('at every start the same is told as was told last, with the same revisions', async () => {
    for (let index = 0; index < 3; index++) {
      const { homeId } = await registry.homes.create(newHome());
      const { gatewayId } = await registry.gateways.create(newGateway({ homeId }));
      await registry.elders.create(newElder(homeId, { abilityLevel: 3 }));
      await registry.devices.create(newDevice(gatewayId, homeId));
    }
    const last = new Map(told.map((change) => [JSON.stringify([change.type, numberOf(change)]), change]));
    await registry.close();
    await open();
    expect(await walked()).toEqual([
      ...[...last.values()].filter(({ type }) => type === 'gateway'),
      ...[...last.values()].filter(({ type }) => type === 'home'),
    ]);
  });

  test('many homes come over several pages', async () => {
    const creations = Array.from({ length: 1001 }, (_, index) =>
      registry.homes.create(newHome({ homeId: `h${index}` })),
    );
    await Promise.all(creations);
    const homes = (await walked()).map(({ configuration }) => (configuration as { home: number }).home);
    expect(homes).toEqual(Array.from({ length: 1001 }, (_, index) => index + 1));
  });
});

function numberOf(change: ConfigurationChange): number {
  return change.type === 'home' ? change.configuration.home : change.configuration.gateway;
}

describe('order and waiting', () => {
  test('a change is answered only when the core has answered', async () => {
    let answer: () => void = () => {};
    registry.onConfigurationChange(() => new Promise((resolve) => (answer = resolve)));
    let isDone = false;
    const creation = registry.homes.create(newHome({ homeId: 'h' })).then(() => {
      isDone = true;
    });
    // Another change is not held up by a slow core.
    await registry.districts.update(TOWN, { name: '新街道' });
    expect(told).toHaveLength(1);
    expect(isDone).toBe(false);
    answer();
    await creation;
  });

  test('concurrent changes of one home are told in the order of their revisions', async () => {
    await registry.homes.create(newHome({ homeId: 'h' }));
    const hours = Array.from({ length: 20 }, (_, index) => index);
    await Promise.all(
      hours.map((dayHours) => registry.homes.update('h', { rules: { inactivity: { dayHours } } })),
    );
    expect(toldOf().map((entry) => (entry as unknown[])[1])).toEqual(
      Array.from({ length: 21 }, (_, n) => n + 1),
    );
  });

  test('the core is told of a device before the ingest may take its readings', async () => {
    await registry.homes.create(newHome({ homeId: 'h' }));
    await registry.gateways.create(newGateway({ gatewayId: 'g' }));
    const entry = registry.directory.gateway('g')!;
    const known: boolean[] = [];
    registry.onConfigurationChange(async () => {
      known.push(entry.devices.has('pir-1'));
    });
    await registry.devices.create(newDevice('g', 'h'));
    expect(known).toEqual([false]);
    expect(entry.devices.has('pir-1')).toBe(true);
  });

  test('when the core cannot be told the caller hears it, the rest goes on, the next start tells it', async () => {
    registry.onConfigurationChange(() => {
      throw new Error('log is full');
    });
    await expect(registry.homes.create(newHome({ homeId: 'h' }))).rejects.toThrow(/could not be told/);
    expect(toldOf()).toEqual([['h', 1]]);
    expect(registry.homeLabel('h')).not.toBeNull();
    await registry.close();
    await open();
    expect(await walked()).toHaveLength(1);
  });

  test('the event loop turns between changes', async () => {
    let turns = 0;
    const turning = setInterval(() => (turns += 1), 0);
    await Promise.all(Array.from({ length: 50 }, () => registry.homes.create(newHome())));
    clearInterval(turning);
    expect(turns).toBeGreaterThan(5);
  });
});

describe('risk factor', () => {
  test.each([
    ['nobody yet', [], 1],
    ['level 0', [[1950, 0]], 1.25],
    ['level 1', [[1950, 1]], 1],
    ['level 2', [[1950, 2]], 0.75],
    ['level 4', [[1950, 4]], 0.75],
    ['84 years', [[1942, 0]], 1.25],
    ['85 years: frail wins', [[1941, 0]], 0.75],
    [
      'a fit couple',
      [
        [1950, 0],
        [1951, 0],
      ],
      1.25,
    ],
    [
      'fit with an ordinary one',
      [
        [1950, 0],
        [1951, 1],
      ],
      1,
    ],
    [
      'fit with a frail one',
      [
        [1950, 0],
        [1930, 1],
      ],
      0.75,
    ],
  ] as const)('%s', (_name, elders, factor) => {
    const frailties = elders.map(([birthYear, abilityLevel]) => ({ birthYear, abilityLevel }));
    expect(riskFactor(frailties, 2026)).toBe(factor);
  });

  test('and the number of residents reach the core', async () => {
    await registry.homes.create(newHome({ homeId: 'h' }));
    told.length = 0;
    const first = await registry.elders.create(newElder('h', { abilityLevel: 0 }));
    const second = await registry.elders.create(newElder('h', { abilityLevel: 3 }));
    await registry.elders.update(second.elderId, { abilityLevel: 1 });
    await registry.elders.remove(second.elderId);
    await registry.elders.remove(first.elderId);
    expect(toldOf('riskFactor', 'residents')).toEqual([
      ['h', 2, 1.25, 1],
      ['h', 3, 0.75, 2],
      ['h', 4, 1, 2],
      ['h', 5, 1.25, 1],
      ['h', 6, 1, 1],
    ]);
  });

  test('follows a birthday at the next start, with a new revision', async () => {
    await registry.homes.create(newHome({ homeId: 'h' }));
    await registry.elders.create(newElder('h', { birthYear: 1942 }));
    folder.clock.now = Date.UTC(2027, 0, 2);
    expect((await walked())[0]?.configuration).toMatchObject({ revision: 1, riskFactor: 1 });
    await registry.close();
    await open();
    expect((await walked())[0]?.configuration).toMatchObject({ revision: 2, riskFactor: 0.75 });
  });
});

describe('labels', () => {
  test('are masked, current, and there again after a restart', async () => {
    await registry.homes.create(newHome({ homeId: 'h' }));
    expect(registry.homeLabel('h')).toEqual({
      homeId: 'h',
      districtCode: COMMUNITY,
      districtName: '友谊社区',
      maskedElderName: null,
      age: null,
      maskedAddress: '文三路 12 号',
    });
    const younger = await registry.elders.create(newElder('h', { name: '张三', birthYear: 1950 }));
    const elder = await registry.elders.create(newElder('h', { name: '欧阳修', birthYear: 1940 }));
    await registry.districts.update(COMMUNITY, { name: '新友谊' });
    await registry.homes.update('h', { address: { ...newHome().address, street: '武林路' } });
    const label = { maskedElderName: '欧**', age: 86, districtName: '新友谊', maskedAddress: '武林路' };
    expect(registry.homeLabel('h')).toMatchObject(label);
    await registry.close();
    await open();
    expect(registry.homeLabel('h')).toMatchObject(label);
    await registry.elders.remove(elder.elderId);
    expect(registry.homeLabel('h')).toMatchObject({ maskedElderName: '张*', age: 76 });
    await registry.elders.remove(younger.elderId);
    await registry.homes.remove('h');
    expect(registry.homeLabel('h')).toBeNull();
  });
});
