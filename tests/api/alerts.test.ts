// Goal: the queue, its past and the commands of staff over HTTP, as the contract says.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Alert } from '#core/model/alert.ts';
import { ELSEWHERE, EPOCH_MS, WEST_LAKE } from '../support/alerts.ts';
import {
  type ApiUnderTest,
  openApiUnderTest,
  openSeededRegistry,
  type Person,
  type SeededRegistry,
  seedPerson,
} from '../support/api.ts';

let api: ApiUnderTest;
let seeded: SeededRegistry;
beforeAll(async () => {
  seeded = await openSeededRegistry();
});
afterAll(() => seeded.registry.close());
beforeEach(async () => {
  api = await openApiUnderTest({}, seeded);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await api.close();
});

function raise(n: number, change: Partial<Alert> = {}): Alert {
  return api.runtime.raise({
    id: `h1~sos~${n}`,
    raisedAtMs: EPOCH_MS + n,
    districtCode: WEST_LAKE,
    ...change,
  });
}

async function get(url: string, person: Person = api.people.operator) {
  const answer = await api.as(person, { method: 'GET', url: `/api/v1${url}` });
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json();
}

function post(
  url: string,
  payload?: object,
  { person = api.people.operator, key }: { person?: Person; key?: string } = {},
) {
  const headers = key === undefined ? {} : { 'idempotency-key': key };
  return api.as(person, { method: 'POST', url: `/api/v1${url}`, headers, ...(payload && { payload }) });
}

describe('reading', () => {
  it('lists by page, newest first, with every field', async () => {
    const alerts = [1, 2, 3].map((n) => raise(n));
    raise(4, { districtCode: ELSEWHERE });
    const first = await get('/alerts?limit=2');
    expect(first).toEqual({ items: [alerts[2], alerts[1]], next: 'h1~sos~2' });
    expect(await get(`/alerts?limit=2&after=${encodeURIComponent(first.next)}`)).toEqual({
      items: [alerts[0]],
      next: null,
    });
  });

  it('filters', async () => {
    raise(1);
    raise(2, { kind: 'smoke', homeId: 'h7' });
    await post('/alerts/h1~sos~1/claim', {});
    const ids = async (query: string) =>
      (await get(`/alerts?${query}`)).items.map((alert: Alert) => alert.id);
    expect(await ids('handling=claimed,closed')).toEqual(['h1~sos~1']);
    expect(await ids('kind=smoke')).toEqual(['h1~sos~2']);
    expect(await ids('home=h7')).toEqual(['h1~sos~2']);
    expect(await ids(`from=${EPOCH_MS + 1}&until=${EPOCH_MS + 2}`)).toEqual(['h1~sos~1']);
    expect(
      (await api.as(api.people.operator, { method: 'GET', url: '/api/v1/alerts?handling=lost' })).statusCode,
    ).toBe(400);
  });

  it('gives one alert and its history', async () => {
    const alert = raise(1);
    const closed = await claimAndClose('h1~sos~1');
    const id = encodeURIComponent(alert.id);
    expect(await get(`/alerts/${id}`)).toEqual(closed);
    const { items } = await get(`/alerts/${id}/history`);
    expect(items.map((effect: { change: string }) => effect.change)).toEqual(['raised', 'claimed', 'closed']);
    expect(items[2]).toEqual({
      type: 'alert',
      change: 'closed',
      alert: closed,
      offset: 3,
      index: 0,
      atMs: EPOCH_MS,
    });
  });

  async function claimAndClose(id: string): Promise<Alert> {
    const token = (await post(`/alerts/${id}/claim`)).json().alert.claim.token;
    const body = { token, code: 'ASSISTED', detail: 'fall-lifted', note: 'she is fine' };
    return (await post(`/alerts/${id}/close`, body)).json().alert;
  }
});

