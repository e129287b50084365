// Keeps the core's roster equal to the registry: at start whatever differs is appended, afterwards every change. The
// registry is the truth; the core learns it only through the log, so a replay sees the roster of its time.

import type { EntryBody } from '#core/model/entry.ts';
import type { Roster } from '#core/state/roster.ts';
import type { Draft, EventLog } from '#journal/journal.ts';
import type { ConfigurationChange, Registry, Revision } from '#registry/registry.ts';

/** Configurations per append: a start with 100,000 homes makes some hundred commits. */
const BATCH = 500;

export interface RosterSync {
  /** Entries appended at start because registry and core differed. */
  readonly appendedCount: number;
}

/** Make both equal, then follow the registry. Resolves when the core knows everything. */
export async function syncRoster(registry: Registry, roster: Roster, log: EventLog): Promise<RosterSync> {
  const append = async (bodies: readonly EntryBody[]): Promise<void> => {
    const drafts: Draft[] = bodies.map((body) => ({ body, identity: null }));
    if (drafts.length > 0) await log.append(drafts);
  };
  const seen = { home: new Set<number>(), gateway: new Set<number>() };
  const isKnown = (record: Revision): boolean => {
    seen[record.type].add(record.number);
    return knows(roster, record);
  };
  let appendedCount = 0;
  let batch: EntryBody[] = [];
  for await (const change of registry.configurations(isKnown)) {
    batch.push(bodyOf(change));
    appendedCount++;
    if (batch.length < BATCH) continue;
    await append(batch);
    batch = [];
  }
  const gone = goneFrom(roster, seen.home, seen.gateway);
  await append([...batch, ...gone]);
  registry.onConfigurationChange((change) => append([bodyOf(change)]));
  return { appendedCount: appendedCount + gone.length };
}

function bodyOf(change: ConfigurationChange): EntryBody {
  return change.type === 'home'
    ? { type: 'home-configured', home: change.configuration }
    : { type: 'gateway-configured', gateway: change.configuration };
}

function knows(roster: Roster, { type, number, revision }: Revision): boolean {
  const { homes, gateways } = roster;
  if (type === 'home')
    return number < homes.size && homes.columns.revision.get(homes.row(number)) === revision;
  return number < gateways.size && gateways.columns.revision.get(gateways.row(number)) === revision;
}

/** What the core watches and the registry no longer has (removed while we were down). */
function goneFrom(roster: Roster, homes: ReadonlySet<number>, gateways: ReadonlySet<number>): EntryBody[] {
  const gone: EntryBody[] = [];
  for (const row of roster.homes.rows()) {
    const home = roster.homes.number(row);
    if (!roster.isWatched(row) || homes.has(home)) continue;
    gone.push({
      type: 'home-configured',
      home: {
        home,
        homeId: roster.homeIdOf(row),
        revision: roster.homes.columns.revision.get(row) + 1,
        districtCode: roster.districtOf(row),
        timezone: roster.timezoneOf(row),
        riskFactor: 1,
        residents: 1,
        rules: {},
        devices: [],
        isWatched: false,
      },
    });
  }
  for (const row of roster.gateways.rows()) {
    const columns = roster.gateways.columns;
    const gateway = roster.gateways.number(row);
    if (columns.isWatched.get(row) === 0 || gateways.has(gateway)) continue;
    gone.push({
      type: 'gateway-configured',
      gateway: {
        gateway,
        gatewayId: roster.gatewayIdOf(row)!,
        revision: columns.revision.get(row) + 1,
        districtCode: roster.gatewayDistrictOf(row)!,
        home: null,
        supervision: 'none',
        isWatched: false,
      },
    });
  }
  return gone;
}
