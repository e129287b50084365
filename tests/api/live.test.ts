// Goal: live readings of a home reach who may see them, and nobody else, over a socket of their own.
// Method: the real server on a free port, real WebSockets; the writer and its clock are the test's.

import { type AddressInfo, connect } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { WEST_LAKE } from '../support/alerts.ts';
import {
  type ApiUnderTest,
  openApiUnderTest,
  openSeededRegistry,
  type Person,
  type SeededRegistry,
} from '../support/api.ts';
import { connectLive, type DeskClientOptions, type LiveMessage } from '../support/desk-client.ts';
import { device, gatewayConfigured, homeConfigured, observation } from '../support/telemetry.ts';
import { until } from '../support/until.ts';

let api: ApiUnderTest;
let seeded: SeededRegistry;
let host: string;
beforeAll(async () => {
  seeded = await openSeededRegistry();
});
afterAll(() => seeded.registry.close());
beforeEach(async () => {
  api = await openApiUnderTest({}, seeded);
  api.telemetry.log.append(gatewayConfigured(1, 1), homeConfigured(1, [device(1, 'button 1')]));
  await api.app.listen({ port: 0, host: '127.0.0.1' });
  host = `127.0.0.1:${(api.app.server.address() as AddressInfo).port}`;
  await api.telemetry.timer.pass(2_000);
});
afterEach(() => api.close());

function open(person: Person | null, options: DeskClientOptions = {}, home = 'h1') {
  const headers = { ...(person && { cookie: person.cookie }) };
  return connectLive(`ws://${host}/api/v1/homes/${home}/telemetry/live`, { ...options, headers });
}

async function read(...kinds: string[]): Promise<void> {
  api.telemetry.log.append(
    ...kinds.map((kind) => observation({ deviceId: 'button 1', kind, value: kind === 'motion' ? true : 71 })),
  );
  await api.telemetry.timer.pass(1_000);
}

const kindsOf = (messages: readonly LiveMessage[]) =>
  messages.flatMap(({ readings }) => readings.map(({ kind }) => kind));

it('brings new readings, of personal kinds only under a claim', async () => {
  const live = await open(api.people.operator);
  await read('motion', 'heart_rate_bpm');
  await until('the motion is here', () => live.messages.length > 0);
  expect(kindsOf(live.messages)).toEqual(['motion']);
  expect(live.messages[0]).toEqual({
    readings: [
      expect.objectContaining({ gatewayId: 'g1', deviceId: 'button 1', kind: 'motion', value: true }),
    ],
    skipped: false,
  });
  expect(live.messages[0]!.readings[0]).not.toHaveProperty('homeId');
  const { staffId } = api.people.operator.staff;
  const claim = { staffId, token: 1, atMs: 1, expiresAtMs: 2 };
  api.runtime.raise({ homeId: 'h1', districtCode: WEST_LAKE, handling: 'claimed', claim });
  await read('heart_rate_bpm');
  await until('the heart rate is here', () => kindsOf(live.messages).includes('heart_rate_bpm'));
  live.socket.close();
});

it('is for the desk, of the own district, from the own page', async () => {
  const { operator, integrator } = api.people;
  await expect(open(null)).rejects.toThrow('401');
  await expect(open(integrator)).rejects.toThrow('403');
  await expect(open(operator, { origin: 'https://evil.example' })).rejects.toThrow('403');
  await expect(open(operator, {}, 'h9')).rejects.toThrow('404');
  await expect(open(operator, {}, '%E0%A4%A')).rejects.toThrow('400');
  const before = (await api.audit()).filter(({ action }) => action === 'denied').length;
  await expect(open(operator, {}, 'h2')).rejects.toThrow('404');
  expect((await api.audit()).filter(({ action }) => action === 'denied')).toHaveLength(before + 1);
  const live = await open(operator, { origin: 'https://wall.example' });
  expect(await api.audit()).toContainEqual(
    expect.objectContaining({ action: 'telemetry-read', subject: 'home:h1', detail: 'live' }),
  );
  live.socket.close();
});

it('gives eight to one person, and a seat back when its socket is gone, however', async () => {
  const { supervisor } = api.people;
  const opening = await Promise.allSettled(Array.from({ length: 10 }, () => open(supervisor)));
  const sockets = opening.flatMap((one) => (one.status === 'fulfilled' ? [one.value.socket] : []));
  expect(sockets).toHaveLength(8);
  const refusals = opening.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []));
  expect(refusals).toEqual(['Error: 429', 'Error: 429']);
  (await open(api.people.operator)).socket.close();
  sockets[0]!.terminate();
  sockets[1]!.close();
  // One that goes away before it is a WebSocket.
  const [name, port] = host.split(':');
  const torn = connect(Number(port), name);
  torn.write(`GET /api/v1/homes/h1/telemetry/live HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\n`);
  torn.write(`Upgrade: websocket\r\nCookie: ${supervisor.cookie}\r\n\r\n`);
  torn.destroy();
  const again = await openSoon(supervisor);
  const more = await openSoon(supervisor);
  await expect(open(supervisor)).rejects.toThrow('429');
  for (const socket of [...sockets, again.socket, more.socket]) socket.terminate();
});

async function openSoon(person: Person) {
  for (;;) {
    try {
      return await open(person);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

it('says that the service restarts', async () => {
  const live = await open(api.people.operator);
  await api.close();
  expect(await live.closed).toBe(1012);
  api = await openApiUnderTest({}, seeded);
});
