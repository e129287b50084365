// May this observation go to the log, under which device, at which time, and how do we know it again when it is sent
// twice? Pure. The rules lean to the alarm: an emergency of a device that nobody registered is taken, and what might
// be a new press is never held for a resend.

import type { ObservationBody } from '#core/model/entry.ts';
import { emergencyOf, type Observation } from '#core/model/observation.ts';
import type { EventIdentity } from '#journal/journal.ts';
import type { GatewayEntry } from '#registry/registry.ts';
import type { Reading } from '#runtime/runtime.ts';
import type { Refusal } from './refusals.ts';

/** 60 s: more than NTP drift and radio delay together, less than what would upset a rule. */
export const FUTURE_TOLERANCE_MS = 60_000;
/** Before 2020 no gateway of this format existed; clocks that lost their battery stand at 1970, 2000 or 2010. */
export const TRUSTED_SINCE_MS = Date.UTC(2020, 0, 1);
/**
 * 15 min: a sequence number without a time means a resend only this long. It covers reconnects with back-off; later
 * the gateway may have rebooted and count from 1 again, and its new press must ring.
 */
export const WEAK_IDENTITY_MS = 15 * 60_000;

/** Live: real homes, wall clock. Recording: a recorded home is replayed and the clock follows it. */
export type ClockKind = 'live' | 'recording';

export interface Admission {
  readonly gateway: GatewayEntry;
  readonly clockKind: ClockKind;
  readonly nowMs: number;
  /** The gateway's clock is known to be behind by so much; its times are read as that much later. */
  readonly behindMs?: number;
}

export type Admitted =
  | { readonly ok: true; readonly reading: Reading & { readonly body: ObservationBody } }
  | { readonly ok: false; readonly reason: Refusal; readonly detail: string };

export function admit(
  observation: Observation,
  { gateway, clockKind, nowMs, behindMs = 0 }: Admission,
): Admitted {
  const misplaced = refuseWrongService(observation, clockKind);
  if (misplaced !== null) return misplaced;
  const device = gateway.devices.get(observation.deviceId) ?? null;
  if (device === null && emergencyOf(observation.kind, observation.value) === null) {
    return { ok: false, reason: 'unknown-device', detail: observation.deviceId };
  }
  const isDeviceTime = isTrusted(observation.claimedAtMs, nowMs, clockKind);
  const identity = identityOf(observation, device ?? -gateway.gateway, isDeviceTime);
  const body: ObservationBody = {
    type: 'observation',
    gateway: gateway.gateway,
    device,
    deviceId: observation.deviceId,
    kind: observation.kind,
    value: observation.value,
    isLevel: observation.isLevel,
    measuredAtMs: isDeviceTime ? correctedMs(observation.claimedAtMs!, behindMs, nowMs) : nowMs,
    isDeviceTime: isDeviceTime && behindMs === 0,
    eventId: eventIdOf(observation, identity),
    batteryPct: observation.batteryPct,
    isBuffered: observation.isBuffered,
  };
  return { ok: true, reading: { body, identity } };
}

/** A corrected time is an estimate and never lies in the future; one that is right is left as it is. */
function correctedMs(claimedAtMs: number, behindMs: number, nowMs: number): number {
  return behindMs === 0 ? claimedAtMs : Math.min(claimedAtMs + behindMs, nowMs);
}

// A recorded fall must never ring as a real one, and a real one must never be taken by a service that watches nobody.
function refuseWrongService(
  { isReplay, claimedAtMs, kind }: Observation,
  clockKind: ClockKind,
): Admitted | null {
  if (clockKind === 'live') {
    return isReplay ? { ok: false, reason: 'replay-on-live-service', detail: kind } : null;
  }
  if (!isReplay) return { ok: false, reason: 'live-on-replay-service', detail: kind };
  return claimedAtMs === null ? { ok: false, reason: 'replay-without-time', detail: kind } : null;
}

/** Recordings may be of any year; their time is the clock itself. */
export function isTrusted(claimedAtMs: number | null, nowMs: number, clockKind: ClockKind): boolean {
  if (claimedAtMs === null || claimedAtMs > nowMs + FUTURE_TOLERANCE_MS) return false;
  return clockKind === 'recording' || claimedAtMs >= TRUSTED_SINCE_MS;
}

/** Few digits and nothing else: a counter that starts again after a reboot, whatever the field is called. */
const COUNTER = /^\d{1,11}$/;

/**
 * How a resend of this observation is recognised; null: it cannot be, every copy counts.
 * Kind and value belong to it, because gateways give one id to a message and put several readings into it:
 * the press beside a battery level must not look like its duplicate.
 */
export function identityOf(
  observation: Observation,
  source: number,
  isDeviceTime: boolean,
): EventIdentity | null {
  const { eventId, seq, claimedAtMs } = observation;
  const what = `${observation.kind}=${valueKey(observation.value)}`;
  if (eventId !== null && !COUNTER.test(eventId))
    return { source, id: `id ${eventId} ${what}`, withinMs: null };
  const counter = eventId ?? seq;
  // Only a believable time makes an identity: a clock that starts at 1970 repeats itself after every reboot.
  const at = isDeviceTime ? ` at ${claimedAtMs}` : '';
  if (counter !== null) {
    return { source, id: `n ${counter}${at} ${what}`, withinMs: at === '' ? WEAK_IDENTITY_MS : null };
  }
  return at === '' ? null : { source, id: `${at.trimStart()} ${what}`, withinMs: null };
}

function valueKey(value: Observation['value']): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/**
 * What the core may build an alert id from: only what will never name another event. A bare sequence number would,
 * after a reboot, and the new alert would be taken for the old one. Null: the core goes by the time.
 */
function eventIdOf(
  { eventId, seq, claimedAtMs }: Observation,
  identity: EventIdentity | null,
): string | null {
  if (identity === null || identity.withinMs !== null) return null;
  if (eventId !== null && !COUNTER.test(eventId)) return eventId;
  const counter = eventId ?? seq;
  return counter === null ? null : `${counter}@${claimedAtMs}`;
}
