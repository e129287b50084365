// A vital sign stays out of bounds: heart rate, oxygen, breathing, blood pressure. One reading of a wrist band proves
// nothing, so it must hold over several; it is over only when clearly back (hysteresis). One alert per device, vital
// and episode. Defaults are the bands in which NEWS2 asks for an urgent look; who lives with other values (COPD, an
// athlete's heart) gets own bounds. Not a medical device: it asks a person to look.
// What was raised is raised again when it holds anew after the device was not worn, or the home not watched, and when
// it still holds a good while after staff have spoken to the resident (ADR 0023).

import {
  heldSinceMs,
  isHeldLong,
  isHeldRaised,
  type LevelReading,
  markRaised,
  noteLevel,
  raiseAgain,
  SIDE,
  type Side,
  sideOf,
  toldSideOf,
} from '../facts/held-level.ts';
import type { ObservationBody } from '../model/entry.ts';
import type { DeviceRow, HomeRow } from '../state/row.ts';
import { AFTER_CONTACT_S } from './episode.ts';
import { defineRule, type RuleContext, type Settings } from './rule.ts';
import { devicePlace, deviceSubject } from './subject.ts';
import { VITAL_SIGNS_PARAMETERS } from './vital-signs-parameters.ts';

/** In the order of the lists of a device. */
const VITALS = ['heart_rate_bpm', 'spo2_pct', 'respiration_bpm', 'blood_pressure_mmhg'] as const;

const HOME_COLUMNS = {
  /** When staff last saw or spoke to the resident, s since 1970; 0 for never. */
  contactAtS: 'u32',
} as const;

const DEVICE_COLUMNS = { atS: 'u32x4', heldS: 'u32x4', state: 'u8x4' } as const;

type Bounds = Settings<typeof VITAL_SIGNS_PARAMETERS>;
type Context = RuleContext<typeof VITAL_SIGNS_PARAMETERS, typeof HOME_COLUMNS, typeof DEVICE_COLUMNS>;

export const vitalSigns = defineRule({
  id: 'vital-signs',
  title: 'Vital sign out of bounds',
  alertKinds: ['vital-signs'],
  priority: 2,
  parameters: VITAL_SIGNS_PARAMETERS,
  homeColumns: HOME_COLUMNS,
  deviceColumns: DEVICE_COLUMNS,
  kinds: VITALS,
  start: (context) => ({
    onReading: (reading, home, device) => onReading(context, reading, home, device),
    onContact: (home) => onContact(context, home),
  }),
});

/** Filled and used within one call. */
const reading: LevelReading = { atS: 0, side: SIDE.within, isBack: false };

function onReading(context: Context, observation: ObservationBody, home: HomeRow, device: DeviceRow): void {
  const settings = context.settings(home);
  const vital = VITALS.indexOf(observation.kind as (typeof VITALS)[number]);
  if (vital < 0 || !read(observation, settings)) return;
  reading.atS = Math.floor(Math.min(observation.measuredAtMs, context.world.nowMs) / 1000);
  const held = context.device();
  // The value is normal again, but somebody was ill: the alert stays with the operators.
  const isPressure = observation.kind === 'blood_pressure_mmhg';
  if (noteLevel(held, device, vital, reading, isPressure ? settings.pressureStaleMs : settings.staleMs))
    context.clear(subjectOf(context, device, vital), false);
  if (settings.isOn === 0 || !context.world.roster.isWatched(home)) return raiseAgain(held, device, vital);
  if (!isHeldLong(held, device, vital, isPressure ? settings.pressureHoldMs : settings.holdMs)) return;
  // Staff heard of a racing heart, not of one that nearly stands still.
  const isSame = isHeldRaised(held, device, vital) && toldSideOf(held, device, vital) === reading.side;
  if (isSame && isSoonAfterContact(context, home)) return;
  markRaised(held, device, vital);
  raise(context, observation, device, vital);
}

