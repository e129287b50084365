// R5: somebody went into the bathroom and no sign came from anywhere else since. The limit is an hour, more where
// longer stays are usual in this home, where little is known yet, or where fewer sensors are left that could have seen
// the leaving. Where people are used to leave the bathroom unseen for longer than the hard cap, a stay says nothing and
// the silence rule judges alone. One alert per stay and silence: none while that silence has rung already.

import { isWatchedAtHome, mayBeEmpty } from '../facts/presence.ts';
import { learnedDays } from '../facts/routine.ts';
import { coverageOf, isDueAndSeen, whenSeenMs } from '../facts/sight.ts';
import { bathroomSinceMs, roomOf, usualBathroomStayMs } from '../facts/whereabouts.ts';
import { PRESENCE } from '../state/roster.ts';
import type { HomeRow } from '../state/row.ts';
import { endEpisode } from './episode.ts';
import { defineRule, type RuleContext } from './rule.ts';
import { homePlace, homeSubject } from './subject.ts';

const MINUTE_MS = 60_000;

const PARAMETERS = {
  alertMs: {
    default: 60 * MINUTE_MS,
    min: 15 * MINUTE_MS,
    max: 240 * MINUTE_MS,
    unit: 'ms',
    meaning: 'Stay in the bathroom that raises an alert, at the least',
    source: 'R5: 60 min; recorded healthy homes: over 45 min about once a month',
  },
  hardMs: {
    default: 240 * MINUTE_MS,
    min: 30 * MINUTE_MS,
    max: 720 * MINUTE_MS,
    unit: 'ms',
    meaning: 'The most that habits may ask for; homes with longer usual stays are not judged by this rule',
    source: 'R5: 240 min (Beijing)',
  },
  usualFactor: {
    default: 1.3,
    min: 1,
    max: 3,
    unit: 'factor',
    meaning: 'How much longer than the longest usual stay a stay must be',
    source: 'Like R4 (usual × 1.2 + 30 min); our own choice, no published figure',
  },
  marginMs: {
    default: 15 * MINUTE_MS,
    min: 0,
    max: 120 * MINUTE_MS,
    unit: 'ms',
    meaning: 'And how much on top of it',
    source: 'Like R4; our own choice, no published figure',
  },
  doubtFactor: {
    default: 0.5,
    min: 0,
    max: 4,
    unit: 'factor',
    meaning: 'Share of the least stay that is added after one day at home, half of it after two',
    source: 'Little is known yet; our own choice, no published figure',
  },
} as const;

const HOME_COLUMNS = {
  /** 1 from the alert until the bathroom is left. */
  isRaised: 'u8',
} as const;

type Context = RuleContext<typeof PARAMETERS, typeof HOME_COLUMNS, Record<never, never>>;

export const bathroomStay = defineRule({
  id: 'bathroom-stay',
  title: 'Long in the bathroom',
  alertKinds: ['bathroom-stay'],
  priority: 2,
  parameters: PARAMETERS,
  homeColumns: HOME_COLUMNS,
  deviceColumns: {},
  kinds: [],
  start: (context) => ({
    onActivity: (home) => onActivity(context, home),
    onPresence: (home) => leaveWhenAway(context, home),
    onSight: (home) => wake(context, home),
    onConfigured: (home) => wake(context, home),
    nextDeadlineMs: (home) => nextDeadlineMs(context, home),
    onDeadline: (home) => onDeadline(context, home),
  }),
});

function onActivity(context: Context, home: HomeRow): void {
  const { world } = context;
  const isIn = bathroomSinceMs(world, home) > 0;
  if (context.home().isRaised.get(home) === 1) {
    const { lastActivityAtMs } = world.roster.homes.columns;
    // The clock has begun anew: somebody stood up in there. A drawer elsewhere is another resident's and says nothing.
    const isUp = bathroomSinceMs(world, home) === lastActivityAtMs[home]!;
    if (!isIn || isUp) leave(context, home);
  }
  if (isIn) wake(context, home);
}

