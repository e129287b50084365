// Schemas of telemetry: charts, the activity raster, export, and what is known of the writer.

import { Type } from 'typebox';
import { UNSEEN_REASONS } from '#api/unseen.ts';
import { digits, nullableNumber, nullableText, oneOf, pageQuery } from './fields.ts';

/** A chart wider than that has more points than any screen has pixels. */
export const POINTS = { default: 500, max: 2_000 } as const;
const STRICT = { additionalProperties: false } as const;
const SPAN = {
  from: Type.String({ ...digits, description: 'Begin, ms UTC' }),
  to: Type.String({ ...digits, description: 'End, ms UTC, exclusive' }),
};
const KINDS = Type.Optional(
  Type.String({ maxLength: 2_000, description: 'Kinds, comma-separated; default: all that may be seen' }),
);

export const telemetryQuery = Type.Object(
  {
    ...SPAN,
    kinds: KINDS,
    points: Type.Optional(
      Type.String({ pattern: '^[0-9]{1,4}$', description: '10–2000 per series, default 500' }),
    ),
    resolution: Type.Optional(Type.String({ ...digits, description: 'Least width of a point, ms' })),
  },
  STRICT,
);

const NUMBER_OR_NULL = nullableNumber();
export const telemetryAnswer = Type.Object({
  fromMs: Type.Number(),
  toMs: Type.Number(),
  stepMs: Type.Number(),
  series: Type.Array(
    Type.Object({
      gatewayId: Type.String(),
      deviceId: Type.String({ description: 'Empty: the gateway itself' }),
      kind: Type.String(),
      part: oneOf(['value', 'systolic', 'diastolic', 'latitude', 'longitude']),
      room: nullableText(),
      points: Type.Array(Type.Array(NUMBER_OR_NULL), {
        description: '[atMs, count, min, max, mean, last]; ON is 1, OFF is 0, texts are only counted',
      }),
    }),
  ),
  withheld: Type.Array(Type.String(), { description: 'Kinds that need a claim to be seen' }),
  writtenUntilMs: Type.Number({ description: 'What was received later is not in here yet' }),
});

export const activityQuery = Type.Object(
  { ...SPAN, step: Type.String({ ...digits, description: 'Width of a cell, ms; 60000 at least' }) },
  STRICT,
);

export const activityAnswer = Type.Object({
  fromMs: Type.Number(),
  toMs: Type.Number(),
  stepMs: Type.Number(),
  rooms: Type.Array(
    Type.Object({
      room: nullableText(),
      counts: Type.Array(Type.Integer(), { description: 'Signs of life per cell' }),
      noData: Type.Array(Type.Boolean(), { description: 'Nobody could have told: not the same as quiet' }),
    }),
  ),
  unseen: Type.Array(
    Type.Object({
      fromMs: Type.Number(),
      toMs: Type.Number(),
      reason: oneOf(UNSEEN_REASONS),
      gatewayId: nullableText(),
      deviceId: nullableText(),
    }),
  ),
  writtenUntilMs: Type.Number(),
});

export const exportQuery = Type.Object(
  { from: Type.Optional(SPAN.from), to: Type.Optional(SPAN.to), format: Type.Optional(oneOf(['csv', 'lp'])) },
  STRICT,
);

export const erasureAnswer = Type.Object({
  state: oneOf(['erased', 'pending', 'hidden']),
});

export const telemetryStatus = Type.Object({
  store: nullableText(),
  isReachable: Type.Boolean(),
  problem: nullableText(),
  cursor: Type.Number({ description: 'Offset in the log up to which everything is stored' }),
  writtenUntilMs: Type.Number(),
  behindEntries: Type.Number(),
  behindMs: Type.Number(),
  counts: Type.Object({ written: Type.Number(), refused: Type.Number(), shedEntries: Type.Number() }),
  pendingErasures: Type.Number(),
});

export const refusedReadingsQuery = Type.Object(
  { before: Type.Optional(digits), limit: pageQuery.limit },
  STRICT,
);

export const refusedReadings = Type.Object({
  items: Type.Array(
    Type.Object({
      id: Type.Integer(),
      atMs: Type.Number(),
      offset: Type.Number(),
      gatewayId: Type.String(),
      deviceId: Type.String(),
      kind: Type.String(),
      reason: Type.String(),
    }),
  ),
  count: Type.Number({ description: 'All since the store is in use; only the newest are kept' }),
});
