// Registers simulated homes through the REST API like any integrator would: districts, homes, elders, contacts,
// gateways, devices. Idempotent: what exists is left as it is; a gateway whose secret the roster does not have gets a
// new one (the one before is retired at once, so that no forgotten secret stays valid).

import type { ApiClient } from './api-client.ts';
import { ApiError } from './api-client.ts';
import { HOME_DEVICES } from './devices.ts';
import { DEMO_DISTRICTS, type DemoHousehold, inventHousehold } from './people.ts';
import type { Roster, RosterHome } from './roster.ts';

export interface RegisterOptions {
  readonly homes: number;
  /** Number of the first one; default 0. */
  readonly firstIndex?: number;
  readonly seed: number;
  /** Secrets known from an earlier run. */
  readonly roster: Roster;
  /** Begins every id: homes are `<prefix>-0001`, gateways `gw-<prefix>-0001`. */
  readonly prefix?: string;
}

const TIMEZONE = 'Asia/Shanghai';
/** Homes registered at the same time: enough to share commits of the log, few enough for a small machine. */
const CONCURRENCY = 6;

interface DeviceToRegister {
  readonly deviceId: string;
  readonly kind: string;
  readonly room: string;
  readonly zone: string;
  readonly supervision: string;
}

/** @throws ApiError that says which request was refused */
export async function registerHomes(api: ApiClient, options: RegisterOptions): Promise<Roster> {
  for (const district of DEMO_DISTRICTS)
    await ensure(api, `/districts/${district.code}`, '/districts', district);
  const firstIndex = options.firstIndex ?? 0;
  const indexes = Array.from({ length: options.homes }, (_, place) => firstIndex + place);
  const homes = await inTurns(indexes, CONCURRENCY, (index) => registerHome(api, options, index));
  return { version: 1, homes };
}

/** The demo town with all its parents and communities. */
export async function registerDistricts(api: ApiClient): Promise<void> {
  for (const district of DEMO_DISTRICTS)
    await ensure(api, `/districts/${district.code}`, '/districts', district);
}

async function registerHome(api: ApiClient, options: RegisterOptions, index: number): Promise<RosterHome> {
  const name = `${options.prefix ?? 'demo'}-${String(index + 1).padStart(4, '0')}`;
  const household = inventHousehold(options.seed, index);
  await ensure(api, `/homes/${name}`, '/homes', homeBody(name, household));
  await registerPeople(api, name, household);
  const known = options.roster.homes.find((home) => home.gatewayId === `gw-${name}`)?.secret ?? null;
  const secret = await registerGateway(api, {
    gatewayId: `gw-${name}`,
    homeId: name,
    districtCode: household.districtCode,
    supervision: '180s',
    knownSecret: known,
  });
  await registerDevices(api, { gatewayId: `gw-${name}`, homeId: name }, HOME_DEVICES);
  return { homeId: name, gatewayId: `gw-${name}`, secret, timezone: TIMEZONE, index };
}

function homeBody(homeId: string, { districtCode, address, access }: DemoHousehold): object {
  const fixed = { status: 'ACTIVE', livingType: 'SOLITARY', timezone: TIMEZONE, rules: {} };
  return { homeId, districtCode, address, access, ...fixed };
}

async function registerPeople(api: ApiClient, homeId: string, household: DemoHousehold): Promise<void> {
  const home = `homeId=${encodeURIComponent(homeId)}`;
  if (await isEmpty(api, `/elders?${home}`)) {
    await api.post('/elders', { homeId, ...household.elder, consentAtMs: null });
  }
  if (await isEmpty(api, `/contacts?${home}`)) {
    for (const [place, contact] of household.contacts.entries()) {
      await api.post('/contacts', { homeId, order: place + 1, ...contact });
    }
  }
}

export interface GatewayToRegister {
  readonly gatewayId: string;
  readonly homeId: string;
  readonly districtCode: string;
  readonly supervision: string;
  /** Taken as valid when the gateway exists; null: a new one is issued. */
  readonly knownSecret: string | null;
}

/** Returns a valid secret. */
export async function registerGateway(api: ApiClient, gateway: GatewayToRegister): Promise<string> {
  const { knownSecret, ...record } = gateway;
  const path = `/gateways/${encodeURIComponent(gateway.gatewayId)}`;
  if ((await api.find(path)) === null) {
    const body = { ...record, format: 'native', model: 'simulator', isEnabled: true };
    return (await api.post<{ secret: string }>('/gateways', body)).secret;
  }
  if (knownSecret !== null) return knownSecret;
  const { secret } = await api.post<{ secret: string }>(`${path}/secret`, {});
  await api.delete(`${path}/old-secret`);
  return secret;
}

export async function registerDevices(
  api: ApiClient,
  { gatewayId, homeId }: { readonly gatewayId: string; readonly homeId: string },
  devices: readonly DeviceToRegister[],
): Promise<void> {
  const known = new Set<string>();
  const path = `/devices?gatewayId=${encodeURIComponent(gatewayId)}`;
  for await (const { deviceId } of api.all<{ deviceId: string }>(path)) known.add(deviceId);
  for (const { deviceId, kind, room, zone, supervision } of devices) {
    if (known.has(deviceId)) continue;
    await api.post('/devices', { gatewayId, deviceId, homeId, kind, room, zone, supervision, model: null });
  }
}

/** Create unless it is there; two registrations at once are as good as one. */
export async function ensure(api: ApiClient, path: string, collection: string, body: unknown): Promise<void> {
  if ((await api.find(path)) !== null) return;
  try {
    await api.post(collection, body);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 409) throw error;
  }
}

async function isEmpty(api: ApiClient, path: string): Promise<boolean> {
  const page = await api.get<{ items: readonly unknown[] }>(`${path}&limit=1`);
  return page.items.length === 0;
}

/** Like Promise.all over `map`, with at most `limit` at work; results in order. */
async function inTurns<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = new Array(items.length);
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [place, item] of queue) results[place] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results;
}
