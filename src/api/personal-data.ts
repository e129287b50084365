// What of a record is shown to whom. Masked is the rule: every list, and every single record for those who do
// not maintain it. The card of a home opens by a claim (routes/card.ts). Nothing here is decided by the
// console.

import { maskAddress, maskName, maskPhone } from '#registry/masking.ts';
import type { ContactRecord, ElderRecord, HomeRecord } from '#registry/registry.ts';

export function maskHome(home: HomeRecord): HomeRecord {
  return {
    ...home,
    address: {
      grid: home.address.grid,
      street: maskAddress(home.address),
      building: null,
      unit: null,
      room: null,
    },
    access: { keySafe: null, doorCode: null, keyholder: null },
  };
}

/**
 * What an operator needs before a claim stays: age, abilities, risks. Illnesses are nobody's business until
 * then.
 */
export function maskElder(elder: ElderRecord): ElderRecord {
  return {
    ...elder,
    name: maskName(elder.name),
    phone: elder.phone === null ? null : maskPhone(elder.phone),
    conditions: [],
    allergies: [],
  };
}

export function maskContact(contact: ContactRecord): ContactRecord {
  return {
    ...contact,
    name: maskName(contact.name),
    phone: maskPhone(contact.phone),
    availability: null,
  };
}
