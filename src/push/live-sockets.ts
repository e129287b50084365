// Sockets on which somebody watches something change, as messages `{ readings, skipped }`: one for each opened home,
// beside the desk socket and without a share in it. Bounded: a receiver that does not keep up misses readings and is
// told so (`skipped`); nothing is queued for it and nobody waits for it. What may be seen is the feed's to say.

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { DESK_CLOSE } from './hub.ts';

export interface LiveNews<R> {
  readonly readings: readonly R[];
  /** There were more than these. */
  readonly skipped: boolean;
}

export interface LiveFeed<R> {
  /** Returns how to stop it. */
  follow(listener: (news: LiveNews<R>) => void): () => void;
  /** What of it this receiver may see now; asked with every message. */
  show(readings: readonly R[]): readonly object[];
  /** Asked every minute; false or a failure closes the socket. */
  mayGoOn(): Promise<boolean>;
}

/** Not yet taken by the socket: a few hundred readings. */
const BUFFERED_BYTES_MAX = 64 * 1024;
/** Proxies keep the connection, and who has not answered by the next is gone. */
const BEAT_MS = 15_000;
const CHECK_MS = 60_000;
/** Receivers only listen. */
const INBOUND_BYTES_MAX = 1024;

export class LiveSockets {
  readonly #server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: INBOUND_BYTES_MAX,
  });

  accept<R>(request: IncomingMessage, socket: Duplex, head: Buffer, feed: LiveFeed<R>): void {
    this.#server.handleUpgrade(request, socket, head, (ws) => feedSocket(ws, feed));
  }

  stop(): void {
    for (const ws of this.#server.clients) ws.close(DESK_CLOSE.restarting, 'restarting');
  }
}

/** Until the socket closes. */
export function feedSocket<R>(ws: WebSocket, feed: LiveFeed<R>): void {
  let hasSkipped = false;
  const unfollow = feed.follow(({ readings, skipped }) => {
    const shown = feed.show(readings);
    hasSkipped ||= skipped;
    if (shown.length === 0 && !hasSkipped) return;
    hasSkipped = !send(ws, { readings: shown, skipped: hasSkipped });
  });
  const timers = [keepAlive(ws), keepChecking(ws, feed)];
  ws.on('error', () => undefined);
  ws.once('close', () => {
    for (const timer of timers) clearInterval(timer);
    unfollow();
  });
}

function send(ws: WebSocket, message: object): boolean {
  if (ws.readyState !== ws.OPEN || ws.bufferedAmount > BUFFERED_BYTES_MAX) return false;
  ws.send(JSON.stringify(message));
  return true;
}

function keepAlive(ws: WebSocket): NodeJS.Timeout {
  let hasAnswered = true;
  ws.on('pong', () => {
    hasAnswered = true;
  });
  return setInterval(() => {
    if (!hasAnswered) ws.terminate();
    hasAnswered = false;
    if (ws.readyState === ws.OPEN) ws.ping();
  }, BEAT_MS);
}

function keepChecking(ws: WebSocket, feed: Pick<LiveFeed<never>, 'mayGoOn'>): NodeJS.Timeout {
  const end = (): void => ws.close(DESK_CLOSE.notAllowed, 'not allowed any more');
  return setInterval(() => {
    // What cannot be checked is not shown.
    feed.mayGoOn().then((may) => (may ? undefined : end()), end);
  }, CHECK_MS);
}
