// The gateways as the ingest sees them: all in memory, found without waiting, kept current by every change.
// Entries change in place, so that a session that holds one sees a new device or a lost secret at once.
// A removed gateway's entry stays disabled and without secrets for whoever still holds it.

import { sql } from 'kysely';
import type { GatewayDirectory, GatewayEntry, SecretHolder } from '#registry/registry.ts';
import type { GatewaySecrets } from './gateway-secrets.ts';
import type { Database, Tx } from './schema.ts';

/** Rows per read while opening; nothing else runs then. */
const LOAD_ROWS = 20_000;

export interface EntryFields {
  gateway: number;
  gatewayId: string;
  districtCode: string;
  home: number | null;
  format: string;
  isEnabled: boolean;
  secretHashes: Uint8Array[];
}

/**
 * A start reads the devices of a gateway as one text, and they become a map when the gateway is first heard: a map and
 * its names for each of 100,000 would take a second before anybody is watched again.
 */
class Entry implements EntryFields {
  gateway!: number;
  gatewayId!: string;
  districtCode!: string;
  home!: number | null;
  format!: string;
  isEnabled!: boolean;
  secretHashes!: Uint8Array[];
  #unread = '';
  #devices: Map<string, number> | null = null;

  constructor(fields: EntryFields) {
    Object.assign(this, fields);
  }

  get devices(): Map<string, number> {
    this.#devices ??= devicesOf(this.#unread);
    this.#unread = '';
    return this.#devices;
  }

  /** @param text of `DEVICES`; while opening */
  leaveUnread(text: string): void {
    this.#unread = text;
  }
}

/** A line per device: number, space, the gateway's own name of it, in which there is no line feed (`checkDeviceId`). */
const DEVICES = sql<string>`string_agg(device || ' ' || device_id, ${'\n'})`;

function devicesOf(text: string): Map<string, number> {
  const devices = new Map<string, number>();
  for (const line of text === '' ? [] : text.split('\n')) {
    const space = line.indexOf(' ');
    devices.set(line.slice(space + 1), Number(line.slice(0, space)));
  }
  return devices;
}

export class MemoryDirectory implements GatewayDirectory {
  readonly #entries = new Map<string, Entry>();
  readonly #listeners: ((gatewayId: string) => void)[] = [];
  readonly #secrets: GatewaySecrets;

  constructor(secrets: GatewaySecrets) {
    this.#secrets = secrets;
  }

  gateway(gatewayId: string): GatewayEntry | undefined {
    return this.#entries.get(gatewayId);
  }

  verifySecret(entry: SecretHolder, secret: Uint8Array): boolean {
    return this.#secrets.verify(entry, secret);
  }

  onChange(listener: (gatewayId: string) => void): void {
    this.#listeners.push(listener);
  }

  /** Take over what was committed; tells the listeners when a live session could be concerned. */
  put(fields: EntryFields): void {
    const entry = this.#entries.get(fields.gatewayId);
    if (entry === undefined) {
      this.#entries.set(fields.gatewayId, new Entry(fields));
      this.#tell(fields.gatewayId);
    } else if (!isSame(entry, fields)) {
      Object.assign(entry, fields);
      this.#tell(fields.gatewayId);
    }
  }

  remove(gatewayId: string): void {
    const entry = this.#entries.get(gatewayId);
    if (entry === undefined) return;
    Object.assign(entry, { isEnabled: false, secretHashes: [] });
    this.#entries.delete(gatewayId);
    this.#tell(gatewayId);
  }

  putDevice(gatewayId: string, deviceId: string, device: number): void {
    this.#entries.get(gatewayId)?.devices.set(deviceId, device);
  }

  removeDevice(gatewayId: string, deviceId: string): void {
    this.#entries.get(gatewayId)?.devices.delete(deviceId);
  }

  async load(db: Database): Promise<void> {
    for (let after = 0; ; ) {
      const rows = await entryQuery(db)
        .where('gateways.gateway', '>', after)
        .orderBy('gateways.gateway')
        .limit(LOAD_ROWS)
        .execute();
      for (const row of rows) this.#entries.set(row.gateway_id, new Entry(toFields(row)));
      if (rows.length < LOAD_ROWS) break;
      after = rows.at(-1)!.gateway;
    }
    await this.#loadDevices(db);
  }

  async #loadDevices(db: Database): Promise<void> {
    for (let after = ''; ; ) {
      const rows = await db
        .selectFrom('devices')
        .select(['gateway_id', DEVICES.as('text')])
        .where('gateway_id', '>', after)
        .groupBy('gateway_id')
        .orderBy('gateway_id')
        .limit(LOAD_ROWS)
        .execute();
      for (const { gateway_id, text } of rows) this.#entries.get(gateway_id)!.leaveUnread(text);
      if (rows.length < LOAD_ROWS) break;
      after = rows.at(-1)!.gateway_id;
    }
  }

  #tell(gatewayId: string): void {
    for (const listener of this.#listeners) listener(gatewayId);
  }
}

/** The entry as the tables have it; null when there is no such gateway. */
export async function entryFields(db: Database | Tx, gatewayId: string): Promise<EntryFields | null> {
  const row = await entryQuery(db).where('gateways.gateway_id', '=', gatewayId).executeTakeFirst();
  return row === undefined ? null : toFields(row);
}

function entryQuery(db: Database | Tx) {
  return db
    .selectFrom('gateways')
    .leftJoin('homes', 'homes.home_id', 'gateways.home_id')
    .select(['gateways.gateway', 'gateways.gateway_id', 'gateways.district_code', 'gateways.format'])
    .select(['gateways.is_enabled', 'gateways.secret_hash', 'gateways.old_secret_hash', 'homes.home']);
}

type EntryRow = Awaited<ReturnType<ReturnType<typeof entryQuery>['execute']>>[number];

function toFields(row: EntryRow): EntryFields {
  return {
    gateway: row.gateway,
    gatewayId: row.gateway_id,
    districtCode: row.district_code,
    home: row.home,
    format: row.format,
    isEnabled: row.is_enabled === 1,
    secretHashes: [row.secret_hash, row.old_secret_hash].filter((hash) => hash !== null),
  };
}

function isSame(entry: Entry, fields: EntryFields): boolean {
  const { secretHashes, ...others } = fields;
  const isSamePlain = Object.entries(others).every(([name, value]) => entry[name as keyof Entry] === value);
  const asText = (hashes: readonly Uint8Array[]) =>
    hashes.map((hash) => Buffer.from(hash).toString('hex')).join();
  return isSamePlain && asText(entry.secretHashes) === asText(secretHashes);
}
