// Goal: who sees which readings, never more points than asked for, every look on record, erasure that holds, streams
// that end. Method: the real API and telemetry service over a store and a log that the test fills and breaks.

import { afterEach, beforeEach, expect, test } from 'vitest';
import { WEST_LAKE } from '../support/alerts.ts';
import {
  type ApiUnderTest,
  openApiUnderTest,
  openSeededRegistry,
  type Person,
  type SeededRegistry,
} from '../support/api.ts';
import { device, gatewayConfigured, homeConfigured, observation, START_MS } from '../support/telemetry.ts';

let seeded: SeededRegistry | undefined;
let api: ApiUnderTest;
beforeEach(async () => {
  seeded ??= await openSeededRegistry();
  api = await openApiUnderTest({}, seeded);
  api.telemetry.log.append(gatewayConfigured(1, 1), homeConfigured(1, [device(1, 'button 1')]));
});
afterEach(() => api.close());

const HOUR_MS = 3_600_000;
const SPAN = `from=${START_MS}&to=${START_MS + 24 * HOUR_MS}`;

interface Chart {
  readonly series: readonly { kind: string; room: string | null; deviceId: string; points: number[][] }[];
  readonly withheld: readonly string[];
  readonly stepMs: number;
}

async function fill(): Promise<void> {
  const at = (minutes: number) => START_MS + minutes * 60_000;
  for (let minute = 0; minute < 24 * 60; minute++) {
    api.telemetry.log.append(observation({ deviceId: 'button 1', value: minute, measuredAtMs: at(minute) }));
  }
  api.telemetry.log.append(
    observation({ deviceId: 'button 1', kind: 'heart_rate_bpm', value: 71, measuredAtMs: at(3) }),
    observation({
      deviceId: 'button 1',
      kind: 'location',
      value: { latitude: 30.1, longitude: 120.2 },
      measuredAtMs: at(4),
    }),
    observation({ deviceId: 'button 1', kind: 'mood', value: 'sad', measuredAtMs: at(5) }),
    observation({ deviceId: 'button 1', kind: 'motion', value: true, measuredAtMs: at(6) }),
  );
  await api.telemetry.timer.pass(10_000);
}

const get = (person: Person | null, url: string) => api.as(person, { method: 'GET', url: `/api/v1${url}` });
const auditOf = async (action: string) => (await api.audit()).filter((row) => row.action === action);

async function chart(person: Person, more = ''): Promise<Chart> {
  const answer = await get(person, `/homes/h1/telemetry?${SPAN}${more}`);
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json();
}

test('a page never gets more points than it asked for, at widths that fall on a clock', async () => {
  await fill();
  for (const points of [10, 50, 300, 2_000, 9_999]) {
    const { series, stepMs } = await chart(api.people.supervisor, `&points=${points}&kinds=temperature_c`);
    expect(series[0]!.points.length).toBeLessThanOrEqual(Math.min(points, 2_000));
    expect(series[0]!.points.reduce((sum, point) => sum + point[1]!, 0)).toBe(1_440);
    expect(series[0]!.room).toBe('bedroom');
    expect(86_400_000 % stepMs).toBe(0);
  }
  expect((await chart(api.people.supervisor, '&points=2000&resolution=3600000')).stepMs).toBe(HOUR_MS);
  const [first] = (await chart(api.people.supervisor, '&resolution=3600000&kinds=temperature_c')).series;
  expect(first!.points[1]).toEqual([START_MS + HOUR_MS, 60, 60, 119, 89.5, 119]);
});

test('heart, place and unknown kinds are for those who maintain the record, or hold the alarm', async () => {
  await fill();
  const before = await chart(api.people.operator);
  expect(before.series.map(({ kind }) => kind).sort()).toEqual(['motion', 'temperature_c']);
  expect([...before.withheld].sort()).toEqual(['heart_rate_bpm', 'location', 'mood']);
  expect(await chart(api.people.operator, '&kinds=location')).toMatchObject({
    series: [],
    withheld: ['location'],
  });
  const { staffId } = api.people.operator.staff;
  const claim = { staffId, token: 1, atMs: 1, expiresAtMs: 2 };
  const held = api.runtime.raise({ homeId: 'h1', districtCode: WEST_LAKE, handling: 'claimed', claim });
  const during = await chart(api.people.operator);
  expect(during.withheld).toEqual([]);
  expect(during.series.filter(({ kind }) => kind === 'location')).toHaveLength(2);
  expect((await auditOf('telemetry-read'))[0]).toMatchObject({
    subject: 'home:h1',
    detail: `charts with personal kinds: ${held.id}`,
  });
  // Another operator's claim opens nothing.
  api.runtime.raise({ ...held, claim: { ...claim, staffId: 'somebody else' } });
  expect((await chart(api.people.operator)).withheld).toHaveLength(3);
  expect((await chart(api.people.supervisor)).withheld).toEqual([]);
});

