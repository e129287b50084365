// R2 and R4: nobody stirs in a home that we can see and that is not known to be empty. A home whose routine is known
// is judged by it: silence longer than is usual at this hour, or after a sign in this place. Before that by the fixed
// day and night thresholds; the cap holds for all. A second clock runs since the resident last changed rooms, so that
// stray hits and a person who lies and stirs do not hide a fall. One alert per episode: it re-arms only after new
// activity (R16), or when staff have seen or spoken to the resident (ADR 0023).

import { lossDoubtUntilMs } from '../facts/lost-sensor.ts';
import { isWatchedAtHome, mayBeEmpty, UNCERTAIN } from '../facts/presence.ts';
import { learnedDays, nextSlotAtMs, slotAt, usualAfterMs, usualInSlotMs } from '../facts/routine.ts';
import { coverageOf, isDueAndSeen, whenSeenMs } from '../facts/sight.ts';
import { localMinuteOfDay } from '../state/local-time.ts';
import { LEVEL, PLACES } from '../state/roster.ts';
import type { DeviceRow, HomeRow } from '../state/row.ts';
import { isDayTime } from './day-time.ts';
import { INACTIVITY_PARAMETERS } from './inactivity-parameters.ts';
import { defineRule, type RuleContext } from './rule.ts';
import { homePlace, homeSubject } from './subject.ts';

const HOME_COLUMNS = {
  /** 1 from the alert until the next activity. */
  isRaised: 'u8',
  /** Until the next change of room: 1 after its own alert, 2 when the silence before it was raised already. */
  isStayRaised: 'u8',
  /** When staff last saw or spoke to the resident, and how long we had been blind since the last activity by then. */
  contactAtMs: 'f64',
  contactBlindMs: 'f64',
  /** The same for the stay, which rests after a silence that has rung also when that is over, s since 1970 and s. */
  stayContactS: 'u32',
  stayContactBlindS: 'u32',
} as const;

type Context = RuleContext<typeof INACTIVITY_PARAMETERS, typeof HOME_COLUMNS, Record<never, never>>;

export const inactivity = defineRule({
  id: 'inactivity',
  title: 'Nobody stirs',
  alertKinds: ['inactivity'],
  priority: 2,
  parameters: INACTIVITY_PARAMETERS,
  homeColumns: HOME_COLUMNS,
  deviceColumns: {},
  kinds: [],
  start: (context) => ({
    onActivity: (home) => onActivity(context, home),
    onRoamed: (home) => onRoamed(context, home),
    onContact: (home) => onContact(context, home),
    onPresence: (home) => wake(context, home),
    onSight: (home) => wake(context, home),
    onConfigured: (home) => wake(context, home),
    nextDeadlineMs: (home) => nextDeadlineMs(context, home),
    onDeadline: (home) => onDeadline(context, home),
  }),
});

function onActivity(context: Context, home: HomeRow): void {
  const { isRaised, isStayRaised } = context.home();
  const { roamedAtMs, lastActivityAtMs } = context.world.roster.homes.columns;
  // After a long rest the stay is a new one (facts/activity.ts).
  if (isStayRaised.get(home) === 2 && roamedAtMs[home] === lastActivityAtMs[home]) isStayRaised.set(home, 0);
  if (isRaised.get(home) === 1) {
    isRaised.set(home, 0);
    if (isStayRaised.get(home) !== 1) context.clear(homeSubject(context.world, home), false);
  }
  wake(context, home);
}

function onRoamed(context: Context, home: HomeRow): void {
  const { isRaised, isStayRaised } = context.home();
  const hasRung = isStayRaised.get(home) === 1;
  isStayRaised.set(home, 0);
  if (hasRung && isRaised.get(home) === 0) context.clear(homeSubject(context.world, home), false);
}

/** Well then, after it has rung: a new silence begins. One that has not rung goes on: no alarm comes later for it. */
function onContact(context: Context, home: HomeRow): void {
  const own = context.home();
  if (own.isRaised.get(home) === 0 && own.isStayRaised.get(home) === 0) return;
  const { nowMs } = context.world;
  const blindMs = context.world.roster.homes.columns.blindMs[home]!;
  own.stayContactS.set(home, nowMs / 1000);
  own.stayContactBlindS.set(home, blindMs / 1000);
  // Heard of since it rang: their silence is a new one already.
  if (own.isRaised.get(home) === 1 || own.isStayRaised.get(home) === 1) {
    own.contactAtMs[home] = nowMs;
    own.contactBlindMs[home] = blindMs;
    context.clear(homeSubject(context.world, home), false);
  }
  own.isRaised.set(home, 0);
  own.isStayRaised.set(home, 0);
  wake(context, home);
}

