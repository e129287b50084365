// Districts of the things records point to. A parent that does not exist yields nothing: the registry refuses
// it.

import type { Registry } from '#registry/registry.ts';
import type { Target } from './collection-routes.ts';

export async function homeTarget(
  registry: Registry,
  homeId: string | null | undefined,
): Promise<readonly Target[]> {
  if (homeId === null || homeId === undefined) return [];
  const home = await registry.homes.get(homeId);
  return home ? [{ subject: `home:${homeId}`, districtCode: home.districtCode }] : [];
}

export async function gatewayTarget(
  registry: Registry,
  gatewayId: string | undefined,
): Promise<readonly Target[]> {
  if (gatewayId === undefined) return [];
  const gateway = await registry.gateways.get(gatewayId);
  return gateway ? [{ subject: `gateway:${gatewayId}`, districtCode: gateway.districtCode }] : [];
}

export function districtTarget(code: string | null | undefined): readonly Target[] {
  return code === undefined ? [] : [{ subject: `district:${code ?? 'all'}`, districtCode: code }];
}

/** District of a home that a stored record belongs to. */
export async function districtOfHome(registry: Registry, homeId: string): Promise<string | null> {
  return (await registry.homes.get(homeId))?.districtCode ?? null;
}
