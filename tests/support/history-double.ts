// The history and back-test part of the scripted service: a home's day with an offline gateway in it, charts, live
// readings that the test sends, and a back-test that is done at the third look. Invented, and the same every time.

import type { FastifyInstance } from 'fastify';
import type { WebSocket } from 'ws';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Hours of the clock (UTC + 8) in which somebody is in that room. */
const ROOMS: readonly (readonly [string, readonly number[]])[] = [
  ['living-room', [8, 9, 10, 11, 14, 15, 16, 17, 19, 20, 21]],
  ['kitchen', [7, 8, 11, 12, 17, 18]],
  ['bathroom', [2, 6, 7, 13, 21, 22]],
  ['bedroom', [0, 5, 6, 13, 22]],
];
const CHARTS: readonly (readonly [string, string, number, number, boolean])[] = [
  ['heart_rate_bpm', 'band-1', 68, 9, true],
  ['temperature_c', 'thermo-1', 19.5, 2.5, false],
  ['temperature_c', 'thermo-2', 17, 1.5, false],
  ['power_w', 'plug-1', 140, 90, false],
];
const PERSONAL = ['heart_rate_bpm'];

export class HistoryDouble {
  /** Requests for history wait for it. */
  heldBack: Promise<void> = Promise.resolve();
  /** True: the answers are not what the contract says. */
  isNonsense = false;
  /** False: the store cannot be reached. */
  isReachable = true;
  /** Requests for history that the console gave up before they were answered. */
  abandonedCount = 0;
  readonly orders: unknown[] = [];
  #looks = 0;
  readonly #live = new Set<WebSocket>();

