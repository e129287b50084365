// What a device can report (native format version 1, docs/native-format.md) and what each kind means to the core.
// A kind outside this table is stored and shown in the inspector; it is never fatal and never an alarm.

/** Emergencies a device reports by itself: raised at once, latched, never suppressed (rule R1). */
export const EMERGENCY_KINDS = ['sos', 'fall', 'smoke', 'gas', 'co', 'leak'] as const;
export type EmergencyKind = (typeof EMERGENCY_KINDS)[number];

/** ON/OFF kinds of which the ON edge is caused by a person. */
const MOMENTARY_KINDS = ['motion', 'flush', 'float', 'appliance', 'light'] as const;

/** ON/OFF kinds of which both edges are caused by a person; a mat that stays ON is presence. */
const TWO_EDGE_KINDS = ['contact', 'occupancy', 'bed', 'seat'] as const;

/** Kinds whose reports are signs of life. */
export const ACTIVITY_KINDS = [...MOMENTARY_KINDS, ...TWO_EDGE_KINDS] as const;

/** Which edges of a kind are caused by a person. */
export const EDGES = { none: 0, on: 1, both: 2 } as const;
export type Edges = (typeof EDGES)[keyof typeof EDGES];

const EDGES_OF: ReadonlyMap<string, Edges> = new Map<string, Edges>([
  ...MOMENTARY_KINDS.map((kind) => [kind, EDGES.on] as const),
  ...TWO_EDGE_KINDS.map((kind) => [kind, EDGES.both] as const),
]);

export function edgesOf(kind: string): Edges {
  return EDGES_OF.get(kind) ?? EDGES.none;
}

/** Numeric kinds; the unit is the end of the name. */
export const NUMERIC_KINDS = [
  'water_liters',
  'power_w',
  'temperature_c',
  'humidity_pct',
  'heart_rate_bpm',
  'spo2_pct',
  'respiration_bpm',
  'steps',
  'battery_pct',
  'signal_dbm',
] as const;

/** Value is `{ systolic, diastolic }` in mmHg, and `{ latitude, longitude }` in degrees (WGS 84). */
export const COMPOUND_KINDS = ['blood_pressure_mmhg', 'location'] as const;

/** State of the device itself. */
export const DEVICE_STATE_KINDS = ['tamper', 'mains', 'online'] as const;

export const KINDS = [
  'button',
  ...(['fall', 'smoke', 'gas', 'co', 'leak'] as const),
  ...ACTIVITY_KINDS,
  ...NUMERIC_KINDS,
  ...COMPOUND_KINDS,
  ...DEVICE_STATE_KINDS,
] as const;
export type Kind = (typeof KINDS)[number];

/** `value` of a `button`. `test`: the periodic test call of the button, which rings nowhere (rule R14). */
export const BUTTON_PRESSES = ['sos', 'checkin', 'cancel', 'test'] as const;

/**
 * Did somebody press a button? Its test call may come from the button itself, every night: it says nothing of the
 * resident.
 */
export function isPress(kind: string, value: unknown): boolean {
  return kind === 'button' && typeof value === 'string' && value !== 'test';
}

const KNOWN: ReadonlySet<string> = new Set(KINDS);

export function isKnownKind(kind: string): kind is Kind {
  return KNOWN.has(kind);
}
