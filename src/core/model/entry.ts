// An entry of the log: the only thing the core ever sees. Time comes with it (`atMs`, given once, at append,
// never decreasing); everything the rules read is an entry too, so that a replay gives the same answer.

import type { Command } from './command.ts';
import type { GatewayConfiguration, HomeConfiguration } from './home.ts';
import type { ObservationValue } from './observation.ts';

export interface ObservationBody {
  readonly type: 'observation';
  readonly gateway: number;
  /** Null: an emergency of a device that nobody registered. It still rings. */
  readonly device: number | null;
  readonly deviceId: string;
  readonly kind: string;
  readonly value: ObservationValue;
  readonly isLevel: boolean;
  /** Best knowledge of when it was measured: device time when trusted, else time of receipt. */
  readonly measuredAtMs: number;
  /** False when the device clock was missing or wrong. */
  readonly isDeviceTime: boolean;
  readonly eventId: string | null;
  readonly batteryPct: number | null;
  readonly isBuffered: boolean;
}

/** `online: false` by will, status or lost session; `true` by status or any sign of life of the session. */
export interface GatewayLinkBody {
  readonly type: 'gateway-link';
  readonly gateway: number;
  readonly online: boolean;
  readonly reason: 'status' | 'will' | 'session-lost' | 'session-open' | 'heartbeat';
}

export interface CommandBody {
  readonly type: 'command';
  readonly command: Command;
}

export interface HomeConfiguredBody {
  readonly type: 'home-configured';
  readonly home: HomeConfiguration;
}

export interface GatewayConfiguredBody {
  readonly type: 'gateway-configured';
  readonly gateway: GatewayConfiguration;
}

/** A staff member's last screen went away, or the first one came. */
export interface DeskPresenceBody {
  readonly type: 'desk-presence';
  readonly staffId: string;
  readonly present: boolean;
}

/** Time passed: a deadline of the core is due. */
export interface TickBody {
  readonly type: 'tick';
}

/** We were blind from `fromMs` until now: own start, or the process stood still. Our outage is never evidence. */
export interface ResumedBody {
  readonly type: 'resumed';
  readonly reason: 'start' | 'stall';
  readonly fromMs: number;
  readonly coreVersion: string;
}

export type EntryBody =
  | ObservationBody
  | GatewayLinkBody
  | CommandBody
  | HomeConfiguredBody
  | GatewayConfiguredBody
  | DeskPresenceBody
  | TickBody
  | ResumedBody;

export interface Entry {
  /** Position in the log: 1, 2, 3 … without gaps. */
  readonly offset: number;
  readonly atMs: number;
  readonly body: EntryBody;
}
