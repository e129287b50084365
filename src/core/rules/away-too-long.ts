// R11: the residents went out and did not come back. An inferred absence silences the inactivity rule, so it must
// never last unseen: a notice after a day, more urgent after two. A declared absence (facts/absence.ts) is silent until
// its end; whoever is not back soon after it is asked for.

import type { Explanation } from '../model/alert.ts';
import { PRESENCE } from '../state/roster.ts';
import type { HomeRow } from '../state/row.ts';
import { defineRule, type RuleContext } from './rule.ts';
import { homePlace, homeSubject } from './subject.ts';

const HOUR_MS = 3_600_000;

const PARAMETERS = {
  noticeMs: {
    default: 24 * HOUR_MS,
    min: HOUR_MS,
    max: 14 * 24 * HOUR_MS,
    unit: 'ms',
    meaning: 'Undeclared absence that makes a notice',
    source: 'R11: 24 h notice',
  },
  alertMs: {
    default: 48 * HOUR_MS,
    min: HOUR_MS,
    max: 28 * 24 * HOUR_MS,
    unit: 'ms',
    meaning: 'Undeclared absence that becomes more urgent',
    source: 'R11: 48 h; Hong Kong door rule 48 h',
  },
  overdueMs: {
    default: 2 * HOUR_MS,
    min: 0,
    max: 48 * HOUR_MS,
    unit: 'ms',
    meaning: 'Time after the declared end of an absence before the return is overdue',
    source: 'A late train; our own choice, no published figure',
  },
} as const;

const HOME_COLUMNS = {
  /** 0 nothing said, 1 notice, 2 alert, 3 not back after a declared absence. */
  stage: 'u8',
  /** When staff last reached them; 0 never. */
  contactAtMs: 'f64',
} as const;

type Context = RuleContext<typeof PARAMETERS, typeof HOME_COLUMNS, Record<never, never>>;

export const awayTooLong = defineRule({
  id: 'away-too-long',
  title: 'Went out, not returned',
  alertKinds: ['away-too-long'],
  priority: 4,
  parameters: PARAMETERS,
  homeColumns: HOME_COLUMNS,
  deviceColumns: {},
  kinds: [],
  start: (context) => ({
    onPresence: (home) => onPresence(context, home),
    onContact: (home) => onContact(context, home),
    nextDeadlineMs: (home) => dueAtMs(context, home),
    onDeadline: (home) => onDeadline(context, home),
  }),
});

function onPresence(context: Context, home: HomeRow): void {
  const { presence } = context.world.roster.homes.columns;
  const { stage } = context.home();
  const isAway = presence.get(home) === PRESENCE.away;
  // Whatever was said of an absence is answered by the return, or by declaring it.
  if (stage.get(home) !== 0 && (!isAway || isDeclared(context, home))) {
    stage.set(home, 0);
    context.clear(homeSubject(context.world, home), true);
  }
  if (isAway) context.world.wakeHome(home, dueAtMs(context, home));
}

/** Spoken to, and not back since: counted anew, for the absence may be none and the next silence be meant. */
function onContact(context: Context, home: HomeRow): void {
  const { stage, contactAtMs } = context.home();
  if (stage.get(home) === 0) return;
  if (context.world.roster.homes.columns.presence.get(home) !== PRESENCE.away || isDeclared(context, home))
    return;
  contactAtMs[home] = context.world.nowMs;
  context.clear(homeSubject(context.world, home), true);
  stage.set(home, 0);
  context.world.wakeHome(home, dueAtMs(context, home));
}

function isDeclared({ world }: Context, home: HomeRow): boolean {
  return (world.roster.absences.get(home)?.untilMs ?? 0) > world.nowMs;
}

function dueAtMs(context: Context, home: HomeRow): number {
  const { homes, absences } = context.world.roster;
  const { presence, awaySinceMs } = homes.columns;
  if (!context.world.roster.isWatched(home) || presence.get(home) !== PRESENCE.away)
    return Number.POSITIVE_INFINITY;
  const { noticeMs, alertMs, overdueMs } = context.settings(home);
  const stage = context.home().stage.get(home);
  const absence = absences.get(home);
  const contactAtMs = context.home().contactAtMs[home]!;
  if (absence !== undefined) {
    // What was said before the absence was to end says nothing of who is not back after it.
    const isReached = contactAtMs > absence.untilMs;
    const overdueAtMs = isReached ? contactAtMs + noticeMs : absence.untilMs + overdueMs;
    return stage === 0 ? overdueAtMs : Number.POSITIVE_INFINITY;
  }
  const fromMs = Math.max(awaySinceMs[home]!, contactAtMs);
  if (stage === 0) return fromMs + noticeMs;
  return stage === 1 ? fromMs + Math.max(alertMs, noticeMs + 1) : Number.POSITIVE_INFINITY;
}

function onDeadline(context: Context, home: HomeRow): void {
  const dueMs = dueAtMs(context, home);
  if (dueMs > context.world.nowMs) return;
  const { roster } = context.world;
  const { stage } = context.home();
  const { noticeMs, alertMs, overdueMs } = context.settings(home);
  const absence = roster.absences.get(home);
  const isNotice = absence === undefined && stage.get(home) === 0;
  stage.set(home, absence === undefined ? stage.get(home) + 1 : 3);
  const explanation =
    absence === undefined
      ? awayTooLongBecause(roster.homes.columns.awaySinceMs[home]!, isNotice ? noticeMs : alertMs)
      : {
          code: 'away-overdue',
          params: { declaredUntilAtMs: absence.untilMs, thresholdMs: overdueMs },
        };
  context.raise({
    kind: 'away-too-long',
    priority: isNotice ? 4 : 3,
    subject: homeSubject(context.world, home),
    cause: `due-${dueMs}`,
    ...homePlace(roster, home),
    lateByMs: 0,
    explanation,
  });
}

function awayTooLongBecause(sinceMs: number, thresholdMs: number): Explanation {
  return { code: 'away-too-long', params: { sinceMs, thresholdMs } };
}
