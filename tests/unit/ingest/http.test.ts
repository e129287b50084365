// Goal: HTTP means the same as MQTT: 2xx only when durable, refusals kept, an emergency never waits for a rate.

import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { observationRoutes } from '#ingest/http.ts';
import { createIntake, type Intake } from '#ingest/intake.ts';
import { createLoginGuard } from '#ingest/login-guard.ts';
import { createMemoryDirectory } from '../../support/memory-directory.ts';
import { SECRET, TEST_LIMITS } from '../../support/mqtt-edge.ts';
import { RecordingLog } from '../../support/recording-log.ts';
import { until } from '../../support/until.ts';

let app: FastifyInstance;
let log: RecordingLog;
let intake: Intake;

beforeEach(async () => {
  log = new RecordingLog();
  const directory = createMemoryDirectory();
  directory.add('g1', SECRET, ['pir', 'button'], { format: 'another' });
  intake = createIntake({
    ...{ submit: log.submit, keepRefused: log.keepRefused, clock: log.clock, log: log.log },
    limits: TEST_LIMITS,
    clockKind: 'live',
    gatewayRate: { perSecond: 0.1, burst: 10 },
  });
  app = Fastify();
  const loginGuard = createLoginGuard(directory, intake.refusals);
  await app.register(observationRoutes, {
    prefix: '/api/v1',
    intake,
    loginGuard,
    log: log.log,
    limits: TEST_LIMITS,
  });
});
afterEach(() => app.close());

const basic = (gatewayId: string, secret: string) =>
  `Basic ${Buffer.from(`${gatewayId}:${secret}`).toString('base64')}`;

function post(payload: unknown, authorization = basic('g1', SECRET), headers = {}) {
  const body = typeof payload === 'string' || Buffer.isBuffer(payload) ? payload : JSON.stringify(payload);
  return app.inject({
    method: 'POST',
    url: '/api/v1/observations',
    headers: { authorization, ...headers },
    payload: body,
  });
}

const SOS = { device: 'button', id: '01JSOS', kind: 'button', value: 'sos' };

test('accepted, duplicates and refused; the answer comes when it is durable', async () => {
  log.isAutomatic = false;
  let isAnswered = false;
  const answer = post([
    SOS,
    SOS,
    { device: 'pir', kind: 'motion', value: 'x' },
    { kind: 'motion', value: true },
  ]).then((r) => {
    isAnswered = true;
    return r;
  });
  await until('the append waits', () => log.waiting.length === 1);
  expect(isAnswered).toBe(false);
  log.release();
  const response = await answer;
  expect(response.statusCode).toBe(200);
  expect(response.json()).toEqual({
    accepted: 1,
    duplicates: 1,
    refused: [
      { index: 2, reason: 'wrong-type', detail: 'value of motion: expected true or false' },
      { index: 3, reason: 'bad-device', detail: 'device: a name of 1 to 128 characters' },
    ],
  });
  expect(log.refused).toMatchObject([{ source: 'http', gatewayId: 'g1', topic: '/api/v1/observations' }]);
});

test('401 before the body is read: wrong secret, unknown gateway, no header, garbage', async () => {
  for (const authorization of [
    basic('g1', 'wrong'),
    basic('nobody', SECRET),
    '',
    'Basic !!',
    'Bearer x',
    basic('g1', ''),
  ]) {
    const response = await post(SOS, authorization);
    expect([response.statusCode, response.json().code]).toEqual([401, 'bad-credentials']);
    expect(response.headers['www-authenticate']).toContain('Basic');
  }
  expect(log.observations).toEqual([]);
});

test('a secret may hold a colon', async () => {
  const directory = createMemoryDirectory();
  directory.add('g2', 'a:b:c', []);
  const guard = createLoginGuard(directory, intake.refusals);
  const secret = Buffer.from('a:b:c');
  expect(guard.check({ gatewayId: 'g2', secret, remoteAddress: '::1', source: 'http' }).ok).toBe(true);
});

test('503 with Retry-After when the log fails', async () => {
  log.failure = new Error('disk is full');
  const response = await post(SOS);
  expect(response.statusCode).toBe(503);
  expect(response.headers['retry-after']).toBe('5');
  expect(response.headers['content-type']).toContain('application/problem+json');
  log.failure = null;
  expect((await post(SOS)).json()).toMatchObject({ accepted: 1 });
});

test('413 for a body over the limit, kept; 400 for broken JSON and for nothing, kept', async () => {
  expect((await post(' '.repeat(65_537))).statusCode).toBe(413);
  const broken = await post('{"device":');
  expect([broken.statusCode, broken.json().code]).toEqual([400, 'bad-json']);
  expect((await post('')).json().code).toBe('empty-payload');
  expect(log.reasons()).toEqual(['frame-too-large', 'bad-json', 'empty-payload']);
});

test.each(['application/json', 'text/plain', 'application/x-www-form-urlencoded'])(
  'any content type: %s',
  async (type) => {
    expect((await post(SOS, undefined, { 'content-type': type })).json()).toMatchObject({ accepted: 1 });
  },
);

test('an empty array is a sign of life', async () => {
  expect((await post([])).json()).toEqual({ accepted: 0, duplicates: 0, refused: [] });
  expect(log.links).toMatchObject([{ gateway: 1, online: true, reason: 'heartbeat' }]);
});

test('far over its rate: 429, and nothing taken; an SOS passes all the same', async () => {
  const burst = Array.from({ length: 11 }, (_, seq) => ({ device: 'pir', seq, kind: 'motion', value: true }));
  void post(burst).catch(() => undefined);
  await until('the burst was counted', () => intake.counters().delayed === 1);
  const response = await post({ device: 'pir', seq: 99, kind: 'motion', value: true });
  expect([response.statusCode, response.json().code]).toEqual([429, 'too-fast']);
  expect(Number(response.headers['retry-after'])).toBeGreaterThan(5);
  expect((await post(SOS)).json()).toMatchObject({ accepted: 1 });
  intake.close();
});

test('kinds nobody knows are stored and shown in the inspector once', async () => {
  for (let seq = 0; seq < 3; seq++) await post({ device: 'pir', seq, kind: 'mood', value: 'good' });
  expect(log.observations).toHaveLength(3);
  expect(log.reasons()).toEqual(['unknown-kind']);
  expect(intake.counters().refused['unknown-kind']).toBe(3);
});
