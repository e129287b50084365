// Port: who and what we watch. Districts, homes, elders, contacts, gateways, devices, staff, sessions, audit.
// Personal data lives here and nowhere else; the core sees only `HomeConfiguration` and `GatewayConfiguration`.
// Adapter: sqlite/ (node:sqlite through Kysely; the queries also run on PostgreSQL).

import type {
  GatewayConfiguration,
  HomeConfiguration,
  RuleSettings,
  SupervisionClass,
  Zone,
} from '#core/model/home.ts';

/** Administrative area. The code has 12 digits (2+2+2+3+3); a parent's significant digits are a prefix. */
export interface District {
  readonly code: string;
  readonly name: string;
  readonly level: 'province' | 'city' | 'county' | 'town' | 'community';
  /** Null for a province. Always derivable: the code with its last significant group zeroed. */
  readonly parentCode: string | null;
  /** Name of the pack of rule settings for its homes (core/rules/profiles.ts); null: as the district above. */
  readonly profile: string | null;
  /** Over the profile and the districts above, under the home's own. */
  readonly rules: RuleSettings;
}

export interface HomeRecord {
  readonly homeId: string;
  readonly home: number;
  readonly districtCode: string;
  readonly status: 'ACTIVE' | 'SUSPENDED' | 'ENDED';
  readonly livingType: 'SOLITARY' | 'EMPTY_NEST' | 'WITH_FAMILY';
  readonly timezone: string;
  readonly address: {
    readonly grid: string | null;
    readonly street: string;
    readonly building: string | null;
    readonly unit: string | null;
    readonly room: string | null;
  };
  readonly access: {
    readonly keySafe: string | null;
    readonly doorCode: string | null;
    readonly keyholder: string | null;
  };
  readonly rules: RuleSettings;
  readonly revision: number;
}

export interface ElderRecord {
  readonly elderId: string;
  readonly homeId: string;
  readonly name: string;
  readonly sex: 'F' | 'M' | 'X';
  readonly birthYear: number;
  /** GB/T 42195-2022: 0 intact … 4 total. */
  readonly abilityLevel: 0 | 1 | 2 | 3 | 4;
  readonly phone: string | null;
  readonly languages: readonly string[];
  readonly risks: readonly string[];
  readonly conditions: readonly string[];
  readonly allergies: readonly string[];
  readonly consentAtMs: number | null;
}

export interface ContactRecord {
  readonly contactId: string;
  readonly homeId: string;
  /** Calling order, 1 first. */
  readonly order: number;
  readonly name: string;
  readonly relation: string;
  readonly phone: string;
  /** Free words, e.g. "weekdays 09–17". */
  readonly availability: string | null;
  readonly canVisit: boolean;
}

export interface GatewayRecord {
  readonly gatewayId: string;
  readonly gateway: number;
  readonly districtCode: string;
  readonly homeId: string | null;
  readonly format: string;
  readonly supervision: SupervisionClass;
  readonly model: string | null;
  readonly isEnabled: boolean;
  readonly revision: number;
}

export interface DeviceRecord {
  readonly gatewayId: string;
  readonly deviceId: string;
  readonly device: number;
  readonly homeId: string;
  readonly kind: string;
  readonly room: string;
  readonly zone: Zone;
  readonly supervision: SupervisionClass;
  readonly model: string | null;
}

export const ROLES = ['operator', 'supervisor', 'integrator', 'administrator'] as const;
export type Role = (typeof ROLES)[number];

export interface StaffRecord {
  readonly staffId: string;
  readonly login: string;
  readonly name: string;
  readonly role: Role;
  /** Sees this district and all below; null: everything. */
  readonly districtCode: string | null;
  readonly isEnabled: boolean;
}

export interface Session {
  readonly staff: StaffRecord;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
}

export interface AuditRow {
  readonly id: number;
  readonly atMs: number;
  readonly staffId: string | null;
  readonly action: string;
  readonly subject: string;
  readonly detail: string;
}

