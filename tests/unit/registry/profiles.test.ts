// Goal: what holds in a home is the profile of the nearest district that names one, under the settings of the
// districts, under its own; the core is told of every home that a change of a district concerns, also over a crash.

import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { mergedSettings, profileNamed } from '#core/rules/profiles.ts';
import type { ConfigurationChange } from '#registry/registry.ts';
import type { SqliteRegistry } from '#registry/sqlite/open.ts';
import { type RegistryFolder, registryFolder } from '../../support/registry-folder.ts';
import {
  addDistricts,
  CITY,
  COMMUNITY,
  COUNTY,
  newHome,
  OTHER_COUNTY,
  PROVINCE,
} from '../../support/registry-samples.ts';

const TAICANG = profileNamed('taicang')!.rules;
const HONG_KONG = profileNamed('hong-kong')!.rules;

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
  await registry.homes.create(newHome({ homeId: 'here', districtCode: COMMUNITY }));
  await registry.homes.create(newHome({ homeId: 'there', districtCode: OTHER_COUNTY }));
  told.length = 0;
});
afterEach(async () => {
  await registry.close();
  folder.remove();
});

/** Home, revision and settings of everything the core was told since the last call. */
function toldHomes(): unknown[] {
  return told
    .splice(0)
    .map(({ configuration }) =>
      'rules' in configuration ? [configuration.homeId, configuration.revision, configuration.rules] : [],
    );
}

async function rulesOf(homeId: string): Promise<unknown> {
  for await (const { configuration } of registry.configurations())
    if ('homeId' in configuration && configuration.homeId === homeId) return configuration.rules;
  return null;
}

describe('what holds in a home', () => {
  test('nothing but the defaults while no district says anything', async () => {
    expect(await rulesOf('here')).toEqual({});
  });

  test('the profile of the nearest district, and not those above it', async () => {
    await registry.districts.update(CITY, { profile: 'taicang' });
    expect([await rulesOf('here'), await rulesOf('there')]).toEqual([TAICANG, TAICANG]);
    await registry.districts.update(COUNTY, { profile: 'hong-kong' });
    expect([await rulesOf('here'), await rulesOf('there')]).toEqual([HONG_KONG, TAICANG]);
    await registry.districts.update(COUNTY, { profile: null });
    expect(await rulesOf('here')).toEqual(TAICANG);
  });

  test('profile, then districts from the province down, then the home; parameter by parameter', async () => {
    await registry.districts.update(CITY, { profile: 'taicang' });
    await registry.districts.update(PROVINCE, {
      rules: { 'water-low': { liters: 5 }, inactivity: { dayMs: 1, nightMs: 1 } },
    });
    await registry.districts.update(COUNTY, { rules: { inactivity: { dayMs: 2 } } });
    await registry.homes.update('here', { rules: { inactivity: { nightMs: 3 } } });
    expect(await rulesOf('here')).toEqual({
      'water-low': { ...TAICANG['water-low'], liters: 5 },
      inactivity: { dayMs: 2, nightMs: 3 },
    });
    // What the API shows of the home is still its own.
    expect((await registry.homes.get('here'))!.rules).toEqual({ inactivity: { nightMs: 3 } });
  });

  test('a home that moves takes the settings of where it is', async () => {
    await registry.districts.update(COUNTY, { profile: 'hong-kong' });
    told.length = 0;
    await registry.homes.update('there', { districtCode: COMMUNITY });
    expect(toldHomes()).toEqual([['there', 2, HONG_KONG]]);
  });
});

describe('what the core is told', () => {
  test('of a change, every home of the area and no other', async () => {
    await registry.districts.update(COUNTY, { profile: 'taicang' });
    expect(toldHomes()).toEqual([['here', 2, TAICANG]]);
    await registry.districts.update(CITY, { rules: { inactivity: { dayMs: 7 } } });
    expect(toldHomes()).toEqual([
      ['here', 3, mergedSettings([TAICANG, { inactivity: { dayMs: 7 } }])],
      ['there', 2, { inactivity: { dayMs: 7 } }],
    ]);
  });

  test('of a new name nothing, and of the same settings again nothing', async () => {
    await registry.districts.update(COUNTY, { profile: 'taicang' });
    told.length = 0;
    await registry.districts.update(COUNTY, { name: '新名', profile: 'taicang', rules: {} });
    expect(toldHomes()).toEqual([]);
  });

  test('of an area larger than a batch each home once; others get their turn in between', async () => {
    for (let home = 0; home < 120; home++)
      await registry.homes.create(newHome({ homeId: `h${home}`, districtCode: COMMUNITY }));
    told.length = 0;
    const whole = registry.districts.update(CITY, { profile: 'taicang' });
    const one = registry.homes.update('there', { livingType: 'WITH_FAMILY', rules: { x: { y: 1 } } });
    await Promise.all([whole, one]);
    const ids = (toldHomes() as [string][]).map(([homeId]) => homeId);
    expect(ids.filter((id) => id !== 'there').toSorted()).toEqual(
      ['here', ...Array.from({ length: 120 }, (_, home) => `h${home}`)].toSorted(),
    );
    expect(ids.indexOf('there')).toBeLessThan(60);
  });
});

describe('over a crash and an upgrade', () => {
  /** The file as another program or time has left it. */
  async function reopenAfter(change: (file: DatabaseSync) => void): Promise<void> {
    await registry.close();
    const file = new DatabaseSync(folder.file);
    change(file);
    file.close();
    await open();
  }

  async function revisions(): Promise<unknown> {
    const homes = await Promise.all(['here', 'there'].map((id) => registry.homes.get(id)));
    return homes.map((home) => home!.revision);
  }

  test('an area that was not finished is finished at the next start: revisions tell the core', async () => {
    await reopenAfter((file) => {
      file.exec(`update districts set profile = 'taicang' where code = '${COUNTY}'`);
      file.exec(`insert into unfinished_areas values ('${COUNTY}', null)`);
    });
    expect(await revisions()).toEqual([2, 1]);
    await registry.close();
    await open();
    expect(await revisions()).toEqual([2, 1]);
  });

  test('a profile with another content than last time is told again, where it is in use', async () => {
    await registry.districts.update(OTHER_COUNTY, { profile: 'taicang' });
    expect(await revisions()).toEqual([1, 2]);
    await reopenAfter((file) => {
      const [row] = file.prepare(`select value from registry_meta where name = 'profiles'`).all();
      const before = JSON.parse(String(row!['value']));
      const older = JSON.stringify({ ...before, taicang: '{"water-low":{"liters":9}}', shanghai: '{}' });
      file.prepare(`update registry_meta set value = ? where name = 'profiles'`).run(older);
    });
    expect(await revisions()).toEqual([1, 3]);
  });
});

test('refuses a profile that does not exist and settings that are none', async () => {
  const invalid = expect.objectContaining({ problem: 'invalid' });
  await expect(registry.districts.update(COUNTY, { profile: 'atlantis' })).rejects.toEqual(invalid);
  await expect(registry.districts.update(COUNTY, { rules: { r: { x: Number.NaN } } })).rejects.toEqual(
    invalid,
  );
  expect(told).toEqual([]);
});
