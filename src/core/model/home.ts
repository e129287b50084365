// What the rules read about homes, devices and gateways. It reaches the core only as log entries, so that a
// replay of the log sees the roster of its time. No names, addresses or telephone numbers: the core needs none.

/**
 * How soon the silence of a device or gateway is a fault. The levels of SOS Access v4 (SOS Alarm, Sweden):
 * 90 s, 180 s, 5 h, 25 h. `none`: not supervised.
 */
export const SUPERVISION_WINDOWS_MS = {
  '90s': 90_000,
  '180s': 180_000,
  '5h': 5 * 3_600_000,
  '25h': 25 * 3_600_000,
  none: Number.POSITIVE_INFINITY,
} as const;
export type SupervisionClass = keyof typeof SUPERVISION_WINDOWS_MS;
export const SUPERVISION_CLASSES = ['90s', '180s', '5h', '25h', 'none'] as const;

/** Where a device is, as far as rules care. `entry` on a contact is the door to the outside. */
export const ZONES = ['entry', 'bathroom', 'bedroom', 'kitchen', 'other'] as const;
export type Zone = (typeof ZONES)[number];

export interface DeviceConfiguration {
  /** Dense number given by the registry, never reused. */
  readonly device: number;
  readonly deviceId: string;
  readonly gateway: number;
  /** What it senses: `motion`, `contact`, `button`, … (the main kind it reports). */
  readonly kind: string;
  readonly room: string;
  readonly zone: Zone;
  readonly supervision: SupervisionClass;
}

/** Parameters of rules by rule id; anything not named keeps the rule's default. */
export type RuleSettings = Readonly<Record<string, Readonly<Record<string, number | boolean | string>>>>;

export interface HomeConfiguration {
  /** Dense number given by the registry, never reused. */
  readonly home: number;
  /** Public id, used in alert ids and the API. */
  readonly homeId: string;
  /** Grows with every change in the registry. */
  readonly revision: number;
  /** 12-digit code of the district. */
  readonly districtCode: string;
  /** IANA zone, for day and night. */
  readonly timezone: string;
  /** Multiplies learned and fixed inactivity thresholds: 0.75 frail … 1.25 fit (domain reference, R-table). */
  readonly riskFactor: number;
  readonly residents: number;
  readonly rules: RuleSettings;
  readonly devices: readonly DeviceConfiguration[];
  /** False: no longer watched; open alerts stay with staff, no new ones are raised. */
  readonly isWatched: boolean;
}

export interface GatewayConfiguration {
  /** Dense number given by the registry, never reused. */
  readonly gateway: number;
  readonly gatewayId: string;
  readonly revision: number;
  readonly districtCode: string;
  /** The home it stands in, when it serves one home; null for a concentrator of many. */
  readonly home: number | null;
  readonly supervision: SupervisionClass;
  readonly isWatched: boolean;
}