function onContact(context: Context, home: HomeRow): void {
  context.home().contactAtS.set(home, context.world.nowMs / 1000);
  for (const device of context.world.roster.devicesOfHome(home))
    for (let vital = 0; vital < VITALS.length; vital++) raiseAgain(context.device(), device, vital);
}

function isSoonAfterContact(context: Context, home: HomeRow): boolean {
  return reading.atS < context.home().contactAtS.get(home) + AFTER_CONTACT_S;
}

/** Fills `reading`; false when the device does not know. */
function read({ kind, value }: ObservationBody, bounds: Bounds): boolean {
  if (typeof value === 'object' && value !== null && 'systolic' in value) {
    const { systolicHighMmhg, systolicLowMmhg, diastolicHighMmhg, marginMmhg } = bounds;
    judge(value.systolic, systolicHighMmhg, systolicLowMmhg, marginMmhg);
    if (value.diastolic > diastolicHighMmhg) reading.side = SIDE.high;
    if (value.diastolic > diastolicHighMmhg - marginMmhg) reading.isBack = false;
    return true;
  }
  if (typeof value !== 'number') return false;
  switch (kind) {
    case 'heart_rate_bpm':
      judge(value, bounds.heartRateHighBpm, bounds.heartRateLowBpm, bounds.marginBpm);
      return true;
    case 'spo2_pct':
      judge(value, Number.POSITIVE_INFINITY, bounds.spo2LowPct, bounds.marginPct);
      return true;
    case 'respiration_bpm':
      judge(value, bounds.respirationHigh, bounds.respirationLow, bounds.marginBreaths);
      return true;
    default:
      return false;
  }
}

function judge(value: number, high: number, low: number, margin: number): void {
  reading.side = sideFor(value, high, low);
  reading.isBack = value <= high - margin && value >= low + margin;
}

function sideFor(value: number, high: number, low: number): Side {
  if (value > high) return SIDE.high;
  return value < low ? SIDE.low : SIDE.within;
}

function subjectOf(context: Context, device: DeviceRow, vital: number): string {
  return `${deviceSubject(context.world, device)}~${vital}`;
}

function raise(context: Context, observation: ObservationBody, device: DeviceRow, vital: number): void {
  const { world } = context;
  const held = context.device();
  const isHigh = sideOf(held, device, vital) === SIDE.high;
  const sinceMs = heldSinceMs(held, device, vital);
  const atMs = Math.min(observation.measuredAtMs, world.nowMs);
  context.raise({
    kind: 'vital-signs',
    priority: 2,
    subject: subjectOf(context, device, vital),
    cause: `${observation.kind}~${sinceMs}`,
    ...devicePlace(world.roster, device),
    lateByMs: world.nowMs - atMs,
    explanation: {
      code: isHigh ? 'vital-signs.high' : 'vital-signs.low',
      params: {
        vital: observation.kind,
        value: figure(observation),
        threshold: threshold(
          observation.kind,
          isHigh,
          context.settings(world.roster.devices.columns.home.get(device)),
        ),
        durationMs: held.heldS.get(device, vital) * 1000,
        lastReadingAtMs: atMs,
      },
    },
  });
}

/** Blood pressure as it is spoken: 190/110. */
function figure({ value }: ObservationBody): number | string {
  if (typeof value === 'object' && value !== null && 'systolic' in value)
    return `${value.systolic}/${value.diastolic}`;
  return value as number;
}

function threshold(kind: string, isHigh: boolean, bounds: Bounds): number | string {
  switch (kind) {
    case 'heart_rate_bpm':
      return isHigh ? bounds.heartRateHighBpm : bounds.heartRateLowBpm;
    case 'spo2_pct':
      return bounds.spo2LowPct;
    case 'respiration_bpm':
      return isHigh ? bounds.respirationHigh : bounds.respirationLow;
    default:
      return isHigh ? `${bounds.systolicHighMmhg}/${bounds.diastolicHighMmhg}` : bounds.systolicLowMmhg;
  }
}
