// The events of the bench's homes as log entries: a house of ordinary days, each home heard about once a
// minute. From a seed, so that every run, and both sides of a run, see the same ones.

import type { Entry, EntryBody, ObservationBody } from '#core/model/entry.ts';
import { createRandom, type Random } from '../../simulators/random.ts';
import {
  DEVICE_SUPERVISION,
  DISTRICT_CODE,
  GATEWAY_SUPERVISION,
  gatewayName,
  HOME_DEVICES,
  homeName,
  TIMEZONE,
} from './homes.ts';

/** How often a home is heard about, on average. */
const HOME_PERIOD_MS = 60_000;
const SEED = 20_261_122;

/** Homes, gateways and devices are numbered from 1, as the registry does. */
export function deviceNumber(home: number, place: number): number {
  return (home - 1) * HOME_DEVICES.length + place + 1;
}

/** What the core must know of one home: its gateway and itself. */
export function configurationsOf(home: number): readonly EntryBody[] {
  const gateway = home;
  const devices = HOME_DEVICES.map((device, place) => ({
    ...device,
    device: deviceNumber(home, place),
    gateway,
    supervision: DEVICE_SUPERVISION,
  }));
  const shared = { revision: 1, districtCode: DISTRICT_CODE, isWatched: true };
  const id = { gatewayId: gatewayName(home - 1), supervision: GATEWAY_SUPERVISION };
  const settings = { timezone: TIMEZONE, riskFactor: 1, residents: 1, rules: {} };
  return [
    { type: 'gateway-configured', gateway: { gateway, home, ...id, ...shared } },
    { type: 'home-configured', home: { home, homeId: homeName(home - 1), ...settings, ...shared, devices } },
  ];
}

/** Share of the events, device by its place in the home, and what it says. */
const MIX: readonly {
  readonly untilShare: number;
  readonly place: number;
  readonly kind: string;
  readonly isLevel: boolean;
  readonly value: (random: Random, atMs: number) => boolean | number;
}[] = [
  { untilShare: 0.5, place: 0, kind: 'motion', isLevel: false, value: (random) => random.chance(0.5) },
  { untilShare: 0.65, place: 5, kind: 'motion', isLevel: false, value: (random) => random.chance(0.5) },
  { untilShare: 0.75, place: 1, kind: 'contact', isLevel: false, value: () => false },
  { untilShare: 0.8, place: 2, kind: 'water_liters', isLevel: true, value: (_, atMs) => meterLiters(atMs) },
  {
    untilShare: 0.95,
    place: 6,
    kind: 'heart_rate_bpm',
    isLevel: true,
    value: (random) => random.whole(60, 90),
  },
  { untilShare: 1, place: 4, kind: 'battery_pct', isLevel: true, value: (random) => random.whole(60, 99) },
];

const HOUR_MS = 3_600_000;

/** A total that grows by 10 l an hour for 20 hours and rests for 4: enough is used, and nothing runs on and on. */
function meterLiters(atMs: number): number {
  const day = Math.floor(atMs / (24 * HOUR_MS));
  const hours = Math.min(20, (atMs / HOUR_MS) % 24);
  return Math.floor((day % 1000) * 200 + hours * 10);
}

export class EventStream {
  readonly #random = createRandom(SEED, 1, 1);
  readonly #homes: number;
  #offset: number;
  #atMs: number;

  constructor(homes: number, afterOffset: number, fromMs: number) {
    this.#homes = homes;
    this.#offset = afterOffset;
    this.#atMs = fromMs;
  }

  /** How long so many events take. */
  spanMs(count: number): number {
    return (count * HOME_PERIOD_MS) / this.#homes;
  }

  next(): Entry & { readonly body: ObservationBody } {
    this.#atMs += HOME_PERIOD_MS / this.#homes;
    const atMs = Math.floor(this.#atMs);
    const home = this.#random.whole(1, this.#homes);
    const share = this.#random.next();
    const { place, kind, isLevel, value } = MIX.find(({ untilShare }) => share < untilShare)!;
    const offset = ++this.#offset;
    const reading = { kind, value: value(this.#random, atMs), isLevel };
    return { offset, atMs, body: observation({ home, place, offset, atMs, ...reading }) };
  }
}

interface Said {
  readonly home: number;
  readonly place: number;
  readonly offset: number;
  readonly atMs: number;
  readonly kind: string;
  readonly value: ObservationBody['value'];
  readonly isLevel: boolean;
}

/**
 * Built with the keys in the order in which the ingest builds it: the engine sees the same kind of
 * object.
 */
export function observation({ home, place, offset, atMs, kind, value, isLevel }: Said): ObservationBody {
  return {
    type: 'observation',
    gateway: home,
    device: deviceNumber(home, place),
    deviceId: HOME_DEVICES[place]!.deviceId,
    kind,
    value,
    isLevel,
    measuredAtMs: atMs,
    isDeviceTime: true,
    eventId: `01JBENCH${offset}`,
    batteryPct: null,
    isBuffered: false,
  };
}
