// /contacts: whom to call, in order. Personal data of people who agreed to help, masked like that of elders.

import { mayReadPersonalData } from '#api/authorize.ts';
import type { ApiParts, ApiServer } from '#api/context.ts';
import { maskContact } from '#api/personal-data.ts';
import { contact, contactChange, newContact } from '#api/schemas/registry.ts';
import { collectionRoutes } from './collection-routes.ts';
import { districtOfHome, homeTarget } from './parents.ts';

export function contactRoutes(app: ApiServer, parts: ApiParts): void {
  collectionRoutes(app, parts, {
    path: 'contacts',
    noun: 'contact',
    collection: parts.registry.contacts,
    schemas: { item: contact, create: newContact, change: contactChange },
    filters: ['homeId'],
    idOf: (record) => record.contactId,
    districtOf: (record) => districtOfHome(parts.registry, record.homeId),
    targetsOf: (values) => homeTarget(parts.registry, values.homeId),
    show: (record, staff, view) =>
      view === 'single' && mayReadPersonalData(staff.role) ? record : maskContact(record),
    isPersonal: true,
  });
}
