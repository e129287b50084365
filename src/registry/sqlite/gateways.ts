// Gateways: what logs in. Secrets are issued apart from the record and never read back. A gateway goes only when its
// devices are gone; to cut one off at once, disable it.

import type { GatewayRecord, NewGateway, Registry } from '#registry/registry.ts';
import {
  type Changes,
  type RosterChange,
  requireFree,
  requireParent,
  requireRow,
  requireUnused,
} from './changes.ts';
import { requireDistrict } from './districts.ts';
import type { GatewaySecrets } from './gateway-secrets.ts';
import { requireHome } from './homes.ts';
import { cursorOf, followingCursor, inArea, matching, rowsToRead, toListing } from './paging.ts';
import type { MakeId } from './public-id.ts';
import type { Database, GatewayTable, Row, Tx } from './schema.ts';
import {
  checkBoolean,
  checkOptionalText,
  checkPublicId,
  checkSupervision,
  checkText,
  checkUnchanged,
  merged,
} from './validate.ts';

type GatewayRow = Row<GatewayTable>;
type GatewayFields = Omit<GatewayRecord, 'gateway' | 'gatewayId' | 'revision'>;

export function gatewayCollection(db: Database, changes: Changes, makeId: MakeId): Registry['gateways'] {
  return {
    async list(page, filter) {
      const rows = await db
        .selectFrom('gateways')
        .selectAll()
        .where(inArea('district_code', page.scope))
        .where(matching('home_id', filter.homeId))
        .where(followingCursor(['district_code', 'gateway_id'], page.after))
        .orderBy('district_code')
        .orderBy('gateway_id')
        .limit(rowsToRead(page))
        .execute();
      const cursor = (row: GatewayRow) => cursorOf(row.district_code, row.gateway_id);
      return toListing(page, rows, { record: toGateway, cursor });
    },
    get: (gatewayId) => readGateway(db, gatewayId),
    async create(record) {
      const { gatewayId = makeId(), ...fields } = record;
      checkPublicId('gatewayId', gatewayId);
      checkGateway(fields);
      return changes.run(
        async (change) => {
          requireFree(await readGateway(change.tx, gatewayId), `gateway ${gatewayId}`);
          await requireParents(change.tx, fields);
          await change.watchGateway(gatewayId);
          const secrets = { secret_hash: null, old_secret_hash: null };
          const row = { ...toRow(fields), ...secrets, gateway_id: gatewayId, revision: 1 };
          await change.tx.insertInto('gateways').values(row).execute();
        },
        (tx) => present(tx, gatewayId),
      );
    },
    async update(gatewayId, { gatewayId: wantedId, ...wanted }) {
      checkUnchanged('gatewayId', gatewayId, wantedId);
      return changes.run(
        (change) => updateGateway(change, gatewayId, wanted),
        (tx) => present(tx, gatewayId),
      );
    },
    async remove(gatewayId) {
      await changes.run(
        async (change) => {
          await present(change.tx, gatewayId);
          const device = change.tx.selectFrom('devices').select('device').where('gateway_id', '=', gatewayId);
          requireUnused(await device.limit(1).executeTakeFirst(), `gateway ${gatewayId} still has devices`);
          await change.watchGateway(gatewayId);
          await change.tx.deleteFrom('gateways').where('gateway_id', '=', gatewayId).execute();
        },
        async () => undefined,
      );
    },
  };
}

/** The new secret opens at once; the one before still does, the one before that no longer. */
export async function issueGatewaySecret(
  changes: Changes,
  secrets: GatewaySecrets,
  gatewayId: string,
): Promise<string> {
  const secret = secrets.make();
  await changes.run(
    async (change) => {
      await present(change.tx, gatewayId);
      await change.watchGateway(gatewayId);
      await change.tx
        .updateTable('gateways')
        .set(({ ref }) => ({
          old_secret_hash: ref('secret_hash'),
          secret_hash: secrets.hash(gatewayId, Buffer.from(secret)),
        }))
        .where('gateway_id', '=', gatewayId)
        .execute();
    },
    async () => undefined,
  );
  return secret;
}

export async function retireOldSecret(changes: Changes, gatewayId: string): Promise<void> {
  await changes.run(
    async (change) => {
      await present(change.tx, gatewayId);
      await change.watchGateway(gatewayId);
      await change.tx
        .updateTable('gateways')
        .set({ old_secret_hash: null })
        .where('gateway_id', '=', gatewayId)
        .execute();
    },
    async () => undefined,
  );
}

/** @throws RegistryError missing-parent */
export async function requireGateway(tx: Tx, gatewayId: string): Promise<void> {
  requireParent((await readGateway(tx, gatewayId)) ?? undefined, `gateway ${gatewayId}`);
}

async function updateGateway(change: RosterChange, gatewayId: string, wanted: Partial<GatewayFields>) {
  const {
    gateway: _gateway,
    gatewayId: _id,
    revision: _revision,
    ...current
  } = await present(change.tx, gatewayId);
  const fields = merged<GatewayFields>(current, wanted);
  checkGateway(fields);
  await requireParents(change.tx, fields);
  await change.watchGateway(gatewayId);
  await change.tx.updateTable('gateways').set(toRow(fields)).where('gateway_id', '=', gatewayId).execute();
}

async function present(tx: Tx, gatewayId: string): Promise<GatewayRecord> {
  return requireRow(await readGateway(tx, gatewayId), `gateway ${gatewayId}`);
}

async function readGateway(db: Database | Tx, gatewayId: string): Promise<GatewayRecord | null> {
  const row = await db
    .selectFrom('gateways')
    .selectAll()
    .where('gateway_id', '=', gatewayId)
    .executeTakeFirst();
  return row === undefined ? null : toGateway(row);
}

async function requireParents(tx: Tx, gateway: GatewayFields): Promise<void> {
  await requireDistrict(tx, gateway.districtCode);
  if (gateway.homeId !== null) await requireHome(tx, gateway.homeId);
}

function checkGateway(gateway: Omit<NewGateway, 'gatewayId'>): void {
  checkText('format', gateway.format);
  checkSupervision(gateway.supervision);
  checkOptionalText('model', gateway.model);
  checkBoolean('isEnabled', gateway.isEnabled);
}

function toRow(gateway: GatewayFields) {
  const { format, supervision, model } = gateway;
  return {
    district_code: gateway.districtCode,
    home_id: gateway.homeId,
    ...{ format, supervision, model },
    is_enabled: gateway.isEnabled ? 1 : 0,
  };
}

function toGateway(row: GatewayRow): GatewayRecord {
  return {
    gatewayId: row.gateway_id,
    gateway: row.gateway,
    districtCode: row.district_code,
    homeId: row.home_id,
    format: row.format,
    supervision: row.supervision as GatewayRecord['supervision'],
    model: row.model,
    isEnabled: row.is_enabled === 1,
    revision: row.revision,
  };
}
