// What the main thread and the telemetry thread say to each other. Calls are answered by id, in any order; status and
// events come by themselves. Errors travel as data, because a class does not survive the passage.

import type { ConfigurationBody } from './device-homes.ts';
import type { LiveReadings, Telemetry, TelemetryStatus } from './telemetry.ts';
import { TelemetryNotSupportedError, TelemetryUnavailableError } from './telemetry-store.ts';
import type { WriterEvent } from './writer.ts';

/** What can be asked across the threads. */
export const CALLS = [
  'range',
  'downsample',
  'last',
  'series',
  'activity',
  'erase',
  'refused',
  'shedTo',
  'close',
] as const;
export type Call = (typeof CALLS)[number];
export type Answers = { [C in Call]: Awaited<ReturnType<Telemetry[C]>> };
export type Arguments = { [C in Call]: Parameters<Telemetry[C]> };

export type ToThread =
  | { readonly type: 'call'; readonly id: number; readonly call: Call; readonly args: readonly unknown[] }
  | { readonly type: 'follow' | 'unfollow'; readonly homeId: string }
  /** A part of what was asked for by `seed-wanted`; null: that was all. */
  | { readonly type: 'seed'; readonly bodies: readonly ConfigurationBody[] | null };

export type FromThread =
  | { readonly type: 'answer'; readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly type: 'answer'; readonly id: number; readonly ok: false; readonly error: ThrownError }
  | { readonly type: 'status'; readonly status: TelemetryStatus }
  | { readonly type: 'event'; readonly event: WriterEvent }
  | ({ readonly type: 'live'; readonly homeId: string } & LiveReadings)
  | { readonly type: 'seed-wanted' };

export interface ThrownError {
  readonly name: string;
  readonly message: string;
  readonly retryAfterMs: number | null;
}

export function asThrown(error: unknown): ThrownError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), retryAfterMs: null };
  const retryAfterMs = error instanceof TelemetryUnavailableError ? error.retryAfterMs : null;
  return { name: error.name, message: error.message, retryAfterMs };
}

export function asError({ name, message, retryAfterMs }: ThrownError): Error {
  if (name === 'TelemetryUnavailableError') return new TelemetryUnavailableError(message, { retryAfterMs });
  if (name === 'TelemetryNotSupportedError') return new TelemetryNotSupportedError(message);
  return new Error(message);
}
