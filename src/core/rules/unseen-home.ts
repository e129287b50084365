// "We cannot see this home" is not "nobody stirs": when gateway or sensors are gone the inactivity clock stands
// still, so after a while somebody has to look in another way (domain reference 6.5, promise P4).
// A bad link is back for minutes and gone again. While it is back nothing need stir, so that neither this clock nor
// that of silence would ever come to its end: a sight that does not last is none, unless somebody stirs in it.

import { coverageOf } from '../facts/sight.ts';
import type { Explanation } from '../model/alert.ts';
import type { HomeRow } from '../state/row.ts';
import { endEpisode } from './episode.ts';
import { defineRule, type RuleContext } from './rule.ts';
import { homePlace, homeSubject } from './subject.ts';

const HOUR_MS = 3_600_000;

/** Heard of over so long: the home is seen again. Our own choice; who is up and about is heard sooner. */
const LASTS_MS = HOUR_MS;
/** While nothing was heard for so long a sight that is to last is looked at again so often. */
const LOOK_AGAIN_MS = 10 * 60_000;
/** Less unseen time than this before the last word is not worth a word. */
const BRIEFLY_MS = 15 * 60_000;

const PARAMETERS = {
  afterMs: {
    default: 12 * HOUR_MS,
    min: HOUR_MS / 2,
    max: 72 * HOUR_MS,
    unit: 'ms',
    meaning: 'Blind for so long, not counting sights of less than an hour: somebody has to look in',
    source: 'domain reference 6.5: 12 h; shortened by the risk factor',
  },
} as const;

const HOME_COLUMNS = {
  isRaised: 'u8',
  rangAtMs: 'f64',
  /** When staff last saw or spoke to the resident after it had rung; 0 never. */
  contactAtMs: 'f64',
  /** Since when no sight of the home has lasted, and since when the present one does; 0 for not. */
  unseenSinceMs: 'f64',
  seenSinceMs: 'f64',
  /** What of the home's blind time (facts/sight.ts) lies before `unseenSinceMs`. */
  blindBeforeMs: 'f64',
  /** When to look whether the sight of a home that has rung lasts. */
  lookAtMs: 'f64',
} as const;

type Context = RuleContext<typeof PARAMETERS, typeof HOME_COLUMNS, Record<never, never>>;

export const unseenHome = defineRule({
  id: 'unseen-home',
  title: 'We cannot see this home',
  alertKinds: ['unseen-home'],
  priority: 3,
  parameters: PARAMETERS,
  homeColumns: HOME_COLUMNS,
  deviceColumns: {},
  kinds: [],
  start: (context) => ({
    onActivity: (home) => onActivity(context, home),
    onContact: (home) => onContact(context, home),
    onSight: (home) => onSight(context, home),
    onConfigured: (home) => context.world.wakeHome(home, nextDeadlineMs(context, home)),
    nextDeadlineMs: (home) => nextDeadlineMs(context, home),
    onDeadline: (home) => onDeadline(context, home),
  }),
});

/** Heard of after all: by somebody who stirs, or, while we are blind, by what was kept. It is judged from then on. */
function onActivity(context: Context, home: HomeRow): void {
  const { isRaised } = context.home();
  if (isRaised.get(home) === 0) {
    if (isBlind(context, home)) context.world.wakeHome(home, dueAtMs(context, home));
    return;
  }
  if (!isBlind(context, home)) {
    // What was kept is of another time.
    const { lastActivityAtMs } = context.world.roster.homes.columns;
    if (lastActivityAtMs[home]! >= context.home().seenSinceMs[home]!) end(context, home);
    return;
  }
  isRaised.set(home, 0);
  const dueMs = dueAtMs(context, home);
  if (dueMs <= context.world.nowMs) isRaised.set(home, 1);
  else context.clear(homeSubject(context.world, home), true);
  context.world.wakeHome(home, dueMs);
}

/** After it has rung: again when it is long ago. */
function onContact(context: Context, home: HomeRow): void {
  const { nowMs, roster } = context.world;
  const own = context.home();
  if (own.isRaised.get(home) === 0) return;
  own.contactAtMs[home] = nowMs;
  if (!isBlind(context, home)) {
    end(context, home);
    return;
  }
  const { blindMs, blindSinceMs } = roster.homes.columns;
  own.unseenSinceMs[home] = nowMs;
  own.blindBeforeMs[home] = blindMs[home]! + nowMs - blindSinceMs[home]!;
  onActivity(context, home);
}

function onSight(context: Context, home: HomeRow): void {
  const { world } = context;
  const own = context.home();
  if (isBlind(context, home)) {
    const { blindSinceMs, blindMs } = world.roster.homes.columns;
    if (own.unseenSinceMs[home] === 0 || hasLasted(context, home, blindSinceMs[home]!)) {
      own.unseenSinceMs[home] = blindSinceMs[home]!;
      own.blindBeforeMs[home] = blindMs[home]!;
    }
    own.seenSinceMs[home] = 0;
  } else {
    own.seenSinceMs[home] = world.nowMs;
    own.lookAtMs[home] = world.nowMs + LASTS_MS;
    // A home that has no sensors any more has nothing that could be seen.
    if (coverageOf(world, home).total === 0) end(context, home);
  }
  world.wakeHome(home, nextDeadlineMs(context, home));
}