test.each([
  ['/homes/h1/telemetry?from=5&to=5', 'invalid-input'],
  ['/homes/h1/telemetry?from=5&to=999999999999999', 'invalid-input'],
  ['/homes/h1/telemetry?from=x&to=5', 'invalid-input'],
  ['/homes/h1/activity?from=0&to=86400000&step=1', 'invalid-input'],
  ['/homes/h1/activity?from=0&to=99999999999&step=3600000', 'invalid-input'],
  ['/homes/h1/activity?from=0&to=2592000000&step=60000', 'invalid-input'],
  ['/homes/h2/telemetry?from=0&to=5', 'not-found'],
])('%s: %s', async (url, code) => {
  expect((await get(api.people.supervisor, url)).json()).toMatchObject({ code });
});

test('activity is in rooms, and on record', async () => {
  await fill();
  const answer = await get(api.people.operator, `/homes/h1/activity?${SPAN}&step=600000`);
  const { rooms, unseen, writtenUntilMs } = answer.json();
  expect(rooms).toMatchObject([{ room: 'bedroom', counts: [1, ...Array(143).fill(0)] }]);
  // The log of this test ends after some minutes: what follows is unknown and not quiet.
  expect(rooms[0].noData[0]).toBe(false);
  expect(rooms[0].noData.at(-1)).toBe(true);
  expect(unseen).toMatchObject([{ reason: 'not-yet-written', fromMs: writtenUntilMs }]);
  expect(await auditOf('telemetry-read')).not.toHaveLength(0);
});

test('a home that was just installed was not quiet yesterday', async () => {
  await fill();
  const span = `from=${START_MS - 24 * HOUR_MS}&to=${START_MS + HOUR_MS / 3}`;
  const answer = await get(api.people.operator, `/homes/h1/activity?${span}&step=1200000`);
  const { rooms, unseen } = answer.json();
  expect(rooms[0].noData).toEqual([...Array(72).fill(true), false]);
  expect(unseen[0]).toMatchObject({ reason: 'not-heard-before', gatewayId: 'g1', deviceId: 'button 1' });
});

test('a room whose only sensor the core calls silent is unseen', async () => {
  await fill();
  const { items } = await api.registry.devices.list({ scope: null, after: null, limit: 9 }, { homeId: 'h1' });
  const lastSeenAtMs = START_MS + 7 * 60_000;
  api.runtime.deviceStatuses.set(items[0]!.device, { state: 'offline', lastSeenAtMs, batteryPct: null });
  const span = `from=${START_MS}&to=${START_MS + 20 * 60_000}`;
  const answer = await get(api.people.operator, `/homes/h1/activity?${span}&step=60000`);
  const { rooms, unseen } = answer.json();
  expect(rooms[0].noData.slice(10)).toEqual(Array(10).fill(true));
  expect(unseen).toContainEqual({
    ...{ fromMs: lastSeenAtMs, toMs: START_MS + 20 * 60_000, reason: 'sensor-silent' },
    ...{ gatewayId: 'g1', deviceId: 'button 1' },
  });
});

test('an export is everything, whole, in both formats, and on record', async () => {
  await fill();
  const csv = await get(api.people.supervisor, '/homes/h1/telemetry/export');
  expect(csv.headers['content-disposition']).toBe('attachment; filename="telemetry-h1.csv"');
  expect(csv.body.trim().split('\r\n')).toHaveLength(1 + 1_444);
  const lp = await get(
    api.people.supervisor,
    `/homes/h1/telemetry/export?format=lp&from=${START_MS}&to=${START_MS + 60_000}`,
  );
  expect(lp.body).toMatch(/^temperature_c,.* value=0(\.0)? \d{19}\n$/);
  expect((await get(api.people.operator, '/homes/h1/telemetry/export')).statusCode).toBe(403);
  expect((await auditOf('telemetry-export')).map(({ subject }) => subject)).toContain('home:h1');
});

