// How long which kind of reading is kept: each kind belongs to one class, each class has its days. Storing personal
// data no longer than its purpose needs is the law (PIPL Art. 19); the days are the operator's to set.

import { isKnownKind, type Kind } from '#core/model/kinds.ts';

export const RETENTION_CLASSES = [
  'emergency',
  'activity',
  'vital',
  'environment',
  'device',
  'place',
  'other',
] as const;
export type RetentionClass = (typeof RETENTION_CLASSES)[number];

const CLASS_OF_KIND: Readonly<Record<Kind, RetentionClass>> = {
  button: 'emergency',
  fall: 'emergency',
  smoke: 'emergency',
  gas: 'emergency',
  co: 'emergency',
  leak: 'emergency',
  motion: 'activity',
  flush: 'activity',
  float: 'activity',
  appliance: 'activity',
  light: 'activity',
  contact: 'activity',
  occupancy: 'activity',
  bed: 'activity',
  seat: 'activity',
  water_liters: 'environment',
  power_w: 'environment',
  temperature_c: 'environment',
  humidity_pct: 'environment',
  heart_rate_bpm: 'vital',
  spo2_pct: 'vital',
  respiration_bpm: 'vital',
  blood_pressure_mmhg: 'vital',
  steps: 'vital',
  location: 'place',
  battery_pct: 'device',
  signal_dbm: 'device',
  tamper: 'device',
  mains: 'device',
  online: 'device',
};

/** A kind outside the native format is kept as 'other'. */
export function retentionClassOf(kind: string): RetentionClass {
  return isKnownKind(kind) ? CLASS_OF_KIND[kind] : 'other';
}
