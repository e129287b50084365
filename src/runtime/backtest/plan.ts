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
export function homesById(roster: Roster, homeIds: readonly string[]): number[] {
  const wanted = new Set(homeIds);
  const homes: number[] = [];
  roster.names.homeId.forEach((homeId, home) => {
    if (wanted.has(homeId)) homes.push(home);
  });
  return homes;
}

/** Every watched home in the district or below. */
export function homesInDistrict(roster: Roster, districtCode: string): number[] {
  const homes: number[] = [];
  for (let home = 1; home < roster.homes.size; home++) {
    const isThere = roster.isWatched(home) && isInScope(districtCode, roster.names.homeDistrict[home]!);
    if (isThere) homes.push(home);
  }
  return homes;
}

export function planOf(
  roster: Roster,
  homes: readonly number[],
  asked: Pick<BacktestPlan, 'rules' | 'fromMs' | 'toMs'>,
): BacktestPlan {
  const gateways = new Set<number>();
  const sources = new Set<number>();
  for (const home of homes) {
    for (const device of roster.devicesOfHome(home)) {
      gateways.add(roster.devices.columns.gateway[device]!);
      sources.add(device);
    }
  }
  const chosen = new Set(homes);
  for (let gateway = 1; gateway < roster.gateways.size; gateway++)
    if (chosen.has(roster.gateways.columns.home[gateway]!)) gateways.add(gateway);
  for (const gateway of gateways) {
    sources.add(-gateway);
    for (const device of roster.devicesOfGateway(gateway)) sources.add(device);
  }
  return {
    ...asked,
    homes,
    homesNow: homes.map((home) => homeNow(roster, home)),
    gatewaysNow: [...gateways].map((gateway) => gatewayNow(roster, gateway)),
    sources: [...sources],
  };
}

function homeNow(roster: Roster, home: number): KnownSince<HomeConfiguration> {
  const { homes, devices, names } = roster;
  const own = [...roster.devicesOfHome(home)].reverse();
  const configuration: HomeConfiguration = {
    home,
    homeId: names.homeId[home]!,
    revision: homes.columns.revision[home]!,
    districtCode: names.homeDistrict[home]!,
    timezone: names.homeTimezone[home]!,
    riskFactor: homes.columns.riskFactor[home]!,
    residents: homes.columns.residents[home]!,
    rules: roster.settings.get(home) ?? {},
    isWatched: roster.isWatched(home),
    devices: own.map((device) => ({
      device,
      deviceId: names.deviceId[device]!,
      gateway: devices.columns.gateway[device]!,
      kind: names.deviceKind[device]!,
      room: names.deviceRoom[device]!,
      zone: roster.zoneOf(device),
      supervision: supervisionOf(devices.columns.windowMs[device]!),
    })),
  };
  const sinceMs = Math.min(...own.map((device) => devices.columns.knownSinceMs[device]!));
  return { configuration, sinceMs };
}

function gatewayNow(roster: Roster, gateway: number): KnownSince<GatewayConfiguration> {
  const { columns } = roster.gateways;
  const configuration: GatewayConfiguration = {
    gateway,
    gatewayId: roster.names.gatewayId[gateway]!,
    revision: columns.revision[gateway]!,
    districtCode: roster.names.gatewayDistrict[gateway]!,
    home: columns.home[gateway] === 0 ? null : columns.home[gateway]!,
    supervision: supervisionOf(columns.windowMs[gateway]!),
    isWatched: columns.isWatched[gateway] === 1,
  };
  return { configuration, sinceMs: columns.knownSinceMs[gateway]! };
}

function supervisionOf(windowMs: number): SupervisionClass {
  const classes = Object.entries(SUPERVISION_WINDOWS_MS) as [SupervisionClass, number][];
  return classes.find(([, ms]) => ms === windowMs)?.[0] ?? 'none';
}
