// The program of `backtest`: makes a log of some home-years through the real log, and then reads it in three ways: by a
// plain SELECT (the limit), as the history of a back-test, and through the whole back-test with all rules on.

import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { LIMITS } from '#config/limits.ts';
import { Engine } from '#core/engine.ts';
import { createSqliteLog } from '#journal/sqlite.ts';
import { openSqliteHistory } from '#journal/sqlite-history.ts';
import { planOf } from '#runtime/backtest/plan.ts';
import { replayHistory } from '#runtime/backtest/replay.ts';
import { configurationsOf, EventStream } from './core-events.ts';
import { serve } from './remote.ts';

export interface HistorySize {
  readonly folder: string;
  readonly homes: number;
  readonly events: number;
}

export interface Rates {
  /** Entries or rows per second. */
  readonly rate: number;
}

export type BacktestProgram = {
  readonly make: (size: HistorySize) => Promise<{ readonly lastOffset: number }>;
  readonly select: (size: HistorySize) => Promise<Rates>;
  readonly read: (size: HistorySize) => Promise<Rates>;
  readonly replay: (size: HistorySize) => Promise<Rates & { readonly effects: number }>;
};

const ENTRIES_PER_COMMIT = 2_000;
const START_MS = Date.UTC(2026, 0, 1);

async function make({ folder, homes, events }: HistorySize) {
  const clock = { atMs: START_MS, nowMs: () => clock.atMs };
  const log = await createSqliteLog({
    folder,
    clock,
    clockKind: 'recording',
    limits: LIMITS,
    onFatal: (error) => {
      throw error;
    },
  });
  for (let home = 1; home <= homes; home++)
    await log.append(configurationsOf(home).map((body) => ({ body, identity: null })));
  const stream = new EventStream(homes, 0, START_MS);
  let appends: Promise<unknown>[] = [];
  for (let event = 0; event < events; event++) {
    const { body, atMs } = stream.next();
    clock.atMs = atMs;
    const identity = { source: body.device!, id: body.eventId!, withinMs: null };
    appends.push(log.append([{ body, identity }]));
    if (appends.length < ENTRIES_PER_COMMIT) continue;
    await Promise.all(appends);
    appends = [];
  }
  await Promise.all(appends);
  const { lastOffset } = log.position();
  await log.close();
  return { lastOffset };
}

async function select({ folder }: HistorySize): Promise<Rates> {
  const startMs = performance.now();
  const db = new DatabaseSync(join(folder, 'journal.db'), { readOnly: true });
  let rows = 0;
  for (const { body } of db.prepare('SELECT offset, at_ms, body FROM entry ORDER BY offset').iterate())
    if (body !== null) rows++;
  db.close();
  return { rate: perSecond(rows, startMs) };
}

async function read({ folder }: HistorySize): Promise<Rates> {
  const startMs = performance.now();
  const history = openSqliteHistory(join(folder, 'journal.db'));
  const { firstOffset, lastOffset } = history.span()!;
  let rows = 0;
  for (let after = firstOffset - 1; after < lastOffset; ) {
    const slice = history.slice(after, lastOffset, null);
    for (let index = 0; index < slice.count; index++) if (slice.entry(index).atMs > 0) rows++;
    after = slice.upToOffset;
  }
  history.close();
  return { rate: perSecond(rows, startMs) };
}

async function replay({ folder, homes }: HistorySize) {
  const engine = new Engine();
  let offset = 0;
  for (let home = 1; home <= homes; home++)
    for (const body of configurationsOf(home)) engine.step({ offset: ++offset, atMs: START_MS, body });
  const { roster } = engine.world;
  const plan = planOf(roster, [...roster.homes.rows()], {
    rules: {},
    fromMs: START_MS,
    toMs: Number.MAX_SAFE_INTEGER,
  });
  let effects = 0;
  const startMs = performance.now();
  const history = openSqliteHistory(join(folder, 'journal.db'));
  const onEffects = (caused: readonly unknown[]): void => {
    effects += caused.length;
  };
  const { steppedEntries } = replayHistory({ history, plan, onEffects });
  history.close();
  return { rate: perSecond(steppedEntries, startMs), effects };
}

function perSecond(count: number, startMs: number): number {
  return (count * 1_000) / (performance.now() - startMs);
}

serve({ make, select, read, replay } satisfies BacktestProgram);
