// Goal: opening works from nothing, from today's file and from an older one, and refuses everything else in one clear
// line without touching it.

import { chmodSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { migrate } from '#registry/sqlite/migrate.ts';
import { MIGRATIONS } from '#registry/sqlite/migrations/index.ts';
import { openSqliteRegistry } from '#registry/sqlite/open.ts';
import { type RegistryFolder, registryFolder } from '../../support/registry-folder.ts';
import {
  addDistricts,
  EVERYTHING,
  newDevice,
  newElder,
  newGateway,
  newHome,
} from '../../support/registry-samples.ts';

let folder: RegistryFolder;
beforeEach(() => {
  folder = registryFolder();
});
afterEach(() => folder.remove());

function versions(file: string): unknown[] {
  const database = new DatabaseSync(file, { readOnly: true });
  const rows = database.prepare('select version from schema_history order by version').all();
  database.close();
  return rows.map((row) => row['version']);
}

describe('reopening', () => {
  test('gives back everything: records, directory, secrets, numbers', async () => {
    const before = await folder.open();
    await addDistricts(before);
    const home = await before.homes.create(newHome());
    const elder = await before.elders.create(newElder(home.homeId));
    await before.gateways.create(newGateway({ gatewayId: 'g', homeId: home.homeId }));
    await before.devices.create(newDevice('g', home.homeId));
    const secret = Buffer.from(await before.issueGatewaySecret('g'));
    const devices = await before.devices.list(EVERYTHING, {});
    const entry = before.directory.gateway('g')!;
    const numbers = new Map(entry.devices);
    await before.close();

    const after = await folder.open();
    expect(await after.homes.get(home.homeId)).toEqual({ ...home, revision: 2 });
    expect(await after.elders.get(elder.elderId)).toEqual(elder);
    expect(await after.devices.list(EVERYTHING, {})).toEqual(devices);
    expect(after.directory.gateway('g')).toEqual(entry);
    expect(numbers.size).toBe(1);
    expect(new Map(after.directory.gateway('g')!.devices)).toEqual(numbers);
    expect(after.directory.verifySecret(after.directory.gateway('g')!, secret)).toBe(true);
    await after.close();
  });

  test('a full directory is read over several pages', async () => {
    const first = await folder.open();
    await addDistricts(first);
    await first.homes.create(newHome({ homeId: 'h' }));
    await first.gateways.create(newGateway({ gatewayId: 'g0' }));
    await first.close();
    const database = new DatabaseSync(folder.file);
    const numbers = 'with recursive n(i) as (select 1 union all select i + 1 from n where i < 40001)';
    const others = database
      .prepare('pragma table_info(gateways)')
      .all()
      .map(({ name }) => name as string)
      .filter((name) => name !== 'gateway' && name !== 'gateway_id')
      .join();
    database.exec(`${numbers} insert into gateways (gateway_id, ${others})
      select 'g' || i, ${others} from n join gateways on gateway_id = 'g0'`);
    database.exec(`${numbers} insert into devices (gateway_id, device_id, home_id, kind, room, zone, supervision)
      select 'g' || i, 'd' || i, 'h', 'motion', 'hall', 'other', 'none' from n`);
    database.close();
    const registry = await folder.open();
    for (const i of [1, 20_000, 20_001, 40_000, 40_001, 9_999])
      expect([...registry.directory.gateway(`g${i}`)!.devices]).toEqual([[`d${i}`, i]]);
    await registry.close();
  });

  test('devices of any name, also when they change before anybody has asked for them', async () => {
    const names = [
      'a b',
      ' lead',
      'trail ',
      'a/b/c',
      '门磁 一号',
      '1 2',
      '7',
      '👵🏻',
      'quo\'te"\\n',
      'é',
      'e\u0301',
    ];
    const before = await folder.open();
    await addDistricts(before);
    const { homeId } = await before.homes.create(newHome());
    const gateways = ['g', 'G', 'g-2'];
    for (const gatewayId of gateways) {
      await before.gateways.create(newGateway({ gatewayId, homeId }));
      for (const deviceId of names)
        await before.devices.create({ ...newDevice(gatewayId, homeId), deviceId });
    }
    await before.gateways.create(newGateway({ gatewayId: 'empty', homeId }));
    const known = gateways.map((each) => new Map(before.directory.gateway(each)!.devices));
    await before.close();

    const after = await folder.open();
    await after.devices.remove('g-2/7');
    await after.devices.create({ ...newDevice('g-2', homeId), deviceId: 'new' });
    await after.devices.create({ ...newDevice('empty', homeId), deviceId: 'first' });
    const devicesOf = (gatewayId: string) => new Map(after.directory.gateway(gatewayId)!.devices);
    expect([devicesOf('g'), devicesOf('G')]).toEqual(known.slice(0, 2));
    expect([...devicesOf('empty').keys()]).toEqual(['first']);
    const changed = [...names.filter((name) => name !== '7'), 'new'];
    expect([...devicesOf('g-2').keys()].sort()).toEqual(changed.sort());
    await after.close();
  });

  test('close waits for a change that is under way', async () => {
    const registry = await folder.open();
    await addDistricts(registry);
    const creation = registry.homes.create(newHome({ homeId: 'h' }));
    await registry.close();
    await creation;
    const again = await folder.open();
    expect(await again.homes.get('h')).not.toBeNull();
    await again.close();
  });

  test('keeps personal data and the key from other users of the machine', async () => {
    await (await folder.open()).close();
    for (const file of [folder.file, folder.keyFile]) expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(folder.keyFile)).toHaveLength(32);
  });

  test('is durable and checked: WAL, full sync, foreign keys', async () => {
    const registry = await folder.open();
    await addDistricts(registry);
    expect(existsSync(`${folder.file}-wal`)).toBe(true);
    await registry.close();
    const database = new DatabaseSync(folder.file);
    expect(database.prepare('pragma journal_mode').get()).toEqual({ journal_mode: 'wal' });
    expect(database.prepare('pragma foreign_key_check').all()).toEqual([]);
    database.close();
  });
});

