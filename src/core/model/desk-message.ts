// What the service says to an operator's screen over the WebSocket (`/api/v1/desk`). The socket only pushes;
// everything staff do goes by HTTP. A cursor is an effect id; `previous` lets the screen see a gap.

import type { Alert, AlertChange } from './alert.ts';

/** The alert with what a screen may show of the home before a claim: masked name and address. */
export interface DeskAlert extends Alert {
  readonly home: {
    readonly districtName: string;
    readonly maskedElderName: string | null;
    readonly age: number | null;
    readonly maskedAddress: string;
  } | null;
}

/** First message: who you are to us, and the time by which ages are computed. */
export interface HelloMessage {
  readonly type: 'hello';
  readonly serverTimeMs: number;
  readonly staffId: string;
  /** Changes with every console build; another one means: reload when no alert is open. */
  readonly consoleVersion: string;
  /** `recording`: this service replays a recording and watches nobody. */
  readonly clock: 'live' | 'recording';
}

/** All alerts that are not closed. Sent when there is no cursor, or it is too old, or the screen was too slow. */
export interface SnapshotMessage {
  readonly type: 'snapshot';
  readonly cursor: string;
  readonly alerts: readonly DeskAlert[];
}

export interface AlertMessage {
  readonly type: 'alert';
  readonly cursor: string;
  /** Cursor of the message sent to this screen before this one. */
  readonly previous: string;
  readonly change: AlertChange;
  readonly alert: DeskAlert;
}

/** Every 5 s: the screen shows NOT RECEIVING when two are missing. */
export interface HeartbeatMessage {
  readonly type: 'heartbeat';
  readonly serverTimeMs: number;
  readonly cursor: string;
}

/**
 * Something staff must know about the service itself. `unrecorded-sos`: storage is full, yet somebody pressed.
 * `telemetry-behind`: charts and rasters lag; alarms do not.
 */
export interface NoticeMessage {
  readonly type: 'notice';
  readonly code: 'storage-failing' | 'unrecorded-sos' | 'telemetry-behind' | 'stopping';
  readonly atMs: number;
  readonly params: Readonly<Record<string, string | number>>;
}

export type DeskMessage = HelloMessage | SnapshotMessage | AlertMessage | HeartbeatMessage | NoticeMessage;
