// What a back-test answers: the alerts that were really raised against those that would have been, matched one to one.
// The same id is the same alert; other settings move the moment and with it the id, so what rang for the same silence
// or open door is the same alert as well, only earlier or later. What would be new has no outcome: nobody was there.

import type { OutcomeCode } from '#core/model/command.ts';
import type { AlertLife } from './alert-lives.ts';
import type { Replayed } from './replay.ts';
import type { HomeWindow } from './watch-times.ts';

/** Closed with one of these: nobody needed help, and somebody was called for nothing. */
export const FALSE_OUTCOMES: readonly OutcomeCode[] = [
  'WELFARE_OK',
  'AWAY',
  'ACCIDENTAL',
  'TECHNICAL',
  'DUPLICATE',
];
/** Closed with one of these: it was right to call somebody. */
export const HELP_OUTCOMES: readonly OutcomeCode[] = ['EMERGENCY', 'ASSISTED', 'NO_RESPONSE', 'DECEASED'];

/** Only what may be an emergency can be false or help: of a low battery the outcome says nothing about its rule. */
const JUDGED_PRIORITY_MAX = 3;
/** Items told of each list; the counts are of all. */
export const ITEMS_MAX = 500;
const DAY_MS = 86_400_000;

export interface RealLife extends AlertLife {
  /** Null while it is not closed. */
  readonly outcome: { readonly code: OutcomeCode; readonly detail: string } | null;
}

/** Really raised, and would be raised. */
export interface MatchedLife extends RealLife {
  /** When it would be raised. */
  readonly wouldAtMs: number;
}

export interface BacktestCounts {
  readonly raised: number;
  readonly perThousandHomeDays: number | null;
}

export interface BacktestReport extends Replayed {
  /** Watched at some time in the window. */
  readonly homes: number;
  /** Had alerts, but are not watched today, and the log no longer tells of when they were: they are not in here. */
  readonly leftOutHomes: number;
  /** Days of homes in the part of the window of which there was history. */
  readonly homeDays: number;
  readonly before: BacktestCounts;
  readonly after: BacktestCounts;
  /** Of those really raised: closed as false, and how many of them would still be raised. */
  readonly falseBefore: number;
  readonly falseAfter: number;
  /** Of those really raised: somebody needed help, and how many of them would still be raised. Fewer is a warning. */
  readonly helpBefore: number;
  readonly helpAfter: number;
  readonly byRule: readonly RuleCounts[];
  readonly byHome: readonly HomeCounts[];
  readonly wouldRaise: readonly AlertLife[];
  readonly wouldNotRaise: readonly RealLife[];
  readonly both: readonly MatchedLife[];
  /** How many items the three lists had before they were cut to `ITEMS_MAX`. */
  readonly listed: { readonly wouldRaise: number; readonly wouldNotRaise: number; readonly both: number };
}

export interface RuleCounts {
  readonly rule: string;
  readonly before: number;
  readonly after: number;
  readonly both: number;
}

export interface HomeCounts {
  readonly homeId: string;
  readonly homeDays: number;
  readonly before: number;
  readonly after: number;
}

export interface ReportParts {
  readonly replayed: Replayed;
  readonly windows: readonly HomeWindow[];
  readonly unknownHomeIds: readonly string[];
  readonly real: readonly RealLife[];
  readonly simulated: readonly AlertLife[];
}

export function reportOf({ replayed, windows, unknownHomeIds, ...lives }: ReportParts): BacktestReport {
  const unknown = new Set(unknownHomeIds);
  const isKnown = ({ homeId }: { readonly homeId: string }): boolean => !unknown.has(homeId);
  const real = lives.real.filter(isKnown);
  const matches = match(real, lives.simulated.filter(isKnown));
  const { wouldRaise } = matches;
  const would = [...matches.real.values(), ...wouldRaise];
  const wouldNotRaise = real.filter((life) => !matches.real.has(life));
  const both = real.flatMap((life) => {
    const counterpart = matches.real.get(life);
    return counterpart === undefined ? [] : [{ ...life, wouldAtMs: counterpart.atMs }];
  });
  const known = windows.filter(isKnown);
  const homeDays = known.reduce((sum, { watchedMs }) => sum + watchedMs, 0) / DAY_MS;
  return {
    ...replayed,
    homes: known.filter(({ watchedMs }) => watchedMs > 0).length,
    leftOutHomes: new Set(lives.real.map(({ homeId }) => homeId)).intersection(unknown).size,
    homeDays: twoDigits(homeDays),
    before: countsOf(real.length, homeDays),
    after: countsOf(would.length, homeDays),
    falseBefore: closedAs(FALSE_OUTCOMES, real),
    falseAfter: closedAs(FALSE_OUTCOMES, both),
    helpBefore: closedAs(HELP_OUTCOMES, real),
    helpAfter: closedAs(HELP_OUTCOMES, both),
    byRule: byRule(real, would, both),
    byHome: byHome(known, real, would),
    wouldRaise: wouldRaise.slice(0, ITEMS_MAX),
    wouldNotRaise: wouldNotRaise.slice(0, ITEMS_MAX),
    both: both.slice(0, ITEMS_MAX),
    listed: { wouldRaise: wouldRaise.length, wouldNotRaise: wouldNotRaise.length, both: both.length },
  };
}

