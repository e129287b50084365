// Goal: who may come in, how long, and that nothing stored helps a thief. Argon2id runs with its real parameters.

import { createHash } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { StaffRecord } from '#registry/registry.ts';
import type { SqliteRegistry } from '#registry/sqlite/open.ts';
import { PasswordHasher } from '#registry/sqlite/passwords.ts';
import { type RegistryFolder, registryFolder } from '../../support/registry-folder.ts';
import { addDistricts, newStaff } from '../../support/registry-samples.ts';

const PASSWORD = newStaff().password;
/** A stored hash of 8 KiB and one pass, matching nothing. */
const CHEAP = '$argon2id$v=19$m=8,t=1,p=1$AQEBAQEBAQEBAQEBAQEBAQ$AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE';
const HOUR_MS = 3_600_000;

describe('passwords', () => {
  const hasher = new PasswordHasher();

  test('are argon2id, 64 MiB, 3 passes, 1 lane, own salt, parameters beside the hash', async () => {
    const [first, second] = await Promise.all([hasher.hash('same password'), hasher.hash('same password')]);
    expect(first).toMatch(/^\$argon2id\$v=19\$m=65536,t=3,p=1\$[\w-]{22}\$[\w-]{43}$/);
    expect(first).not.toBe(second);
    expect(await hasher.verify('same password', first!)).toBe(true);
    expect(await hasher.verify('Same password', first!)).toBe(false);
  });

  test('are checked with the parameters they were stored with', async () => {
    // RFC 9106 algorithm, 8 KiB, 1 pass; computed by node:crypto for 'password', salt 16 times 0x01.
    const { argon2Sync } = await import('node:crypto');
    const salt = Buffer.alloc(16, 1);
    const cost = { memory: 8, passes: 1, parallelism: 1, tagLength: 32 };
    const hash = argon2Sync('argon2id', { message: 'password', nonce: salt, ...cost });
    const stored = `$argon2id$v=19$m=8,t=1,p=1$${salt.toString('base64url')}$${hash.toString('base64url')}`;
    expect(await hasher.verify('password', stored)).toBe(true);
    await expect(hasher.verify('password', 'plain')).rejects.toThrow(/damaged/);
  });

  test('are one whether composed or decomposed', async () => {
    const stored = await hasher.hash('caf\u00e9 au lait');
    expect(await hasher.verify('cafe\u0301 au lait', stored)).toBe(true);
  });

  test('of nobody match nothing and take a place in the queue of argon2 all the same', async () => {
    // Method: two for nobody and 64 behind them fill the queue; were nobody's answered without hashing, it had room.
    const few = new PasswordHasher();
    const forNobody = [few.verify('x', null), few.verify('x', null)];
    const behind = Array.from({ length: 64 }, () => few.verify('x', CHEAP));
    await expect(few.verify('x', CHEAP)).rejects.toMatchObject({ code: 'too-many-logins' });
    expect(await Promise.all(forNobody)).toEqual([false, false]);
    await Promise.all(behind);
  });

  test('queue up to a bound, then refuse at once, and recover', async () => {
    const few = new PasswordHasher();
    const outcomes = await Promise.allSettled(Array.from({ length: 70 }, () => few.verify('x', CHEAP)));
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refused).toHaveLength(70 - 66);
    expect(refused[0]?.reason).toMatchObject({ code: 'too-many-logins' });
    expect(await few.verify('x', CHEAP)).toBe(false);
  });
});

