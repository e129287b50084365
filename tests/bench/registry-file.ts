// Fills a registry file with the homes of the bench in one transaction: through the REST API the same takes
// minutes at 10,000 homes, and nobody measures that here. Typed by the registry's own schema, so a change
// of it shows.

import { join } from 'node:path';
import { kyselyOver, openConnection } from '#registry/sqlite/database.ts';
import { createGatewaySecrets, type GatewaySecrets } from '#registry/sqlite/gateway-secrets.ts';
import { migrate } from '#registry/sqlite/migrate.ts';
import type { Tx } from '#registry/sqlite/schema.ts';
import { serverKeyFor } from '#registry/sqlite/server-key.ts';
import {
  type BenchDevice,
  DEVICE_SUPERVISION,
  DISTRICT_CODE,
  DISTRICTS,
  GATEWAY_SUPERVISION,
  gatewayName,
  HOME_DEVICES,
  homeName,
  PROBE_GATEWAY,
  probeDeviceName,
  probeHomeName,
  TIMEZONE,
} from './homes.ts';

export interface Credentials {
  readonly gatewayId: string;
  readonly secret: string;
}

export interface RegisteredHomes {
  /** One per home, in order. */
  readonly gateways: readonly Credentials[];
  readonly probe: Credentials;
}

export interface HomesToRegister {
  readonly homes: number;
  /** Homes with nothing but a button behind the probe gateway. */
  readonly probes: number;
}

/** Rows per INSERT: below SQLite's bound of 32,766 parameters with the widest table. */
const ROWS_PER_INSERT = 500;

/** Makes `registry.db` and `server.key` in an empty data folder. */
export async function registerInFolder(folder: string, wanted: HomesToRegister): Promise<RegisteredHomes> {
  const file = join(folder, 'registry.db');
  const connection = openConnection(file);
  migrate(connection, { file, nowMs: Date.now() });
  const db = kyselyOver(connection);
  try {
    const secrets = createGatewaySecrets(await serverKeyFor(db, join(folder, 'server.key')));
    return await db.transaction().execute((tx) => fill(tx, secrets, wanted));
  } finally {
    await db.destroy();
  }
}

async function fill(tx: Tx, secrets: GatewaySecrets, wanted: HomesToRegister): Promise<RegisteredHomes> {
  await tx.insertInto('districts').values(DISTRICTS).execute();
  const homes = Array.from({ length: wanted.homes }, (_, index) => index);
  const probes = Array.from({ length: wanted.probes }, (_, index) => index);
  const homeIds = [...homes.map(homeName), ...probes.map(probeHomeName)];
  await inPieces(homeIds, (piece) => tx.insertInto('homes').values(piece.map(homeRow)).execute());
  await inPieces(homeIds, (piece) => tx.insertInto('elders').values(piece.map(elderRow)).execute());
  const gateways = homes.map((index) => credentialsOf(secrets, gatewayName(index)));
  const probe = credentialsOf(secrets, PROBE_GATEWAY);
  const gatewayRows = [
    ...gateways.map((own, index) => gatewayRow(secrets, own, homeName(index))),
    gatewayRow(secrets, probe, null),
  ];
  await inPieces(gatewayRows, (piece) => tx.insertInto('gateways').values(piece).execute());
  const deviceRows = [
    ...homes.flatMap((index) =>
      HOME_DEVICES.map((device) => deviceRow(gatewayName(index), homeName(index), device)),
    ),
    ...probes.map((index) => deviceRow(PROBE_GATEWAY, probeHomeName(index), probeButton(index))),
  ];
  await inPieces(deviceRows, (piece) => tx.insertInto('devices').values(piece).execute());
  return { gateways, probe };
}

async function inPieces<T>(
  rows: readonly T[],
  insert: (piece: readonly T[]) => Promise<unknown>,
): Promise<void> {
  for (let at = 0; at < rows.length; at += ROWS_PER_INSERT)
    await insert(rows.slice(at, at + ROWS_PER_INSERT));
}

function credentialsOf(secrets: GatewaySecrets, gatewayId: string): Credentials {
  return { gatewayId, secret: secrets.make() };
}

function homeRow(homeId: string) {
  return {
    home_id: homeId,
    district_code: DISTRICT_CODE,
    status: 'ACTIVE',
    living_type: 'SOLITARY',
    timezone: TIMEZONE,
    street: 'Bench street 1',
    building: '3',
    unit: '2',
    room: '101',
    rules: '{}',
    risk_factor: 1,
    revision: 1,
  };
}

function elderRow(homeId: string) {
  return {
    elder_id: `elder-${homeId}`,
    home_id: homeId,
    name: '张三',
    sex: 'F',
    birth_year: 1950,
    ability_level: 1,
    phone: null,
    languages: '[]',
    risks: '[]',
    conditions: '[]',
    allergies: '[]',
    consent_at_ms: null,
  };
}

function gatewayRow(secrets: GatewaySecrets, { gatewayId, secret }: Credentials, homeId: string | null) {
  return {
    gateway_id: gatewayId,
    district_code: DISTRICT_CODE,
    home_id: homeId,
    format: 'native',
    supervision: GATEWAY_SUPERVISION,
    is_enabled: 1,
    secret_hash: secrets.hash(gatewayId, Buffer.from(secret)),
    revision: 1,
  };
}

function deviceRow(gatewayId: string, homeId: string, device: BenchDevice) {
  const { deviceId, kind, room, zone } = device;
  const names = { gateway_id: gatewayId, device_id: deviceId, home_id: homeId };
  return { ...names, kind, room, zone, supervision: DEVICE_SUPERVISION };
}

function probeButton(index: number): BenchDevice {
  return { deviceId: probeDeviceName(index), kind: 'button', room: 'bedroom', zone: 'bedroom' };
}
