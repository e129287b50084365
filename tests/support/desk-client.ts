// A screen without a browser: a WebSocket, of the desk or of live readings, that keeps every message and lets a test
// wait for one.

import { WebSocket } from 'ws';
import type { AlertMessage, DeskMessage, SnapshotMessage } from '#core/model/desk-message.ts';

export interface DeskClient {
  readonly socket: WebSocket;
  readonly messages: DeskMessage[];
  /** Resolves with the first message, seen or still to come, that fits. */
  waitFor<T extends DeskMessage>(fits: (message: DeskMessage) => message is T): Promise<T>;
  /** Resolves with the close code. */
  readonly closed: Promise<number>;
  alerts(): readonly AlertMessage[];
}

export interface DeskClientOptions {
  readonly headers?: Record<string, string>;
  readonly origin?: string;
  /** False: never answers a ping. */
  readonly autoPong?: boolean;
}

/** Resolves when the connection is open; rejects with the HTTP status when the upgrade is refused. */
export async function connectDesk(url: string, options: DeskClientOptions = {}): Promise<DeskClient> {
  const client = await connectSocket<DeskMessage>(url, options);
  return { ...client, alerts: () => client.messages.filter(isAlert) };
}

/** Messages of live readings. */
export interface LiveMessage {
  readonly readings: readonly { readonly kind: string; readonly deviceId: string }[];
  readonly skipped: boolean;
}

/** As `connectDesk`, for `/homes/{id}/telemetry/live`. */
export function connectLive(url: string, options: DeskClientOptions = {}) {
  return connectSocket<LiveMessage>(url, options);
}

async function connectSocket<M>(url: string, options: DeskClientOptions) {
  const socket = new WebSocket(url, { perMessageDeflate: false, ...options });
  const messages: M[] = [];
  const waiting = new Set<(message: M) => void>();
  socket.on('message', (data) => {
    const message = JSON.parse(String(data)) as M;
    messages.push(message);
    for (const look of waiting) look(message);
  });
  const closed = new Promise<number>((resolve) => {
    socket.on('close', (code) => resolve(code));
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('unexpected-response', (request, response) => {
      request.destroy();
      reject(new Error(String(response.statusCode)));
    });
    socket.once('error', reject);
  });
  socket.on('error', () => undefined);
  return {
    socket,
    messages,
    closed,
    waitFor<T extends M>(fits: (message: M) => message is T): Promise<T> {
      const found = messages.find(fits);
      if (found) return Promise.resolve(found);
      return new Promise<T>((resolve) => {
        const look = (message: M): void => {
          if (!fits(message)) return;
          waiting.delete(look);
          resolve(message);
        };
        waiting.add(look);
      });
    },
  };
}

export function isAlert(message: DeskMessage): message is AlertMessage {
  return message.type === 'alert';
}

export function isSnapshot(message: DeskMessage): message is SnapshotMessage {
  return message.type === 'snapshot';
}

/** The alert message of the effect `cursor`. */
export function isAlertAt(cursor: string): (message: DeskMessage) => message is AlertMessage {
  return (message): message is AlertMessage => message.type === 'alert' && message.cursor === cursor;
}

export function isType<K extends DeskMessage['type']>(
  type: K,
): (message: DeskMessage) => message is Extract<DeskMessage, { type: K }> {
  return (message): message is Extract<DeskMessage, { type: K }> => message.type === type;
}
