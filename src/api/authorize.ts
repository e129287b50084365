// Who may do what: one visible table, route → roles. A route that is not in it does not start
// (`requireListed`), so none can be forgotten. Districts are a second question, asked of every object
// (scope.ts).

import type { Role } from '#registry/registry.ts';

/** Answer alarms. */
const DESK = ['operator', 'supervisor', 'administrator'] as const;
/** Maintain what we know of homes and elders. */
const CARE = ['supervisor', 'administrator'] as const;
/** Connect gateways and devices; needs no personal data. */
const FIELD = ['supervisor', 'integrator', 'administrator'] as const;
const SECRETS = ['integrator', 'administrator'] as const;
const ADMIN = ['administrator'] as const;
const EVERYBODY = ['operator', 'supervisor', 'integrator', 'administrator'] as const;

export type Access = readonly Role[] | 'public';

export const ROUTE_ACCESS = {
  'POST /api/v1/session': 'public',
  'GET /api/v1/session': EVERYBODY,
  'DELETE /api/v1/session': 'public',

  'GET /api/v1/desk': DESK,
  'GET /api/v1/alerts': DESK,
  'GET /api/v1/alerts/:id': DESK,
  'GET /api/v1/alerts/:id/history': DESK,
  'POST /api/v1/alerts/:id/claim': DESK,
  'POST /api/v1/alerts/:id/release': DESK,
  'POST /api/v1/alerts/:id/acknowledge': DESK,
  'POST /api/v1/alerts/:id/notes': DESK,
  'POST /api/v1/alerts/:id/close': DESK,
  'GET /api/v1/homes/:id/card': DESK,
  'GET /api/v1/homes/:id/drift': DESK,
  'POST /api/v1/homes/:id/absence': DESK,
  'DELETE /api/v1/homes/:id/absence': DESK,

  'GET /api/v1/homes/:id/telemetry': DESK,
  'GET /api/v1/homes/:id/telemetry/live': DESK,
  'GET /api/v1/homes/:id/activity': DESK,
  'GET /api/v1/homes/:id/telemetry/export': CARE,
  'DELETE /api/v1/homes/:id/telemetry': ADMIN,
  'GET /api/v1/elders/:id/export': CARE,
  'GET /api/v1/telemetry': FIELD,
  'GET /api/v1/inspector/telemetry': FIELD,

  'GET /api/v1/districts': EVERYBODY,
  'GET /api/v1/districts/:id': EVERYBODY,
  'POST /api/v1/districts': ADMIN,
  'PATCH /api/v1/districts/:id': ADMIN,
  'DELETE /api/v1/districts/:id': ADMIN,

  'GET /api/v1/homes': EVERYBODY,
  'GET /api/v1/homes/:id': EVERYBODY,
  'POST /api/v1/homes': CARE,
  'PATCH /api/v1/homes/:id': CARE,
  'DELETE /api/v1/homes/:id': CARE,

  'GET /api/v1/elders': DESK,
  'GET /api/v1/elders/:id': DESK,
  'POST /api/v1/elders': CARE,
  'PATCH /api/v1/elders/:id': CARE,
  'DELETE /api/v1/elders/:id': CARE,

  'GET /api/v1/contacts': DESK,
  'GET /api/v1/contacts/:id': DESK,
  'POST /api/v1/contacts': CARE,
  'PATCH /api/v1/contacts/:id': CARE,
  'DELETE /api/v1/contacts/:id': CARE,

  'GET /api/v1/gateways': EVERYBODY,
  'GET /api/v1/gateways/:id': EVERYBODY,
  'POST /api/v1/gateways': SECRETS,
  'PATCH /api/v1/gateways/:id': FIELD,
  'DELETE /api/v1/gateways/:id': FIELD,
  'POST /api/v1/gateways/:id/secret': SECRETS,
  'DELETE /api/v1/gateways/:id/old-secret': SECRETS,

  'GET /api/v1/devices': EVERYBODY,
  'GET /api/v1/devices/:id': EVERYBODY,
  'POST /api/v1/devices': FIELD,
  'PATCH /api/v1/devices/:id': FIELD,
  'DELETE /api/v1/devices/:id': FIELD,

  'GET /api/v1/staff': DESK,
  'GET /api/v1/staff/:id': DESK,
  'POST /api/v1/staff': ADMIN,
  'PATCH /api/v1/staff/:id': ADMIN,
  'DELETE /api/v1/staff/:id': ADMIN,

  'POST /api/v1/backtests': CARE,
  'GET /api/v1/backtests': CARE,
  'GET /api/v1/backtests/:id': CARE,
  'DELETE /api/v1/backtests/:id': CARE,

  'GET /api/v1/inspector': FIELD,
  'GET /api/v1/rules': EVERYBODY,
  'GET /api/v1/profiles': EVERYBODY,
} as const satisfies Record<string, Access>;

export type RouteKey = keyof typeof ROUTE_ACCESS;

/** @throws Error for a route that nobody decided about. */
export function accessOf(method: string, url: string): Access {
  const key = `${method === 'HEAD' ? 'GET' : method} ${url}`;
  if (!Object.hasOwn(ROUTE_ACCESS, key))
    throw new Error(`${key} is not in the table of access (authorize.ts)`);
  return ROUTE_ACCESS[key as RouteKey];
}

export function mayUse(access: Access, role: Role): boolean {
  return access === 'public' || access.includes(role);
}

/** Sees a single record of personal data in clear; everybody else, and every list, gets it masked. */
export function mayReadPersonalData(role: Role): boolean {
  return (CARE as readonly Role[]).includes(role);
}
