// Port: telemetry as the rest of the service sees it: readings to look at, what is known of the writer, erasure, and
// the cursor behind which the log may be trimmed. Implemented in-process by service.ts and, over a thread, by
// remote.ts. Answers come from the store; they reject with `TelemetryUnavailableError` while it cannot be reached.

import type { Span } from './encode.ts';
import type { Counts, KeptRefusedReading } from './progress.ts';
import type {
  Bucket,
  DownsampleQuery,
  RangePage,
  RangeQuery,
  SeriesKey,
  TelemetryReading,
} from './telemetry-store.ts';

export interface TelemetryStatus {
  /** Null until the store has answered once. */
  readonly store: string | null;
  readonly isReachable: boolean;
  /** What is wrong, one line; null when nothing is. */
  readonly problem: string | null;
  readonly cursor: number;
  /** Everything received until then is in the store. */
  readonly writtenUntilMs: number;
  readonly behindEntries: number;
  /** Age of the oldest entry that is not in the store, against the newest one. */
  readonly behindMs: number;
  readonly counts: Counts;
  readonly pendingErasures: number;
}

export interface ActivityQuery extends Span {
  readonly homeId: string;
  readonly stepMs: number;
}

/** What a home did, by device and step; rooms are the registry's knowledge and put to it elsewhere. */
export interface HomeActivity {
  readonly devices: readonly DeviceActivity[];
  /** When each gateway was offline, as far as it or its session said so. */
  readonly gatewaysOffline: readonly { readonly gatewayId: string; readonly spans: readonly Span[] }[];
  /** When each device was lost, as far as its gateway said so. */
  readonly devicesLost: readonly DeviceSpans[];
  /** Who never spoke is not in it. */
  readonly devicesHeard: readonly DeviceHeard[];
  /** The service itself did not watch. */
  readonly outages: readonly Span[];
  /** Recorded, but shed before it was stored. */
  readonly gaps: readonly Span[];
  readonly writtenUntilMs: number;
}

export interface DeviceActivity {
  readonly gatewayId: string;
  readonly deviceId: string;
  /** Signs of life per step. */
  readonly counts: readonly number[];
}

export interface DeviceSpans {
  readonly gatewayId: string;
  readonly deviceId: string;
  readonly spans: readonly Span[];
}

/** `spans`: when it spoke, a little wider than true, from two days before the span on. */
export interface DeviceHeard extends DeviceSpans {
  /** Nothing is kept of it from before; 0: it was known before the span. */
  readonly firstAtMs: number;
}

/** `pending`: nobody sees it any more, the store is erased when it can be reached. */
export type ErasureResult = 'erased' | 'pending' | 'hidden';

/** `skipped`: readings that were too many to pass on. */
export interface LiveReadings {
  readonly readings: readonly TelemetryReading[];
  readonly skipped: boolean;
}

export interface Telemetry {
  status(): TelemetryStatus;
  range(query: RangeQuery): Promise<RangePage>;
  downsample(query: DownsampleQuery): Promise<readonly Bucket[]>;
  last(homeId: string): Promise<readonly TelemetryReading[]>;
  series(homeId: string): Promise<readonly SeriesKey[]>;
  activity(query: ActivityQuery): Promise<HomeActivity>;
  /** Resolves when that is decided and durable; it is then gone from every answer. */
  erase(homeId: string): Promise<ErasureResult>;
  /** Newest first. */
  refused(query: {
    readonly beforeId: number | null;
    readonly limit: number;
  }): Promise<readonly KeptRefusedReading[]>;
  /** New readings of a home as they come, whether the store takes them or not. Answers how to stop. */
  follow(homeId: string, listener: (live: LiveReadings) => void): () => void;
  /** The log may be trimmed up to here. */
  cursor(): number;
  /** The disk is needed: give up what is not stored, up to `offset` at most. Answers the cursor then. */
  shedTo(offset: number): Promise<number>;
  close(): Promise<void>;
}
