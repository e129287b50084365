// Goal: the clients that integrators use work unchanged: mqtt.js over TCP and WebSocket, mosquitto_pub.

import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { connectAsync } from 'mqtt';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { type MqttEdge, SECRET, startMqttEdge } from '../support/mqtt-edge.ts';
import { until } from '../support/until.ts';

const run = promisify(execFile);
const hasMosquitto = await run('mosquitto_pub', ['--help']).then(
  () => true,
  (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
);

const BUTTON = 'shouwang/v1/g1/button/event';
const SOS = JSON.stringify({ id: '01JSOS', kind: 'button', value: 'sos' });

let edge: MqttEdge;
let http: ReturnType<typeof createServer>;
let webPort: number;
beforeEach(async () => {
  edge = await startMqttEdge();
  http = createServer();
  http.on('upgrade', (request, socket, head) => edge.broker.handleUpgrade(request, socket, head));
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  webPort = (http.address() as AddressInfo).port;
});
afterEach(async () => {
  await edge.stop();
  http.close();
});

test.each([
  ['TCP', () => `mqtt://127.0.0.1:${edge.port}`],
  ['WebSocket', () => `ws://127.0.0.1:${webPort}/mqtt`],
])('mqtt.js over %s: publishes with every QoS and hears a command', async (_name, url) => {
  const client = await connectAsync(url(), {
    username: 'g1',
    password: SECRET,
    clientId: 'js',
    reconnectPeriod: 0,
  });
  const heard: string[] = [];
  client.on('message', (topic) => void heard.push(topic));
  await client.subscribeAsync('shouwang/v1/g1/command/#', { qos: 1 });
  for (const qos of [0, 1, 2] as const) {
    await client.publishAsync(BUTTON, JSON.stringify({ id: `01JSOS${qos}`, kind: 'button', value: 'sos' }), {
      qos,
    });
  }
  await edge.broker.sendCommand('g1', 'led', Buffer.from('{}'));
  await until('the command came', () => heard.length === 1);
  await until('all are stored', () => edge.log.observations.length === 3);
  expect(edge.log.observations.map(({ eventId }) => eventId)).toEqual(['01JSOS0', '01JSOS1', '01JSOS2']);
  await client.endAsync();
});

test('mqtt.js whose acknowledgement was lost sends again after its reconnect, and nothing is doubled', async () => {
  edge.log.isAutomatic = false;
  const client = await connectAsync(`mqtt://127.0.0.1:${edge.port}`, {
    username: 'g1',
    password: SECRET,
    clientId: 'js',
    clean: false,
    reconnectPeriod: 10,
  });
  const published = client.publishAsync(BUTTON, SOS, { qos: 1 });
  await until('it waits', () => edge.log.waiting.length === 1);
  edge.log.fail();
  await until('it came again', () => edge.log.waiting.length === 1);
  edge.log.release();
  await published;
  expect(edge.log.observations).toHaveLength(1);
  await client.endAsync();
});

test('WebSocket without the subprotocol is answered 400', async () => {
  const socket = new WebSocket(`ws://127.0.0.1:${webPort}/mqtt`);
  const [error] = (await once(socket, 'error')) as [Error];
  expect(error.message).toContain('400');
});

test('WebSocket: a message of 200 kB is cut', async () => {
  const socket = new WebSocket(`ws://127.0.0.1:${webPort}/mqtt`, 'mqtt');
  socket.on('error', () => undefined);
  await once(socket, 'open');
  socket.send(Buffer.alloc(200_000, 0x30));
  await once(socket, 'close');
  await until('the broker let go', () => edge.broker.counters().connections === 0);
});

test.skipIf(!hasMosquitto)(
  'mosquitto_pub raises an SOS (skipped where Debian package mosquitto-clients is missing)',
  async () => {
    const address = ['-h', '127.0.0.1', '-p', String(edge.port), '-u', 'g1'];
    await run('mosquitto_pub', [...address, '-P', SECRET, '-q', '1', '-t', BUTTON, '-m', SOS]);
    expect(edge.log.observations).toMatchObject([{ deviceId: 'button', value: 'sos', eventId: '01JSOS' }]);
    await expect(
      run('mosquitto_pub', [...address, '-P', 'wrong', '-q', '1', '-t', BUTTON, '-m', SOS]),
    ).rejects.toThrow();
    expect(edge.log.observations).toHaveLength(1);
  },
);
