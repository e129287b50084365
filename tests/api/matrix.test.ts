// Goal: nobody reaches what is not theirs. Method: every route of the table × every role × an object inside
// and outside the caller's district; what is expected is derived from the table and from the scope, not from
// the code.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessOf, ROUTE_ACCESS, type RouteKey } from '#api/authorize.ts';
import { ROLES, type Role } from '#registry/registry.ts';
import { ELSEWHERE, WEST_LAKE } from '../support/alerts.ts';
import { type ApiUnderTest, openApiUnderTest, UPGRADES } from '../support/api.ts';

type Where = 'here' | 'there';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await openApiUnderTest();
  api.runtime.raise({ id: 'h1~sos~1', homeId: 'h1', districtCode: WEST_LAKE });
  api.runtime.raise({ id: 'h2~sos~1', homeId: 'h2', districtCode: ELSEWHERE });
});
afterAll(() => api.close());

const DISTRICT = { here: WEST_LAKE, there: ELSEWHERE };
const HOME = { here: 'h1', there: 'h2' };
const GATEWAY = { here: 'g1', there: 'g2' };

/** Ids of the objects behind `:id`, by the collection in the path. */
function idOf(collection: string, where: Where): string {
  switch (collection) {
    case 'alerts':
      return `${HOME[where]}~sos~1`;
    case 'districts':
      return DISTRICT[where];
    case 'backtests':
      return where === 'here' ? 'bt-here' : 'bt-there';
    case 'elders':
      return api.elderIds[where];
    case 'contacts':
      return api.contactIds[where];
    case 'gateways':
      return GATEWAY[where];
    case 'devices':
      return `${GATEWAY[where]}/button 1`;
    case 'staff':
      return where === 'here' ? api.people.operator.staff.staffId : api.people.root.staff.staffId;
    default:
      return HOME[where];
  }
}

/**
 * A body that the schema takes and the registry or core then refuses (taken, in use, lost claim, no such
 * time zone), so that the matrix changes nothing: what is tested is who gets that far.
 */
function bodyOf(key: RouteKey, where: Where): object | undefined {
  const home = {
    ...{
      districtCode: DISTRICT[where],
      status: 'ACTIVE',
      livingType: 'SOLITARY',
      timezone: 'No/Where',
      rules: {},
    },
    address: { grid: null, street: 's', building: null, unit: null, room: null },
    access: { keySafe: null, doorCode: null, keyholder: null },
  };
  const bodies: Partial<Record<RouteKey, object>> = {
    'POST /api/v1/alerts/:id/release': { token: 999 },
    'POST /api/v1/alerts/:id/acknowledge': { token: 999 },
    'POST /api/v1/alerts/:id/notes': { text: 'x' },
    'POST /api/v1/alerts/:id/close': { token: 999, code: 'DUPLICATE', detail: 'duplicate' },
    'POST /api/v1/homes/:id/absence': { untilMs: 0 },
    'POST /api/v1/backtests': { rules: {}, homes: [HOME[where]], from: 0, to: 1 },
    'POST /api/v1/districts': { code: DISTRICT[where], name: 'again', level: 'community' },
    'PATCH /api/v1/districts/:id': { name: 'renamed' },
    'POST /api/v1/homes': home,
    'PATCH /api/v1/homes/:id': { timezone: 'No/Where' },
    'POST /api/v1/elders': {
      ...{ homeId: HOME[where], name: 'x', sex: 'F', birthYear: 1940, abilityLevel: 0, phone: 'no digits' },
      ...{ languages: [' '], risks: [], conditions: [], allergies: [], consentAtMs: null },
    },
    'PATCH /api/v1/elders/:id': { languages: [' '] },
    'POST /api/v1/contacts': {
      ...{
        homeId: HOME[where],
        order: 1,
        name: 'x',
        relation: 'x',
        phone: '1',
        availability: null,
        canVisit: true,
      },
    },
    'PATCH /api/v1/contacts/:id': { relation: ' ' },
    'POST /api/v1/gateways': {
      ...{ gatewayId: GATEWAY[where], districtCode: DISTRICT[where], homeId: HOME[where], format: 'native' },
      ...{ supervision: '90s', model: null, isEnabled: true },
    },
    'PATCH /api/v1/gateways/:id': { model: ' ' },
    'POST /api/v1/devices': {
      ...{ gatewayId: GATEWAY[where], deviceId: 'button 1', homeId: HOME[where], kind: 'button', room: 'x' },
      ...{ zone: 'other', supervision: 'none', model: null },
    },
    'PATCH /api/v1/devices/:id': { room: ' ' },
    'POST /api/v1/staff': {
      ...{ login: 'operator', name: 'x', role: 'operator', districtCode: DISTRICT[where], isEnabled: true },
      password: 'short',
    },
    'PATCH /api/v1/staff/:id': { password: 'short' },
  };
  return bodies[key];
}

