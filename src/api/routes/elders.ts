// /elders: the people watched over. In clear only one at a time, for those who maintain the record.

import { mayReadPersonalData } from '#api/authorize.ts';
import type { ApiParts, ApiServer } from '#api/context.ts';
import { maskElder } from '#api/personal-data.ts';
import { elder, elderChange, newElder } from '#api/schemas/registry.ts';
import { collectionRoutes } from './collection-routes.ts';
import { districtOfHome, homeTarget } from './parents.ts';

export function elderRoutes(app: ApiServer, parts: ApiParts): void {
  collectionRoutes(app, parts, {
    path: 'elders',
    noun: 'elder',
    collection: parts.registry.elders,
    schemas: { item: elder, create: newElder, change: elderChange },
    filters: ['homeId'],
    idOf: (record) => record.elderId,
    districtOf: (record) => districtOfHome(parts.registry, record.homeId),
    targetsOf: (values) => homeTarget(parts.registry, values.homeId),
    show: (record, staff, view) =>
      view === 'single' && mayReadPersonalData(staff.role) ? record : maskElder(record),
    isPersonal: true,
  });
}
