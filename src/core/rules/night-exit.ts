// R7: the door was used in the night and nobody stirs inside afterwards: whoever lives here is out in the dark. Raised
// after a quarter of an hour without any sign inside; where a single sign left it open, when the home is found empty.
// Over with the return, but somebody has to look: it does not close by itself.
// Needs a contact at the door, and sight of the home ever since: blindness is no evidence.

import { LEAVING_MS } from '../facts/presence.ts';
import { isMinuteBetween } from '../state/local-day.ts';
import { localMinuteOfDay } from '../state/local-time.ts';
import { PRESENCE } from '../state/roster.ts';
import type { HomeRow } from '../state/row.ts';
import { endEpisode } from './episode.ts';
import { defineRule, type RuleContext } from './rule.ts';
import { homePlace, homeSubject } from './subject.ts';

const MINUTE_MS = 60_000;
/** Stored readings come in one rush: what followed the door is heard within this time. */
const RUSH_MS = MINUTE_MS;

const PARAMETERS = {
  isOn: {
    default: 1,
    min: 0,
    max: 1,
    unit: 'switch',
    meaning: 'Watch for residents who leave at night',
    source: 'R7',
  },
  returnMs: {
    default: 15 * MINUTE_MS,
    min: 2 * MINUTE_MS,
    max: 120 * MINUTE_MS,
    unit: 'ms',
    meaning: 'Back within this time',
    source: 'R7: 15 min',
  },
  nightStartMinute: {
    default: 23 * 60,
    min: 0,
    max: 1439,
    unit: 'minute-of-day',
    meaning: 'Local time at which the night begins',
    source: 'R7: 23:00',
  },
  nightEndMinute: {
    default: 5 * 60,
    min: 0,
    max: 1439,
    unit: 'minute-of-day',
    meaning: 'Local time at which the night ends',
    source: 'R7: 05:00; earlier where people exercise before dawn',
  },
} as const;

const HOME_COLUMNS = {
  /** The door, by night, after which nobody was heard; 0 when there is nothing to wait for. */
  exitAtMs: 'f64',
  /** When we heard of it. */
  heardAtMs: 'f64',
  isRaised: 'u8',
} as const;

type Context = RuleContext<typeof PARAMETERS, typeof HOME_COLUMNS, Record<never, never>>;

export const nightExit = defineRule({
  id: 'night-exit',
  title: 'Left home at night',
  alertKinds: ['night-exit'],
  priority: 3,
  parameters: PARAMETERS,
  homeColumns: HOME_COLUMNS,
  deviceColumns: {},
  kinds: [],
  start: (context) => ({
    onActivity: (home) => onActivity(context, home),
    onPresence: (home) => onPresence(context, home),
    nextDeadlineMs: (home) => dueAtMs(context, home),
    onDeadline: (home) => onDeadline(context, home),
  }),
});

function onActivity(context: Context, home: HomeRow): void {
  const { exitAtMs, heardAtMs, isRaised } = context.home();
  const { doorAtMs, isReturning, lastActivityAtMs } = context.world.roster.homes.columns;
  const doorMs = doorAtMs[home]!;
  const isDoor = doorMs > 0 && doorMs === lastActivityAtMs[home];
  // Proved to be in, or the door again: whoever had gone is back.
  if (doorMs === 0 || isDoor) endEpisode(context, isRaised, home, false);
  if (!isDoor || !context.world.roster.hasDoorContact(home) || isReturning.get(home) === 1) {
    if (doorMs === 0 || isReturning.get(home) === 1) exitAtMs[home] = 0;
    return;
  }
  exitAtMs[home] = isNight(context, home, doorMs) ? doorMs : 0;
  heardAtMs[home] = context.world.nowMs;
  context.world.wakeHome(home, dueAtMs(context, home));
}

function isNight(context: Context, home: HomeRow, atMs: number): boolean {
  const { nightStartMinute, nightEndMinute } = context.settings(home);
  const minute = localMinuteOfDay(context.world.roster.timezoneOf(home), atMs);
  return isMinuteBetween(minute, nightStartMinute, nightEndMinute);
}

/** The home was found empty: single hits after the door were strays. Or somebody said that they are away. */
function onPresence(context: Context, home: HomeRow): void {
  const { presence, awaySinceMs } = context.world.roster.homes.columns;
  const exitMs = context.home().exitAtMs[home]!;
  if (presence.get(home) !== PRESENCE.away || exitMs === 0) return;
  if (awaySinceMs[home] !== exitMs) context.home().exitAtMs[home] = 0;
  // The return is waited for longer than the home takes to be found empty: `onDeadline` looks after it.
  else if (exitMs + context.settings(home).returnMs > context.world.nowMs) return;
  // In a rush of stored readings the return may be the next; `onDeadline` looks after it.
  else if (context.home().heardAtMs[home]! + RUSH_MS <= context.world.nowMs) judge(context, home);
}

function dueAtMs(context: Context, home: HomeRow): number {
  const { exitAtMs, heardAtMs } = context.home();
  if (exitAtMs[home] === 0) return Number.POSITIVE_INFINITY;
  const dueMs = Math.max(exitAtMs[home]! + context.settings(home).returnMs, heardAtMs[home]! + RUSH_MS);
  // Looked at, and left to the finding of an empty home.
  return dueMs < context.world.nowMs ? Number.POSITIVE_INFINITY : dueMs;
}

function onDeadline(context: Context, home: HomeRow): void {
  if (dueAtMs(context, home) !== context.world.nowMs) return;
  const isAway = context.world.roster.homes.columns.presence.get(home) === PRESENCE.away;
  if (isAway || !isStirring(context, home)) judge(context, home);
}

/** Any sign inside since the door, but for the hall while the door falls shut. */
function isStirring(context: Context, home: HomeRow): boolean {
  const { homes } = context.world.roster;
  const { hintDevice, hintAtMs, doorAtMs } = homes.columns;
  const device = hintDevice.get(home);
  if (device === 0) return false;
  const isLeaving = hintAtMs[home]! - doorAtMs[home]! <= LEAVING_MS;
  return !(isLeaving && context.world.roster.zoneOf(device) === 'entry');
}

function judge(context: Context, home: HomeRow): void {
  const { world } = context;
  const { blindSinceMs, blindMs } = world.roster.homes.columns;
  const { exitAtMs, isRaised } = context.home();
  const { isOn, returnMs } = context.settings(home);
  const sinceMs = exitAtMs[home]!;
  exitAtMs[home] = 0;
  if (isOn === 0 || !world.roster.isWatched(home) || blindSinceMs[home]! > 0 || blindMs[home]! > 0) return;
  if ((world.roster.absences.get(home)?.untilMs ?? 0) > world.nowMs) return;
  isRaised.set(home, 1);
  context.raise({
    kind: 'night-exit',
    priority: 3,
    subject: homeSubject(context.world, home),
    cause: `exit-${sinceMs}`,
    ...homePlace(world.roster, home),
    lateByMs: 0,
    explanation: { code: 'night-exit', params: { sinceMs, thresholdMs: returnMs } },
  });
}
