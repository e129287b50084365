// What facts and rules share while one entry is processed: the time, the roster, and who wants to be woken.

import { DeadlineHeap } from './deadline-heap.ts';
import { Roster } from './roster.ts';
import type { DeviceRow, GatewayRow, HomeRow } from './row.ts';

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
  onDeviceLink(device: DeviceRow): void;
}

export class World {
  /** Time of the entry or of the deadline being processed; never decreases. */
  nowMs = 0;
  /** Offset of the entry being processed. */
  offset = 0;
  /** End of our own last outage: what was not heard before is no evidence. */
  resumedAtMs = 0;
  readonly roster = new Roster();
  /** By number, like those of the gateways: every recovery wakes in the same order. */
  readonly homeDeadlines = new DeadlineHeap();
  readonly gatewayDeadlines = new DeadlineHeap();

  /** Ask to be looked at not later than `dueAtMs`. Cheap when an earlier call stands. */
  wakeHome(home: HomeRow, dueAtMs: number): void {
    const number = this.roster.homes.number(home);
    if (dueAtMs < this.homeDeadlines.armedAtMs(number)) this.homeDeadlines.arm(number, dueAtMs);
  }

  wakeGateway(gateway: GatewayRow, dueAtMs: number): void {
    const number = this.roster.gateways.number(gateway);
    if (dueAtMs < this.gatewayDeadlines.armedAtMs(number)) this.gatewayDeadlines.arm(number, dueAtMs);
  }
}