  sendLive(readings: readonly object[], skipped = false): void {
    for (const socket of this.#live) socket.send(JSON.stringify({ readings, skipped }));
  }

  /** Takes a WebSocket to live readings. */
  acceptLive(socket: WebSocket): void {
    this.#live.add(socket);
    socket.once('close', () => this.#live.delete(socket));
  }

  stop(): void {
    for (const socket of this.#live) socket.terminate();
  }

  /** `mayAll`: the caller holds a claim on that home. */
  routes(app: FastifyInstance, mayAll: (homeId: string) => boolean): void {
    app.get('/api/v1/homes/:id/activity', async (request, reply) => {
      reply.raw.once('close', () => {
        if (!reply.raw.writableFinished) this.abandonedCount += 1;
      });
      await this.heldBack;
      if (!this.isReachable) return reply.code(503).send({ code: 'unavailable' });
      if (this.isNonsense) return { rooms: [{ room: 'kitchen', counts: null }] };
      return activityOf(numbersOf(request.query));
    });
    app.get('/api/v1/homes/:id/telemetry', async (request, reply) => {
      await this.heldBack;
      if (!this.isReachable) return reply.code(503).send({ code: 'unavailable' });
      const { id } = request.params as { id: string };
      return chartsOf(numbersOf(request.query), mayAll(id));
    });
    app.get('/api/v1/homes/:id/drift', async () => ({ weeks: weeksUntil(Date.now()) }));
    this.#backtests(app);
  }

  #backtests(app: FastifyInstance): void {
    app.get('/api/v1/rules', async () => RULES);
    app.get('/api/v1/backtests', async () => ({ items: this.orders.map(() => this.#run()) }));
    app.post('/api/v1/backtests', async (request, reply) => {
      this.orders.push(request.body);
      this.#looks = 0;
      return reply.code(202).send({ backtestId: 'bt-1', state: 'queued' });
    });
    app.get('/api/v1/backtests/:id', async () => {
      this.#looks += 1;
      return { ...this.#run(), report: this.#looks < 3 ? null : REPORT };
    });
    app.delete('/api/v1/backtests/:id', async (_request, reply) => reply.code(204).send());
  }

  #run() {
    const order = this.orders.at(-1) as { rules: object; districtCode?: string; homes?: string[] };
    const state = this.#looks < 3 ? 'running' : 'done';
    return {
      backtestId: 'bt-1',
      ...{ state, progress: Math.min(1, this.#looks / 3), error: null, from: 0, to: 1, staffId: 's3' },
      ...{ homes: null, districtCode: null, requestedAtMs: Date.now(), ...order },
    };
  }
}

interface Span {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

function numbersOf(query: unknown): Span {
  const { from, to, step = '60000' } = query as Record<string, string>;
  return { from: Number(from), to: Number(to), step: Number(step) };
}

/** The gateway was offline from ten to seven hours ago. */
function offline(toMs: number) {
  return { fromMs: toMs - 10 * HOUR_MS, toMs: toMs - 7 * HOUR_MS };
}

function activityOf({ from, to, step }: Span) {
  const gap = offline(to);
  const starts = Array.from({ length: Math.ceil((to - from) / step) }, (_, index) => from + index * step);
  const rooms = ROOMS.map(([room, hours]) => {
    const counts = starts.map((atMs, index) => {
      const hour = Math.floor(atMs / HOUR_MS + 8) % 24;
      const isBlind = atMs >= gap.fromMs && atMs < gap.toMs;
      return hours.includes(hour) && !isBlind
        ? ((index * 7 + room.length) % 5) * Math.ceil(step / HOUR_MS) * 3
        : 0;
    });
    return { room, counts, noData: starts.map((atMs) => atMs >= gap.fromMs && atMs + step <= gap.toMs) };
  });
  const unseen = [{ ...gap, reason: 'gateway-offline', gatewayId: 'gw-1', deviceId: null }];
  return { fromMs: from, toMs: to, stepMs: step, rooms, unseen, writtenUntilMs: to };
}

function chartsOf({ from, to }: Span, mayAll: boolean) {
  const stepMs = Math.max(5 * MINUTE_MS, Math.ceil((to - from) / 300));
  const gap = offline(to);
  const shown = CHARTS.filter(([kind]) => mayAll || !PERSONAL.includes(kind));
  const series = shown.map(([kind, deviceId, middle, swing], line) => {
    const points: number[][] = [];
    for (let atMs = Math.ceil(from / stepMs) * stepMs; atMs < to; atMs += stepMs) {
      if (atMs >= gap.fromMs && atMs < gap.toMs) continue;
      const mean =
        middle + swing * Math.sin(atMs / (4 * HOUR_MS) + line) + (swing / 6) * Math.sin(atMs / 1e6);
      points.push([atMs, 5, mean - swing / 5, mean + swing / 4, mean, mean]);
    }
    const room = line % 2 === 0 ? 'bedroom' : 'kitchen';
    return { gatewayId: 'gw-1', deviceId, kind, part: 'value', room, points };
  });
  return { fromMs: from, toMs: to, stepMs, series, withheld: mayAll ? [] : PERSONAL, writtenUntilMs: to };
}

function weeksUntil(nowMs: number) {
  return Array.from({ length: 12 }, (_, week) => ({
    endsAtMs: nowMs - (11 - week) * 7 * 24 * HOUR_MS,
    seenDays: week === 4 ? 2 : 7,
    sleep: week < 8 ? 460 + ((week * 13) % 30) : 330 - week * 2,
    activity: 140 + ((week * 17) % 25),
    'night-toilet': 1.5,
    outings: 4,
  }));
}

const RULES = [
  {
    id: 'inactivity',
    title: 'No activity',
    priority: 2,
    parameters: [
      parameter('dayMs', 'ms', [4 * HOUR_MS, HOUR_MS, 24 * HOUR_MS]),
      parameter('nightMs', 'ms', [8 * HOUR_MS, HOUR_MS, 24 * HOUR_MS]),
      parameter('dayStartMinute', 'minute-of-day', [360, 0, 1439]),
      parameter('isOn', 'switch', [1, 0, 1]),
    ],
  },
  {
    id: 'away-too-long',
    title: 'Away too long',
    priority: 3,
    parameters: [parameter('awayMs', 'ms', [1, 0, 9])],
  },
];

function parameter(name: string, unit: string, [value, min, max]: readonly [number, number, number]) {
  return { name, unit, default: value, min, max, meaning: `What ${name} means`, source: 'invented' };
}

function life(n: number, extra: object = {}) {
  const atMs = Date.UTC(2026, 9, 3, n);
  const what = {
    homeId: `home-${n}`,
    rule: 'inactivity',
    kind: 'inactivity',
    code: 'inactivity.day',
    priority: 2,
  };
  return { alertId: `home-${n}~inactivity~${n}`, ...what, deviceId: null, atMs, endedAtMs: null, ...extra };
}

const REPORT = {
  ...{ coveredFromMs: Date.UTC(2026, 9, 1), coveredUntilMs: Date.UTC(2026, 10, 1), isWholeLog: false },
  ...{ assumedHomes: 0, readEntries: 9, steppedEntries: 9, coreVersions: ['1'], homes: 12, homeDays: 372 },
  leftOutHomes: 2,
  before: { raised: 31, perThousandHomeDays: 83.3 },
  after: { raised: 19, perThousandHomeDays: 51.1 },
  ...{ falseBefore: 21, falseAfter: 10, helpBefore: 4, helpAfter: 3 },
  byRule: [{ rule: 'inactivity', before: 31, after: 19, both: 18 }],
  byHome: [],
  wouldRaise: [life(1)],
  wouldNotRaise: [life(2, { outcome: { code: 'AWAY', detail: 'undeclared' } }), life(3, { outcome: null })],
  both: [life(4, { outcome: { code: 'EMERGENCY', detail: 'doctor' }, wouldAtMs: Date.UTC(2026, 9, 3, 5) })],
  listed: { wouldRaise: 1, wouldNotRaise: 13, both: 18 },
};
