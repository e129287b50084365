// The line to the desk: one WebSocket, its watchdog, and reconnection with full-jitter back-off.
// Never silently dead: `lost` as soon as the socket closes or nothing came for 10 s. It owns no timer: `check` is
// called by the metronome, because timers of a background tab are throttled and a Worker's are not.

import type { DeskMessage } from '#core/model/desk-message.ts';

export type LinkState = 'connecting' | 'receiving' | 'lost';

/** The part of `WebSocket` that is used here. */
export interface SocketLike {
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onclose: ((event: { readonly code: number }) => void) | null;
  close(): void;
}

export interface LinkOptions {
  /** Null cursor: ask for a snapshot. */
  readonly open: (cursor: string | null) => SocketLike;
  /** Where to resume; null before the first snapshot. */
  readonly cursor: () => string | null;
  /** Returns true when the message does not follow the last one. */
  readonly onMessage: (message: DeskMessage) => boolean;
  readonly onState: (state: LinkState) => void;
  /** The server may not want us: closed with 4401, or before it said anything. */
  readonly onRefused: () => void;
  readonly now: () => number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

export interface Link {
  start(): void;
  stop(): void;
  /** Call about twice a second. */
  check(): void;
  /** Connect now, e.g. when the computer is back on the network or staff logged in again. */
  retry(): void;
  lastMessageAtMs(): number;
}

/** Two heartbeats of 5 s are missing. */
export const SILENCE_LIMIT_MS = 10_000;
export const SESSION_CLOSE_CODE = 4401;
const BACKOFF_BASE_MS = 500;
/** Longest wait between two attempts: an operator must not be blind longer than needed after a restart. */
const BACKOFF_MAX_MS = 8_000;
/** A second gap within this time is not answered at once, so that a faulty server is not hammered. */
const RESYNC_PAUSE_MS = 5_000;

export function createLink(options: LinkOptions): Link {
  return new DeskLink(options);
}

class DeskLink implements Link {
  readonly #options: LinkOptions;
  #socket: SocketLike | null = null;
  #state: LinkState | 'stopped' = 'stopped';
  #lastMessageAtMs = 0;
  /** Last sign of life of this socket, or the moment it was opened. */
  #aliveAtMs = 0;
  #reconnectAtMs = 0;
  #attempts = 0;
  #resyncAtMs = Number.NEGATIVE_INFINITY;
  #needsSnapshot = false;

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  lastMessageAtMs(): number {
    return this.#lastMessageAtMs;
  }

  start(): void {
    this.#lastMessageAtMs = this.#options.now();
    this.#setState('connecting');
    this.#connect();
  }

  stop(): void {
    this.#drop();
    this.#state = 'stopped';
  }

  retry(): void {
    if (this.#state === 'stopped' || this.#state === 'receiving') return;
    this.#attempts = 0;
    this.#connect();
  }

  check(): void {
    if (this.#state === 'stopped') return;
    const now = this.#options.now();
    if (now - this.#lastMessageAtMs > SILENCE_LIMIT_MS) this.#setState('lost');
    if (this.#socket !== null && now - this.#aliveAtMs > SILENCE_LIMIT_MS) {
      this.#drop();
      this.#scheduleReconnect();
    }
    if (this.#socket === null && now >= this.#reconnectAtMs) this.#connect();
  }

  #connect(): void {
    this.#drop();
    this.#aliveAtMs = this.#options.now();
    const socket = this.#options.open(this.#needsSnapshot ? null : this.#options.cursor());
    this.#socket = socket;
    let hasSpoken = false;
    socket.onmessage = (event) => {
      if (socket !== this.#socket) return;
      hasSpoken = true;
      this.#receive(event.data);
    };
    socket.onclose = (event) => {
      if (socket === this.#socket) this.#closed(event.code === SESSION_CLOSE_CODE || !hasSpoken);
    };
  }

  #receive(data: unknown): void {
    this.#aliveAtMs = this.#lastMessageAtMs = this.#options.now();
    const message = parseMessage(data);
    if (message === null) return;
    // Not at `hello`: a server that accepts and closes at once would be called without pause.
    if (message.type === 'heartbeat') this.#attempts = 0;
    if (message.type === 'snapshot') this.#needsSnapshot = false;
    this.#setState('receiving');
    if (this.#options.onMessage(message)) this.#resync();
  }

  #resync(): void {
    const now = this.#options.now();
    this.#needsSnapshot = true;
    const isRepeated = now - this.#resyncAtMs < RESYNC_PAUSE_MS;
    this.#resyncAtMs = now;
    if (isRepeated) {
      this.#drop();
      this.#scheduleReconnect();
    } else {
      this.#connect();
    }
  }

  #closed(isRefused: boolean): void {
    this.#socket = null;
    this.#setState('lost');
    this.#scheduleReconnect();
    if (isRefused) this.#options.onRefused();
  }

  #scheduleReconnect(): void {
    const ceilingMs = Math.min(BACKOFF_MAX_MS, BACKOFF_BASE_MS * 2 ** Math.min(this.#attempts, 10));
    this.#attempts += 1;
    this.#reconnectAtMs = this.#options.now() + this.#options.random() * ceilingMs;
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = null;
    if (socket === null) return;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close();
  }

  #setState(state: LinkState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#options.onState(state);
  }
}

function parseMessage(data: unknown): DeskMessage | null {
  if (typeof data !== 'string') return null;
  try {
    const message: unknown = JSON.parse(data);
    const isMessage = typeof message === 'object' && message !== null && 'type' in message;
    return isMessage ? (message as DeskMessage) : null;
  } catch {
    return null;
  }
}
