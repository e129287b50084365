// The risk factor of a home: how much sooner (frail) or later (fit) its inactivity thresholds fall due.
// Domain reference 6.6: x 0.75 for ability level 2-4 or age 85 and more, x 1.25 for level 0, frail wins.
// Age is the calendar year minus the year of birth, taken when the home changes and when the registry is opened.

import type { Database, Tx } from './schema.ts';

const FRAIL = 0.75;
const ORDINARY = 1;
const FIT = 1.25;
const FRAIL_FROM_LEVEL = 2;
const FRAIL_FROM_AGE = 85;

export interface Frailty {
  readonly birthYear: number;
  readonly abilityLevel: number;
}

export function yearOf(nowMs: number): number {
  return new Date(nowMs).getUTCFullYear();
}

/** The most cautious factor of all who live there; 1 when nobody is registered yet. */
export function riskFactor(elders: readonly Frailty[], year: number): number {
  const factors = elders.map(({ birthYear, abilityLevel }) => {
    if (abilityLevel >= FRAIL_FROM_LEVEL || year - birthYear >= FRAIL_FROM_AGE) return FRAIL;
    return abilityLevel === 0 ? FIT : ORDINARY;
  });
  return factors.length === 0 ? ORDINARY : Math.min(...factors);
}

/** Write the factor of a home anew from its elders. */
export async function refreshRiskFactor(tx: Tx, homeId: string, year: number): Promise<void> {
  const elders = await tx
    .selectFrom('elders')
    .select(['birth_year as birthYear', 'ability_level as abilityLevel'])
    .where('home_id', '=', homeId)
    .execute();
  await tx
    .updateTable('homes')
    .set({ risk_factor: riskFactor(elders, year) })
    .where('home_id', '=', homeId)
    .execute();
}

/** Homes whose elders grew frail by a birthday since the factor was last written. */
export async function homesGrownFrail(db: Database, year: number): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('elders')
    .innerJoin('homes', 'homes.home_id', 'elders.home_id')
    .select('homes.home_id')
    .distinct()
    .where('elders.birth_year', '<=', year - FRAIL_FROM_AGE)
    .where('homes.risk_factor', '>', FRAIL)
    .execute();
  return rows.map((row) => row.home_id);
}
