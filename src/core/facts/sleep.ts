// In bed, out of bed by night, up for the day; and when this resident usually gets up.
// Bed: a mat that is ON, or, where no mat speaks, the bedroom as the place of the last signs. Some mats stay ON all
// night, others only fire when the sleeper turns (both were recorded): OFF alone is out of bed only after a long ON.
// Up: since 05:00 somebody was outside the bedroom, by a strong sign or two weak ones soon after each other, since an
// empty PIR hit is no getting up. Several signs in the bedroom, or single ones anywhere, show that somebody is well,
// but teach no hour.

import { nextMinuteOfDayAtMs } from '../state/local-day.ts';
import { localDayOf, localMinuteOfDay } from '../state/local-time.ts';
import { LEVEL, PLACES } from '../state/roster.ts';
import type { DeviceRow, HomeRow } from '../state/row.ts';
import type { World } from '../state/world.ts';
import { isSeenEnough, unseenBeforeMs } from './backlog.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Local minute at which a morning begins: earlier signs are of the night (R3). */
export const MORNING_MINUTE = 5 * 60;
/** Who has not got up by 15:00 is no late riser: from then on the silence rule judges alone. */
export const MORNING_LENGTH_MS = 10 * HOUR_MS;
/** Two weak signs so close together are a person; strays of the recorded homes come every five hours. */
export const CONFIRM_MS = 15 * MINUTE_MS;
/** A hit and its echo of the same sensor are one hit (recorded pairs: up to 5 s). */
const ECHO_MS = 10_000;
/** So many signs in the bedroom, each in a minute of its own, are somebody awake or at least turning in bed. */
const BEDROOM_STIRS = 3;
/** So many single hits elsewhere, which strays alone reach in one morning of sixteen: every 20 minutes is somebody. */
const WEAK_SIGNS = 3;
/** In bed for so long is lying down for the night, not fetching a cardigan; an ON so long is a mat that stays ON. */
const LYING_MS = 30 * MINUTE_MS;
/** In the same night a shorter ON is enough, where the mat is known to stay ON. */
const BACK_IN_BED_MS = 5 * MINUTE_MS;
/** Back in bed within this time is the same night. */
const SAME_NIGHT_MS = 3 * HOUR_MS;
/** A mat that said nothing for a week does not speak for the bed any more. */
const MAT_TRUSTED_MS = 7 * 24 * HOUR_MS;
/** The days on which clocks go forward and back, with an hour to spare. */
const SHORTEST_DAY_MS = 22 * HOUR_MS;
const LONGEST_DAY_MS = 26 * HOUR_MS;
/** So many mornings count fully in the mean: about a month of weekdays. */
const MEAN_MORNINGS = 20;
/** What the latest hour keeps of its distance from the mean per morning: half after 23 mornings. */
const KEPT_PER_MORNING = 0.97;
/** Once known, one late morning moves the latest hour by no more, minutes. */
const LIFT_MIN = 90;
/** So many mornings of one kind of day make it known. */
export const MORNINGS_KNOWN = 7;

/** When somebody usually gets up, minutes of the local day. */
export interface UsualRising {
  readonly meanMinute: number;
  /** The latest usual hour, which fades towards the mean. */
  readonly latestMinute: number;
  readonly mornings: number;
}

/** Something was used at `atMs` by a resident who is in. Before `noteActivity`, which forgets what was not seen. */
export function noteSleep(
  world: World,
  home: HomeRow,
  device: DeviceRow,
  atMs: number,
  wasIn: boolean,
): void {
  const columns = world.roster.homes.columns;
  if (atMs < columns.lastActivityAtMs[home]!) return;
  columns.morningAtMs[home] ||= firstMorning(world, home, columns.lastActivityAtMs[home]! || atMs);
  const isMorningOpen = atMs >= columns.morningAtMs[home]!;
  if (world.roster.placeOf(device) === PLACES.bed) {
    noteMat(world, home, device, atMs);
    if (isMorningOpen) noteBedroomStir(world, home, atMs);
  } else if (world.roster.isInZone(device, 'bedroom')) {
    if (!isMatTrusted(world, home, atMs)) lieDown(world, home, atMs);
    if (isMorningOpen) noteBedroomStir(world, home, atMs);
  } else if (isMorningOpen || isInBed(world, home)) {
    if (isProof(world, home, device, atMs)) noteOutside(world, home, device, atMs, wasIn);
    // An echo of the last one is no sign of its own.
    else if (isMorningOpen && columns.stirAtMs[home] === atMs) noteWeakSign(world, home, atMs);
  }
}

/** Somebody is surely outside the bedroom. */
function noteOutside(world: World, home: HomeRow, device: DeviceRow, atMs: number, wasIn: boolean): void {
  const columns = world.roster.homes.columns;
  // A mat that says somebody lies there outweighs weak signs elsewhere, but not a mat that is stuck: strong ones do.
  const isStrong = !world.roster.isWeak(device);
  if (isStrong || !isMatOn(world, home)) leaveBed(world, home, atMs);
  if (atMs >= columns.morningAtMs[home]!) noteUp(world, home, atMs, wasIn);
}