/** When the silence began that is judged, moved on by the time in which we were blind. */
function silentFromMs(context: Context, home: HomeRow): number {
  const { lastActivityAtMs, blindMs } = context.world.roster.homes.columns;
  const { contactAtMs, contactBlindMs } = context.home();
  if (contactAtMs[home]! <= lastActivityAtMs[home]!) return lastActivityAtMs[home]! + blindMs[home]!;
  return contactAtMs[home]! + Math.max(0, blindMs[home]! - contactBlindMs[home]!);
}

/** The same of the stay. */
function stayingFromMs(context: Context, home: HomeRow): number {
  const { roamedAtMs, roamBlindMs, blindMs } = context.world.roster.homes.columns;
  const { stayContactS, stayContactBlindS } = context.home();
  const contactAtMs = stayContactS.get(home) * 1000;
  if (contactAtMs <= roamedAtMs[home]!) return roamedAtMs[home]! + roamBlindMs[home]!;
  return contactAtMs + Math.max(0, blindMs[home]! - stayContactBlindS.get(home) * 1000);
}

/** A lower bound is enough to be woken; the exact time is reckoned then. */
function wake(context: Context, home: HomeRow): void {
  settleQuestion(context, home);
  if (!isJudged(context, home)) return;
  context.world.wakeHome(home, leastDueMs(context, home));
}

/** No silence since the last sign rings, or is asked about, before. */
function leastDueMs(context: Context, home: HomeRow): number {
  const columns = context.world.roster.homes.columns;
  const settings = context.settings(home);
  const isKnown = columns.learnedMs[home]! >= settings.learnedAfterMs;
  const fixedMs = Math.min(settings.dayMs, settings.nightMs, settings.nightWithoutBedroomMs);
  const shortestMs = (isKnown ? settings.floorMs : fixedMs) * Math.min(columns.riskFactor[home]!, 1);
  return silentFromMs(context, home) + Math.min(shortestMs, settings.capMs) - settings.askBeforeMs;
}

/** The clock has moved on, or stands: whatever was asked is answered. */
function settleQuestion(context: Context, home: HomeRow): void {
  const question = context.questions.of(home);
  if (question !== null && judge(context, home).dueMs > question.untilMs) context.questions.withdraw(home);
}

/** When a terminal is to ask the elder; Infinity when none can, or one has. Never in the first half of the silence. */
function askAtMs(context: Context, home: HomeRow, { dueMs, thresholdMs }: Judgement): number {
  const { askBeforeMs } = context.settings(home);
  if (askBeforeMs === 0 || dueMs === Number.POSITIVE_INFINITY || dueMs <= context.world.nowMs)
    return Number.POSITIVE_INFINITY;
  // A question of before an outage, which has moved the clock, was not about this silence.
  const isAsked = dueMs - (context.questions.of(home)?.untilMs ?? 0) < askBeforeMs;
  if (isAsked || !context.questions.canAsk(home)) return Number.POSITIVE_INFINITY;
  return dueMs - Math.min(askBeforeMs, thresholdMs / 2);
}

function isJudged(context: Context, home: HomeRow): boolean {
  const { lastActivityAtMs } = context.world.roster.homes.columns;
  return lastActivityAtMs[home]! > 0 && isWatchedAtHome(context.world, home);
}

/** Which clock is due first, when, and why. */
interface Judgement {
  readonly code: string;
  readonly dueMs: number;
  readonly thresholdMs: number;
  /** What is usual here; null while the fixed thresholds judge. */
  readonly usualMs: number | null;
}

function nextDeadlineMs(context: Context, home: HomeRow): number {
  if (!isJudged(context, home)) return Number.POSITIVE_INFINITY;
  // Most looks end here: to reckon the exact time costs ten times as much.
  const leastStayMs = judgeStay(context, home).dueMs - context.settings(home).askBeforeMs;
  const leastMs = Math.min(leastDueMs(context, home), leastStayMs);
  if (leastMs > context.world.nowMs) return leastMs;
  const judgement = judge(context, home);
  const { dueMs } = judgement;
  if (dueMs > context.world.nowMs) return Math.min(dueMs, askAtMs(context, home, judgement));
  return whenSeenMs(context.world, home, dueMs);
}

const NOT_DUE: Judgement = {
  code: '',
  dueMs: Number.POSITIVE_INFINITY,
  thresholdMs: Number.POSITIVE_INFINITY,
  usualMs: null,
};

