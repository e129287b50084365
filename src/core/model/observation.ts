// An observation: one decoded reading of one device. Codecs make it, the log keeps it, the core reads it.

import type { EmergencyKind } from './kinds.ts';

export type ObservationValue =
  | boolean
  | number
  | string
  | null
  | { readonly systolic: number; readonly diastolic: number }
  | { readonly latitude: number; readonly longitude: number };

/**
 * What a codec makes of one element of a frame. Knows the device only by the gateway's own name for it.
 * `value: null` means unknown, never "no" and never 0.
 */
export interface Observation {
  /** Device name as the gateway gives it; unique within the gateway. */
  readonly deviceId: string;
  /** A known kind (`kinds.ts`) or any other string, which is stored only. */
  readonly kind: string;
  readonly value: ObservationValue;
  /** True for a periodic level (telemetry); false for something that happened (event). */
  readonly isLevel: boolean;
  /** Device time in ms UTC; null when the device gave none. Not yet trusted. */
  readonly claimedAtMs: number | null;
  /** Identity given by the device, which makes resends harmless; null when it gave none. */
  readonly eventId: string | null;
  readonly seq: number | null;
  readonly batteryPct: number | null;
  /** The gateway kept it during an outage and sends it late. */
  readonly isBuffered: boolean;
  /** Sent by the replay tool; only a service on the recording clock takes it. */
  readonly isReplay: boolean;
}

/** The emergency an observation reports, or null. */
export function emergencyOf(kind: string, value: ObservationValue): EmergencyKind | null {
  if (kind === 'button') return value === 'sos' ? 'sos' : null;
  if (value !== true) return null;
  switch (kind) {
    case 'fall':
    case 'smoke':
    case 'gas':
    case 'co':
    case 'leak':
      return kind;
    default:
      return null;
  }
}
