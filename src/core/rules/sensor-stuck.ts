// A sensor whose reports no person can make: ON without a pause, or chattering. It is not believed at once and until it
// rests (facts/trust.ts). It is reported when it chatters, or when it is still ON after a day: one lost OFF is healed
// by the next use of the room, and must not send a technician.

import { CHATTER_PER_HOUR, DISTRUST } from '../facts/trust.ts';
import type { Explanation } from '../model/alert.ts';
import { LEVEL } from '../state/roster.ts';
import type { DeviceRow, HomeRow } from '../state/row.ts';
import { defineRule, type RuleContext } from './rule.ts';
import { devicePlace, deviceSubject } from './subject.ts';

const HOUR_MS = 3_600_000;

const PARAMETERS = {
  onMs: {
    default: 24 * HOUR_MS,
    min: 2 * HOUR_MS,
    max: 7 * 24 * HOUR_MS,
    unit: 'ms',
    meaning: 'A sensor that is not believed since it is ON without a pause is reported after so long',
    source: 'With 5 % of messages lost a PIR misses an OFF every day or two and is used again within a day',
  },
} as const;

const DEVICE_COLUMNS = {
  isRaised: 'u8',
} as const;

type Context = RuleContext<typeof PARAMETERS, Record<never, never>, typeof DEVICE_COLUMNS>;

export const sensorStuck = defineRule({
  id: 'sensor-stuck',
  title: 'Sensor cannot be trusted',
  alertKinds: ['sensor-stuck'],
  priority: 4,
  parameters: PARAMETERS,
  homeColumns: {},
  deviceColumns: DEVICE_COLUMNS,
  kinds: [],
  start: (context) => ({
    nextDeadlineMs: (home) => nextDeadlineMs(context, home),
    onDeadline: (home) => onDeadline(context, home),
  }),
});

/** A change of trust wakes the home by itself; what is ON has to be waited for. */
function nextDeadlineMs(context: Context, home: HomeRow): number {
  const { roster } = context.world;
  let next = Number.POSITIVE_INFINITY;
  for (let device = roster.firstDeviceOf(home); device !== 0; device = roster.nextDeviceOf(device))
    next = Math.min(next, isBelievedAgain(context, device) ? 0 : dueAtMs(context, home, device));
  return next;
}

function isBelievedAgain(context: Context, device: DeviceRow): boolean {
  const { distrust } = context.world.roster.devices.columns;
  return distrust.get(device) === DISTRUST.none && context.device().isRaised.get(device) === 1;
}

/** When the sensor has to be reported; Infinity when it is believed, or was reported. */
function dueAtMs(context: Context, home: HomeRow, device: DeviceRow): number {
  const { distrust, level, levelSinceMs } = context.world.roster.devices.columns;
  const isRaised = context.device().isRaised.get(device) === 1;
  if (distrust.get(device) === DISTRUST.none || isRaised) return Number.POSITIVE_INFINITY;
  if (distrust.get(device) === DISTRUST.chatter) return 0;
  // OFF by now: it has only to rest, and nobody need come.
  if (level.get(device) !== LEVEL.on) return Number.POSITIVE_INFINITY;
  return levelSinceMs[device]! + context.settings(home).onMs;
}

function onDeadline(context: Context, home: HomeRow): void {
  const { roster, nowMs } = context.world;
  for (const device of roster.devicesOfHome(home)) {
    if (isBelievedAgain(context, device)) {
      context.device().isRaised.set(device, 0);
      context.clear(deviceSubject(context.world, device), true);
    }
    if (roster.isWatched(home) && dueAtMs(context, home, device) <= nowMs) raise(context, home, device);
  }
}

function raise(context: Context, home: HomeRow, device: DeviceRow): void {
  const { world } = context;
  context.device().isRaised.set(device, 1);
  const place = devicePlace(world.roster, device);
  context.raise({
    kind: 'sensor-stuck',
    priority: 4,
    subject: deviceSubject(context.world, device),
    cause: `since-${world.nowMs}`,
    ...place,
    lateByMs: 0,
    explanation: explanationOf(context, home, device),
  });
}

function explanationOf({ settings, world }: Context, home: HomeRow, device: DeviceRow): Explanation {
  const { distrust, levelSinceMs, reports } = world.roster.devices.columns;
  const deviceId = world.roster.deviceIdOf(device);
  if (distrust.get(device) === DISTRUST.chatter) {
    const params = { eventsPerHour: reports.get(device), threshold: CHATTER_PER_HOUR, deviceId };
    return { code: 'sensor-stuck.chatter', params };
  }
  const sinceMs = levelSinceMs[device]!;
  const thresholdMs = settings(home).onMs;
  return {
    code: 'sensor-stuck.on',
    params: { sinceMs, onMs: world.nowMs - sinceMs, thresholdMs, deviceId },
  };
}
