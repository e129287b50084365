// Goal: a gateway that is gone is told to the core, one that is there is not called gone (promise P4).

import { afterEach, beforeEach, expect, test } from 'vitest';
import { type MqttEdge, startMqttEdge } from '../support/mqtt-edge.ts';
import { until } from '../support/until.ts';

let edge: MqttEdge;
beforeEach(async () => {
  edge = await startMqttEdge();
});
afterEach(() => edge.stop());

const STATUS = 'shouwang/v1/g1/status';
const will = { topic: STATUS, payload: Buffer.from('{"online":false}'), qos: 1, retain: true } as const;
const said = () => edge.log.links.map(({ online, reason }) => `${online} ${reason}`);

test('an abrupt end executes the will, once, with everything the broker is asked to remember', async () => {
  const client = await edge.logIn({ will });
  client.end();
  await until('the core knows', () => said().length === 2);
  expect(said()).toEqual(['true session-open', 'false will']);
  expect(edge.log.links.every(({ gateway }) => gateway === 1)).toBe(true);
});

test('without a will the lost session itself says it', async () => {
  (await edge.logIn()).end();
  await until('the core knows', () => said().length === 2);
  expect(said()).toEqual(['true session-open', 'false session-lost']);
});

test('a clean DISCONNECT is no loss: clients that connect for one message do it all day', async () => {
  for (let i = 0; i < 3; i++) {
    const client = await edge.logIn({ will });
    client.send({ cmd: 'disconnect' });
    await client.closed();
    await until('it is forgotten', () => edge.broker.counters().sessions === 0);
  }
  expect(said()).toEqual(['true session-open']);
});

test('a gateway with two sessions is gone when the last one is', async () => {
  const first = await edge.logIn({ clientId: 'a', will });
  const second = await edge.logIn({ clientId: 'b', will });
  first.end();
  await until('one is gone', () => edge.broker.counters().sessions === 1);
  expect(said()).toEqual(['true session-open']);
  second.end();
  await until('the core knows', () => said().length === 2);
  expect(said()[1]).toBe('false will');
});

test('a keepalive that runs out ends the session', async () => {
  const client = await edge.logIn({ keepalive: 1 });
  await client.closed();
  await until('the core knows', () => said().length === 2);
  expect(said()[1]).toBe('false session-lost');
  expect(edge.log.refused).toEqual([]);
});

test('pings prove life at most every 25 s, and not when a reading did', async () => {
  const client = await edge.logIn();
  let pings = 0;
  const ping = async () => {
    client.send({ cmd: 'pingreq' });
    await client.next('pingresp', ++pings);
  };
  await ping();
  edge.log.nowMs += 24_000;
  await ping();
  expect(said()).toEqual(['true session-open']);
  edge.log.nowMs += 1_000;
  await ping();
  expect(said()).toEqual(['true session-open', 'true heartbeat']);
  edge.log.nowMs += 24_000;
  client.publish('shouwang/v1/g1/pir/event', { kind: 'motion', value: true });
  await client.next('puback');
  edge.log.nowMs += 24_000;
  await ping();
  expect(said()).toHaveLength(2);
});

test('status frames: heartbeats, goodbye, and life after it', async () => {
  const client = await edge.logIn();
  const send = async (online: boolean, messageId: number) => {
    client.publish(STATUS, { online, uptime: 5 }, { messageId, retain: true });
    await client.next('puback', messageId);
  };
  await send(true, 1);
  await send(false, 2);
  await send(false, 3);
  await send(true, 4);
  edge.log.nowMs += 30_000;
  await send(true, 5);
  expect(said()).toEqual(['true session-open', 'false status', 'true status', 'true status']);
});

test('a will on a foreign topic or beside the status is refused; the session goes on without it', async () => {
  const foreign = await edge.logIn({ clientId: 'a', will: { ...will, topic: 'shouwang/v1/g2/status' } });
  const sos = await edge.logIn({
    clientId: 'b',
    will: {
      ...will,
      topic: 'shouwang/v1/g1/button/event',
      payload: Buffer.from('{"kind":"button","value":"sos"}'),
    },
  });
  expect(edge.log.reasons()).toEqual(['foreign-topic', 'will-not-status']);
  foreign.end();
  sos.end();
  await until('both are gone', () => said().length === 2);
  expect(said()).toEqual(['true session-open', 'false session-lost']);
  expect(edge.log.observations).toEqual([]);
});

test('a link that could not be recorded is said again with the next sign of life', async () => {
  edge.log.failure = new Error('disk is full');
  const client = await edge.logIn();
  edge.log.failure = null;
  client.send({ cmd: 'pingreq' });
  await client.next('pingresp');
  expect(said()).toEqual(['true heartbeat']);
});

test('our own stop says nothing about gateways', async () => {
  await edge.logIn({ will });
  await edge.broker.close();
  expect(said()).toEqual(['true session-open']);
});
