// Goal: the weeks of a home are told as the core has them, and the look is on record. Who may ask is matrix.test.ts.

import { expect, it } from 'vitest';
import { openApiUnderTest } from '../support/api.ts';

it('answers the weeks of the core, and leaves a row', async () => {
  const api = await openApiUnderTest();
  const week = { endsAtMs: 1, seenDays: 6.9, sleep: 480, activity: 90, 'night-toilet': 1.5, outings: 4 };
  const { home } = (await api.registry.homes.get('h1'))!;
  api.runtime.weeks.set(home, [week]);
  const ask = (id: string) =>
    api.as(api.people.operator, { method: 'GET', url: `/api/v1/homes/${id}/drift` });
  expect((await ask('h1')).json()).toEqual({ weeks: [week] });
  const [row] = await api.audit();
  expect(row).toMatchObject({ action: 'drift', subject: 'home:h1' });
  expect((await ask('h-nobody')).statusCode).toBe(404);
  await api.close();
});
