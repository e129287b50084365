// R2a–c: nobody stirs in a home that we can see and that is not known to be empty. Silence within the day is judged
// by the day threshold; silence that reaches into the night by the night threshold; the cap holds for all.
// One alert per episode: it re-arms only after new activity (R16).

import { coverageOf, seenSilenceMs } from '../facts/sight.ts';
import { localMinuteOfDay } from '../state/local-time.ts';
import { PRESENCE } from '../state/roster.ts';
import { defineRule, type RuleContext } from './rule.ts';
import { homePlace } from './subject.ts';

const HOUR_MS = 3_600_000;

const PARAMETERS = {
  dayMs: {
    default: 6 * HOUR_MS,
    min: 60_000,
    max: 24 * HOUR_MS,
    unit: 'ms',
    meaning: 'Silence within the day that raises an alert',
    source: 'R2a: between 0.5–3 h (Floeck & Litz), 5.4 h (Wilhelm & Wahl 2024) and the 12 h of the cities',
  },
  nightMs: {
    default: 10 * HOUR_MS,
    min: 60_000,
    max: 24 * HOUR_MS,
    unit: 'ms',
    meaning: 'Silence reaching into the night that raises an alert, where bedroom or bathroom have a sensor',
    source: 'R2b: bedroom 10 h (Beijing Shichahai)',
  },
  nightWithoutBedroomMs: {
    default: 12 * HOUR_MS,
    min: 60_000,
    max: 24 * HOUR_MS,
    unit: 'ms',
    meaning: 'The same where neither bedroom nor bathroom has a sensor',
    source: 'R2b: long sleepers would alarm every morning',
  },
  capMs: {
    default: 12 * HOUR_MS,
    min: 60_000,
    max: 48 * HOUR_MS,
    unit: 'ms',
    meaning: 'Silence that always raises an alert',
    source: 'R2c: 12 h (Shanghai Changning)',
  },
  dayStartMinute: {
    default: 6 * 60,
    min: 0,
    max: 1439,
    unit: 'minute-of-day',
    meaning: 'Local time at which the day begins',
    source: 'R2a',
  },
  nightStartMinute: {
    default: 22 * 60,
    min: 0,
    max: 1439,
    unit: 'minute-of-day',
    meaning: 'Local time at which the night begins',
    source: 'R2a',
  },
} as const;

const HOME_COLUMNS = {
  /** 1 from the alert until the next activity. */
  isRaised: 'u8',
} as const;

type Context = RuleContext<typeof PARAMETERS, typeof HOME_COLUMNS, Record<never, never>>;

export const inactivity = defineRule({
  id: 'inactivity',
  title: 'Nobody stirs',
  alertKinds: ['inactivity'],
  priority: 2,
  parameters: PARAMETERS,
  homeColumns: HOME_COLUMNS,
  deviceColumns: {},
  kinds: [],
  start: (context) => ({
    onActivity: (home) => onActivity(context, home),
    onPresence: (home) => wake(context, home),
    onSight: (home) => wake(context, home),
    onConfigured: (home) => wake(context, home),
    nextDeadlineMs: (home) => dueAtMs(context, home),
    onDeadline: (home) => onDeadline(context, home),
  }),
});

function onActivity(context: Context, home: number): void {
  const { isRaised } = context.home();
  if (isRaised[home] === 1) {
    isRaised[home] = 0;
    context.clear(`home~${home}`, false);
  }
  wake(context, home);
}

/** A lower bound is enough to be woken; the exact time is reckoned then. */
function wake(context: Context, home: number): void {
  if (!isJudged(context, home)) return;
  const { roster } = context.world;
  const settings = context.settings(home);
  const shortestMs = Math.min(settings.dayMs, settings.nightMs, settings.capMs);
  const { riskFactor } = roster.homes.columns;
  context.world.wakeHome(home, silentFromMs(context, home) + shortestMs * Math.min(riskFactor[home]!, 1));
}

function isJudged(context: Context, home: number): boolean {
  const columns = context.world.roster.homes.columns;
  return (
    columns.isWatched[home] === 1 &&
    columns.lastActivityAtMs[home]! > 0 &&
    columns.blindSinceMs[home] === 0 &&
    columns.presence[home] !== PRESENCE.away &&
    context.home().isRaised[home] === 0
  );
}

/** The last activity, moved by the time we could not see. */
function silentFromMs(context: Context, home: number): number {
  const columns = context.world.roster.homes.columns;
  return columns.lastActivityAtMs[home]! + columns.blindMs[home]!;
}

function dueAtMs(context: Context, home: number): number {
  if (!isJudged(context, home)) return Number.POSITIVE_INFINITY;
  return silentFromMs(context, home) + judge(context, home).thresholdMs;
}

interface Judgement {
  readonly code: 'inactivity.day' | 'inactivity.night' | 'inactivity.cap';
  readonly thresholdMs: number;
}

function judge(context: Context, home: number): Judgement {
  const settings = context.settings(home);
  const { roster } = context.world;
  const riskFactor = roster.homes.columns.riskFactor[home]!;
  const fromMs = silentFromMs(context, home);
  const dayMs = settings.dayMs * riskFactor;
  const isDay = (atMs: number): boolean =>
    isDayTime(localMinuteOfDay(roster.names.homeTimezone[home]!, atMs), settings);
  if (isDay(fromMs) && isDay(fromMs + dayMs) && dayMs < settings.capMs) {
    return { code: 'inactivity.day', thresholdMs: Math.round(dayMs) };
  }
  const hasNightSensor = roster.homes.columns.hasNightSensor[home] === 1;
  const nightMs = (hasNightSensor ? settings.nightMs : settings.nightWithoutBedroomMs) * riskFactor;
  if (nightMs < settings.capMs) return { code: 'inactivity.night', thresholdMs: Math.round(nightMs) };
  return { code: 'inactivity.cap', thresholdMs: settings.capMs };
}

function isDayTime(minute: number, settings: { dayStartMinute: number; nightStartMinute: number }): boolean {
  return minute >= settings.dayStartMinute && minute < settings.nightStartMinute;
}

function onDeadline(context: Context, home: number): void {
  const dueMs = dueAtMs(context, home);
  if (dueMs > context.world.nowMs) return;
  const { roster } = context.world;
  const columns = roster.homes.columns;
  const { code, thresholdMs } = judge(context, home);
  const { live, total } = coverageOf(context.world, home);
  const lastDevice = columns.lastActivityDevice[home]!;
  context.home().isRaised[home] = 1;
  context.raise({
    kind: 'inactivity',
    priority: 2,
    subject: `home~${home}`,
    cause: `due-${dueMs}`,
    ...homePlace(roster, home),
    room: roster.names.deviceRoom[lastDevice] ?? null,
    lateByMs: 0,
    explanation: {
      code,
      params: {
        thresholdMs,
        silentMs: seenSilenceMs(context.world, home),
        blindMs: columns.blindMs[home]!,
        lastActivityAtMs: columns.lastActivityAtMs[home]!,
        lastRoom: roster.names.deviceRoom[lastDevice] ?? null,
        lastKind: roster.names.deviceKind[lastDevice] ?? null,
        coverage: total === 0 ? 0 : live / total,
        riskFactor: columns.riskFactor[home]!,
      },
    },
  });
}
