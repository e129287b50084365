// Contacts: whom to call for a home, in which order. Of no concern to the core, so no revision grows.
// Listed home by home in calling order, because that is how they are used.

import { type SqlBool, sql } from 'kysely';
import type { ContactRecord, NewContact, Registry } from '#registry/registry.ts';
import { type Changes, requireFree, requireRow } from './changes.ts';
import { requireHome } from './homes.ts';
import { cursorOf, followingInHome, inArea, matching, rowsToRead, toListing } from './paging.ts';
import type { MakeId } from './public-id.ts';
import type { ContactTable, Database, Tx } from './schema.ts';
import { checkBoolean, checkInteger, checkOptionalText, checkText, merged } from './validate.ts';

/** Nobody calls a hundredth contact. */
const CALLING_ORDER = { min: 1, max: 100 };

export function contactCollection(db: Database, changes: Changes, makeId: MakeId): Registry['contacts'] {
  const present = async (tx: Tx, id: string) => requireRow(await readContact(tx, id), `contact ${id}`);
  return {
    async list(page, filter) {
      const rows = await db
        .selectFrom('contacts')
        .innerJoin('homes', 'homes.home_id', 'contacts.home_id')
        .selectAll('contacts')
        .select('homes.district_code')
        .where(inArea('homes.district_code', page.scope))
        .where(matching('contacts.home_id', filter.homeId))
        .where(followingInHome(page.after, (key) => sql<SqlBool>`contacts.call_order > ${Number(key)}`))
        .orderBy('homes.district_code')
        .orderBy('homes.home_id')
        .orderBy('contacts.call_order')
        .limit(rowsToRead(page))
        .execute();
      return toListing(page, rows, {
        record: toContact,
        cursor: (row) => cursorOf(row.district_code, row.home_id, row.call_order),
      });
    },
    get: (contactId) => readContact(db, contactId),
    async create(record) {
      checkContact(record);
      const contact = { ...record, contactId: makeId() };
      return changes.run(
        async ({ tx }) => {
          await requireHome(tx, contact.homeId);
          await requireFreeOrder(tx, contact);
          await tx.insertInto('contacts').values(toRow(contact)).execute();
        },
        (tx) => present(tx, contact.contactId),
      );
    },
    async update(contactId, wanted) {
      return changes.run(
        async ({ tx }) => {
          const contact = { ...merged<NewContact>(await present(tx, contactId), wanted), contactId };
          checkContact(contact);
          await requireHome(tx, contact.homeId);
          await requireFreeOrder(tx, contact);
          await tx.updateTable('contacts').set(toRow(contact)).where('contact_id', '=', contactId).execute();
        },
        (tx) => present(tx, contactId),
      );
    },
    async remove(contactId) {
      await changes.run(
        async ({ tx }) => {
          await present(tx, contactId);
          await tx.deleteFrom('contacts').where('contact_id', '=', contactId).execute();
        },
        async () => undefined,
      );
    },
  };
}

async function readContact(db: Database | Tx, contactId: string): Promise<ContactRecord | null> {
  const row = await db
    .selectFrom('contacts')
    .selectAll()
    .where('contact_id', '=', contactId)
    .executeTakeFirst();
  return row === undefined ? null : toContact(row);
}

async function requireFreeOrder(tx: Tx, contact: ContactRecord): Promise<void> {
  const other = await tx
    .selectFrom('contacts')
    .select('contact_id')
    .where('home_id', '=', contact.homeId)
    .where('call_order', '=', contact.order)
    .where('contact_id', '!=', contact.contactId)
    .executeTakeFirst();
  requireFree(other, `calling order ${contact.order} of home ${contact.homeId}`);
}

function checkContact(contact: NewContact): void {
  checkInteger('order', contact.order, CALLING_ORDER);
  checkText('name', contact.name);
  checkText('relation', contact.relation);
  checkText('phone', contact.phone);
  checkOptionalText('availability', contact.availability);
  checkBoolean('canVisit', contact.canVisit);
}

function toRow(contact: ContactRecord): ContactTable {
  const { name, relation, phone, availability } = contact;
  return {
    contact_id: contact.contactId,
    home_id: contact.homeId,
    call_order: contact.order,
    ...{ name, relation, phone, availability },
    can_visit: contact.canVisit ? 1 : 0,
  };
}

function toContact(row: ContactTable): ContactRecord {
  const { name, relation, phone, availability } = row;
  return {
    contactId: row.contact_id,
    homeId: row.home_id,
    order: row.call_order,
    ...{ name, relation, phone, availability },
    canVisit: row.can_visit === 1,
  };
}