function judge(context: Context, home: HomeRow): Judgement {
  if (!isJudged(context, home)) return NOT_DUE;
  const { isRaised, isStayRaised } = context.home();
  const silence = isRaised.get(home) === 1 ? NOT_DUE : judgeSilence(context, home);
  if (isStayRaised.get(home) > 0 || isRaised.get(home) === 1) return silence;
  const stay = judgeStay(context, home);
  return stay.dueMs < silence.dueMs ? stay : silence;
}

/** The clock since the last sign of life. */
function judgeSilence(context: Context, home: HomeRow): Judgement {
  const { roster } = context.world;
  const columns = roster.homes.columns;
  const settings = context.settings(home);
  const fromMs = silentFromMs(context, home);
  if (mayBeEmpty(context.world, home)) return at('inactivity.cap', fromMs, settings.capMs, null);
  if (columns.learnedMs[home]! < settings.learnedAfterMs) return judgeFixed(context, home, fromMs);
  return judgeLearned(context, home, fromMs);
}

/** A bed or seat mat that is still ON: somebody lies or sits there, and that is why it is still. */
function isOccupied(context: Context, device: DeviceRow): boolean {
  const { level, distrust } = context.world.roster.devices.columns;
  if (distrust.get(device) !== 0) return false;
  return level.get(device) === LEVEL.on && context.world.roster.isMat(device);
}

/** The clock since the resident last changed rooms. */
function judgeStay(context: Context, home: HomeRow): Judgement {
  const columns = context.world.roster.homes.columns;
  const settings = context.settings(home);
  // With two rooms, one silent sensor would make every day a stay.
  if (context.world.roster.roomsOf(home) < 3 || columns.roamedAtMs[home] === 0) return NOT_DUE;
  if (columns.learnedMs[home]! < settings.learnedAfterMs) return NOT_DUE;
  const usualMs = columns.stayPeakMin.get(home) * 60_000;
  const fromMs = stayingFromMs(context, home);
  // One sensor alone says that somebody is in: it may as well be the sensor.
  const leastMs = columns.isUncertain.get(home) === UNCERTAIN.oneRoom ? settings.stayMs * 2 : settings.stayMs;
  const ownMs = usualMs * settings.usualFactor + settings.usualMarginMs;
  return at('inactivity.stay', fromMs, Math.max(leastMs, ownMs), usualMs);
}

/**
 * The first instant at which the silence since `fromMs` is longer than is usual at that hour and after a sign in that
 * place: the shorter of both, but never much shorter than either alone, since bedtimes and habits move.
 */
function judgeLearned(context: Context, home: HomeRow, fromMs: number): Judgement {
  const { world } = context;
  const settings = context.settings(home);
  const { capMs, placeShare, placeLeastMs, occupiedShare } = settings;
  const riskFactor = world.roster.homes.columns.riskFactor[home]!;
  const device = world.roster.homes.columns.lastActivityDevice.get(home);
  const usualHereMs = usualAfterMs(world, home, device);
  const byPlaceMs = learnedMs(context, home, usualHereMs);
  const leastMs = isOccupied(context, device)
    ? byPlaceMs * occupiedShare
    : Math.min(byPlaceMs * placeShare, placeLeastMs);
  const isAsleep = mayBeAsleep(context, home, device, fromMs);
  const hourShare = isAsleep ? Math.max(settings.hourShare, settings.nightShare) : settings.hourShare;
  const nightFloorMs = isAsleep ? settings.nightFloorMs * riskFactor : 0;
  const doubtUntilMs = lossDoubtUntilMs(world, home) + world.roster.homes.columns.blindMs[home]!;
  for (let atMs = fromMs; atMs < fromMs + capMs; ) {
    const endMs = Math.min(nextSlotAtMs(world, home, atMs), fromMs + capMs);
    const usualNowMs = usualInSlotMs(world, home, slotAt(world, home, atMs));
    const byHourMs = learnedMs(context, home, usualNowMs);
    // The word of staff says that all is well, and not where.
    const isPlace = device > 0 && byPlaceMs < byHourMs;
    const usualMostMs = isPlace ? Math.max(byPlaceMs, byHourMs * hourShare) : Math.max(byHourMs, leastMs);
    const thresholdMs = Math.max(usualMostMs, nightFloorMs, doubtUntilMs - fromMs);
    const dueMs = Math.max(atMs, fromMs + wholeMinutes(thresholdMs));
    if (dueMs < endMs) {
      const [code, usualMs] = isPlace
        ? (['inactivity.place', usualHereMs] as const)
        : (['inactivity.learned', usualNowMs] as const);
      return { code, dueMs, thresholdMs: dueMs - fromMs, usualMs };
    }
    atMs = endMs;
  }
  return at('inactivity.cap', fromMs, capMs, null);
}

