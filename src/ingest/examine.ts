// What a received frame comes to: readings for the log, refusals with reasons, what it says of the gateway itself.
// Pure but for what it lets the gateway's clock estimate learn; what follows from it is done in intake.ts.

import { type Codec, type Decoded, type ElementRefusal, MIXED_ROUTE, type Route } from '#codecs/codec.ts';
import { codecOf } from '#codecs/index.ts';
import { nativeCodec } from '#codecs/native.ts';
import { isKnownKind } from '#core/model/kinds.ts';
import { emergencyOf, type Observation } from '#core/model/observation.ts';
import type { RefusedFrame } from '#journal/journal.ts';
import type { GatewayEntry } from '#registry/registry.ts';
import type { Reading } from '#runtime/runtime.ts';
import { type Admission, admit, type ClockKind, isTrusted } from './admission.ts';
import type { GatewayClocks } from './gateway-clock.ts';
import type { Refusal } from './refusals.ts';

export interface ReceivedFrame {
  readonly gateway: GatewayEntry;
  readonly source: RefusedFrame['source'];
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly isRetained: boolean;
  /** Sent by us in the gateway's name, because it is gone. */
  readonly isWill: boolean;
}

export interface Circumstances {
  readonly clockKind: ClockKind;
  readonly nowMs: number;
  readonly observationsMax: number;
  /** Told of every age that a live gateway claims (gateway-clock.ts). */
  readonly gatewayClocks?: GatewayClocks;
}

export interface Examined {
  readonly readings: readonly Reading[];
  readonly refused: readonly ElementRefusal<Refusal>[];
  readonly emergencyCount: number;
  /** Rightly refused, and yet somebody may have pressed: a person must hear of it. */
  readonly refusedEmergencies: readonly { readonly deviceId: string; readonly reason: Refusal }[];
  readonly unknownKinds: readonly string[];
  readonly status: Decoded['status'];
  /** False for what the gateway says of its own link, and for what it did not send itself. */
  readonly provesLife: boolean;
}

const NOTHING: Examined = {
  readings: [],
  refused: [],
  emergencyCount: 0,
  refusedEmergencies: [],
  unknownKinds: [],
  status: null,
  provesLife: true,
};

export function examine(frame: ReceivedFrame, circumstances: Circumstances): Examined {
  const codec = frame.source === 'http' ? nativeCodec : codecOf(frame.gateway.format);
  if (codec === undefined) return refusedWhole('unknown-format', frame.gateway.format);
  const route = frame.source === 'http' ? MIXED_ROUTE : codec.route(frame.gateway.gatewayId, frame.topic);
  if (route === null) return refusedWhole('foreign-topic', 'not a topic that this gateway may publish to');
  return route.role === 'status'
    ? examineStatus(frame, codec, route, circumstances)
    : examineObservations(frame, codec, route, circumstances);
}

function refusedWhole(reason: Refusal, detail: string): Examined {
  return { ...NOTHING, refused: [{ index: -1, reason, detail }] };
}

function examineStatus(
  frame: ReceivedFrame,
  codec: Codec,
  route: Route,
  { clockKind }: Circumstances,
): Examined {
  const { status, refused } = codec.decode({ route, payload: frame.payload, observationsMax: 0 });
  if (status?.isReplay === true && clockKind === 'live')
    return refusedWhole('replay-on-live-service', 'status');
  return { ...NOTHING, status, refused, provesLife: false };
}

function examineObservations(frame: ReceivedFrame, codec: Codec, route: Route, at: Circumstances): Examined {
  const decoded = codec.decode({ route, payload: frame.payload, observationsMax: at.observationsMax });
  // A bridge publishes its retained messages anew with every reconnect: yesterday's press would ring each time.
  if (frame.isRetained) return examineRetained(decoded.observations);
  if (decoded.observations.length === 0) return { ...NOTHING, refused: decoded.refused };
  return admitAll(frame.gateway, decoded, at);
}

function examineRetained(observations: readonly Observation[]): Examined {
  const refusedEmergencies = observations
    .filter(({ kind, value }) => emergencyOf(kind, value) !== null)
    .map(({ deviceId }) => ({ deviceId, reason: 'retained' as const }));
  return { ...refusedWhole('retained', 'only the status may be retained'), refusedEmergencies };
}

function admitAll(gateway: GatewayEntry, decoded: Decoded, at: Circumstances): Examined {
  const readings: Reading[] = [];
  const refused: ElementRefusal<Refusal>[] = [...decoded.refused];
  const refusedEmergencies: { deviceId: string; reason: Refusal }[] = [];
  const unknownKinds: string[] = [];
  let emergencyCount = 0;
  for (let i = 0; i < decoded.observations.length; i++) {
    const observation = decoded.observations[i]!;
    const isEmergency = emergencyOf(observation.kind, observation.value) !== null;
    const admitted = admit(observation, admissionOf(gateway, observation, at));
    if (admitted.ok) {
      readings.push(admitted.reading);
      if (isEmergency) emergencyCount++;
      else if (!isKnownKind(observation.kind)) unknownKinds.push(observation.kind);
    } else {
      const { reason, detail } = admitted;
      refused.push({ index: decoded.indexes[i]!, reason, detail });
      if (isEmergency) refusedEmergencies.push({ deviceId: observation.deviceId, reason });
    }
  }
  return { ...NOTHING, readings, refused, emergencyCount, refusedEmergencies, unknownKinds };
}

function admissionOf(gateway: GatewayEntry, observation: Observation, at: Circumstances): Admission {
  const { clockKind, nowMs } = at;
  const { claimedAtMs } = observation;
  // In a recording, now is the time of the replayed reading, unless the clock is further already.
  if (clockKind === 'recording')
    return { gateway, clockKind, nowMs: Math.max(nowMs, claimedAtMs ?? Number.NEGATIVE_INFINITY) };
  return { gateway, clockKind, nowMs, behindMs: behindMsOf(gateway, observation, at) };
}

function behindMsOf(
  { gatewayId }: GatewayEntry,
  { claimedAtMs, isBuffered }: Observation,
  { nowMs, clockKind, gatewayClocks }: Circumstances,
): number {
  if (gatewayClocks === undefined || claimedAtMs === null || !isTrusted(claimedAtMs, nowMs, clockKind))
    return 0;
  if (isBuffered) return gatewayClocks.behindMs(gatewayId);
  return gatewayClocks.note(gatewayId, nowMs - claimedAtMs, nowMs);
}
