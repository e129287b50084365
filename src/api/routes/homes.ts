// /homes: what is watched. The address down to the door is personal; lists and other roles get the street.

import { mayReadPersonalData } from '#api/authorize.ts';
import type { ApiParts, ApiServer } from '#api/context.ts';
import { maskHome } from '#api/personal-data.ts';
import { requireRuleSettings } from '#api/rule-settings.ts';
import { home, homeChange, newHome } from '#api/schemas/registry.ts';
import { collectionRoutes } from './collection-routes.ts';
import { districtTarget } from './parents.ts';

export function homeRoutes(app: ApiServer, parts: ApiParts): void {
  collectionRoutes(app, parts, {
    path: 'homes',
    noun: 'home',
    collection: parts.registry.homes,
    schemas: { item: home, create: newHome, change: homeChange },
    filters: ['districtCode'],
    idOf: (record) => record.homeId,
    districtOf: async (record) => record.districtCode,
    targetsOf: async (values) => districtTarget(values.districtCode),
    show: (record, staff, view) =>
      view === 'single' && mayReadPersonalData(staff.role) ? record : maskHome(record),
    checkValues: (values) => requireRuleSettings(parts.rules, values.rules),
    isPersonal: true,
  });
}
