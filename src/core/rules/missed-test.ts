// R14: a button that nobody pressed for a month may be dead, lost or under a cupboard. Any press proves that it works;
// the press of the periodic test (`test`) rings nowhere else. The clock starts when the button becomes known, and a
// press may still come from the store of a gateway that was away.

import { gatewayBackSinceMs, isDeviceSeen } from '../facts/device-sight.ts';
import type { ObservationBody } from '../model/entry.ts';
import type { DeviceRow, HomeRow } from '../state/row.ts';
import { defineRule, type RuleContext } from './rule.ts';
import { devicePlace, deviceSubject } from './subject.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A gateway that is back sends what it kept within this time. */
const STORE_MS = HOUR_MS;

const PARAMETERS = {
  isOn: {
    default: 1,
    min: 0,
    max: 1,
    unit: 'switch',
    meaning: 'Expect a test of every button',
    source: 'R14',
  },
  windowMs: {
    default: 31 * DAY_MS,
    min: HOUR_MS,
    max: 400 * DAY_MS,
    unit: 'ms',
    meaning: 'A press is expected at least so often',
    source: 'R14: by hand monthly (Sovereign); 26 h for buttons that test themselves daily',
  },
} as const;

const HOME_COLUMNS = {
  /** Not later than any button is due; Infinity without a button, 0 before the first look. */
  lookAtMs: 'f64',
} as const;

const DEVICE_COLUMNS = { pressedAtMs: 'f64', isRaised: 'u8' } as const;

type Context = RuleContext<typeof PARAMETERS, typeof HOME_COLUMNS, typeof DEVICE_COLUMNS>;

export const missedTest = defineRule({
  id: 'missed-test',
  title: 'Button not tested',
  alertKinds: ['missed-test'],
  priority: 4,
  parameters: PARAMETERS,
  homeColumns: HOME_COLUMNS,
  deviceColumns: DEVICE_COLUMNS,
  kinds: ['button'],
  start: (context) => ({
    onReading: (reading, home, device) => onReading(context, reading, home, device),
    onConfigured: (home) => look(context, home),
    nextDeadlineMs: (home) => context.home().lookAtMs[home] || context.world.nowMs,
    onDeadline: (home) => onDeadline(context, home),
  }),
});

function onReading(context: Context, observation: ObservationBody, home: HomeRow, device: DeviceRow): void {
  const { value } = observation;
  if (typeof value !== 'string') return;
  const { pressedAtMs, isRaised } = context.device();
  const atMs = Math.min(observation.measuredAtMs, context.world.nowMs);
  pressedAtMs[device] = Math.max(pressedAtMs[device]!, atMs);
  if (isRaised.get(device) === 0 || testedUntilMs(context, home, device) <= context.world.nowMs) return;
  isRaised.set(device, 0);
  context.clear(deviceSubject(context.world, device), true);
  look(context, home);
}

function onDeadline(context: Context, home: HomeRow): void {
  if (context.home().lookAtMs[home]! <= context.world.nowMs) look(context, home);
}

/** Raise for every button that is due, and find out when to look again. A press only makes it later: seen then. */
function look(context: Context, home: HomeRow): void {
  const { world } = context;
  const { roster } = world;
  const { isRaised } = context.device();
  let next = Number.POSITIVE_INFINITY;
  for (const device of roster.devicesOfHome(home)) {
    if (!roster.isKind(device, 'button') || isRaised.get(device) === 1) continue;
    if (context.settings(home).isOn === 0 || !roster.isWatched(home)) continue;
    const dueMs = dueAtMs(context, home, device);
    if (dueMs > world.nowMs) next = Math.min(next, dueMs);
    else raise(context, home, device);
  }
  context.home().lookAtMs[home] = next;
  if (next !== Number.POSITIVE_INFINITY) world.wakeHome(home, next);
}

function testedUntilMs(context: Context, home: HomeRow, device: DeviceRow): number {
  const { knownSinceMs } = context.world.roster.devices.columns;
  const fromMs = Math.max(context.device().pressedAtMs[device]!, knownSinceMs[device]!);
  return fromMs + context.settings(home).windowMs;
}

function dueAtMs(context: Context, home: HomeRow, device: DeviceRow): number {
  const { world } = context;
  const dueMs = Math.max(testedUntilMs(context, home, device), gatewayBackSinceMs(world, device) + STORE_MS);
  // Behind a gateway that is away a press is not heard; that is an alert of its own.
  return isDeviceSeen(world, device) ? dueMs : Math.max(dueMs, world.nowMs + STORE_MS);
}

function raise(context: Context, home: HomeRow, device: DeviceRow): void {
  const { world } = context;
  const { pressedAtMs, isRaised } = context.device();
  isRaised.set(device, 1);
  const place = devicePlace(world.roster, device);
  context.raise({
    kind: 'missed-test',
    priority: 4,
    subject: deviceSubject(context.world, device),
    cause: `due-${testedUntilMs(context, home, device)}`,
    ...place,
    lateByMs: 0,
    explanation: {
      code: 'missed-test',
      params: {
        windowMs: context.settings(home).windowMs,
        lastTestAtMs: pressedAtMs[device] === 0 ? null : pressedAtMs[device]!,
        room: place.room,
      },
    },
  });
}
