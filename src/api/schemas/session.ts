// Schemas of logging in and out.

import { Type } from 'typebox';
import { ROLES } from '#registry/registry.ts';
import { nullableDistrictCode, oneOf } from './fields.ts';

export const credentials = Type.Object(
  {
    login: Type.String({ minLength: 1, maxLength: 64 }),
    // Longer than any person types; hashing a megabyte is somebody else's idea.
    password: Type.String({ minLength: 1, maxLength: 1_000 }),
  },
  { additionalProperties: false },
);

export const sessionAnswer = Type.Object({
  staff: Type.Object({
    staffId: Type.String(),
    login: Type.String(),
    name: Type.String(),
    role: oneOf(ROLES),
    districtCode: nullableDistrictCode,
  }),
});
