// Slow drift: sleep, activity, night visits to the bathroom or outings have been different for some weeks from what is
// usual in this home. No emergency and never urgent: somebody should look in. Compared are medians, so that one odd
// week says nothing, and weeks of which little was seen do not count. At most one notice per measure a month; it ends
// by itself when the old habit is back or the new one has become usual.

import {
  endWeeks,
  lookBackAtMs,
  MEASURES,
  type Measure,
  noteOuting,
  noteReturn,
  noteSeen,
  noteSign,
  WEEK_COLUMNS,
  type Week,
  weeksOf,
} from '../facts/week.ts';
import { PRESENCE } from '../state/roster.ts';
import type { HomeRow } from '../state/row.ts';
import { defineRule, type RuleContext } from './rule.ts';
import { homePlace, homeSubject } from './subject.ts';

/** Weeks of which less was seen say nothing. */
const SEEN_DAYS_MIN = 3.5;
const BASELINE_WEEKS_MIN = 6;
/** The oldest of those that are kept: what changes slowly has changed most since then. */
const BASELINE_WEEKS_MAX = 7;
/** Of the last four weeks the newest three that were seen, at least two. */
const RECENT_SPAN = 4;
const RECENT_WEEKS_MAX = 3;
const RECENT_WEEKS_MIN = 2;
/** A month between two notices about the same. */
const QUIET_WEEKS = 4;
/** Back within this part of the change that raised: it is over. */
const OVER_SHARE = 0.6;
/**
 * Median difference between one week and the next × this = standard deviation of a week (1.4826 / √2, normal
 * distribution). From week to week, because in a home that drifts all the weeks together spread far.
 */
const DEVIATIONS_PER_STEP = 1.048;
/** Each of the recent weeks must show so much of the change: one of three that does not is an odd week. */
const STEADY_SHARE = 0.5;
/** Changes below these are none, however regular a home is: minutes, signs a day, visits a night, outings a week. */
const CHANGE_MIN: Readonly<Record<Measure, number>> = {
  sleep: 45,
  activity: 10,
  'night-toilet': 1,
  outings: 2,
};

const change = (percent: number, what: string) =>
  ({
    default: percent,
    min: 5,
    max: 500,
    unit: 'percent',
    meaning: `Change of ${what} that makes a notice`,
    source: 'Beyond the change from season to season in recorded homes; no published threshold',
  }) as const;

const PARAMETERS = {
  isOn: {
    default: 1,
    min: 0,
    max: 1,
    unit: 'switch',
    meaning: 'Notice when habits change over weeks',
    source: 'A city without staff for visits turns it off',
  },
  sleepPct: change(25, 'sleep'),
  activityPct: change(35, 'activity'),
  nightToiletPct: change(60, 'visits to the bathroom at night'),
  outingsPct: change(50, 'outings'),
  deviations: {
    default: 3,
    min: 1,
    max: 10,
    unit: 'factor',
    meaning: 'Standard deviations of a usual week that a change must exceed as well',
    source: 'Three: one week in some hundreds by chance',
  },
} as const;

const PERCENT_OF: Readonly<Record<Measure, 'sleepPct' | 'activityPct' | 'nightToiletPct' | 'outingsPct'>> = {
  sleep: 'sleepPct',
  activity: 'activityPct',
  'night-toilet': 'nightToiletPct',
  outings: 'outingsPct',
};

export const DRIFT_COLUMNS = {
  ...WEEK_COLUMNS,
  /** When somebody left, as presence says; 0 while in. */
  leftAtMs: 'f64',
  /** Sensors of activity, of which the weeks tell. */
  sensors: 'u8',
  /** Per measure: 1 while a notice is open. */
  isRaised: 'u8x4',
  /** Per measure: number of the week after which the last notice was given; 0 never. */
  raisedWeek: 'u16x4',
} as const;

type Context = RuleContext<typeof PARAMETERS, typeof DRIFT_COLUMNS, Record<never, never>>;

export const drift = defineRule({
  id: 'drift',
  title: 'Habits are changing',
  alertKinds: ['drift'],
  priority: 4,
  parameters: PARAMETERS,
  homeColumns: DRIFT_COLUMNS,
  deviceColumns: {},
  kinds: [],
  start: (context) => ({
    onActivity: (home) => onActivity(context, home),
    onPresence: (home) => onPresence(context, home),
    onSight: (home) => look(context, home),
    onConfigured: (home) => onConfigured(context, home),
    nextDeadlineMs: (home) => lookBackAtMs(context.world, context.home(), home),
    onDeadline: (home) => onDeadline(context, home),
  }),
});

function look(context: Context, home: HomeRow): void {
  noteSeen(context.world, context.home(), home);
  context.world.wakeHome(home, lookBackAtMs(context.world, context.home(), home));
}

/** With other sensors the same life gives other figures: begin anew. */
function onConfigured(context: Context, home: HomeRow): void {
  const { roster } = context.world;
  let sensors = 0;
  for (const device of roster.devicesOfHome(home)) if (roster.isActivitySensor(device)) sensors++;
  const columns = context.home();
  if (columns.sensors.get(home) !== sensors && columns.weeks.get(home) > 0) {
    columns.weeks.set(home, 0);
    columns.raisedWeek.fill(home, 0);
    for (let index = 0; index < MEASURES.length; index++) over(context, home, index);
  }
  columns.sensors.set(home, sensors);
  look(context, home);
}

