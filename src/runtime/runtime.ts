// Port: what the other folders may ask of the running core. Implemented by loop.ts.

import type { Week } from '#core/facts/week.ts';
import type { Alert } from '#core/model/alert.ts';
import type { AlertCommand, CommandRefusal, HomeCommand, HomeCommandRefusal } from '#core/model/command.ts';
import type { GatewayLinkBody, ObservationBody } from '#core/model/entry.ts';
import type { HomeState } from '#core/model/home-state.ts';
import type { EventIdentity, Receipt } from '#journal/journal.ts';

export type CommandResult =
  | { readonly ok: true; readonly alert: Alert }
  | { readonly ok: false; readonly refusal: CommandRefusal; readonly heldBy: string | null };

export type HomeCommandResult =
  | { readonly ok: true; readonly state: HomeState }
  | { readonly ok: false; readonly refusal: HomeCommandRefusal };

export interface Reading {
  readonly body: ObservationBody | GatewayLinkBody;
  readonly identity: EventIdentity | null;
}

export interface Runtime {
  /** Resolves when durable: the moment for PUBACK or 2xx. Takes its place in the log synchronously. */
  submit(readings: readonly Reading[]): Promise<readonly Receipt[]>;
  /** Resolves with the core's answer, decided by the order of the log. */
  command(command: AlertCommand): Promise<CommandResult>;
  homeCommand(command: HomeCommand): Promise<HomeCommandResult>;
  /** A staff member's first screen came or last screen went. */
  deskPresence(staffId: string, present: boolean): Promise<void>;
  /** All alerts not closed, from the core's memory, oldest first. */
  openAlerts(): readonly Alert[];
  /** Cursor of the last effect, `offset:index`. */
  cursor(): string;
  /** What is known of a device or gateway now; null when the core does not know it. */
  gatewayStatus(gateway: number): GatewayStatus | null;
  deviceStatus(device: number): DeviceStatus | null;
  homeState(home: number): HomeState | null;
  /** The weeks of a home that have ended, oldest first; none for a home that the core does not know. */
  homeWeeks(home: number): readonly Week[];
}

export interface GatewayStatus {
  readonly state: 'online' | 'offline' | 'never-seen';
  readonly lastSeenAtMs: number | null;
}

export interface DeviceStatus extends GatewayStatus {
  readonly batteryPct: number | null;
}
