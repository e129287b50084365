// Who an alert is about, in the words of the roster.

import type { Cause } from '../alerts/book.ts';
import type { Roster } from '../state/roster.ts';
import { type DeviceRow, type GatewayRow, type HomeRow, NO_HOME } from '../state/row.ts';
import type { World } from '../state/world.ts';

type Place = Pick<Cause, 'home' | 'homeId' | 'districtCode' | 'gatewayId' | 'deviceId' | 'room'>;

export function homePlace(roster: Roster, home: HomeRow): Place {
  return {
    home: roster.homes.number(home),
    homeId: roster.homeIdOf(home),
    districtCode: roster.districtOf(home),
    gatewayId: null,
    deviceId: null,
    room: null,
  };
}

export function devicePlace(roster: Roster, device: DeviceRow): Place {
  const { columns } = roster.devices;
  return {
    ...homePlace(roster, columns.home.get(device)),
    gatewayId: roster.gatewayIdOf(columns.gateway.get(device)),
    deviceId: roster.deviceIdOf(device),
    room: roster.roomOf(device),
  };
}

/** The home is known when the gateway serves only one. */
export function gatewayPlace(roster: Roster, gateway: GatewayRow): Place {
  const home = roster.gateways.columns.home.get(gateway) ?? NO_HOME;
  return {
    home: roster.homes.number(home),
    homeId: home === NO_HOME ? null : (roster.homeIdOf(home) ?? null),
    // A gateway nobody configured has no district: only who sees everything sees the alert.
    districtCode: roster.gatewayDistrictOf(gateway) ?? '',
    gatewayId: roster.gatewayIdOf(gateway),
    deviceId: null,
    room: null,
  };
}

/** What a rule's alert is about, by the numbers of the log: rows move when a table gets a column more. */
export function homeSubject({ roster }: World, home: HomeRow): string {
  return `home~${roster.homes.number(home)}`;
}

export function deviceSubject({ roster }: World, device: DeviceRow): string {
  return `device~${roster.devices.number(device)}`;
}

export function gatewaySubject({ roster }: World, gateway: GatewayRow): string {
  return `gateway~${roster.gateways.number(gateway)}`;
}
