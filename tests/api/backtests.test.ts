// Goal: a back-test is asked for by who may, about homes that are theirs, on record; and refusals say why. What it
// answers is tests/e2e/backtest.test.ts; the districts of every route are in matrix.test.ts.

import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { WEST_LAKE } from '../support/alerts.ts';
import {
  type ApiUnderTest,
  openApiUnderTest,
  openSeededRegistry,
  type SeededRegistry,
} from '../support/api.ts';

let seeded: SeededRegistry;
let api: ApiUnderTest;
beforeAll(async () => {
  seeded = await openSeededRegistry();
});
beforeEach(async () => {
  api = await openApiUnderTest({}, seeded);
  return () => api.close();
});
afterAll(() => seeded.registry.close());

const ask = (body: object) =>
  api.as(api.people.supervisor, {
    method: 'POST',
    url: '/api/v1/backtests',
    payload: { rules: {}, from: 0, to: 86_400_000, ...body },
  });

it('answers 202 at once and leaves a row of what was asked', async () => {
  const answer = await ask({ districtCode: WEST_LAKE });
  expect(answer.statusCode).toBe(202);
  const { backtestId, state } = answer.json();
  expect(state).toBe('queued');
  const [row] = await api.audit();
  expect(row).toMatchObject({ action: 'backtest', subject: `backtest:${backtestId}` });
  expect(row!.detail).toBe(
    `district ${WEST_LAKE}, 1970-01-01T00:00:00.000Z to 1970-01-02T00:00:00.000Z, rules {}`,
  );
});

it.each([
  ['busy', 429, 'too-many-backtests'],
  ['no-homes', 422, 'missing-parent'],
  ['too-many-homes', 422, 'too-many-homes'],
  ['unavailable', 503, 'unavailable'],
] as const)('%s is said as %i %s', async (refusal, status, code) => {
  api.backtests.refuseNext(refusal);
  expect((await ask({ homes: ['h1'] })).json()).toMatchObject({ status, code });
});

it('says what is wrong with the settings', async () => {
  const answer = await ask({ homes: ['h1'], rules: { nonsense: { x: 1 } } });
  expect(answer.json()).toMatchObject({
    code: 'bad-rule-settings',
    problems: [{ rule: 'nonsense', parameter: null, problem: 'unknown-rule' }],
  });
});

it('takes homes or a district, not both, and a whole list only when all of it is the caller’s', async () => {
  expect((await ask({ homes: ['h1'], districtCode: WEST_LAKE })).json().code).toBe('invalid-input');
  expect((await ask({ homes: ['h1', 'h2'] })).json().code).toBe('missing-parent');
  expect((await ask({ homes: [] })).statusCode).toBe(400);
});

it('cancels', async () => {
  const url = '/api/v1/backtests/bt-here';
  expect((await api.as(api.people.supervisor, { method: 'DELETE', url })).statusCode).toBe(204);
  expect(api.backtests.cancelled).toEqual(['bt-here']);
  const [row] = await api.audit();
  expect(row).toMatchObject({ action: 'backtest-cancelled', subject: 'backtest:bt-here' });
});