describe('migrations', () => {
  test('from nothing to the newest', async () => {
    await (await folder.open()).close();
    expect(versions(folder.file)).toEqual(MIGRATIONS.map(({ version }) => version));
    expect(versions(folder.file)).toEqual(MIGRATIONS.map((_, index) => index + 1));
  });

  test('from version 1, keeping what is there', async () => {
    const old = new DatabaseSync(folder.file);
    migrate(old, { file: folder.file, nowMs: 1, migrations: MIGRATIONS.slice(0, 1) });
    old.exec(`insert into districts values ('330000000000', '浙江省', 'province', null)`);
    old.exec(`insert into homes
      (home_id, district_code, status, living_type, timezone, street, rules, risk_factor, revision)
      values ('h', '330000000000', 'ACTIVE', 'SOLITARY', 'Asia/Shanghai', '文三路', '{}', 1, 7)`);
    old.close();
    expect(versions(folder.file)).toEqual([1]);

    const registry = await folder.open();
    expect(await registry.homes.get('h')).toMatchObject({ home: 1, revision: 7 });
    expect(registry.districtName('330000000000')).toBe('浙江省');
    await registry.audit({ staffId: null, action: 'start', subject: 'service', detail: '' });
    expect(await registry.createFirstAdministrator()).not.toBeNull();
    await registry.close();
    expect(versions(folder.file)).toEqual(MIGRATIONS.map(({ version }) => version));
  });

  test('a migration that fails leaves the version before', () => {
    const database = new DatabaseSync(folder.file);
    migrate(database, { file: folder.file, nowMs: 1 });
    const broken = {
      version: MIGRATIONS.length + 1,
      name: 'broken',
      statements: ['create table extra (x)', 'nonsense'],
    };
    const options = { file: folder.file, nowMs: 1, migrations: [...MIGRATIONS, broken] };
    expect(() => migrate(database, options)).toThrow(/nonsense/);
    expect(database.prepare(`select count(*) as n from sqlite_schema where name = 'extra'`).get()).toEqual({
      n: 0,
    });
    database.close();
    expect(versions(folder.file)).toEqual(MIGRATIONS.map(({ version }) => version));
  });

  test('a newer schema is refused and left as it is', async () => {
    await (await folder.open()).close();
    const database = new DatabaseSync(folder.file);
    database.exec(`insert into schema_history values (99, 'from-the-future', 1)`);
    database.close();
    await expect(folder.open()).rejects.toMatchObject({
      problem: 'newer-schema',
      message: expect.stringMatching(/registry\.sqlite has schema 99, this version knows \d/),
    });
    expect(versions(folder.file)).toEqual([...MIGRATIONS.map(({ version }) => version), 99]);
  });

  test('a database of something else is refused and left as it is', async () => {
    const database = new DatabaseSync(folder.file);
    database.exec('create table entries (x)');
    database.close();
    await expect(folder.open()).rejects.toMatchObject({ problem: 'not-a-registry' });
    const after = new DatabaseSync(folder.file);
    expect(after.prepare('select name from sqlite_schema').all()).toEqual([{ name: 'entries' }]);
    after.close();
  });

  test('what is no database, or cannot be made, is one clear line', async () => {
    writeFileSync(folder.file, 'a text, not a database, long enough to look like a page of one'.repeat(20));
    await expect(folder.open()).rejects.toMatchObject({
      problem: 'unreadable',
      message: expect.stringMatching(/^registry file .*registry\.sqlite cannot be opened: /),
    });
    const nowhere = { file: `${folder.file}/in/no/folder`, keyFile: folder.keyFile, clock: folder.clock };
    await expect(openSqliteRegistry(nowhere)).rejects.toMatchObject({ problem: 'unreadable' });
  });
});

