// Goal: the registry over HTTP: create, read, list, change, remove each kind of record; personal data masked
// in lists and for those who do not maintain it; every look and change on record; secrets shown once.

import type { InjectOptions } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ELSEWHERE, WEST_LAKE } from '../support/alerts.ts';
import { type ApiUnderTest, COUNTY, openApiUnderTest, PASSWORD, type Person } from '../support/api.ts';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await openApiUnderTest();
});
afterAll(() => api.close());

async function ask(person: Person, method: InjectOptions['method'] & string, url: string, payload?: object) {
  const answer = await api.as(person, {
    method: method as 'GET',
    url: `/api/v1${url}`,
    ...(payload && { payload }),
  });
  return { status: answer.statusCode, body: answer.body === '' ? null : answer.json() };
}

const HOME = {
  ...{ districtCode: WEST_LAKE, status: 'ACTIVE', livingType: 'EMPTY_NEST', timezone: 'Asia/Shanghai' },
  address: { grid: 'G3', street: '体育场路', building: '1', unit: null, room: '101' },
  access: { keySafe: null, doorCode: '42', keyholder: null },
  rules: { inactivity: { dayMs: 7_200_000 } },
};

describe('the life of a record', () => {
  it.each<[string, object, object, (body: Record<string, unknown>) => string]>([
    [
      'districts',
      { code: '330106009000', name: '新街道', level: 'town' },
      { name: '新新街道' },
      (b) => String(b['code']),
    ],
    ['homes', HOME, { status: 'SUSPENDED' }, (b) => String(b['homeId'])],
    [
      'elders',
      {
        ...{
          homeId: 'h1',
          name: '赵',
          sex: 'M',
          birthYear: 1950,
          abilityLevel: 0,
          phone: null,
          languages: [],
        },
        ...{ risks: [], conditions: [], allergies: [], consentAtMs: null },
      },
      { abilityLevel: 2 },
      (b) => String(b['elderId']),
    ],
    [
      'contacts',
      {
        homeId: 'h1',
        order: 7,
        name: '钱',
        relation: 'friend',
        phone: '123456',
        availability: null,
        canVisit: false,
      },
      { canVisit: true },
      (b) => String(b['contactId']),
    ],
    [
      'devices',
      {
        ...{
          gatewayId: 'g1',
          deviceId: '门/磁 1',
          homeId: 'h1',
          kind: 'contact',
          room: 'hall',
          zone: 'entry',
        },
        ...{ supervision: '5h', model: null },
      },
      { room: 'corridor' },
      (b) => `${b['gatewayId']}/${b['deviceId']}`,
    ],
    [
      'staff',
      {
        login: 'new-one',
        name: '新人',
        role: 'operator',
        districtCode: COUNTY,
        isEnabled: true,
        password: PASSWORD,
      },
      { name: '老人' },
      (b) => String(b['staffId']),
    ],
  ])('%s', async (path, values, change, idOf) => {
    const { administrator } = api.people;
    const created = await ask(administrator, 'POST', `/${path}`, values);
    expect(created.status, JSON.stringify(created.body)).toBe(201);
    const { password: _password, ...shown } = values as Record<string, unknown>;
    expect(created.body).toMatchObject(shown);
    expect(JSON.stringify(created.body)).not.toContain(PASSWORD);
    const url = `/${path}/${encodeURIComponent(idOf(created.body))}`;
    expect(await ask(administrator, 'GET', url)).toEqual({ status: 200, body: created.body });
    const changed = await ask(administrator, 'PATCH', url, change);
    expect(changed).toMatchObject({ status: 200, body: { ...shown, ...change } });
    expect((await ask(administrator, 'PATCH', url, {})).status).toBe(400);
    expect(await ask(administrator, 'DELETE', url)).toEqual({ status: 204, body: null });
    expect((await ask(administrator, 'GET', url)).status).toBe(404);
    const { staffId } = administrator.staff;
    const actions = (await api.audit()).filter(
      (row) => row.staffId === staffId && row.subject.endsWith(idOf(created.body)),
    );
    expect(new Set(actions.map((row) => row.action))).toEqual(
      new Set([
        'create',
        'change',
        'remove',
        ...(['homes', 'elders', 'contacts'].includes(path) ? ['read'] : []),
      ]),
    );
    expect(JSON.stringify(actions)).not.toContain('体育场路');
  });

  it('lists by page', async () => {
    const { root } = api.people;
    const first = await ask(root, 'GET', '/homes?limit=1');
    expect(first.body.items).toMatchObject([{ homeId: 'h1' }]);
    const second = await ask(root, 'GET', `/homes?limit=1&after=${encodeURIComponent(first.body.next)}`);
    expect(second.body).toMatchObject({ items: [{ homeId: 'h2' }], next: null });
  });

  it('filters and refuses a filter it does not know', async () => {
    const { root } = api.people;
    expect((await ask(root, 'GET', '/devices?gatewayId=g2')).body.items).toHaveLength(1);
    expect((await ask(root, 'GET', `/homes?districtCode=${ELSEWHERE}`)).body.items).toMatchObject([
      { homeId: 'h2' },
    ]);
    expect((await ask(root, 'GET', '/devices?colour=red')).status).toBe(400);
  });
});

