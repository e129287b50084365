// An alert: one cause that a person must look at. Two axes: is the condition still there, and who handles it.

import type { Outcome } from './command.ts';

export const ALERT_KINDS = [
  'sos',
  'fall',
  'smoke',
  'gas',
  'co',
  'leak',
  'inactivity',
  'not-up',
  'bathroom-stay',
  'out-of-bed',
  'night-exit',
  'door-open',
  'door-unchanged',
  'water-low',
  'water-high',
  'water-continuous',
  'vital-signs',
  'temperature',
  'wandering',
  'missed-test',
  'missed-checkin',
  'drift',
  'away-too-long',
  'unseen-home',
  'long-unheard',
  'gateway-silent',
  'device-silent',
  'low-battery',
  'sensor-stuck',
  'tamper',
  'rule-fault',
] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

/** 1 emergency … 5 record only (domain reference section 4). */
export type Priority = 1 | 2 | 3 | 4 | 5;

export type Condition = 'active' | 'cleared';
export type Handling = 'raised' | 'claimed' | 'in-progress' | 'closed';

/** Codes and figures, never prose: the console says it in the operator's language. */
export interface Explanation {
  /** Dictionary key, e.g. `inactivity.day`. */
  readonly code: string;
  readonly params: Readonly<Record<string, number | string | boolean | null>>;
}

export interface Claim {
  readonly staffId: string;
  /** Fencing token: the log offset of the claim. */
  readonly token: number;
  readonly atMs: number;
  /** The claim goes back to the queue then, unless the holder acts before. */
  readonly expiresAtMs: number;
}

export interface Note {
  readonly atMs: number;
  /** Null: written by the core itself. */
  readonly staffId: string | null;
  readonly text: string;
  /** Idempotency key of the request that wrote it. */
  readonly key?: string;
}

export interface Alert {
  /** `home~rule~cause`: the same cause always gives the same id. */
  readonly id: string;
  readonly kind: AlertKind;
  readonly rule: string;
  readonly priority: Priority;
  /** Null when the source belongs to no home (unknown device behind a concentrator). */
  readonly homeId: string | null;
  readonly districtCode: string;
  readonly gatewayId: string | null;
  readonly deviceId: string | null;
  readonly room: string | null;
  readonly condition: Condition;
  readonly handling: Handling;
  readonly raisedAtMs: number;
  readonly updatedAtMs: number;
  readonly clearedAtMs: number | null;
  readonly closedAtMs: number | null;
  /** How late the cause reached us, ms; more than 10 minutes is shown as late. */
  readonly lateByMs: number;
  /** 1 at first; +1 for every further cause while it is open. */
  readonly causeCount: number;
  /** 0 fresh; 1, 2, 3 after 30, 60, 180 s without a claim. */
  readonly escalationLevel: number;
  readonly claim: Claim | null;
  readonly notes: readonly Note[];
  readonly outcome: Outcome | null;
  readonly closedBy: string | null;
  readonly explanation: Explanation;
  /** Starts at 1 and grows by one with every change; a screen keeps the highest it has seen. */
  readonly version: number;
}

export type AlertChange =
  | 'raised'
  | 'repeated'
  | 'cleared'
  | 'returned'
  | 'escalated'
  | 'claimed'
  | 'renewed'
  | 'released'
  | 'lease-lost'
  | 'acknowledged'
  | 'noted'
  | 'closed'
  | 'restored';
