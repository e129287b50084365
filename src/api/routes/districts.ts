// /districts: the tree of administrative areas. A member of staff sees the own area and below.

import type { ApiParts, ApiServer } from '#api/context.ts';
import { requireRuleSettings } from '#api/rule-settings.ts';
import { district, districtChange, newDistrict } from '#api/schemas/registry.ts';
import { collectionRoutes } from './collection-routes.ts';
import { districtTarget } from './parents.ts';

export function districtRoutes(app: ApiServer, parts: ApiParts): void {
  collectionRoutes(app, parts, {
    path: 'districts',
    noun: 'district',
    collection: parts.registry.districts,
    schemas: { item: district, create: newDistrict, change: districtChange },
    filters: ['parentCode'],
    idOf: (record) => record.code,
    districtOf: async (record) => record.code,
    targetsOf: async (values) => districtTarget('code' in values ? values.code : undefined),
    checkValues: (values) => requireRuleSettings(parts.rules, values.rules),
    isPersonal: false,
  });
}
