// Contract of the port Registry, over every adapter: each collection can create, get, list in pages, change and
// remove; conflicts, missing parents and records in use are refused with their problem and change nothing.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Collection, Page, Registry, RegistryProblem } from '#registry/registry.ts';
import { memoryRegistry } from '../support/registry-folder.ts';
import {
  addDistricts,
  CITY,
  COMMUNITY,
  COUNTY,
  DISTRICTS,
  EVERYTHING,
  newContact,
  newDevice,
  newElder,
  newGateway,
  newHome,
  newStaff,
  OTHER_COUNTY,
  PROVINCE,
  TOWN,
} from '../support/registry-samples.ts';

const ADAPTERS: readonly { name: string; open: () => Promise<Registry> }[] = [
  { name: 'sqlite', open: () => memoryRegistry() },
];

function problem(name: RegistryProblem) {
  return expect.objectContaining({ name: 'RegistryError', problem: name });
}

/** Every record, read in pages of `limit`. */
async function inPages<T, F>(
  collection: Collection<T, never, never, F>,
  options: { readonly filter: F; readonly limit: number; readonly scope?: string },
): Promise<T[]> {
  const items: T[] = [];
  for (let after: string | null = null; ; ) {
    const page: Page = { scope: options.scope ?? null, after, limit: options.limit };
    const listing = await collection.list(page, options.filter);
    expect(listing.items.length).toBeLessThanOrEqual(options.limit);
    items.push(...listing.items);
    if (listing.next === null) return items;
    after = listing.next;
  }
}

