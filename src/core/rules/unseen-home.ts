// "We cannot see this home" is not "nobody stirs": when gateway or sensors are gone the inactivity clock stands
// still, so after a while somebody has to look in another way (domain reference 6.5, promise P4).

import { coverageOf } from '../facts/sight.ts';
import type { HomeRow } from '../state/row.ts';
import { endEpisode } from './episode.ts';
import { defineRule, type RuleContext } from './rule.ts';
import { homePlace, homeSubject } from './subject.ts';

const HOUR_MS = 3_600_000;

const PARAMETERS = {
  afterMs: {
    default: 12 * HOUR_MS,
    min: HOUR_MS / 2,
    max: 72 * HOUR_MS,
    unit: 'ms',
    meaning: 'Blind for so long: somebody has to look in',
    source: 'domain reference 6.5: 12 h; shortened by the risk factor',
  },
} as const;

const HOME_COLUMNS = {
  isRaised: 'u8',
  /** When staff last saw or spoke to the resident after it had rung; 0 never. */
  contactAtMs: 'f64',
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
    nextDeadlineMs: (home) => dueAtMs(context, home),
    onDeadline: (home) => onDeadline(context, home),
  }),
});

/** Heard of after all, by what was kept: it is judged from then on. */
function onActivity(context: Context, home: HomeRow): void {
  if (context.world.roster.homes.columns.blindSinceMs[home] === 0) return;
  const { isRaised } = context.home();
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
  if (context.world.roster.homes.columns.blindSinceMs[home]! > 0) {
    context.world.wakeHome(home, dueAtMs(context, home));
    return;
  }
  endEpisode(context, context.home().isRaised, home, true);
}

function dueAtMs(context: Context, home: HomeRow): number {
  const { blindSinceMs, lastActivityAtMs, riskFactor } = context.world.roster.homes.columns;
  // A home that was never seen yet is still being installed; its gateway is reported by `gateway-silent`.
  const isJudged =
    context.world.roster.isWatched(home) && blindSinceMs[home]! > 0 && lastActivityAtMs[home]! > 0;
  if (!isJudged || context.home().isRaised.get(home) === 1) return Number.POSITIVE_INFINITY;
  const fromMs = Math.max(blindSinceMs[home]!, context.home().contactAtMs[home]!);
  return fromMs + Math.round(context.settings(home).afterMs * Math.min(1, riskFactor[home]!));
}

function onDeadline(context: Context, home: HomeRow): void {
  const dueMs = dueAtMs(context, home);
  if (dueMs > context.world.nowMs) return;
  const sinceMs = context.world.roster.homes.columns.blindSinceMs[home]!;
  const { live, total } = coverageOf(context.world, home);
  context.home().isRaised.set(home, 1);
  context.raise({
    kind: 'unseen-home',
    priority: 3,
    subject: homeSubject(context.world, home),
    cause: `due-${dueMs}`,
    ...homePlace(context.world.roster, home),
    lateByMs: 0,
    explanation: {
      code: 'unseen-home',
      params: { sinceMs, thresholdMs: dueMs - sinceMs, coverage: total === 0 ? 0 : live / total },
    },
  });
}
