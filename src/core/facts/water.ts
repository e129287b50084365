// What was drawn in a home: half-hour slots of the last day, from all its meters. A meter that reports its total
// (`telemetry`) is read by differences, spread evenly over the time between two readings, so that a lost or late
// reading costs nothing. One that reports what was drawn (`event`) is added up. Copies and older totals change nothing.
// A total that falls, or grows faster than a pipe can carry, is believed only when the next reading goes on from it:
// one wrong reading is passed over, a new or reset meter begins anew (ADR 0013).
// A slot word: quarter litres in the lower 14 bits, then "water flowed" and "it was read".

import type { ObservationBody } from '../model/entry.ts';
import { type DeviceRow, type HomeRow, NO_DEVICE } from '../state/row.ts';
import type { World } from '../state/world.ts';
import { gatewayBackSinceMs } from './device-sight.ts';

export const WATER_SLOT_MS = 30 * 60_000;
/** The running half hour and the 48 before it. */
export const WATER_SLOTS = 49;
export const WATER_UNREAD = 0;
export const WATER_DRY = 1;
export const WATER_FLOWED = 2;

const SLOT_S = WATER_SLOT_MS / 1000;
const DAY_S = 86_400;
const UNITS_PER_LITER = 4;
const UNITS_MASK = 0x3fff;
const FLOWED_BIT = 0x4000;
const READ_BIT = 0x8000;
/** Readings further apart than two half hours and a late report say nothing of the single half hour. */
const READ_GAP_MAX_S = 65 * 60;
/** A meter that reports draws and is not heard for so long was not watched: its silence is not thrift. */
const DRAW_PAUSE_MAX_S = 12 * 3600;
/** Overload flow of a DN 20 meter (ISO 4064: Q4 = 5 m³/h): more does not come through the pipe of a flat. */
const FLOW_MAX_DL_PER_S = 50_000 / 3600;
/** Coarse meters count whole cubic metres. */
const STEP_DL = 10_000;
/** Largest total of the native format, tenths of a litre. */
const TOTAL_MAX_DL = 999_999_990;

/** In what coarse meters count: a cubic metre, or a tenth of it. */
const COARSE_STEPS_DL = [10_000, 1000] as const;
const FINE_STEP_DL = 1;

const METER = { unknown: 0, draws: 1, total: 2 } as const;

/** Take a reading of a meter; before the rules look at it. */
export function noteWater(
  world: World,
  observation: ObservationBody,
  home: HomeRow,
  device: DeviceRow,
): void {
  const { kind, value, isLevel } = observation;
  if (kind !== 'water_liters' || typeof value !== 'number') return;
  const dl = Math.round(value * 10);
  const atS = Math.floor(Math.min(observation.measuredAtMs, world.nowMs) / 1000);
  if (!(dl >= 0 && dl <= TOTAL_MAX_DL && atS > 0)) return;
  if (isLevel) noteTotal(world, home, device, atS, dl);
  else noteDraw(world, home, device, atS, value);
}

/** Up to when all meters of the home are read, ms; 0 without a meter. */
export function waterReadAtMs(world: World, home: HomeRow): number {
  const { meterKind, meterAtS } = world.roster.devices.columns;
  let oldestS = Number.POSITIVE_INFINITY;
  for (
    let device = world.roster.firstDeviceOf(home);
    device !== NO_DEVICE;
    device = world.roster.nextDeviceOf(device)
  )
    if (meterKind.get(device) !== METER.unknown) oldestS = Math.min(oldestS, meterAtS.get(device));
  return oldestS === Number.POSITIVE_INFINITY ? 0 : oldestS * 1000;
}

/** The largest step in which a meter of the home was seen to count, litres: less may have been drawn at any time. */
export function meterStepLiters(world: World, home: HomeRow): number {
  const { meterStepDl } = world.roster.devices.columns;
  let coarsestDl = 0;
  for (const device of world.roster.devicesOfHome(home))
    coarsestDl = Math.max(coarsestDl, meterStepDl.get(device));
  return coarsestDl / 10;
}