describe.each(ADAPTERS)('registry: $name', ({ open }) => {
  let registry: Registry;
  beforeEach(async () => {
    registry = await open();
    await addDistricts(registry);
  });
  afterEach(() => registry.close());

  describe('districts', () => {
    test('parents follow from the code', async () => {
      const { items } = await registry.districts.list(EVERYTHING, {});
      expect(items.map(({ code, parentCode }) => [code, parentCode])).toEqual([
        [PROVINCE, null],
        [CITY, PROVINCE],
        [COUNTY, CITY],
        [TOWN, COUNTY],
        [COMMUNITY, TOWN],
        [OTHER_COUNTY, CITY],
      ]);
    });

    test('a town may lie directly below a city without counties', async () => {
      await registry.districts.create({ code: '440000000000', name: '广东省', level: 'province' });
      await registry.districts.create({ code: '441900000000', name: '东莞市', level: 'city' });
      const town = await registry.districts.create({ code: '441900003000', name: '东城街道', level: 'town' });
      expect(town.parentCode).toBe('441900000000');
    });

    test.each([
      ['a level that is not that of the code', { code: '330109000000', level: 'town' }, 'invalid'],
      ['eleven digits', { code: '33010900000', level: 'county' }, 'invalid'],
      ['letters', { code: '33010900000x', level: 'county' }, 'invalid'],
      ['no area at all', { code: '000000000000', level: 'province' }, 'invalid'],
      ['a parent that does not exist', { code: '330201000000', level: 'county' }, 'missing-parent'],
      ['a code that exists', { code: COUNTY, level: 'county' }, 'conflict'],
    ] as const)('refuses %s', async (_name, district, expected) => {
      await expect(registry.districts.create({ name: '某区', ...district })).rejects.toEqual(
        problem(expected),
      );
      expect((await registry.districts.list(EVERYTHING, {})).items).toHaveLength(DISTRICTS.length);
    });

    test('renames, also in memory', async () => {
      expect(registry.districtName(COUNTY)).toBe('西湖区');
      const renamed = await registry.districts.update(COUNTY, { name: '西湖' });
      expect(renamed).toEqual(await registry.districts.get(COUNTY));
      expect(registry.districtName(COUNTY)).toBe('西湖');
    });

    test('goes only when empty', async () => {
      await expect(registry.districts.remove(TOWN)).rejects.toEqual(problem('in-use'));
      await registry.districts.remove(COMMUNITY);
      expect(await registry.districts.get(COMMUNITY)).toBeNull();
      expect(registry.districtName(COMMUNITY)).toBeNull();
      await expect(registry.districts.remove(COMMUNITY)).rejects.toEqual(problem('not-found'));
      await expect(registry.districts.update(COMMUNITY, { name: 'x' })).rejects.toEqual(problem('not-found'));
    });

    test.each(['homes', 'gateways', 'staff'] as const)('stays while it has %s', async (user) => {
      if (user === 'homes') await registry.homes.create(newHome());
      if (user === 'gateways') await registry.gateways.create(newGateway());
      if (user === 'staff') await registry.staff.create(newStaff({ districtCode: COMMUNITY }));
      await expect(registry.districts.remove(COMMUNITY)).rejects.toEqual(problem('in-use'));
    });

    test('lists children and areas', async () => {
      const children = await registry.districts.list(EVERYTHING, { parentCode: CITY });
      expect(children.items.map(({ code }) => code)).toEqual([COUNTY, OTHER_COUNTY]);
      const area = await registry.districts.list({ ...EVERYTHING, scope: COUNTY }, {});
      expect(area.items.map(({ code }) => code)).toEqual([COUNTY, TOWN, COMMUNITY]);
    });
  });

  describe('homes', () => {
    test('keeps what it was given and gives ids and dense numbers', async () => {
      const first = await registry.homes.create(
        newHome({ rules: { inactivity: { dayHours: 5, on: true } } }),
      );
      expect(first).toEqual({
        ...newHome({ rules: { inactivity: { dayHours: 5, on: true } } }),
        homeId: expect.stringMatching(/^[0-9a-z]{16}$/),
        home: 1,
        revision: 1,
      });
      expect(await registry.homes.get(first.homeId)).toEqual(first);
      const second = await registry.homes.create(newHome({ homeId: 'home:2' }));
      expect([second.homeId, second.home]).toEqual(['home:2', 2]);
      expect(first.homeId < (await registry.homes.create(newHome())).homeId).toBe(true);
    });

    test('never gives a number twice', async () => {
      const { home, homeId } = await registry.homes.create(newHome());
      await registry.homes.remove(homeId);
      expect((await registry.homes.create(newHome({ homeId }))).home).toBe(home + 1);
    });

    test.each([
      ['an unknown district', newHome({ districtCode: '330199000000' }), 'missing-parent'],
      ['an unknown time zone', newHome({ timezone: 'Asia/Hangzhou' }), 'invalid'],
      ['an id with a slash', newHome({ homeId: 'a/b' }), 'invalid'],
      ['an id with a tilde', newHome({ homeId: 'a~b' }), 'invalid'],
      ['no street', newHome({ address: { ...newHome().address, street: ' ' } }), 'invalid'],
      ['an unknown status', newHome({ status: 'GONE' as 'ENDED' }), 'invalid'],
      ['rules that are not numbers', newHome({ rules: { r: { x: Number.NaN } } }), 'invalid'],
    ] as const)('refuses %s', async (_name, home, expected) => {
      await expect(registry.homes.create(home)).rejects.toEqual(problem(expected));
      expect((await registry.homes.list(EVERYTHING, {})).items).toEqual([]);
    });

    test('changes only what is given, and never the id', async () => {
      const before = await registry.homes.create(newHome({ homeId: 'h' }));
      const after = await registry.homes.update('h', { livingType: 'EMPTY_NEST', homeId: 'h' });
      expect(after).toEqual({ ...before, livingType: 'EMPTY_NEST' });
      await expect(registry.homes.update('h', { homeId: 'other' })).rejects.toEqual(problem('invalid'));
      await expect(registry.homes.update('h', { timezone: 'nowhere' })).rejects.toEqual(problem('invalid'));
      await expect(registry.homes.update('x', { status: 'ENDED' })).rejects.toEqual(problem('not-found'));
      expect(await registry.homes.get('h')).toEqual(after);
    });

    test('takes an id once', async () => {
      await registry.homes.create(newHome({ homeId: 'h' }));
      await expect(registry.homes.create(newHome({ homeId: 'h' }))).rejects.toEqual(problem('conflict'));
    });

    test('goes only when nobody and nothing is in it', async () => {
      const { homeId } = await registry.homes.create(newHome());
      const elder = await registry.elders.create(newElder(homeId));
      await expect(registry.homes.remove(homeId)).rejects.toEqual(problem('in-use'));
      await registry.elders.remove(elder.elderId);
      const contact = await registry.contacts.create(newContact(homeId));
      await expect(registry.homes.remove(homeId)).rejects.toEqual(problem('in-use'));
      await registry.contacts.remove(contact.contactId);
      const gateway = await registry.gateways.create(newGateway({ homeId }));
      await expect(registry.homes.remove(homeId)).rejects.toEqual(problem('in-use'));
      await registry.gateways.update(gateway.gatewayId, { homeId: null });
      await registry.devices.create(newDevice(gateway.gatewayId, homeId));
      await expect(registry.homes.remove(homeId)).rejects.toEqual(problem('in-use'));
      await registry.devices.remove(`${gateway.gatewayId}/pir-1`);
      await registry.homes.remove(homeId);
      await expect(registry.homes.remove(homeId)).rejects.toEqual(problem('not-found'));
    });

    test('pages through a scope, every record once', async () => {
      for (let index = 0; index < 25; index++) {
        const districtCode = [COMMUNITY, TOWN, OTHER_COUNTY][index % 3]!;
        await registry.homes.create(newHome({ homeId: `h${String(99 - index)}`, districtCode }));
      }
      const all = await inPages(registry.homes, { filter: {}, limit: 4 });
      expect(new Set(all.map(({ homeId }) => homeId)).size).toBe(25);
      const inCounty = await inPages(registry.homes, { filter: {}, limit: 5, scope: COUNTY });
      expect(inCounty).toHaveLength(17);
      expect(inCounty.every(({ districtCode }) => districtCode.startsWith('330106'))).toBe(true);
      const inTown = await inPages(registry.homes, {
        filter: { districtCode: TOWN },
        limit: 3,
        scope: PROVINCE,
      });
      expect(inTown).toHaveLength(8);
      expect(
        await inPages(registry.homes, { filter: { districtCode: TOWN }, limit: 3, scope: OTHER_COUNTY }),
      ).toEqual([]);
    });

    test('refuses senseless pages and cuts long ones at 200', async () => {
      await expect(registry.homes.list({ ...EVERYTHING, limit: 0 }, {})).rejects.toEqual(problem('invalid'));
      await expect(registry.homes.list({ ...EVERYTHING, scope: '33' }, {})).rejects.toEqual(
        problem('invalid'),
      );
      await expect(registry.homes.list({ ...EVERYTHING, after: 'h1' }, {})).rejects.toEqual(
        problem('invalid'),
      );
      for (let index = 0; index < 201; index++) await registry.homes.create(newHome());
      const long = await registry.homes.list({ ...EVERYTHING, limit: 1000 }, {});
      expect([long.items.length, long.next === null]).toEqual([200, false]);
    });
  });

  describe('elders', () => {
    test('create, get, change, move, remove', async () => {
      await registry.homes.create(newHome({ homeId: 'a' }));
      await registry.homes.create(newHome({ homeId: 'b' }));
      const elder = await registry.elders.create(newElder('a'));
      expect(elder).toEqual({ ...newElder('a'), elderId: expect.any(String) });
      expect(await registry.elders.get(elder.elderId)).toEqual(elder);
      const moved = await registry.elders.update(elder.elderId, {
        homeId: 'b',
        risks: [],
        consentAtMs: null,
      });
      expect(moved).toEqual({ ...elder, homeId: 'b', risks: [], consentAtMs: null });
      expect((await registry.elders.list(EVERYTHING, { homeId: 'a' })).items).toEqual([]);
      expect((await registry.elders.list(EVERYTHING, { homeId: 'b' })).items).toEqual([moved]);
      await registry.elders.remove(elder.elderId);
      expect(await registry.elders.get(elder.elderId)).toBeNull();
      await expect(registry.elders.remove(elder.elderId)).rejects.toEqual(problem('not-found'));
      await expect(registry.elders.update(elder.elderId, { name: 'x' })).rejects.toEqual(
        problem('not-found'),
      );
    });

    test.each([
      ['a home that does not exist', newElder('nowhere'), 'missing-parent'],
      ['a year of birth to come', newElder('a', { birthYear: 2027 }), 'invalid'],
      ['an ability level of 5', newElder('a', { abilityLevel: 5 as 4 }), 'invalid'],
      ['an empty name', newElder('a', { name: '' }), 'invalid'],
    ] as const)('refuses %s', async (_name, elder, expected) => {
      await registry.homes.create(newHome({ homeId: 'a' }));
      await expect(registry.elders.create(elder)).rejects.toEqual(problem(expected));
    });

    test('pages and scope follow the home', async () => {
      await registry.homes.create(newHome({ homeId: 'a' }));
      await registry.homes.create(newHome({ homeId: 'b', districtCode: OTHER_COUNTY }));
      for (let index = 0; index < 7; index++) await registry.elders.create(newElder(index < 5 ? 'a' : 'b'));
      expect(await inPages(registry.elders, { filter: {}, limit: 2 })).toHaveLength(7);
      expect(await inPages(registry.elders, { filter: {}, limit: 2, scope: COUNTY })).toHaveLength(5);
      expect(await inPages(registry.elders, { filter: { homeId: 'b' }, limit: 1, scope: CITY })).toHaveLength(
        2,
      );
      expect(await inPages(registry.elders, { filter: { homeId: 'b' }, limit: 1, scope: COUNTY })).toEqual(
        [],
      );
    });
  });

  describe('contacts', () => {
    test('come in calling order, each order once in a home', async () => {
      await registry.homes.create(newHome({ homeId: 'a' }));
      await registry.homes.create(newHome({ homeId: 'b' }));
      for (const order of [3, 1, 2]) await registry.contacts.create(newContact('a', { order }));
      const other = await registry.contacts.create(newContact('b', { order: 1 }));
      await expect(registry.contacts.create(newContact('a', { order: 2 }))).rejects.toEqual(
        problem('conflict'),
      );
      await expect(registry.contacts.update(other.contactId, { homeId: 'a' })).rejects.toEqual(
        problem('conflict'),
      );
      const inA = await inPages(registry.contacts, { filter: { homeId: 'a' }, limit: 2 });
      expect(inA.map(({ order }) => order)).toEqual([1, 2, 3]);
      const all = await inPages(registry.contacts, { filter: {}, limit: 1, scope: COUNTY });
      expect(all.map(({ homeId, order }) => homeId + order)).toEqual(['a1', 'a2', 'a3', 'b1']);
      expect(await inPages(registry.contacts, { filter: {}, limit: 1, scope: OTHER_COUNTY })).toEqual([]);
    });

    test('create, get, change, remove', async () => {
      await registry.homes.create(newHome({ homeId: 'a' }));
      const contact = await registry.contacts.create(
        newContact('a', { availability: 'weekdays', canVisit: false }),
      );
      expect(await registry.contacts.get(contact.contactId)).toEqual(contact);
      const changed = await registry.contacts.update(contact.contactId, { canVisit: true, order: 9 });
      expect(changed).toEqual({ ...contact, canVisit: true, order: 9 });
      await registry.contacts.remove(contact.contactId);
      expect(await registry.contacts.get(contact.contactId)).toBeNull();
      await expect(registry.contacts.remove(contact.contactId)).rejects.toEqual(problem('not-found'));
      await expect(registry.contacts.create(newContact('x'))).rejects.toEqual(problem('missing-parent'));
      await expect(registry.contacts.create(newContact('a', { order: 0 }))).rejects.toEqual(
        problem('invalid'),
      );
    });
  });

  describe('gateways', () => {
    test('create, get, change, remove', async () => {
      await registry.homes.create(newHome({ homeId: 'a' }));
      const gateway = await registry.gateways.create(newGateway({ gatewayId: 'gw-1', homeId: 'a' }));
      expect(gateway).toEqual({ ...newGateway({ homeId: 'a' }), gatewayId: 'gw-1', gateway: 1, revision: 1 });
      expect(await registry.gateways.get('gw-1')).toEqual(gateway);
      const changed = await registry.gateways.update('gw-1', { model: 'Hub 2', districtCode: TOWN });
      expect(changed).toEqual({ ...gateway, model: 'Hub 2', districtCode: TOWN, revision: 2 });
      expect((await registry.gateways.list(EVERYTHING, { homeId: 'a' })).items).toEqual([changed]);
      await registry.gateways.remove('gw-1');
      expect(await registry.gateways.get('gw-1')).toBeNull();
      const again = await registry.gateways.create(newGateway({ gatewayId: 'gw-1' }));
      expect(again.gateway).toBe(2);
    });

    test.each([
      ['a topic wildcard in the id', newGateway({ gatewayId: '+' }), 'invalid'],
      ['an id of 65 characters', newGateway({ gatewayId: 'g'.repeat(65) }), 'invalid'],
      ['an unknown supervision', newGateway({ supervision: '1h' as '5h' }), 'invalid'],
      ['an unknown home', newGateway({ homeId: 'x' }), 'missing-parent'],
      ['an unknown district', newGateway({ districtCode: '110000000000' }), 'missing-parent'],
    ] as const)('refuses %s', async (_name, gateway, expected) => {
      await expect(registry.gateways.create(gateway)).rejects.toEqual(problem(expected));
      expect((await registry.gateways.list(EVERYTHING, {})).items).toEqual([]);
    });

    test('is taken once and stays while it has devices', async () => {
      const { homeId } = await registry.homes.create(newHome());
      await registry.gateways.create(newGateway({ gatewayId: 'g' }));
      await expect(registry.gateways.create(newGateway({ gatewayId: 'g' }))).rejects.toEqual(
        problem('conflict'),
      );
      await registry.devices.create(newDevice('g', homeId));
      await expect(registry.gateways.remove('g')).rejects.toEqual(problem('in-use'));
      await expect(registry.gateways.remove('x')).rejects.toEqual(problem('not-found'));
    });

    test('pages through a scope', async () => {
      for (let index = 0; index < 9; index++) {
        await registry.gateways.create(newGateway({ districtCode: index < 4 ? OTHER_COUNTY : TOWN }));
      }
      expect(await inPages(registry.gateways, { filter: {}, limit: 2 })).toHaveLength(9);
      expect(await inPages(registry.gateways, { filter: {}, limit: 2, scope: COUNTY })).toHaveLength(5);
    });
  });

  describe('devices', () => {
    beforeEach(async () => {
      await registry.homes.create(newHome({ homeId: 'a' }));
      await registry.homes.create(newHome({ homeId: 'b', districtCode: OTHER_COUNTY }));
      await registry.gateways.create(newGateway({ gatewayId: 'g' }));
    });

    test.each(['pir-1', '客厅 人体/1', 'a/b/c', 'x'.repeat(128), '0x00158d~7'])(
      'takes the name %s as the gateway gives it',
      async (deviceId) => {
        const device = await registry.devices.create(newDevice('g', 'a', { deviceId }));
        expect(device).toEqual({ ...newDevice('g', 'a', { deviceId }), device: 1 });
        expect(await registry.devices.get(`g/${deviceId}`)).toEqual(device);
        const moved = await registry.devices.update(`g/${deviceId}`, {
          homeId: 'b',
          room: 'bath',
          zone: 'bathroom',
        });
        expect(moved).toEqual({ ...device, homeId: 'b', room: 'bath', zone: 'bathroom' });
        await registry.devices.remove(`g/${deviceId}`);
        expect(await registry.devices.get(`g/${deviceId}`)).toBeNull();
        expect((await registry.devices.create(newDevice('g', 'a', { deviceId }))).device).toBe(2);
      },
    );

    test.each([
      ['an empty name', newDevice('g', 'a', { deviceId: '' }), 'invalid'],
      ['a control character', newDevice('g', 'a', { deviceId: 'a\nb' }), 'invalid'],
      ['text that runs backwards', newDevice('g', 'a', { deviceId: 'a\u202eb' }), 'invalid'],
      ['129 characters', newDevice('g', 'a', { deviceId: 'x'.repeat(129) }), 'invalid'],
      ['an unknown zone', newDevice('g', 'a', { zone: 'attic' as 'other' }), 'invalid'],
      ['an unknown gateway', newDevice('x', 'a'), 'missing-parent'],
      ['an unknown home', newDevice('g', 'x'), 'missing-parent'],
    ] as const)('refuses %s', async (_name, device, expected) => {
      await expect(registry.devices.create(device)).rejects.toEqual(problem(expected));
      expect((await registry.devices.list(EVERYTHING, {})).items).toEqual([]);
    });

    test('is taken once, keeps its identity, and is missed by name', async () => {
      await registry.devices.create(newDevice('g', 'a'));
      await expect(registry.devices.create(newDevice('g', 'b'))).rejects.toEqual(problem('conflict'));
      await expect(registry.devices.update('g/pir-1', { deviceId: 'x' })).rejects.toEqual(problem('invalid'));
      await expect(registry.devices.update('g/pir-1', { homeId: 'x' })).rejects.toEqual(
        problem('missing-parent'),
      );
      await expect(registry.devices.update('g/none', { room: 'x' })).rejects.toEqual(problem('not-found'));
      await expect(registry.devices.remove('nonsense')).rejects.toEqual(problem('not-found'));
      expect(await registry.devices.get('nonsense')).toBeNull();
    });

    test('pages through homes, gateways and a scope', async () => {
      await registry.gateways.create(newGateway({ gatewayId: 'g2' }));
      for (let index = 0; index < 12; index++) {
        const device = newDevice(index % 2 ? 'g' : 'g2', index < 7 ? 'a' : 'b', { deviceId: `d~${index}/x` });
        await registry.devices.create(device);
      }
      expect(await inPages(registry.devices, { filter: {}, limit: 5 })).toHaveLength(12);
      expect(await inPages(registry.devices, { filter: { homeId: 'a' }, limit: 2 })).toHaveLength(7);
      expect(await inPages(registry.devices, { filter: { gatewayId: 'g2' }, limit: 1 })).toHaveLength(6);
      expect(await inPages(registry.devices, { filter: {}, limit: 3, scope: OTHER_COUNTY })).toHaveLength(5);
    });
  });

  describe('staff', () => {
    test('create, get, change, remove; never a password in the record', async () => {
      await registry.createFirstAdministrator();
      const staff = await registry.staff.create(newStaff({ login: 'Wang' }));
      const { password: _password, ...record } = newStaff();
      expect(staff).toEqual({ ...record, staffId: expect.any(String) });
      expect(await registry.staff.get(staff.staffId)).toEqual(staff);
      const changed = await registry.staff.update(staff.staffId, { role: 'supervisor', districtCode: null });
      expect(changed).toEqual({ ...staff, role: 'supervisor', districtCode: null });
      await expect(registry.staff.create(newStaff({ login: 'WANG' }))).rejects.toEqual(problem('conflict'));
      await registry.staff.remove(staff.staffId);
      expect(await registry.staff.get(staff.staffId)).toBeNull();
      await expect(registry.staff.remove(staff.staffId)).rejects.toEqual(problem('not-found'));
    });

    test.each([
      ['a short password', newStaff({ password: 'elevenchars' }), 'invalid'],
      ['an unknown role', newStaff({ role: 'king' as 'operator' }), 'invalid'],
      ['a login with a space', newStaff({ login: 'a b' }), 'invalid'],
      ['an unknown district', newStaff({ districtCode: '110000000000' }), 'missing-parent'],
    ] as const)('refuses %s', async (_name, staff, expected) => {
      await expect(registry.staff.create(staff)).rejects.toEqual(problem(expected));
    });

    test('the last enabled administrator stays one', async () => {
      await registry.createFirstAdministrator();
      const admin = (await registry.staff.list(EVERYTHING, {})).items[0]!;
      for (const change of [{ isEnabled: false }, { role: 'operator' }] as const) {
        await expect(registry.staff.update(admin.staffId, change)).rejects.toEqual(problem('in-use'));
      }
      await expect(registry.staff.remove(admin.staffId)).rejects.toEqual(problem('in-use'));
      expect(await registry.staff.get(admin.staffId)).toEqual(admin);
      await registry.staff.create(newStaff({ role: 'administrator' }));
      await registry.staff.remove(admin.staffId);
    });

    test('pages through a scope; those who see everything are in no district', async () => {
      await registry.createFirstAdministrator();
      await registry.staff.create(newStaff({ login: 'a', districtCode: COUNTY }));
      await registry.staff.create(newStaff({ login: 'b', districtCode: OTHER_COUNTY }));
      expect(await inPages(registry.staff, { filter: {}, limit: 1 })).toHaveLength(3);
      const inCounty = await inPages(registry.staff, { filter: {}, limit: 1, scope: COUNTY });
      expect(inCounty.map(({ login }) => login)).toEqual(['a']);
    });
  });
});
