// R11: the residents went out and did not come back. An inferred absence silences the inactivity rule, so it must
// never last unseen: a notice after a day, more urgent after two.

import { PRESENCE } from '../state/roster.ts';
import { defineRule, type RuleContext } from './rule.ts';
import { homePlace } from './subject.ts';

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
} as const;

const HOME_COLUMNS = {
  /** 0 nothing said, 1 notice, 2 alert. */
  stage: 'u8',
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
    nextDeadlineMs: (home) => dueAtMs(context, home),
    onDeadline: (home) => onDeadline(context, home),
  }),
});

function onPresence(context: Context, home: number): void {
  const { presence } = context.world.roster.homes.columns;
  if (presence[home] === PRESENCE.away) {
    context.world.wakeHome(home, dueAtMs(context, home));
    return;
  }
  if (context.home().stage[home] === 0) return;
  context.home().stage[home] = 0;
  context.clear(`home~${home}`, true);
}

function dueAtMs(context: Context, home: number): number {
  const { presence, awaySinceMs, isWatched } = context.world.roster.homes.columns;
  if (isWatched[home] === 0 || presence[home] !== PRESENCE.away) return Number.POSITIVE_INFINITY;
  const { noticeMs, alertMs } = context.settings(home);
  const stage = context.home().stage[home]!;
  if (stage === 0) return awaySinceMs[home]! + noticeMs;
  return stage === 1 ? awaySinceMs[home]! + Math.max(alertMs, noticeMs + 1) : Number.POSITIVE_INFINITY;
}

function onDeadline(context: Context, home: number): void {
  const dueMs = dueAtMs(context, home);
  if (dueMs > context.world.nowMs) return;
  const { stage } = context.home();
  const { noticeMs, alertMs } = context.settings(home);
  const isNotice = stage[home] === 0;
  stage[home]! += 1;
  context.raise({
    kind: 'away-too-long',
    priority: isNotice ? 4 : 3,
    subject: `home~${home}`,
    cause: `due-${dueMs}`,
    ...homePlace(context.world.roster, home),
    lateByMs: 0,
    explanation: {
      code: 'away-too-long',
      params: {
        sinceMs: context.world.roster.homes.columns.awaySinceMs[home]!,
        thresholdMs: isNotice ? noticeMs : alertMs,
      },
    },
  });
}
