// Values of the native format by kind: which JSON type each takes and what a plausible number is.
// Wrong type → refused, the integrator must hear of it. Right type but impossible → null, unknown: a strap off the
// skin that reports 0 must neither be a heart that stopped nor cost us the rest of the reading. Never 0, never "no".

import { BUTTON_PRESSES, COMPOUND_KINDS, isKnownKind, type Kind, NUMERIC_KINDS } from '#core/model/kinds.ts';
import type { ObservationValue } from '#core/model/observation.ts';
import { cleanText } from './text.ts';

interface Range {
  readonly min: number;
  readonly max: number;
}

/** Wider than what can be true in a home, narrow enough to catch codes for "no reading". */
export const NUMERIC_RANGES: Readonly<Record<(typeof NUMERIC_KINDS)[number], Range>> = {
  /** Increment or an 8-digit meter in litres. */
  water_liters: { min: 0, max: 99_999_999 },
  /** Three phases of 63 A are 43 kW; negative is feed-in of a solar roof. */
  power_w: { min: -100_000, max: 100_000 },
  /** What the common digital sensors can measure; −127 and 999 are their codes for a broken wire. */
  temperature_c: { min: -55, max: 125 },
  humidity_pct: { min: 0, max: 100 },
  /** 0 and 255 mean "no contact" on wrist bands and straps. */
  heart_rate_bpm: { min: 20, max: 250 },
  /** 0 and 127 mean "no finger"; oximeters are not calibrated below 70, but a low value must still be seen. */
  spo2_pct: { min: 30, max: 100 },
  /** 0 is what a radar reports for an empty room. */
  respiration_bpm: { min: 1, max: 100 },
  steps: { min: 0, max: 1_000_000 },
  /** 255 is "unknown" in Zigbee and LoRaWAN. */
  battery_pct: { min: 0, max: 100 },
  /** LoRa hears down to −148 dBm; no transmitter in a home reaches +30 dBm at the receiver. */
  signal_dbm: { min: -150, max: 30 },
};

const SYSTOLIC: Range = { min: 40, max: 300 };
const DIASTOLIC: Range = { min: 20, max: 200 };
const LATITUDE: Range = { min: -90, max: 90 };
const LONGITUDE: Range = { min: -180, max: 180 };

/** Longest text or JSON kept of a kind that we do not know, characters. */
const UNKNOWN_TEXT_MAX = 1024;

export type Read =
  | { readonly ok: true; readonly value: ObservationValue }
  | { readonly ok: false; readonly expected: string };

const UNKNOWN: Read = { ok: true, value: null };

type Shape = 'switch' | 'press' | 'number' | 'pressure' | 'place';

const NUMERIC: ReadonlySet<string> = new Set(NUMERIC_KINDS);
const COMPOUND: ReadonlySet<string> = new Set(COMPOUND_KINDS);
const PRESSES: ReadonlySet<string> = new Set(BUTTON_PRESSES);

function shapeOf(kind: Kind): Shape {
  if (kind === 'button') return 'press';
  if (NUMERIC.has(kind)) return 'number';
  if (!COMPOUND.has(kind)) return 'switch';
  return kind === 'location' ? 'place' : 'pressure';
}

/** The value of `kind` as found in JSON. A missing or null value is unknown. */
export function readValue(kind: string, value: unknown): Read {
  if (value === null || value === undefined) return UNKNOWN;
  if (!isKnownKind(kind)) return { ok: true, value: readAnything(value) };
  switch (shapeOf(kind)) {
    case 'switch':
      return readSwitch(value);
    case 'press':
      return readPress(value);
    case 'number':
      return readNumber(value, NUMERIC_RANGES[kind as (typeof NUMERIC_KINDS)[number]]);
    case 'pressure':
      return readPressure(value);
    case 'place':
      return readPlace(value);
  }
}

// 1 and 0 are what `%d` makes of a flag in C firmware. Words are refused: each vendor means another polarity by them.
function readSwitch(value: unknown): Read {
  if (typeof value === 'boolean') return { ok: true, value };
  if (value === 1 || value === 0) return { ok: true, value: value === 1 };
  return typeof value === 'number' ? UNKNOWN : { ok: false, expected: 'true or false' };
}

function readPress(value: unknown): Read {
  if (typeof value !== 'string') return { ok: false, expected: BUTTON_PRESSES.join(', ') };
  const press = value.trim().toLowerCase();
  return PRESSES.has(press) ? { ok: true, value: press } : UNKNOWN;
}

function readNumber(value: unknown, range: Range): Read {
  if (typeof value !== 'number') return { ok: false, expected: 'a number' };
  return { ok: true, value: within(value, range) };
}

/** The number, or null when it is outside or no number at all. */
export function within(value: number, { min, max }: Range): number | null {
  // `+ 0` makes −0 plain 0, which JSON would do at the next hop anyway.
  return value >= min && value <= max ? value + 0 : null;
}

function readPressure(value: unknown): Read {
  const pair = readPair(value, 'systolic', 'diastolic');
  if (pair === null) return { ok: false, expected: '{"systolic", "diastolic"}' };
  const systolic = within(pair[0], SYSTOLIC);
  const diastolic = within(pair[1], DIASTOLIC);
  if (systolic === null || diastolic === null || systolic <= diastolic) return UNKNOWN;
  return { ok: true, value: { systolic, diastolic } };
}

function readPlace(value: unknown): Read {
  const pair = readPair(value, 'latitude', 'longitude');
  if (pair === null) return { ok: false, expected: '{"latitude", "longitude"}' };
  const latitude = within(pair[0], LATITUDE);
  const longitude = within(pair[1], LONGITUDE);
  // Exactly 0, 0 is a receiver without a fix, not a boat in the Gulf of Guinea.
  if (latitude === null || longitude === null || (latitude === 0 && longitude === 0)) return UNKNOWN;
  return { ok: true, value: { latitude, longitude } };
}

function readPair(value: unknown, first: string, second: string): readonly [number, number] | null {
  if (typeof value !== 'object' || value === null) return null;
  const fields = value as Readonly<Record<string, unknown>>;
  const a = fields[first];
  const b = fields[second];
  return typeof a === 'number' && typeof b === 'number' ? [a, b] : null;
}

/** Of a kind that nobody knows: plain values as they are, anything else as JSON text, for the inspector. */
function readAnything(value: unknown): ObservationValue {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : null;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return cleanText(text).slice(0, UNKNOWN_TEXT_MAX);
}
