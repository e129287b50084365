// Goal: a simulated gateway loses nothing and doubles nothing by identity, whatever happens to its connection.
// Method: a real Aedes on a real socket that cuts connections in the middle.

import { afterEach, beforeEach, expect, test } from 'vitest';
import { type DeviceReading, type GatewayOptions, SimulatedGateway } from '../../simulators/gateway.ts';
import { createRandom } from '../../simulators/random.ts';
import { type PlainBroker, startPlainBroker, type Taken } from '../support/plain-broker.ts';

let broker: PlainBroker;
let gateway: SimulatedGateway;

beforeEach(async () => {
  broker = await startPlainBroker();
});

afterEach(async () => {
  await gateway.stop();
  await broker.close();
});

function create(options: Partial<GatewayOptions> = {}): SimulatedGateway {
  gateway = new SimulatedGateway({
    url: broker.url,
    gatewayId: 'gw-1',
    secret: 's',
    bootId: 'boot',
    random: createRandom(1),
    backoffMs: { first: 5, longest: 20 },
    ...options,
  });
  return gateway;
}

const motion: DeviceReading = { deviceId: 'pir-hall', kind: 'motion', value: true, isLevel: false };
const press: DeviceReading = { deviceId: 'sos-button', kind: 'button', value: 'sos', isLevel: false };
const isEvent = (taken: Taken): boolean => taken.topic.endsWith('/event');
const idsOf = (taken: readonly Taken[]): unknown[] => taken.map(({ body }) => body['id']);

test('writes the native format: topics, ids, time, battery, retained status', async () => {
  create({ nowMs: () => Date.UTC(2026, 10, 22, 8) }).start();
  await broker.until(1, ({ topic }) => topic.endsWith('/status'));
  gateway.report({ ...motion, batteryPct: 87 });
  gateway.report({ deviceId: 'temp-living', kind: 'temperature_c', value: 21.5, isLevel: true });
  await gateway.drained();
  const at = '2026-11-22T08:00:00.000Z';
  expect(broker.taken).toEqual([
    { clientId: 'gw-1', topic: 'shouwang/v1/gw-1/status', body: { online: true, uptime: 0 }, retain: true },
    {
      clientId: 'gw-1',
      topic: 'shouwang/v1/gw-1/pir-hall/event',
      body: { id: 'boot-1', seq: 1, at, kind: 'motion', value: true, battery: 87 },
      retain: false,
    },
    {
      clientId: 'gw-1',
      topic: 'shouwang/v1/gw-1/temp-living/telemetry',
      body: { id: 'boot-2', seq: 2, at, kind: 'temperature_c', value: 21.5 },
      retain: false,
    },
  ]);
});

test('what was reported during an outage comes late, marked, with its own time', async () => {
  let nowMs = 1_000_000;
  create({ nowMs: () => nowMs });
  gateway.report(motion);
  nowMs = 2_000_000;
  gateway.start();
  await gateway.drained();
  gateway.report(motion);
  await gateway.drained();
  const events = broker.taken.filter(isEvent).map(({ body }) => [body['at'], body['buffered']]);
  expect(events).toEqual([
    [new Date(1_000_000).toISOString(), true],
    [new Date(2_000_000).toISOString(), undefined],
  ]);
});

test('connections cut in the middle: every id arrives, and every repeated one keeps its content', async () => {
  let seen = 0;
  broker.onPublish = () => {
    seen += 1;
    if (seen % 37 === 0) broker.dropConnections();
    if (seen % 53 === 0) throw new Error('refused: not stored');
  };
  create().start();
  await broker.until(1, ({ topic }) => topic.endsWith('/status'));
  const ids = Array.from({ length: 400 }, () => gateway.report(motion));
  await gateway.drained();
  const arrived = broker.taken.filter(isEvent);
  expect(new Set(idsOf(arrived))).toEqual(new Set(ids));
  expect(new Set(ids).size).toBe(400);
  expect(gateway.counts).toMatchObject({ reported: 400, acknowledged: 400, dropped: 0 });
  expect(gateway.counts.connections).toBeGreaterThan(5);
  expect(gateway.counts.resent).toBeGreaterThan(0);
  const contents = arrived.map(({ body: { buffered, ...rest } }) => JSON.stringify(rest));
  expect(new Set(contents).size).toBe(400);
  // What was not acknowledged before the loss says so when it comes again.
  const repeated = arrived.filter(({ body }, place) => idsOf(arrived.slice(0, place)).includes(body['id']));
  expect(repeated.length).toBeGreaterThan(0);
  expect(repeated.every(({ body }) => body['buffered'] === true)).toBe(true);
});

test('an emergency overtakes what waits and is never given up', async () => {
  create({ maxWaiting: 50 });
  const emergency = gateway.report(press);
  for (let count = 0; count < 80; count += 1) gateway.report(motion);
  const second = gateway.report(press);
  gateway.start();
  await gateway.drained();
  const arrived = idsOf(broker.taken.filter(isEvent));
  expect(arrived.slice(0, 2)).toEqual([emergency, second]);
  expect(arrived.length).toBe(52);
  expect(gateway.counts.dropped).toBe(30);
  // The newest are kept: what happened last says most about now.
  expect(arrived.at(-1)).toBe('boot-81');
});

test('a cut link makes the broker publish the last will; a stop does not', async () => {
  create().start();
  await broker.until(1, ({ topic }) => topic.endsWith('/status'));
  gateway.cutLink();
  const [will] = await broker.until(1, ({ body }) => body['online'] === false);
  expect(will).toMatchObject({ topic: 'shouwang/v1/gw-1/status', retain: true });
  gateway.report(press);
  expect(gateway.pendingCount).toBe(1);
  gateway.restoreLink();
  await gateway.drained();
  await gateway.stop();
  expect(broker.taken.filter(({ body }) => body['online'] === false).length).toBe(1);
});

test('no PUBACK in time: the connection is given up and the reading sent again', async () => {
  let isStuck = true;
  broker.onPublish = ({ topic }) => {
    if (topic.endsWith('/event') && isStuck) return new Promise<void>(() => undefined);
    return undefined;
  };
  create({ heartbeatMs: 20, ackTimeoutMs: 30 }).start();
  gateway.report(motion);
  while (gateway.counts.connections < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  isStuck = false;
  await gateway.drained();
  expect(idsOf(broker.taken.filter(isEvent))).toContain('boot-1');
});

test('heartbeats go on while connected', async () => {
  create({ heartbeatMs: 10 }).start();
  const beats = await broker.until(4, ({ topic }) => topic.endsWith('/status'));
  for (const beat of beats) expect(beat.body['online']).toBe(true);
});
