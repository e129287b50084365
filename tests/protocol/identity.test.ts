// Goal: only who may gets in, speaks for its own devices only, and cannot disturb another gateway (promise P7).

import { generate } from 'mqtt-packet';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createMqttBroker } from '#ingest/mqtt/broker.ts';
import { secretHash } from '../support/memory-directory.ts';
import { type MqttEdge, OTHER_SECRET, SECRET, startMqttEdge, TEST_LIMITS } from '../support/mqtt-edge.ts';
import { connectPacket } from '../support/raw-mqtt.ts';
import { until } from '../support/until.ts';

let edge: MqttEdge;
beforeEach(async () => {
  edge = await startMqttEdge();
});
afterEach(() => edge.stop());

const SOS = { id: '01JSOS', kind: 'button', value: 'sos' };

async function answerTo(gatewayId: string, secret: string, more = {}) {
  const client = await edge.open();
  client.connect(gatewayId, secret, more);
  const { returnCode } = await client.next('connack');
  await client.closed();
  return { returnCode, bytes: client.received };
}

test('wrong secret, unknown and disabled gateway get the same answer; no secret is kept', async () => {
  edge.directory.add('g3', 'third', [], { isEnabled: false });
  const answers = [
    await answerTo('g1', 'wrong'),
    await answerTo('nobody', SECRET),
    await answerTo('g3', 'third'),
  ];
  for (const answer of answers) expect(answer).toEqual(answers[0]);
  expect(answers[0]!.returnCode).toBe(4);
  expect(edge.log.refused.map(({ reason, gatewayId }) => [reason, gatewayId])).toEqual([
    ['bad-credentials', 'g1'],
    ['bad-credentials', null],
    ['bad-credentials', 'g3'],
  ]);
  expect(JSON.stringify([edge.log.refused, edge.log.logged])).not.toMatch(/wrong"|third/);
  expect(edge.log.links).toEqual([]);
});

test('no user name and no password: refused like a wrong one', async () => {
  const client = await edge.open();
  client.send({
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clean: true,
    clientId: 'a',
    keepalive: 60,
  });
  expect((await client.next('connack')).returnCode).toBe(4);
});

test('guessing at an account is slowed down and does not lock out the gateway with the right secret', async () => {
  for (let i = 0; i < 12; i++) void answerTo('g1', `guess ${i}`).catch(() => undefined);
  await until('all were counted', () => edge.intake.counters().refused['bad-credentials'] === 12);
  expect(edge.log.refused).toHaveLength(10);
  const client = await edge.logIn();
  client.publish('shouwang/v1/g1/button/event', SOS);
  await client.next('puback');
  expect(edge.log.observations).toHaveLength(1);
});

test('both secrets are valid during a rotation', async () => {
  edge.directory.change('g1', { secretHashes: [secretHash('new one'), secretHash(SECRET)] });
  await edge.logIn();
  const client = await edge.open();
  client.connect('g1', 'new one', { clientId: 'second' });
  expect((await client.next('connack')).returnCode).toBe(0);
});

test('a foreign topic is acknowledged, refused and kept; the connection stays', async () => {
  const client = await edge.logIn();
  const topics = [
    'shouwang/v1/g2/door/event',
    'shouwang/v1/g1/pir/extra/event',
    'shouwang/v1/g1//event',
    'shouwang/v1/g1/pir/event/',
    'shouwang/v1/g1/../g2/door',
    'shouwang/v1/ｇ1/pir/event',
    'shouwang/v1/g1/pir/__proto__',
    '$SYS/broker/clients',
    '/shouwang/v1/g1/pir/event',
  ];
  for (const [i, topic] of topics.entries()) client.publish(topic, SOS, { messageId: i + 1 });
  await client.next('puback', topics.length);
  expect(edge.log.observations).toEqual([]);
  expect(edge.log.refused.map(({ topic, reason }) => [topic, reason])).toEqual(
    topics.map((t) => [t, 'foreign-topic']),
  );
  expect(client.isClosed).toBe(false);
});

test.each([
  ['a topic of 120 levels', Array(120).fill('a').join('/')],
  ['a wildcard in a topic', 'shouwang/v1/g1/+/event'],
])('%s closes the connection; the reason is kept', async (_name, topic) => {
  const client = await edge.logIn();
  client.publish(topic, SOS);
  await client.closed();
  await until('it is kept', () => edge.log.refused.length === 1);
  expect(edge.log.refused[0]).toMatchObject({ reason: 'protocol-error', gatewayId: 'g1' });
});

test('a gateway that brings the client id of another gateway does not close its session', async () => {
  const own = await edge.logIn({ clientId: 'hub' });
  const other = await edge.logInOther({ clientId: 'hub' });
  const third = await edge.logInOther({ clientId: 'g1/hub' });
  own.publish('shouwang/v1/g1/pir/event', { kind: 'motion', value: true });
  await own.next('puback');
  expect([own.isClosed, other.isClosed, third.isClosed]).toEqual([false, false, false]);
});

test('the same gateway with the same client id takes its older session over, without seeming to be gone', async () => {
  const will = {
    topic: 'shouwang/v1/g1/status',
    payload: Buffer.from('{"online":false}'),
    qos: 1,
    retain: true,
  } as const;
  const older = await edge.logIn({ clientId: 'hub', will });
  const newer = await edge.logIn({ clientId: 'hub', will });
  await older.closed();
  await until('the older one is forgotten', () => edge.broker.counters().sessions === 1);
  expect(newer.isClosed).toBe(false);
  expect(edge.broker.counters().takeovers).toBe(1);
  expect(edge.log.links.map(({ online }) => online)).toEqual([true]);
});

test('an empty client id is given one for a clean session, and is refused with code 2 otherwise', async () => {
  const clean = await edge.logIn({ clientId: '', clean: true });
  expect(clean.isClosed).toBe(false);
  const client = await edge.open();
  const bytes = generate(connectPacket('g1', SECRET, { clientId: '', clean: true }));
  // Flags come after the fixed header (2), the protocol name (6) and its level (1); bit 1 is "clean session".
  bytes[9]! &= ~0x02;
  client.socket.write(bytes);
  expect((await client.next('connack')).returnCode).toBe(2);
  await client.closed();
  expect(edge.broker.counters().sessions).toBe(1);
});

test('no session is kept: CONNACK says so', async () => {
  (await edge.logIn({ clean: false })).end();
  const again = await edge.logIn({ clean: false });
  expect(again.of('connack')[0]!.sessionPresent).toBe(false);
});

test('a keepalive of 0 and one of 18 hours are accepted', async () => {
  await edge.logIn({ clientId: 'a', keepalive: 0 });
  await edge.logIn({ clientId: 'b', keepalive: 65_535 });
  expect(edge.broker.counters().sessions).toBe(2);
});

test.each([
  ['disabled', () => edge.directory.change('g1', { isEnabled: false })],
  ['removed', () => edge.directory.remove('g1')],
  ['given another secret', () => edge.directory.change('g1', { secretHashes: [secretHash('new')] })],
])('a gateway that was %s loses its live sessions at once, others do not', async (_name, withdraw) => {
  const own = await edge.logIn();
  const other = await edge.logInOther();
  withdraw();
  await own.closed();
  expect(other.isClosed).toBe(false);
});

test('a gateway whose devices change keeps its session and the new device is known', async () => {
  const client = await edge.logIn();
  edge.directory.change('g1', { devices: new Map([['new', 900]]) });
  client.publish('shouwang/v1/g1/new/event', { kind: 'motion', value: true });
  await client.next('puback');
  expect(edge.log.observations[0]).toMatchObject({ device: 900, deviceId: 'new' });
});

test('the second CONNECT of a connection closes it', async () => {
  const client = await edge.logIn();
  client.connect('g2', OTHER_SECRET);
  await client.closed();
});

test('a socket that never says CONNECT is closed', async () => {
  await edge.stop();
  edge = await startMqttEdge({ broker: { connectTimeoutMs: 50 } });
  const client = await edge.open();
  await client.closed();
});

test('a taken port is an error that says so', async () => {
  const { intake, directory, loginGuard, log, port } = edge;
  const second = await createMqttBroker({ intake, directory, loginGuard, log: log.log, limits: TEST_LIMITS });
  await expect(second.listen({ host: '127.0.0.1', port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  await second.close();
});
