// Who is asking: the session cookie → the member of staff. Runs before anything else of a request under
// /api/v1; then the table of access. Changes from another site are refused (`Sec-Fetch-Site`, beside
// SameSite=Strict).

import type { FastifyRequest } from 'fastify';
import type { Registry, StaffRecord } from '#registry/registry.ts';
import { accessOf, mayUse } from './authorize.ts';
import type { ApiServer } from './context.ts';
import { Problem } from './errors.ts';

export const SESSION_COOKIE = 'shouwang_session';

export interface Caller {
  readonly staff: StaffRecord;
  readonly sessionId: string;
}

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | null;
  }
}

const SAFE_METHODS: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];
/** `none`: typed or opened by the user; absent: not a browser, which no foreign page can drive. */
const OWN_SITES: readonly unknown[] = ['same-origin', 'none', undefined];

export function installAuthentication(app: ApiServer, registry: Registry): void {
  app.decorateRequest('caller', null);
  app.addHook('onRoute', (route) => {
    for (const method of [route.method].flat()) accessOf(method, route.url);
  });
  app.addHook('onRequest', async (request) => {
    if (!SAFE_METHODS.includes(request.method) && !OWN_SITES.includes(request.headers['sec-fetch-site'])) {
      throw new Problem('cross-site');
    }
    // Unknown routes answer 404 to everybody; they have nothing to protect.
    if (request.is404) return;
    const access = accessOf(request.method, request.routeOptions.url ?? '');
    if (access === 'public') return;
    request.caller = await authenticate(registry, request);
    if (!request.caller) throw new Problem('unauthenticated');
    if (!mayUse(access, request.caller.staff.role)) throw new Problem('forbidden');
  });
}

async function authenticate(registry: Registry, request: FastifyRequest): Promise<Caller | null> {
  const sessionId = request.cookies[SESSION_COOKIE];
  if (!sessionId) return null;
  const session = await registry.session(sessionId);
  return session && { staff: session.staff, sessionId };
}

/** The caller of a route that is not public. */
export function callerOf(request: FastifyRequest): Caller {
  if (!request.caller) throw new Problem('unauthenticated');
  return request.caller;
}