/** Whether the present sight of the home, or the one before, went on from when it began until `heardAtMs`. */
function hasLasted({ world, home: own }: Context, home: HomeRow, heardAtMs: number): boolean {
  const sinceMs = own().seenSinceMs[home]!;
  // While we were down ourselves we saw nothing: one piece of it before that, or one after, has to be long enough.
  const downAtMs = world.resumedAtMs - world.outageMs;
  const isBefore = sinceMs < downAtMs && Math.min(heardAtMs, downAtMs) - sinceMs >= LASTS_MS;
  return sinceMs === 0 || isBefore || heardAtMs - Math.max(sinceMs, world.resumedAtMs) >= LASTS_MS;
}

function end(context: Context, home: HomeRow): void {
  context.home().unseenSinceMs[home] = 0;
  endEpisode(context, context.home().isRaised, home, true);
}

function isBlind({ world }: Context, home: HomeRow): boolean {
  return world.roster.homes.columns.blindSinceMs[home]! > 0;
}

function nextDeadlineMs(context: Context, home: HomeRow): number {
  const { isRaised, lookAtMs } = context.home();
  const isBack = isRaised.get(home) === 1 && !isBlind(context, home);
  return isBack ? lookAtMs[home]! : dueAtMs(context, home);
}

function dueAtMs(context: Context, home: HomeRow): number {
  const { blindSinceMs, lastActivityAtMs } = context.world.roster.homes.columns;
  const { isRaised, rangAtMs, contactAtMs } = context.home();
  // A home that was never seen yet is still being installed; its gateway is reported by `gateway-silent`.
  const isJudged =
    context.world.roster.isWatched(home) && isBlind(context, home) && lastActivityAtMs[home]! > 0;
  if (!isJudged) return Number.POSITIVE_INFINITY;
  // It has rung, and was seen since: staff may have closed it, so that who is lost for good is asked for again.
  if (isRaised.get(home) === 1)
    return blindSinceMs[home]! > rangAtMs[home]!
      ? blindSinceMs[home]! + thresholdMs(context, home)
      : Number.POSITIVE_INFINITY;
  const fromMs = Math.max(blindSinceMs[home]! - unseenBeforeMs(context, home), contactAtMs[home]!);
  return fromMs + thresholdMs(context, home);
}

function thresholdMs(context: Context, home: HomeRow): number {
  const riskFactor = context.world.roster.homes.columns.riskFactor[home]!;
  return Math.round(context.settings(home).afterMs * Math.min(1, riskFactor));
}

/** Of a home that is not seen now: how much of the time before was not either. What was kept and told was seen. */
function unseenBeforeMs(context: Context, home: HomeRow): number {
  const { blindSinceMs, blindMs, lastActivityAtMs } = context.world.roster.homes.columns;
  const { unseenSinceMs, blindBeforeMs } = context.home();
  // A sign of life begins the blind time of a home anew.
  const isAnew = lastActivityAtMs[home]! >= unseenSinceMs[home]!;
  const unseenMs = blindMs[home]! - (isAnew ? 0 : blindBeforeMs[home]!);
  return Math.max(0, Math.min(unseenMs, blindSinceMs[home]! - sinceMs(context, home)));
}

/** Since when nobody was heard of and no sight of the home has lasted. */
function sinceMs(context: Context, home: HomeRow): number {
  const { blindSinceMs, lastActivityAtMs } = context.world.roster.homes.columns;
  // 0: a snapshot of a core that did not keep it.
  const unseenSinceMs = context.home().unseenSinceMs[home]! || blindSinceMs[home]!;
  return Math.min(blindSinceMs[home]!, Math.max(unseenSinceMs, lastActivityAtMs[home]!));
}

function onDeadline(context: Context, home: HomeRow): void {
  if (isBlind(context, home)) ring(context, home);
  else if (hasLasted(context, home, heardAtMs(context, home))) end(context, home);
  else context.home().lookAtMs[home] = context.world.nowMs + LOOK_AGAIN_MS;
}

/** When anything was last heard of what the home is seen by. */
function heardAtMs({ world }: Context, home: HomeRow): number {
  const { devices, gateways } = world.roster;
  let lastMs = 0;
  for (const device of world.roster.devicesOfHome(home)) {
    if (!world.roster.isActivitySensor(device)) continue;
    lastMs = Math.max(lastMs, gateways.columns.lastSeenAtMs[devices.columns.gateway.get(device)]!);
  }
  return lastMs;
}

function ring(context: Context, home: HomeRow): void {
  const { world } = context;
  const own = context.home();
  const cause = `due-${dueAtMs(context, home)}`;
  // Before it is marked as raised: what has rung before rings again for this blindness alone.
  const explanation = explanationOf(
    context,
    home,
    own.isRaised.get(home) === 1 ? 0 : unseenBeforeMs(context, home),
  );
  own.isRaised.set(home, 1);
  own.rangAtMs[home] = world.nowMs;
  const subject = homeSubject(world, home);
  const place = homePlace(world.roster, home);
  context.raise({ kind: 'unseen-home', priority: 3, subject, cause, ...place, lateByMs: 0, explanation });
}

function explanationOf(context: Context, home: HomeRow, beforeMs: number): Explanation {
  const { world } = context;
  const blindSinceMs = world.roster.homes.columns.blindSinceMs[home]!;
  const { live, total } = coverageOf(world, home);
  const common = { thresholdMs: thresholdMs(context, home), coverage: total === 0 ? 0 : live / total };
  if (beforeMs < BRIEFLY_MS) return { code: 'unseen-home', params: { sinceMs: blindSinceMs, ...common } };
  const unseenMs = beforeMs + world.nowMs - blindSinceMs;
  return { code: 'unseen-home.brief', params: { sinceMs: sinceMs(context, home), unseenMs, ...common } };
}
