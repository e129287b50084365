// One operator's screen: its WebSocket, the cursor it stands at, and what happens when it does not keep up.
// Over the buffer bound nothing more is queued for it; when its socket has drained it gets a snapshot instead
// of what it missed. Emergencies are in that snapshot. Nothing here ever waits.

import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { type Cursor, compareCursors, parseCursor } from './cursor.ts';

/** Who looks, as far as the hub needs it. */
export interface DeskViewer {
  readonly staffId: string;
  /** District whose area the screen shows; null: everything. */
  readonly districtCode: string | null;
}

/** Two unanswered pings, 5 s apart: half-open for 10 s (reliability reference, row 77). */
const PINGS_UNANSWERED_MAX = 2;

export interface ScreenParts {
  readonly ws: WebSocket;
  readonly socket: Duplex;
  readonly viewer: DeskViewer;
  readonly sessionId: string;
  readonly bufferedBytesMax: number;
  /** Called once the socket has drained after the screen fell behind. */
  readonly onCaughtUp: (screen: Screen) => void;
}

export class Screen {
  readonly sessionId: string;
  viewer: DeskViewer;
  /** Cursor of the last snapshot or alert sent, or the one the screen came with. */
  cursor = '0:0';
  readonly #parts: ScreenParts;
  #isBehind = false;
  #position: Cursor = { offset: 0, index: 0 };
  #pingsUnanswered = 0;

  constructor(parts: ScreenParts) {
    this.#parts = parts;
    this.sessionId = parts.sessionId;
    this.viewer = parts.viewer;
    parts.ws.on('pong', () => {
      this.#pingsUnanswered = 0;
    });
  }

  get isBehind(): boolean {
    return this.#isBehind;
  }

  /** The screen now shows everything up to here. */
  standAt(cursor: string): void {
    this.cursor = cursor;
    this.#position = parseCursor(cursor) ?? this.#position;
  }

  hasSeen(effect: Cursor): boolean {
    return compareCursors(effect, this.#position) <= 0;
  }

  /** False when the screen is behind; it will get a snapshot later. */
  offer(frame: Buffer): boolean {
    if (this.#isBehind) return false;
    const { ws, socket, bufferedBytesMax } = this.#parts;
    // Without `writableNeedDrain` no 'drain' would ever come, and the screen would stay behind for good.
    if (ws.bufferedAmount > bufferedBytesMax && socket.writableNeedDrain) {
      this.#fallBehind();
      return false;
    }
    this.send(frame);
    return true;
  }

  /** Sends whatever the buffer holds: only for what is bounded by itself (hello, snapshot, notices). */
  send(frame: Buffer): void {
    const { ws } = this.#parts;
    // A closing socket reports itself by its 'close' event; the frame is not needed any more.
    if (ws.readyState === ws.OPEN) ws.send(frame, { binary: false }, ignoreLateError);
  }

  /** Stop sending until the socket has drained. */
  #fallBehind(): void {
    this.#isBehind = true;
    this.#parts.socket.once('drain', () => {
      this.#isBehind = false;
      this.#parts.onCaughtUp(this);
    });
  }

  /** One heartbeat; a screen that did not answer the last ones is dropped. */
  beat(frame: () => Buffer): void {
    const { ws } = this.#parts;
    // Counted, not timed: a standstill of our own process must not drop every screen at once.
    if (this.#pingsUnanswered >= PINGS_UNANSWERED_MAX) {
      ws.terminate();
      return;
    }
    this.#pingsUnanswered += 1;
    ws.ping(undefined, false, ignoreLateError);
    this.offer(frame());
  }

  close(code: number, reason: string): void {
    this.#parts.ws.close(code, reason);
  }

  terminate(): void {
    this.#parts.ws.terminate();
  }
}

/** With a callback `ws` reports a socket that went away here instead of throwing; 'close' follows anyway. */
function ignoreLateError(): void {}
