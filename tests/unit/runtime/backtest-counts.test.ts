// Goal: the figures by which a supervisor decides stay right when a setting moves the time at which an alert rings, and
// with it its id: each silence is one alert in both worlds, whoever closed what, and whoever is no longer watched.

import { expect, test } from 'vitest';
import { Engine } from '#core/engine.ts';
import type { Outcome } from '#core/model/command.ts';
import type { Entry, EntryBody } from '#core/model/entry.ts';
import type { HomeConfiguration, RuleSettings } from '#core/model/home.ts';
import type { LogHistory } from '#journal/history.ts';
import { createMemoryAlertStore } from '#push/memory-alert-store.ts';
import { AlertLives } from '#runtime/backtest/alert-lives.ts';
import { BacktestQueue } from '#runtime/backtest/queue.ts';
import { replayHistory } from '#runtime/backtest/replay.ts';
import type { BacktestReport } from '#runtime/backtest/report.ts';
import { homeOf, observationOf } from '../../support/scenario.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const START_MS = Date.parse('2026-03-02T00:00:00+08:00');
const DAYS = 20;
const DISTRICT = '330106001001';
const FIXED = { inactivity: { learnedAfterMs: 90 * DAY_MS } };

const WELFARE_OK: Outcome = { code: 'WELFARE_OK', detail: 'spoke-to-elder' };
const ASSISTED: Outcome = { code: 'ASSISTED', detail: 'fall-lifted' };
const AWAY: Outcome = { code: 'AWAY', detail: 'undeclared' };

/** A home in which every day is silent from 08:01 to 16:00, if not said; what rings then staff close at 14:07. */
class Life {
  readonly engine = new Engine();
  readonly entries: Entry[] = [];
  readonly alerts = createMemoryAlertStore({ resumableEffects: 10 });
  #home: Partial<HomeConfiguration> = { rules: FIXED };

  constructor() {
    const gateway = { gateway: 1, gatewayId: 'gw-1', revision: 1, districtCode: DISTRICT, home: 1 } as const;
    const watched = { supervision: 'none', isWatched: true } as const;
    this.append(START_MS, { type: 'gateway-configured', gateway: { ...gateway, ...watched } });
    this.configure(START_MS, {});
  }

  append(atMs: number, body: EntryBody): void {
    while (this.engine.nextDeadlineMs() < atMs) this.#write(this.engine.nextDeadlineMs(), { type: 'tick' });
    this.#write(atMs, body);
  }