/** Lies down, or was last seen in the bedroom, and has not left it. */
export function isInBed(world: World, home: HomeRow): boolean {
  const { bedAtMs, outOfBedAtMs } = world.roster.homes.columns;
  return bedAtMs[home]! > 0 && outOfBedAtMs[home] === 0;
}

/** Start of the morning that waits for a sign of getting up: the present one, or the next when it has come. */
export function openMorningAtMs(world: World, home: HomeRow): number {
  const { roster, nowMs } = world;
  const zone = roster.timezoneOf(home);
  const { morningAtMs: morningsAtMs, lastActivityAtMs } = roster.homes.columns;
  const morningAtMs = morningsAtMs[home]! || firstMorning(world, home, lastActivityAtMs[home]!);
  if (morningAtMs + MORNING_LENGTH_MS > nowMs) return morningAtMs;
  const latestMs = morningBefore(zone, nowMs);
  return latestMs + MORNING_LENGTH_MS > nowMs ? latestMs : morningAfter(zone, nowMs);
}

/** What is known for a day like that of `atMs`; of both kinds of day together while one is not known yet. */
export function usualRising(world: World, home: HomeRow, atMs: number): UsualRising {
  const { upMeanMinute, upLatestMinute, upMornings } = world.roster.homes.columns;
  const day = kindOfDay(world, home, atMs);
  const own: UsualRising = {
    meanMinute: upMeanMinute.get(home, day),
    latestMinute: upLatestMinute.get(home, day),
    mornings: upMornings.get(home, day),
  };
  const otherMornings = upMornings.get(home, 1 - day);
  if (own.mornings >= MORNINGS_KNOWN || otherMornings === 0) return own;
  return {
    meanMinute: Math.max(own.meanMinute, upMeanMinute.get(home, 1 - day)),
    latestMinute: Math.max(own.latestMinute, upLatestMinute.get(home, 1 - day)),
    mornings: own.mornings + otherMornings,
  };
}

function noteMat(world: World, home: HomeRow, device: DeviceRow, atMs: number): void {
  const columns = world.roster.homes.columns;
  columns.bedMatAtMs[home] = atMs;
  if (world.roster.devices.columns.level.get(device) === LEVEL.on) {
    if (columns.matOnAtMs[home] === 0) columns.matOnAtMs[home] = atMs;
    lieDown(world, home, atMs);
  } else if (!isMatOn(world, home)) {
    const onMs = columns.matOnAtMs[home] === 0 ? 0 : atMs - columns.matOnAtMs[home]!;
    const hasStayed = atMs - columns.matStayedAtMs[home]! < SAME_NIGHT_MS;
    if (onMs >= LYING_MS) columns.matStayedAtMs[home] = atMs;
    columns.matOnAtMs[home] = 0;
    if (onMs >= LYING_MS || (hasStayed && onMs >= BACK_IN_BED_MS)) leaveBed(world, home, atMs);
  }
}

/** A mat that is believed says that somebody lies there. */
export function isMatOn(world: World, home: HomeRow): boolean {
  const { level, distrust } = world.roster.devices.columns;
  for (const device of world.roster.devicesOfHome(home))
    if (
      world.roster.placeOf(device) === PLACES.bed &&
      level.get(device) === LEVEL.on &&
      distrust.get(device) === 0
    )
      return true;
  return false;
}

function isMatTrusted(world: World, home: HomeRow, atMs: number): boolean {
  const matAtMs = world.roster.homes.columns.bedMatAtMs[home]!;
  return matAtMs > 0 && atMs - matAtMs <= MAT_TRUSTED_MS;
}

function lieDown(world: World, home: HomeRow, atMs: number): void {
  const { bedAtMs, outOfBedAtMs } = world.roster.homes.columns;
  const isOtherNight = outOfBedAtMs[home]! > 0 && atMs - outOfBedAtMs[home]! > SAME_NIGHT_MS;
  if (bedAtMs[home] === 0 || isOtherNight) bedAtMs[home] = atMs;
  outOfBedAtMs[home] = 0;
}

function leaveBed(world: World, home: HomeRow, atMs: number): void {
  const { bedAtMs, outOfBedAtMs } = world.roster.homes.columns;
  if (!isInBed(world, home)) return;
  // Of several residents one may be up while the other sleeps: only a bed that says it is empty counts.
  if (!world.roster.livesAlone(home) && (!isMatTrusted(world, home, atMs) || isMatOn(world, home))) return;
  if (atMs - bedAtMs[home]! >= LYING_MS) outOfBedAtMs[home] = atMs;
  else bedAtMs[home] = 0;
}

