// Goal: the public surface changes on purpose only. Method: the generated OpenAPI document against the kept
// one. After an intended change: UPDATE_OPENAPI=1 vitest run tests/api/openapi.test.ts, format it (biome),
// read the diff.

import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ROUTE_ACCESS } from '#api/authorize.ts';
import { type ApiUnderTest, openApiUnderTest, UPGRADES } from '../support/api.ts';

const KEPT = new URL('./openapi.json', import.meta.url);

let api: ApiUnderTest;
beforeAll(async () => {
  api = await openApiUnderTest();
  await api.app.ready();
});
afterAll(() => api.close());

it('is the document that is kept', () => {
  const made: unknown = JSON.parse(JSON.stringify(api.app.swagger()));
  if (process.env['UPDATE_OPENAPI'] === '1') writeFileSync(KEPT, `${JSON.stringify(made, null, 2)}\n`);
  expect(made).toEqual(JSON.parse(readFileSync(KEPT, 'utf8')));
});

it('describes every route of the table but the upgrades', async () => {
  const { paths } = (await api.as(null, { method: 'GET', url: '/docs/json' })).json();
  const described = Object.entries(paths as Record<string, object>).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
  );
  const expected = Object.keys(ROUTE_ACCESS).filter((key) => !UPGRADES.includes(key));
  expect(described.filter((key) => key.includes('/api/')).sort()).toEqual(expected.sort());
});
