// A scripted service for the console's browser tests: the real page, and the contract's session, alerts, card and
// desk socket with fixtures. It keeps the contract's rules of claims; it watches nobody and stores nothing.

import type { AddressInfo } from 'node:net';

import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { type WebSocket, WebSocketServer } from 'ws';

import { buildConsole } from '#console/build.ts';
import { serveConsole } from '#console/serve.ts';
import type { AlertChange } from '#core/model/alert.ts';
import { isOutcome } from '#core/model/command.ts';
import type { DeskAlert, DeskMessage } from '#core/model/desk-message.ts';
import type { HomeState } from '#core/model/home-state.ts';
import { cardOf } from './desk-fixtures.ts';
import { HistoryDouble } from './history-double.ts';

export const STAFF = {
  lin: { staffId: 's1', login: 'lin', name: '林晓', role: 'operator', districtCode: null },
  zhou: { staffId: 's2', login: 'zhou', name: '周敏', role: 'operator', districtCode: null },
  sun: { staffId: 's3', login: 'sun', name: '孙悦', role: 'supervisor', districtCode: '330106' },
} as const;
const PASSWORD = 'correct horse battery';
const LEASE_MS = 120_000;
const NOTHING_KNOWN: HomeState = {
  presence: 'unknown',
  awaySinceMs: null,
  lastActivityAtMs: null,
  absence: null,
  gaps: [],
};

export interface DeskServerOptions {
  readonly clock?: 'live' | 'recording';
  readonly alerts?: readonly DeskAlert[];
  /** Name on every unmasked card. */
  readonly elderName?: string;
  /** Default 5 s, as the contract says; shorter only makes a test of silence quicker to begin. */
  readonly heartbeatMs?: number;
}

interface Screen {
  readonly ws: WebSocket;
  cursor: string;
}

export class DeskServer {
  readonly alerts = new Map<string, DeskAlert>();
  /** Every order that came, as `METHOD path`. */
  readonly requests: string[] = [];
  readonly history = new HistoryDouble();
  /** What was declared of homes. */
  readonly homeStates = new Map<string, HomeState>();
  url = '';
  /** False: connections stay open and say nothing more, as a hung server would. */
  speaks = true;
  /** False: every request answers 401 and upgrades are refused, as after a session's end. */
  hasSession = true;
  /** False: upgrades are refused, as while the service restarts. */
  takesScreens = true;
  /** Cursors that screens came with. */
  readonly arrivals: (string | null)[] = [];
  readonly #options: DeskServerOptions;
  readonly #app: FastifyInstance;
  readonly #sockets = new WebSocketServer({ noServer: true });
  readonly #screens = new Set<Screen>();
  #offset = 100;
  #version = '';
  #timer: NodeJS.Timeout | null = null;

  /** Orders of staff wait for it before they are looked at. */
  ordersHeldBack: Promise<void> = Promise.resolve();

  constructor(options: DeskServerOptions = {}) {
    this.#options = options;
    this.#app = Fastify({ forceCloseConnections: true });
    for (const alert of options.alerts ?? []) this.alerts.set(alert.id, alert);
  }

