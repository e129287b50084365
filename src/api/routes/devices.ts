// /devices: what senses. The id is `gatewayId/deviceId`, URL-encoded in a path.

import type { ApiParts, ApiServer } from '#api/context.ts';
import { device, deviceChange, newDevice } from '#api/schemas/registry.ts';
import { collectionRoutes } from './collection-routes.ts';
import { districtOfHome, gatewayTarget, homeTarget } from './parents.ts';

export function deviceRoutes(app: ApiServer, parts: ApiParts): void {
  const { registry } = parts;
  collectionRoutes(app, parts, {
    path: 'devices',
    noun: 'device',
    collection: registry.devices,
    schemas: { item: device, create: newDevice, change: deviceChange },
    filters: ['homeId', 'gatewayId'],
    idOf: (record) => `${record.gatewayId}/${record.deviceId}`,
    districtOf: (record) => districtOfHome(registry, record.homeId),
    targetsOf: async (values) => [
      ...(await homeTarget(registry, values.homeId)),
      ...(await gatewayTarget(registry, values.gatewayId)),
    ],
    isPersonal: false,
  });
}
