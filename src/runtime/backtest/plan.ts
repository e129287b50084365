// What a back-test needs to know of the homes it is about, taken from the running core's roster in one go: plain data,
// so that it can travel to another thread. The roster of the past comes from the log; the one of today only stands in
// where the log no longer reaches back to a home's registration.

import {
  type GatewayConfiguration,
  type HomeConfiguration,
  type RuleSettings,
  SUPERVISION_WINDOWS_MS,
  type SupervisionClass,
} from '#core/model/home.ts';
import type { Roster } from '#core/state/roster.ts';
import { type DeviceRow, type GatewayRow, type HomeRow, NO_HOME } from '#core/state/row.ts';
import { isInScope } from '#registry/registry.ts';

/** A configuration as it is today, and since when the core has known what it is about. */
export interface KnownSince<T> {
  readonly configuration: T;
  readonly sinceMs: number;
}

export interface BacktestPlan {
  /** Dense numbers. */
  readonly homes: readonly number[];
  /** By rule id; merged over each home's own. Empty: what would the rules of today have done? */
  readonly rules: RuleSettings;
  readonly fromMs: number;
  /** Not included. */
  readonly toMs: number;
  readonly homesNow: readonly KnownSince<HomeConfiguration>[];
  readonly gatewaysNow: readonly KnownSince<GatewayConfiguration>[];
  /** Identities of what the homes' gateways send: device numbers, and minus the gateway numbers. */
  readonly sources: readonly number[];
}

/** Homes by their public ids, in that order; those the core does not know are left out. */
export function homesById(roster: Roster, homeIds: readonly string[]): HomeRow[] {
  const wanted = new Set(homeIds);
  return [...roster.homes.rows()].filter((home) => wanted.has(roster.homeIdOf(home)));
}

/** Every home in the district or below: also one that has ended or is suspended may have been watched then. */
export function homesInDistrict(roster: Roster, districtCode: string): HomeRow[] {
  const isThere = (home: HomeRow): boolean =>
    roster.homes.columns.revision.get(home) > 0 && isInScope(districtCode, roster.districtOf(home));
  return [...roster.homes.rows()].filter(isThere);
}

export function planOf(
  roster: Roster,
  homes: readonly HomeRow[],
  asked: Pick<BacktestPlan, 'rules' | 'fromMs' | 'toMs'>,
): BacktestPlan {
  const gateways = new Set<GatewayRow>();
  const devices = new Set<DeviceRow>();
  for (const home of homes) {
    for (const device of roster.devicesOfHome(home)) {
      gateways.add(roster.devices.columns.gateway.get(device));
      devices.add(device);
    }
  }
  const chosen = new Set(homes);
  for (const gateway of roster.gateways.rows())
    if (chosen.has(roster.gateways.columns.home.get(gateway))) gateways.add(gateway);
  for (const gateway of gateways) for (const device of roster.devicesOfGateway(gateway)) devices.add(device);
  return {
    ...asked,
    homes: homes.map((home) => roster.homes.number(home)),
    homesNow: homes.map((home) => homeNow(roster, home)),
    gatewaysNow: [...gateways].map((gateway) => gatewayNow(roster, gateway)),
    sources: [
      ...[...devices].map((device) => roster.devices.number(device)),
      ...[...gateways].map((gateway) => -roster.gateways.number(gateway)),
    ],
  };
}

function homeNow(roster: Roster, home: HomeRow): KnownSince<HomeConfiguration> {
  const { homes, devices, gateways } = roster;
  const own = [...roster.devicesOfHome(home)].reverse();
  const configuration: HomeConfiguration = {
    home: homes.number(home),
    homeId: roster.homeIdOf(home),
    revision: homes.columns.revision.get(home),
    districtCode: roster.districtOf(home),
    timezone: roster.timezoneOf(home),
    riskFactor: homes.columns.riskFactor[home]!,
    residents: homes.columns.residents.get(home),
    rules: roster.settings.get(home) ?? {},
    isWatched: roster.isWatched(home),
    devices: own.map((device) => ({
      device: devices.number(device),
      deviceId: roster.deviceIdOf(device),
      gateway: gateways.number(devices.columns.gateway.get(device)),
      kind: roster.kindOf(device),
      room: roster.roomOf(device)!,
      zone: roster.zoneOf(device),
      supervision: supervisionOf(devices.columns.windowMs[device]!),
    })),
  };
  const knownSinceMs = own.map((device) => devices.columns.knownSinceMs[device]!);
  // A home that was removed has no devices any more that could tell.
  const isGone = own.length === 0 && !configuration.isWatched;
  return { configuration, sinceMs: isGone ? 0 : Math.min(...knownSinceMs) };
}

function gatewayNow(roster: Roster, gateway: GatewayRow): KnownSince<GatewayConfiguration> {
  const { homes, gateways } = roster;
  const { columns } = gateways;
  const home = columns.home.get(gateway);
  const configuration: GatewayConfiguration = {
    gateway: gateways.number(gateway),
    gatewayId: roster.gatewayIdOf(gateway)!,
    revision: columns.revision.get(gateway),
    districtCode: roster.gatewayDistrictOf(gateway)!,
    home: home === NO_HOME ? null : homes.number(home),
    supervision: supervisionOf(columns.windowMs[gateway]!),
    isWatched: columns.isWatched.get(gateway) === 1,
  };
  return { configuration, sinceMs: columns.knownSinceMs[gateway]! };
}

function supervisionOf(windowMs: number): SupervisionClass {
  const classes = Object.entries(SUPERVISION_WINDOWS_MS) as [SupervisionClass, number][];
  return classes.find(([, ms]) => ms === windowMs)?.[0] ?? 'none';
}
