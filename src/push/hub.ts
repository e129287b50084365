// The desk hub: every operator's screen, live. `publish` is synchronous and on the alarm's way: it serialises
// an alert once, hands it to the sockets and returns; a slow, dead or foreign screen never delays another
// one. It only pushes. Authentication is done before `accept`; sessions are looked at again every minute.

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Alert } from '#core/model/alert.ts';
import type { HelloMessage, NoticeMessage } from '#core/model/desk-message.ts';
import type { Effect } from '#core/model/effect.ts';
import { areaPrefix } from './area.ts';
import { createDeskAlertEncoder, type FindHomeLabel } from './desk-alert.ts';
import { createAlertFrames, encode, encodeSnapshot } from './desk-messages.ts';
import { createDeskNotices, type DeskNotice } from './desk-notices.ts';
import { createDeskPresence } from './desk-presence.ts';
import { type DeskViewer, Screen } from './desk-screen.ts';
import { createRecentEffects, missedSince, type StoredAlertEffect } from './recent-effects.ts';

export type { DeskViewer } from './desk-screen.ts';

export interface DeskHubOptions {
  /** All alerts not closed, oldest first, and the cursor they stand at; from the core's memory. */
  readonly openAlerts: () => readonly Alert[];
  readonly cursor: () => string;
  /** `AlertStore.since`, for screens that come back from before this process started. */
  readonly since: (cursor: string, limit: number) => readonly Effect[] | null;
  readonly homeLabel: FindHomeLabel;
  /**
   * The viewer of a session as of now; null: it ended. A rejection keeps the screen: an alarm is worth more.
   */
  readonly viewerOf: (sessionId: string) => Promise<DeskViewer | null>;
  /** First screen of a staff member came, or the last one went. Must not throw. */
  readonly onPresence: (staffId: string, present: boolean) => void;
  /** The clock by which alerts are dated. */
  readonly nowMs: () => number;
  readonly clock: HelloMessage['clock'];
  readonly consoleVersion: string;
  /** `LIMITS.deskBufferedBytes` */
  readonly bufferedBytesMax: number;
  /** `LIMITS.resumableEffects` */
  readonly resumableEffects: number;
  readonly onError: (error: unknown, doing: 'label' | 'session-check' | 'resume') => void;
  /** Default 5 s: two missing ones are a dead line (contract). */
  readonly heartbeatMs?: number;
  /** Default 60 s. */
  readonly sessionCheckMs?: number;
}

export interface DeskVisit {
  readonly viewer: DeskViewer;
  readonly sessionId: string;
  /** Cursor the screen stands at; null: it shows nothing yet. */
  readonly cursor: string | null;
}

export interface DeskHub {
  /** Take an authenticated upgrade. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer, visit: DeskVisit): void;
  /** Push effects, in the order of the log; each once. */
  publish(effects: readonly Effect[]): void;
  /** `districtCode`: whom it concerns; null: everybody. */
  notice(code: NoticeMessage['code'], params: NoticeMessage['params'], districtCode: string | null): void;
  /** The session was ended by its owner: close its screens now (4401). */
  dropSession(sessionId: string): void;
  screenCount(): number;
  /** Say `stopping`, close with 1012, and resolve when all are gone or 1 s has passed. */
  stop(): Promise<void>;
}

/** Screens only listen; a frame from one is a mistake or an attack, and 64 kB is already too much. */
const INBOUND_BYTES_MAX = 64 * 1024;
const DEFAULT_HEARTBEAT_MS = 5_000;
const DEFAULT_SESSION_CHECK_MS = 60_000;
/** 1 s for the closing handshake of a screen that still answers. */
const STOP_WAIT_MS = 1_000;
/** Forgotten tabs of one person; the newest screens are the ones looked at. */
const SCREENS_PER_STAFF_MAX = 16;

/**
 * Close codes: 4401 as HTTP 401 (contract); 4429 too many screens; the others are of RFC 6455 section 7.4.
 */