/** Number of the half hour, since 1970: the clocks of the home do not matter. */
export function waterSlotAt(atMs: number): number {
  return Math.floor(atMs / WATER_SLOT_MS);
}

/** Litres drawn in a half hour; 0 for one that is forgotten or still to come. */
export function litersInSlot(world: World, home: HomeRow, slot: number): number {
  return (wordOf(world, home, slot) & UNITS_MASK) / UNITS_PER_LITER;
}

/** Litres drawn in the newest `count` half hours. */
export function litersInLastSlots(world: World, home: HomeRow, count: number): number {
  const head = world.roster.homes.columns.waterHead.get(home);
  let liters = 0;
  for (let slot = head; slot > head - count; slot--) liters += litersInSlot(world, home, slot);
  return liters;
}

/** `WATER_UNREAD`, `WATER_DRY` or `WATER_FLOWED`. */
export function flowInSlot(world: World, home: HomeRow, slot: number): number {
  const word = wordOf(world, home, slot);
  if ((word & FLOWED_BIT) !== 0) return WATER_FLOWED;
  return (word & READ_BIT) !== 0 ? WATER_DRY : WATER_UNREAD;
}

function noteTotal(world: World, home: HomeRow, device: DeviceRow, atS: number, dl: number): void {
  const columns = world.roster.devices.columns;
  const { meterKind, meterAtS, meterDl, otherAtS, otherDl } = columns;
  if (meterKind.get(device) !== METER.total) {
    meterKind.set(device, METER.total);
    meterAtS.set(device, atS);
    meterDl[device] = dl;
    knowSince(world, home, atS * 1000);
    return;
  }
  const beforeS = meterAtS.get(device);
  if (atS <= beforeS) return;
  if (!goesOn(atS - beforeS, dl - meterDl[device]!)) {
    const isSecond = otherAtS.get(device) > 0 && goesOn(atS - otherAtS.get(device), dl - otherDl[device]!);
    if (!isSecond) {
      otherAtS.set(device, atS);
      otherDl[device] = dl;
      return;
    }
    meterAtS.set(device, otherAtS.get(device));
    meterDl[device] = otherDl[device]!;
    columns.meterStepDl.set(device, 0);
    knowSince(world, home, otherAtS.get(device) * 1000);
  }
  otherAtS.set(device, 0);
  if (dl > meterDl[device]!) noteStep(world, device, meterDl[device]!, dl);
  addFlow(world, home, meterAtS.get(device), atS, (dl - meterDl[device]!) / 10);
  meterAtS.set(device, atS);
  meterDl[device] = dl;
}

/** In what is it counted? Both ends of a movement tell by their zeros; a total at which it stands may be any. */
function noteStep(world: World, device: DeviceRow, fromDl: number, toDl: number): void {
  const { meterStepDl } = world.roster.devices.columns;
  const isIn = (coarse: number): boolean => fromDl % coarse === 0 && toDl % coarse === 0;
  const step = COARSE_STEPS_DL.find(isIn) ?? FINE_STEP_DL;
  meterStepDl.set(device, meterStepDl.get(device) === 0 ? step : Math.min(meterStepDl.get(device), step));
}

/** Can the same meter have come so much further in so much time? */
function goesOn(seconds: number, dl: number): boolean {
  return seconds > 0 && dl >= 0 && dl <= STEP_DL + seconds * FLOW_MAX_DL_PER_S;
}

function noteDraw(world: World, home: HomeRow, device: DeviceRow, atS: number, liters: number): void {
  const { meterKind, meterAtS, meterDl } = world.roster.devices.columns;
  const dl = Math.round(liters * 10);
  const pauseS = atS - meterAtS.get(device);
  // Its totals say the same already; a meter that sends no more totals has changed its ways.
  if (meterKind.get(device) === METER.total && pauseS <= DAY_S) return;
  const isFirst = meterKind.get(device) !== METER.draws;
  if (!isFirst && pauseS === 0 && dl === meterDl[device]) return;
  if (dl > STEP_DL + (isFirst ? 0 : Math.abs(pauseS)) * FLOW_MAX_DL_PER_S) return;
  const backS = Math.max(gatewayBackSinceMs(world, device), world.resumedAtMs) / 1000;
  if (isFirst || pauseS > DRAW_PAUSE_MAX_S) knowSince(world, home, atS * 1000);
  // What was drawn while gateway or service were away may never be told.
  else if (backS > meterAtS.get(device)) knowSince(world, home, backS * 1000);
  addDraw(world, home, atS, liters);
  if (liters === 0 && !isFirst && pauseS > 0) addFlow(world, home, meterAtS.get(device), atS, 0);
  meterKind.set(device, METER.draws);
  if (!isFirst && pauseS < 0) return;
  meterAtS.set(device, atS);
  meterDl[device] = dl;
}

