// Readings folded into buckets, for stores that do it themselves. Within one series readings must come in order
// (time, then offset), so that the last one is the last; series may be mixed.

import { compareSeries } from './order.ts';
import type { Bucket, BucketPart, DownsampleQuery, ReadingValue, SeriesKey } from './telemetry-store.ts';

interface Open {
  readonly series: SeriesKey;
  readonly part: BucketPart;
  atMs: number;
  count: number;
  /** Of the numeric ones; a kind may send a word now and then. */
  numbers: number;
  sum: number;
  min: number;
  max: number;
  last: number;
}

/** The open bucket of each part of one series. */
type Parts = Map<BucketPart, Open>;

const PART_ORDER: readonly BucketPart[] = ['value', 'systolic', 'diastolic', 'latitude', 'longitude'];

export class Bucketing {
  readonly #query: DownsampleQuery;
  readonly #open = new Map<string, Parts>();
  readonly #done: Bucket[] = [];
  #series: SeriesKey | null = null;
  #parts: Parts = new Map();

  constructor(query: DownsampleQuery) {
    if (!Number.isSafeInteger(query.stepMs) || query.stepMs < 1) {
      throw new RangeError('stepMs must be whole and positive');
    }
    this.#query = query;
  }

  /** Ignores what the query does not ask for. Cheapest when the same `series` object comes many times in a row. */
  add(series: SeriesKey, atMs: number, value: ReadingValue): void {
    const { kinds, fromMs, toMs, stepMs } = this.#query;
    if (atMs < fromMs || atMs >= toMs) return;
    if (kinds !== null && !kinds.includes(series.kind)) return;
    if (series !== this.#series) this.#turnTo(series);
    const startMs = bucketStart(atMs, stepMs);
    if (typeof value === 'number') this.#count('value', startMs, value);
    else if (typeof value === 'boolean') this.#count('value', startMs, value ? 1 : 0);
    else if (typeof value === 'string') this.#count('value', startMs, null);
    else if ('systolic' in value) {
      this.#count('systolic', startMs, value.systolic);
      this.#count('diastolic', startMs, value.diastolic);
    } else {
      this.#count('latitude', startMs, value.latitude);
      this.#count('longitude', startMs, value.longitude);
    }
  }

  finish(): readonly Bucket[] {
    for (const parts of this.#open.values()) {
      for (const open of parts.values()) this.#done.push(closed(open, this.#query.homeId));
    }
    this.#open.clear();
    this.#series = null;
    return this.#done.sort(compareBuckets);
  }

  #turnTo(series: SeriesKey): void {
    const key = JSON.stringify([series.gatewayId, series.deviceId, series.kind]);
    const parts = this.#open.get(key) ?? new Map<BucketPart, Open>();
    this.#open.set(key, parts);
    this.#series = series;
    this.#parts = parts;
  }

  #count(part: BucketPart, atMs: number, number: number | null): void {
    let open = this.#parts.get(part);
    if (open === undefined || open.atMs !== atMs) {
      if (open !== undefined) this.#done.push(closed(open, this.#query.homeId));
      open = {
        series: this.#series!,
        part,
        atMs,
        count: 0,
        numbers: 0,
        sum: 0,
        min: Infinity,
        max: -Infinity,
        last: 0,
      };
      this.#parts.set(part, open);
    }
    open.count++;
    if (number === null) return;
    open.numbers++;
    open.sum += number;
    if (number < open.min) open.min = number;
    if (number > open.max) open.max = number;
    open.last = number;
  }
}

export function bucketStart(atMs: number, stepMs: number): number {
  return atMs - (atMs % stepMs);
}

export function compareBuckets(a: Bucket, b: Bucket): number {
  return compareSeries(a, b) || PART_ORDER.indexOf(a.part) - PART_ORDER.indexOf(b.part) || a.atMs - b.atMs;
}

function closed({ series, part, atMs, count, numbers, sum, min, max, last }: Open, homeId: string): Bucket {
  const { gatewayId, deviceId, kind } = series;
  const key = { homeId, gatewayId, deviceId, kind, part, atMs, count };
  if (numbers === 0) return { ...key, min: null, max: null, mean: null, last: null };
  return { ...key, min, max, mean: sum / numbers, last };
}
