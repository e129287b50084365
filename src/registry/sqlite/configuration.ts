// What the core is told of homes and gateways, read from the tables. No personal data passes here. Rule settings come
// merged (district-settings.ts): the core and its log know no profiles.
// A home that is not ACTIVE is told as not watched but with its devices: an SOS from a suspended home must ring with
// home and room, not as one of an unknown device.

import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type {
  DeviceConfiguration,
  GatewayConfiguration,
  HomeConfiguration,
  RuleSettings,
  SupervisionClass,
  Zone,
} from '#core/model/home.ts';
import { mergedSettings } from '#core/rules/profiles.ts';
import type { ConfigurationChange, Revision } from '#registry/registry.ts';
import { settingsOfDistricts } from './district-settings.ts';
import type { Database, RemovedTable, Tx } from './schema.ts';

/** Homes or gateways per read of the walk over everything: some milliseconds each, then others get their turn. */
const WALK_ROWS = 500;

type Condition = RawBuilder<SqlBool>;

export async function homeConfiguration(
  db: Database | Tx,
  homeId: string,
): Promise<HomeConfiguration | null> {
  const [configuration] = await homeConfigurations(db, sql<SqlBool>`homes.home_id = ${homeId}`);
  return configuration ?? null;
}

/** @param which a condition on `homes` */
async function homeConfigurations(db: Database | Tx, which: Condition): Promise<HomeConfiguration[]> {
  const homes = await db.selectFrom('homes').selectAll().where(which).orderBy('homes.home').execute();
  const residents = await residentCounts(db, which);
  const devices = await devicesByHome(db, which);
  const ofDistrict = await settingsOfDistricts(
    db,
    homes.map((row) => row.district_code),
  );
  return homes.map((row) => ({
    home: row.home,
    homeId: row.home_id,
    revision: row.revision,
    districtCode: row.district_code,
    timezone: row.timezone,
    riskFactor: row.risk_factor,
    residents: Math.max(1, residents.get(row.home) ?? 0),
    rules: mergedSettings([ofDistrict.get(row.district_code)!, JSON.parse(row.rules) as RuleSettings]),
    devices: devices.get(row.home) ?? [],
    isWatched: row.status === 'ACTIVE',
  }));
}

async function residentCounts(db: Database | Tx, which: Condition): Promise<Map<number, number>> {
  const rows = await db
    .selectFrom('elders')
    .innerJoin('homes', 'homes.home_id', 'elders.home_id')
    .select(({ fn }) => ['homes.home', fn.countAll<number>().as('count')])
    .where(which)
    .groupBy('homes.home')
    .execute();
  return new Map(rows.map((row) => [row.home, Number(row.count)]));
}

async function devicesByHome(
  db: Database | Tx,
  which: Condition,
): Promise<Map<number, DeviceConfiguration[]>> {
  const rows = await db
    .selectFrom('devices')
    .innerJoin('homes', 'homes.home_id', 'devices.home_id')
    .innerJoin('gateways', 'gateways.gateway_id', 'devices.gateway_id')
    .select(['homes.home', 'gateways.gateway', 'devices.device', 'devices.device_id'])
    .select(['devices.kind', 'devices.room', 'devices.zone', 'devices.supervision'])
    .where(which)
    .orderBy('devices.device')
    .execute();
  const byHome = new Map<number, DeviceConfiguration[]>();
  for (const row of rows) {
    const list = byHome.get(row.home) ?? [];
    if (list.length === 0) byHome.set(row.home, list);
    list.push({
      device: row.device,
      deviceId: row.device_id,
      gateway: row.gateway,
      kind: row.kind,
      room: row.room,
      zone: row.zone as Zone,
      supervision: row.supervision as SupervisionClass,
    });
  }
  return byHome;
}

