// Goal: a back-test with unchanged settings says what was really said, to the byte (promise P3), whichever homes are
// chosen, through outages, staff, changed rosters and a log of which the beginning is gone; and changed settings count.

import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LIMITS } from '#config/limits.ts';
import type { Effect } from '#core/model/effect.ts';
import type { RuleSettings } from '#core/model/home.ts';
import type { HomeRow } from '#core/state/row.ts';
import type { EventLog } from '#journal/journal.ts';
import { openSqliteHistory } from '#journal/sqlite-history.ts';
import { AlertLives, lifeOf } from '#runtime/backtest/alert-lives.ts';
import { homesById, homesInDistrict, planOf } from '#runtime/backtest/plan.ts';
import { replayHistory } from '#runtime/backtest/replay.ts';
import { type RealLife, reportOf } from '#runtime/backtest/report.ts';
import { LIFE_START_MS, LivedLog } from '../../support/lived-log.ts';
import { type FolderOfLogs, folderOfLogs, SetClock } from '../../support/log-samples.ts';

const DAY_MS = 86_400_000;
const DAYS = 15;
const SEEDS = [1, 2, 3, 4, 5, 6];

interface Life {
  readonly logs: FolderOfLogs;
  readonly log: EventLog;
  readonly life: LivedLog;
  readonly file: string;
}

let lives: Life[];
beforeAll(async () => {
  lives = await Promise.all(SEEDS.map(lived));
});
afterAll(() => Promise.all(lives.map(({ logs }) => logs.dispose())));

async function lived(seed: number): Promise<Life> {
  const logs = folderOfLogs();
  const clock = new SetClock(LIFE_START_MS);
  const log = await logs.open({ clock, limits: LIMITS });
  const life = new LivedLog(log, clock, seed);
  await life.live(DAYS);
  return { logs, log, life, file: join(logs.folder, 'data', 'journal.db') };
}

interface Asked {
  readonly homeIds: readonly string[];
  readonly rules?: RuleSettings;
  readonly toMs?: number;
}

function backtest({ life, file }: Life, { homeIds, rules = {}, toMs = life.nowMs + 1 }: Asked) {
  const { roster } = life.engine.world;
  const plan = planOf(roster, homesById(roster, homeIds), { rules, fromMs: 0, toMs });
  const history = openSqliteHistory(file);
  const effects: Effect[] = [];
  const progress: number[] = [];
  try {
    const replayed = replayHistory({
      history,
      plan,
      onEffects: (caused) => effects.push(...caused),
      onProgress: (share) => progress.push(share),
    });
    return { effects, replayed, progress };
  } finally {
    history.close();
  }
}

/** All that was said of the alerts of a home, in order; only the place in the log may differ. */
function saidOf(effects: readonly Effect[], homeId: string): string[] {
  return effects.flatMap((effect) => {
    if (effect.type !== 'alert' || effect.alert.homeId !== homeId) return [];
    const { offset: _offset, index: _index, ...said } = effect;
    return [JSON.stringify(said)];
  });
}

test.each([[['h-1']], [['h-2']], [['h-3']], [['h-3', 'h-1']], [['h-1', 'h-2', 'h-3']]])(
  'with unchanged settings %s says what was really said',
  (homeIds) => {
    for (const life of lives) {
      const { effects, replayed, progress } = backtest(life, { homeIds });
      for (const homeId of homeIds) {
        const really = saidOf(life.life.effects, homeId);
        expect(really.length).toBeGreaterThan(20);
        expect(saidOf(effects, homeId)).toEqual(really);
      }
      expect(replayed).toMatchObject({ isWholeLog: true, coveredFromMs: LIFE_START_MS, assumedHomes: 0 });
      expect(progress.at(-1)).toBe(1);
      expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    }
  },
);

