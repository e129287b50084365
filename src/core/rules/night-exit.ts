// R7: the door was used in the night and nobody stirs inside afterwards: whoever lives here is out in the dark. Raised
// after a quarter of an hour without any sign inside; where a single sign left it open, when the home is found empty.
// Over with the return, but somebody has to look: it does not close by itself.
// Needs a contact at the door. Blindness is no evidence: it puts the watch off, and a long one ends it.

import { LEAVING_MS } from '../facts/presence.ts';
import { isDueAndSeen, whenSeenMs } from '../facts/sight.ts';
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
/** Not seen for longer than this since the door: whoever was out may have come back. Our own choice. */
const UNSEEN_MAX_MS = 60 * MINUTE_MS;

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
  /** Of `blindInAllMs`: what was before the door. */
  blindBeforeMs: 'f64',
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
    onSight: (home) => wake(context, home),
    nextDeadlineMs: (home) => nextDeadlineMs(context, home),
    onDeadline: (home) => onDeadline(context, home),
  }),
});

function onActivity(context: Context, home: HomeRow): void {
  const { exitAtMs, heardAtMs, blindBeforeMs, isRaised } = context.home();
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
  const { blindInAllMs, blindMs } = context.world.roster.homes.columns;
  heardAtMs[home] = context.world.nowMs;
  blindBeforeMs[home] = blindInAllMs[home]! - blindMs[home]!;
  wake(context, home);
}

function isNight(context: Context, home: HomeRow, atMs: number): boolean {
  const { nightStartMinute, nightEndMinute } = context.settings(home);
  const minute = localMinuteOfDay(context.world.roster.timezoneOf(home), atMs);
  return isMinuteBetween(minute, nightStartMinute, nightEndMinute);
}

/** The home was found empty: single hits after the door were strays. Or somebody said that they are away. */
function onPresence(context: Context, home: HomeRow): void {
  const { presence, awaySinceMs } = context.world.roster.homes.columns;
  const { exitAtMs } = context.home();
  if (presence.get(home) !== PRESENCE.away || exitAtMs[home] === 0) return;
  if (awaySinceMs[home] !== exitAtMs[home]) exitAtMs[home] = 0;
  // The return may be waited for longer, or be the next in a rush of stored readings.
  else wake(context, home);
}

function wake(context: Context, home: HomeRow): void {
  context.world.wakeHome(home, nextDeadlineMs(context, home));
}

function nextDeadlineMs(context: Context, home: HomeRow): number {
  return whenSeenMs(context.world, home, dueAtMs(context, home));
}

function dueAtMs(context: Context, home: HomeRow): number {
  const { exitAtMs, heardAtMs } = context.home();
  const { blindSinceMs, presence } = context.world.roster.homes.columns;
  if (exitAtMs[home] === 0 || blindSinceMs[home]! > 0) return Number.POSITIVE_INFINITY;
  // A single sign has left it open: until the home is found empty.
  if (presence.get(home) !== PRESENCE.away && isStirring(context, home)) return Number.POSITIVE_INFINITY;
  const dueMs = exitAtMs[home]! + context.settings(home).returnMs + unseenMs(context, home);
  return Math.max(dueMs, heardAtMs[home]! + RUSH_MS);
}

/** How much of the time since the door was not seen. */
function unseenMs(context: Context, home: HomeRow): number {
  const { blindInAllMs } = context.world.roster.homes.columns;
  return Math.max(0, blindInAllMs[home]! - context.home().blindBeforeMs[home]!);
}

function onDeadline(context: Context, home: HomeRow): void {
  if (isDueAndSeen(context.world, home, dueAtMs(context, home))) judge(context, home);
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
  const { exitAtMs, isRaised } = context.home();
  const { isOn, returnMs } = context.settings(home);
  const sinceMs = exitAtMs[home]!;
  exitAtMs[home] = 0;
  if (isOn === 0 || !world.roster.isWatched(home) || unseenMs(context, home) > UNSEEN_MAX_MS) return;
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
