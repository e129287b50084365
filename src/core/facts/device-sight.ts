// Does what this device says reach us now, and since when without a break? Rules that wait for one device (a door to
// be closed, a press to come) ask here, because the sight of a home (facts/sight.ts) is about its activity sensors.

import { LINK } from '../state/roster.ts';
import type { DeviceRow } from '../state/row.ts';
import type { World } from '../state/world.ts';

/** Its gateway is there and not overdue, and the device itself is not called silent. */
export function isDeviceSeen(world: World, device: DeviceRow): boolean {
  const { devices, gateways } = world.roster;
  const gateway = devices.columns.gateway.get(device);
  if (gateways.columns.link.get(gateway) !== LINK.online || gateways.columns.isOverdue.get(gateway) === 1)
    return false;
  return devices.columns.link.get(device) !== LINK.offline;
}

/** End of the last known outage of its gateway; 0 when there was none. */
export function gatewayBackSinceMs(world: World, device: DeviceRow): number {
  const { devices, gateways } = world.roster;
  return gateways.columns.backSinceMs[devices.columns.gateway.get(device)]!;
}
