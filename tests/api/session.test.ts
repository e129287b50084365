// Goal: only staff get in, guessing is slow, nobody is locked out, all of it is on record.

import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type ApiUnderTest, openApiUnderTest, PASSWORD } from '../support/api.ts';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await openApiUnderTest({ trustProxy: true });
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => api.close());

function logIn(login: string, password: string, headers: Record<string, string> = {}) {
  return api.as(null, { method: 'POST', url: '/api/v1/session', payload: { login, password }, headers });
}

describe('logging in', () => {
  it('gives a session by cookie and nothing else', async () => {
    const answer = await logIn('Operator', PASSWORD);
    expect(answer.statusCode).toBe(201);
    const { staff } = api.people.operator;
    const { isEnabled: _isEnabled, ...shown } = staff;
    expect(answer.json()).toEqual({ staff: shown });
    const [cookie] = answer.cookies;
    expect(cookie).toMatchObject({ name: 'shouwang_session', httpOnly: true, sameSite: 'Strict', path: '/' });
    expect(cookie?.['secure']).toBeUndefined();
    expect(cookie?.['maxAge']).toBe(12 * 3600);
    const me = await api.as(null, {
      method: 'GET',
      url: '/api/v1/session',
      headers: { cookie: `shouwang_session=${cookie?.value}` },
    });
    expect(me.json()).toEqual({ staff: shown });
  });

  it('marks the cookie Secure when the request came by https', async () => {
    const answer = await logIn('operator', PASSWORD, { 'x-forwarded-proto': 'https' });
    expect(answer.cookies[0]?.['secure']).toBe(true);
  });

  it.each([
    ['wrong password', 'supervisor', 'wrong password here'],
    ['unknown login', 'nobody', PASSWORD],
  ])('answers a %s alike', async (_what, login, password) => {
    const answer = await logIn(login, password, { 'x-forwarded-for': '10.0.0.9' });
    expect(answer.statusCode).toBe(401);
    expect(answer.json().code).toBe('wrong-credentials');
    expect(answer.cookies).toEqual([]);
  });

  it('is on record, without what looks like a password in the wrong field', async () => {
    await logIn('my secret pass phrase!', 'x', { 'x-forwarded-for': '10.0.0.8' });
    const rows = (await api.audit()).map(({ action, subject, detail }) => [action, subject, detail]);
    expect(rows).toContainEqual(['login', `staff:${api.people.operator.staff.staffId}`, 'from 127.0.0.1']);
    expect(rows).toContainEqual(['login-failed', 'login:supervisor', 'from 10.0.0.9']);
    expect(rows).toContainEqual(['login-failed', 'login:(not a login)', 'from 10.0.0.8']);
    expect(JSON.stringify(rows)).not.toContain('secret pass');
  });

  it('makes a guesser wait, also with the right password, and nobody else', async () => {
    const attacker = { 'x-forwarded-for': '10.6.6.6' };
    // Time stands still: on a busy machine the wait of a second would be over before the next guess is looked at.
    vi.spyOn(performance, 'now').mockReturnValue(Math.ceil(performance.now()));
    for (let i = 0; i < 5; i += 1)
      expect((await logIn('integrator', 'a wrong guess', attacker)).statusCode).toBe(401);
    const limited = await logIn('integrator', PASSWORD, attacker);
    expect(limited.statusCode).toBe(429);
    expect(limited.json()).toMatchObject({ code: 'too-many-attempts', retryAfterSeconds: 1 });
    expect(limited.headers['retry-after']).toBe('1');
    expect((await logIn('integrator', PASSWORD, { 'x-forwarded-for': '10.0.0.1' })).statusCode).toBe(201);
  });
});

/** A session of one minute, as a cookie. */
async function openMinute(): Promise<string> {
  const sessionId = await api.registry.openSession(api.people.operator.staff.staffId, 60_000);
  return `shouwang_session=${sessionId}`;
}

describe('a session', () => {
  it('ends at log-out, for good, and logging out twice is no error', async () => {
    const cookie = await openMinute();
    const get = () => api.as(null, { method: 'GET', url: '/api/v1/session', headers: { cookie } });
    expect((await get()).statusCode).toBe(200);
    for (let i = 0; i < 2; i += 1) {
      const out = await api.as(null, { method: 'DELETE', url: '/api/v1/session', headers: { cookie } });
      expect(out.statusCode).toBe(204);
      expect(out.cookies[0]).toMatchObject({ name: 'shouwang_session', value: '', maxAge: 0 });
    }
    expect((await get()).statusCode).toBe(401);
    expect((await api.audit()).filter((row) => row.action === 'logout')).toHaveLength(1);
  });

  it('ends by time', async () => {
    const cookie = await openMinute();
    const get = () => api.as(null, { method: 'GET', url: '/api/v1/session', headers: { cookie } });
    api.clock.ms += 59_000;
    expect((await get()).statusCode).toBe(200);
    api.clock.ms += 2_000;
    expect((await get()).statusCode).toBe(401);
  });

  it.each(['', 'shouwang_session=', 'shouwang_session=guess', 'other=1'])('is not "%s"', async (cookie) => {
    const answer = await api.as(null, { method: 'GET', url: '/api/v1/session', headers: { cookie } });
    expect(answer.statusCode).toBe(401);
  });
});