describe('staff', () => {
  let folder: RegistryFolder;
  let registry: SqliteRegistry;
  let staff: StaffRecord;
  beforeEach(async () => {
    folder = registryFolder();
    registry = await folder.open();
    await addDistricts(registry);
    await registry.createFirstAdministrator();
    staff = await registry.staff.create(newStaff());
  });
  afterEach(async () => {
    await registry.close();
    folder.remove();
  });

  test('come in with login and password, in any case of the login', async () => {
    expect(await registry.authenticateStaff('WANG', PASSWORD)).toEqual(staff);
    expect(await registry.authenticateStaff('wang', `${PASSWORD}!`)).toBeNull();
    expect(await registry.authenticateStaff('nobody', PASSWORD)).toBeNull();
    await registry.staff.update(staff.staffId, { isEnabled: false });
    expect(await registry.authenticateStaff('wang', PASSWORD)).toBeNull();
  });

  test('disabled while the password is being checked stay out', async () => {
    const pending = registry.authenticateStaff('wang', PASSWORD);
    const disabled = registry.staff.update(staff.staffId, { isEnabled: false });
    expect(await pending).toBeNull();
    await disabled;
  });

  test('the first administrator is made once, with a readable password', async () => {
    expect(await registry.createFirstAdministrator()).toBeNull();
    const other = registryFolder();
    const fresh = await other.open();
    const both = await Promise.all([fresh.createFirstAdministrator(), fresh.createFirstAdministrator()]);
    const [made] = both.filter((result) => result !== null);
    expect(both.filter((result) => result === null)).toHaveLength(1);
    expect(made).toEqual({ login: 'admin', password: expect.stringMatching(/^[a-hjkmnp-z2-9]{20}$/) });
    const admin = await fresh.authenticateStaff('admin', made!.password);
    expect(admin).toMatchObject({ role: 'administrator', districtCode: null });
    await fresh.close();
    other.remove();
  });

  test('the first administrator takes a given password, if it is long enough', async () => {
    const other = registryFolder();
    const fresh = await other.open();
    await expect(fresh.createFirstAdministrator('short')).rejects.toMatchObject({ problem: 'invalid' });
    expect(await fresh.createFirstAdministrator(PASSWORD)).toEqual({ login: 'admin', password: PASSWORD });
    expect(await fresh.authenticateStaff('admin', PASSWORD)).toMatchObject({ role: 'administrator' });
    await fresh.close();
    other.remove();
  });

  test('sessions are 256 bits and only their hash is stored', async () => {
    const sessionId = await registry.openSession(staff.staffId, HOUR_MS);
    expect(Buffer.from(sessionId, 'base64url')).toHaveLength(32);
    const database = new DatabaseSync(folder.file, { readOnly: true });
    const rows = database.prepare('select * from sessions').all();
    database.close();
    expect(rows.map((row) => row['session_hash'])).toEqual([
      createHash('sha256').update(sessionId).digest('hex'),
    ]);
    expect(JSON.stringify(rows)).not.toContain(sessionId);
  });

  test('sessions live until their end, not a millisecond longer', async () => {
    const startMs = folder.clock.now;
    const sessionId = await registry.openSession(staff.staffId, HOUR_MS);
    const session = { staff, createdAtMs: startMs, expiresAtMs: startMs + HOUR_MS };
    expect(await registry.session(sessionId)).toEqual(session);
    folder.clock.now = startMs + HOUR_MS - 1;
    expect(await registry.session(sessionId)).toEqual(session);
    folder.clock.now = startMs + HOUR_MS;
    expect(await registry.session(sessionId)).toBeNull();
    expect(await registry.session('guess')).toBeNull();
  });

  test('sessions survive a restart and see the present role', async () => {
    const sessionId = await registry.openSession(staff.staffId, HOUR_MS);
    await registry.close();
    registry = await folder.open();
    const changed = await registry.staff.update(staff.staffId, { role: 'supervisor' });
    expect((await registry.session(sessionId))?.staff).toEqual(changed);
    await registry.closeSession(sessionId);
    expect(await registry.session(sessionId)).toBeNull();
  });

  test.each([
    ['disabling', { isEnabled: false }],
    ['a new password', { password: 'another quiet lake' }],
  ])('%s ends every session, for good', async (_name, change) => {
    const ids = [
      await registry.openSession(staff.staffId, HOUR_MS),
      await registry.openSession(staff.staffId, 1),
    ];
    const [admin] = (await registry.staff.list({ scope: null, after: null, limit: 9 }, {})).items;
    const others = await registry.openSession(admin!.staffId, HOUR_MS);
    await registry.staff.update(staff.staffId, change);
    await registry.staff.update(staff.staffId, { isEnabled: true });
    for (const id of ids) expect(await registry.session(id)).toBeNull();
    expect(await registry.session(others)).not.toBeNull();
  });

  test('a session of who was disabled behind our back is no session', async () => {
    const sessionId = await registry.openSession(staff.staffId, HOUR_MS);
    const database = new DatabaseSync(folder.file);
    database.exec(`update staff set is_enabled = 0 where login = 'wang'`);
    database.close();
    expect(await registry.session(sessionId)).toBeNull();
  });

  test('removing ends the sessions; nobody opens one for who is not there', async () => {
    const sessionId = await registry.openSession(staff.staffId, HOUR_MS);
    await registry.staff.remove(staff.staffId);
    expect(await registry.session(sessionId)).toBeNull();
    await expect(registry.openSession(staff.staffId, HOUR_MS)).rejects.toMatchObject({
      problem: 'not-found',
    });
  });

  test('a new password replaces the old one', async () => {
    await registry.staff.update(staff.staffId, { password: 'another quiet lake' });
    expect(await registry.authenticateStaff('wang', PASSWORD)).toBeNull();
    expect(await registry.authenticateStaff('wang', 'another quiet lake')).toEqual(staff);
  });
});
