// R3: the morning goes by and nobody gets up. Until seven mornings are known the hour is fixed, or later where this
// resident was seen to get up later; then it is the latest usual hour and a margin, of weekdays and weekends apart once
// both are known. Asked only of a home that we can see and that is not known to be empty. The silence of one morning is
// one alert: none while it has rung already as inactivity or bathroom stay. Those may still follow a morning that rang
// here, because they are more urgent and climb the ladder.

import { isWatchedAtHome, mayBeEmpty } from '../facts/presence.ts';
import { coverageOf, isDueAndSeen, whenSeenMs } from '../facts/sight.ts';
import {
  CONFIRM_MS,
  MORNING_LENGTH_MS,
  MORNING_MINUTE,
  MORNINGS_KNOWN,
  openMorningAtMs,
  usualRising,
} from '../facts/sleep.ts';
import type { Explanation } from '../model/alert.ts';
import { nextMinuteOfDayAtMs } from '../state/local-day.ts';
import type { HomeRow } from '../state/row.ts';
import { endEpisode } from './episode.ts';
import { defineRule, type RuleContext } from './rule.ts';
import { homePlace, homeSubject } from './subject.ts';

const MINUTE_MS = 60_000;

const PARAMETERS = {
  byMinute: {
    default: 10 * 60,
    min: 6 * 60,
    max: 15 * 60,
    unit: 'minute-of-day',
    meaning: 'Local time by which somebody is up, until the own mornings are known',
    source: 'R3: no activity since 05:00 by 10:00',
  },
  earliestMinute: {
    default: 8 * 60,
    min: 6 * 60,
    max: 15 * 60,
    unit: 'minute-of-day',
    meaning: 'Nobody is asked for before this local time, however early the riser',
    source: 'Early risers sleep in now and then; our own choice, no published figure',
  },
  marginMinutes: {
    default: 45,
    min: 0,
    max: 240,
    unit: 'count',
    meaning: 'Minutes after the latest usual hour',
    source: 'R4: usual + 30 min; 45 halves the false alarms of late risers (ADR 0021)',
  },
  doubtMornings: {
    default: 7,
    min: 0,
    max: 60,
    unit: 'count',
    meaning: 'The margin is doubled when so many mornings are known, and shrinks as more are',
    source: 'A week seldom holds the latest morning of a month; our own choice, no published figure',
  },
} as const;

const HOME_COLUMNS = {
  /** 1 from the alert until somebody is up. */
  isRaised: 'u8',
  /** When staff last saw or spoke to the resident; 0 never. */
  spokenAtMs: 'f64',
} as const;

type Context = RuleContext<typeof PARAMETERS, typeof HOME_COLUMNS, Record<never, never>>;

export const notUp = defineRule({
  id: 'not-up',
  title: 'Not up',
  alertKinds: ['not-up'],
  priority: 3,
  parameters: PARAMETERS,
  homeColumns: HOME_COLUMNS,
  deviceColumns: {},
  kinds: [],
  start: (context) => ({
    onActivity: (home) => onActivity(context, home),
    onContact: (home) => {
      context.home().spokenAtMs[home] = context.world.nowMs;
    },
    onPresence: (home) => wake(context, home),
    onSight: (home) => wake(context, home),
    onConfigured: (home) => wake(context, home),
    nextDeadlineMs: (home) => nextDeadlineMs(context, home),
    onDeadline: (home) => onDeadline(context, home),
  }),
});

function onActivity(context: Context, home: HomeRow): void {
  if (context.world.roster.homes.columns.morningAtMs[home]! > context.world.nowMs)
    endEpisode(context, context.home().isRaised, home, false);
  context.world.wakeHome(home, leastDueMs(context, home));
}

/** Never later than the hour that is reckoned when this has come. */
function leastDueMs(context: Context, home: HomeRow): number {
  const { byMinute, earliestMinute } = context.settings(home);
  const leastMs = (Math.min(byMinute, earliestMinute) - MORNING_MINUTE) * MINUTE_MS;
  const { morningAtMs, lastActivityAtMs } = context.world.roster.homes.columns;
  return Math.max(morningAtMs[home]! + leastMs, lastActivityAtMs[home]! + CONFIRM_MS);
}

function wake(context: Context, home: HomeRow): void {
  context.world.wakeHome(home, judge(context, home).dueMs);
}