/**
 * `scope`: a district code whose area limits the answer; null: no limit. `after`: `next` of the page before, opaque.
 * `limit`: at least 1; more than 200 gives 200. Lists are in the order of districts, homes, ids; the contacts of a
 * home in calling order, staff by id, the audit trail newest first.
 */
export interface Page {
  readonly scope: string | null;
  readonly after: string | null;
  readonly limit: number;
}
export interface Listing<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/** `conflict`: the id or calling order is taken; `missing-parent`: names a record that does not exist;
 * `in-use`: something still depends on it. Thrown as `RegistryError`. */
export type RegistryProblem = 'conflict' | 'missing-parent' | 'in-use' | 'not-found' | 'invalid';

export class RegistryError extends Error {
  readonly problem: RegistryProblem;
  constructor(problem: RegistryProblem, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RegistryError';
    this.problem = problem;
  }
}

/** More log-ins are waiting for their password check than are answered in a few seconds; try again. */
export class TooManyLoginsError extends Error {
  readonly code = 'too-many-logins';
  constructor() {
    super('too many log-ins at once, try again in a few seconds');
    this.name = 'TooManyLoginsError';
  }
}

export type NewDistrict = Omit<District, 'parentCode' | 'profile' | 'rules'> &
  Partial<Pick<District, 'profile' | 'rules'>>;
export type NewHome = Omit<HomeRecord, 'home' | 'homeId' | 'revision'> & { readonly homeId?: string };
export type NewElder = Omit<ElderRecord, 'elderId'>;
export type NewContact = Omit<ContactRecord, 'contactId'>;
export type NewGateway = Omit<GatewayRecord, 'gateway' | 'gatewayId' | 'revision'> & {
  readonly gatewayId?: string;
};
export type NewDevice = Omit<DeviceRecord, 'device'>;
export type NewStaff = Omit<StaffRecord, 'staffId'> & { readonly password: string };

export interface Collection<T, New, Change, Filter> {
  list(page: Page, filter: Filter): Promise<Listing<T>>;
  get(id: string): Promise<T | null>;
  create(record: New): Promise<T>;
  /** @throws RegistryError not-found */
  update(id: string, change: Change): Promise<T>;
  /** @throws RegistryError not-found, in-use */
  remove(id: string): Promise<void>;
}

/** One gateway as the ingest sees it: from memory, no waiting, at every connect and every frame. */
export interface GatewayEntry {
  readonly gateway: number;
  readonly gatewayId: string;
  readonly districtCode: string;
  readonly home: number | null;
  readonly format: string;
  readonly isEnabled: boolean;
  /** Valid secrets, HMAC-SHA-256 with the server key; two during a rotation. */
  readonly secretHashes: readonly Uint8Array[];
  /** Device numbers by the gateway's own device names. */
  readonly devices: ReadonlyMap<string, number>;
}

/** Of a gateway, what tells its secrets. */
export type SecretHolder = Pick<GatewayEntry, 'gatewayId' | 'secretHashes'>;

export interface GatewayDirectory {
  gateway(gatewayId: string): GatewayEntry | undefined;
  /** True when `secret` is one of the gateway's; constant time. */
  verifySecret(entry: SecretHolder, secret: Uint8Array): boolean;
  /** Called after a gateway was changed, disabled or its secret replaced, so that live sessions follow. */
  onChange(listener: (gatewayId: string) => void): void;
}

/** What the desk shows of a home beside an alert; names masked (张*). From memory, no waiting. */
export interface HomeLabel {
  readonly homeId: string;
  readonly districtCode: string;
  readonly districtName: string;
  readonly maskedElderName: string | null;
  readonly age: number | null;
  readonly maskedAddress: string;
}

export type ConfigurationChange =
  | { readonly type: 'home'; readonly configuration: HomeConfiguration }
  | { readonly type: 'gateway'; readonly configuration: GatewayConfiguration };

