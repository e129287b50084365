// Aggregates of one field as a server answers them, made into buckets. A kind whose readings changed their type within
// one bucket has several fields there: they are one part ('value') of one bucket.

import { compareBuckets } from '../buckets.ts';
import type { Bucket, BucketPart, SeriesKey } from '../telemetry-store.ts';
import type { Field } from './lines.ts';

export interface Aggregates extends Omit<SeriesKey, 'homeId'> {
  readonly field: Field;
  readonly atMs: number;
  readonly count: number;
  /** Without meaning for 'text', which is only counted. */
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly last: number;
}

export function bucketsOf(homeId: string, aggregates: readonly Aggregates[]): readonly Bucket[] {
  const buckets = new Map<string, Bucket>();
  for (const aggregate of aggregates) {
    const bucket = bucketOf(homeId, aggregate);
    const key = JSON.stringify([bucket.gatewayId, bucket.deviceId, bucket.kind, bucket.part, bucket.atMs]);
    const known = buckets.get(key);
    buckets.set(key, known === undefined ? bucket : merged(known, bucket));
  }
  return [...buckets.values()].sort(compareBuckets);
}

function bucketOf(homeId: string, aggregate: Aggregates): Bucket {
  const { gatewayId, deviceId, kind, field, atMs, count, min, max, mean, last } = aggregate;
  const key = { homeId, gatewayId, deviceId, kind, part: partOf(field), atMs, count };
  if (field === 'text') return { ...key, min: null, max: null, mean: null, last: null };
  return { ...key, min, max, mean, last };
}

function partOf(field: Field): BucketPart {
  return field === 'on' || field === 'text' ? 'value' : field;
}

/** Which of two fields had the last word is not known; a number is taken before ON/OFF, both before text. */
function merged(a: Bucket, b: Bucket): Bucket {
  const count = a.count + b.count;
  if (a.min === null || b.min === null) return { ...(a.min === null ? b : a), count };
  return {
    ...a,
    count,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max!, b.max!),
    mean: (a.mean! * a.count + b.mean! * b.count) / count,
  };
}
