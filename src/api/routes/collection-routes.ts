// The five routes of a registry collection (list, get, create, change, remove), the same for every resource:
// scope asked of every object and of everything a body points to, personal data masked, looks and changes on
// record. A resource says what is its own in a `Resource`; business rules are in the registry, not here.

import { type TSchema, Type } from 'typebox';
import { callerOf } from '#api/authenticate.ts';
import type { ApiParts, ApiServer } from '#api/context.ts';
import { Problem } from '#api/errors.ts';
import { idParams, limitOf, listing, noContent, pageQuery } from '#api/schemas/fields.ts';
import { requireInScope, type Subject } from '#api/scope.ts';
import type { Collection, Page, StaffRecord } from '#registry/registry.ts';

/** Something a record points to, and the district it lies in; null: all districts. */
export interface Target {
  readonly subject: Subject;
  readonly districtCode: string | null;
}

export interface Resource<T, New, Change, Filter extends object> {
  /** Plural, as in the path. */
  readonly path: string;
  /** Singular, as in audit subjects. */
  readonly noun: string;
  readonly collection: Collection<T, New, Change, Filter>;
  readonly schemas: { readonly item: TSchema; readonly create: TSchema; readonly change: TSchema };
  readonly filters: readonly (keyof Filter & string)[];
  idOf(record: T): string;
  /** District of a stored record; null: it belongs to all districts. */
  districtOf(record: T): Promise<string | null>;
  /** What new values point to. Left out when it does not exist: the registry then says `missing-parent`. */
  targetsOf(values: New | Change): Promise<readonly Target[]>;
  /** Defaults to the record itself: no personal data in it. */
  show?(record: T, staff: StaffRecord, view: 'list' | 'single'): T;
  /** Looks are audit rows. */
  readonly isPersonal: boolean;
  /** Last word before a change; throws a Problem. */
  checkChange?(record: T, change: Change | 'remove', staff: StaffRecord): void;
  /** Looks at new values before the registry does; throws a Problem. */
  checkValues?(values: New | Change): void;
  /** Answer of POST; defaults to the record. */
  readonly created?: { readonly schema: TSchema; answer(record: T): Promise<unknown> };
}

/** Reads the record `id` and makes sure that it is the caller's. */
export async function requireRecord<T, New, Change, Filter extends object>(
  { registry }: Pick<ApiParts, 'registry'>,
  resource: Resource<T, New, Change, Filter>,
  target: { readonly id: string; readonly staff: StaffRecord },
): Promise<T> {
  const record = await resource.collection.get(target.id);
  if (record === null) throw new Problem('not-found');
  await requireInScope(registry, target.staff, {
    districtCode: await resource.districtOf(record),
    subject: `${resource.noun}:${target.id}`,
    missing: 'not-found',
  });
  return record;
}

export function collectionRoutes<T, New, Change, Filter extends object>(
  app: ApiServer,
  parts: ApiParts,
  resource: Resource<T, New, Change, Filter>,
): void {
  listRoute(app, parts, resource);
  getRoute(app, parts, resource);
  createRoute(app, parts, resource);
  changeRoute(app, parts, resource);
  removeRoute(app, parts, resource);
}

type Register = <T, New, Change, Filter extends object>(
  app: ApiServer,
  parts: ApiParts,
  resource: Resource<T, New, Change, Filter>,
) => void;

const listRoute: Register = (app, { registry }, resource) => {
  const filters = resource.filters.map((name) => [name, Type.Optional(Type.String({ maxLength: 200 }))]);
  const querystring = Type.Object(
    { ...pageQuery, ...(Object.fromEntries(filters) as Record<string, TSchema>) },
    { additionalProperties: false },
  );
  const schema = { tags: [resource.path], querystring, response: { 200: listing(resource.schemas.item) } };
  app.get(`/${resource.path}`, { schema }, async (request) => {
    const { staff } = callerOf(request);
    const { after = null, limit, ...filter } = request.query as { after?: string; limit?: string };
    const page: Page = {
      scope: staff.districtCode,
      after,
      limit: limitOf(limit === undefined ? {} : { limit }),
    };
    const found = await resource.collection.list(
      page,
      filter as Parameters<typeof resource.collection.list>[1],
    );
    if (resource.isPersonal) {
      const detail = `${found.items.length} records, masked`;
      await registry.audit({ staffId: staff.staffId, action: 'list', subject: `${resource.noun}:*`, detail });
    }
    const items = found.items.map((record) => resource.show?.(record, staff, 'list') ?? record);
    return { items, next: found.next };
  });
};