describe('key file', () => {
  const keyProblem = (words: RegExp) =>
    expect.objectContaining({ problem: 'key-file', message: expect.stringMatching(words) });

  test('others must not be able to read it', async () => {
    await (await folder.open()).close();
    chmodSync(folder.keyFile, 0o640);
    await expect(folder.open()).rejects.toEqual(
      keyProblem(/may be read by others \(mode 640\); run chmod 600/),
    );
    chmodSync(folder.keyFile, 0o600);
    await (await folder.open()).close();
  });

  test('a lost key is not silently replaced: every gateway would be locked out', async () => {
    await (await folder.open()).close();
    rmSync(folder.keyFile);
    await expect(folder.open()).rejects.toEqual(keyProblem(/is missing.*restore it from a backup/));
    expect(existsSync(folder.keyFile)).toBe(false);
  });

  test('another key, a cut one, or a folder in its place is refused', async () => {
    await (await folder.open()).close();
    writeFileSync(folder.keyFile, Buffer.alloc(32, 7));
    await expect(folder.open()).rejects.toEqual(keyProblem(/belongs to another registry/));
    writeFileSync(folder.keyFile, Buffer.alloc(31, 7));
    await expect(folder.open()).rejects.toEqual(keyProblem(/has 31 bytes instead of 32/));
    const inFile = { file: folder.file, keyFile: `${folder.file}/key`, clock: folder.clock };
    await expect(openSqliteRegistry(inFile)).rejects.toEqual(keyProblem(/cannot be read/));
  });

  test('a registry in a file needs a key in a file', async () => {
    const options = { file: folder.file, keyFile: ':memory:', clock: folder.clock };
    await expect(openSqliteRegistry(options)).rejects.toEqual(keyProblem(/needs its key in a file/));
    expect(existsSync(folder.file)).toBe(false);
  });
});