/** By night a place says little: whoever goes to bed is last seen anywhere. The bathroom is where people fall. */
function mayBeAsleep(context: Context, home: HomeRow, device: DeviceRow, fromMs: number): boolean {
  const zone = context.world.roster.timezoneOf(home);
  const isBathroom = context.world.roster.placeOf(device) === PLACES.bathroom;
  return !isBathroom && !isDayTime(localMinuteOfDay(zone, fromMs), context.settings(home));
}

/** Nobody reads seconds in an explanation. */
function wholeMinutes(durationMs: number): number {
  return Math.ceil(durationMs / 60_000) * 60_000;
}

/** The threshold for something that usually lasts `usualMs`: wide while little is known. */
function learnedMs(context: Context, home: HomeRow, usualMs: number): number {
  const settings = context.settings(home);
  const { usualFactor, usualMarginMs, doubtFactor, floorMs } = settings;
  const doubt = doubtFactor / Math.max(1, learnedDays(context.world, home));
  const marginMs = usualMarginMs * (1 + doubt);
  const thresholdMs = Math.max(floorMs, usualMs * (usualFactor + doubt) + marginMs);
  return thresholdMs * context.world.roster.homes.columns.riskFactor[home]!;
}

function judgeFixed(context: Context, home: HomeRow, fromMs: number): Judgement {
  const settings = context.settings(home);
  const { roster } = context.world;
  const riskFactor = roster.homes.columns.riskFactor[home]!;
  const dayMs = settings.dayMs * riskFactor;
  const isDay = (atMs: number): boolean =>
    isDayTime(localMinuteOfDay(roster.timezoneOf(home), atMs), settings);
  if (isDay(fromMs) && isDay(fromMs + dayMs) && dayMs < settings.capMs)
    return at('inactivity.day', fromMs, Math.round(dayMs), null);
  const hasNightSensor = roster.hasNightSensor(home);
  const nightMs = (hasNightSensor ? settings.nightMs : settings.nightWithoutBedroomMs) * riskFactor;
  if (nightMs < settings.capMs) return at('inactivity.night', fromMs, Math.round(nightMs), null);
  return at('inactivity.cap', fromMs, settings.capMs, null);
}

function at(code: string, fromMs: number, thresholdMs: number, usualMs: number | null): Judgement {
  return { code, dueMs: fromMs + thresholdMs, thresholdMs, usualMs };
}

function onDeadline(context: Context, home: HomeRow): void {
  const judgement = judge(context, home);
  if (askAtMs(context, home, judgement) <= context.world.nowMs) {
    context.questions.withdraw(home);
    context.questions.ask(home, judgement.dueMs);
  }
  if (!isDueAndSeen(context.world, home, judgement.dueMs)) return;
  const { roster, nowMs } = context.world;
  const columns = roster.homes.columns;
  const isStay = judgement.code === 'inactivity.stay';
  const { isRaised, isStayRaised } = context.home();
  if (isStay) isStayRaised.set(home, 1);
  else {
    isRaised.set(home, 1);
    isStayRaised.set(home, isStayRaised.get(home) || 2);
  }
  const blindMs = isStay ? columns.roamBlindMs[home]! : columns.blindMs[home]!;
  const lastRoom = roster.roomOf(columns.lastActivityDevice.get(home));
  context.raise({
    kind: 'inactivity',
    priority: 2,
    subject: homeSubject(context.world, home),
    cause: `due-${judgement.dueMs}`,
    ...homePlace(roster, home),
    room: lastRoom,
    lateByMs: 0,
    explanation: {
      code: judgement.code,
      params: {
        thresholdMs: judgement.thresholdMs,
        silentMs: nowMs - (judgement.dueMs - judgement.thresholdMs),
        blindMs,
        ...explained(context, home, judgement),
        lastRoom,
      },
    },
  });
}

function explained(
  context: Context,
  home: HomeRow,
  { usualMs }: Judgement,
): Record<string, number | string | null> {
  const { roster } = context.world;
  const columns = roster.homes.columns;
  const { live, total } = coverageOf(context.world, home);
  const question = context.questions.take(home);
  const learned =
    usualMs === null ? {} : { usualMs, learnedDays: Math.round(learnedDays(context.world, home)) };
  return {
    ...learned,
    lastActivityAtMs: columns.lastActivityAtMs[home]!,
    lastKind: roster.kindOf(columns.lastActivityDevice.get(home)) ?? null,
    coverage: total === 0 ? 0 : live / total,
    riskFactor: columns.riskFactor[home]!,
    ...(question === null ? {} : { askedAtMs: question.askedAtMs }),
  };
}
