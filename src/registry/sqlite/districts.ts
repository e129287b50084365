// Districts: the 12-digit administrative codes, 2+2+2+3+3 digits. Level and parent follow from the code.
// A town may lie directly below a city without counties (441900003000 in 441900000000): the parent is the code with
// its last significant group zeroed, whatever level that is.

import type { RuleSettings } from '#core/model/home.ts';
import { PROFILES } from '#core/rules/profiles.ts';
import { type District, type NewDistrict, type Registry, significantPrefix } from '#registry/registry.ts';
import { type Changes, requireFree, requireParent, requireRow, requireUnused } from './changes.ts';
import type { HomeLabels } from './labels.ts';
import { following, inArea, matching, rowsToRead, toListing } from './paging.ts';
import type { Database, DistrictTable, Row, Tx } from './schema.ts';
import { finishArea, noteUnfinished } from './unfinished-areas.ts';
import { checkOneOf, checkRules, checkText, invalid, merged } from './validate.ts';

const LEVELS: Readonly<Record<number, District['level']>> = {
  2: 'province',
  4: 'city',
  6: 'county',
  9: 'town',
  12: 'community',
};
const GROUP_STARTS = [9, 6, 4, 2];

export function districtCollection(
  db: Database,
  changes: Changes,
  labels: HomeLabels,
): Registry['districts'] {
  return {
    async list(page, filter) {
      const rows = await db
        .selectFrom('districts')
        .selectAll()
        .where(inArea('code', page.scope))
        .where(matching('parent_code', filter.parentCode))
        .where(following('code', page.after))
        .orderBy('code')
        .limit(rowsToRead(page))
        .execute();
      return toListing(page, rows, { record: toDistrict, cursor: (row) => row.code });
    },
    get: (code) => readDistrict(db, code),
    async create(record: NewDistrict) {
      const district = checkedDistrict(record);
      return changes.run(
        async (change) => {
          const { tx } = change;
          requireFree(await readDistrict(tx, district.code), `district ${district.code}`);
          if (district.parentCode !== null) await requireDistrict(tx, district.parentCode);
          await tx.insertInto('districts').values(toRow(district)).execute();
          change.onCommit(() => labels.putDistrict(district.code, district.name));
        },
        async () => district,
      );
    },
    async update(code, wanted) {
      const district = await changes.run(
        async (change) => {
          const { tx } = change;
          const before = requireRow(await readDistrict(tx, code), `district ${code}`);
          const district = merged<District>(before, wanted);
          checkDistrict(district);
          await tx.updateTable('districts').set(toRow(district)).where('code', '=', code).execute();
          if (hasOtherSettings(before, district)) await noteUnfinished(tx, code);
          change.onCommit(() => labels.putDistrict(code, district.name));
        },
        async (tx) => requireRow(await readDistrict(tx, code), `district ${code}`),
      );
      await finishArea(changes, code);
      return district;
    },
    async remove(code) {
      await changes.run(
        async (change) => {
          requireRow(await readDistrict(change.tx, code), `district ${code}`);
          await requireEmpty(change.tx, code);
          await change.tx.deleteFrom('districts').where('code', '=', code).execute();
          change.onCommit(() => labels.removeDistrict(code));
        },
        async () => undefined,
      );
    },
  };
}

/** @throws RegistryError missing-parent */
export async function requireDistrict(tx: Tx, code: string): Promise<void> {
  const found = await tx.selectFrom('districts').select('code').where('code', '=', code).executeTakeFirst();
  requireParent(found, `district ${code}`);
}

async function readDistrict(db: Database | Tx, code: string): Promise<District | null> {
  const row = await db.selectFrom('districts').selectAll().where('code', '=', code).executeTakeFirst();
  return row === undefined ? null : toDistrict(row);
}

async function requireEmpty(tx: Tx, code: string): Promise<void> {
  const child = tx.selectFrom('districts').select('code').where('parent_code', '=', code).limit(1);
  requireUnused(await child.executeTakeFirst(), `district ${code} has districts below it`);
  for (const table of ['homes', 'gateways', 'staff'] as const) {
    const user = tx.selectFrom(table).select('district_code').where('district_code', '=', code).limit(1);
    requireUnused(await user.executeTakeFirst(), `district ${code} has ${table}`);
  }
}

function checkedDistrict(record: NewDistrict): District {
  const { code, name, profile = null, rules = {} } = record;
  if (!/^\d{12}$/.test(code) || code.startsWith('00')) throw invalid('code', 'must be 12 digits, not 00…');
  const prefix = significantPrefix(code);
  const level = LEVELS[prefix.length]!;
  if (record.level !== level) throw invalid('level', `of ${code} is ${level}`);
  const parentCode = parentOf(code, prefix.length);
  const district = { code, name, level, parentCode, profile, rules };
  checkDistrict(district);
  return district;
}

function checkDistrict({ name, profile, rules }: District): void {
  checkText('name', name);
  checkRules(rules);
  if (profile !== null)
    checkOneOf(
      'profile',
      profile,
      PROFILES.map((known) => known.name),
    );
}

/** Something that the homes of the area read. */
function hasOtherSettings(before: District, after: District): boolean {
  return before.profile !== after.profile || JSON.stringify(before.rules) !== JSON.stringify(after.rules);
}

function parentOf(code: string, significantDigits: number): string | null {
  const start = GROUP_STARTS.find((groupStart) => groupStart < significantDigits);
  if (start === undefined) return null;
  return code.slice(0, start).padEnd(12, '0');
}

function toRow(district: District): Row<DistrictTable> {
  const { code, name, level, parentCode, profile, rules } = district;
  return { code, name, level, parent_code: parentCode, profile, rules: JSON.stringify(rules) };
}

function toDistrict(row: Row<DistrictTable>): District {
  return {
    code: row.code,
    name: row.name,
    level: row.level as District['level'],
    parentCode: row.parent_code,
    profile: row.profile,
    rules: JSON.parse(row.rules) as RuleSettings,
  };
}
