// R1: what a device itself calls an emergency (SOS, fall, smoke, gas, CO, leak) rings at once. Never suppressed: not
// by an unknown device, a suspended home, an absence or a late report. A repeated press counts up and rings again.

import type { ObservationBody } from '../model/entry.ts';
import { EMERGENCY_KINDS, type EmergencyKind } from '../model/kinds.ts';
import { emergencyOf } from '../model/observation.ts';
import { type DeviceRow, NO_DEVICE } from '../state/row.ts';
import { defineRule, type RuleContext } from './rule.ts';
import { devicePlace, gatewayPlace } from './subject.ts';

const DEVICE_COLUMNS = {
  /** One bit per emergency kind: the level the device last reported was "yes". */
  levels: 'u8',
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

/** A periodic report that still says "smoke" is the alarm that rings already; an event is always news. */
function isNews(
  context: Context,
  observation: ObservationBody,
  device: DeviceRow,
  kind: EmergencyKind | null,
): boolean {
  const levels = context.device().levels;
  const bit = 1 << EMERGENCY_KINDS.indexOf(kind ?? (observation.kind as EmergencyKind));
  const before = (levels[device]! & bit) !== 0;
  if (kind === 'sos' || observation.kind === 'button') return true;
  levels[device] = kind === null ? levels[device]! & ~bit : levels[device]! | bit;
  return !(observation.isLevel && before);
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