describe('personal data', () => {
  it('is masked in every list, whoever asks, and the look is on record', async () => {
    for (const person of [api.people.operator, api.people.root]) {
      const homes = await ask(person, 'GET', '/homes');
      const elders = await ask(person, 'GET', '/elders?homeId=h1');
      const contacts = await ask(person, 'GET', '/contacts?homeId=h1');
      const text = JSON.stringify([homes, elders, contacts]);
      for (const secret of ['秀英', '13812341234', '13900001111', '7788', '501', 'diabetes']) {
        expect(text).not.toContain(secret);
      }
      expect(elders.body.items[0].name).toBe('张**');
      const rows = (await api.audit()).filter(
        (row) => row.staffId === person.staff.staffId && row.action === 'list',
      );
      expect(new Set(rows.map((row) => row.subject))).toEqual(new Set(['contact:*', 'elder:*', 'home:*']));
    }
  });

  it('is masked for an operator and clear for a supervisor, one record at a time', async () => {
    const url = `/elders/${api.elderIds.here}`;
    expect((await ask(api.people.operator, 'GET', url)).body).toMatchObject({
      name: '张**',
      phone: '138****1234',
    });
    expect((await ask(api.people.supervisor, 'GET', url)).body).toMatchObject({
      name: '张秀英',
      phone: '13812341234',
    });
    const rows = (await api.audit()).filter((row) => row.subject === `elder:${api.elderIds.here}`);
    expect(rows.map((row) => [row.staffId, row.detail])).toEqual(
      expect.arrayContaining([
        [api.people.operator.staff.staffId, 'masked'],
        [api.people.supervisor.staff.staffId, 'in clear'],
      ]),
    );
  });

  it('shows an integrator where a home is, not which door', async () => {
    const { body } = await ask(api.people.integrator, 'GET', '/homes/h1');
    expect(body.address).toEqual({ grid: null, street: '文三路', building: null, unit: null, room: null });
    expect(body.access.doorCode).toBeNull();
  });
});

