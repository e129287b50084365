// R7: the door to the outside stands open. Only time in which we could hear it close counts: after an outage the clock
// starts anew, and while the contact is not heard nothing is said. Over, and closed by itself, when the door closes.

import { gatewayBackSinceMs, isDeviceSeen } from '../facts/device-sight.ts';
import type { ObservationBody } from '../model/entry.ts';
import type { DeviceRow, HomeRow } from '../state/row.ts';
import { defineRule, type RuleContext } from './rule.ts';
import { devicePlace, deviceSubject } from './subject.ts';

const MINUTE_MS = 60_000;

const PARAMETERS = {
  isOn: {
    default: 1,
    min: 0,
    max: 1,
    unit: 'switch',
    meaning: 'Watch the door to the outside',
    source: 'R7; off where doors stand open in summer',
  },
  openMs: {
    default: 10 * MINUTE_MS,
    min: MINUTE_MS,
    max: 24 * 60 * MINUTE_MS,
    unit: 'ms',
    meaning: 'Open for so long',
    source: 'R7: 10 min',
  },
} as const;

const HOME_COLUMNS = {
  /** Not later than any open door is due; 0 while none is. */
  lookAtMs: 'f64',
} as const;

const DEVICE_COLUMNS = {
  /** When the door last opened or closed. */
  movedAtMs: 'f64',
  isOpen: 'u8',
  isRaised: 'u8',
} as const;

type Context = RuleContext<typeof PARAMETERS, typeof HOME_COLUMNS, typeof DEVICE_COLUMNS>;

export const doorOpen = defineRule({
  id: 'door-open',
  title: 'Door stands open',
  alertKinds: ['door-open'],
  priority: 3,
  parameters: PARAMETERS,
  homeColumns: HOME_COLUMNS,
  deviceColumns: DEVICE_COLUMNS,
  kinds: ['contact'],
  start: (context) => ({
    onReading: (reading, home, device) => onReading(context, reading, home, device),
    onConfigured: (home) => look(context, home),
    nextDeadlineMs: (home) => context.home().lookAtMs[home] || Number.POSITIVE_INFINITY,
    onDeadline: (home) => onDeadline(context, home),
  }),
});

function onReading(context: Context, observation: ObservationBody, home: HomeRow, device: DeviceRow): void {
  const { value, isLevel } = observation;
  if (typeof value !== 'boolean') return;
  const { world } = context;
  if (!world.roster.isDoor(device)) return;
  const { movedAtMs, isOpen, isRaised } = context.device();
  const atMs = Math.min(observation.measuredAtMs, world.nowMs);
  const isSame = (isOpen.get(device) === 1) === value;
  // A level that is repeated is no news; an event is: the door was closed in between.
  if (atMs < movedAtMs[device]! || (isSame && isLevel)) return;
  movedAtMs[device] = atMs;
  isOpen.set(device, value ? 1 : 0);
  if (value) look(context, home);
  else if (isRaised.get(device) === 1) end(context, device);
}

function end(context: Context, device: DeviceRow): void {
  context.device().isRaised.set(device, 0);
  context.clear(deviceSubject(context.world, device), true);
}

/** A contact that is no longer at a door to the outside: what it does is not heard here. */
function forget(context: Context, device: DeviceRow): void {
  const { isOpen, isRaised } = context.device();
  isOpen.set(device, 0);
  if (isRaised.get(device) === 1) end(context, device);
}

function onDeadline(context: Context, home: HomeRow): void {
  const lookAtMs = context.home().lookAtMs[home]!;
  if (lookAtMs > 0 && lookAtMs <= context.world.nowMs) look(context, home);
}

/** Raise for every door that is due, and find out when to look again. */
function look(context: Context, home: HomeRow): void {
  const { world } = context;
  const { isOpen, isRaised } = context.device();
  const { isOn } = context.settings(home);
  let next = Number.POSITIVE_INFINITY;
  for (const device of world.roster.devicesOfHome(home)) {
    if (!world.roster.isDoor(device)) {
      forget(context, device);
      continue;
    }
    if (isOpen.get(device) === 0 || isRaised.get(device) === 1 || isOn === 0 || !world.roster.isWatched(home))
      continue;
    const dueMs = dueAtMs(context, home, device);
    if (dueMs > world.nowMs) next = Math.min(next, dueMs);
    else raise(context, home, device, dueMs);
  }
  context.home().lookAtMs[home] = next === Number.POSITIVE_INFINITY ? 0 : next;
  if (next !== Number.POSITIVE_INFINITY) world.wakeHome(home, next);
}

function dueAtMs(context: Context, home: HomeRow, device: DeviceRow): number {
  const { world } = context;
  const { openMs } = context.settings(home);
  const heardSinceMs = Math.max(
    context.device().movedAtMs[device]!,
    gatewayBackSinceMs(world, device),
    world.resumedAtMs,
  );
  const dueMs = heardSinceMs + openMs;
  return isDeviceSeen(world, device) ? dueMs : Math.max(dueMs, world.nowMs + openMs);
}

function raise(context: Context, home: HomeRow, device: DeviceRow, dueMs: number): void {
  const { world } = context;
  const { movedAtMs, isRaised } = context.device();
  isRaised.set(device, 1);
  const place = devicePlace(world.roster, device);
  context.raise({
    kind: 'door-open',
    priority: 3,
    subject: deviceSubject(context.world, device),
    cause: `due-${dueMs}`,
    ...place,
    lateByMs: 0,
    explanation: {
      code: 'door-open',
      params: {
        openMs: world.nowMs - movedAtMs[device]!,
        thresholdMs: context.settings(home).openMs,
        room: place.room,
      },
    },
  });
}
