// What will happen in one simulated home, drawn from the seed before anything runs: who lives there, how its gateway
// behaves, and which mishaps come when. The resident's days themselves are those of simulators/.

import type { SupervisionClass } from '#core/model/home.ts';
import { homeSeed, Resident } from '../../simulators/day.ts';
import type { Stay } from '../../simulators/day-plan.ts';
import { HOME_DEVICES } from '../../simulators/devices.ts';
import { createRandom, type Random } from '../../simulators/random.ts';
import type { IdentityStyle } from './gateway.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const STORY_STREAM = 7_101;
const LINK_STREAM = 7_102;

export type Mishap =
  | { readonly type: 'press'; readonly atMs: number; readonly device: PressDevice; readonly times: number }
  | { readonly type: 'collapse'; readonly atMs: number; readonly room: string }
  | { readonly type: 'cut'; readonly atMs: number; readonly untilMs: number }
  | {
      readonly type: 'trip';
      readonly atMs: number;
      readonly untilMs: number;
      readonly isDeclared: boolean;
    }
  | { readonly type: 'death'; readonly atMs: number; readonly deviceId: string }
  | { readonly type: 'battery'; readonly atMs: number; readonly deviceId: string };

export interface PressDevice {
  readonly deviceId: string;
  readonly kind: string;
  readonly value: string | boolean;
  readonly emergency: 'sos' | 'fall' | 'smoke' | 'gas';
}

/** From `atMs` on the gateway's clock is ahead by so much (negative: behind). */
export interface ClockStep {
  readonly atMs: number;
  readonly aheadMs: number;
}

export interface HomeStory {
  readonly index: number;
  /** One stream of readings each. */
  readonly residents: readonly Resident[];
  readonly timezone: string;
  readonly riskFactor: number;
  readonly style: IdentityStyle;
  readonly supervision: SupervisionClass;
  readonly beatMs: number;
  /** Share of readings of sensors that do not send twice, lost on the radio. */
  readonly radioLoss: number;
  /** Hits of motion sensors for nobody, per hour; 0.18 was recorded in an empty home. */
  readonly straysPerHour: number;
  readonly clockSteps: readonly ClockStep[];
  readonly mishaps: readonly Mishap[];
}

export interface StoryOptions {
  readonly seed: number;
  readonly index: number;
  readonly fromMs: number;
  readonly untilMs: number;
  /** Times the usual number of mishaps. */
  readonly mishapFactor: number;
}

const ZONES = ['Asia/Shanghai', 'Asia/Shanghai', 'Europe/Madrid'] as const;
const GATEWAYS = [
  { supervision: '90s', beatMs: 30_000 },
  { supervision: '180s', beatMs: 60_000 },
  { supervision: '180s', beatMs: 60_000 },
  { supervision: '5h', beatMs: 600_000 },
  { supervision: '5h', beatMs: 600_000 },
] as const;

export const PRESS_DEVICES: readonly PressDevice[] = [
  { deviceId: 'sos-button', kind: 'button', value: 'sos', emergency: 'sos' },
  { deviceId: 'sos-button', kind: 'button', value: 'sos', emergency: 'sos' },
  { deviceId: 'fall-pendant', kind: 'fall', value: true, emergency: 'fall' },
  { deviceId: 'smoke-kitchen', kind: 'smoke', value: true, emergency: 'smoke' },
  { deviceId: 'gas-kitchen', kind: 'gas', value: true, emergency: 'gas' },
];

export function drawStory(options: StoryOptions): HomeStory {
  const { seed, index, fromMs, untilMs, mishapFactor } = options;
  const random = createRandom(seed, STORY_STREAM, index);
  const timezone = random.pick(ZONES);
  const isCouple = random.chance(0.15);
  const residents = [0, 1]
    .slice(0, isCouple ? 2 : 1)
    .map((person) => new Resident({ seed: homeSeed(seed, index * 2 + person), timezone }));
  const { supervision, beatMs } = random.pick(GATEWAYS);
  return {
    ...{ index, residents, timezone, supervision, beatMs },
    riskFactor: random.pick([0.75, 1, 1, 1.25]),
    style: random.pick(['id', 'id', 'id', 'seq-and-time', 'seq-only'] as const),
    radioLoss: random.pick([0, 0, 0.01, 0.05]),
    straysPerHour: random.chance(0.15) ? 0.18 : 0,
    clockSteps: drawClock(random, fromMs, untilMs),
    mishaps: [
      ...drawMishaps({ random, residents, fromMs, untilMs, mishapFactor }),
      ...drawBadLink(createRandom(seed, LINK_STREAM, index), fromMs, untilMs),
    ].sort((a, b) => a.atMs - b.atMs),
  };
}