describe('commands', () => {
  it('claim, acknowledge, note, release', async () => {
    raise(1);
    const claimed = await post('/alerts/h1~sos~1/claim', {});
    expect(claimed.statusCode).toBe(200);
    const { staffId } = api.people.operator.staff;
    const { token } = claimed.json().alert.claim;
    expect(claimed.json().alert).toMatchObject({ handling: 'claimed', claim: { staffId } });
    expect((await post('/alerts/h1~sos~1/acknowledge', { token })).json().alert.handling).toBe('in-progress');
    const noted = await post('/alerts/h1~sos~1/notes', { text: '已致电' });
    expect(noted.json().alert.notes).toEqual([{ atMs: EPOCH_MS, staffId, text: '已致电' }]);
    expect((await post('/alerts/h1~sos~1/release', { token })).json().alert).toMatchObject({
      handling: 'raised',
      claim: null,
    });
    expect(api.runtime.commands).toEqual([
      { action: 'claim', alertId: 'h1~sos~1', staffId },
      { action: 'acknowledge', alertId: 'h1~sos~1', staffId, token },
      { action: 'note', alertId: 'h1~sos~1', staffId, text: '已致电' },
      { action: 'release', alertId: 'h1~sos~1', staffId, token },
    ]);
  });

  it('tells the second claimant who was first', async () => {
    raise(1);
    await post('/alerts/h1~sos~1/claim');
    const second = await post('/alerts/h1~sos~1/claim', {}, { person: api.people.supervisor });
    expect(second.statusCode).toBe(409);
    expect(second.json()).toMatchObject({ code: 'held-by-other', heldBy: api.people.operator.staff.staffId });
  });

  it('refuses what the core refuses, by its name', async () => {
    raise(1);
    expect((await post('/alerts/h1~sos~1/release', { token: 1 })).json().code).toBe('not-claimed');
    const { token } = (await post('/alerts/h1~sos~1/claim')).json().alert.claim;
    expect((await post('/alerts/h1~sos~1/acknowledge', { token: token + 1 })).json().code).toBe('claim-lost');
    const closing = { token, code: 'ASSISTED', detail: 'fall-lifted' };
    expect((await post('/alerts/h1~sos~1/close', closing)).json().alert.outcome).toEqual({
      code: 'ASSISTED',
      detail: 'fall-lifted',
    });
    expect((await post('/alerts/h1~sos~1/claim')).json().code).toBe('already-closed');
    expect((await post('/alerts/nothing/claim')).json().code).toBe('no-such-alert');
  });

  it.each([
    ['ASSISTED', 'ambulance120'],
    ['toString', 'x'],
    ['', ''],
  ])('refuses the outcome %s/%s', async (code, detail) => {
    raise(1);
    const { token } = (await post('/alerts/h1~sos~1/claim')).json().alert.claim;
    const answer = await post('/alerts/h1~sos~1/close', { token, code, detail });
    expect([answer.statusCode, answer.json().code]).toEqual([422, 'bad-outcome']);
    expect(api.runtime.commands).toHaveLength(1);
  });

  it('reach an alert that the store does not have yet', async () => {
    raise(1);
    api.alerts.get = () => null;
    expect((await post('/alerts/h1~sos~1/claim')).statusCode).toBe(200);
  });

  it('happen once for one idempotency key', async () => {
    raise(1);
    const answers = await Promise.all([
      post('/alerts/h1~sos~1/notes', { text: 'x' }, { key: 'k1' }),
      post('/alerts/h1~sos~1/notes', { text: 'x' }, { key: 'k1' }),
    ]);
    expect(answers[0]?.body).toBe(answers[1]?.body);
    expect(api.runtime.commands).toHaveLength(1);
    const other = await post('/alerts/h1~sos~1/notes', { text: 'y' }, { key: 'k1' });
    expect([other.statusCode, other.json().code]).toEqual([422, 'key-reused']);
    await post('/alerts/h1~sos~1/notes', { text: 'x' }, { key: 'k1', person: api.people.supervisor });
    expect(api.runtime.commands).toHaveLength(2);
  });

  it('repeat a refusal for the same key', async () => {
    raise(1);
    await post('/alerts/h1~sos~1/claim', {}, { person: api.people.supervisor });
    for (let i = 0; i < 2; i += 1) {
      expect((await post('/alerts/h1~sos~1/claim', {}, { key: 'k' })).json().code).toBe('held-by-other');
    }
    expect(api.runtime.commands).toHaveLength(2);
  });
});

