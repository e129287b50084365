// Devices: what senses. Public id `gatewayId/deviceId`; the gateway's id has no slash, so the first one parts them.
// Moving a device between homes keeps its number: its past stays with the home of that time in the log.

import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { type DeviceRecord, type NewDevice, type Registry, RegistryError } from '#registry/registry.ts';
import { type Changes, requireFree, requireRow } from './changes.ts';
import type { MemoryDirectory } from './directory.ts';
import { requireGateway } from './gateways.ts';
import { requireHome } from './homes.ts';
import { cursorOf, followingInHome, inArea, matching, rowsToRead, toListing } from './paging.ts';
import type { Database, DeviceTable, Row, Tx } from './schema.ts';
import {
  checkDeviceId,
  checkOptionalText,
  checkSupervision,
  checkText,
  checkUnchanged,
  checkZone,
  merged,
} from './validate.ts';

interface DeviceKey {
  readonly gatewayId: string;
  readonly deviceId: string;
}

export function deviceCollection(
  db: Database,
  changes: Changes,
  directory: MemoryDirectory,
): Registry['devices'] {
  return {
    async list(page, filter) {
      const rows = await db
        .selectFrom('devices')
        .innerJoin('homes', 'homes.home_id', 'devices.home_id')
        .selectAll('devices')
        .select('homes.district_code')
        .where(inArea('homes.district_code', page.scope))
        .where(matching('devices.home_id', filter.homeId))
        .where(matching('devices.gateway_id', filter.gatewayId))
        .where(followingInHome(page.after, followingDevice))
        .orderBy('homes.district_code')
        .orderBy('homes.home_id')
        .orderBy('devices.gateway_id')
        .orderBy('devices.device_id')
        .limit(rowsToRead(page))
        .execute();
      return toListing(page, rows, {
        record: toDevice,
        cursor: (row) => cursorOf(row.district_code, row.home_id, publicId(toDevice(row))),
      });
    },
    async get(id) {
      const key = parseId(id);
      return key === null ? null : readDevice(db, key);
    },
    async create(record) {
      checkDeviceId(record.deviceId);
      checkDevice(record);
      return changes.run(
        async (change) => {
          await requireGateway(change.tx, record.gatewayId);
          requireFree(await readDevice(change.tx, record), `device ${publicId(record)}`);
          await requireHome(change.tx, record.homeId);
          await change.watchHome(record.homeId);
          const inserted = change.tx.insertInto('devices').values(toRow(record)).returning('device');
          const { device } = await inserted.executeTakeFirstOrThrow();
          change.onCommit(() => directory.putDevice(record.gatewayId, record.deviceId, device));
        },
        (tx) => present(tx, record),
      );
    },
    async update(id, wanted) {
      const key = requireKey(id);
      checkUnchanged('gatewayId', key.gatewayId, wanted.gatewayId);
      checkUnchanged('deviceId', key.deviceId, wanted.deviceId);
      return changes.run(
        async (change) => {
          const { device, ...current } = await present(change.tx, key);
          const next = merged<NewDevice>(current, wanted);
          checkDevice(next);
          await requireHome(change.tx, next.homeId);
          await change.watchHome(current.homeId);
          await change.watchHome(next.homeId);
          await change.tx.updateTable('devices').set(toRow(next)).where('device', '=', device).execute();
        },
        (tx) => present(tx, key),
      );
    },
    async remove(id) {
      const key = requireKey(id);
      await changes.run(
        async (change) => {
          const { device, homeId } = await present(change.tx, key);
          await change.watchHome(homeId);
          await change.tx.deleteFrom('devices').where('device', '=', device).execute();
          change.onCommit(() => directory.removeDevice(key.gatewayId, key.deviceId));
        },
        async () => undefined,
      );
    },
  };
}

function publicId({ gatewayId, deviceId }: DeviceKey): string {
  return `${gatewayId}/${deviceId}`;
}

function parseId(id: string): DeviceKey | null {
  const slash = id.indexOf('/');
  return slash < 0 ? null : { gatewayId: id.slice(0, slash), deviceId: id.slice(slash + 1) };
}

function requireKey(id: string): DeviceKey {
  const key = parseId(id);
  if (key === null) throw new RegistryError('not-found', `device ${id} does not exist`);
  return key;
}

function followingDevice(id: string): RawBuilder<SqlBool> {
  const { gatewayId, deviceId } = requireKey(id);
  return sql<SqlBool>`(devices.gateway_id, devices.device_id) > (${gatewayId}, ${deviceId})`;
}

async function present(tx: Tx, key: DeviceKey): Promise<DeviceRecord> {
  return requireRow(await readDevice(tx, key), `device ${publicId(key)}`);
}

async function readDevice(db: Database | Tx, key: DeviceKey): Promise<DeviceRecord | null> {
  const row = await db
    .selectFrom('devices')
    .selectAll()
    .where('gateway_id', '=', key.gatewayId)
    .where('device_id', '=', key.deviceId)
    .executeTakeFirst();
  return row === undefined ? null : toDevice(row);
}

function checkDevice(device: NewDevice): void {
  checkText('kind', device.kind);
  checkText('room', device.room);
  checkZone(device.zone);
  checkSupervision(device.supervision);
  checkOptionalText('model', device.model);
}

function toRow(device: NewDevice) {
  const { kind, room, zone, supervision, model } = device;
  return {
    gateway_id: device.gatewayId,
    device_id: device.deviceId,
    home_id: device.homeId,
    ...{ kind, room, zone, supervision, model },
  };
}

function toDevice(row: Row<DeviceTable>): DeviceRecord {
  const { device, kind, room, model } = row;
  return {
    gatewayId: row.gateway_id,
    deviceId: row.device_id,
    homeId: row.home_id,
    ...{ device, kind, room, model },
    zone: row.zone as DeviceRecord['zone'],
    supervision: row.supervision as DeviceRecord['supervision'],
  };
}