  async start(): Promise<void> {
    const built = await buildConsole();
    this.#version = built.version;
    await this.#app.register(serveConsole, { console: built });
    this.#routes();
    this.#app.server.on('upgrade', (request, socket, head) => {
      const url = new URL(request.url ?? '', 'http://desk');
      if (!this.takesScreens || !this.hasSession || staffOf(request.headers.cookie) === null) {
        socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n');
        return;
      }
      const staff = staffOf(request.headers.cookie)!;
      this.#sockets.handleUpgrade(request, socket, head, (ws) => {
        if (url.pathname.endsWith('/telemetry/live')) this.history.acceptLive(ws);
        else this.#welcome(ws, staff.staffId, url.searchParams.get('cursor'));
      });
    });
    await this.#app.listen({ port: 0, host: '127.0.0.1' });
    this.url = `http://127.0.0.1:${(this.#app.server.address() as AddressInfo).port}`;
    this.#timer = setInterval(() => this.#heartbeat(), this.#options.heartbeatMs ?? 5_000);
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    for (const screen of this.#screens) screen.ws.terminate();
    this.history.stop();
    await this.#app.close();
  }

  raise(alert: DeskAlert): DeskAlert {
    return this.change(alert, 'raised');
  }

  /** Stores the alert and tells every screen. `isSkipped`: the screens never hear of it, which makes a gap. */
  change(alert: DeskAlert, change: AlertChange, isSkipped = false): DeskAlert {
    const known = this.alerts.get(alert.id);
    const next = { ...alert, updatedAtMs: Date.now(), version: (known?.version ?? 0) + 1 };
    if (next.handling === 'closed') this.alerts.delete(next.id);
    else this.alerts.set(next.id, next);
    this.#offset += 1;
    const cursor = `${this.#offset}:0`;
    for (const screen of this.#screens) {
      if (!isSkipped) send(screen, { type: 'alert', cursor, previous: screen.cursor, change, alert: next });
      screen.cursor = cursor;
    }
    return next;
  }

  claimFor(id: string, staffId: string): DeskAlert {
    const alert = this.alerts.get(id)!;
    const claim = { staffId, token: this.#offset + 1, atMs: Date.now(), expiresAtMs: Date.now() + LEASE_MS };
    return this.change({ ...alert, handling: 'claimed', claim }, 'claimed');
  }

  say(message: DeskMessage): void {
    for (const screen of this.#screens) send(screen, message);
  }

  /** Ends every connection of a screen with `code`. */
  drop(code: number): void {
    for (const screen of this.#screens) screen.ws.close(code);
  }

  #welcome(ws: WebSocket, staffId: string, cursor: string | null): void {
    this.arrivals.push(cursor);
    const screen: Screen = { ws, cursor: cursor ?? '' };
    ws.on('close', () => this.#screens.delete(screen));
    this.#screens.add(screen);
    const { clock = 'live' } = this.#options;
    send(screen, { type: 'hello', serverTimeMs: Date.now(), staffId, consoleVersion: this.#version, clock });
    // Keeps no history: whoever does not stand at the newest cursor gets a snapshot.
    const newest = `${this.#offset}:0`;
    if (cursor === newest) return;
    screen.cursor = newest;
    send(screen, { type: 'snapshot', cursor: newest, alerts: [...this.alerts.values()] });
  }

  #heartbeat(): void {
    if (!this.speaks) return;
    for (const screen of this.#screens) {
      send(screen, { type: 'heartbeat', serverTimeMs: Date.now(), cursor: screen.cursor });
    }
  }

  #routes(): void {
    const app = this.#app;
    app.addHook('onRequest', async (request) => {
      if (request.url.startsWith('/api/')) this.requests.push(`${request.method} ${request.url}`);
    });
    app.post('/api/v1/session', async (request, reply) => {
      const { login, password } = request.body as { login: string; password: string };
      const staff = Object.values(STAFF).find((one) => one.login === login);
      if (staff === undefined || password !== PASSWORD) return problem(reply.code(401), 'wrong-login');
      this.hasSession = true;
      reply.header('set-cookie', `shouwang_session=${login}; HttpOnly; SameSite=Strict; Path=/`);
      return reply.code(201).send({ staff });
    });
    app.get('/api/v1/session', async (request, reply) => {
      const staff = this.#staff(request);
      return staff === null ? problem(reply.code(401), 'no-session') : { staff };
    });
    app.delete('/api/v1/session', async (_request, reply) => {
      reply.header('set-cookie', 'shouwang_session=; Path=/; Max-Age=0');
      return reply.code(204).send();
    });
    app.get('/api/v1/staff', async () => ({ items: Object.values(STAFF), next: null }));
    app.get('/api/v1/homes/:id/card', async (request, reply) => {
      const staff = this.#staff(request);
      if (staff === null) return problem(reply.code(401), 'no-session');
      const { id } = request.params as { id: string };
      const masked = !this.#isHeld(id, staff.staffId);
      const { elderName } = this.#options;
      const card = cardOf(id, {
        masked,
        nowMs: Date.now(),
        ...(elderName === undefined ? {} : { name: elderName }),
      });
      return { ...(card as object), state: this.homeStates.get(id) ?? NOTHING_KNOWN };
    });
    this.history.routes(app, (homeId) => this.#isHeld(homeId, STAFF.lin.staffId));
    const absence = async (request: FastifyRequest) => {
      const { id } = request.params as { id: string };
      const { untilMs = null, note = null } = (request.body ?? {}) as { untilMs?: number; note?: string };
      const since = { awaySinceMs: untilMs === null ? null : Date.now(), lastActivityAtMs: null, gaps: [] };
      const declared = { untilMs: untilMs ?? 0, declaredAtMs: Date.now(), staffId: STAFF.lin.staffId, note };
      const state: HomeState = {
        presence: untilMs === null ? 'home' : 'away',
        ...since,
        absence: untilMs === null ? null : declared,
      };
      this.homeStates.set(id, state);
      return { state };
    };
    app.post('/api/v1/homes/:id/absence', absence);
    app.delete('/api/v1/homes/:id/absence', absence);
    app.post('/api/v1/alerts/:id/:action', async (request, reply) => {
      const staff = this.#staff(request);
      if (staff === null) return problem(reply.code(401), 'no-session');
      const { id, action } = request.params as { id: string; action: string };
      await this.ordersHeldBack;
      const answer = this.#order(id, action, staff.staffId, request.body as OrderBody);
      if ('status' in answer)
        return problem(reply.code(answer.status), answer.code, { heldBy: answer.heldBy });
      const { home: _home, ...alert } = answer;
      return { alert };
    });
  }

  #isHeld(homeId: string, staffId: string): boolean {
    return [...this.alerts.values()].some(
      (alert) => alert.homeId === homeId && alert.claim?.staffId === staffId,
    );
  }

  #staff(request: FastifyRequest) {
    return this.hasSession ? staffOf(request.headers.cookie) : null;
  }

  #order(id: string, action: string, staffId: string, body: OrderBody): DeskAlert | Refusal {
    const alert = this.alerts.get(id);
    if (alert === undefined) return { status: 404, code: 'no-such-alert' };
    if (action === 'notes') {
      const note = { atMs: Date.now(), staffId, text: body.text ?? '' };
      return this.change({ ...alert, notes: [...alert.notes, note] }, 'noted');
    }
    const holder = alert.claim?.staffId ?? null;
    if (holder !== null && holder !== staffId) return { status: 409, code: 'held-by-other', heldBy: holder };
    if (action === 'claim') return holder === null ? this.claimFor(id, staffId) : this.#renew(alert);
    if (alert.claim === null) return { status: 409, code: 'not-claimed' };
    if (alert.claim.token !== body.token) return { status: 409, code: 'claim-lost' };
    if (action === 'release') return this.change({ ...alert, handling: 'raised', claim: null }, 'released');
    if (action === 'acknowledge') return this.change({ ...alert, handling: 'in-progress' }, 'acknowledged');
    const { code = '', detail = '' } = body;
    if (!isOutcome(code, detail)) return { status: 422, code: 'bad-outcome' };
    return this.change({ ...alert, handling: 'closed', claim: null }, 'closed');
  }

  #renew(alert: DeskAlert): DeskAlert {
    const claim = { ...alert.claim!, expiresAtMs: Date.now() + LEASE_MS };
    return this.change({ ...alert, claim }, 'renewed');
  }
}

interface OrderBody {
  readonly token?: number;
  readonly text?: string;
  readonly code?: string;
  readonly detail?: string;
}

interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly heldBy?: string;
}

export const LOG_IN = { login: STAFF.lin.login, password: PASSWORD };

function staffOf(cookie: string | undefined) {
  const login = /shouwang_session=(\w+)/.exec(cookie ?? '')?.[1];
  return Object.values(STAFF).find((staff) => staff.login === login) ?? null;
}

function send(screen: Screen, message: DeskMessage): void {
  screen.ws.send(JSON.stringify(message));
}

function problem(reply: { send(body: unknown): unknown }, code: string, extra: object = {}) {
  return reply.send({ type: `https://shouwang.dev/errors/${code}`, title: code, code, ...extra });
}
