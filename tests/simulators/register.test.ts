// Goal: registering is idempotent, keeps secrets, invents nothing real.

import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ApiClient, ApiError } from '../../simulators/api-client.ts';
import { setUpDemo } from '../../simulators/demo.ts';
import { HOME_DEVICES } from '../../simulators/devices.ts';
import { inventHousehold } from '../../simulators/people.ts';
import { registerHomes } from '../../simulators/register.ts';
import { EMPTY_ROSTER, readRoster, writeRoster } from '../../simulators/roster.ts';
import { type RegistryApiDouble, startRegistryApiDouble } from '../support/registry-api-double.ts';

let double: RegistryApiDouble;
let api: ApiClient;
let folder: string;

beforeEach(async () => {
  double = await startRegistryApiDouble('pw');
  api = new ApiClient(double.url);
  await api.login('admin', 'pw');
  folder = mkdtempSync(join(tmpdir(), 'roster-'));
});

afterEach(async () => {
  await double.close();
  rmSync(folder, { recursive: true, force: true });
});

const written = (): string[] => double.requests.filter((line) => !line.startsWith('GET'));

test('a district with its parents, homes, elders, contacts in order, gateways, devices', async () => {
  const roster = await registerHomes(api, { homes: 7, seed: 1, roster: EMPTY_ROSTER });
  expect(roster.homes.map(({ homeId }) => homeId)).toEqual([1, 2, 3, 4, 5, 6, 7].map((n) => `demo-000${n}`));
  for (const { gatewayId, secret } of roster.homes) expect(double.secretOf(gatewayId)).toBe(secret);
  const sizes = Object.fromEntries(Object.entries(double.rows).map(([name, rows]) => [name, rows.size]));
  expect(sizes).toMatchObject({ districts: 9, homes: 7, elders: 7, contacts: 21, gateways: 7 });
  expect(sizes['devices']).toBe(7 * HOME_DEVICES.length);
  const orders = [...double.rows['contacts']!.values()]
    .filter((c) => c['homeId'] === 'demo-0003')
    .map((c) => c['order']);
  expect(orders).toEqual([1, 2, 3]);
});

test('homes can be registered in parts', async () => {
  const whole = await registerHomes(api, { homes: 3, seed: 1, roster: EMPTY_ROSTER });
  const part = await registerHomes(api, { homes: 1, firstIndex: 2, seed: 1, roster: whole });
  expect(part.homes).toEqual(whole.homes.slice(2));
});

test('again with the roster: nothing is written', async () => {
  const roster = await registerHomes(api, { homes: 3, seed: 1, roster: EMPTY_ROSTER });
  double.requests.length = 0;
  expect(await registerHomes(api, { homes: 3, seed: 1, roster })).toEqual(roster);
  expect(written()).toEqual([]);
});

test('again without the roster: only new secrets, the old ones retired', async () => {
  const before = await registerHomes(api, { homes: 2, seed: 1, roster: EMPTY_ROSTER });
  double.requests.length = 0;
  const after = await registerHomes(api, { homes: 2, seed: 1, roster: EMPTY_ROSTER });
  expect(after.homes.map(({ secret }) => secret)).not.toEqual(before.homes.map(({ secret }) => secret));
  for (const { gatewayId, secret } of after.homes) expect(double.secretOf(gatewayId)).toBe(secret);
  for (const { gatewayId } of after.homes) {
    expect(written().filter((line) => line.includes(gatewayId))).toEqual([
      `POST /gateways/${gatewayId}/secret`,
      `DELETE /gateways/${gatewayId}/old-secret`,
    ]);
  }
  expect(written().length).toBe(4);
});

test('a registration broken off is completed', async () => {
  await registerHomes(api, { homes: 1, seed: 1, roster: EMPTY_ROSTER });
  double.rows['devices']!.delete('gw-demo-0001/bed-mat');
  double.rows['elders']!.clear();
  await registerHomes(api, { homes: 1, seed: 1, roster: EMPTY_ROSTER });
  expect(double.rows['devices']!.has('gw-demo-0001/bed-mat')).toBe(true);
  expect(double.rows['elders']!.size).toBe(1);
});

test('the demo adds an operator of the town and one home with quick thresholds', async () => {
  const { operator, quickHomeId } = await setUpDemo(api, { homes: 2, seed: 1 });
  expect(double.rows['staff']!.get('demo')).toMatchObject({ role: 'operator', districtCode: '990101001000' });
  expect(operator.password).toMatch(/^[a-z2-9]{5}(-[a-z2-9]{5}){2}$/);
  expect(double.rows['homes']!.get(quickHomeId)).toMatchObject({
    rules: { inactivity: { dayMs: 60_000, capMs: 60_000 } },
  });
});

test('wrong password and refusals are said', async () => {
  await expect(new ApiClient(double.url).login('admin', 'wrong')).rejects.toThrow(/POST \/session: 401/);
  const refused = await new ApiClient(double.url).get('/homes').catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(ApiError);
  expect(refused).toMatchObject({ status: 401, code: 'unauthenticated' });
});

test('people are invented: numbers of the fake range, an unassigned province, the same for the same seed', () => {
  for (let index = 0; index < 300; index += 1) {
    const household = inventHousehold(1, index);
    const phones = [household.elder.phone, ...household.contacts.map(({ phone }) => phone)];
    for (const phone of phones) expect(phone).toMatch(/^1380000\d{4}$/);
    expect(household.districtCode).toMatch(/^9901010010\d{2}$/);
    expect(inventHousehold(1, index)).toEqual(household);
  }
  expect(inventHousehold(2, 0)).not.toEqual(inventHousehold(1, 0));
});

test('the roster file is for its owner only and refuses what is no roster', () => {
  const file = join(folder, 'roster.json');
  expect(readRoster(file)).toEqual(EMPTY_ROSTER);
  const home = { homeId: 'h', gatewayId: 'g', secret: 's', timezone: 'Asia/Shanghai', index: 0 };
  writeRoster(file, { version: 1, homes: [home] });
  expect(readRoster(file).homes).toEqual([home]);
  expect(statSync(file).mode & 0o077).toBe(0);
  for (const text of ['', '[]', '{"version":2,"homes":[]}', '{"version":1,"homes":[{"homeId":"h"}]}']) {
    writeFileSync(file, text);
    expect(() => readRoster(file)).toThrow(/roster\.json is not a roster file/);
  }
});