/** What a route cannot do without. */
const QUERIES: Partial<Record<RouteKey, string>> = {
  'GET /api/v1/homes/:id/telemetry': '?from=0&to=86400000',
  'GET /api/v1/homes/:id/activity': '?from=0&to=86400000&step=3600000',
};

/** Routes that would change something whatever the body: only asked where they must not get through. */
const DESTRUCTIVE: readonly string[] = [
  'DELETE /api/v1/elders/:id',
  'DELETE /api/v1/contacts/:id',
  'DELETE /api/v1/devices/:id',
  'DELETE /api/v1/gateways/:id',
  'DELETE /api/v1/staff/:id',
  'DELETE /api/v1/backtests/:id',
];

const CASES = (Object.keys(ROUTE_ACCESS) as RouteKey[])
  // Public routes and upgrades have tests of their own.
  .filter((key) => ROUTE_ACCESS[key] !== 'public' && !UPGRADES.includes(key))
  .flatMap((key) => ROLES.map((role) => [key, role] as const));

async function ask(key: RouteKey, role: Role | null, where: Where) {
  const [method, path] = key.split(' ') as ['GET', string];
  const id = encodeURIComponent(idOf(path.split('/')[3] ?? '', where));
  const payload = bodyOf(key, where);
  const person = role === null ? null : api.people[role];
  return api.as(person, {
    method,
    url: path.replace(':id', id) + (QUERIES[key] ?? ''),
    ...(payload && { payload }),
  });
}

describe('every route × every role × inside and outside the district', () => {
  it.each(CASES)('%s as %s', async (key, role) => {
    const isAllowed = (ROUTE_ACCESS[key] as readonly Role[]).includes(role);
    const hasObject = key.includes(':id');
    const pointsElsewhere = key.startsWith('POST') && !hasObject;
    if (!isAllowed) {
      expect((await ask(key, role, 'here')).statusCode).toBe(403);
      expect((await ask(key, role, 'there')).statusCode).toBe(403);
      return;
    }
    if (!DESTRUCTIVE.includes(key)) {
      const answer = await ask(key, role, 'here');
      expect([200, 201, 202, 204, 409, 422], answer.body).toContain(answer.statusCode);
      expect(answer.body).not.toContain('missing-parent');
    }
    const deniedBefore = (await denied()).length;
    const foreign = await ask(key, role, 'there');
    if (hasObject) {
      expect(foreign.statusCode).toBe(404);
      expect(await denied()).toHaveLength(deniedBefore + 1);
    } else if (pointsElsewhere) {
      expect(foreign.json()).toMatchObject({ status: 422, code: 'missing-parent' });
      expect(await denied()).toHaveLength(deniedBefore + 1);
    } else {
      expect(foreign.statusCode).toBe(200);
      const text = foreign.body;
      for (const secret of ['"h2"', '"g2"', ELSEWHERE, 'h2~sos']) expect(text).not.toContain(secret);
    }
  });

  it.each(CASES.filter(([, role]) => role === 'operator').map(([key]) => key))(
    '%s without a session',
    async (key) => {
      const answer = await ask(key, null, 'here');
      expect(answer.statusCode).toBe(401);
      expect(answer.json().code).toBe('unauthenticated');
    },
  );

  it('says the same of a foreign object and of none', async () => {
    const foreign = await api.as(api.people.operator, { method: 'GET', url: '/api/v1/homes/h2/card' });
    const none = await api.as(api.people.operator, { method: 'GET', url: '/api/v1/homes/h9/card' });
    expect(foreign.body).toBe(none.body);
    expect(foreign.statusCode).toBe(none.statusCode);
  });
});

async function denied() {
  const rows = await api.registry.auditTrail({ scope: null, after: null, limit: 200 }, {});
  const all = [...rows.items];
  let { next } = rows;
  while (next !== null) {
    const more = await api.registry.auditTrail({ scope: null, after: next, limit: 200 }, {});
    all.push(...more.items);
    next = more.next;
  }
  return all.filter((row) => row.action === 'denied');
}

describe('the table of access', () => {
  it('refuses a route that nobody decided about', () => {
    expect(() => accessOf('GET', '/api/v1/secrets')).toThrow(/not in the table/);
    expect(() => accessOf('GET', 'toString')).toThrow(/not in the table/);
  });

  it('has no entry without a route', async () => {
    for (const key of Object.keys(ROUTE_ACCESS)) {
      const [method, url] = key.split(' ') as ['GET', string];
      if (!UPGRADES.includes(key)) expect(api.app.hasRoute({ method, url }), key).toBe(true);
    }
  });
});