  configure(atMs: number, change: Partial<HomeConfiguration>): void {
    this.#home = { ...this.#home, ...change };
    this.append(atMs, { type: 'home-configured', home: homeOf({ home: this.#home }) });
  }

  day(day: number, outcome: Outcome | null, silentUntil = 16): void {
    const midnightMs = START_MS + day * DAY_MS;
    for (const hour of [6, 7, 8]) this.sign(midnightMs + hour * HOUR_MS);
    if (silentUntil > 14) this.#close(midnightMs + 14 * HOUR_MS + 6 * MINUTE_MS, outcome);
    for (let hour = silentUntil; hour < 24; hour++) this.sign(midnightMs + hour * HOUR_MS);
  }

  sign(atMs: number): void {
    for (const [device, laterMs] of [['pir-living', 0] as const, ['pir-bedroom', MINUTE_MS] as const]) {
      const words = [device, 'motion', 'on'];
      this.append(atMs + laterMs, observationOf(words, atMs + laterMs, this.entries.length, {}));
    }
  }

  #close(atMs: number, outcome: Outcome | null): void {
    this.append(atMs, { type: 'tick' });
    const alertId = this.engine.openAlerts().find(({ kind }) => kind === 'inactivity')?.id;
    if (alertId === undefined || outcome === null) return;
    const order = { alertId, staffId: 'li' } as const;
    this.append(atMs, { type: 'command', command: { action: 'claim', ...order } });
    const { token } = this.engine.book.get(alertId)!.claim!;
    const close = { action: 'close', ...order, token, note: null, outcome } as const;
    this.append(atMs + MINUTE_MS, { type: 'command', command: close });
  }

  #write(atMs: number, body: EntryBody): void {
    const entry = { offset: this.entries.length + 1, atMs, body };
    this.entries.push(structuredClone(entry));
    this.alerts.record(this.engine.step(entry), entry.offset);
  }
}

function lived(outcome: Outcome | null, silentUntil?: number): Life {
  const life = new Life();
  for (let day = 0; day < DAYS; day++) life.day(day, outcome, silentUntil);
  return life;
}

interface Asked {
  readonly rules?: RuleSettings;
  readonly fromMs?: number;
  /** The log before it is gone. */
  readonly firstOffset?: number;
}

function historyOf({ entries }: Life, firstOffset: number): LogHistory {
  const [first, last] = [entries[firstOffset - 1]!, entries.at(-1)!];
  const span = { firstAtMs: first.atMs, lastOffset: last.offset, lastAtMs: last.atMs };
  return {
    span: () => ({ firstOffset, ...span }),
    atMsOf: (offset) => entries[offset - 1]?.atMs ?? null,
    slice(after, lastOffset) {
      const part = entries.slice(after, lastOffset).filter(({ body }) => body.type !== 'tick');
      const entry = (index: number): Entry => structuredClone(part[index]!);
      return { count: part.length, entry, upToOffset: lastOffset };
    },
    close: () => undefined,
  };
}

async function backtest(life: Life, { rules = {}, fromMs = 0, firstOffset = 1 }: Asked = {}) {
  const { promise, resolve } = Promise.withResolvers<BacktestReport>();
  const failures: unknown[] = [];
  const queue = new BacktestQueue({
    roster: life.engine.world.roster,
    alerts: life.alerts,
    nowMs: () => 0,
    onFailed: (_backtestId, error) => failures.push(error),
    startThread: (plan) => {
      const lives = new AlertLives(plan.fromMs);
      const onEffects = lives.note.bind(lives);
      const replayed = replayHistory({ history: historyOf(life, firstOffset), plan, onEffects });
      return { result: Promise.resolve({ replayed, simulated: lives.all() }), end: () => undefined };
    },
  });
  const toMs = life.entries.at(-1)!.atMs + 1;
  const area = { districtCode: DISTRICT };
  const answer = queue.request({ staffId: 's', rules, area, fromMs, toMs });
  if (!answer.ok) throw new Error(answer.refusal);
  const look = (): void => {
    const { report, state } = queue.get(answer.backtest.backtestId)!;
    if (report !== null || state === 'failed') resolve(report!);
    else setImmediate(look);
  };
  look();
  const report = await promise;
  expect(failures).toEqual([]);
  return report;
}

function figuresOf({
  before,
  after,
  falseBefore,
  falseAfter,
  helpBefore,
  helpAfter,
  listed,
}: BacktestReport) {
  return {
    raised: [before.raised, after.raised],
    false: [falseBefore, falseAfter],
    help: [helpBefore, helpAfter],
    listed: [listed.both, listed.wouldRaise, listed.wouldNotRaise],
  };
}

const dayMs = (hours: number): RuleSettings => ({ inactivity: { dayMs: hours * HOUR_MS } });

test.each([
  ['as they were', {}],
  ['a minute earlier', { inactivity: { dayMs: 6 * HOUR_MS - MINUTE_MS } }],
  ['an hour earlier', dayMs(5)],
  ['before staff called', { inactivity: { dayMs: 6 * HOUR_MS + MINUTE_MS } }],
  ['after staff had closed it', dayMs(6.5)],
  ['just before the silence ends', dayMs(7.9)],
])('settings that ring in every silence, %s, ring for every one', async (_when, rules) => {
  const all = { raised: [DAYS, DAYS], listed: [DAYS, 0, 0] };
  for (const fromDay of [0, 7]) {
    const days = DAYS - fromDay;
    const asked = { rules, fromMs: START_MS + fromDay * DAY_MS };
    const listed = { raised: [days, days], listed: [days, 0, 0] };
    const falsely = figuresOf(await backtest(lived(WELFARE_OK), asked));
    expect(falsely).toEqual({ ...all, ...listed, false: [days, days], help: [0, 0] });
    const rightly = figuresOf(await backtest(lived(ASSISTED), asked));
    expect(rightly).toEqual({ ...all, ...listed, false: [0, 0], help: [days, days] });
  }
});

test('settings that wait for longer than the silences last ring for none', async () => {
  const report = await backtest(lived(ASSISTED), { rules: dayMs(8.5) });
  expect(figuresOf(report)).toEqual({
    ...{ raised: [DAYS, 0], false: [0, 0], help: [DAYS, 0] },
    listed: [0, 0, DAYS],
  });
});

test('silences in which nothing rang live are an alert each, though nobody closes them', async () => {
  const life = lived(null, 13);
  const report = await backtest(life, { rules: dayMs(4.5) });
  expect(figuresOf(report)).toMatchObject({ raised: [0, DAYS], listed: [0, DAYS, 0] });
  const { after } = await backtest(life, { rules: dayMs(4.5), fromMs: START_MS + 7 * DAY_MS });
  expect(after.raised).toBe(DAYS - 7);
});

test('an alert that staff left open, and that came back each day, is one with any settings', async () => {
  for (const rules of [{}, dayMs(5), dayMs(7)])
    expect(figuresOf(await backtest(lived(null), { rules }))).toMatchObject({
      raised: [1, 1],
      listed: [1, 0, 0],
    });
  const later = { fromMs: START_MS + 7 * DAY_MS };
  expect(figuresOf(await backtest(lived(null), later)).raised).toEqual([0, 0]);
});

test('what staff found out live is known here as well: out of the house, or well and waited for again', async () => {
  const away = new Life();
  away.day(0, AWAY, 24);
  for (const day of [3, 4]) away.day(day, null);
  const waiting = new Life();
  waiting.day(0, WELFARE_OK, 24);
  waiting.day(1, null, 16);
  for (const [life, kinds] of [
    [away, ['inactivity', 'away-too-long', 'inactivity']] as const,
    [waiting, ['inactivity', 'inactivity']] as const,
  ]) {
    for (const rules of [{}, dayMs(5.5)]) {
      const { both, listed } = await backtest(life, { rules });
      expect(both.map(({ kind }) => kind)).toEqual(kinds);
      expect(listed).toEqual({ both: kinds.length, wouldRaise: 0, wouldNotRaise: 0 });
    }
  }
});

test('a home that is no longer watched counts for its days; of what the log no longer tells it is said', async () => {
  const life = lived(ASSISTED);
  life.configure(START_MS + DAYS * DAY_MS, { isWatched: false, revision: 2 });
  life.append(START_MS + 2 * DAYS * DAY_MS, { type: 'tick' });
  const whole = await backtest(life, { rules: dayMs(5) });
  expect(whole).toMatchObject({
    homes: 1,
    homeDays: DAYS,
    leftOutHomes: 0,
    helpBefore: DAYS,
    helpAfter: DAYS,
  });
  const firstOffset = life.entries.findIndex(({ atMs }) => atMs > START_MS + 10 * DAY_MS) + 1;
  const part = await backtest(life, { rules: dayMs(5), firstOffset });
  expect(part).toMatchObject({ homes: 0, homeDays: 0, leftOutHomes: 1, helpBefore: 0, helpAfter: 0 });
  const later = await backtest(life, { fromMs: START_MS + (DAYS + 1) * DAY_MS });
  expect(later).toMatchObject({ homes: 0, leftOutHomes: 0, before: { raised: 0 }, after: { raised: 0 } });
});
