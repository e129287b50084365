// Who an alert is about, in the words of the roster.

import type { Cause } from '../alerts/book.ts';
import type { Roster } from '../state/roster.ts';

type Place = Pick<Cause, 'home' | 'homeId' | 'districtCode' | 'gatewayId' | 'deviceId' | 'room'>;

export function homePlace(roster: Roster, home: number): Place {
  const { homeId, homeDistrict } = roster.names;
  return {
    home,
    homeId: homeId[home]!,
    districtCode: homeDistrict[home]!,
    gatewayId: null,
    deviceId: null,
    room: null,
  };
}

export function devicePlace(roster: Roster, device: number): Place {
  const { columns } = roster.devices;
  return {
    ...homePlace(roster, columns.home[device]!),
    gatewayId: roster.names.gatewayId[columns.gateway[device]!] ?? null,
    deviceId: roster.names.deviceId[device]!,
    room: roster.names.deviceRoom[device]!,
  };
}

/** The home is known when the gateway serves only one. */
export function gatewayPlace(roster: Roster, gateway: number): Place {
  const home = roster.gateways.columns.home[gateway] ?? 0;
  const { gatewayId, gatewayDistrict, homeId } = roster.names;
  return {
    home,
    homeId: home === 0 ? null : (homeId[home] ?? null),
    // A gateway nobody configured has no district: only who sees everything sees the alert.
    districtCode: gatewayDistrict[gateway] ?? '',
    gatewayId: gatewayId[gateway] ?? null,
    deviceId: null,
    room: null,
  };
}
