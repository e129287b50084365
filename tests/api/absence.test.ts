// Goal: an absence is declared and taken back by whoever may, once, on record, and seen on the card. What the core
// makes of it is tests/scenarios/absence.test.ts; the whole way is tests/e2e/absence.test.ts.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EPOCH_MS, WEST_LAKE } from '../support/alerts.ts';
import {
  type ApiUnderTest,
  openApiUnderTest,
  openSeededRegistry,
  type SeededRegistry,
} from '../support/api.ts';

const UNTIL_MS = EPOCH_MS + 86_400_000;

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

const declare = (payload: object, headers: Record<string, string> = {}) =>
  api.as(api.people.operator, { method: 'POST', url: '/api/v1/homes/h1/absence', payload, headers });
const card = () => api.as(api.people.operator, { method: 'GET', url: '/api/v1/homes/h1/card' });

describe('declaring an absence', () => {
  it('gives the core a command with the name of who said so, and answers what the core knows then', async () => {
    const answer = await declare({ untilMs: UNTIL_MS, note: '在女儿家' });
    const { staffId } = api.people.operator.staff;
    const absence = { untilMs: UNTIL_MS, declaredAtMs: EPOCH_MS, staffId, note: '在女儿家' };
    expect(answer.statusCode).toBe(200);
    expect(answer.json().state).toMatchObject({ presence: 'away', absence });
    const { home } = (await api.registry.homes.get('h1'))!;
    expect(api.runtime.homeCommands).toEqual([
      { action: 'declare-away', home, staffId, untilMs: UNTIL_MS, note: '在女儿家' },
    ]);
    const [row] = await api.audit();
    expect(row).toMatchObject({ action: 'declare-away', subject: 'home:h1', staffId });
    expect(row!.detail).toBe(`until ${new Date(UNTIL_MS).toISOString()}`);
  });

  it('is done once for one idempotency key', async () => {
    const headers = { 'idempotency-key': 'k1' };
    const first = await declare({ untilMs: UNTIL_MS }, headers);
    const again = await declare({ untilMs: UNTIL_MS }, headers);
    expect(again.body).toBe(first.body);
    expect(api.runtime.homeCommands).toHaveLength(1);
    expect((await declare({ untilMs: UNTIL_MS + 1 }, headers)).json().code).toBe('key-reused');
  });

  it('is refused with the reason of the core, and then not on record', async () => {
    const before = await api.audit();
    const answer = await declare({ untilMs: EPOCH_MS - 1 });
    expect(answer.json()).toMatchObject({ status: 422, code: 'bad-absence-end' });
    expect(await api.audit()).toEqual(before);
  });

  it.each([
    [{}],
    [{ untilMs: 'tomorrow' }],
    [{ untilMs: 1.5 }],
    [{ untilMs: UNTIL_MS, extra: 1 }],
    [{ untilMs: UNTIL_MS, note: '' }],
  ])('does not take %j', async (payload) => {
    expect((await declare(payload)).json().code).toBe('invalid-input');
    expect(api.runtime.homeCommands).toEqual([]);
  });
});

describe('taking it back', () => {
  it('is a command and on record', async () => {
    const answer = await api.as(api.people.operator, { method: 'DELETE', url: '/api/v1/homes/h1/absence' });
    expect(answer.json().state).toMatchObject({ presence: 'home', absence: null });
    expect(api.runtime.homeCommands).toMatchObject([{ action: 'declare-back' }]);
    expect((await api.audit())[0]).toMatchObject({ action: 'declare-back', subject: 'home:h1' });
  });
});

describe('the card', () => {
  it('says that nothing is known before anything is', async () => {
    expect((await card()).json().state).toEqual({
      ...{ presence: 'unknown', awaySinceMs: null, lastActivityAtMs: null, absence: null, gaps: [] },
    });
  });

  it('shows until when they are out, and where to only to who holds an alert of the home', async () => {
    await declare({ untilMs: UNTIL_MS, note: '在女儿家' });
    expect((await card()).json().state.absence).toMatchObject({ untilMs: UNTIL_MS, note: null });
    api.runtime.raise({ id: 'h1~sos~1', homeId: 'h1', districtCode: WEST_LAKE });
    await api.as(api.people.operator, { method: 'POST', url: '/api/v1/alerts/h1~sos~1/claim' });
    expect((await card()).json().state.absence.note).toBe('在女儿家');
  });
});
