// What facts and rules share while one entry is processed: the time, the roster, and who wants to be woken.

import { Roster } from './roster.ts';
import type { DeviceRow, GatewayRow, HomeRow } from './row.ts';
import { Waking } from './waking.ts';

/** What facts tell the rules. Called only when something changed. */
export interface Signals {
  onActivity(home: HomeRow): void;
  onPresence(home: HomeRow): void;
  onSight(home: HomeRow): void;
  /** The resident went from room to room, or used the door. */
  onRoamed(home: HomeRow): void;
  onGatewayLink(gateway: GatewayRow): void;
  /** Heartbeats are missing, or came again before the gateway was called silent. */
  onGatewaySight(gateway: GatewayRow): void;
  /** `isTold`: its gateway says that it is lost; else it was silent for too long, or is back. */
  onDeviceLink(device: DeviceRow, isTold: boolean): void;
}

export class World {
  /** Time of the entry or of the deadline being processed; never decreases. */
  nowMs = 0;
  /** Offset of the entry being processed. */
  offset = 0;
  /** End of our own last outage: what was not heard before is no evidence. */
  resumedAtMs = 0;
  /** How long that outage was. */
  outageMs = 0;
  readonly roster = new Roster();
  readonly homeDeadlines = new Waking(this.roster.homes);
  readonly gatewayDeadlines = new Waking(this.roster.gateways);

  /** Ask to be looked at not later than `dueAtMs`. Cheap when an earlier call stands. */
  wakeHome(home: HomeRow, dueAtMs: number): void {
    this.homeDeadlines.wake(home, dueAtMs);
  }

  wakeGateway(gateway: GatewayRow, dueAtMs: number): void {
    this.gatewayDeadlines.wake(gateway, dueAtMs);
  }
}