export async function gatewayConfiguration(
  db: Database | Tx,
  gatewayId: string,
): Promise<GatewayConfiguration | null> {
  const which = sql<SqlBool>`gateways.gateway_id = ${gatewayId}`;
  const [configuration] = await gatewayConfigurations(db, { which, limit: 1 });
  return configuration ?? null;
}

async function gatewayConfigurations(
  db: Database | Tx,
  query: { readonly which: Condition; readonly limit: number },
): Promise<GatewayConfiguration[]> {
  const rows = await db
    .selectFrom('gateways')
    .leftJoin('homes', 'homes.home_id', 'gateways.home_id')
    .select(['gateways.gateway', 'gateways.gateway_id', 'gateways.revision', 'gateways.district_code'])
    .select(['homes.home', 'gateways.supervision', 'gateways.is_enabled'])
    .where(query.which)
    .orderBy('gateways.gateway')
    .limit(query.limit)
    .execute();
  return rows.map((row) => ({
    gateway: row.gateway,
    gatewayId: row.gateway_id,
    revision: row.revision,
    districtCode: row.district_code,
    home: row.home,
    supervision: row.supervision as SupervisionClass,
    isWatched: row.is_enabled === 1,
  }));
}

/** Removed records first, so that an id that was given again ends with its living record. */
export async function* walkConfigurations(
  db: Database,
  isKnown: (record: Revision) => boolean = () => false,
): AsyncGenerator<ConfigurationChange> {
  yield* walkRemoved(db, isKnown);
  for (let after = 0; ; ) {
    const which = sql<SqlBool>`gateways.gateway > ${after}`;
    const page = await gatewayConfigurations(db, { which, limit: WALK_ROWS });
    for (const configuration of page) {
      const { gateway: number, revision } = configuration;
      if (!isKnown({ type: 'gateway', number, revision })) yield { type: 'gateway', configuration };
    }
    if (page.length < WALK_ROWS) break;
    after = page.at(-1)!.gateway;
  }
  yield* walkHomes(db, isKnown);
}

/** Only the revisions of what is known: at a start of 100,000 homes that is nearly all, and all of it takes 4 s. */
async function* walkHomes(
  db: Database,
  isKnown: (record: Revision) => boolean,
): AsyncGenerator<ConfigurationChange> {
  for (let after = 0; ; ) {
    const page = await db
      .selectFrom('homes')
      .select(['home', 'revision'])
      .where('home', '>', after)
      .orderBy('home')
      .limit(WALK_ROWS)
      .execute();
    const news = page.filter(({ home, revision }) => !isKnown({ type: 'home', number: home, revision }));
    const wanted = new Set(news.map(({ home }) => home));
    if (news.length > 0) {
      const which = sql<SqlBool>`(homes.home >= ${news[0]!.home} and homes.home <= ${news.at(-1)!.home})`;
      for (const configuration of await homeConfigurations(db, which))
        if (wanted.has(configuration.home)) yield { type: 'home', configuration };
    }
    if (page.length < WALK_ROWS) break;
    after = page.at(-1)!.home;
  }
}

async function* walkRemoved(
  db: Database,
  isKnown: (record: Revision) => boolean,
): AsyncGenerator<ConfigurationChange> {
  for (const type of ['gateway', 'home'] as const) {
    for (let after = 0; ; ) {
      const rows = await removedAfter(db, { type, after });
      for (const { number, configuration: text } of rows) {
        const change = { type, configuration: JSON.parse(text) } as ConfigurationChange;
        if (!isKnown({ type, number, revision: change.configuration.revision })) yield change;
      }
      if (rows.length < WALK_ROWS) break;
      after = rows.at(-1)!.number;
    }
  }
}

async function removedAfter(
  db: Database,
  from: { readonly type: RemovedTable['type']; readonly after: number },
): Promise<RemovedTable[]> {
  return db
    .selectFrom('removed')
    .selectAll()
    .where('type', '=', from.type)
    .where('number', '>', from.after)
    .orderBy('number')
    .limit(WALK_ROWS)
    .execute();
}
