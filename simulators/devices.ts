// What stands in a simulated home: the devices of a Chinese "five-piece set" (button, motion, smoke, water meter, door)
// and the usual additions. Also what devices say by themselves: check-ins with their battery, and the temperature.
// Check-ins are what keeps a sensor of a sleeping resident from looking dead.

import type { SupervisionClass, Zone } from '#core/model/home.ts';
import { createRandom } from './random.ts';

export interface SimulatedDevice {
  readonly deviceId: string;
  readonly kind: string;
  readonly room: string;
  readonly zone: Zone;
  readonly supervision: SupervisionClass;
  /** How often it reports without cause: at least four times per supervision window, like real ones. */
  readonly checkInMs: number;
  readonly hasBattery: boolean;
}

/** One reading of a simulated home; `isLevel` chooses the topic (telemetry or event). */
export interface Reading {
  readonly atMs: number;
  readonly deviceId: string;
  readonly kind: string;
  readonly value: boolean | number | string;
  readonly isLevel: boolean;
}

const HOUR_MS = 3_600_000;

function device(
  deviceId: string,
  kind: string,
  room: string,
  zone: Zone,
  supervision: '5h' | '25h' = '5h',
): SimulatedDevice {
  const checkInMs = supervision === '5h' ? HOUR_MS : 6 * HOUR_MS;
  return { deviceId, kind, room, zone, supervision, checkInMs, hasBattery: !MAINS.has(deviceId) };
}

const MAINS = new Set(['temp-living', 'tv-living', 'gas-kitchen', 'appliance-kitchen', 'terminal-living']);

export const HOME_DEVICES: readonly SimulatedDevice[] = [
  device('pir-bedroom', 'motion', 'bedroom', 'bedroom'),
  device('pir-bathroom', 'motion', 'bathroom', 'bathroom'),
  device('pir-kitchen', 'motion', 'kitchen', 'kitchen'),
  device('pir-living', 'motion', 'living', 'other'),
  device('pir-hall', 'motion', 'hall', 'entry'),
  device('door-front', 'contact', 'hall', 'entry'),
  device('bed-mat', 'bed', 'bedroom', 'bedroom'),
  device('water-meter', 'water_liters', 'kitchen', 'kitchen', '25h'),
  device('appliance-kitchen', 'appliance', 'kitchen', 'kitchen'),
  device('tv-living', 'power_w', 'living', 'other'),
  device('temp-living', 'temperature_c', 'living', 'other'),
  device('sos-button', 'button', 'bedroom', 'bedroom', '25h'),
  device('fall-pendant', 'fall', 'living', 'other', '25h'),
  device('smoke-kitchen', 'smoke', 'kitchen', 'kitchen', '25h'),
  device('gas-kitchen', 'gas', 'kitchen', 'kitchen', '25h'),
  device('terminal-living', 'terminal', 'living', 'other'),
];

/** Stream number that keeps these draws apart from those of the resident's days. */
const CHECK_IN_STREAM = 7_001;

/**
 * Check-ins of all devices in [fromMs, untilMs), in order of time. Depends on nothing but its arguments, so that
 * cutting a span into pieces gives the same readings.
 */
export function checkIns(homeSeed: number, fromMs: number, untilMs: number): Reading[] {
  const readings: Reading[] = [];
  for (const [index, item] of HOME_DEVICES.entries()) {
    const { phase, fullPct } = batteryOf(homeSeed, index);
    const phaseMs = Math.floor(phase * item.checkInMs);
    const first = Math.ceil((fromMs - phaseMs) / item.checkInMs);
    for (let n = first; n * item.checkInMs + phaseMs < untilMs; n += 1) {
      readings.push(checkIn(item, n * item.checkInMs + phaseMs, fullPct));
    }
  }
  return readings.sort((a, b) => a.atMs - b.atMs);
}

/** What a gateway that was just switched on says of every device behind it. */
export function firstReport(homeSeed: number, atMs: number): Reading[] {
  return HOME_DEVICES.map((item, index) => checkIn(item, atMs, batteryOf(homeSeed, index).fullPct));
}

function batteryOf(homeSeed: number, index: number): { readonly phase: number; readonly fullPct: number } {
  const random = createRandom(homeSeed, CHECK_IN_STREAM, index);
  return { phase: random.next(), fullPct: random.whole(78, 99) };
}

function checkIn(item: SimulatedDevice, atMs: number, fullPct: number): Reading {
  const base = { atMs, deviceId: item.deviceId, isLevel: true };
  if (item.kind === 'temperature_c') return { ...base, kind: item.kind, value: livingRoomCelsius(atMs) };
  if (item.hasBattery) return { ...base, kind: 'battery_pct', value: fullPct };
  return { ...base, kind: 'signal_dbm', value: -40 - (fullPct % 30) };
}

/** 21 °C with a swing of 2 °C a day. */
function livingRoomCelsius(atMs: number): number {
  const turn = (atMs / (24 * HOUR_MS)) * 2 * Math.PI;
  return Math.round((21 + 2 * Math.sin(turn)) * 10) / 10;
}
