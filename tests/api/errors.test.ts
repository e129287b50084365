// Goal: integrators can rely on the error codes. Method: the catalogue and docs/errors.md are compared both
// ways, and each way a request can fail before or inside a route is tried.

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROBLEMS } from '#api/errors.ts';
import { WEST_LAKE } from '../support/alerts.ts';
import { type ApiUnderTest, openApiUnderTest } from '../support/api.ts';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await openApiUnderTest();
  api.runtime.raise({ id: 'h1~sos~1', homeId: 'h1', districtCode: WEST_LAKE });
});
afterAll(() => api.close());

describe('the catalogue', () => {
  it('is what docs/errors.md says, both ways', () => {
    const page = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');
    const rows = [...page.matchAll(/^\| `([a-z0-9-]+)` \| (\d{3}) \| ([^|]+) \|/gm)];
    const documented = Object.fromEntries(
      rows.map(([, code, status, title]) => [code, `${status} ${title}`]),
    );
    const catalogue = Object.fromEntries(
      Object.entries(PROBLEMS).map(([code, { status, title }]) => [code, `${status} ${title}`]),
    );
    expect(documented).toEqual(catalogue);
    expect(rows).toHaveLength(Object.keys(PROBLEMS).length);
  });
});

describe('every failure is a problem', () => {
  const json = { 'content-type': 'application/json' };
  it.each([
    ['unknown route', { method: 'GET', url: '/api/v1/nothing' }, 404, 'not-found'],
    ['unknown page', { method: 'GET', url: '/nothing' }, 404, 'not-found'],
    ['wrong method', { method: 'PUT', url: '/api/v1/alerts' }, 404, 'not-found'],
    ['unknown object', { method: 'GET', url: '/api/v1/homes/h9' }, 404, 'not-found'],
    [
      'broken JSON',
      { method: 'POST', url: '/api/v1/homes', headers: json, payload: '{"a":' },
      400,
      'malformed-request',
    ],
    [
      'prototype poisoning',
      { method: 'POST', url: '/api/v1/homes', headers: json, payload: '{"__proto__":{"a":1}}' },
      400,
      'malformed-request',
    ],
    ['bad path', { method: 'GET', url: '/api/v1/homes/%zz' }, 400, 'malformed-request'],
    [
      'unknown field',
      { method: 'PATCH', url: '/api/v1/homes/h1', payload: { colour: 'red' } },
      400,
      'invalid-input',
    ],
    [
      'wrong type',
      { method: 'PATCH', url: '/api/v1/homes/h1', payload: { timezone: 8 } },
      400,
      'invalid-input',
    ],
    ['unknown query', { method: 'GET', url: '/api/v1/alerts?colour=red' }, 400, 'invalid-input'],
    ['limit over 200', { method: 'GET', url: '/api/v1/homes?limit=201' }, 400, 'invalid-input'],
    [
      'other content',
      { method: 'POST', url: '/api/v1/homes', headers: { 'content-type': 'text/xml' }, payload: '<a/>' },
      415,
      'unsupported-media-type',
    ],
    [
      'too large',
      { method: 'POST', url: '/api/v1/homes', payload: { a: 'x'.repeat(70_000) } },
      413,
      'too-large',
    ],
    [
      'rule of the registry',
      { method: 'PATCH', url: '/api/v1/homes/h1', payload: { timezone: 'No/Where' } },
      422,
      'invalid-record',
    ],
    [
      'foreign site',
      { method: 'DELETE', url: '/api/v1/homes/h1', headers: { 'sec-fetch-site': 'cross-site' } },
      403,
      'cross-site',
    ],
    [
      'same site, other origin',
      { method: 'DELETE', url: '/api/v1/session', headers: { 'sec-fetch-site': 'same-site' } },
      403,
      'cross-site',
    ],
  ] as const)('%s', async (_what, request, status, code) => {
    const answer = await api.as(api.people.supervisor, request);
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.json()).toMatchObject({ type: `https://shouwang.dev/errors/${code}`, status, code });
  });

  it('takes changes from the own console and from what is no browser', async () => {
    for (const site of ['same-origin', 'none', undefined]) {
      const answer = await api.as(api.people.operator, {
        method: 'POST',
        url: '/api/v1/alerts/h1~sos~1/notes',
        payload: { text: 'x' },
        headers: site === undefined ? {} : { 'sec-fetch-site': site },
      });
      expect(answer.statusCode).toBe(200);
    }
  });

  it('names the field of a schema error', async () => {
    const answer = await api.as(api.people.supervisor, {
      method: 'PATCH',
      url: '/api/v1/homes/h1',
      payload: { timezone: 8 },
    });
    expect(answer.json()).toMatchObject({
      part: 'body',
      errors: [{ at: '/timezone', message: 'must be string' }],
    });
  });

  it('tells nothing of what broke inside, and logs it', async () => {
    api.runtime.failNext(new Error('SQLITE_IOERR at /var/lib/secret-place'));
    const answer = await api.as(api.people.operator, {
      method: 'POST',
      url: '/api/v1/alerts/h1~sos~1/notes',
      payload: { text: 'x' },
    });
    expect(answer.json()).toEqual({
      type: 'https://shouwang.dev/errors/internal',
      title: PROBLEMS.internal.title,
      status: 500,
      code: 'internal',
      detail: PROBLEMS.internal.title,
    });
    expect(api.logLines.join('')).toContain('SQLITE_IOERR');
  });
});

describe('headers', () => {
  it('carry a strict policy on API and console, and one that lets the docs page work', async () => {
    const answer = await api.as(null, { method: 'GET', url: '/health/live' });
    const policy = String(answer.headers['content-security-policy']);
    for (const part of [
      "default-src 'self'",
      "script-src 'self'",
      "style-src 'self'",
      "connect-src 'self'",
      "frame-ancestors 'none'",
    ]) {
      expect(policy.split(';')).toContain(part);
    }
    expect(policy).not.toContain('unsafe');
    const docs = await api.as(null, { method: 'GET', url: '/docs' });
    expect(docs.statusCode).toBe(200);
    expect(docs.body).not.toMatch(/<script(?![^>]* src=)/);
    expect(docs.headers['content-security-policy']).toContain("script-src 'self';");
  });
});

describe('health', () => {
  it('is live, and ready only when every part is', async () => {
    expect((await api.as(null, { method: 'GET', url: '/health/live' })).json()).toEqual({
      status: 'ok',
      checks: {},
    });
    const ready = await api.as(null, { method: 'GET', url: '/health/ready' });
    expect([ready.statusCode, ready.json()]).toEqual([
      200,
      { status: 'ok', checks: { log: true, core: true }, degraded: [] },
    ]);
    api.readiness['log'] = false;
    const failing = await api.as(null, { method: 'GET', url: '/health/ready' });
    expect([failing.statusCode, failing.json()]).toEqual([
      503,
      { status: 'failing', checks: { log: false, core: true }, degraded: [] },
    ]);
    api.readiness['log'] = true;
  });
});
