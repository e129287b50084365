// R10: the door to the outside was neither opened nor closed for two days. Meant for homes whose only sensors of
// activity are door contacts, where nothing else tells of the resident (Hong Kong's rule); elsewhere the inactivity
// rule knows more, and whoever stays in for two days is well. Time in which the home was not seen does not count.

import type { HomeRow } from '../state/row.ts';
import type { World } from '../state/world.ts';
import { endEpisode } from './episode.ts';
import { defineRule, type RuleContext } from './rule.ts';
import { homePlace, homeSubject } from './subject.ts';

const HOUR_MS = 3_600_000;

const PARAMETERS = {
  isOn: {
    default: 1,
    min: 0,
    max: 1,
    unit: 'switch',
    meaning: 'Watch doors that nobody uses',
    source: 'R10',
  },
  unchangedMs: {
    default: 48 * HOUR_MS,
    min: HOUR_MS,
    max: 14 * 24 * HOUR_MS,
    unit: 'ms',
    meaning: 'Not opened or closed for so long',
    source: 'R10: 48 h (Hong Kong, Lok Wah)',
  },
  everyHome: {
    default: 0,
    min: 0,
    max: 1,
    unit: 'switch',
    meaning: 'Also where other sensors tell of the resident',
    source: 'Hong Kong’s rule is for homes with nothing but door contacts',
  },
} as const;

const HOME_COLUMNS = {
  /** Last use of the door; before the first, since we see it. */
  usedAtMs: 'f64',
  /** Since then: not seen for so long, and since when now. */
  blindMs: 'f64',
  blindSinceMs: 'f64',
  /** See `DOORS`. */
  doors: 'u8',
  isRaised: 'u8',
} as const;

/** What the home has to tell of its resident. */
const DOORS = { unknown: 0, none: 1, alone: 2, besideOthers: 3 } as const;

type Context = RuleContext<typeof PARAMETERS, typeof HOME_COLUMNS, Record<never, never>>;

export const doorUnchanged = defineRule({
  id: 'door-unchanged',
  title: 'Door not used',
  alertKinds: ['door-unchanged'],
  priority: 3,
  parameters: PARAMETERS,
  homeColumns: HOME_COLUMNS,
  deviceColumns: {},
  kinds: [],
  start: (context) => ({
    onActivity: (home) => onActivity(context, home),
    onSight: (home) => onSight(context, home),
    onConfigured: (home) => onConfigured(context, home),
    nextDeadlineMs: (home) => dueAtMs(context, home),
    onDeadline: (home) => onDeadline(context, home),
  }),
});

function onActivity(context: Context, home: HomeRow): void {
  const { homes } = context.world.roster;
  const own = context.home();
  if (!context.world.roster.isDoor(homes.columns.lastActivityDevice.get(home))) return;
  own.usedAtMs[home] = homes.columns.lastActivityAtMs[home]!;
  own.blindMs[home] = 0;
  endEpisode(context, own.isRaised, home, true);
}

function onSight(context: Context, home: HomeRow): void {
  const { world } = context;
  const { blindMs, blindSinceMs } = context.home();
  const nowBlindMs = world.roster.homes.columns.blindSinceMs[home]!;
  if (nowBlindMs === 0 && blindSinceMs[home]! > 0) blindMs[home]! += world.nowMs - blindSinceMs[home]!;
  blindSinceMs[home] = nowBlindMs;
  world.wakeHome(home, dueAtMs(context, home));
}

function onConfigured(context: Context, home: HomeRow): void {
  const { doors, usedAtMs } = context.home();
  const hadNone = doors.get(home) === DOORS.none;
  doors.set(home, doorsOf(context.world, home));
  if (hadNone && doors.get(home) !== DOORS.none) usedAtMs[home] = context.world.nowMs;
  context.world.wakeHome(home, dueAtMs(context, home));
}

function doorsOf(world: World, home: HomeRow): number {
  if (!world.roster.hasDoorContact(home)) return DOORS.none;
  for (const device of world.roster.devicesOfHome(home)) {
    if (world.roster.isActivitySensor(device) && !world.roster.isKind(device, 'contact'))
      return DOORS.besideOthers;
  }
  return DOORS.alone;
}

function dueAtMs(context: Context, home: HomeRow): number {
  const { lastActivityAtMs, blindMs } = context.world.roster.homes.columns;
  const own = context.home();
  const { isOn, everyHome, unchangedMs } = context.settings(home);
  if (own.doors.get(home) === DOORS.unknown) own.doors.set(home, doorsOf(context.world, home));
  const doors = own.doors.get(home);
  const isMeant = doors === DOORS.alone || (doors === DOORS.besideOthers && everyHome === 1);
  if (!isMeant || isOn === 0 || !context.world.roster.isWatched(home)) return Number.POSITIVE_INFINITY;
  if (own.isRaised.get(home) === 1 || own.blindSinceMs[home]! > 0) return Number.POSITIVE_INFINITY;
  if (own.usedAtMs[home] === 0) own.usedAtMs[home] = lastActivityAtMs[home]!;
  if (own.usedAtMs[home] === 0) return Number.POSITIVE_INFINITY;
  return own.usedAtMs[home]! + unchangedMs + Math.max(own.blindMs[home]!, blindMs[home]!);
}

function onDeadline(context: Context, home: HomeRow): void {
  const { world } = context;
  const dueMs = dueAtMs(context, home);
  if (dueMs > world.nowMs) return;
  const own = context.home();
  own.isRaised.set(home, 1);
  context.raise({
    kind: 'door-unchanged',
    priority: 3,
    subject: homeSubject(context.world, home),
    cause: `due-${dueMs}`,
    ...homePlace(world.roster, home),
    lateByMs: 0,
    explanation: {
      code: 'door-unchanged',
      params: {
        sinceMs: own.usedAtMs[home]!,
        thresholdMs: context.settings(home).unchangedMs,
        blindMs: Math.max(own.blindMs[home]!, world.roster.homes.columns.blindMs[home]!),
      },
    },
  });
}
