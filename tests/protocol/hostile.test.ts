// Goal: what a broken or hostile device sends is cut or refused with a reason, costs little memory and nobody else's
// alarm (promise P6). Method: raw bytes.

import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type MqttEdge, startMqttEdge } from '../support/mqtt-edge.ts';
import type { RawMqtt } from '../support/raw-mqtt.ts';
import { until } from '../support/until.ts';

let edge: MqttEdge;
beforeEach(async () => {
  edge = await startMqttEdge();
});
afterEach(() => edge.stop());

const BUTTON = 'shouwang/v1/g1/button/event';
const SOS = { id: '01JSOS', kind: 'button', value: 'sos' };
const MEGABYTE = 1024 * 1024;

/** 200 MB announced: `type` and a four-byte length. */
function announce(type: number): Buffer {
  const bytes = [type];
  let left = 200 * MEGABYTE;
  while (left > 0) {
    bytes.push((left % 128) | (left >= 128 ? 0x80 : 0));
    left = Math.floor(left / 128);
  }
  return Buffer.from(bytes);
}

/** Offer 20 MB and see how many bytes were taken before the connection was cut. */
async function acceptedBytes(client: RawMqtt): Promise<number> {
  const chunk = Buffer.alloc(64 * 1024);
  const before = client.socket.bytesWritten;
  for (let i = 0; i < 320 && !client.isClosed; i++) {
    if (!client.socket.write(chunk)) await sleep(1);
  }
  await client.closed();
  return client.socket.bytesWritten - before - client.socket.writableLength;
}

test.each([
  ['a CONNECT', 0x10, async () => edge.open()],
  ['a PUBLISH before CONNECT', 0x32, async () => edge.open()],
  ['a PUBLISH after the log-in', 0x32, async () => edge.logIn()],
])(
  '%s of 200 MB is cut by its announced length, before its bytes are buffered',
  async (_name, type, open) => {
    const client = await open();
    client.socket.write(announce(type));
    await client.closed();
    await until('it is kept', () => edge.log.refused.length === 1);
    expect(edge.log.refused[0]).toMatchObject({
      reason: 'frame-too-large',
      payloadBytes: announce(type).length,
    });
  },
);

test('a flood behind such an announcement: next to nothing of 20 MB is accepted', async () => {
  const client = await edge.logIn();
  client.socket.write(announce(0x32));
  // What the kernel's buffers on both sides hold may count as accepted; the broker's own share is one read.
  expect(await acceptedBytes(client)).toBeLessThan(12 * MEGABYTE);
});

test('the limit before the log-in is smaller: a CONNECT of 5 kB is cut', async () => {
  const client = await edge.open();
  client.connect('g1', 'x'.repeat(5000));
  await client.closed();
  expect(client.received).toEqual([]);
});

test('a length that never ends is cut', async () => {
  const client = await edge.logIn();
  client.socket.write(Buffer.from([0x30, 0x80, 0x80, 0x80, 0x80, 0x80]));
  await client.closed();
});

test('a frame of exactly the limit passes, one byte more is cut', async () => {
  const topic = 'shouwang/v1/g1/pir/event';
  const overhead = 2 + topic.length + 2;
  const body = (bytes: number) =>
    Buffer.from(`{"kind":"motion","value":true}${' '.repeat(bytes - overhead - 30)}`);
  const client = await edge.logIn();
  client.publish(topic, body(65_536), { messageId: 1 });
  await client.next('puback');
  client.publish(topic, body(65_537), { messageId: 2 });
  await client.closed();
  expect(edge.log.observations).toHaveLength(1);
});

test('garbage instead of MQTT closes the connection and is kept once', async () => {
  const client = await edge.open();
  client.socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await client.closed();
  await until('it is kept', () => edge.log.refused.length >= 1);
  expect(edge.log.observations).toEqual([]);
});

