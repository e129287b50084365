// "We cannot see this home" is not "nobody stirs": when gateway or sensors are gone the inactivity clock stands
// still, so after a while somebody has to look in another way (domain reference 6.5, promise P4).
// A bad link is back for minutes and gone again. While it is back nothing need stir, so that neither this clock nor
// that of silence would ever come to its end: a sight that does not last is none, unless somebody stirs in it.

import { coverageOf } from '../facts/sight.ts';
import type { HomeRow } from '../state/row.ts';
import { endEpisode } from './episode.ts';
import { defineRule, type RuleContext } from './rule.ts';
import { homePlace, homeSubject } from './subject.ts';

const HOUR_MS = 3_600_000;

/** Seen for so long in one piece: the home is seen again. Our own choice; who is up and about is heard sooner. */
const LASTS_MS = HOUR_MS;

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
  /** When staff last saw or spoke to the resident after it had rung; 0 never. */
  contactAtMs: 'f64',
  /** Since when no sight of the home has lasted, and since when the present one does; 0 for not. */
  unseenSinceMs: 'f64',
  seenSinceMs: 'f64',
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
    onConfigured: (home) => context.world.wakeHome(home, dueAtMs(context, home)),
    nextDeadlineMs: (home) => nextDeadlineMs(context, home),
    onDeadline: (home) => onDeadline(context, home),
  }),
});

/** Heard of after all: by somebody who stirs, or, while we are blind, by what was kept. It is judged from then on. */
function onActivity(context: Context, home: HomeRow): void {
  const { isRaised } = context.home();
  if (context.world.roster.homes.columns.blindSinceMs[home] === 0) {
    endEpisode(context, isRaised, home, true);
    return;
  }
  const wasRaised = isRaised.get(home) === 1;
  isRaised.set(home, 0);
  const dueMs = dueAtMs(context, home);
  if (wasRaised && dueMs <= context.world.nowMs) isRaised.set(home, 1);
  else if (wasRaised) context.clear(homeSubject(context.world, home), true);
  context.world.wakeHome(home, dueMs);
}

/** After it has rung: again when it is long ago. */
function onContact(context: Context, home: HomeRow): void {
  if (context.home().isRaised.get(home) === 0) return;
  context.home().contactAtMs[home] = context.world.nowMs;
  onActivity(context, home);
}

function onSight(context: Context, home: HomeRow): void {
  const { world } = context;
  const { unseenSinceMs, seenSinceMs } = context.home();
  const blindSinceMs = world.roster.homes.columns.blindSinceMs[home]!;
  if (blindSinceMs === 0) seenSinceMs[home] = world.nowMs;
  else {
    const hasLasted = seenSinceMs[home] === 0 || blindSinceMs - seenSinceMs[home]! >= LASTS_MS;
    if (unseenSinceMs[home] === 0 || hasLasted) unseenSinceMs[home] = blindSinceMs;
    seenSinceMs[home] = 0;
  }
  world.wakeHome(home, nextDeadlineMs(context, home));
}

function nextDeadlineMs(context: Context, home: HomeRow): number {
  const { isRaised, seenSinceMs } = context.home();
  const isBack = isRaised.get(home) === 1 && context.world.roster.homes.columns.blindSinceMs[home] === 0;
  return isBack ? seenSinceMs[home]! + LASTS_MS : dueAtMs(context, home);
}

function dueAtMs(context: Context, home: HomeRow): number {
  const { blindSinceMs, lastActivityAtMs } = context.world.roster.homes.columns;
  // A home that was never seen yet is still being installed; its gateway is reported by `gateway-silent`.
  const isJudged =
    context.world.roster.isWatched(home) && blindSinceMs[home]! > 0 && lastActivityAtMs[home]! > 0;
  if (!isJudged || context.home().isRaised.get(home) === 1) return Number.POSITIVE_INFINITY;
  const fromMs = Math.max(
    blindSinceMs[home]! - unseenBeforeMs(context, home),
    context.home().contactAtMs[home]!,
  );
  return fromMs + thresholdMs(context, home);
}

function thresholdMs(context: Context, home: HomeRow): number {
  const riskFactor = context.world.roster.homes.columns.riskFactor[home]!;
  return Math.round(context.settings(home).afterMs * Math.min(1, riskFactor));
}

/** Of a home that is not seen now: how much of the time before was not either. What was kept and told was seen. */
function unseenBeforeMs(context: Context, home: HomeRow): number {
  const { blindSinceMs, blindMs } = context.world.roster.homes.columns;
  return Math.min(blindMs[home]!, blindSinceMs[home]! - sinceMs(context, home));
}

/** Since when nobody was heard of and no sight of the home has lasted. */
function sinceMs(context: Context, home: HomeRow): number {
  const { blindSinceMs, lastActivityAtMs } = context.world.roster.homes.columns;
  // 0: a snapshot of a core that did not keep it.
  const unseenSinceMs = context.home().unseenSinceMs[home]! || blindSinceMs[home]!;
  return Math.min(blindSinceMs[home]!, Math.max(unseenSinceMs, lastActivityAtMs[home]!));
}

function onDeadline(context: Context, home: HomeRow): void {
  const { world } = context;
  const own = context.home();
  const { blindSinceMs } = world.roster.homes.columns;
  if (blindSinceMs[home] === 0) {
    if (own.seenSinceMs[home]! + LASTS_MS <= world.nowMs) endEpisode(context, own.isRaised, home, true);
    return;
  }
  const dueMs = dueAtMs(context, home);
  if (dueMs > world.nowMs) return;
  const isBrief = unseenBeforeMs(context, home) > 0;
  const { live, total } = coverageOf(world, home);
  own.isRaised.set(home, 1);
  context.raise({
    kind: 'unseen-home',
    priority: 3,
    subject: homeSubject(world, home),
    cause: `due-${dueMs}`,
    ...homePlace(world.roster, home),
    lateByMs: 0,
    explanation: {
      code: isBrief ? 'unseen-home.brief' : 'unseen-home',
      params: {
        sinceMs: isBrief ? sinceMs(context, home) : blindSinceMs[home]!,
        thresholdMs: thresholdMs(context, home),
        coverage: total === 0 ? 0 : live / total,
      },
    },
  });
}