/** Mostly right within seconds; one home in eight has a clock that is wrong for a while, or for good. */
function drawClock(random: Random, fromMs: number, untilMs: number): ClockStep[] {
  const steps = [{ atMs: Number.NEGATIVE_INFINITY, aheadMs: Math.round(random.normal(0, 3_000)) }];
  if (!random.chance(0.125)) return steps;
  const aheadMs = random.pick([2 * HOUR_MS, -8 * HOUR_MS, -40 * 60_000, -56 * 365 * DAY_MS, 30 * 60_000]);
  const atMs = random.between(fromMs, untilMs);
  steps.push({ atMs, aheadMs });
  // Set right again by NTP, or never.
  if (random.chance(0.7)) steps.push({ atMs: atMs + random.exponential(12 * HOUR_MS), aheadMs: 0 });
  return steps;
}

function drawMishaps({
  random,
  residents,
  fromMs,
  untilMs,
  mishapFactor,
}: Omit<StoryOptions, 'seed' | 'index'> & {
  readonly random: Random;
  readonly residents: readonly Resident[];
}): Mishap[] {
  const weeks = ((untilMs - fromMs) / (7 * DAY_MS)) * mishapFactor;
  const mishaps: Mishap[] = [];
  const some = (perWeek: number, make: (atMs: number) => Mishap | null): void => {
    const most = Math.ceil(perWeek * weeks * 2);
    for (let n = 0; n < most; n++) {
      if (!random.chance((perWeek * weeks) / most)) continue;
      const mishap = make(random.between(fromMs + HOUR_MS, untilMs));
      if (mishap !== null) mishaps.push(mishap);
    }
  };
  some(1.5, (atMs) => {
    return { type: 'press', atMs, device: random.pick(PRESS_DEVICES), times: random.pick([1, 1, 2, 4]) };
  });
  some(1.2, (atMs) => ({ type: 'cut', atMs, untilMs: atMs + drawCutMs(random) }));
  some(0.3, (atMs) => ({ type: 'death', atMs, deviceId: random.pick(HOME_DEVICES).deviceId }));
  some(0.3, (atMs) => ({ type: 'battery', atMs, deviceId: random.pick(HOME_DEVICES).deviceId }));
  some(0.25, (atMs) => {
    const untilMs = atMs + random.between(5 * HOUR_MS, 60 * HOUR_MS);
    const isDeclared = random.chance(0.6);
    // Who is out on an errand does not leave, and comes back from it first.
    const areIn = residents.every((resident) => isIn(resident, atMs) && isIn(resident, untilMs));
    return areIn ? { type: 'trip', atMs, untilMs, isDeclared } : null;
  });
  if (residents.length === 1) some(0.4, (atMs) => drawCollapse(random, residents[0]!, atMs));
  return mishaps;
}

/** In one home of seven a link that for hours, or a day and a half, is only back for minutes and gone again. */
function drawBadLink(random: Random, fromMs: number, untilMs: number): Mishap[] {
  if (!random.chance(1 / 7)) return [];
  const cuts: Mishap[] = [];
  let atMs = random.between(fromMs + HOUR_MS, untilMs);
  const endMs = Math.min(untilMs, atMs + random.between(4 * HOUR_MS, 40 * HOUR_MS));
  while (atMs < endMs) {
    const cut = { type: 'cut', atMs, untilMs: atMs + random.between(0.5 * HOUR_MS, 1.8 * HOUR_MS) } as const;
    cuts.push(cut);
    atMs = cut.untilMs + random.between(0.2 * HOUR_MS, 0.5 * HOUR_MS);
  }
  return cuts;
}

/** Seconds to a day: the router is restarted, a power cut, the eight hours of a night, a gateway that is broken. */
function drawCutMs(random: Random): number {
  const draw = random.next();
  if (draw < 0.35) return random.between(2_000, 90_000);
  if (draw < 0.65) return random.between(90_000, HOUR_MS);
  if (draw < 0.9) return random.between(HOUR_MS, 9 * HOUR_MS);
  return random.between(13 * HOUR_MS, 26 * HOUR_MS);
}

/** Where the resident is at that time; every third goes down in the bathroom. Null while nobody is in. */
function drawCollapse(random: Random, resident: Resident, atMs: number): Mishap | null {
  const { stays } = resident.plan(resident.dayAt(atMs));
  const inBathroom = random.chance(0.33) ? stays.filter(({ room }) => room === 'bathroom') : [];
  const stay = inBathroom.length > 0 ? random.pick(inBathroom) : stayAt(stays, atMs);
  if (stay === undefined || stay.room === 'out' || stay.room === 'hall') return null;
  const whenMs = inBathroom.length > 0 ? random.between(stay.fromMs, stay.untilMs) : atMs;
  return { type: 'collapse', atMs: whenMs, room: stay.room };
}

function isIn(resident: Resident, atMs: number): boolean {
  return stayAt(resident.plan(resident.dayAt(atMs)).stays, atMs)?.room !== 'out';
}

function stayAt(stays: readonly Stay[], atMs: number): Stay | undefined {
  return stays.find(({ fromMs, untilMs }) => fromMs <= atMs && atMs < untilMs);
}
