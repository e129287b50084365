// An operator's screen through all the kills: comes back with its last cursor and checks what a careful console would:
// no gap (`previous` is where it stands), no step back, versions of an alert grow by one, nothing is raised twice.
// Keeps every effect it was shown, for the auditor: what was shown must be in the log, and nothing may be left out.

import { WebSocket } from 'ws';
import type { AlertMessage, DeskMessage, SnapshotMessage } from '#core/model/desk-message.ts';
import type { Ledger } from './ledger.ts';

export interface ScreenOptions {
  readonly httpPort: number;
  readonly cookie: string;
  readonly ledger: Ledger;
}

interface Shown {
  readonly id: string;
  readonly version: number;
  readonly change: string;
}

/** A stretch of the stream that a snapshot replaced: (from, to]. */
export interface Skipped {
  readonly from: string | null;
  readonly to: string;
}

const RECONNECT_MS = 30;
/** A start takes longer on a busy machine; a refused connection costs nothing. */
const HANDSHAKE_MS = 10_000;

export class Screen {
  readonly #options: ScreenOptions;
  /** By cursor, in the order shown. */
  readonly shown = new Map<string, Shown>();
  readonly skipped: Skipped[] = [];
  /** Open alerts as this screen sees them: id → version and handling. */
  readonly open = new Map<string, { readonly version: number; readonly handling: string }>();
  readonly #raised = new Set<string>();
  cursor: string | null = null;
  connectionCount = 0;
  /** The service said that it stops, by its own clock: what time alone changes afterwards is not shown any more. */
  stoppingAtMs = Number.POSITIVE_INFINITY;
  #socket: WebSocket | null = null;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(options: ScreenOptions) {
    this.#options = options;
  }

  start(): void {
    this.#connect();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#socket?.terminate();
  }

  #connect(): void {
    this.stoppingAtMs = Number.POSITIVE_INFINITY;
    const { httpPort, cookie } = this.#options;
    const query = this.cursor === null ? '' : `?cursor=${encodeURIComponent(this.cursor)}`;
    const socket = new WebSocket(`ws://127.0.0.1:${httpPort}/api/v1/desk${query}`, {
      headers: { cookie },
      perMessageDeflate: false,
      handshakeTimeout: HANDSHAKE_MS,
    });
    this.#socket = socket;
    socket.on('open', () => {
      this.connectionCount += 1;
    });
    socket.on('unexpected-response', (request, response) => {
      if (response.statusCode !== 503) this.#wrong(`refused with ${response.statusCode}`);
      request.destroy();
      this.#again();
    });
    socket.on('message', (data) => this.#take(JSON.parse(String(data)) as DeskMessage));
    socket.on('error', () => undefined);
    socket.on('close', (code) => {
      if (code === 4401) this.#wrong('its session ended');
      this.#again();
    });
  }

  #again(): void {
    clearTimeout(this.#timer);
    if (!this.#isStopped) this.#timer = setTimeout(() => this.#connect(), RECONNECT_MS);
  }

  #take(message: DeskMessage): void {
    if (message.type === 'alert') this.#alert(message);
    else if (message.type === 'snapshot') this.#snapshot(message);
    else if (message.type === 'heartbeat' && message.cursor !== this.cursor) {
      this.#wrong(`heartbeat at ${message.cursor}, screen at ${this.cursor}`);
    } else if (message.type === 'notice') {
      if (message.code === 'stopping') this.stoppingAtMs = message.atMs;
      else this.#wrong(`notice ${message.code}`);
    }
  }

  #alert({ cursor, previous, change, alert }: AlertMessage): void {
    const { id, version, handling } = alert;
    if (previous !== this.cursor) this.#wrong(`gap: at ${this.cursor}, got ${cursor} after ${previous}`);
    if (this.shown.has(cursor)) this.#wrong(`shown twice: ${cursor}`);
    if (this.cursor !== null && !isBehind(this.cursor, cursor))
      this.#wrong(`back: ${this.cursor} → ${cursor}`);
    if (change === 'raised') {
      if (this.#raised.has(id)) this.#wrong(`announced twice as new: ${id}`);
      this.#raised.add(id);
    }
    const before = change === 'raised' ? 0 : (this.open.get(id)?.version ?? 0);
    if (version !== before + 1) this.#wrong(`${id}: version ${before} → ${version} (${change})`);
    if (handling === 'closed') this.open.delete(id);
    else this.open.set(id, { version, handling });
    this.shown.set(cursor, { id, version, change });
    this.cursor = cursor;
  }

  #snapshot({ cursor, alerts }: SnapshotMessage): void {
    if (this.cursor !== null && isBehind(cursor, this.cursor)) this.#wrong(`snapshot of the past: ${cursor}`);
    this.skipped.push({ from: this.cursor, to: cursor });
    this.open.clear();
    for (const { id, version, handling } of alerts) {
      this.open.set(id, { version, handling });
      this.#raised.add(id);
    }
    this.cursor = cursor;
  }

  #wrong(what: string): void {
    this.#options.ledger.violations.push(`screen: ${what}`);
  }
}

/** Is `a` before `b`? Cursors are `offset:index`. */
export function isBehind(a: string, b: string): boolean {
  const [aOffset, aIndex] = a.split(':').map(Number);
  const [bOffset, bIndex] = b.split(':').map(Number);
  return aOffset! < bOffset! || (aOffset === bOffset && aIndex! < bIndex!);
}
