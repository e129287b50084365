// /gateways: what logs in by MQTT or HTTP. A secret is shown once, at creation or rotation; during a rotation
// the old one stays valid until it is retired.

import { callerOf } from '#api/authenticate.ts';
import type { ApiParts, ApiServer } from '#api/context.ts';
import { idParams, noContent } from '#api/schemas/fields.ts';
import {
  gateway,
  gatewayChange,
  gatewaySecret,
  gatewayWithSecret,
  newGateway,
} from '#api/schemas/registry.ts';
import type { GatewayRecord, NewGateway } from '#registry/registry.ts';
import { collectionRoutes, type Resource, requireRecord } from './collection-routes.ts';
import { districtTarget, homeTarget } from './parents.ts';

type Gateways = Resource<GatewayRecord, NewGateway, Partial<NewGateway>, { readonly homeId?: string }>;

export function gatewayRoutes(app: ApiServer, parts: ApiParts): void {
  const { registry } = parts;
  const resource: Gateways = {
    path: 'gateways',
    noun: 'gateway',
    collection: registry.gateways,
    schemas: { item: gateway, create: newGateway, change: gatewayChange },
    filters: ['homeId'],
    idOf: (record) => record.gatewayId,
    districtOf: async (record) => record.districtCode,
    targetsOf: async (values) => [
      ...districtTarget(values.districtCode),
      ...(await homeTarget(registry, values.homeId)),
    ],
    isPersonal: false,
    created: {
      schema: gatewayWithSecret,
      answer: async (record) => ({
        gateway: record,
        secret: await registry.issueGatewaySecret(record.gatewayId),
      }),
    },
  };
  collectionRoutes(app, parts, resource);
  secretRoutes(app, parts, resource);
}

function secretRoutes(app: ApiServer, parts: ApiParts, resource: Gateways): void {
  const { registry } = parts;
  const issue = { tags: ['gateways'], params: idParams, response: { 201: gatewaySecret } };
  app.post('/gateways/:id/secret', { schema: issue }, async (request, reply) => {
    const { staff } = callerOf(request);
    const { id } = request.params;
    await requireRecord(parts, resource, { id, staff });
    const secret = await registry.issueGatewaySecret(id);
    const { staffId } = staff;
    await registry.audit({ staffId, action: 'secret-issued', subject: `gateway:${id}`, detail: '' });
    reply.code(201);
    return { secret };
  });

  const retire = { tags: ['gateways'], params: idParams, response: { 204: noContent } };
  app.delete('/gateways/:id/old-secret', { schema: retire }, async (request, reply) => {
    const { staff } = callerOf(request);
    const { id } = request.params;
    await requireRecord(parts, resource, { id, staff });
    await registry.retireOldSecret(id);
    const { staffId } = staff;
    await registry.audit({ staffId, action: 'old-secret-retired', subject: `gateway:${id}`, detail: '' });
    return reply.code(204).send();
  });
}
