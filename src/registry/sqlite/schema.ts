// The tables as Kysely sees them. Row types stop in this folder; the port has its own records.
// Booleans are 0/1, lists and rule settings are JSON text, instants are ms UTC: the same in SQLite and PostgreSQL.

import type { Generated, Kysely, Selectable, Transaction } from 'kysely';

export interface DistrictTable {
  code: string;
  name: string;
  level: string;
  parent_code: string | null;
  profile: string | null;
  rules: Generated<string>;
}

export interface HomeTable {
  home: Generated<number>;
  home_id: string;
  district_code: string;
  status: string;
  living_type: string;
  timezone: string;
  grid: string | null;
  street: string;
  building: string | null;
  unit: string | null;
  room: string | null;
  key_safe: string | null;
  door_code: string | null;
  keyholder: string | null;
  rules: string;
  /** Kept, not computed at reading: one revision must always mean the same configuration. */
  risk_factor: number;
  revision: number;
}

export interface ElderTable {
  elder_id: string;
  home_id: string;
  name: string;
  sex: string;
  birth_year: number;
  ability_level: number;
  phone: string | null;
  languages: string;
  risks: string;
  conditions: string;
  allergies: string;
  consent_at_ms: number | null;
}

export interface ContactTable {
  contact_id: string;
  home_id: string;
  call_order: number;
  name: string;
  relation: string;
  phone: string;
  availability: string | null;
  can_visit: number;
}

export interface GatewayTable {
  gateway: Generated<number>;
  gateway_id: string;
  district_code: string;
  home_id: string | null;
  format: string;
  supervision: string;
  model: string | null;
  is_enabled: number;
  secret_hash: Uint8Array | null;
  old_secret_hash: Uint8Array | null;
  revision: number;
}

export interface DeviceTable {
  device: Generated<number>;
  gateway_id: string;
  device_id: string;
  home_id: string;
  kind: string;
  room: string;
  zone: string;
  supervision: string;
  model: string | null;
}

/** Last words about a removed home or gateway: told again at every start, in case a crash kept them from the core. */
export interface RemovedTable {
  type: 'home' | 'gateway';
  number: number;
  configuration: string;
}

/** A district whose change is not yet told for all its homes; `after` is the last one told. */
export interface UnfinishedAreaTable {
  code: string;
  after: string | null;
}

export interface StaffTable {
  staff_id: string;
  login: string;
  name: string;
  role: string;
  district_code: string | null;
  is_enabled: number;
  password_hash: string;
}

export interface SessionTable {
  session_hash: string;
  staff_id: string;
  created_at_ms: number;
  expires_at_ms: number;
}

export interface AuditTable {
  id: number;
  at_ms: number;
  staff_id: string | null;
  action: string;
  subject: string;
  detail: string;
  /** SHA-256 of the row before and this row, hex. */
  hash: string;
}

export interface RegistryTables {
  registry_meta: { name: string; value: string };
  districts: DistrictTable;
  homes: HomeTable;
  elders: ElderTable;
  contacts: ContactTable;
  gateways: GatewayTable;
  devices: DeviceTable;
  removed: RemovedTable;
  unfinished_areas: UnfinishedAreaTable;
  staff: StaffTable;
  sessions: SessionTable;
  audit: AuditTable;
}

export type Database = Kysely<RegistryTables>;
export type Tx = Transaction<RegistryTables>;
export type Row<T> = Selectable<T>;
