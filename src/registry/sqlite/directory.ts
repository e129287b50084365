// The gateways as the ingest sees them: all in memory, found without waiting, kept current by every change.
// Entries change in place, so that a session that holds one sees a new device or a lost secret at once.
// A removed gateway's entry stays disabled and without secrets for whoever still holds it.

import type { GatewayDirectory, GatewayEntry } from '#registry/registry.ts';
import type { GatewaySecrets } from './gateway-secrets.ts';
import type { Database, Tx } from './schema.ts';

/** Rows per read while opening; nothing else runs then. */
const LOAD_ROWS = 20_000;

interface Entry {
  gateway: number;
  gatewayId: string;
  districtCode: string;
  home: number | null;
  format: string;
  isEnabled: boolean;
  secretHashes: Uint8Array[];
  devices: Map<string, number>;
}
export type EntryFields = Omit<Entry, 'devices'>;

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

  verifySecret(entry: GatewayEntry, secret: Uint8Array): boolean {
    return this.#secrets.verify(entry, secret);
  }

  onChange(listener: (gatewayId: string) => void): void {
    this.#listeners.push(listener);
  }

  /** Take over what was committed; tells the listeners when a live session could be concerned. */
  put(fields: EntryFields): void {
    const entry = this.#entries.get(fields.gatewayId);
    if (entry === undefined) {
      this.#entries.set(fields.gatewayId, { ...fields, devices: new Map() });
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
      for (const row of rows) this.#entries.set(row.gateway_id, { ...toFields(row), devices: new Map() });
      if (rows.length < LOAD_ROWS) break;
      after = rows.at(-1)!.gateway;
    }
    await this.#loadDevices(db);
  }

  async #loadDevices(db: Database): Promise<void> {
    for (let after = 0; ; ) {
      const rows = await db
        .selectFrom('devices')
        .select(['device', 'gateway_id', 'device_id'])
        .where('device', '>', after)
        .orderBy('device')
        .limit(LOAD_ROWS)
        .execute();
      for (const row of rows) this.putDevice(row.gateway_id, row.device_id, row.device);
      if (rows.length < LOAD_ROWS) break;
      after = rows.at(-1)!.device;
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
