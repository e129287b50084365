// /staff: who may log in. An administrator of a district manages the people of that district and gives nobody
// more than that; nobody locks themselves out.

import type { ApiParts, ApiServer } from '#api/context.ts';
import { Problem } from '#api/errors.ts';
import { newStaff, staff, staffChange } from '#api/schemas/registry.ts';
import type { NewStaff, StaffRecord } from '#registry/registry.ts';
import { collectionRoutes } from './collection-routes.ts';
import { districtTarget } from './parents.ts';

export function staffRoutes(app: ApiServer, parts: ApiParts): void {
  collectionRoutes(app, parts, {
    path: 'staff',
    noun: 'staff',
    collection: parts.registry.staff,
    schemas: { item: staff, create: newStaff, change: staffChange },
    filters: [],
    idOf: (record) => record.staffId,
    districtOf: async (record) => record.districtCode,
    targetsOf: async (values) => districtTarget(values.districtCode),
    isPersonal: false,
    checkChange: refuseOwnEnd,
  });
}

function refuseOwnEnd(record: StaffRecord, change: Partial<NewStaff> | 'remove', caller: StaffRecord): void {
  if (record.staffId !== caller.staffId) return;
  const isEnd =
    change === 'remove' || change.isEnabled === false || (change.role ?? record.role) !== record.role;
  if (isEnd) throw new Problem('own-account');
}
