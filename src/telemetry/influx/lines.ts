// A reading as a line, through the client's Point, and back from fields. Measurement = kind; tags home, gateway,
// device; the field says the type of the value, so that a kind that changes its type never conflicts with itself.
// Time in ns = atMs with the offset modulo 1,000,000 behind it: the same reading is the same point, and two readings
// of one ms are two points (unless a million entries lie exactly between them).

import { Point } from '@influxdata/influxdb-client';
import { encodeName } from '../names.ts';
import type { ReadingValue, TelemetryReading } from '../telemetry-store.ts';

/** Every field there is. None has an underscore: VictoriaMetrics makes `measurement_field` of it. */
export const FIELDS = ['value', 'on', 'text', 'systolic', 'diastolic', 'latitude', 'longitude'] as const;
export type Field = (typeof FIELDS)[number];
export type FieldValues = Partial<Record<Field, number | string | null>>;

const OFFSETS_PER_MS = 1_000_000;
const AS_GIVEN = { convertTime: (time: string | number | Date | undefined) => String(time) };

export function lineOf(reading: TelemetryReading): string {
  const point = new Point(encodeName(reading.kind));
  tag(point, 'home', reading.homeId);
  tag(point, 'gateway', reading.gatewayId);
  tag(point, 'device', reading.deviceId);
  setFields(point, reading.value);
  const line = point.timestamp(nanosecondsOf(reading)).toLineProtocol(AS_GIVEN);
  if (line === undefined) throw new Error('a point without fields');
  return line;
}

function tag(point: Point, name: string, id: string): void {
  if (id !== '') point.tag(name, encodeName(id));
}

function setFields(point: Point, value: ReadingValue): void {
  if (typeof value === 'number') point.floatField('value', value);
  // An integer and not a boolean: InfluxQL has no mean of booleans.
  else if (typeof value === 'boolean') point.intField('on', value ? 1 : 0);
  else if (typeof value === 'string') point.stringField('text', value);
  else if ('systolic' in value) {
    point.floatField('systolic', value.systolic).floatField('diastolic', value.diastolic);
  } else point.floatField('latitude', value.latitude).floatField('longitude', value.longitude);
}

/** As text: a nanosecond count does not fit into a JavaScript number. */
export function nanosecondsOf({ atMs, offset }: Pick<TelemetryReading, 'atMs' | 'offset'>): string {
  return `${atMs}${String(offset % OFFSETS_PER_MS).padStart(6, '0')}`;
}

/** Null: not a point of ours, or (VictoriaMetrics) one whose text is lost. */
export function readingValueOf(fields: FieldValues): ReadingValue | null {
  const { value, on, text, systolic, diastolic, latitude, longitude } = fields;
  if (typeof value === 'number') return value;
  if (typeof on === 'number') return on !== 0;
  if (typeof text === 'string') return text;
  if (typeof systolic === 'number' && typeof diastolic === 'number') return { systolic, diastolic };
  if (typeof latitude === 'number' && typeof longitude === 'number') return { latitude, longitude };
  return null;
}
