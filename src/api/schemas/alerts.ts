// Schemas of alerts, their history, and the commands of staff.

import { Type } from 'typebox';
import { ALERT_KINDS } from '#core/model/alert.ts';
import { OUTCOMES } from '#core/model/command.ts';
import { digits, nullableNumber, nullableText, oneOf, pageQuery } from './fields.ts';

export const HANDLINGS = ['raised', 'claimed', 'in-progress', 'closed'] as const;

const ALERT_CHANGES = [
  ...['raised', 'repeated', 'cleared', 'returned', 'escalated', 'claimed', 'renewed', 'released'],
  ...['lease-lost', 'acknowledged', 'noted', 'closed', 'restored'],
] as const;

const claim = Type.Object({
  staffId: Type.String(),
  token: Type.Integer(),
  atMs: Type.Number(),
  expiresAtMs: Type.Number(),
});
const outcome = Type.Object({ code: Type.String(), detail: Type.String() });

const writtenNote = Type.Object({
  atMs: Type.Number(),
  staffId: nullableText(),
  text: Type.String(),
  key: Type.Optional(Type.String({ description: 'Idempotency key of the request that wrote it' })),
});

export const alert = Type.Object({
  id: Type.String(),
  kind: oneOf(ALERT_KINDS),
  rule: Type.String(),
  priority: Type.Integer({ minimum: 1, maximum: 5 }),
  homeId: nullableText(),
  districtCode: Type.String(),
  gatewayId: nullableText(),
  deviceId: nullableText(),
  room: nullableText(),
  condition: oneOf(['active', 'cleared']),
  handling: oneOf(HANDLINGS),
  raisedAtMs: Type.Number(),
  updatedAtMs: Type.Number(),
  clearedAtMs: nullableNumber(),
  closedAtMs: nullableNumber(),
  lateByMs: Type.Number(),
  causeCount: Type.Integer(),
  escalationLevel: Type.Integer(),
  claim: Type.Union([claim, Type.Null()]),
  notes: Type.Array(writtenNote),
  outcome: Type.Union([outcome, Type.Null()]),
  closedBy: nullableText(),
  explanation: Type.Object({ code: Type.String(), params: Type.Object({}, { additionalProperties: true }) }),
  version: Type.Integer(),
});

export const alertAnswer = Type.Object({ alert });

export const alertEffect = Type.Object({
  type: oneOf(['alert']),
  change: oneOf(ALERT_CHANGES),
  alert,
  offset: Type.Integer(),
  index: Type.Integer(),
  atMs: Type.Number(),
});
export const alertHistory = Type.Object({ items: Type.Array(alertEffect) });

function commaList(values: readonly string[]) {
  const one = `(${values.join('|')})`;
  return Type.String({
    pattern: `^${one}(,${one})*$`,
    maxLength: 500,
    description: `Of ${values.join(', ')}`,
  });
}

export const alertQuery = Type.Object(
  {
    ...pageQuery,
    handling: Type.Optional(commaList(HANDLINGS)),
    kind: Type.Optional(commaList(ALERT_KINDS)),
    home: Type.Optional(Type.String({ maxLength: 64 })),
    from: Type.Optional(digits),
    until: Type.Optional(digits),
  },
  { additionalProperties: false },
);

export const commandHeaders = Type.Object({
  'idempotency-key': Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
});

const STRICT = { additionalProperties: false } as const;
const token = Type.Integer({ minimum: 0, description: 'Fencing token: `claim.token` of the alert' });
/** Shift notes are sentences; the log keeps them for good. */
const note = Type.String({ minLength: 1, maxLength: 2_000 });

export const tokenBody = Type.Object({ token }, STRICT);
export const noteBody = Type.Object({ text: note }, STRICT);
export const closeBody = Type.Object(
  {
    token,
    code: Type.String({ maxLength: 64, description: `Of ${Object.keys(OUTCOMES).join(', ')}` }),
    detail: Type.String({ maxLength: 64 }),
    note: Type.Optional(Type.Union([note, Type.Null()])),
  },
  STRICT,
);
