// Goal: what is on the trail stays as it was written, and a hand that goes round the triggers shows.

import { createHash } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SqliteRegistry } from '#registry/sqlite/open.ts';
import { type RegistryFolder, registryFolder } from '../../support/registry-folder.ts';
import { addDistricts, COUNTY, EVERYTHING, newStaff, OTHER_COUNTY } from '../../support/registry-samples.ts';

let folder: RegistryFolder;
let registry: SqliteRegistry;
beforeEach(async () => {
  folder = registryFolder();
  registry = await folder.open();
});
afterEach(async () => {
  await registry.close();
  folder.remove();
});

async function look(count: number): Promise<void> {
  const rows = Array.from({ length: count }, (_, index) => ({
    staffId: index % 2 ? 's1' : null,
    action: 'home-card.look',
    subject: `home/h${index % 3}`,
    detail: `第 ${index}`,
  }));
  await Promise.all(rows.map((row) => registry.audit(row)));
}

function tamper(statement: string): void {
  const database = new DatabaseSync(folder.file);
  database.exec('drop trigger audit_refuses_update; drop trigger audit_refuses_delete');
  database.exec(statement);
  database.close();
}

test('rows are numbered without gaps and come newest first, in pages', async () => {
  await look(7);
  const first = await registry.auditTrail({ ...EVERYTHING, limit: 3 }, {});
  expect(first.items.map(({ id }) => id)).toEqual([7, 6, 5]);
  expect(first.items[0]).toEqual({
    id: 7,
    atMs: folder.clock.now,
    staffId: null,
    action: 'home-card.look',
    subject: 'home/h0',
    detail: '第 6',
  });
  const rest = await registry.auditTrail({ ...EVERYTHING, after: first.next }, {});
  expect(rest.items.map(({ id }) => id)).toEqual([4, 3, 2, 1]);
  expect(rest.next).toBeNull();
  expect((await registry.auditTrail(EVERYTHING, { subject: 'home/h1' })).items.map(({ id }) => id)).toEqual([
    5, 2,
  ]);
  expect((await registry.auditTrail(EVERYTHING, { staffId: 's1' })).items).toHaveLength(3);
});

test('a scope shows what staff of that area did', async () => {
  await addDistricts(registry);
  const here = await registry.staff.create(newStaff({ districtCode: COUNTY, role: 'administrator' }));
  const there = await registry.staff.create(newStaff({ login: 'li', districtCode: OTHER_COUNTY }));
  for (const { staffId } of [here, there]) {
    await registry.audit({ staffId, action: 'look', subject: 'home/h1', detail: '' });
  }
  const seen = await registry.auditTrail({ ...EVERYTHING, scope: COUNTY }, {});
  expect(seen.items.map(({ staffId }) => staffId)).toEqual([here.staffId]);
});

test('the triggers refuse change and removal', async () => {
  await look(1);
  const database = new DatabaseSync(folder.file);
  expect(() => database.exec(`update audit set detail = ''`)).toThrow(/append-only/);
  expect(() => database.exec('delete from audit')).toThrow(/append-only/);
  database.close();
  expect(await registry.verifyAudit()).toMatchObject({ ok: true, rowCount: 1 });
});

test('the chain goes on over a restart and over many pages', async () => {
  await look(3);
  const before = await registry.verifyAudit();
  await registry.close();
  registry = await folder.open();
  await look(1100);
  const after = await registry.verifyAudit();
  expect(after).toMatchObject({ ok: true, rowCount: 1103 });
  expect(after).not.toEqual({ ...before, rowCount: 1103 });
});

test.each([
  ['a changed word', `update audit set detail = 'x' where id = 4`, 4, 'changed-row'],
  ['a changed time', 'update audit set at_ms = at_ms + 1 where id = 2', 2, 'changed-row'],
  ['another person', `update audit set staff_id = 's9' where id = 6`, 6, 'changed-row'],
  ['a removed row', 'delete from audit where id = 3', 3, 'missing-row'],
  ['a removed beginning', 'delete from audit where id = 1', 1, 'missing-row'],
  [
    'a removed row with the rest moved up',
    'delete from audit where id = 3; update audit set id = id - 1 where id > 3',
    3,
    'changed-row',
  ],
] as const)('%s is found and named', async (_name, statement, firstBadId, reason) => {
  await look(6);
  expect(await registry.verifyAudit()).toMatchObject({ ok: true, rowCount: 6 });
  tamper(statement);
  expect(await registry.verifyAudit()).toEqual({ ok: false, firstBadId, reason });
});

test('a row rewritten with a fitting hash breaks the row behind it', async () => {
  await look(5);
  const database = new DatabaseSync(folder.file, { readOnly: true });
  const rows = database.prepare('select * from audit where id in (2, 3) order by id').all();
  database.close();
  const [before, row] = rows as [Record<string, string>, Record<string, string>];
  const forged = JSON.stringify([
    3,
    row['at_ms'],
    row['staff_id'],
    row['action'],
    'home/other',
    row['detail'],
  ]);
  const hash = createHash('sha256').update(Buffer.from(before['hash']!, 'hex')).update(forged).digest('hex');
  tamper(`update audit set subject = 'home/other', hash = '${hash}' where id = 3`);
  expect(await registry.verifyAudit()).toEqual({ ok: false, firstBadId: 4, reason: 'changed-row' });
});

test('rows cut off at the end show by the head', async () => {
  await look(6);
  const kept = await registry.verifyAudit();
  tamper('delete from audit where id > 4');
  expect(await registry.verifyAudit()).not.toEqual(kept);
});
