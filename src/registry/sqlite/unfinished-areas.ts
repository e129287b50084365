// Tells the core what a change of a district means for its homes: every home of the area gets a new revision, in small
// batches between which others get their turn. The area is written down with the change itself and crossed out when it
// is done, so that a crash in between is made good at the next start.

import { PROFILES } from '#core/rules/profiles.ts';
import type { Changes, RosterChange } from './changes.ts';
import { cursorOf, followingCursor, inArea } from './paging.ts';
import type { Database, Tx } from './schema.ts';

/** Homes per transaction: some 20 ms in which no other change of the registry and no alarm is served. */
const BATCH_HOMES = 50;

/** Part of the change that makes it necessary. Begins anew when the area was not finished yet. */
export async function noteUnfinished(tx: Tx, code: string): Promise<void> {
  await tx
    .insertInto('unfinished_areas')
    .values({ code, after: null })
    .onConflict((conflict) => conflict.column('code').doUpdateSet({ after: null }))
    .execute();
}

/** Resolves when the core knows every home of the area. */
export async function finishArea(changes: Changes, code: string): Promise<void> {
  for (let isDone = false; !isDone; ) {
    isDone = await changes.run(
      (change) => reviseBatch(change, code),
      async (tx) => (await unfinished(tx, code)) === undefined,
    );
  }
}

/** What a crash has left, and homes whose profile is another one since the last version of this program. */
export async function finishAreasOfLastTime(db: Database, changes: Changes): Promise<void> {
  await noteChangedProfiles(changes);
  const rows = await db.selectFrom('unfinished_areas').select('code').orderBy('code').execute();
  for (const { code } of rows) await finishArea(changes, code);
}

function unfinished(tx: Tx, code: string) {
  return tx.selectFrom('unfinished_areas').selectAll().where('code', '=', code).executeTakeFirst();
}

async function reviseBatch(change: RosterChange, code: string): Promise<void> {
  const { tx } = change;
  const area = await unfinished(tx, code);
  if (area === undefined) return;
  const homes = await tx
    .selectFrom('homes')
    .select(['home_id', 'district_code'])
    .where(inArea('district_code', code))
    .where(followingCursor(['district_code', 'home_id'], area.after))
    .orderBy('district_code')
    .orderBy('home_id')
    .limit(BATCH_HOMES)
    .execute();
  for (const { home_id } of homes) await change.reviseHome(home_id);
  const last = homes.at(-1);
  if (last === undefined || homes.length < BATCH_HOMES)
    await tx.deleteFrom('unfinished_areas').where('code', '=', code).execute();
  else
    await tx
      .updateTable('unfinished_areas')
      .set({ after: cursorOf(last.district_code, last.home_id) })
      .where('code', '=', code)
      .execute();
}

const KNOWN_PROFILES = 'profiles';

/** An upgrade may bring another content under the same name: its districts are told again. */
async function noteChangedProfiles(changes: Changes): Promise<void> {
  await changes.run(
    async ({ tx }) => {
      const row = await tx
        .selectFrom('registry_meta')
        .select('value')
        .where('name', '=', KNOWN_PROFILES)
        .executeTakeFirst();
      const now = Object.fromEntries(PROFILES.map(({ name, rules }) => [name, JSON.stringify(rules)]));
      const before = row === undefined ? now : (JSON.parse(row.value) as Record<string, string>);
      const used = await tx
        .selectFrom('districts')
        .select(['code', 'profile'])
        .where('profile', 'is not', null)
        .execute();
      for (const { code, profile } of used)
        if (before[profile!] !== now[profile!]) await noteUnfinished(tx, code);
      await tx
        .insertInto('registry_meta')
        .values({ name: KNOWN_PROFILES, value: JSON.stringify(now) })
        .onConflict((conflict) => conflict.column('name').doUpdateSet({ value: JSON.stringify(now) }))
        .execute();
    },
    async () => undefined,
  );
}
