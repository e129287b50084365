// One alarm through the whole service: real broker, real log on disk, real core, real WebSocket, real REST.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Alert } from '#core/model/alert.ts';
import { ApiError } from '../../simulators/api-client.ts';
import { alertOf, type ServiceUnderTest, startService, topicOf } from '../support/service.ts';

const run = promisify(execFile);
let service: ServiceUnderTest;

beforeAll(async () => {
  service = await startService({ homes: 3 });
});
afterAll(() => service.stop());

test('a press reaches the screen, is claimed, acknowledged and closed; the card opens with the claim', async () => {
  const home = service.homes[0]!;
  const desk = await service.desk();
  const gateway = await service.gateway();
  await gateway.publishAsync(topicOf(home, 'sos-button'), '{"id":"p1","kind":"button","value":"sos"}', {
    qos: 1,
  });
  const alert = await alertOf(desk, 'sos');
  expect(alert).toMatchObject({
    homeId: home.homeId,
    priority: 1,
    deviceId: 'sos-button',
    handling: 'raised',
  });
  expect(alert.home?.maskedElderName).toMatch(/\*/);

  const path = `/alerts/${encodeURIComponent(alert.id)}`;
  const masked = await service.api.get<{ masked: boolean }>(`/homes/${home.homeId}/card`);
  expect(masked.masked).toBe(true);
  const claimed = await service.api.post<{ alert: Alert }>(`${path}/claim`, {});
  expect(claimed.alert.claim).not.toBeNull();
  await alertOf(desk, 'sos', 'claimed');
  const card = await service.api.get<{ masked: boolean; elders: { name: string }[] }>(
    `/homes/${home.homeId}/card`,
  );
  expect(card.masked).toBe(false);
  expect(card.elders[0]!.name).not.toMatch(/\*/);

  const { token } = claimed.alert.claim!;
  await service.api.post(`${path}/acknowledge`, { token });
  const closing = { token, code: 'WELFARE_OK', detail: 'spoke-to-elder', note: 'all well' };
  await service.api.post(`${path}/close`, closing);
  expect(await alertOf(desk, 'sos', 'closed')).toMatchObject({ outcome: { code: 'WELFARE_OK' } });
  await expect(service.api.post(`${path}/close`, closing)).rejects.toMatchObject({ status: 409 });
  const history = await service.api.get<{ items: { change: string }[] }>(`${path}/history`);
  expect(history.items.map((item) => item.change)).toEqual(['raised', 'claimed', 'acknowledged', 'closed']);
  await gateway.endAsync();
  desk.socket.close();
});

test('the same press sent again is no second alarm; one after closing is', async () => {
  const home = service.homes[1]!;
  const desk = await service.desk();
  const gateway = await service.gateway(1);
  const press = (id: string) =>
    gateway.publishAsync(topicOf(home, 'sos-button'), `{"id":"${id}","kind":"button","value":"sos"}`, {
      qos: 1,
    });
  await press('a');
  const first = await alertOf(desk, 'sos');
  for (let again = 0; again < 5; again++) await press('a');
  await press('b');
  expect(await alertOf(desk, 'sos', 'repeated')).toMatchObject({ id: first.id, causeCount: 2 });
  await gateway.endAsync();
  desk.socket.close();
});

test('of two hundred claims at once exactly one wins and the others learn by whom', async () => {
  const home = service.homes[2]!;
  const desk = await service.desk();
  const gateway = await service.gateway(2);
  await service.api.post('/staff', staffNamed('second'));
  const other = await loggedIn('second');
  await gateway.publishAsync(topicOf(home, 'sos-button'), '{"id":"r","kind":"button","value":"sos"}', {
    qos: 1,
  });
  const { id } = await alertOf(desk, 'sos');
  const path = `/alerts/${encodeURIComponent(id)}/claim`;
  const answers = await Promise.allSettled(
    Array.from({ length: 200 }, (_, turn) => (turn % 2 === 0 ? service.api : other).post(path, {})),
  );
  const refused = answers.filter((answer) => answer.status === 'rejected');
  expect(refused).toHaveLength(100);
  for (const { reason } of refused as PromiseRejectedResult[]) {
    expect(reason).toBeInstanceOf(ApiError);
    expect(reason).toMatchObject({ status: 409, code: 'held-by-other' });
  }
  await gateway.endAsync();
  desk.socket.close();
});

test('HTTP readings mean the same: 2xx is on disk, the alarm is on the screen', async () => {
  const home = service.homes[0]!;
  const desk = await service.desk();
  const response = await fetch(`${service.started.http}/api/v1/observations`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${home.gatewayId}:${home.secret}`)}` },
    body: JSON.stringify([{ device: 'smoke-kitchen', id: 's1', kind: 'smoke', value: true }]),
  });
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ accepted: 1, duplicates: 0, refused: [] });
  expect(await alertOf(desk, 'smoke')).toMatchObject({ deviceId: 'smoke-kitchen' });
  desk.socket.close();
});

const MOSQUITTO = '/usr/bin/mosquitto_pub';
const isMissing = !existsSync(MOSQUITTO) && process.env['CI'] !== 'true';
if (isMissing) console.warn('skipped: mosquitto_pub is not installed (Debian package mosquitto-clients)');

test.skipIf(isMissing)('mosquitto_pub raises an SOS; with a wrong password it is refused', async () => {
  const home = service.homes[0]!;
  const desk = await service.desk();
  const { port } = new URL(service.started.mqtt);
  const args = ['-p', port, '-u', home.gatewayId, '-q', '1', '-t', topicOf(home, 'fall-pendant')];
  await run(MOSQUITTO, [...args, '-P', home.secret, '-m', '{"id":"m1","kind":"fall","value":true}']);
  expect(await alertOf(desk, 'fall')).toMatchObject({ deviceId: 'fall-pendant' });
  await expect(run(MOSQUITTO, [...args, '-P', 'wrong', '-m', '{}'])).rejects.toThrow();
  desk.socket.close();
});

test('what was refused is in the inspector with its reason', async () => {
  const home = service.homes[0]!;
  const gateway = await service.gateway();
  await gateway.publishAsync(topicOf(home, 'nobody'), '{"kind":"motion","value":true}', { qos: 1 });
  await gateway.publishAsync(topicOf(home, 'sos-button'), '{broken', { qos: 1 });
  await gateway.publishAsync('shouwang/v1/another/sos-button/event', '{"kind":"button","value":"sos"}', {
    qos: 1,
  });
  const { items } = await service.api.get<{ items: { reason: string }[] }>(
    `/inspector?gateway=${home.gatewayId}`,
  );
  const reasons = items.map(({ reason }) => reason);
  expect(reasons).toEqual(expect.arrayContaining(['unknown-device', 'bad-json', 'foreign-topic']));
  await gateway.endAsync();
});

function staffNamed(login: string) {
  return {
    login,
    name: login,
    role: 'operator',
    districtCode: null,
    isEnabled: true,
    password: 'a long enough password',
  };
}

async function loggedIn(login: string) {
  const { ApiClient } = await import('../../simulators/api-client.ts');
  const client = new ApiClient(service.started.http);
  await client.login(login, 'a long enough password');
  return client;
}
