// Four measures of a home's life per week, in a small ring: minutes of rest per night, signs of life per day, visits to
// the bathroom per night, outings per week. Each is per day that was lived and seen: long absences, blindness and our
// own outages are time that counts for nothing, on both sides of the division. Measures are of the home, whoever lives
// in it. A week ends on Monday at 04:00 of the home's clock. Costs an event some additions, and a home 200 bytes.

import { ZONES } from '../model/home.ts';
import { instantOfLocalMinute, localDayOf } from '../state/local-time.ts';
import { PLACES, PRESENCE } from '../state/roster.ts';
import type { HomeRow } from '../state/row.ts';
import type { Columns } from '../state/table.ts';
import type { World } from '../state/world.ts';
import { isWatchedAtHome } from './presence.ts';

export const MEASURES = ['sleep', 'activity', 'night-toilet', 'outings'] as const;
export type Measure = (typeof MEASURES)[number];

/** A quarter of a year: ten weeks to know what is usual, three to see that it changed. */
export const WEEKS_KEPT = 13;

const MINUTE_MS = 60_000;
const DAY_MIN = 1_440;
const DAY_MS = DAY_MIN * MINUTE_MS;
const WEEK_MS = 7 * DAY_MS;
const WEEK_END_MINUTE = 4 * 60;
/** Night of the question "how often up to the toilet?" (22:00–06:00, domain reference R5). */
const NIGHT = { fromMinute: 22 * 60, toMinute: 6 * 60, minutes: 8 * 60 } as const;
/** Rest may begin early and end late: both are changes one wants to see. */
const REST = { fromMinute: 20 * 60, toMinute: 10 * 60, minutes: 14 * 60 } as const;
/** Shorter stillness in the bedroom is dressing and reading. */
const REST_MIN_MS = 10 * MINUTE_MS;
/** Signs in the bathroom closer together are one visit. */
const VISIT_GAP_MS = 10 * MINUTE_MS;
/** A longer absence is a journey or a hospital, no outing of an ordinary day. */
const ORDINARY_ABSENCE_MS = 24 * 3_600_000;
const U16_MAX = 65_535;
const BATHROOM = ZONES.indexOf('bathroom');
const BEDROOM = ZONES.indexOf('bedroom');
/** Homes look back one after the other within the hour, not a hundred thousand at the stroke of four. */
const LOOK_SPREAD_MS = 60 * MINUTE_MS;

export const WEEK_COLUMNS = {
  /** End of the week being counted; 0 before the home is known. */
  weekEndsAtMs: 'f64',
  /** Since when somebody is in and seen, without a break; 0 while not. */
  seenSinceMs: 'f64',
  /** Until when that is counted already. */
  countedMs: 'f64',
  signAtMs: 'f64',
  bathroomAtMs: 'f64',
  /** Place of the last sign + 1; 0 for none. */
  signPlace: 'u8',
  seenMin: 'u32',
  awayMin: 'u32',
  nightSeenMin: 'u32',
  restSeenMin: 'u32',
  signs: 'u32',
  restMin: 'u32',
  visits: 'u32',
  outings: 'u32',
  /** Weeks that have ended. */
  weeks: 'u32',
  /** Tenths of days that were lived and seen, per week; slot is week modulo 13. */
  seenTenths: 'u8x13',
  sleep: 'u16x13',
  activity: 'u16x13',
  /** Hundredths. */
  toilet: 'u16x13',
  /** Hundredths. */
  out: 'u16x13',
} as const;

export type WeekColumns = Columns<typeof WEEK_COLUMNS, 'home'>;

export interface Week {
  readonly endsAtMs: number;
  /** Days of it that were lived and seen, 0 … 7. */
  readonly seenDays: number;
  readonly sleep: number;
  readonly activity: number;
  readonly 'night-toilet': number;
  readonly outings: number;
}

/** The first Monday 04:00 of the home's clock after `afterMs`. */
export function nextWeekEndMs(zone: string, afterMs: number): number {
  const day = localDayOf(zone, afterMs);
  // Day 0 was a Thursday.
  const monday = day - ((day + 3) % 7);
  const thisMs = instantOfLocalMinute(zone, monday, WEEK_END_MINUTE);
  return thisMs > afterMs ? thisMs : instantOfLocalMinute(zone, monday + 7, WEEK_END_MINUTE);
}