interface Judgement {
  readonly dueMs: number;
  readonly byMinute: number;
  /** Null while the fixed hour judges. */
  readonly usualMinute: number | null;
  readonly mornings: number;
}

const NOT_DUE: Judgement = {
  dueMs: Number.POSITIVE_INFINITY,
  byMinute: 0,
  usualMinute: null,
  mornings: 0,
};

function judge(context: Context, home: HomeRow): Judgement {
  if (!isJudged(context, home)) return NOT_DUE;
  const { roster } = context.world;
  const columns = roster.homes.columns;
  const morningAtMs = openMorningAtMs(context.world, home);
  // Spoken to this morning: whether they then rest is for rule `inactivity` to watch.
  if (context.home().spokenAtMs[home]! >= morningAtMs) return NOT_DUE;
  const hour = hourOf(context, home, morningAtMs);
  const zone = roster.timezoneOf(home);
  const byMs = nextMinuteOfDayAtMs(zone, hour.byMinute, morningAtMs);
  // A single weak sign may be the first of somebody who is just getting up.
  const dueMs = Math.max(byMs + columns.blindMs[home]!, columns.lastActivityAtMs[home]! + CONFIRM_MS);
  return dueMs < morningAtMs + MORNING_LENGTH_MS ? { ...hour, dueMs } : NOT_DUE;
}

function isJudged(context: Context, home: HomeRow): boolean {
  const columns = context.world.roster.homes.columns;
  return (
    context.home().isRaised.get(home) === 0 &&
    columns.lastActivityAtMs[home]! > 0 &&
    isWatchedAtHome(context.world, home) &&
    !mayBeEmpty(context.world, home) &&
    // With a door alone, who does not go out early would be asked for every day (R10 is for those homes).
    context.world.roster.roomsOf(home) > 0 &&
    !context.isRaised('inactivity', home) &&
    !context.isRaised('bathroom-stay', home)
  );
}

function hourOf(context: Context, home: HomeRow, morningAtMs: number): Omit<Judgement, 'dueMs'> {
  const { byMinute, earliestMinute, marginMinutes, doubtMornings } = context.settings(home);
  const { latestMinute, mornings } = usualRising(context.world, home, morningAtMs);
  if (mornings === 0) return { byMinute, usualMinute: null, mornings };
  const ownMinute = Math.ceil(latestMinute + marginMinutes * (1 + doubtMornings / mornings));
  if (mornings < MORNINGS_KNOWN && ownMinute <= byMinute) return { byMinute, usualMinute: null, mornings };
  const usualMinute = Math.round(latestMinute);
  return { byMinute: Math.max(earliestMinute, ownMinute), usualMinute, mornings };
}

function nextDeadlineMs(context: Context, home: HomeRow): number {
  const leastMs = leastDueMs(context, home);
  if (leastMs > context.world.nowMs) return leastMs;
  return whenSeenMs(context.world, home, judge(context, home).dueMs);
}

function onDeadline(context: Context, home: HomeRow): void {
  const { world } = context;
  const judgement = judge(context, home);
  if (!isDueAndSeen(world, home, judgement.dueMs)) return;
  const { columns } = world.roster.homes;
  context.home().isRaised.set(home, 1);
  context.raise({
    kind: 'not-up',
    priority: 3,
    subject: homeSubject(context.world, home),
    cause: `due-${judgement.dueMs}`,
    ...homePlace(world.roster, home),
    room: world.roster.roomOf(columns.lastActivityDevice.get(home)),
    lateByMs: 0,
    explanation: explained(context, home, judgement),
  });
}

function explained(
  context: Context,
  home: HomeRow,
  { byMinute, usualMinute, mornings }: Judgement,
): Explanation {
  const { roster } = context.world;
  const { lastActivityAtMs, lastActivityDevice } = roster.homes.columns;
  const { live, total } = coverageOf(context.world, home);
  const evidence = {
    lastActivityAtMs: lastActivityAtMs[home]!,
    lastRoom: roster.roomOf(lastActivityDevice.get(home)),
    coverage: total === 0 ? 0 : live / total,
  };
  if (usualMinute === null)
    return { code: 'not-up.fixed', params: { byMinute, sinceMinute: MORNING_MINUTE, ...evidence } };
  return { code: 'not-up.learned', params: { byMinute, usualMinute, learnedDays: mornings, ...evidence } };
}
