// What of a home no working sensor watches: told to staff who judge an alarm, and to whoever installs the sensors.

import type { Gap } from '../model/home-state.ts';
import type { DeviceRow, HomeRow } from '../state/row.ts';
import type { World } from '../state/world.ts';
import { isDeviceSeen } from './device-sight.ts';
import { DISTRUST } from './trust.ts';

export function gapsOf(world: World, home: HomeRow): Gap[] {
  const { roster } = world;
  const sensors = [...roster.devicesOfHome(home)].filter((device) => roster.isActivitySensor(device));
  if (sensors.length === 0) return [];
  const working = sensors.filter((device) => isWorking(world, device));
  const gaps: Gap[] = [];
  if (!working.some((device) => roster.isDoor(device))) gaps.push('way-out');
  if (!working.some((device) => roster.isInNightZone(device))) gaps.push('night');
  return gaps;
}

/** One that was never heard of may work: doors move when somebody goes out. It is called silent after a day. */
function isWorking(world: World, device: DeviceRow): boolean {
  const { distrust } = world.roster.devices.columns;
  return isDeviceSeen(world, device) && distrust.get(device) === DISTRUST.none;
}
