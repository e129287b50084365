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
    const { homes } = this.roster;
    const armedAtMs = homes.columns.wakeAtMs[home]!;
    if (!(dueAtMs < (armedAtMs > 0 ? armedAtMs : Number.POSITIVE_INFINITY))) return;
    homes.columns.wakeAtMs[home] = dueAtMs;
    this.homeDeadlines.arm(homes.number(home), dueAtMs);
  }

  wakeGateway(gateway: GatewayRow, dueAtMs: number): void {
    const { gateways } = this.roster;
    const armedAtMs = gateways.columns.wakeAtMs[gateway]!;
    if (!(dueAtMs < (armedAtMs > 0 ? armedAtMs : Number.POSITIVE_INFINITY))) return;
    gateways.columns.wakeAtMs[gateway] = dueAtMs;
    this.gatewayDeadlines.arm(gateways.number(gateway), dueAtMs);
  }

  /** The home that is due first; it no longer waits. */
  takeHome(): HomeRow {
    const { homes } = this.roster;
    const home = homes.row(this.homeDeadlines.pop());
    homes.columns.wakeAtMs[home] = 0;
    return home;
  }

  takeGateway(): GatewayRow {
    const { gateways } = this.roster;
    const gateway = gateways.row(this.gatewayDeadlines.pop());
    gateways.columns.wakeAtMs[gateway] = 0;
    return gateway;
  }

  /** After the tables and the deadlines were restored: cores before 6 did not keep with a home when it is due. */
  noteWaking(): void {
    const { homes, gateways } = this.roster;
    for (const home of homes.rows())
      homes.columns.wakeAtMs[home] = dueOf(this.homeDeadlines.armedAtMs(homes.number(home)));
    for (const gateway of gateways.rows())
      gateways.columns.wakeAtMs[gateway] = dueOf(this.gatewayDeadlines.armedAtMs(gateways.number(gateway)));
  }
}

/** As it is kept: 0 for who does not wait. */
function dueOf(armedAtMs: number): number {
  return armedAtMs === Number.POSITIVE_INFINITY ? 0 : armedAtMs;
}