describe('the card of a home', () => {
  it('opens by a claim and closes with it; each look is on record', async () => {
    raise(1);
    raise(2, { homeId: 'h3' });
    const masked = await get('/homes/h1/card');
    expect(masked.masked).toBe(true);
    expect(masked.elders[0]).toMatchObject({
      name: '张**',
      phone: '138****1234',
      birthYear: 1944,
      risks: ['fall'],
    });
    expect(masked.contacts[0]).toMatchObject({ name: '王**', phone: '139****1111' });
    expect(masked.home.address).toEqual({
      grid: null,
      street: '文三路',
      building: null,
      unit: null,
      room: null,
    });
    expect(masked.home.timezone).toBe('Asia/Shanghai');
    expect(masked.home.access).toEqual({ keySafe: null, doorCode: null, keyholder: null });
    for (const secret of [
      '秀英',
      '13812341234',
      '13900001111',
      '7788',
      'A17',
      '501',
      'diabetes',
      'penicillin',
    ]) {
      expect(JSON.stringify(masked)).not.toContain(secret);
    }

    const { token } = (await post('/alerts/h1~sos~1/claim')).json().alert.claim;
    const open = await get('/homes/h1/card');
    expect(open.masked).toBe(false);
    expect(open.home.timezone).toBe('Asia/Shanghai');
    expect(open.elders[0]).toMatchObject({ name: '张秀英', phone: '13812341234', allergies: ['penicillin'] });
    expect(open.home.access.doorCode).toBe('7788#');
    expect(open.openAlerts.map((alert: Alert) => alert.id)).toEqual(['h1~sos~1']);
    expect((await get('/homes/h1/card', api.people.supervisor)).masked).toBe(true);

    await post('/alerts/h1~sos~1/close', { token, code: 'DUPLICATE', detail: 'duplicate' });
    expect((await get('/homes/h1/card')).masked).toBe(true);
    const looks = (await api.audit()).filter((row) => row.action.startsWith('card-'));
    expect(looks.map((row) => [row.action, row.subject, row.detail]).sort()).toEqual([
      ['card-masked', 'home:h1', ''],
      ['card-masked', 'home:h1', ''],
      ['card-masked', 'home:h1', ''],
      ['card-opened', 'home:h1', 'h1~sos~1'],
    ]);
  });

  it('is not opened by a claim on an alert of another home', async () => {
    raise(1, { homeId: 'h3' });
    await post('/alerts/h1~sos~1/claim');
    expect((await get('/homes/h1/card')).masked).toBe(true);
  });

  it('is not shown when the look cannot be recorded', async () => {
    vi.spyOn(api.registry, 'audit').mockRejectedValue(new Error('disk'));
    const answer = await api.as(api.people.operator, { method: 'GET', url: '/api/v1/homes/h1/card' });
    expect(answer.statusCode).toBe(500);
  });

  it('tells the state of gateways and devices, and contacts in calling order', async () => {
    const { registry, runtime } = api;
    const gateway = await registry.gateways.get('g1');
    const device = await registry.devices.get('g1/button 1');
    runtime.gatewayStatuses.set(gateway?.gateway ?? 0, { state: 'online', lastSeenAtMs: 5 });
    runtime.deviceStatuses.set(device?.device ?? 0, { state: 'offline', lastSeenAtMs: 4, batteryPct: 12 });
    await registry.gateways.create({
      ...{ gatewayId: 'tower', districtCode: WEST_LAKE, homeId: null, format: 'native', supervision: 'none' },
      ...{ model: null, isEnabled: true },
    });
    await registry.devices.create({
      ...{ gatewayId: 'tower', deviceId: 'd', homeId: 'h1', kind: 'smoke', room: 'kitchen', zone: 'kitchen' },
      ...{ supervision: 'none', model: null },
    });
    await registry.contacts.update(api.contactIds.here, { order: 9 });
    await registry.contacts.create({
      ...{
        homeId: 'h1',
        order: 2,
        name: '李',
        relation: 'neighbour',
        phone: '12345',
        availability: null,
        canVisit: true,
      },
    });
    const card = await get('/homes/h1/card');
    expect(card.gateways.map((g: { gatewayId: string; status: unknown }) => [g.gatewayId, g.status])).toEqual(
      [
        ['g1', { state: 'online', lastSeenAtMs: 5 }],
        ['tower', { state: 'never-seen', lastSeenAtMs: null }],
      ],
    );
    expect(card.devices[0].status).toEqual({ state: 'offline', lastSeenAtMs: 4, batteryPct: 12 });
    expect(card.devices[1].status).toEqual({ state: 'never-seen', lastSeenAtMs: null, batteryPct: null });
    expect(card.contacts.map((contact: { order: number }) => contact.order)).toEqual([2, 9]);
  });

  it('is read in the order of commands of two people: a lost claim closes the card', async () => {
    raise(1);
    const other = await seedPerson(api.registry, { login: 'second', role: 'operator', districtCode: null });
    const { token } = (await post('/alerts/h1~sos~1/claim')).json().alert.claim;
    await post('/alerts/h1~sos~1/release', { token });
    await post('/alerts/h1~sos~1/claim', {}, { person: other });
    expect((await get('/homes/h1/card')).masked).toBe(true);
    expect((await get('/homes/h1/card', other)).masked).toBe(false);
  });
});