test('an elder gets everything kept about them', async () => {
  await fill();
  api.runtime.raise({ homeId: 'h1', districtCode: WEST_LAKE });
  const id = encodeURIComponent(api.elderIds.here);
  const answer = await get(api.people.supervisor, `/elders/${id}/export`);
  const lines = answer.body
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const counts = Object.groupBy(lines, ({ type }) => type);
  expect(Object.keys(counts)).toEqual(['elder', 'home', 'contact', 'device', 'alert', 'reading']);
  expect(counts['elder']).toMatchObject([{ name: '张秀英', elderId: api.elderIds.here }]);
  expect(counts['reading']).toHaveLength(1_444);
  const foreign = await get(
    api.people.supervisor,
    `/elders/${encodeURIComponent(api.elderIds.there)}/export`,
  );
  expect(foreign.statusCode).toBe(404);
  expect((await auditOf('elder-export')).map(({ subject }) => subject)).toContain(
    `elder:${api.elderIds.here}`,
  );
});

const erase = (person: Person) => api.as(person, { method: 'DELETE', url: '/api/v1/homes/h1/telemetry' });

test('erased readings are gone from the store and from what waits to be written', async () => {
  await fill();
  api.telemetry.log.append(observation({ deviceId: 'button 1', value: 4711, measuredAtMs: START_MS }));
  expect((await erase(api.people.supervisor)).statusCode).toBe(403);
  expect((await erase(api.people.administrator)).json()).toEqual({ state: 'erased' });
  await api.telemetry.timer.pass(10_000);
  expect(await api.telemetry.store.all(['h1'])).toEqual([]);
  expect((await auditOf('telemetry-erase'))[0]).toMatchObject({ subject: 'home:h1' });
  api.telemetry.log.append(observation({ deviceId: 'button 1', value: 1, measuredAtMs: START_MS }));
  await api.telemetry.timer.pass(10_000);
  expect(await api.telemetry.store.all(['h1'])).toMatchObject([{ value: 1 }]);
});

test('with the store away readings are hidden at once and erased before anything else is written', async () => {
  await fill();
  api.telemetry.store.fault = 'refuses';
  const { eraseHome } = api.telemetry.store;
  const unreachable = async (): Promise<never> => {
    throw new Error('ECONNREFUSED');
  };
  Object.assign(api.telemetry.store, { eraseHome: unreachable });
  const asking = erase(api.people.administrator);
  await api.telemetry.timer.pass(1);
  for (let i = 0; i < 50 && api.telemetry.service.status().pendingErasures === 0; i++) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await api.telemetry.timer.pass(6_000);
  expect((await asking).json()).toEqual({ state: 'pending' });
  expect(await chart(api.people.supervisor)).toMatchObject({ series: [] });
  expect(await api.telemetry.store.all(['h1'])).not.toEqual([]);
  Object.assign(api.telemetry.store, { eraseHome });
  api.telemetry.store.fault = 'none';
  await api.telemetry.timer.pass(60_000);
  expect(await api.telemetry.store.all(['h1'])).toEqual([]);
  expect(api.telemetry.service.status()).toMatchObject({ pendingErasures: 0, isReachable: true });
});

test('refused readings are in the inspector, without what they say', async () => {
  api.telemetry.store.fault = 'refuses-poison';
  api.telemetry.log.append(observation({ deviceId: 'button 1', kind: 'poison', value: 'a secret' }));
  await api.telemetry.timer.pass(5_000);
  const answer = await get(api.people.integrator, '/inspector/telemetry');
  expect(answer.json()).toMatchObject({
    items: [{ gatewayId: 'g1', deviceId: 'button 1', kind: 'poison', reason: 'poison' }],
    count: 1,
  });
  expect(answer.body).not.toContain('a secret');
  expect((await get(api.people.operator, '/inspector/telemetry')).statusCode).toBe(403);
});
