// Nobody is forgotten. One alert per episode (R16) is right for as long as staff were: after a wrong word, a call that
// was closed as a test or an absence that was none, nothing rings again. So whoever gave no sign of life for three days
// is asked for, and every three days again, whatever other rules think of the home: at home, out, or not seen. A
// declared absence, which has an end, and a word with the resident put it off.

import type { HomeRow } from '../state/row.ts';
import { endEpisode } from './episode.ts';
import { defineRule, type RuleContext } from './rule.ts';
import { homePlace, homeSubject } from './subject.ts';

const HOUR_MS = 3_600_000;
const NEVER = Number.POSITIVE_INFINITY;

/** Whom we could not hear is given as long again, but no longer than a night and a morning. */
const AFTER_OUTAGE_MAX_MS = 12 * HOUR_MS;

const PARAMETERS = {
  afterMs: {
    default: 72 * HOUR_MS,
    min: 24 * HOUR_MS,
    max: 90 * 24 * HOUR_MS,
    unit: 'ms',
    meaning: 'No sign of life for so long: somebody asks, and asks again as often',
    source:
      'Gurley et al. 1996 (NEJM 334:1710): of those found helpless at home after more than 72 h, 67 % died',
  },
} as const;

const HOME_COLUMNS = {
  /** 1 from the alert until the next sign. */
  isRaised: 'u8',
  /** When it was watched for the first time, asked about or spoken to, s since 1970; 0 while it is not watched. */
  fromS: 'u32',
} as const;

type Context = RuleContext<typeof PARAMETERS, typeof HOME_COLUMNS, Record<never, never>>;

export const longUnheard = defineRule({
  id: 'long-unheard',
  title: 'No sign of life for days',
  alertKinds: ['long-unheard'],
  priority: 3,
  parameters: PARAMETERS,
  homeColumns: HOME_COLUMNS,
  deviceColumns: {},
  kinds: [],
  start: (context) => ({
    onActivity: (home) => end(context, home),
    onContact: (home) => onContact(context, home),
    onConfigured: (home) => onConfigured(context, home),
    nextDeadlineMs: (home) => dueAtMs(context, home),
    onDeadline: (home) => onDeadline(context, home),
  }),
});

function end(context: Context, home: HomeRow): void {
  endEpisode(context, context.home().isRaised, home, true);
}

function onContact(context: Context, home: HomeRow): void {
  end(context, home);
  beginNow(context, home);
}

function onConfigured(context: Context, home: HomeRow): void {
  const { fromS } = context.home();
  if (!context.world.roster.isWatched(home)) {
    fromS.set(home, 0);
    end(context, home);
  } else if (fromS.get(home) === 0) beginNow(context, home);
  context.world.wakeHome(home, dueAtMs(context, home));
}

function beginNow(context: Context, home: HomeRow): void {
  context.home().fromS.set(home, Math.floor(context.world.nowMs / 1000));
}

/** Since when nothing was heard, and nobody asked; 0 for a home of which nothing can be said. */
function unheardFromMs({ world, home: columns }: Context, home: HomeRow): number {
  const { roster } = world;
  // A home with nothing but a button gives no sign of life in weeks.
  const isHeard = roster.roomsOf(home) > 0 || roster.hasDoorContact(home);
  if (!roster.isWatched(home) || !isHeard) return 0;
  const lastMs = roster.homes.columns.lastActivityAtMs[home]!;
  const declaredUntilMs = roster.absences.get(home)?.untilMs ?? 0;
  return Math.max(lastMs, declaredUntilMs, columns().fromS.get(home) * 1000);
}

function dueAtMs(context: Context, home: HomeRow): number {
  const fromMs = unheardFromMs(context, home);
  if (fromMs === 0) return NEVER;
  const { afterMs } = context.settings(home);
  const { resumedAtMs, outageMs } = context.world;
  return Math.max(fromMs + afterMs, resumedAtMs + Math.min(outageMs, AFTER_OUTAGE_MAX_MS));
}

function onDeadline(context: Context, home: HomeRow): void {
  const dueMs = dueAtMs(context, home);
  if (dueMs > context.world.nowMs) return;
  const { roster } = context.world;
  const lastMs = roster.homes.columns.lastActivityAtMs[home]!;
  const sinceMs = lastMs > 0 ? lastMs : context.home().fromS.get(home) * 1000;
  context.home().isRaised.set(home, 1);
  beginNow(context, home);
  context.raise({
    kind: 'long-unheard',
    priority: 3,
    subject: homeSubject(context.world, home),
    cause: `due-${dueMs}`,
    ...homePlace(roster, home),
    lateByMs: 0,
    explanation: {
      code: lastMs > 0 ? 'long-unheard' : 'long-unheard.never',
      params: { sinceMs, thresholdMs: context.settings(home).afterMs },
    },
  });
}
