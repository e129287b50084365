// Too cold or too hot to live in, for hours. One alert per home: one cold room is enough to look in, and five
// thermometers are not five alerts. Over with hysteresis, then it closes by itself unless somebody holds it. What was
// raised is raised again when it holds anew after the thermometer was silent or the home not watched.
// The defaults are the edges of harm and not of comfort: below the 18 °C of the WHO lies every unheated flat south of
// the Yangtze all winter, above its 32 °C every flat without air conditioning in a heat wave; alerts from all of them
// at once would help nobody. Cities with heating set 16 or 18, those with fewer homes 32.

import {
  heldSinceMs,
  isHeldLong,
  isHeldTold,
  type LevelReading,
  markRaised,
  noteLevel,
  raiseAgain,
  SIDE,
  sideOf,
} from '../facts/held-level.ts';
import type { ObservationBody } from '../model/entry.ts';
import { type DeviceRow, type HomeRow, NO_DEVICE } from '../state/row.ts';
import { defineRule, type RuleContext } from './rule.ts';
import { devicePlace, homeSubject } from './subject.ts';

const HOUR_MS = 3_600_000;

const PARAMETERS = {
  isOn: {
    default: 1,
    min: 0,
    max: 1,
    unit: 'switch',
    meaning: 'Watch for homes that are too cold or too hot',
    source: 'Heat and cold warnings of a city may stand for it',
  },
  coldC: {
    default: 9,
    min: -20,
    max: 25,
    unit: 'celsius',
    meaning: 'Below this the room is too cold',
    source: 'Collins 1986: at 9 °C for two hours the body cools down; WHO housing guidelines 2018: 18 °C',
  },
  heatC: {
    default: 35,
    min: 20,
    max: 50,
    unit: 'celsius',
    meaning: 'Above this the room is too hot',
    source:
      'WHO Europe heat-health advice: above 35 °C a fan may not prevent illness; 32 °C by day is the aim',
  },
  marginC: {
    default: 1,
    min: 0,
    max: 5,
    unit: 'celsius',
    meaning: 'So far within the bounds the room is well again',
    source: 'Accuracy of common sensors and an opened window; our own choice',
  },
  holdMs: {
    default: 2 * HOUR_MS,
    min: 60_000,
    max: 12 * HOUR_MS,
    unit: 'ms',
    meaning: 'Out of bounds for so long, in two readings or more',
    source: 'Collins 1986: two hours; longer than airing or cooking takes',
  },
  staleMs: {
    default: 3 * HOUR_MS,
    min: 60_000,
    max: 24 * HOUR_MS,
    unit: 'ms',
    meaning: 'Readings further apart do not hold together',
    source: 'Battery sensors that report by change are heard of at least every hour or two; our own choice',
  },
} as const;

const HOME_COLUMNS = {
  /** Device whose room was raised; 0 for none. */
  raisedDevice: 'device',
} as const;

const DEVICE_COLUMNS = { atS: 'u32x1', heldS: 'u32x1', state: 'u8x1' } as const;

type Context = RuleContext<typeof PARAMETERS, typeof HOME_COLUMNS, typeof DEVICE_COLUMNS>;

export const temperature = defineRule({
  id: 'temperature',
  title: 'Room too cold or too hot',
  alertKinds: ['temperature'],
  priority: 3,
  parameters: PARAMETERS,
  homeColumns: HOME_COLUMNS,
  deviceColumns: DEVICE_COLUMNS,
  kinds: ['temperature_c'],
  start: (context) => ({
    onReading: (reading, home, device) => onReading(context, reading, home, device),
    onConfigured: (home) => onConfigured(context, home),
  }),
});

/** A thermometer that was taken away cannot say that the room is warm again. */
function onConfigured(context: Context, home: HomeRow): void {
  const device = context.home().raisedDevice.get(home);
  if (device === NO_DEVICE || context.world.roster.devices.columns.home.get(device) === home) return;
  end(context, home);
  raiseAgain(context.device(), device, 0);
}

function end(context: Context, home: HomeRow): void {
  context.home().raisedDevice.set(home, NO_DEVICE);
  context.clear(homeSubject(context.world, home), true);
}

/** Filled and used within one call. */
const reading: LevelReading = { atS: 0, side: SIDE.within, isBack: false };

function onReading(context: Context, observation: ObservationBody, home: HomeRow, device: DeviceRow): void {
  const { value } = observation;
  if (typeof value !== 'number') return;
  const { isOn, coldC, heatC, marginC, holdMs, staleMs } = context.settings(home);
  const held = context.device();
  const { raisedDevice } = context.home();
  reading.atS = Math.floor(Math.min(observation.measuredAtMs, context.world.nowMs) / 1000);
  reading.side = value > heatC ? SIDE.high : value < coldC ? SIDE.low : SIDE.within;
  reading.isBack = value <= heatC - marginC && value >= coldC + marginC;
  const hasEnded = noteLevel(held, device, 0, reading, staleMs);
  if (hasEnded && raisedDevice.get(home) === device) end(context, home);
  if (isOn === 0 || !context.world.roster.isWatched(home)) return raiseAgain(held, device, 0);
  if (!isHeldLong(held, device, 0, holdMs) || isTold(context, home, staleMs)) return;
  // Should the home be warm again by this thermometer, that one must be able to speak.
  raiseAgain(held, raisedDevice.get(home), 0);
  markRaised(held, device, 0);
  raisedDevice.set(home, device);
  raise(context, observation, device, value);
}

/** By another thermometer that still speaks; one that fell silent must not keep the others quiet. */
function isTold(context: Context, home: HomeRow, staleMs: number): boolean {
  const held = context.device();
  const other = context.home().raisedDevice.get(home);
  return isHeldTold(held, other, 0) && reading.atS - held.atS.get(other, 0) <= staleMs / 1000;
}

function raise(
  context: Context,
  observation: ObservationBody,
  device: DeviceRow,
  temperatureC: number,
): void {
  const { world } = context;
  const home = world.roster.devices.columns.home.get(device);
  const held = context.device();
  const { coldC, heatC } = context.settings(home);
  const isHot = sideOf(held, device, 0) === SIDE.high;
  const place = devicePlace(world.roster, device);
  context.raise({
    kind: 'temperature',
    priority: 3,
    subject: homeSubject(context.world, home),
    cause: `since-${heldSinceMs(held, device, 0)}`,
    ...place,
    lateByMs: Math.max(0, world.nowMs - observation.measuredAtMs),
    explanation: {
      code: isHot ? 'temperature.heat' : 'temperature.cold',
      params: {
        temperatureC,
        thresholdC: isHot ? heatC : coldC,
        durationMs: held.heldS.get(device, 0) * 1000,
        room: place.room,
      },
    },
  });
}