describe('gateways', () => {
  const gateway = {
    ...{ gatewayId: 'g-new', districtCode: WEST_LAKE, homeId: 'h1', format: 'native', supervision: '90s' },
    ...{ model: null, isEnabled: true },
  };
  const check = (secret: string): boolean => {
    const entry = api.registry.directory.gateway('g-new');
    return entry !== undefined && api.registry.directory.verifySecret(entry, Buffer.from(secret));
  };

  it('get a secret at creation, another by rotation, and keep the old one until it is retired', async () => {
    const { integrator } = api.people;
    const created = await ask(integrator, 'POST', '/gateways', gateway);
    expect(created).toMatchObject({ status: 201, body: { gateway } });
    const first = String(created.body.secret);
    expect(first.length).toBeGreaterThanOrEqual(22);
    expect(check(first)).toBe(true);
    const rotated = await ask(integrator, 'POST', '/gateways/g-new/secret');
    expect(rotated.status).toBe(201);
    expect([check(first), check(rotated.body.secret)]).toEqual([true, true]);
    expect((await ask(integrator, 'DELETE', '/gateways/g-new/old-secret')).status).toBe(204);
    expect([check(first), check(rotated.body.secret)]).toEqual([false, true]);
    const shown = await ask(integrator, 'GET', '/gateways/g-new');
    expect(shown.body).not.toHaveProperty('secret');
    const rows = JSON.stringify(await api.audit());
    expect(rows).toContain('secret-issued');
    expect(rows).not.toContain(first);
    expect(rows).not.toContain(rotated.body.secret);
  });

  it('cannot be moved to a home or district that is not yours', async () => {
    const { administrator } = api.people;
    for (const change of [{ homeId: 'h2' }, { districtCode: ELSEWHERE }]) {
      expect(await ask(administrator, 'PATCH', '/gateways/g1', change)).toMatchObject({
        status: 422,
        body: { code: 'missing-parent' },
      });
    }
  });
});

describe('staff', () => {
  const member = { login: 'x', name: 'x', role: 'operator', isEnabled: true, password: PASSWORD };

  it('of a district cannot make somebody who sees more', async () => {
    for (const districtCode of [null, '330100000000', ELSEWHERE]) {
      const answer = await ask(api.people.administrator, 'POST', '/staff', { ...member, districtCode });
      expect(answer).toMatchObject({ status: 422, body: { code: 'missing-parent' } });
    }
    const own = `/staff/${api.people.operator.staff.staffId}`;
    expect((await ask(api.people.administrator, 'PATCH', own, { districtCode: null })).status).toBe(422);
  });

  it('cannot end their own account', async () => {
    const { administrator } = api.people;
    const url = `/staff/${administrator.staff.staffId}`;
    for (const change of [{ isEnabled: false }, { role: 'operator' }]) {
      expect((await ask(administrator, 'PATCH', url, change)).body.code).toBe('own-account');
    }
    expect((await ask(administrator, 'DELETE', url)).body.code).toBe('own-account');
    expect((await ask(administrator, 'PATCH', url, { name: 'Me' })).status).toBe(200);
  });

  it('are out at once when disabled', async () => {
    const { administrator, supervisor } = api.people;
    const url = `/staff/${supervisor.staff.staffId}`;
    expect((await ask(administrator, 'PATCH', url, { isEnabled: false })).status).toBe(200);
    expect((await ask(supervisor, 'GET', '/session')).status).toBe(401);
  });
});

describe('inspector', () => {
  it('shows refused frames of the own gateways, newest first, with counters', async () => {
    const frame = (id: number, gatewayId: string | null) => ({
      ...{ id, atMs: id, gatewayId, source: 'mqtt' as const, topic: 't', reason: 'bad-json', detail: 'd' },
      ...{ payload: Uint8Array.from([0x7b, 0xff]), payloadBytes: 900 },
    });
    api.refused.push(frame(1, 'g1'), frame(2, 'g2'), frame(3, null), frame(4, 'nobody'), frame(5, 'g1'));
    const mine = await ask(api.people.integrator, 'GET', '/inspector?limit=2');
    expect(mine.body.items.map((item: { id: number }) => item.id)).toEqual([5, 1]);
    expect(mine.body.items[0]).toEqual({
      ...{ id: 5, atMs: 5, gatewayId: 'g1', source: 'mqtt', topic: 't', reason: 'bad-json', detail: 'd' },
      ...{ payloadText: '{\ufffd', payloadBase64: 'e/8=', payloadBytes: 900 },
    });
    expect(mine.body.counters).toEqual({ 'unknown-topic': 2 });
    const all = await ask(api.people.root, 'GET', '/inspector');
    expect(all.body.items.map((item: { id: number }) => item.id)).toEqual([5, 4, 3, 2, 1]);
    const older = await ask(api.people.root, 'GET', '/inspector?before=4&gateway=g2&reason=bad-json');
    expect(older.body.items.map((item: { id: number }) => item.id)).toEqual([2]);
  });
});
