// Homes: what is watched. A home can go only when nobody and nothing is in it; to stop watching one, end it.

import type { HomeRecord, NewHome, Registry } from '#registry/registry.ts';
import { type Changes, requireFree, requireParent, requireRow, requireUnused } from './changes.ts';
import { requireDistrict } from './districts.ts';
import { cursorOf, followingCursor, inArea, matching, rowsToRead, toListing } from './paging.ts';
import type { MakeId } from './public-id.ts';
import type { Database, HomeTable, Row, Tx } from './schema.ts';
import {
  checkOneOf,
  checkOptionalText,
  checkPublicId,
  checkRules,
  checkText,
  checkTimezone,
  checkUnchanged,
  merged,
} from './validate.ts';

const STATUSES: readonly HomeRecord['status'][] = ['ACTIVE', 'SUSPENDED', 'ENDED'];
const LIVING_TYPES: readonly HomeRecord['livingType'][] = ['SOLITARY', 'EMPTY_NEST', 'WITH_FAMILY'];
/** Until the first elder is registered (risk.ts). */
const RISK_FACTOR_OF_NOBODY = 1;

type HomeRow = Row<HomeTable>;
type HomeFields = Omit<HomeRecord, 'home' | 'homeId' | 'revision'>;

export function homeCollection(db: Database, changes: Changes, makeId: MakeId): Registry['homes'] {
  const present = async (tx: Tx, homeId: string) => requireRow(await readHome(tx, homeId), `home ${homeId}`);
  return {
    async list(page, filter) {
      const rows = await db
        .selectFrom('homes')
        .selectAll()
        .where(inArea('district_code', page.scope))
        .where(matching('district_code', filter.districtCode))
        .where(followingCursor(['district_code', 'home_id'], page.after))
        .orderBy('district_code')
        .orderBy('home_id')
        .limit(rowsToRead(page))
        .execute();
      const cursor = (row: HomeRow) => cursorOf(row.district_code, row.home_id);
      return toListing(page, rows, { record: toHome, cursor });
    },
    get: (homeId) => readHome(db, homeId),
    async create(record) {
      const { homeId = makeId(), ...fields } = record;
      checkPublicId('homeId', homeId);
      checkHome(fields);
      return changes.run(
        async (change) => {
          const { tx } = change;
          requireFree(await readHome(tx, homeId), `home ${homeId}`);
          await requireDistrict(tx, fields.districtCode);
          await change.watchHome(homeId);
          const row = { ...toRow(fields), home_id: homeId, risk_factor: RISK_FACTOR_OF_NOBODY, revision: 1 };
          await tx.insertInto('homes').values(row).execute();
        },
        (tx) => present(tx, homeId),
      );
    },
    async update(homeId, { homeId: wantedId, ...wanted }) {
      checkUnchanged('homeId', homeId, wantedId);
      return changes.run(
        async (change) => {
          const {
            home: _home,
            homeId: _homeId,
            revision: _revision,
            ...current
          } = await present(change.tx, homeId);
          const fields = merged<HomeFields>(current, wanted);
          checkHome(fields);
          await requireDistrict(change.tx, fields.districtCode);
          await change.watchHome(homeId);
          await change.tx.updateTable('homes').set(toRow(fields)).where('home_id', '=', homeId).execute();
        },
        (tx) => present(tx, homeId),
      );
    },
    async remove(homeId) {
      await changes.run(
        async (change) => {
          await present(change.tx, homeId);
          await requireEmpty(change.tx, homeId);
          await change.watchHome(homeId);
          await change.tx.deleteFrom('homes').where('home_id', '=', homeId).execute();
        },
        async () => undefined,
      );
    },
  };
}

/** @throws RegistryError missing-parent */
export async function requireHome(tx: Tx, homeId: string): Promise<void> {
  const found = await tx.selectFrom('homes').select('home').where('home_id', '=', homeId).executeTakeFirst();
  requireParent(found, `home ${homeId}`);
}

async function readHome(db: Database | Tx, homeId: string): Promise<HomeRecord | null> {
  const row = await db.selectFrom('homes').selectAll().where('home_id', '=', homeId).executeTakeFirst();
  return row === undefined ? null : toHome(row);
}

async function requireEmpty(tx: Tx, homeId: string): Promise<void> {
  for (const table of ['elders', 'contacts', 'gateways', 'devices'] as const) {
    const user = tx.selectFrom(table).select('home_id').where('home_id', '=', homeId).limit(1);
    requireUnused(await user.executeTakeFirst(), `home ${homeId} still has ${table}`);
  }
}

function checkHome(home: Omit<NewHome, 'homeId'>): void {
  checkOneOf('status', home.status, STATUSES);
  checkOneOf('livingType', home.livingType, LIVING_TYPES);
  checkTimezone(home.timezone);
  checkText('address.street', home.address.street);
  const { grid, building, unit, room } = home.address;
  const optional = { grid, building, unit, room, ...home.access };
  for (const [field, text] of Object.entries(optional)) checkOptionalText(field, text);
  checkRules(home.rules);
}

function toRow(home: HomeFields) {
  const { grid, street, building, unit, room } = home.address;
  const { keySafe, doorCode, keyholder } = home.access;
  return {
    district_code: home.districtCode,
    status: home.status,
    living_type: home.livingType,
    timezone: home.timezone,
    ...{ grid, street, building, unit, room, keyholder },
    key_safe: keySafe,
    door_code: doorCode,
    rules: JSON.stringify(home.rules),
  };
}

function toHome(row: HomeRow): HomeRecord {
  const { grid, street, building, unit, room } = row;
  return {
    homeId: row.home_id,
    home: row.home,
    districtCode: row.district_code,
    status: row.status as HomeRecord['status'],
    livingType: row.living_type as HomeRecord['livingType'],
    timezone: row.timezone,
    address: { grid, street, building, unit, room },
    access: { keySafe: row.key_safe, doorCode: row.door_code, keyholder: row.keyholder },
    rules: JSON.parse(row.rules) as HomeRecord['rules'],
    revision: row.revision,
  };
}
