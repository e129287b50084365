// Elders: who lives there. Their age and ability set the home's risk factor; nothing else of them reaches the core.

import { type SqlBool, sql } from 'kysely';
import type { ElderRecord, NewElder, Registry } from '#registry/registry.ts';
import { type Changes, requireRow } from './changes.ts';
import { requireHome } from './homes.ts';
import { cursorOf, followingInHome, inArea, matching, rowsToRead, toListing } from './paging.ts';
import type { MakeId } from './public-id.ts';
import type { Database, ElderTable, Tx } from './schema.ts';
import {
  checkBirthYear,
  checkInteger,
  checkOneOf,
  checkOptionalText,
  checkText,
  checkTextList,
  merged,
} from './validate.ts';

const SEXES: readonly ElderRecord['sex'][] = ['F', 'M', 'X'];
/** GB/T 42195-2022: 0 intact … 4 total. */
const ABILITY_LEVELS: readonly ElderRecord['abilityLevel'][] = [0, 1, 2, 3, 4];

interface Parts {
  readonly db: Database;
  readonly changes: Changes;
  readonly makeId: MakeId;
  readonly nowMs: () => number;
}

export function elderCollection({ db, changes, makeId, nowMs }: Parts): Registry['elders'] {
  const present = async (tx: Tx, id: string) => requireRow(await readElder(tx, id), `elder ${id}`);
  return {
    async list(page, filter) {
      const rows = await db
        .selectFrom('elders')
        .innerJoin('homes', 'homes.home_id', 'elders.home_id')
        .selectAll('elders')
        .select('homes.district_code')
        .where(inArea('homes.district_code', page.scope))
        .where(matching('elders.home_id', filter.homeId))
        .where(followingInHome(page.after, (key) => sql<SqlBool>`elders.elder_id > ${key}`))
        .orderBy('homes.district_code')
        .orderBy('homes.home_id')
        .orderBy('elders.elder_id')
        .limit(rowsToRead(page))
        .execute();
      return toListing(page, rows, {
        record: toElder,
        cursor: (row) => cursorOf(row.district_code, row.home_id, row.elder_id),
      });
    },
    get: (elderId) => readElder(db, elderId),
    async create(record) {
      checkElder(record, nowMs());
      const elderId = makeId();
      return changes.run(
        async (change) => {
          await requireHome(change.tx, record.homeId);
          await change.watchHome(record.homeId);
          await change.tx
            .insertInto('elders')
            .values(toRow({ ...record, elderId }))
            .execute();
        },
        (tx) => present(tx, elderId),
      );
    },
    async update(elderId, wanted) {
      return changes.run(
        async (change) => {
          const current = await present(change.tx, elderId);
          const elder = { ...merged<NewElder>(current, wanted), elderId };
          checkElder(elder, nowMs());
          await requireHome(change.tx, elder.homeId);
          await change.watchHome(current.homeId);
          await change.watchHome(elder.homeId);
          await change.tx.updateTable('elders').set(toRow(elder)).where('elder_id', '=', elderId).execute();
        },
        (tx) => present(tx, elderId),
      );
    },
    async remove(elderId) {
      await changes.run(
        async (change) => {
          await change.watchHome((await present(change.tx, elderId)).homeId);
          await change.tx.deleteFrom('elders').where('elder_id', '=', elderId).execute();
        },
        async () => undefined,
      );
    },
  };
}

async function readElder(db: Database | Tx, elderId: string): Promise<ElderRecord | null> {
  const row = await db.selectFrom('elders').selectAll().where('elder_id', '=', elderId).executeTakeFirst();
  return row === undefined ? null : toElder(row);
}

function checkElder(elder: NewElder, nowMs: number): void {
  checkText('name', elder.name);
  checkOneOf('sex', elder.sex, SEXES);
  checkBirthYear(elder.birthYear, nowMs);
  checkOneOf('abilityLevel', elder.abilityLevel, ABILITY_LEVELS);
  checkOptionalText('phone', elder.phone);
  const { languages, risks, conditions, allergies } = elder;
  for (const [field, list] of Object.entries({ languages, risks, conditions, allergies })) {
    checkTextList(field, list);
  }
  if (elder.consentAtMs !== null) {
    checkInteger('consentAtMs', elder.consentAtMs, { min: 0, max: Number.MAX_SAFE_INTEGER });
  }
}

function toRow(elder: ElderRecord): ElderTable {
  return {
    elder_id: elder.elderId,
    home_id: elder.homeId,
    name: elder.name,
    sex: elder.sex,
    birth_year: elder.birthYear,
    ability_level: elder.abilityLevel,
    phone: elder.phone,
    languages: JSON.stringify(elder.languages),
    risks: JSON.stringify(elder.risks),
    conditions: JSON.stringify(elder.conditions),
    allergies: JSON.stringify(elder.allergies),
    consent_at_ms: elder.consentAtMs,
  };
}

function toElder(row: ElderTable): ElderRecord {
  const list = (json: string) => JSON.parse(json) as readonly string[];
  return {
    elderId: row.elder_id,
    homeId: row.home_id,
    name: row.name,
    sex: row.sex as ElderRecord['sex'],
    birthYear: row.birth_year,
    abilityLevel: row.ability_level as ElderRecord['abilityLevel'],
    phone: row.phone,
    languages: list(row.languages),
    risks: list(row.risks),
    conditions: list(row.conditions),
    allergies: list(row.allergies),
    consentAtMs: row.consent_at_ms,
  };
}
