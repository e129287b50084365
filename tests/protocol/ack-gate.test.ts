// Goal: PUBACK means "on disk" (promise P1). Method: raw bytes, and a log that becomes durable when the test says so.
// These tests must fail when the log is written in the `published` hook instead of `authorizePublish`.

import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type MqttEdge, startMqttEdge } from '../support/mqtt-edge.ts';
import { until } from '../support/until.ts';

const MOTION = 'shouwang/v1/g1/pir/event';
const motion = (seq: number) => ({ seq, at: '2026-11-22T07:59:00.000Z', kind: 'motion', value: true });
/** Time in which an acknowledgement that must not come would have come many times over. */
const QUIET_MS = 150;

let edge: MqttEdge;
beforeEach(async () => {
  edge = await startMqttEdge();
});
afterEach(() => edge.stop());

test('three publishes are acknowledged in order, each when its append is durable and not before', async () => {
  edge.log.isAutomatic = false;
  const client = await edge.logIn();
  for (const messageId of [11, 12, 13]) client.publish(MOTION, motion(messageId), { messageId });
  await until('three appends wait', () => edge.log.waiting.length === 3);
  await sleep(QUIET_MS);
  expect(client.of('puback')).toEqual([]);
  for (const [i, messageId] of [11, 12, 13].entries()) {
    edge.log.release();
    expect((await client.next('puback', i + 1)).messageId).toBe(messageId);
    await sleep(20);
    expect(client.of('puback')).toHaveLength(i + 1);
  }
  expect(edge.log.observations.map(({ eventId }) => eventId?.split('@')[0])).toEqual(['11', '12', '13']);
});

test('a later frame that is settled first (refused) waits for the acknowledgement of the earlier one', async () => {
  edge.log.isAutomatic = false;
  const client = await edge.logIn();
  client.publish(MOTION, motion(1), { messageId: 1 });
  client.publish(MOTION, '{broken', { messageId: 2 });
  await until('the broken one is kept', () => edge.log.refused.length === 1);
  await sleep(QUIET_MS);
  expect(client.of('puback')).toEqual([]);
  edge.log.release();
  await client.next('puback', 2);
  expect(client.of('puback').map(({ messageId }) => messageId)).toEqual([1, 2]);
});

test('a failed append closes the connection, and neither it nor what is behind is acknowledged', async () => {
  edge.log.isAutomatic = false;
  const client = await edge.logIn();
  for (const messageId of [1, 2]) client.publish(MOTION, motion(messageId), { messageId });
  await until('both wait', () => edge.log.waiting.length === 2);
  edge.log.fail();
  edge.log.release();
  await client.closed();
  expect(client.of('puback')).toEqual([]);
  expect(edge.intake.counters().failed).toBe(1);
});

test('QoS 2: no PUBREC before it is durable; then the handshake ends', async () => {
  edge.log.isAutomatic = false;
  const client = await edge.logIn();
  client.publish(MOTION, motion(1), { qos: 2, messageId: 7 });
  await until('the append waits', () => edge.log.waiting.length === 1);
  await sleep(QUIET_MS);
  expect(client.of('pubrec')).toEqual([]);
  edge.log.release();
  expect((await client.next('pubrec')).messageId).toBe(7);
  client.send({ cmd: 'pubrel', messageId: 7 });
  expect((await client.next('pubcomp')).messageId).toBe(7);
  expect(edge.log.observations).toHaveLength(1);
});

test('QoS 2: a resend before PUBREL is answered and stored once', async () => {
  const client = await edge.logIn();
  client.publish(MOTION, motion(1), { qos: 2, messageId: 7 });
  await client.next('pubrec', 1);
  client.publish(MOTION, motion(1), { qos: 2, messageId: 7 });
  await client.next('pubrec', 2);
  expect(edge.log.observations).toHaveLength(1);
});

test('QoS 0 is stored and answered by nothing', async () => {
  const client = await edge.logIn();
  client.publish(MOTION, motion(1), { qos: 0 });
  await until('it is stored', () => edge.log.observations.length === 1);
  expect(client.received.map(({ cmd }) => cmd)).toEqual(['connack']);
});

test('a resend after a lost acknowledgement is acknowledged and not stored again', async () => {
  const first = await edge.logIn();
  first.publish(MOTION, motion(5), { messageId: 1 });
  await first.next('puback');
  first.end();
  const second = await edge.logIn();
  second.publish(MOTION, motion(5), { messageId: 9 });
  expect((await second.next('puback')).messageId).toBe(9);
  expect(edge.log.observations).toHaveLength(1);
  expect(edge.intake.counters().duplicates).toBe(1);
});

test('bytes that come together with CONNECT, before its answer, are taken', async () => {
  const client = await edge.open();
  client.socket.cork();
  client.connect('g1', 'secret of gateway 1');
  client.publish(MOTION, { ...motion(1), note: 'x'.repeat(6000) }, { messageId: 3 });
  client.socket.uncork();
  expect((await client.next('puback')).messageId).toBe(3);
  expect(edge.log.observations).toHaveLength(1);
});

test('too much waiting: the socket is not read any more, and again when there is room', async () => {
  await edge.stop();
  edge = await startMqttEdge({ broker: { backPressure: { connectionBytes: 64 * 1024 } } });
  edge.log.isAutomatic = false;
  const client = await edge.logIn();
  const count = 300;
  for (let seq = 1; seq <= count; seq++) {
    client.publish(MOTION, { ...motion(seq), note: 'x'.repeat(200) }, { messageId: seq });
    // One by one: what comes in one piece Aedes holds back by itself, this it does not.
    await sleep(1);
  }
  await until('the connection is held', () => edge.broker.counters().heldConnections === 1);
  await sleep(QUIET_MS);
  expect(edge.log.waiting.length).toBeLessThan(100);
  edge.log.isAutomatic = true;
  while (edge.log.waiting.length > 0) edge.log.release();
  await client.next('puback', count);
  expect(client.of('puback').map(({ messageId }) => messageId)).toEqual(
    Array.from({ length: count }, (_, i) => i + 1),
  );
  expect(edge.log.observations).toHaveLength(count);
});

test('closing: what was read becomes durable and is acknowledged first', async () => {
  edge.log.isAutomatic = false;
  const client = await edge.logIn();
  client.publish(MOTION, motion(1));
  await until('the append waits', () => edge.log.waiting.length === 1);
  const closing = edge.broker.close();
  edge.log.release();
  await client.next('puback');
  await closing;
  await client.closed();
  expect(edge.log.links.map(({ reason }) => reason)).toEqual(['session-open']);
});
