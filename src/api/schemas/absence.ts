// Schemas of a home's state: is anybody in, and was an absence declared.

import { Type } from 'typebox';
import { GAPS, PRESENCES } from '#core/model/home-state.ts';
import { nullableNumber, nullableText, oneOf } from './fields.ts';

const absence = Type.Object({
  untilMs: Type.Number(),
  declaredAtMs: Type.Number(),
  staffId: Type.String(),
  note: nullableText(),
});

export const homeState = Type.Object({
  presence: oneOf(PRESENCES),
  awaySinceMs: nullableNumber(),
  lastActivityAtMs: nullableNumber(),
  absence: Type.Union([absence, Type.Null()]),
  gaps: Type.Array(oneOf(GAPS), {
    description:
      'What no working sensor watches. way-out: neither a contact nor motion at the entry, so that ' +
      'whoever goes out is not noticed and their silence rings; night: neither bedroom nor bathroom.',
  }),
});

export const homeStateAnswer = Type.Object({ state: homeState });

export const absenceBody = Type.Object(
  {
    untilMs: Type.Integer({ minimum: 0, description: 'End, ms since 1970; in the future, at most 90 days' }),
    /** The log keeps it for good. */
    note: Type.Optional(Type.String({ minLength: 1, maxLength: 500, description: 'Where to, how to reach' })),
  },
  { additionalProperties: false },
);
