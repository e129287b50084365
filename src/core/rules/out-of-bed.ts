// R6: somebody who slept got out of bed by night, is not back, and nothing stirs any more. Whoever goes on stirring is
// up, so the time counts from the last sign. Getting up for the day is none of it: that is the hour that is usual here.
// A notice for the operator, gone by itself with the return to bed or the morning; a stay in the bathroom and a long
// silence have rules of their own and are not said twice.

import { isWatchedAtHome, mayBeEmpty } from '../facts/presence.ts';
import { isDueAndSeen, whenSeenMs } from '../facts/sight.ts';
import { isMatOn, MORNINGS_KNOWN, usualRising } from '../facts/sleep.ts';
import { nextMinuteOfDayAtMs } from '../state/local-day.ts';
import { localMinuteOfDay } from '../state/local-time.ts';
import { PRESENCE } from '../state/roster.ts';
import type { HomeRow } from '../state/row.ts';
import { endEpisode } from './episode.ts';
import { defineRule, type RuleContext } from './rule.ts';
import { homePlace, homeSubject } from './subject.ts';

const MINUTE_MS = 60_000;

const PARAMETERS = {
  isOn: {
    default: 1,
    min: 0,
    max: 1,
    unit: 'switch',
    meaning: 'Whether this rule watches',
    source: 'Cities without night duty do without it',
  },
  outMs: {
    default: 45 * MINUTE_MS,
    min: 10 * MINUTE_MS,
    max: 240 * MINUTE_MS,
    unit: 'ms',
    meaning: 'Time out of bed without any sign that makes an alert',
    source: 'R6: 45 min (GrandCare, Vi+)',
  },
  nightStartMinute: {
    default: 22 * 60,
    min: 18 * 60,
    max: 1439,
    unit: 'minute-of-day',
    meaning: 'Local time at which the night begins',
    source: 'R6 and R2a: 22–06',
  },
  nightEndMinute: {
    default: 6 * 60,
    min: 3 * 60,
    max: 12 * 60,
    unit: 'minute-of-day',
    meaning: 'Local time at which the night ends',
    source: 'R6 and R2a: 22–06',
  },
  risingMinutes: {
    default: 60,
    min: 0,
    max: 240,
    unit: 'count',
    meaning: 'Who leaves the bed so many minutes before the usual hour, or later, is getting up',
    source: 'Early risers read the paper; our own choice, no published figure',
  },
} as const;

const HOME_COLUMNS = {
  /** When the resident got up, as this rule knows it; 0 in bed. */
  outAtMs: 'f64',
  /** End of that night; 0 when it was no night or the hour of getting up. */
  untilMs: 'f64',
  /** 1 from the alert until the return to bed or the morning. */
  isRaised: 'u8',
} as const;

type Context = RuleContext<typeof PARAMETERS, typeof HOME_COLUMNS, Record<never, never>>;

export const outOfBed = defineRule({
  id: 'out-of-bed',
  title: 'Out of bed at night',
  alertKinds: ['out-of-bed'],
  priority: 3,
  parameters: PARAMETERS,
  homeColumns: HOME_COLUMNS,
  deviceColumns: {},
  kinds: [],
  start: (context) => ({
    onActivity: (home) => onActivity(context, home),
    onPresence: (home) => onPresence(context, home),
    onSight: (home) => wake(context, home),
    onConfigured: (home) => wake(context, home),
    nextDeadlineMs: (home) => nextDeadlineMs(context, home),
    onDeadline: (home) => onDeadline(context, home),
  }),
});

function onActivity(context: Context, home: HomeRow): void {
  const { outOfBedAtMs, lastActivityAtMs } = context.world.roster.homes.columns;
  const { outAtMs, untilMs } = context.home();
  if (outOfBedAtMs[home] !== outAtMs[home]) {
    end(context, home);
    outAtMs[home] = outOfBedAtMs[home]!;
    untilMs[home] = outAtMs[home]! > 0 ? nightEndMs(context, home, outAtMs[home]!) : 0;
  } else if (lastActivityAtMs[home]! >= untilMs[home]!) end(context, home);
  if (untilMs[home]! > lastActivityAtMs[home]!) wake(context, home);
}

function onPresence(context: Context, home: HomeRow): void {
  if (context.world.roster.homes.columns.presence.get(home) === PRESENCE.away) end(context, home);
  else wake(context, home);
}

function end(context: Context, home: HomeRow): void {
  endEpisode(context, context.home().isRaised, home, true);
}

function wake(context: Context, home: HomeRow): void {
  context.world.wakeHome(home, dueAtMs(context, home));
}

/** When the night ends in which the resident got up at `outAtMs`; 0 by day, and for who gets up for the day. */
function nightEndMs(context: Context, home: HomeRow, outAtMs: number): number {
  const { nightStartMinute, nightEndMinute, risingMinutes } = context.settings(home);
  const zone = context.world.roster.timezoneOf(home);
  const minute = localMinuteOfDay(zone, outAtMs);
  const { meanMinute, mornings } = usualRising(context.world, home, outAtMs);
  const isRising = mornings >= MORNINGS_KNOWN && minute >= meanMinute - risingMinutes;
  const isNight = minute >= nightStartMinute || (minute < nightEndMinute && !isRising);
  return isNight ? nextMinuteOfDayAtMs(zone, nightEndMinute, outAtMs) : 0;
}

function dueAtMs(context: Context, home: HomeRow): number {
  if (!isJudged(context, home)) return Number.POSITIVE_INFINITY;
  const { lastActivityAtMs, blindMs } = context.world.roster.homes.columns;
  const { outAtMs, untilMs } = context.home();
  const dueMs =
    Math.max(outAtMs[home]!, lastActivityAtMs[home]!) + blindMs[home]! + context.settings(home).outMs;
  return dueMs < untilMs[home]! ? dueMs : Number.POSITIVE_INFINITY;
}

function isJudged(context: Context, home: HomeRow): boolean {
  return (
    context.home().untilMs[home]! > 0 &&
    context.home().isRaised.get(home) === 0 &&
    context.settings(home).isOn === 1 &&
    isWatchedAtHome(context.world, home) &&
    !mayBeEmpty(context.world, home) &&
    !context.isRaised('inactivity', home) &&
    !context.isRaised('bathroom-stay', home)
  );
}

function nextDeadlineMs(context: Context, home: HomeRow): number {
  return whenSeenMs(context.world, home, dueAtMs(context, home));
}

function onDeadline(context: Context, home: HomeRow): void {
  const { world } = context;
  const dueMs = dueAtMs(context, home);
  if (!isDueAndSeen(world, home, dueMs)) return;
  // The bed's word may have come late, behind a sign that was made before it.
  if (isMatOn(world, home)) {
    context.home().untilMs[home] = 0;
    return;
  }
  const { lastActivityAtMs, lastActivityDevice } = world.roster.homes.columns;
  const sinceMs = context.home().outAtMs[home]!;
  const lastRoom = world.roster.roomOf(lastActivityDevice.get(home));
  context.home().isRaised.set(home, 1);
  context.raise({
    kind: 'out-of-bed',
    priority: 3,
    subject: homeSubject(context.world, home),
    cause: `due-${dueMs}`,
    ...homePlace(world.roster, home),
    room: lastRoom,
    lateByMs: 0,
    explanation: {
      code: 'out-of-bed',
      params: {
        sinceMs,
        outMs: world.nowMs - sinceMs,
        thresholdMs: context.settings(home).outMs,
        lastRoom,
        lastActivityAtMs: lastActivityAtMs[home]!,
      },
    },
  });
}