/** Something changed by which the home is seen or not, or somebody is in or not. */
export function noteSeen(world: World, columns: WeekColumns, home: HomeRow): void {
  const { blindSinceMs, presence, awaySinceMs } = world.roster.homes.columns;
  if (columns.weekEndsAtMs[home] === 0)
    columns.weekEndsAtMs[home] = nextWeekEndMs(zoneOf(world, home), world.nowMs);
  forgetOwnOutage(world, columns, home);
  if (isWatchedAtHome(world, home)) {
    if (columns.seenSinceMs[home] === 0) columns.seenSinceMs[home] = world.nowMs;
    return;
  }
  if (columns.seenSinceMs[home] === 0) return;
  const isAway = presence.get(home) === PRESENCE.away;
  const untilMs = isAway ? awaySinceMs[home]! : blindSinceMs[home] || world.nowMs;
  addSeen(world, columns, home, untilMs);
  columns.seenSinceMs[home] = 0;
}

/** Somebody went out: told when presence changed to away. */
export function noteOuting(columns: WeekColumns, home: HomeRow): void {
  columns.outings.set(home, Math.min(U16_MAX, columns.outings.get(home) + 1));
}

/** Somebody came back after `awayMs`. */
export function noteReturn(columns: WeekColumns, home: HomeRow, awayMs: number): void {
  if (awayMs > ORDINARY_ABSENCE_MS) return;
  columns.awayMin.set(home, Math.min(U16_MAX, columns.awayMin.get(home) + Math.round(awayMs / MINUTE_MS)));
}

/** A sign of life, the newest so far. */
export function noteSign(world: World, columns: WeekColumns, home: HomeRow): void {
  const { lastActivityAtMs, lastActivityDevice } = world.roster.homes.columns;
  const atMs = lastActivityAtMs[home]!;
  const device = lastActivityDevice.get(home);
  const beforeMs = columns.signAtMs[home]!;
  forgetOwnOutage(world, columns, home);
  const sinceMs = columns.seenSinceMs[home]!;
  const before = columns.signPlace.get(home) - 1;
  const place = device === 0 ? -1 : world.roster.placeOf(device);
  columns.signAtMs[home] = atMs;
  columns.signPlace.set(home, place + 1);
  // News from a time that was not seen: it would count above the line and not below.
  if (sinceMs === 0 || atMs < sinceMs) return;
  columns.signs.set(home, columns.signs.get(home) + 1);
  const isRest = (before === BEDROOM || before === PLACES.bed) && beforeMs >= sinceMs;
  if (isRest && atMs - beforeMs >= REST_MIN_MS)
    columns.restMin.set(
      home,
      columns.restMin.get(home) + minutesIn(REST, zoneOf(world, home), beforeMs, atMs),
    );
  if (place === BATHROOM) noteBathroom(world, columns, home, atMs);
}

/** When to look back at the week; Infinity for a home that is not known yet. */
export function lookBackAtMs(world: World, columns: WeekColumns, home: HomeRow): number {
  const endMs = columns.weekEndsAtMs[home]!;
  return endMs === 0 ? Number.POSITIVE_INFINITY : endMs + spreadMs(world.roster.homeIdOf(home));
}

/** Ends every week that is over. */
export function endWeeks(world: World, columns: WeekColumns, home: HomeRow): void {
  forgetLongAgo(world, columns, home);
  while (columns.weekEndsAtMs[home]! > 0 && columns.weekEndsAtMs[home]! <= world.nowMs) {
    const endMs = columns.weekEndsAtMs[home]!;
    forgetOwnOutage(world, columns, home);
    if (columns.seenSinceMs[home]! > 0) addSeen(world, columns, home, endMs);
    keepWeek(columns, home);
    columns.weekEndsAtMs[home] = nextWeekEndMs(zoneOf(world, home), endMs);
  }
}

/** The weeks that are kept, oldest first. */
export function weeksOf(world: World, columns: WeekColumns, home: HomeRow): Week[] {
  const count = Math.min(WEEKS_KEPT, columns.weeks.get(home));
  const weeks: Week[] = [];
  let endsAtMs = columns.weekEndsAtMs[home]!;
  for (let back = 1; back <= count; back++) {
    // Half a day before its beginning: the week may have an hour more or less.
    endsAtMs = nextWeekEndMs(zoneOf(world, home), endsAtMs - WEEK_MS - WEEK_MS / 14);
    const slot = (columns.weeks.get(home) - back) % WEEKS_KEPT;
    weeks.push({
      endsAtMs,
      seenDays: columns.seenTenths.get(home, slot) / 10,
      sleep: columns.sleep.get(home, slot),
      activity: columns.activity.get(home, slot),
      'night-toilet': columns.toilet.get(home, slot) / 100,
      outings: columns.out.get(home, slot) / 100,
    });
  }
  return weeks.reverse();
}