/** Was somebody outside the bedroom? A strong sign, or the second of two weak ones soon after each other. */
function isProof(world: World, home: HomeRow, device: DeviceRow, atMs: number): boolean {
  const columns = world.roster.homes.columns;
  if (!world.roster.isWeak(device)) return true;
  const sinceMs = atMs - columns.stirAtMs[home]!;
  const isOther = columns.stirDevice.get(home) !== device;
  if (columns.stirDevice.get(home) > 0 && sinceMs <= CONFIRM_MS && (isOther || sinceMs >= ECHO_MS))
    return true;
  if (isOther || sinceMs >= ECHO_MS) {
    columns.stirDevice.set(home, device);
    columns.stirAtMs[home] = atMs;
  }
  return false;
}

function noteBedroomStir(world: World, home: HomeRow, atMs: number): void {
  const columns = world.roster.homes.columns;
  openMorning(world, home, atMs);
  const isFirst = columns.bedroomStirs.get(home) === 0;
  if (!isFirst && atMs - columns.bedroomStirAtMs[home]! < MINUTE_MS) return;
  columns.bedroomStirAtMs[home] = atMs;
  columns.bedroomStirs.set(home, columns.bedroomStirs.get(home) + 1);
  if (columns.bedroomStirs.get(home) >= BEDROOM_STIRS) closeMorning(world, home, atMs);
}

/** Alone it proves nothing: where only one sensor is left, its hits are far from each other. */
function noteWeakSign(world: World, home: HomeRow, atMs: number): void {
  openMorning(world, home, atMs);
  const columns = world.roster.homes.columns;
  columns.weakSigns.set(home, columns.weakSigns.get(home) + 1);
  if (columns.weakSigns.get(home) >= WEAK_SIGNS) closeMorning(world, home, atMs);
}

function noteUp(world: World, home: HomeRow, atMs: number, wasIn: boolean): void {
  const columns = world.roster.homes.columns;
  openMorning(world, home, atMs);
  const isSeen = isSeenEnough(world, home, unseenBeforeMs(world, home, atMs));
  const isMorning = atMs - columns.morningAtMs[home]! < MORNING_LENGTH_MS;
  if (wasIn && isSeen && isMorning) teachRising(world, home, atMs);
  closeMorning(world, home, atMs);
}

/** A morning that is over without any sign is forgotten: the one of `atMs` is open now. */
function openMorning(world: World, home: HomeRow, atMs: number): void {
  const columns = world.roster.homes.columns;
  if (atMs - columns.morningAtMs[home]! < SHORTEST_DAY_MS) return;
  const morningAtMs = morningBefore(world.roster.timezoneOf(home), atMs);
  if (columns.morningAtMs[home] === morningAtMs) return;
  columns.morningAtMs[home] = morningAtMs;
  columns.bedroomStirs.set(home, 0);
  columns.weakSigns.set(home, 0);
}

function closeMorning(world: World, home: HomeRow, atMs: number): void {
  const columns = world.roster.homes.columns;
  columns.morningAtMs[home] = morningAfter(world.roster.timezoneOf(home), atMs);
  columns.bedroomStirs.set(home, 0);
  columns.weakSigns.set(home, 0);
}

function teachRising(world: World, home: HomeRow, atMs: number): void {
  const { upMeanMinute, upLatestMinute, upMornings } = world.roster.homes.columns;
  const day = kindOfDay(world, home, atMs);
  const minute = localMinuteOfDay(world.roster.timezoneOf(home), atMs);
  const known = upMornings.get(home, day);
  const latest = upLatestMinute.get(home, day);
  const before = upMeanMinute.get(home, day);
  const mean = before + (minute - before) / Math.min(known + 1, MEAN_MORNINGS);
  const highest = known < MORNINGS_KNOWN ? minute : Math.min(minute, latest + LIFT_MIN);
  const faded = known === 0 ? 0 : mean + (latest - mean) * KEPT_PER_MORNING;
  upMeanMinute.set(home, day, mean);
  upLatestMinute.set(home, day, Math.max(faded, highest));
  upMornings.set(home, day, Math.min(255, known + 1));
}

/** 0 on a weekday, 1 on Saturday and Sunday, of the local calendar. Day 0 (1970-01-01) was a Thursday. */
function kindOfDay(world: World, home: HomeRow, atMs: number): number {
  const weekday = (localDayOf(world.roster.timezoneOf(home), atMs) + 4) % 7;
  return weekday === 0 || weekday === 6 ? 1 : 0;
}

/** Of the morning in which we first saw the home we do not know the beginning: it waits for the next. */
function firstMorning(world: World, home: HomeRow, seenAtMs: number): number {
  return morningAfter(world.roster.timezoneOf(home), seenAtMs);
}

function morningBefore(zone: string, atMs: number): number {
  const earlierMs = morningAfter(zone, atMs - LONGEST_DAY_MS);
  const laterMs = morningAfter(zone, earlierMs);
  return laterMs <= atMs ? laterMs : earlierMs;
}

function morningAfter(zone: string, atMs: number): number {
  return nextMinuteOfDayAtMs(zone, MORNING_MINUTE, atMs);
}
