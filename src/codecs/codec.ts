// Contract of a codec: where a gateway's topics lead and what its bytes mean. Pure: no state, no clock, no registry,
// and it never throws; what it does not understand comes back as a refusal with a reason (docs/native-format.md).
// A codec knows a device only by the gateway's own name for it. It trusts no time and judges no permission except
// that a topic lies in the gateway's own tree.

import type { Observation } from '#core/model/observation.ts';

/** What a topic is for. `mixed`: no topic at all (HTTP); every element names its device. */
export type Role = 'event' | 'telemetry' | 'status' | 'answer' | 'mixed';

export interface Route {
  readonly role: Role;
  /** Device named by the topic; null: each element names its own by `device`, or there is none (`status`). */
  readonly deviceId: string | null;
}

/** Route of frames without a topic. */
export const MIXED_ROUTE: Route = { role: 'mixed', deviceId: null };

/** Why a codec refuses a frame or one element of it. Explained in docs/native-format.md. */
export const CODEC_REFUSALS = [
  'empty-payload',
  'bad-encoding',
  'bad-json',
  'too-deep',
  'too-many-observations',
  'not-an-object',
  'bad-device',
  'bad-kind',
  'wrong-type',
  'bad-status',
] as const;
export type CodecRefusal = (typeof CODEC_REFUSALS)[number];

export interface ElementRefusal<Reason extends string = CodecRefusal> {
  /** Place in the array; 0 for a single object; -1: the frame as a whole. */
  readonly index: number;
  readonly reason: Reason;
  /** For the integrator: field and what was found, never more than a few words of the payload. */
  readonly detail: string;
}

export interface Frame {
  readonly route: Route;
  readonly payload: Uint8Array;
  /** Elements of one frame that are taken; of those beyond only emergencies are. */
  readonly observationsMax: number;
}

export interface GatewayStatement {
  readonly online: boolean;
  readonly isReplay: boolean;
  /** Its own time; only a recording's is followed. */
  readonly claimedAtMs: number | null;
}

export interface Decoded {
  readonly observations: readonly Observation[];
  /** `indexes[i]` is the place in the frame of `observations[i]`. */
  readonly indexes: readonly number[];
  readonly refused: readonly ElementRefusal[];
  /** What the gateway says of itself, on a status topic; null elsewhere. */
  readonly status: GatewayStatement | null;
}

export interface Codec {
  /** Name of the format in the gateway's record. */
  readonly format: string;
  /** Largest frame of this format, bytes; null: the common limit. */
  readonly frameBytesMax: number | null;
  /** Where the topic leads; null when it is not one that this gateway may publish to. */
  route(gatewayId: string, topic: string): Route | null;
  /** Topics of commands to this gateway begin so; the gateway may subscribe below it and nowhere else. */
  commandPrefix(gatewayId: string): string;
  /** Never throws. */
  decode(frame: Frame): Decoded;
}
