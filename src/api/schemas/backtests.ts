// Schemas of back-tests: what is asked, how far it is, what came out.

import { type TSchema, Type } from 'typebox';
import { ALERT_KINDS } from '#core/model/alert.ts';
import { districtCode, nullableNumber, nullableText, oneOf, publicId } from './fields.ts';

/** Named homes in one request; more is a district. */
const HOMES_MAX = 200;
const STRICT = { additionalProperties: false } as const;

const settings = Type.Record(Type.String(), Type.Record(Type.String(), Type.Number()), {
  description: 'Parameters by rule id (GET /rules); merged over the own settings of each home',
});

export const newBacktest = Type.Object(
  {
    rules: settings,
    homes: Type.Optional(Type.Array(publicId, { minItems: 1, maxItems: HOMES_MAX, uniqueItems: true })),
    districtCode: Type.Optional(districtCode),
    from: Type.Integer({ minimum: 0, description: 'ms since 1970' }),
    to: Type.Integer({ minimum: 0, description: 'ms since 1970, not included' }),
  },
  { ...STRICT, description: 'Either homes or districtCode' },
);

const STATES = ['queued', 'running', 'done', 'failed', 'cancelled'] as const;

/** Without the report, as in the list. */
const summary = {
  backtestId: Type.String(),
  state: oneOf(STATES),
  progress: Type.Number({ description: '0–1: share of the history that was read' }),
  rules: settings,
  homes: orNull(Type.Array(Type.String())),
  districtCode: nullableText(),
  from: Type.Integer(),
  to: Type.Integer(),
  staffId: Type.String(),
  requestedAtMs: Type.Number(),
  startedAtMs: nullableNumber(),
  endedAtMs: nullableNumber(),
  error: nullableText(),
};

const life = {
  alertId: Type.String(),
  homeId: Type.String(),
  rule: Type.String(),
  kind: oneOf(ALERT_KINDS),
  code: Type.String(),
  priority: Type.Integer(),
  deviceId: nullableText(),
  atMs: Type.Number(),
  endedAtMs: nullableNumber(),
};
const outcome = orNull(Type.Object({ code: Type.String(), detail: Type.String() }));
const counts = Type.Object({ raised: Type.Integer(), perThousandHomeDays: nullableNumber() });
const compared = { before: Type.Integer(), after: Type.Integer() };

const report = Type.Object({
  coveredFromMs: nullableNumber(),
  coveredUntilMs: nullableNumber(),
  isWholeLog: Type.Boolean({ description: 'The log has everything since the service was installed' }),
  assumedHomes: Type.Integer({ description: 'Homes whose roster before the retained log is taken as now' }),
  readEntries: Type.Integer(),
  steppedEntries: Type.Integer(),
  coreVersions: Type.Array(Type.String(), { description: 'That decided then; another one may differ' }),
  homes: Type.Integer({ description: 'Watched at some time in the window' }),
  leftOutHomes: Type.Integer({
    description: 'Had alerts, but ended or were suspended: the log is too short',
  }),
  homeDays: Type.Number(),
  before: counts,
  after: counts,
  falseBefore: Type.Integer({ description: 'Really raised, priority 1–3, closed as false' }),
  falseAfter: Type.Integer({ description: 'Of these, how many would still be raised' }),
  helpBefore: Type.Integer({ description: 'Really raised, priority 1–3, and help was needed' }),
  helpAfter: Type.Integer({ description: 'Of these, how many would still be raised: fewer is a warning' }),
  byRule: Type.Array(Type.Object({ rule: Type.String(), ...compared, both: Type.Integer() })),
  byHome: Type.Array(Type.Object({ homeId: Type.String(), homeDays: Type.Number(), ...compared })),
  wouldRaise: Type.Array(Type.Object(life)),
  wouldNotRaise: Type.Array(Type.Object({ ...life, outcome })),
  both: Type.Array(Type.Object({ ...life, outcome, wouldAtMs: Type.Number() })),
  listed: Type.Object({
    wouldRaise: Type.Integer(),
    wouldNotRaise: Type.Integer(),
    both: Type.Integer(),
  }),
});

export const backtestStarted = Type.Object({ backtestId: Type.String(), state: oneOf(STATES) });
export const backtest = Type.Object({ ...summary, report: orNull(report) });
export const backtestList = Type.Object({ items: Type.Array(Type.Object(summary)) });

function orNull<T extends TSchema>(schema: T) {
  return Type.Union([schema, Type.Null()]);
}