const getRoute: Register = (app, parts, resource) => {
  const schema = { tags: [resource.path], params: idParams, response: { 200: resource.schemas.item } };
  app.get(`/${resource.path}/:id`, { schema }, async (request) => {
    const { staff } = callerOf(request);
    const { id } = request.params;
    const record = await requireRecord(parts, resource, { id, staff });
    const shown = resource.show?.(record, staff, 'single') ?? record;
    if (resource.isPersonal) {
      const detail = shown === record ? 'in clear' : 'masked';
      await parts.registry.audit({
        staffId: staff.staffId,
        action: 'read',
        subject: `${resource.noun}:${id}`,
        detail,
      });
    }
    return shown;
  });
};

const createRoute: Register = (app, { registry }, resource) => {
  const answerSchema = resource.created?.schema ?? resource.schemas.item;
  const schema = { tags: [resource.path], body: resource.schemas.create, response: { 201: answerSchema } };
  app.post(`/${resource.path}`, { schema }, async (request, reply) => {
    const { staff } = callerOf(request);
    const values = request.body as Parameters<typeof resource.collection.create>[0];
    resource.checkValues?.(values);
    await requireTargets(registry, resource, { values, staff });
    const record = await resource.collection.create(values);
    const subject = `${resource.noun}:${resource.idOf(record)}`;
    await registry.audit({ staffId: staff.staffId, action: 'create', subject, detail: fieldsOf(values) });
    reply.code(201);
    return resource.created ? resource.created.answer(record) : record;
  });
};

const changeRoute: Register = (app, parts, resource) => {
  const schema = {
    tags: [resource.path],
    params: idParams,
    body: resource.schemas.change,
    response: { 200: resource.schemas.item },
  };
  app.patch(`/${resource.path}/:id`, { schema }, async (request) => {
    const { staff } = callerOf(request);
    const { id } = request.params;
    const before = await requireRecord(parts, resource, { id, staff });
    const values = request.body as Parameters<typeof resource.collection.update>[1];
    resource.checkChange?.(before, values, staff);
    resource.checkValues?.(values);
    await requireTargets(parts.registry, resource, { values, staff });
    const record = await resource.collection.update(id, values);
    const subject = `${resource.noun}:${id}`;
    await parts.registry.audit({
      staffId: staff.staffId,
      action: 'change',
      subject,
      detail: fieldsOf(values),
    });
    return resource.show?.(record, staff, 'single') ?? record;
  });
};

const removeRoute: Register = (app, parts, resource) => {
  const schema = { tags: [resource.path], params: idParams, response: { 204: noContent } };
  app.delete(`/${resource.path}/:id`, { schema }, async (request, reply) => {
    const { staff } = callerOf(request);
    const { id } = request.params;
    const before = await requireRecord(parts, resource, { id, staff });
    resource.checkChange?.(before, 'remove', staff);
    await resource.collection.remove(id);
    const subject = `${resource.noun}:${id}`;
    await parts.registry.audit({ staffId: staff.staffId, action: 'remove', subject, detail: '' });
    return reply.code(204).send();
  });
};

/** A foreign parent answers like a missing one. */
async function requireTargets<T, New, Change, Filter extends object>(
  registry: ApiParts['registry'],
  resource: Resource<T, New, Change, Filter>,
  { values, staff }: { readonly values: New | Change; readonly staff: StaffRecord },
): Promise<void> {
  for (const target of await resource.targetsOf(values)) {
    await requireInScope(registry, staff, { ...target, missing: 'missing-parent' });
  }
}

/** Names of the fields, never their values: the audit trail is read by more people than the record. */
function fieldsOf(values: unknown): string {
  return Object.keys(values as object).join(', ');
}