test('broken JSON is acknowledged, kept with its bytes, and the connection goes on', async () => {
  const client = await edge.logIn();
  client.publish(BUTTON, '{"kind":"button","value":', { messageId: 1 });
  client.publish(BUTTON, SOS, { messageId: 2 });
  await client.next('puback', 2);
  expect(edge.log.refused[0]).toMatchObject({
    reason: 'bad-json',
    gatewayId: 'g1',
    topic: BUTTON,
    source: 'mqtt',
  });
  expect(Buffer.from(edge.log.refused[0]!.payload).toString()).toBe('{"kind":"button","value":');
  expect(edge.log.observations).toHaveLength(1);
});

test('of an array the good elements are stored and the bad ones kept', async () => {
  const client = await edge.logIn();
  client.publish(BUTTON, [SOS, { kind: 'motion', value: 'yes' }, 7, { kind: 'tamper', value: true }]);
  await client.next('puback');
  expect(edge.log.observations.map(({ kind }) => kind)).toEqual(['button', 'tamper']);
  expect(edge.log.refused).toHaveLength(1);
  expect(edge.log.refused[0]!.detail).toMatch(/^\[1\] wrong-type: .*; \[2\] not-an-object/);
  expect(edge.intake.counters().refused).toMatchObject({ 'wrong-type': 1, 'not-an-object': 1 });
});

test('an unknown device: refused and kept, unless it is an emergency, which is taken without a device', async () => {
  const client = await edge.logIn();
  client.publish('shouwang/v1/g1/new/event', { kind: 'motion', value: true }, { messageId: 1 });
  client.publish('shouwang/v1/g1/new/event', SOS, { messageId: 2 });
  await client.next('puback', 2);
  expect(edge.log.reasons()).toEqual(['unknown-device']);
  expect(edge.log.observations).toMatchObject([{ device: null, deviceId: 'new', gateway: 1, value: 'sos' }]);
});

test('a retained SOS is refused and reported as an error; a retained status is taken', async () => {
  const client = await edge.logIn();
  client.publish(BUTTON, SOS, { messageId: 1, retain: true });
  client.publish('shouwang/v1/g1/status', { online: false }, { messageId: 2, retain: true });
  await client.next('puback', 2);
  expect(edge.log.reasons()).toEqual(['retained']);
  expect(edge.log.observations).toEqual([]);
  expect(edge.log.logged).toContainEqual({
    level: 'error',
    fields: { gatewayId: 'g1', deviceId: 'button', reason: 'retained' },
    message: 'emergency refused',
  });
  expect(edge.log.links.map(({ online, reason }) => [online, reason])).toEqual([
    [true, 'session-open'],
    [false, 'status'],
  ]);
});

test('a recorded SOS never rings on a live service', async () => {
  const client = await edge.logIn();
  client.publish(BUTTON, { ...SOS, replay: true });
  await client.next('puback');
  expect(edge.log.reasons()).toEqual(['replay-on-live-service']);
  expect(edge.log.observations).toEqual([]);
});

test('one bad gateway does not push everybody else out of the inspector', async () => {
  const client = await edge.logIn();
  for (let messageId = 1; messageId <= 200; messageId++) client.publish(BUTTON, '{', { messageId });
  await client.next('puback', 200);
  expect(edge.log.refused.length).toBeLessThan(70);
  expect(edge.intake.counters().refused['bad-json']).toBe(200);
});

test('over its rate a gateway is held back, nothing is dropped, and its SOS passes', async () => {
  await edge.stop();
  edge = await startMqttEdge({ intake: { gatewayRate: { perSecond: 20, burst: 5 } } });
  const client = await edge.logIn();
  for (let seq = 1; seq <= 15; seq++) {
    client.publish('shouwang/v1/g1/pir/event', { seq, kind: 'motion', value: true }, { messageId: seq });
  }
  client.publish(BUTTON, SOS, { messageId: 16 });
  await until('the SOS is stored', () => edge.log.observations.some(({ kind }) => kind === 'button'));
  expect(edge.log.observations.filter(({ kind }) => kind === 'motion')).toHaveLength(5);
  await client.next('puback', 16);
  expect(client.of('puback').map(({ messageId }) => messageId)).toEqual(
    Array.from({ length: 16 }, (_, i) => i + 1),
  );
  expect(edge.log.observations).toHaveLength(16);
  expect(edge.intake.counters().delayed).toBe(10);
});
