// Staff: who may log in. Logins are kept in lower case. Disabling somebody or changing the password ends the sessions.
// The last enabled administrator can neither be removed, disabled nor demoted: nobody could undo it.

import {
  type NewStaff,
  type Registry,
  RegistryError,
  ROLES,
  type Role,
  type StaffRecord,
} from '#registry/registry.ts';
import { type Changes, requireFree, requireRow } from './changes.ts';
import { requireDistrict } from './districts.ts';
import { following, inArea, rowsToRead, toListing } from './paging.ts';
import { checkPassword, type PasswordHasher, readablePassword } from './passwords.ts';
import type { MakeId } from './public-id.ts';
import type { Database, StaffTable, Tx } from './schema.ts';
import { checkBoolean, checkOneOf, checkText, invalid, merged } from './validate.ts';

const FIRST_LOGIN = 'admin';

interface Parts {
  readonly db: Database;
  readonly changes: Changes;
  readonly passwords: PasswordHasher;
  readonly makeId: MakeId;
}

export function staffCollection({ db, changes, passwords, makeId }: Parts): Registry['staff'] {
  return {
    async list(page) {
      const rows = await db
        .selectFrom('staff')
        .selectAll()
        .where(inArea('district_code', page.scope))
        .where(following('staff_id', page.after))
        .orderBy('staff_id')
        .limit(rowsToRead(page))
        .execute();
      return toListing(page, rows, { record: toStaff, cursor: (row) => row.staff_id });
    },
    async get(staffId) {
      const row = await readRow(db, staffId);
      return row === undefined ? null : toStaff(row);
    },
    async create({ password, ...record }) {
      checkPassword(password);
      checkStaff(record);
      const passwordHash = await passwords.hash(password);
      const staff = { ...record, staffId: makeId() };
      return changes.run(
        async ({ tx }) => {
          await requireFreeLogin(tx, staff);
          if (staff.districtCode !== null) await requireDistrict(tx, staff.districtCode);
          await tx
            .insertInto('staff')
            .values({ ...toRow(staff), password_hash: passwordHash })
            .execute();
        },
        (tx) => present(tx, staff.staffId),
      );
    },
    async update(staffId, { password, ...wanted }) {
      if (password !== undefined) checkPassword(password);
      const passwordHash = password === undefined ? undefined : await passwords.hash(password);
      return changes.run(
        async ({ tx }) => {
          const staff = {
            ...merged<Omit<NewStaff, 'password'>>(await present(tx, staffId), wanted),
            staffId,
          };
          checkStaff(staff);
          await requireFreeLogin(tx, staff);
          if (staff.districtCode !== null) await requireDistrict(tx, staff.districtCode);
          const row = {
            ...toRow(staff),
            ...(passwordHash === undefined ? {} : { password_hash: passwordHash }),
          };
          await tx.updateTable('staff').set(row).where('staff_id', '=', staffId).execute();
          if (!staff.isEnabled || passwordHash !== undefined) await endSessions(tx, staffId);
          await requireAdministrator(tx);
        },
        (tx) => present(tx, staffId),
      );
    },
    async remove(staffId) {
      await changes.run(
        async ({ tx }) => {
          await present(tx, staffId);
          await endSessions(tx, staffId);
          await tx.deleteFrom('staff').where('staff_id', '=', staffId).execute();
          await requireAdministrator(tx);
        },
        async () => undefined,
      );
    },
  };
}

/** Null when the login or password is wrong or the member is disabled; each takes the same time. */
export async function authenticateStaff(
  { db, passwords }: Pick<Parts, 'db' | 'passwords'>,
  login: string,
  password: string,
): Promise<StaffRecord | null> {
  const row = await db
    .selectFrom('staff')
    .selectAll()
    .where('login', '=', loginKey(login))
    .executeTakeFirst();
  const isRight = await passwords.verify(password, row?.password_hash ?? null);
  if (row === undefined || !isRight) return null;
  // Hashing took a while: a password changed or a member disabled meanwhile must not slip through.
  const now = await readRow(db, row.staff_id);
  const isStillRight = now?.password_hash === row.password_hash && now.is_enabled === 1;
  return isStillRight ? toStaff(now) : null;
}

/** `admin` with the given or a random password, told once; null when the registry already has staff. */
export async function createFirstAdministrator(
  { db, changes, passwords, makeId }: Parts,
  given: string | undefined,
): Promise<{ readonly login: string; readonly password: string } | null> {
  if (await hasStaff(db)) return null;
  const password = given ?? readablePassword();
  checkPassword(password);
  const row = {
    staff_id: makeId(),
    login: FIRST_LOGIN,
    name: 'Administrator',
    role: 'administrator' satisfies Role,
    district_code: null,
    is_enabled: 1,
    password_hash: await passwords.hash(password),
  };
  return changes.run(
    async ({ tx }) => {
      if (!(await hasStaff(tx))) await tx.insertInto('staff').values(row).execute();
    },
    async (tx) => ((await readRow(tx, row.staff_id)) === undefined ? null : { login: row.login, password }),
  );
}

async function hasStaff(db: Database | Tx): Promise<boolean> {
  return (await db.selectFrom('staff').select('staff_id').limit(1).executeTakeFirst()) !== undefined;
}

async function present(tx: Tx, staffId: string): Promise<StaffRecord> {
  return toStaff(requireRow(await readRow(tx, staffId), `staff ${staffId}`));
}

async function readRow(db: Database | Tx, staffId: string): Promise<StaffTable | undefined> {
  return db.selectFrom('staff').selectAll().where('staff_id', '=', staffId).executeTakeFirst();
}

async function requireFreeLogin(tx: Tx, staff: StaffRecord): Promise<void> {
  const other = await tx
    .selectFrom('staff')
    .select('staff_id')
    .where('login', '=', loginKey(staff.login))
    .where('staff_id', '!=', staff.staffId)
    .executeTakeFirst();
  requireFree(other, `login ${staff.login}`);
}

async function requireAdministrator(tx: Tx): Promise<void> {
  const administrator = await tx
    .selectFrom('staff')
    .select('staff_id')
    .where('role', '=', 'administrator' satisfies Role)
    .where('is_enabled', '=', 1)
    .limit(1)
    .executeTakeFirst();
  if (administrator === undefined) {
    throw new RegistryError('in-use', 'the last enabled administrator must stay one');
  }
}

async function endSessions(tx: Tx, staffId: string): Promise<void> {
  await tx.deleteFrom('sessions').where('staff_id', '=', staffId).execute();
}

function loginKey(login: string): string {
  return login.normalize('NFKC').toLowerCase();
}

function checkStaff(staff: Omit<NewStaff, 'password'>): void {
  if (!/^[a-z0-9._@-]{1,64}$/.test(loginKey(staff.login))) {
    throw invalid('login', 'must be 1-64 of a-z 0-9 . _ @ -');
  }
  checkText('name', staff.name);
  checkOneOf('role', staff.role, ROLES);
  checkBoolean('isEnabled', staff.isEnabled);
}

function toRow(staff: StaffRecord): Omit<StaffTable, 'password_hash'> {
  return {
    staff_id: staff.staffId,
    login: loginKey(staff.login),
    name: staff.name,
    role: staff.role,
    district_code: staff.districtCode,
    is_enabled: staff.isEnabled ? 1 : 0,
  };
}

export function toStaff(row: Omit<StaffTable, 'password_hash'>): StaffRecord {
  return {
    staffId: row.staff_id,
    login: row.login,
    name: row.name,
    role: row.role as Role,
    districtCode: row.district_code,
    isEnabled: row.is_enabled === 1,
  };
}