function leaveWhenAway(context: Context, home: HomeRow): void {
  if (context.world.roster.homes.columns.presence.get(home) === PRESENCE.away) leave(context, home);
  else wake(context, home);
}

function leave(context: Context, home: HomeRow): void {
  endEpisode(context, context.home().isRaised, home, false);
}

/** A lower bound is enough to be woken; the exact time is reckoned then. */
function wake(context: Context, home: HomeRow): void {
  if (!isJudged(context, home)) return;
  const { alertMs, hardMs } = context.settings(home);
  const blindMs = context.world.roster.homes.columns.blindMs[home]!;
  const sinceMs = bathroomSinceMs(context.world, home);
  context.world.wakeHome(home, sinceMs + blindMs + Math.min(alertMs, hardMs));
}

function isJudged(context: Context, home: HomeRow): boolean {
  const { world } = context;
  return (
    context.home().isRaised.get(home) === 0 &&
    bathroomSinceMs(world, home) > 0 &&
    isWatchedAtHome(world, home) &&
    !mayBeEmpty(world, home) &&
    // Nothing but the bathroom has a sensor: who leaves it is never seen elsewhere.
    world.roster.roomsOf(home) >= 2
  );
}

interface Judgement {
  readonly dueMs: number;
  readonly thresholdMs: number;
  readonly usualMs: number;
  readonly coverage: number;
}

const NOT_DUE: Judgement = {
  dueMs: Number.POSITIVE_INFINITY,
  thresholdMs: Number.POSITIVE_INFINITY,
  usualMs: 0,
  coverage: 0,
};

function judge(context: Context, home: HomeRow): Judgement {
  const { world } = context;
  if (!isJudged(context, home) || context.isRaised('inactivity', home)) return NOT_DUE;
  const settings = context.settings(home);
  const usualMs = usualBathroomStayMs(world, home);
  if (usualMs > settings.hardMs) return NOT_DUE;
  const { live, total } = coverageOf(world, home);
  const coverage = total === 0 ? 1 : live / total;
  const doubtMs = (settings.alertMs * settings.doubtFactor) / Math.max(1, learnedDays(world, home));
  const ownMs = Math.max(settings.alertMs, usualMs * settings.usualFactor + settings.marginMs) + doubtMs;
  const thresholdMs = Math.min(wholeMinutes(ownMs / coverage), settings.hardMs);
  const blindMs = world.roster.homes.columns.blindMs[home]!;
  return { dueMs: bathroomSinceMs(world, home) + blindMs + thresholdMs, thresholdMs, usualMs, coverage };
}

/** Nobody reads seconds in an explanation. */
function wholeMinutes(durationMs: number): number {
  return Math.ceil(durationMs / MINUTE_MS) * MINUTE_MS;
}

function nextDeadlineMs(context: Context, home: HomeRow): number {
  return whenSeenMs(context.world, home, judge(context, home).dueMs);
}

function onDeadline(context: Context, home: HomeRow): void {
  const { world } = context;
  const { dueMs, thresholdMs, usualMs, coverage } = judge(context, home);
  if (!isDueAndSeen(world, home, dueMs)) return;
  const columns = world.roster.homes.columns;
  const sinceMs = bathroomSinceMs(world, home);
  const room = roomOf(world, home);
  context.home().isRaised.set(home, 1);
  context.raise({
    kind: 'bathroom-stay',
    priority: 2,
    subject: homeSubject(context.world, home),
    cause: `due-${dueMs}`,
    ...homePlace(world.roster, home),
    room,
    lateByMs: 0,
    explanation: {
      code: 'bathroom-stay',
      params: {
        sinceMs,
        stayMs: world.nowMs - sinceMs - columns.blindMs[home]!,
        thresholdMs,
        usualMs: usualMs === 0 ? null : wholeMinutes(usualMs),
        room,
        lastActivityAtMs: columns.lastActivityAtMs[home]!,
        coverage,
      },
    },
  });
}
