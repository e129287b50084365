// Port: where readings are kept to be looked at later (charts, raster, export). Filled behind the log by the telemetry
// writer; nothing on the alarm path reads or awaits it. Identity of a reading is (series, atMs, offset): writing it
// again changes nothing, two readings of one millisecond both stay, and of those the higher offset is the later one.
// Ids are opaque: names, addresses and fault codes never get here. Adapters: memory-store.ts, sqlite/, influx/.

import type { ObservationValue } from '#core/model/observation.ts';
import type { RetentionClass } from './retention.ts';

/** What one device of one home reports of one kind. */
export interface SeriesKey {
  /** Public id of the home; '' for a device that nobody registered. */
  readonly homeId: string;
  readonly gatewayId: string;
  readonly deviceId: string;
  readonly kind: string;
}

/** "Unknown" (null) is not a reading. */
export type ReadingValue = Exclude<ObservationValue, null>;

export interface TelemetryReading extends SeriesKey {
  /** When it was measured, whole ms UTC, from 0 up to `MAX_AT_MS`. */
  readonly atMs: number;
  /**
   * Offset of the log entry. Read back it only orders readings of one millisecond: InfluxDB keeps it modulo
   * 1,000,000, VictoriaMetrics not at all (0).
   */
  readonly offset: number;
  readonly value: ReadingValue;
}

/** A reading that this store will never take. The caller keeps it; the rest of its batch is stored. */
export interface RefusedReading {
  readonly reading: TelemetryReading;
  readonly reason: string;
}

export interface RangeQuery {
  readonly homeId: string;
  /** Null: all kinds. */
  readonly kinds: readonly string[] | null;
  /** Half-open: `fromMs` <= atMs < `toMs`. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly limit: number;
  /** `next` of the page before; null for the first. Opaque, valid for the same query and store only. */
  readonly after: string | null;
}

export interface RangePage {
  /** Ordered by time, offset, gateway, device, kind. */
  readonly readings: readonly TelemetryReading[];
  readonly next: string | null;
}

export interface DownsampleQuery {
  readonly homeId: string;
  readonly kinds: readonly string[] | null;
  readonly fromMs: number;
  readonly toMs: number;
  /** Width of a bucket; whole ms, at least 1. Buckets begin at multiples of it since 1970. */
  readonly stepMs: number;
}

/** Part of a value that a bucket is about: 'value' of a plain reading, else one half of a compound one. */
export type BucketPart = 'value' | 'systolic' | 'diastolic' | 'latitude' | 'longitude';

/** The readings of one series in one step. Buckets without readings are not listed. */
export interface Bucket extends SeriesKey {
  readonly part: BucketPart;
  /** Begin of the bucket; may lie before `fromMs`, of which it then holds only the rest. */
  readonly atMs: number;
  readonly count: number;
  /** ON counts as 1, OFF as 0; null when all were strings, which are only counted. */
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
  readonly last: number | null;
}

/** Days that each class of kinds is kept. A reading may stay up to one partition longer, never shorter. */
export type RetentionDays = Readonly<Record<RetentionClass, number>>;

export interface TelemetryStore {
  /** For the start-up lines and health: product, version, where, and what it cannot keep. */
  readonly description: string;
  /**
   * Resolves when everything not refused is stored for good. Rejects with `TelemetryUnavailableError`: then nothing is
   * known of the batch, and writing all of it again is right and harmless. One batch at a time per store.
   */
  write(batch: readonly TelemetryReading[]): Promise<readonly RefusedReading[]>;
  range(query: RangeQuery): Promise<RangePage>;
  /** Ordered by gateway, device, kind, part, time. */
  downsample(query: DownsampleQuery): Promise<readonly Bucket[]>;
  /** The newest reading of each series of the home, ordered as `series`. */
  last(homeId: string): Promise<readonly TelemetryReading[]>;
  /** Ordered by gateway, device, kind. */
  series(homeId: string): Promise<readonly SeriesKey[]>;
  /** Removes everything of the home, from the disk too as far as the store can. May be `NotSupported`. */
  eraseHome(homeId: string): Promise<void>;
  /** Drops what is older than its class allows. May be `NotSupported`: then the server's own setting decides. */
  retain(nowMs: number, days: RetentionDays): Promise<void>;
  close(): Promise<void>;
}

/** The store cannot be used now; the same call may succeed later. */
export class TelemetryUnavailableError extends Error {
  override readonly name = 'TelemetryUnavailableError';
  /** What the server asked for (Retry-After); null when it said nothing. */
  readonly retryAfterMs: number | null;

  constructor(
    message: string,
    options: { readonly retryAfterMs?: number | null; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.retryAfterMs = options.retryAfterMs ?? null;
  }
}

/** The store can never do this (InfluxDB 3 Core cannot delete rows, for one). The message says what to do instead. */
export class TelemetryNotSupportedError extends Error {
  override readonly name = 'TelemetryNotSupportedError';
  readonly code = 'not-supported';
}

/** The configuration names a store that is something else than it says: the service must not start with it. */
export class TelemetryConfigurationError extends Error {
  override readonly name = 'TelemetryConfigurationError';
}

/** 2100-01-01: within what every store can represent in nanoseconds (InfluxDB ends in 2262). */
export const MAX_AT_MS = 4_102_444_800_000;
