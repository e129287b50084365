// What all schemas share: the type provider, ids, pages, problems. Schemas describe the wire and stay in this
// folder; routes map them to the ports' records.

import type { FastifyTypeProvider } from 'fastify';
import { type Static, type TSchema, Type } from 'typebox';

/**
 * Request types follow from the schemas. Answers are typed by the ports and checked when they are
 * serialised.
 */
export interface SchemaTypes extends FastifyTypeProvider {
  readonly validator: this['schema'] extends TSchema ? Static<this['schema']> : unknown;
  readonly serializer: unknown;
}

/** One of some texts; an OpenAPI `enum`. */
export function oneOf<const T extends readonly string[]>(values: T) {
  return Type.Unsafe<T[number]>({ type: 'string', enum: [...values] });
}

export function nullableText(maxLength = 1_000) {
  return Type.Unsafe<string | null>({ type: ['string', 'null'], maxLength });
}

export function nullableNumber() {
  return Type.Unsafe<number | null>({ type: ['number', 'null'] });
}

export const text = Type.String({ minLength: 1, maxLength: 1_000 });
export const id = Type.String({ minLength: 1, maxLength: 200 });
export const publicId = Type.String({ pattern: '^[A-Za-z0-9._:-]{1,64}$' });
export const districtCode = Type.String({ pattern: '^[0-9]{12}$', description: '12-digit district code' });
export const nullableDistrictCode = Type.Unsafe<string | null>({
  type: ['string', 'null'],
  pattern: '^[0-9]{12}$',
});

export const idParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 400 }) });

/** Numbers in a query are digits: nothing is coerced silently. */
export const digits = Type.String({ pattern: '^[0-9]{1,15}$' });
export const LIST_LIMIT = { default: 50, max: 200 } as const;
export const pageQuery = {
  after: Type.Optional(Type.String({ maxLength: 400, description: 'The `next` of the page before' })),
  limit: Type.Optional(
    Type.String({ pattern: '^([1-9][0-9]?|1[0-9][0-9]|200)$', description: '1–200, default 50' }),
  ),
};

export function limitOf(query: { readonly limit?: string }): number {
  return query.limit === undefined ? LIST_LIMIT.default : Number(query.limit);
}

export function listing<T extends TSchema>(item: T) {
  return Type.Object({ items: Type.Array(item), next: nullableText() });
}

/** Answers without a body. */
export const noContent = Type.Null({ description: 'Done' });

export const problem = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    code: Type.String({ description: 'See docs/errors.md' }),
    detail: Type.String(),
  },
  { $id: 'Problem', additionalProperties: true },
);
