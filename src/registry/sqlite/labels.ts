// What the desk shows of a home beside an alert, from memory, with names already masked: the full ones never
// leave the database for this. Where several elders live, the eldest stands for the home.

import { maskAddress, maskName } from '#registry/masking.ts';
import type { HomeLabel } from '#registry/registry.ts';
import { yearOf } from './risk.ts';
import type { Database, Tx } from './schema.ts';

const LOAD_ROWS = 20_000;

interface KeptLabel {
  readonly districtCode: string;
  readonly maskedAddress: string;
  readonly elder: LabelElder | null;
}
interface LabelElder {
  readonly maskedName: string;
  readonly birthYear: number;
}

export class HomeLabels {
  readonly #labels = new Map<string, KeptLabel>();
  readonly #districtNames = new Map<string, string>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  label(homeId: string): HomeLabel | null {
    const kept = this.#labels.get(homeId);
    if (kept === undefined) return null;
    return {
      homeId,
      districtCode: kept.districtCode,
      districtName: this.#districtNames.get(kept.districtCode) ?? kept.districtCode,
      maskedElderName: kept.elder?.maskedName ?? null,
      age: kept.elder === null ? null : yearOf(this.#nowMs()) - kept.elder.birthYear,
      maskedAddress: kept.maskedAddress,
    };
  }

  districtName(code: string): string | null {
    return this.#districtNames.get(code) ?? null;
  }

  putDistrict(code: string, name: string): void {
    this.#districtNames.set(code, name);
  }

  removeDistrict(code: string): void {
    this.#districtNames.delete(code);
  }

  /** @param label null: the home is gone */
  put(homeId: string, label: KeptLabel | null): void {
    if (label === null) this.#labels.delete(homeId);
    else this.#labels.set(homeId, label);
  }

  async load(db: Database): Promise<void> {
    const districts = await db.selectFrom('districts').select(['code', 'name']).execute();
    for (const { code, name } of districts) this.putDistrict(code, name);
    const elders = await this.#loadElders(db);
    for (let after = 0; ; ) {
      const rows = await homeQuery(db).where('home', '>', after).orderBy('home').limit(LOAD_ROWS).execute();
      for (const row of rows) this.#labels.set(row.home_id, toLabel(row, elders.get(row.home_id)));
      if (rows.length < LOAD_ROWS) break;
      after = rows.at(-1)!.home;
    }
  }

  async #loadElders(db: Database): Promise<Map<string, LabelElder>> {
    const eldest = new Map<string, LabelElder>();
    for (let after = ''; ; ) {
      const rows = await elderQuery(db)
        .where('elder_id', '>', after)
        .orderBy('elder_id')
        .limit(LOAD_ROWS)
        .execute();
      for (const row of rows) {
        const known = eldest.get(row.home_id);
        if (known === undefined || row.birth_year < known.birthYear) eldest.set(row.home_id, toElder(row));
      }
      if (rows.length < LOAD_ROWS) return eldest;
      after = rows.at(-1)!.elder_id;
    }
  }
}

/** The label as the tables have it; null when there is no such home. */
export async function readLabel(db: Database | Tx, homeId: string): Promise<KeptLabel | null> {
  const home = await homeQuery(db).where('home_id', '=', homeId).executeTakeFirst();
  if (home === undefined) return null;
  const elder = await elderQuery(db)
    .where('home_id', '=', homeId)
    .orderBy('birth_year')
    .orderBy('elder_id')
    .limit(1)
    .executeTakeFirst();
  return toLabel(home, elder === undefined ? undefined : toElder(elder));
}

function homeQuery(db: Database | Tx) {
  return db.selectFrom('homes').select(['home', 'home_id', 'district_code', 'street']);
}

function elderQuery(db: Database | Tx) {
  return db.selectFrom('elders').select(['elder_id', 'home_id', 'name', 'birth_year']);
}

function toLabel(home: { district_code: string; street: string }, elder: LabelElder | undefined): KeptLabel {
  return {
    districtCode: home.district_code,
    maskedAddress: maskAddress({ street: home.street }),
    elder: elder ?? null,
  };
}

function toElder(row: { name: string; birth_year: number }): LabelElder {
  return { maskedName: maskName(row.name), birthYear: row.birth_year };
}
