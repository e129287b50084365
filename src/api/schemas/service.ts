// Schemas of what the service says about itself: refused frames, rules, health.

import { Type } from 'typebox';
import { digits, nullableText, oneOf, pageQuery } from './fields.ts';
import { ruleSettings } from './registry.ts';

export const inspectorQuery = Type.Object(
  {
    gateway: Type.Optional(Type.String({ maxLength: 64 })),
    reason: Type.Optional(Type.String({ maxLength: 64 })),
    before: Type.Optional(digits),
    limit: pageQuery.limit,
  },
  { additionalProperties: false },
);

export const inspectorAnswer = Type.Object({
  items: Type.Array(
    Type.Object({
      id: Type.Integer(),
      atMs: Type.Number(),
      gatewayId: nullableText(),
      source: oneOf(['mqtt', 'http']),
      topic: Type.String(),
      reason: Type.String(),
      detail: Type.String(),
      payloadText: Type.String({ description: 'As UTF-8; what is not UTF-8 shows as U+FFFD' }),
      payloadBase64: Type.String(),
      payloadBytes: Type.Integer({ description: 'Length as received; only the first bytes are kept' }),
    }),
  ),
  counters: Type.Record(Type.String(), Type.Integer(), { description: 'Reason → frames since the start' }),
});

export const rulesAnswer = Type.Array(
  Type.Object({
    id: Type.String(),
    title: Type.String(),
    priority: Type.Integer(),
    parameters: Type.Array(
      Type.Object({
        name: Type.String(),
        unit: Type.String(),
        default: Type.Number(),
        min: Type.Number(),
        max: Type.Number(),
        meaning: Type.String(),
        source: Type.String(),
      }),
    ),
  }),
);

export const profilesAnswer = Type.Array(
  Type.Object({ name: Type.String(), title: Type.String(), source: Type.String(), rules: ruleSettings }),
);

export const health = Type.Object({
  status: oneOf(['ok', 'failing']),
  checks: Type.Record(Type.String(), Type.Boolean()),
  degraded: Type.Optional(Type.Array(Type.String(), { description: 'Lags, while alarms work' })),
});