export const DESK_CLOSE = { sessionEnded: 4401, tooMany: 4429, notAllowed: 1008, restarting: 1012 } as const;

export function createDeskHub(options: DeskHubOptions): DeskHub {
  return new Hub(options);
}

class Hub implements DeskHub {
  readonly #options: DeskHubOptions;
  readonly #server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: INBOUND_BYTES_MAX,
  });
  readonly #screens = new Set<Screen>();
  readonly #recent;
  readonly #notices = createDeskNotices();
  readonly #presence;
  readonly #encodeAlert;
  readonly #timers: readonly NodeJS.Timeout[];
  #isStopping = false;
  #isCheckingSessions = false;
  #onAllGone: (() => void) | null = null;

  constructor(options: DeskHubOptions) {
    this.#options = options;
    this.#recent = createRecentEffects(options.resumableEffects);
    this.#encodeAlert = createDeskAlertEncoder(options.homeLabel, (error) => options.onError(error, 'label'));
    this.#presence = createDeskPresence((staffId, present) => {
      // A stopping service says nothing about its staff: after the restart they come back by themselves.
      if (!this.#isStopping) options.onPresence(staffId, present);
    });
    this.#timers = [
      setInterval(() => this.#beat(), options.heartbeatMs ?? DEFAULT_HEARTBEAT_MS),
      setInterval(() => void this.#checkSessions(), options.sessionCheckMs ?? DEFAULT_SESSION_CHECK_MS),
    ];
  }

  accept(request: IncomingMessage, socket: Duplex, head: Buffer, visit: DeskVisit): void {
    if (this.#isStopping) {
      socket.destroy();
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (ws) => this.#welcome(ws, socket, visit));
  }

  publish(effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.type !== 'alert') continue;
      this.#recent.push(effect);
      this.#deliver(effect, this.#screens);
    }
  }

  notice(code: NoticeMessage['code'], params: NoticeMessage['params'], districtCode: string | null): void {
    const message: NoticeMessage = { type: 'notice', code, atMs: this.#options.nowMs(), params };
    const notice: DeskNotice = { message, districtCode };
    if (code !== 'stopping') this.#notices.keep(notice);
    for (const screen of this.#screens) tell(screen, notice);
  }

  dropSession(sessionId: string): void {
    for (const screen of this.#screens) {
      if (screen.sessionId === sessionId) screen.close(DESK_CLOSE.sessionEnded, 'session ended');
    }
  }

  screenCount(): number {
    return this.#screens.size;
  }

  async stop(): Promise<void> {
    if (this.#isStopping) return;
    this.#isStopping = true;
    for (const timer of this.#timers) clearInterval(timer);
    this.notice('stopping', {}, null);
    for (const screen of this.#screens) screen.close(DESK_CLOSE.restarting, 'restarting');
    await this.#allGone();
    for (const screen of this.#screens) screen.terminate();
    this.#server.close();
  }

  async #allGone(): Promise<void> {
    if (this.#screens.size === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, STOP_WAIT_MS);
    this.#onAllGone = resolve;
    await promise;
    clearTimeout(timer);
  }

  #welcome(ws: WebSocket, socket: Duplex, visit: DeskVisit): void {
    const screen = new Screen({
      ws,
      socket,
      viewer: visit.viewer,
      sessionId: visit.sessionId,
      bufferedBytesMax: this.#options.bufferedBytesMax,
      onCaughtUp: (caughtUp) => this.#snapshot(caughtUp),
    });
    ws.on('message', () => screen.close(DESK_CLOSE.notAllowed, 'this socket only pushes'));
    // A broken frame or a reset; 'close' follows and does the rest.
    ws.on('error', () => undefined);
    ws.on('close', () => this.#forget(screen));
    this.#makeRoom(visit.viewer.staffId);
    screen.send(this.#hello(visit.viewer.staffId));
    this.#bringUpToDate(screen, visit.cursor);
    for (const notice of this.#notices.recent(this.#options.nowMs())) tell(screen, notice);
    this.#screens.add(screen);
    this.#presence.came(visit.viewer.staffId);
  }

  #makeRoom(staffId: string): void {
    const own = [...this.#screens].filter((screen) => screen.viewer.staffId === staffId);
    if (own.length >= SCREENS_PER_STAFF_MAX) own[0]?.close(DESK_CLOSE.tooMany, 'too many screens');
  }

  #hello(staffId: string): Buffer {
    const { nowMs, consoleVersion, clock } = this.#options;
    return encode({ type: 'hello', serverTimeMs: nowMs(), staffId, consoleVersion, clock });
  }

  #bringUpToDate(screen: Screen, cursor: string | null): void {
    const missed = cursor === null ? null : this.#missed(cursor);
    if (cursor === null || missed === null) {
      this.#snapshot(screen);
      return;
    }
    screen.standAt(cursor);
    const seen = new Set([screen]);
    for (const effect of missed) this.#deliver(effect, seen);
  }

  #missed(cursor: string): readonly StoredAlertEffect[] | null {
    try {
      return missedSince(cursor, {
        recent: this.#recent,
        since: this.#options.since,
        newest: this.#options.cursor,
        limit: this.#options.resumableEffects,
      });
    } catch (error) {
      // The store is in trouble; the core's memory is not: the screen gets a snapshot.
      this.#options.onError(error, 'resume');
      return null;
    }
  }

  #deliver(effect: StoredAlertEffect, screens: Iterable<Screen>): void {
    let frames: ((previous: string) => Buffer) | null = null;
    for (const screen of screens) {
      // `hasSeen`: a snapshot may already be ahead of what is being published.
      if (screen.hasSeen(effect) || !isShownTo(screen, effect.alert.districtCode)) continue;
      frames ??= createAlertFrames(effect, this.#encodeAlert(effect.alert));
      if (screen.offer(frames(screen.cursor))) screen.standAt(`${effect.offset}:${effect.index}`);
    }
  }

  #snapshot(screen: Screen): void {
    const cursor = this.#options.cursor();
    const shown = this.#options.openAlerts().filter((alert) => isShownTo(screen, alert.districtCode));
    screen.send(encodeSnapshot(cursor, shown.map(this.#encodeAlert)));
    screen.standAt(cursor);
  }

  #beat(): void {
    const serverTimeMs = this.#options.nowMs();
    for (const screen of this.#screens) {
      screen.beat(() => encode({ type: 'heartbeat', serverTimeMs, cursor: screen.cursor }));
    }
  }

  async #checkSessions(): Promise<void> {
    if (this.#isCheckingSessions) return;
    this.#isCheckingSessions = true;
    for (const screen of [...this.#screens]) await this.#checkSession(screen);
    this.#isCheckingSessions = false;
  }

  async #checkSession(screen: Screen): Promise<void> {
    try {
      const viewer = await this.#options.viewerOf(screen.sessionId);
      if (!viewer) {
        screen.close(DESK_CLOSE.sessionEnded, 'session ended');
        return;
      }
      const isMoved = viewer.districtCode !== screen.viewer.districtCode;
      screen.viewer = viewer;
      // Another district: what is on the screen is replaced, so that nothing foreign stays.
      if (isMoved && !screen.isBehind) this.#snapshot(screen);
    } catch (error) {
      this.#options.onError(error, 'session-check');
    }
  }

  #forget(screen: Screen): void {
    if (!this.#screens.delete(screen)) return;
    this.#presence.went(screen.viewer.staffId);
    if (this.#screens.size === 0) this.#onAllGone?.();
  }
}

function isShownTo(screen: Screen, districtCode: string): boolean {
  return districtCode.startsWith(areaPrefix(screen.viewer.districtCode));
}

function tell(screen: Screen, notice: DeskNotice): void {
  if (notice.districtCode === null || isShownTo(screen, notice.districtCode))
    screen.send(encode(notice.message));
}