function onActivity(context: Context, home: HomeRow): void {
  // Restored from a core that knew no weeks.
  if (context.home().weekEndsAtMs[home] === 0) look(context, home);
  noteSign(context.world, context.home(), home);
}

function onPresence(context: Context, home: HomeRow): void {
  const { presence, awaySinceMs } = context.world.roster.homes.columns;
  const columns = context.home();
  look(context, home);
  if (presence.get(home) === PRESENCE.away) {
    columns.leftAtMs[home] = awaySinceMs[home]!;
    noteOuting(columns, home);
  } else if (columns.leftAtMs[home]! > 0) {
    noteReturn(columns, home, context.world.nowMs - columns.leftAtMs[home]!);
    columns.leftAtMs[home] = 0;
  }
}

function onDeadline(context: Context, home: HomeRow): void {
  if (lookBackAtMs(context.world, context.home(), home) > context.world.nowMs) return;
  endWeeks(context.world, context.home(), home);
  const isOn = context.world.roster.isWatched(home) && context.settings(home).isOn === 1;
  const weeks = weeksOf(context.world, context.home(), home);
  MEASURES.forEach((measure, index) => {
    if (isOn) judge(context, home, index, comparisonOf(measure, weeks));
    else over(context, home, index);
  });
}

interface Comparison {
  readonly usual: number;
  readonly recent: number;
  /** Usual difference of a week, as a standard deviation. */
  readonly spread: number;
  /** The weeks that are compared with what is usual. */
  readonly news: readonly number[];
}

/** Null while too little was seen. */
function comparisonOf(measure: Measure, weeks: readonly Week[]): Comparison | null {
  const isSeen = (week: Week): boolean => week.seenDays >= SEEN_DAYS_MIN;
  const recent = weeks.slice(-RECENT_SPAN).filter(isSeen).slice(-RECENT_WEEKS_MAX);
  const before = weeks.filter((week) => isSeen(week) && !recent.includes(week)).slice(0, BASELINE_WEEKS_MAX);
  if (recent.length < RECENT_WEEKS_MIN || before.length < BASELINE_WEEKS_MIN) return null;
  const values = before.map((week) => week[measure]);
  // Never once: there was nothing to measure it with.
  if (values.every((value) => value === 0)) return null;
  const news = recent.map((week) => week[measure]);
  const usual = medianOf(values);
  const steps = values.slice(1).map((value, index) => Math.abs(value - values[index]!));
  return { usual, recent: medianOf(news), spread: medianOf(steps) * DEVIATIONS_PER_STEP, news };
}

function judge(context: Context, home: HomeRow, index: number, comparison: Comparison | null): void {
  if (comparison === null) return;
  const measure = MEASURES[index]!;
  const settings = context.settings(home);
  const { usual, recent, spread, news } = comparison;
  const differsBy = Math.abs(recent - usual);
  const direction = Math.sign(recent - usual);
  const neededBy = Math.max(
    CHANGE_MIN[measure],
    (usual * settings[PERCENT_OF[measure]]) / 100,
    spread * settings.deviations,
  );
  const isSteady = news.every((value) => (value - usual) * direction >= neededBy * STEADY_SHARE);
  const columns = context.home();
  if (columns.isRaised.get(home, index) === 1) {
    if (differsBy < neededBy * OVER_SHARE) over(context, home, index);
    return;
  }
  const raisedWeek = columns.raisedWeek.get(home, index);
  const sinceWeeks = columns.weeks.get(home) - raisedWeek;
  const isQuiet = raisedWeek > 0 && sinceWeeks < QUIET_WEEKS;
  if (isSteady && differsBy >= neededBy && !isQuiet) raise(context, home, index, comparison);
}

function raise(context: Context, home: HomeRow, index: number, { usual, recent, news }: Comparison): void {
  const measure = MEASURES[index]!;
  const columns = context.home();
  columns.isRaised.set(home, index, 1);
  columns.raisedWeek.set(home, index, columns.weeks.get(home));
  context.raise({
    kind: 'drift',
    priority: 4,
    subject: subjectOf(context, home, index),
    cause: `${measure}~week-${columns.weekEndsAtMs[home]}`,
    ...homePlace(context.world.roster, home),
    lateByMs: 0,
    explanation: {
      code: 'drift',
      params: {
        measure,
        usual,
        recent,
        // Null: from nothing there is no percentage.
        changePct: usual === 0 ? null : Math.round(((recent - usual) * 100) / usual),
        weeks: news.length,
      },
    },
  });
}

function over(context: Context, home: HomeRow, index: number): void {
  const { isRaised } = context.home();
  if (isRaised.get(home, index) === 0) return;
  isRaised.set(home, index, 0);
  context.clear(subjectOf(context, home, index), true);
}

function subjectOf(context: Context, home: HomeRow, index: number): string {
  return `${MEASURES[index]}~${homeSubject(context.world, home)}`;
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
