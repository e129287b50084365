// What a district says about the rules of its homes: the profile of the nearest district upwards that names one, then
// the settings of all districts from the province down, then the home's own. Read anew with every configuration, in
// the same transaction, so that a revision always means one answer.

import type { RuleSettings } from '#core/model/home.ts';
import { mergedSettings, profileNamed } from '#core/rules/profiles.ts';
import type { Database, Tx } from './schema.ts';

/** Digits of a province, city, county, town, community. */
const LEVEL_ENDS = [2, 4, 6, 9, 12];

/** The settings that hold in each of these districts, before those of a home. */
export async function settingsOfDistricts(
  db: Database | Tx,
  codes: Iterable<string>,
): Promise<ReadonlyMap<string, RuleSettings>> {
  const wanted = new Set(codes);
  const lines = new Set([...wanted].flatMap(lineOf));
  if (lines.size === 0) return new Map();
  const rows = await db
    .selectFrom('districts')
    .select(['code', 'profile', 'rules'])
    .where('code', 'in', [...lines])
    .where(({ or, eb }) => or([eb('profile', 'is not', null), eb('rules', '<>', '{}')]))
    .execute();
  const byCode = new Map(rows.map((row) => [row.code, row]));
  return new Map(
    Array.from(wanted, (code) => {
      const line = lineOf(code).flatMap((step) => byCode.get(step) ?? []);
      const profile = line.findLast((row) => row.profile !== null)?.profile ?? 'default';
      const own = line.map((row) => JSON.parse(row.rules) as RuleSettings);
      // A profile of a newer version that this one does not have changes nothing; better than no watch at all.
      return [code, mergedSettings([profileNamed(profile)?.rules ?? {}, ...own])];
    }),
  );
}

/** The districts a district lies in, the province first, and itself last. */
function lineOf(code: string): string[] {
  return [...new Set(LEVEL_ENDS.map((end) => code.slice(0, end).padEnd(12, '0')))];
}