/** After a season of which we know nothing, nothing is usual. */
function forgetLongAgo(world: World, columns: WeekColumns, home: HomeRow): void {
  const endMs = columns.weekEndsAtMs[home]!;
  if (endMs === 0 || world.nowMs - endMs < WEEKS_KEPT * WEEK_MS) return;
  columns.weeks.set(home, 0);
  columns.weekEndsAtMs[home] = nextWeekEndMs(zoneOf(world, home), world.nowMs - WEEK_MS);
}

/** By the public id, because a number may be another one in a back-test (FNV-1a). */
function spreadMs(homeId: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < homeId.length; at++) hash = Math.imul(hash ^ homeId.charCodeAt(at), 0x01000193);
  return (hash >>> 0) % LOOK_SPREAD_MS;
}

function noteBathroom(world: World, columns: WeekColumns, home: HomeRow, atMs: number): void {
  const isVisit = atMs - columns.bathroomAtMs[home]! >= VISIT_GAP_MS;
  columns.bathroomAtMs[home] = atMs;
  if (isVisit && minutesIn(NIGHT, zoneOf(world, home), atMs, atMs + MINUTE_MS) > 0)
    columns.visits.set(home, columns.visits.get(home) + 1);
}

/** We were not there from the last sign to the end of our outage, or it is not known that we were. */
function forgetOwnOutage(world: World, columns: WeekColumns, home: HomeRow): void {
  const sinceMs = columns.seenSinceMs[home]!;
  if (sinceMs === 0 || world.resumedAtMs <= sinceMs) return;
  addSeen(world, columns, home, columns.signAtMs[home]!);
  columns.seenSinceMs[home] = Math.max(columns.seenSinceMs[home]!, world.resumedAtMs);
}

/** Somebody was in and seen until `untilMs`. */
function addSeen(world: World, columns: WeekColumns, home: HomeRow, untilMs: number): void {
  const fromMs = Math.max(columns.seenSinceMs[home]!, columns.countedMs[home]!);
  if (untilMs <= fromMs) return;
  const zone = zoneOf(world, home);
  columns.seenMin.set(home, columns.seenMin.get(home) + Math.round((untilMs - fromMs) / MINUTE_MS));
  columns.nightSeenMin.set(home, columns.nightSeenMin.get(home) + minutesIn(NIGHT, zone, fromMs, untilMs));
  columns.restSeenMin.set(home, columns.restSeenMin.get(home) + minutesIn(REST, zone, fromMs, untilMs));
  columns.countedMs[home] = untilMs;
}

function keepWeek(columns: WeekColumns, home: HomeRow): void {
  const slot = columns.weeks.get(home) % WEEKS_KEPT;
  const livedMin = Math.min(7 * DAY_MIN, columns.seenMin.get(home) + columns.awayMin.get(home));
  const { seenTenths, sleep, activity, toilet, out } = columns;
  seenTenths.set(home, slot, Math.round((livedMin * 10) / DAY_MIN));
  sleep.set(home, slot, share(columns.restMin.get(home) * REST.minutes, columns.restSeenMin.get(home)));
  activity.set(home, slot, share(columns.signs.get(home) * DAY_MIN, columns.seenMin.get(home)));
  const visits = columns.visits.get(home) * NIGHT.minutes * 100;
  toilet.set(home, slot, share(visits, columns.nightSeenMin.get(home)));
  out.set(home, slot, share(columns.outings.get(home) * 7 * DAY_MIN * 100, livedMin));
  columns.seenMin.set(home, 0);
  columns.awayMin.set(home, 0);
  columns.nightSeenMin.set(home, 0);
  columns.restSeenMin.set(home, 0);
  columns.signs.set(home, 0);
  columns.restMin.set(home, 0);
  columns.visits.set(home, 0);
  columns.outings.set(home, 0);
  columns.weeks.set(home, columns.weeks.get(home) + 1);
}

function share(counted: number, seenMin: number): number {
  return seenMin === 0 ? 0 : Math.min(U16_MAX, Math.round(counted / seenMin));
}

/** Minutes of [from, until] within the window of each local night. */
function minutesIn(
  window: typeof NIGHT | typeof REST,
  zone: string,
  fromMs: number,
  untilMs: number,
): number {
  const lastDay = localDayOf(zone, untilMs);
  let sumMs = 0;
  for (let day = localDayOf(zone, fromMs) - 1; day <= lastDay; day++) {
    const startMs = instantOfLocalMinute(zone, day, window.fromMinute);
    const endMs = instantOfLocalMinute(zone, day + 1, window.toMinute);
    sumMs += Math.max(0, Math.min(endMs, untilMs) - Math.max(startMs, fromMs));
  }
  return Math.round(sumMs / MINUTE_MS);
}

function zoneOf(world: World, home: HomeRow): string {
  return world.roster.timezoneOf(home);
}
