// R1: what a device itself calls an emergency (SOS, fall, smoke, gas, CO, leak) rings at once. Never suppressed: not
// by an unknown device, a suspended home, an absence or a late report. A repeated press counts up and rings again.
// So does a level that is still "yes" long after it rang: nobody may have been there, the alert may have been closed as
// a false alarm, and what a device says after a long silence is no repetition.

import type { ObservationBody } from '../model/entry.ts';
import { EMERGENCY_KINDS, type EmergencyKind } from '../model/kinds.ts';
import { emergencyOf } from '../model/observation.ts';
import { type DeviceRow, NO_DEVICE } from '../state/row.ts';
import { defineRule, type RuleContext } from './rule.ts';
import { devicePlace, gatewayPlace } from './subject.ts';

const HOUR_S = 3600;
/**
 * A level that is still "yes" is news again so long after the device rang last. UL 217 and UL 2034 let a detector be
 * hushed for some minutes only; an hour is our own choice, since here staff have looked. Spilt water dries for hours.
 */
const STILL_S = HOUR_S;
const STILL_LEAK_S = 6 * HOUR_S;

const DEVICE_COLUMNS = {
  /** One bit per emergency kind: the level the device last reported was "yes". */
  levels: 'u8',
  /** When it rang last, s since 1970; 0 for never, and in older snapshots, where "yes" is told once more. */
  rangAtS: 'u32',
} as const;

type Context = RuleContext<Record<never, never>, Record<never, never>, typeof DEVICE_COLUMNS>;

export const emergency = defineRule({
  id: 'emergency',
  title: 'Emergency reported by a device',
  alertKinds: EMERGENCY_KINDS,
  priority: 1,
  parameters: {},
  homeColumns: {},
  deviceColumns: DEVICE_COLUMNS,
  kinds: ['button', 'fall', 'smoke', 'gas', 'co', 'leak'],
  start: (context) => ({
    onObservation: (observation, device) => onObservation(context, observation, device),
  }),
});

function onObservation(context: Context, observation: ObservationBody, device: DeviceRow): void {
  const kind = emergencyOf(observation.kind, observation.value);
  if (device !== NO_DEVICE && !isNews(context, observation, device, kind)) return;
  if (kind !== null) raise(context, observation, device, kind);
}

/** A periodic report that still says "smoke" is the alarm that rings already, for a while; an event is always news. */
function isNews(
  { world, device: own }: Context,
  { kind: reported, value, isLevel }: ObservationBody,
  device: DeviceRow,
  kind: EmergencyKind | null,
): boolean {
  // Unknown is not "no".
  if (reported === 'button' || (kind === null && value !== false)) return true;
  const { levels, rangAtS } = own();
  const bit = 1 << EMERGENCY_KINDS.indexOf(kind ?? (reported as EmergencyKind));
  const before = levels.get(device);
  levels.set(device, before & ~bit);
  if (kind === null) return true;
  const nowS = Math.floor(world.nowMs / 1000);
  const isStill = isLevel && (before & bit) !== 0;
  const isTold = isStill && nowS - rangAtS.get(device) < (kind === 'leak' ? STILL_LEAK_S : STILL_S);
  // What rings again after so long leaves nothing of before: the other kinds of the device ring again as well.
  levels.set(device, isStill && !isTold ? bit : before | bit);
  if (!isTold) rangAtS.set(device, nowS);
  return !isTold;
}

function raise(context: Context, observation: ObservationBody, device: DeviceRow, kind: EmergencyKind): void {
  const { world } = context;
  const { roster } = world;
  const { gateway, deviceId } = observation;
  const place =
    device === NO_DEVICE
      ? { ...gatewayPlace(roster, roster.gateways.row(gateway)), deviceId }
      : devicePlace(roster, device);
  const lateByMs = Math.max(0, world.nowMs - observation.measuredAtMs);
  context.raise({
    kind,
    priority: 1,
    subject: `${kind}~${gateway}~${deviceId}`,
    cause: `${kind}~${observation.eventId ?? observation.measuredAtMs}`,
    isReport: true,
    ...place,
    lateByMs,
    explanation: { code: kind, params: { deviceId, room: place.room, lateByMs } },
  });
}
