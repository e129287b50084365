// /session: log in, who am I, log out. Every attempt is on record; guessing gets slower and slower
// (login-limits.ts). A right password always costs the same time as a wrong one or an unknown login.

import type { FastifyReply, FastifyRequest } from 'fastify';
import { callerOf, SESSION_COOKIE } from '#api/authenticate.ts';
import type { ApiParts, ApiServer } from '#api/context.ts';
import { Problem } from '#api/errors.ts';
import { createLoginLimits, type LoginLimits } from '#api/login-limits.ts';
import { noContent } from '#api/schemas/fields.ts';
import { credentials, sessionAnswer } from '#api/schemas/session.ts';
import type { StaffRecord } from '#registry/registry.ts';

/** Hashing takes 0.15 s, two at a time: more waiting than this would only wait in vain. */
const ATTEMPTS_WAITING_MAX = 32;

export function sessionRoutes(app: ApiServer, parts: ApiParts): void {
  const { registry, hub, options } = parts;
  const limits = createLoginLimits();
  const attempt = createAttempt(parts, limits);
  const tags = ['session'];

  app.post(
    '/session',
    { schema: { tags, body: credentials, response: { 201: sessionAnswer } } },
    async (request, reply) => {
      const staff = await attempt(request.body, request.ip);
      const sessionId = await registry.openSession(staff.staffId, options.sessionTtlMs);
      setCookie(request, reply, { value: sessionId, maxAgeSeconds: Math.floor(options.sessionTtlMs / 1000) });
      reply.code(201);
      return { staff };
    },
  );

  app.get('/session', { schema: { tags, response: { 200: sessionAnswer } } }, async (request) => ({
    staff: callerOf(request).staff,
  }));

  app.delete('/session', { schema: { tags, response: { 204: noContent } } }, async (request, reply) => {
    const sessionId = request.cookies[SESSION_COOKIE];
    if (sessionId) {
      const session = await registry.session(sessionId);
      await registry.closeSession(sessionId);
      hub.dropSession(sessionId);
      if (session) {
        const { staffId } = session.staff;
        await registry.audit({ staffId, action: 'logout', subject: `staff:${staffId}`, detail: '' });
      }
    }
    setCookie(request, reply, { value: '', maxAgeSeconds: 0 });
    return reply.code(204).send();
  });
}

interface Credentials {
  readonly login: string;
  readonly password: string;
}

/** @throws Problem `too-many-attempts`, `wrong-credentials` */
function createAttempt(
  { registry }: ApiParts,
  limits: LoginLimits,
): (credentials: Credentials, address: string) => Promise<StaffRecord> {
  let waitingCount = 0;

  async function check({ login, password }: Credentials): Promise<StaffRecord | null> {
    waitingCount += 1;
    try {
      return await registry.authenticateStaff(login, password);
    } finally {
      waitingCount -= 1;
    }
  }

  return async (given, address) => {
    if (waitingCount >= ATTEMPTS_WAITING_MAX) throw tooMany(1_000);
    const waitMs = limits.begin(given.login, address);
    if (waitMs > 0) throw tooMany(waitMs);
    const staff = await check(given);
    const detail = `from ${address}`;
    if (!staff) {
      await registry.audit({
        staffId: null,
        action: 'login-failed',
        subject: loginSubject(given.login),
        detail,
      });
      throw new Problem('wrong-credentials');
    }
    limits.succeeded(given.login, address);
    const { staffId } = staff;
    await registry.audit({ staffId, action: 'login', subject: `staff:${staffId}`, detail });
    return staff;
  };
}

function tooMany(waitMs: number): Problem {
  return new Problem('too-many-attempts', undefined, { retryAfterSeconds: Math.ceil(waitMs / 1000) });
}

/** People type passwords into the wrong field: only what looks like a login is kept. */
function loginSubject(login: string): string {
  return /^[A-Za-z0-9._-]{1,32}$/.test(login) ? `login:${login.toLowerCase()}` : 'login:(not a login)';
}

interface CookieValue {
  readonly value: string;
  readonly maxAgeSeconds: number;
}

function setCookie(
  request: FastifyRequest,
  reply: FastifyReply,
  { value, maxAgeSeconds }: CookieValue,
): void {
  reply.setCookie(SESSION_COOKIE, value, {
    httpOnly: true,
    sameSite: 'strict',
    path: '/',
    secure: request.protocol === 'https',
    maxAge: maxAgeSeconds,
  });
}
