// A wearable with a position is far from home: somebody with dementia has lost the way. Sleeps until the home's
// position is set as a rule setting (0, 0 is unset, as in the native format). Two fixes apart in time must agree, since
// a single fix may come from the wrong phone mast; it is over nearer than the radius (hysteresis). Coordinates never
// leave this rule: alerts and logs hear of the distance only. A declared absence excuses, an inferred one does not:
// to be out of the house is what it is about. Who is still out an hour after staff have spoken to them (ADR 0023), or
// when the home is watched again, is told of again.

import type { ObservationBody } from '../model/entry.ts';
import type { DeviceRow, HomeRow } from '../state/row.ts';
import { AFTER_CONTACT_S } from './episode.ts';
import { defineRule, type RuleContext } from './rule.ts';
import { devicePlace, deviceSubject } from './subject.ts';

/** Mean radius of the Earth (IUGG). */
const EARTH_RADIUS_M = 6_371_009;
/** Distances are told in steps, so that they do not pin down a doorstep. */
const TOLD_STEP_M = 50;

const PARAMETERS = {
  homeLatitude: {
    default: 0,
    min: -90,
    max: 90,
    unit: 'degrees',
    meaning: 'Where the home is (WGS 84); with a longitude of 0 too: unset, nothing is watched',
    source: 'Set per home',
  },
  homeLongitude: {
    default: 0,
    min: -180,
    max: 180,
    unit: 'degrees',
    meaning: 'Where the home is (WGS 84)',
    source: 'Set per home',
  },
  radiusM: {
    default: 1000,
    min: 50,
    max: 50_000,
    unit: 'meters',
    meaning: 'Further from home than this',
    source: 'Our own choice: market, park and clinic are within a kilometre in a city; set it per person',
  },
  backM: {
    default: 800,
    min: 20,
    max: 50_000,
    unit: 'meters',
    meaning: 'Nearer than this the person is back; never more than the radius',
    source: 'Hysteresis of 200 m: fixes between houses wander by 50 to 100 m; our own choice',
  },
  holdMs: {
    default: 2 * 60_000,
    min: 10_000,
    max: 3_600_000,
    unit: 'ms',
    meaning: 'Two fixes outside must be so far apart in time',
    source: 'Fixes seconds apart share one error; our own choice',
  },
} as const;

const DEVICE_COLUMNS = {
  atS: 'u32',
  /** First fix outside; 0 while inside. */
  outSinceS: 'u32',
  isRaised: 'u8',
  /** When a fix outside is told again, s since 1970; 0 for never. */
  againAtS: 'u32',
} as const;

type Context = RuleContext<typeof PARAMETERS, Record<never, never>, typeof DEVICE_COLUMNS>;

export const wandering = defineRule({
  id: 'wandering',
  title: 'Far from home',
  alertKinds: ['wandering'],
  priority: 2,
  parameters: PARAMETERS,
  homeColumns: {},
  deviceColumns: DEVICE_COLUMNS,
  kinds: ['location'],
  start: (context) => ({
    onReading: (reading, home, device) => onReading(context, reading, home, device),
    onContact: (home) => onContact(context, home),
  }),
});

function onReading(context: Context, observation: ObservationBody, home: HomeRow, device: DeviceRow): void {
  const { value } = observation;
  if (typeof value !== 'object' || value === null) return;
  const { homeLatitude, homeLongitude, radiusM, backM, holdMs } = context.settings(home);
  if (!('latitude' in value) || (homeLatitude === 0 && homeLongitude === 0)) return;
  const { world } = context;
  const { atS, outSinceS, isRaised, againAtS } = context.device();
  const fixS = Math.floor(Math.min(observation.measuredAtMs, world.nowMs) / 1000);
  if (fixS <= atS.get(device)) return;
  atS.set(device, fixS);
  const distanceM = distanceMeters(homeLatitude, homeLongitude, value.latitude, value.longitude);
  if (distanceM <= radiusM) {
    if (isRaised.get(device) === 0) outSinceS.set(device, 0);
    else if (distanceM < Math.min(backM, radiusM)) comeBack(context, device);
    return;
  }
  if (outSinceS.get(device) === 0) outSinceS.set(device, fixS);
  if (!world.roster.isWatched(home)) againAtS.set(device, fixS);
  if (isTold(context, device, fixS) || !world.roster.isWatched(home) || isDeclaredAway(context, home)) return;
  if ((fixS - outSinceS.get(device)) * 1000 < holdMs) return;
  isRaised.set(device, 1);
  againAtS.set(device, 0);
  raise(context, observation, device, distanceM);
}

function isTold(context: Context, device: DeviceRow, fixS: number): boolean {
  const { isRaised, againAtS } = context.device();
  return isRaised.get(device) === 1 && (againAtS.get(device) === 0 || fixS < againAtS.get(device));
}

function onContact(context: Context, home: HomeRow): void {
  const { world } = context;
  for (const device of world.roster.devicesOfHome(home))
    context.device().againAtS.set(device, Math.floor(world.nowMs / 1000) + AFTER_CONTACT_S);
}

function comeBack(context: Context, device: DeviceRow): void {
  const { outSinceS, isRaised } = context.device();
  isRaised.set(device, 0);
  outSinceS.set(device, 0);
  // Home again, but somebody has to see how: it does not close by itself.
  context.clear(deviceSubject(context.world, device), false);
}

function isDeclaredAway({ world }: Context, home: HomeRow): boolean {
  return (world.roster.absences.get(home)?.untilMs ?? 0) > world.nowMs;
}

/** Great circle (haversine). */
function distanceMeters(
  latitudeA: number,
  longitudeA: number,
  latitudeB: number,
  longitudeB: number,
): number {
  const radians = Math.PI / 180;
  const halfLatitude = Math.sin(((latitudeB - latitudeA) * radians) / 2);
  const halfLongitude = Math.sin(((longitudeB - longitudeA) * radians) / 2);
  const across = Math.cos(latitudeA * radians) * Math.cos(latitudeB * radians);
  const h = halfLatitude * halfLatitude + across * halfLongitude * halfLongitude;
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(h)));
}

function raise(context: Context, observation: ObservationBody, device: DeviceRow, distanceM: number): void {
  const { world } = context;
  const sinceMs = context.device().outSinceS.get(device) * 1000;
  const { radiusM } = context.settings(world.roster.devices.columns.home.get(device));
  context.raise({
    kind: 'wandering',
    priority: 2,
    subject: deviceSubject(context.world, device),
    cause: `since-${sinceMs}`,
    ...devicePlace(world.roster, device),
    room: null,
    lateByMs: Math.max(0, world.nowMs - observation.measuredAtMs),
    explanation: {
      code: 'wandering',
      params: { distanceM: Math.round(distanceM / TOLD_STEP_M) * TOLD_STEP_M, radiusM, sinceMs },
    },
  });
}