function knowSince(world: World, home: HomeRow, atMs: number): void {
  const { waterKnownSinceMs } = world.roster.homes.columns;
  waterKnownSinceMs[home] = Math.max(waterKnownSinceMs[home]!, atMs);
}

/** `liters` went through the meter between two readings. */
function addFlow(world: World, home: HomeRow, fromS: number, untilS: number, liters: number): void {
  const last = Math.floor(untilS / SLOT_S);
  moveHead(world, home, last);
  const first = Math.max(Math.floor(fromS / SLOT_S), last - WATER_SLOTS + 1);
  const isRead = untilS - fromS <= READ_GAP_MAX_S;
  for (let slot = first; slot <= last; slot++) {
    const beginS = Math.max(slot * SLOT_S, fromS);
    const lengthS = Math.min((slot + 1) * SLOT_S, untilS) - beginS;
    if (lengthS <= 0) continue;
    addLiters(world, home, slot, (liters * lengthS) / (untilS - fromS));
    if (isRead) mark(world, home, slot, liters > 0);
  }
}

function addDraw(world: World, home: HomeRow, atS: number, liters: number): void {
  const slot = Math.floor(atS / SLOT_S);
  moveHead(world, home, slot);
  addLiters(world, home, slot, liters);
  mark(world, home, slot, liters > 0);
}

/** Make `slot` the newest; those passed over begin empty. */
function moveHead(world: World, home: HomeRow, slot: number): void {
  const { waterHead, waterSlots } = world.roster.homes.columns;
  const head = waterHead.get(home);
  if (slot <= head) return;
  for (let next = Math.max(head + 1, slot - WATER_SLOTS + 1); next <= slot; next++)
    waterSlots.set(home, next % WATER_SLOTS, 0);
  waterHead.set(home, slot);
}

/** Whole quarters of a litre by the running sum of the home, so that many small amounts lose nothing. */
function addLiters(world: World, home: HomeRow, slot: number, liters: number): void {
  if (!isKept(world, home, slot)) return;
  const { waterLiters, waterSlots } = world.roster.homes.columns;
  const before = waterLiters[home]!;
  const after = before + liters;
  waterLiters[home] = after;
  const units = Math.floor(after * UNITS_PER_LITER) - Math.floor(before * UNITS_PER_LITER);
  const word = waterSlots.get(home, slot % WATER_SLOTS);
  const drawn = Math.min(UNITS_MASK, (word & UNITS_MASK) + units);
  waterSlots.set(home, slot % WATER_SLOTS, (word & ~UNITS_MASK) | drawn);
}

function mark(world: World, home: HomeRow, slot: number, hasFlowed: boolean): void {
  if (!isKept(world, home, slot)) return;
  const { waterSlots } = world.roster.homes.columns;
  const at = slot % WATER_SLOTS;
  waterSlots.set(home, at, waterSlots.get(home, at) | READ_BIT | (hasFlowed ? FLOWED_BIT : 0));
}

function wordOf(world: World, home: HomeRow, slot: number): number {
  if (!isKept(world, home, slot)) return 0;
  return world.roster.homes.columns.waterSlots.get(home, slot % WATER_SLOTS);
}

/** Not a half hour that is no longer, or not yet, known. */
function isKept(world: World, home: HomeRow, slot: number): boolean {
  const head = world.roster.homes.columns.waterHead.get(home);
  return slot <= head && slot > head - WATER_SLOTS && slot >= 0;
}
