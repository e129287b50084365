// The daily "I am well": who agreed to press the check-in button every morning and has not by the time set. Switched on
// per home. Judged once a local day; a press since midnight counts, and a press afterwards ends it. Not asked of a home
// that is empty, and not while a press could not have reached us: then it waits until it can.

import { gatewayBackSinceMs, isDeviceSeen } from '../facts/device-sight.ts';
import type { ObservationBody } from '../model/entry.ts';
import { localDayStartMs, nextMinuteOfDayAtMs } from '../state/local-day.ts';
import { localMinuteOfDay } from '../state/local-time.ts';
import { PRESENCE } from '../state/roster.ts';
import type { HomeRow } from '../state/row.ts';
import type { World } from '../state/world.ts';
import { endEpisode } from './episode.ts';
import { defineRule, type RuleContext } from './rule.ts';
import { homePlace, homeSubject } from './subject.ts';

const MINUTE_MS = 60_000;
/** After an outage, ours or a gateway's, presses that were kept come within this time. */
const STORE_MS = 15 * MINUTE_MS;

const PARAMETERS = {
  isOn: {
    default: 0,
    min: 0,
    max: 1,
    unit: 'switch',
    meaning: 'A check-in is expected every day',
    source: 'By agreement with the elder',
  },
  byMinute: {
    default: 10 * 60,
    min: 1,
    max: 1439,
    unit: 'minute-of-day',
    meaning: 'Local time by which it is expected',
    source: 'R3: up by 10:00',
  },
} as const;

const HOME_COLUMNS = {
  pressedAtMs: 'f64',
  /** Next time to look; Infinity while it is switched off, 0 before the first look. */
  dueAtMs: 'f64',
  isRaised: 'u8',
} as const;

type Context = RuleContext<typeof PARAMETERS, typeof HOME_COLUMNS, Record<never, never>>;

export const missedCheckin = defineRule({
  id: 'missed-checkin',
  title: 'No check-in',
  alertKinds: ['missed-checkin'],
  priority: 3,
  parameters: PARAMETERS,
  homeColumns: HOME_COLUMNS,
  deviceColumns: {},
  kinds: ['button'],
  start: (context) => ({
    onReading: (reading, home) => onReading(context, reading, home),
    onConfigured: (home) => onConfigured(context, home),
    nextDeadlineMs: (home) => context.home().dueAtMs[home] || context.world.nowMs,
    onDeadline: (home) => onDeadline(context, home),
  }),
});

function onReading(context: Context, observation: ObservationBody, home: HomeRow): void {
  if (observation.value !== 'checkin') return;
  const { pressedAtMs, isRaised } = context.home();
  const atMs = Math.min(observation.measuredAtMs, context.world.nowMs);
  if (atMs <= pressedAtMs[home]!) return;
  pressedAtMs[home] = atMs;
  if (atMs >= dayStartMs(context, home)) endEpisode(context, isRaised, home, true);
}

function onConfigured(context: Context, home: HomeRow): void {
  const { dueAtMs } = context.home();
  const isOn = context.settings(home).isOn === 1 && context.world.roster.isWatched(home);
  // A look that waits for an outage to end is still to come.
  const waitingMs = dueAtMs[home] || Number.POSITIVE_INFINITY;
  dueAtMs[home] = isOn ? Math.min(waitingMs, nextDueMs(context, home)) : Number.POSITIVE_INFINITY;
  if (isOn) context.world.wakeHome(home, dueAtMs[home]!);
}

function onDeadline(context: Context, home: HomeRow): void {
  const { world } = context;
  const { dueAtMs, pressedAtMs, isRaised } = context.home();
  if (dueAtMs[home] === 0) onConfigured(context, home);
  if (dueAtMs[home]! > world.nowMs) return;
  const hearAtMs = heardFromMs(context, home);
  const nextMs = nextDueMs(context, home);
  dueAtMs[home] = hearAtMs > world.nowMs ? Math.min(hearAtMs, nextMs) : nextMs;
  // Waited past midnight, or the time was set later: another day is not late yet.
  if (hearAtMs > world.nowMs || isEarly(context, home)) return;
  const isAway = world.roster.homes.columns.presence.get(home) === PRESENCE.away;
  if (isAway || pressedAtMs[home]! >= dayStartMs(context, home)) return;
  isRaised.set(home, 1);
  raise(context, home);
}

function dayStartMs({ world }: Context, home: HomeRow): number {
  return localDayStartMs(world.roster.timezoneOf(home), world.nowMs);
}

function isEarly({ world, settings }: Context, home: HomeRow): boolean {
  return localMinuteOfDay(world.roster.timezoneOf(home), world.nowMs) < settings(home).byMinute;
}

function nextDueMs(context: Context, home: HomeRow): number {
  const { world } = context;
  const zone = world.roster.timezoneOf(home);
  return nextMinuteOfDayAtMs(zone, context.settings(home).byMinute, world.nowMs);
}

/** From when a press that was made would have reached us, as far as we can tell now. */
function heardFromMs({ world }: Context, home: HomeRow): number {
  // A terminal has a button as well, for homes that have no other.
  const ofButtonsMs = heardByMs(world, home, 'button');
  const heardMs = ofButtonsMs === Number.POSITIVE_INFINITY ? heardByMs(world, home, 'terminal') : ofButtonsMs;
  // Without any button a check-in cannot come at all: that must be heard of.
  return Math.max(heardMs === Number.POSITIVE_INFINITY ? 0 : heardMs, world.resumedAtMs) + STORE_MS;
}

/** The first of the devices of a kind; Infinity without any. */
function heardByMs(world: World, home: HomeRow, kind: 'button' | 'terminal'): number {
  let heardMs = Number.POSITIVE_INFINITY;
  for (const device of world.roster.devicesOfHome(home)) {
    if (!world.roster.isKind(device, kind)) continue;
    const fromMs = isDeviceSeen(world, device) ? gatewayBackSinceMs(world, device) : world.nowMs + 1;
    heardMs = Math.min(heardMs, fromMs);
  }
  return heardMs;
}

function raise(context: Context, home: HomeRow): void {
  const { world } = context;
  const pressedMs = context.home().pressedAtMs[home]!;
  context.raise({
    kind: 'missed-checkin',
    priority: 3,
    subject: homeSubject(context.world, home),
    cause: `day-${dayStartMs(context, home)}`,
    ...homePlace(world.roster, home),
    lateByMs: 0,
    explanation: {
      code: 'missed-checkin',
      params: {
        byMinute: context.settings(home).byMinute,
        lastCheckinAtMs: pressedMs === 0 ? null : pressedMs,
      },
    },
  });
}
