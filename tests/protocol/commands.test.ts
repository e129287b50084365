// Goal: a gateway hears the commands to itself, all of them, and nothing else; one that does not read harms nobody.

import { afterEach, beforeEach, expect, test } from 'vitest';
import { type MqttEdge, startMqttEdge } from '../support/mqtt-edge.ts';
import type { RawMqtt } from '../support/raw-mqtt.ts';
import { until } from '../support/until.ts';

let edge: MqttEdge;
beforeEach(async () => {
  edge = await startMqttEdge();
});
afterEach(() => edge.stop());

async function subscribe(client: RawMqtt, topics: readonly string[], messageId = 1) {
  client.send({ cmd: 'subscribe', messageId, subscriptions: topics.map((topic) => ({ topic, qos: 1 })) });
  const { granted } = await client.next('suback', messageId);
  return granted;
}

test('only the own command tree may be subscribed to; the rest gets 0x80, is counted and kept', async () => {
  const client = await edge.logIn({ clean: false });
  const filters = [
    'shouwang/v1/g1/command/#',
    '#',
    '$SYS/#',
    '+/v1/g1/command/#',
    'shouwang/v1/g2/command/#',
    'shouwang/v1/+/command/#',
    'shouwang/v1/g1/command',
    'shouwang/v1/g1/#',
    'shouwang/v1/g1/command/+/set',
  ];
  expect(await subscribe(client, filters)).toEqual([1, 128, 128, 128, 128, 128, 128, 128, 1]);
  expect(edge.log.refused.map(({ topic }) => topic)).toEqual(filters.filter((_, i) => i > 0 && i < 8));
  expect(edge.intake.counters().refused['subscription-refused']).toBe(7);
  expect(client.isClosed).toBe(false);
});

test('what devices publish reaches no subscriber, not even themselves', async () => {
  const client = await edge.logIn();
  await subscribe(client, ['shouwang/v1/g1/command/#']);
  client.publish('shouwang/v1/g1/command/reboot', {}, { messageId: 1 });
  client.publish('shouwang/v1/g1/pir/event', { kind: 'motion', value: true }, { messageId: 2 });
  await client.next('puback', 2);
  await edge.broker.sendCommand('g1', 'mark', Buffer.from('{}'));
  await client.next('publish');
  expect(client.of('publish').map(({ topic }) => topic)).toEqual(['shouwang/v1/g1/command/mark']);
});

test('a command goes to its gateway only; without a session it is not kept', async () => {
  const own = await edge.logIn();
  const other = await edge.logInOther();
  await subscribe(own, ['shouwang/v1/g1/command/#']);
  await subscribe(other, ['shouwang/v1/g2/command/#']);
  expect(await edge.broker.sendCommand('g1', 'pir/led', Buffer.from('{"on":true}'))).toBe('sent');
  expect((await own.next('publish')).payload.toString()).toBe('{"on":true}');
  expect(other.of('publish')).toEqual([]);
  own.end();
  await until('it is gone', () => edge.broker.counters().sessions === 1);
  expect(await edge.broker.sendCommand('g1', 'pir/led', Buffer.from('{}'))).toBe('offline');
  const back = await edge.logIn({ clean: false });
  await subscribe(back, ['shouwang/v1/g1/command/#']);
  await edge.broker.sendCommand('g1', 'second', Buffer.from('{}'));
  await back.next('publish');
  expect(back.of('publish').map(({ topic }) => topic)).toEqual(['shouwang/v1/g1/command/second']);
});

test('a wildcard is no command', async () => {
  await expect(edge.broker.sendCommand('g1', 'a/#', Buffer.from(''))).rejects.toThrow(RangeError);
});

// D1: QoS 1 takes two turns more than QoS 0, so their numbers arrive out of order at Aedes' duplicate counter, which
// then drops the later ones. Fails without `neverDropAsDuplicate`.
test('a subscriber gets all commands, QoS 0 and 1 mixed', async () => {
  const client = await edge.logIn({ clean: false });
  await subscribe(client, ['shouwang/v1/g1/command/#']);
  const sent: Promise<unknown>[] = [];
  for (let i = 0; i < 600; i++)
    sent.push(edge.broker.sendCommand('g1', `n${i}`, Buffer.from('{}'), i % 2 === 0 ? 1 : 0));
  await Promise.all(sent);
  await client.next('publish', 600);
  const got = client.of('publish').map(({ topic }) => Number(topic.split('/n')[1]));
  expect(got.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 600 }, (_, i) => i));
});

// D2, D3: with a limit on concurrency one subscriber that does not read stalls the broker, and then crashes it.
test('a subscriber that does not read is cut alone; the others go on at once', async () => {
  const stalled = await edge.logIn();
  await subscribe(stalled, ['shouwang/v1/g1/command/#']);
  stalled.socket.pause();
  // 36 MB: more than the kernel's buffers take, and more commands than any sensible limit on concurrency.
  const filler = Buffer.alloc(60_000, 0x20);
  const sent = Array.from({ length: 600 }, (_, i) => edge.broker.sendCommand('g1', `n${i}`, filler));
  const other = await edge.logInOther();
  await subscribe(other, ['shouwang/v1/g2/command/#']);
  for (let messageId = 1; messageId <= 50; messageId++) {
    other.publish(
      'shouwang/v1/g2/door/event',
      { seq: messageId, kind: 'contact', value: true },
      { messageId },
    );
  }
  await other.next('puback', 50);
  await edge.broker.sendCommand('g2', 'after', Buffer.from('{}'));
  await other.next('publish');
  // Not because the stalled one was cut: it is still there.
  expect(edge.broker.counters().sessions).toBe(2);
  expect(edge.log.observations).toHaveLength(50);
  await Promise.all(sent);
  await until('the stalled one is cut', () => edge.broker.counters().sessions === 1);
});

test('several sessions of one gateway each hear its commands', async () => {
  const first = await edge.logIn({ clientId: 'a' });
  const second = await edge.logIn({ clientId: 'b' });
  for (const client of [first, second]) await subscribe(client, ['shouwang/v1/g1/command/#']);
  await edge.broker.sendCommand('g1', 'x', Buffer.from('{}'));
  await Promise.all([first.next('publish'), second.next('publish')]);
});
