// What facts and rules share while one entry is processed: the time, the roster, and who wants to be woken.

import { DeadlineHeap } from './deadline-heap.ts';
import { Roster } from './roster.ts';

/** What facts tell the rules. Called only when something changed. */
export interface Signals {
  onActivity(home: number): void;
  onPresence(home: number): void;
  onSight(home: number): void;
  /** The resident went from room to room, or used the door. */
  onRoamed(home: number): void;
  onGatewayLink(gateway: number): void;
  /** Heartbeats are missing, or came again before the gateway was called silent. */
  onGatewaySight(gateway: number): void;
  onDeviceLink(device: number): void;
}

export class World {
  /** Time of the entry or of the deadline being processed; never decreases. */
  nowMs = 0;
  /** Offset of the entry being processed. */
  offset = 0;
  /** End of our own last outage: what was not heard before is no evidence. */
  resumedAtMs = 0;
  readonly roster = new Roster();
  readonly homeDeadlines = new DeadlineHeap();
  readonly gatewayDeadlines = new DeadlineHeap();

  /** Ask to be looked at not later than `dueAtMs`. Cheap when an earlier call stands. */
  wakeHome(home: number, dueAtMs: number): void {
    if (dueAtMs < this.homeDeadlines.armedAtMs(home)) this.homeDeadlines.arm(home, dueAtMs);
  }

  wakeGateway(gateway: number, dueAtMs: number): void {
    if (dueAtMs < this.gatewayDeadlines.armedAtMs(gateway)) this.gatewayDeadlines.arm(gateway, dueAtMs);
  }
}