test('with unchanged settings the report finds each real alert, and no other', () => {
  for (const life of lives) {
    const { effects, replayed } = backtest(life, { homeIds: ['h-2', 'h-3'] });
    const { windows, unknownHomeIds } = replayed;
    const simulated = new AlertLives(0);
    simulated.note(effects);
    const real = new Map<string, RealLife>();
    for (const effect of life.life.effects)
      if (effect.type === 'alert' && ['h-2', 'h-3'].includes(effect.alert.homeId!))
        real.set(effect.alert.id, { ...lifeOf(effect.alert)!, outcome: effect.alert.outcome });
    const lists = { real: [...real.values()], simulated: simulated.all() };
    const report = reportOf({ replayed, windows, unknownHomeIds, ...lists });
    expect(report.listed).toEqual({ both: real.size, wouldRaise: 0, wouldNotRaise: 0 });
    expect(report.after).toEqual(report.before);
  }
});

test('only the entries of the chosen homes are read', () => {
  const [life] = lives;
  const one = backtest(life!, { homeIds: ['h-1'] }).replayed;
  const all = backtest(life!, { homeIds: ['h-1', 'h-2', 'h-3'] }).replayed;
  expect(one.readEntries).toBeLessThan(all.readEntries * 0.6);
  expect(one.coreVersions).toEqual(all.coreVersions);
});

test('a window that ends in the middle says what was said until then', () => {
  const [life] = lives;
  const toMs = LIFE_START_MS + 8.3 * DAY_MS;
  const { effects, replayed } = backtest(life!, { homeIds: ['h-2'], toMs });
  const really = life!.life.effects.filter(({ atMs }) => atMs < toMs);
  expect(saidOf(effects, 'h-2')).toEqual(saidOf(really, 'h-2'));
  expect(replayed.coveredUntilMs).toBe(toMs);
});

test('other settings raise something else, and only there', () => {
  const [life] = lives;
  const rules = { inactivity: { fixedDayMs: 2 * 3_600_000, capMs: 3 * 3_600_000 } };
  const { effects } = backtest(life!, { homeIds: ['h-1'], rules });
  const inactivity = (all: readonly Effect[]): string[] =>
    saidOf(all, 'h-1').filter((said) => said.includes('"rule":"inactivity"'));
  expect(inactivity(effects)).not.toEqual(inactivity(life!.life.effects));
  const rest = (all: readonly Effect[]): string[] =>
    saidOf(all, 'h-1').filter((said) => said.includes('"rule":"gateway-silent"'));
  expect(rest(effects)).toEqual(rest(life!.life.effects));
});

test('where the log no longer reaches back, the roster of today stands in, and it is said', async () => {
  const { log, file } = lives[2]!;
  const cut = Math.floor(log.position().lastOffset / 2);
  await log.trim(0, cut);
  const { effects, replayed } = backtest(lives[2]!, { homeIds: ['h-1'] });
  expect(replayed).toMatchObject({ isWholeLog: false, assumedHomes: 1 });
  expect(replayed.coveredFromMs).toBeGreaterThan(LIFE_START_MS + 3 * DAY_MS);
  expect(effects.length).toBeGreaterThan(0);
  expect(effects.every(({ atMs }) => atMs >= replayed.coveredFromMs!)).toBe(true);
  const history = openSqliteHistory(file);
  expect(() => history.slice(0, 100, null)).toThrow('offset 1 is trimmed');
  history.close();
});

test('homes by id and by district; those nobody knows are left out', () => {
  const { roster } = lives[0]!.life.engine.world;
  const numbersOf = (homes: readonly HomeRow[]): number[] => homes.map((home) => roster.homes.number(home));
  expect(numbersOf(homesById(roster, ['h-2', 'h-9', 'h-1']))).toEqual([3, 700]);
  expect(numbersOf(homesInDistrict(roster, '330106001002'))).toEqual([700]);
  expect(numbersOf(homesInDistrict(roster, '330106000000'))).toEqual([3, 700, 9_000]);
});
