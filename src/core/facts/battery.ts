// The battery of a device, as it last reported it: as a reading of its own or beside another one.

import type { ObservationBody } from '../model/entry.ts';
import type { DeviceRow } from '../state/row.ts';
import type { World } from '../state/world.ts';

/** Percent; null when the report does not speak of it. */
export function batteryPctOf(observation: ObservationBody): number | null {
  if (observation.kind === 'battery_pct')
    return typeof observation.value === 'number' ? observation.value : null;
  return observation.batteryPct;
}

export function noteBattery(world: World, observation: ObservationBody, device: DeviceRow): void {
  const batteryPct = batteryPctOf(observation);
  if (batteryPct === null) return;
  const clamped = Math.min(100, Math.max(0, Math.round(batteryPct)));
  world.roster.devices.columns.batteryPlusOne.set(device, clamped + 1);
}