interface Matches {
  readonly real: ReadonlyMap<RealLife, AlertLife>;
  readonly wouldRaise: readonly AlertLife[];
}

/** First by id, then whatever is about the same and overlaps in time, in the order of time. */
function match(real: readonly RealLife[], simulated: readonly AlertLife[]): Matches {
  const matched = new Map<RealLife, AlertLife>();
  const byId = Map.groupBy(simulated, ({ alertId }) => alertId);
  for (const life of real) {
    const [first] = byId.get(life.alertId) ?? [];
    if (first !== undefined) matched.set(life, first);
    byId.delete(life.alertId);
  }
  const moved = simulated.filter(({ alertId }) => byId.has(alertId));
  const free = Map.groupBy(moved, subjectOf);
  const taken = new Map<AlertLife, RealLife>();
  for (const life of real) {
    if (matched.has(life)) continue;
    const candidates = free.get(subjectOf(life)) ?? [];
    const counterpart = candidates.find((each) => !taken.has(each) && doOverlap(life, each));
    if (counterpart === undefined) continue;
    matched.set(life, counterpart);
    taken.set(counterpart, life);
  }
  const takenOf = Map.groupBy(taken.keys(), ({ alertId }) => alertId);
  // It came back while the real one that it stands for was open: that one came back as well, and is counted once.
  const isAgain = (life: AlertLife): boolean =>
    (takenOf.get(life.alertId) ?? []).some((each) => doOverlap(taken.get(each)!, life));
  return { real: matched, wouldRaise: moved.filter((life) => !taken.has(life) && !isAgain(life)) };
}

function subjectOf({ homeId, rule, kind, deviceId }: AlertLife): string {
  return JSON.stringify([homeId, rule, kind, deviceId]);
}

/** From when it began, not from when it rang: staff may have closed the one before the other would ring. */
function doOverlap(a: AlertLife, b: AlertLife): boolean {
  const endOf = (life: AlertLife): number => life.endedAtMs ?? Number.POSITIVE_INFINITY;
  // The sign of life that ends a silence begins the next.
  return a.beganAtMs === b.beganAtMs || (a.beganAtMs < endOf(b) && b.beganAtMs < endOf(a));
}

function closedAs(codes: readonly OutcomeCode[], lives: readonly RealLife[]): number {
  return lives.filter(
    ({ priority, outcome }) =>
      priority <= JUDGED_PRIORITY_MAX && outcome !== null && codes.includes(outcome.code),
  ).length;
}

function countsOf(raised: number, homeDays: number): BacktestCounts {
  return { raised, perThousandHomeDays: homeDays > 0 ? twoDigits((raised * 1_000) / homeDays) : null };
}

function byRule(
  real: readonly RealLife[],
  simulated: readonly AlertLife[],
  both: readonly MatchedLife[],
): RuleCounts[] {
  const rules = [...new Set([...real, ...simulated].map(({ rule }) => rule))].sort();
  const count = (lives: readonly AlertLife[], rule: string): number =>
    lives.filter((life) => life.rule === rule).length;
  return rules.map((rule) => {
    return { rule, before: count(real, rule), after: count(simulated, rule), both: count(both, rule) };
  });
}

function byHome(
  windows: readonly HomeWindow[],
  real: readonly RealLife[],
  simulated: readonly AlertLife[],
): HomeCounts[] {
  const before = Map.groupBy(real, ({ homeId }) => homeId);
  const after = Map.groupBy(simulated, ({ homeId }) => homeId);
  const rows = windows.map(({ homeId, watchedMs }) => ({
    homeId,
    homeDays: twoDigits(watchedMs / DAY_MS),
    before: before.get(homeId)?.length ?? 0,
    after: after.get(homeId)?.length ?? 0,
  }));
  // Where most changes first; a district's other thousands of homes are in the sums.
  const changeOf = (row: HomeCounts): number => Math.abs(row.after - row.before);
  return rows.sort((a, b) => changeOf(b) - changeOf(a)).slice(0, ITEMS_MAX);
}

function twoDigits(value: number): number {
  return Math.round(value * 100) / 100;
}