/** Which revision of a home or gateway is the newest. */
export interface Revision {
  readonly type: ConfigurationChange['type'];
  readonly number: number;
  readonly revision: number;
}

export interface Registry {
  readonly districts: Collection<
    District,
    NewDistrict,
    /** Resolves when every home of the area is told; of a province that takes minutes. */
    Partial<Pick<District, 'name' | 'profile' | 'rules'>>,
    { readonly parentCode?: string }
  >;
  readonly homes: Collection<HomeRecord, NewHome, Partial<NewHome>, { readonly districtCode?: string }>;
  readonly elders: Collection<ElderRecord, NewElder, Partial<NewElder>, { readonly homeId?: string }>;
  readonly contacts: Collection<ContactRecord, NewContact, Partial<NewContact>, { readonly homeId?: string }>;
  readonly gateways: Collection<GatewayRecord, NewGateway, Partial<NewGateway>, { readonly homeId?: string }>;
  /** Id is `gatewayId/deviceId`. */
  readonly devices: Collection<
    DeviceRecord,
    NewDevice,
    Partial<NewDevice>,
    { readonly homeId?: string; readonly gatewayId?: string }
  >;
  readonly staff: Collection<StaffRecord, NewStaff, Partial<NewStaff>, Record<string, never>>;
  readonly directory: GatewayDirectory;

  /** Make a new secret (≥ 128 bits, shown once); the one before stays valid until `retireOldSecret`. */
  issueGatewaySecret(gatewayId: string): Promise<string>;
  retireOldSecret(gatewayId: string): Promise<void>;

  homeLabel(homeId: string): HomeLabel | null;
  /** District code → name, from memory. */
  districtName(code: string): string | null;

  /**
   * Everything the core must know, in the order it must be told (gateways before homes is not needed): first
   * what was removed, then gateways, then homes. A change during the walk may come by the listener before an
   * older revision of the same number comes from here: take only higher revisions.
   * @param isKnown asked for every record in turn; what it knows is neither told nor, for homes, read in full.
   * Default: nothing is known.
   */
  configurations(isKnown?: (record: Revision) => boolean): AsyncIterable<ConfigurationChange>;
  /**
   * Awaited by every change before it resolves, so that the core knows what the API has promised. Called
   * synchronously, in the order of the commits: a listener that takes its place in the log before its first
   * `await` keeps that order. Suspended and ended homes come as `isWatched: false` with their devices, so that an SOS
   * from there still rings with its address; removed ones without.
   */
  onConfigurationChange(listener: (change: ConfigurationChange) => Promise<void>): void;

  /** Staff by login and password (argon2id, constant time, at most 2 at once); null when wrong or disabled. */
  authenticateStaff(login: string, password: string): Promise<StaffRecord | null>;
  /** Returns the session id for the cookie (256 bits); only its hash is stored. */
  openSession(staffId: string, ttlMs: number): Promise<string>;
  /** Null when unknown, expired, or the staff member is disabled. */
  session(sessionId: string): Promise<Session | null>;
  closeSession(sessionId: string): Promise<void>;
  /** The administrator of a new registry, with a random password unless one is given; null when there is staff. */
  createFirstAdministrator(
    password?: string,
  ): Promise<{ readonly login: string; readonly password: string } | null>;

  audit(row: Omit<AuditRow, 'id' | 'atMs'>): Promise<void>;
  auditTrail(
    page: Page,
    filter: { readonly subject?: string; readonly staffId?: string },
  ): Promise<Listing<AuditRow>>;

  close(): Promise<void>;
}

/** True when `code` lies in the area of `scope` (same district or below). `null` scope is everything. */
export function isInScope(scope: string | null, code: string): boolean {
  return scope === null || code.startsWith(significantPrefix(scope));
}

/** The digits that all districts below share: `330106000000` → `330106`. */
export function significantPrefix(code: string): string {
  for (const end of [2, 4, 6, 9]) {
    if (/^0*$/.test(code.slice(end))) return code.slice(0, end);
  }
  return code;
}
