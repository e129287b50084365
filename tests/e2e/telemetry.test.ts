// Readings through the whole service into its embedded store and out again: real broker, real log, the real telemetry
// thread. And that alarms do not care: no server to be reached, a store that hangs, a thread that dies.

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MqttClient } from 'mqtt';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TelemetryStatus } from '#telemetry/telemetry.ts';
import { connectLive } from '../support/desk-client.ts';
import {
  alertOf,
  connectGateway,
  type ServiceUnderTest,
  sessionCookie,
  startService,
  topicOf,
} from '../support/service.ts';
import { isInstalled, startInflux } from '../support/time-series-servers.ts';
import { until, untilAnswer } from '../support/until.ts';

let folder = '';
const running: { stop(): Promise<void> }[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shouwang-telemetry-'));
});
afterEach(async () => {
  for (let last = running.pop(); last !== undefined; last = running.pop()) await last.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function start(config: Parameters<typeof startService>[0] = {}): Promise<ServiceUnderTest> {
  const service = await startService({ folder, ...config });
  running.push(service);
  return service;
}

async function stop(service: ServiceUnderTest): Promise<void> {
  running.splice(running.indexOf(service), 1);
  await service.stop();
}

function publish(
  gateway: MqttClient,
  service: ServiceUnderTest,
  device: string,
  event: object,
): Promise<unknown> {
  return gateway.publishAsync(topicOf(service.homes[0]!, device), JSON.stringify(event), { qos: 1 });
}

/** The status is a moment old: count what must have been written, or wait for the chart (`untilTemperatures`). */
function untilStatus(
  service: ServiceUnderTest,
  isTrue: (status: TelemetryStatus) => boolean,
): Promise<TelemetryStatus> {
  return untilAnswer('the status of telemetry', () => service.api.get<TelemetryStatus>('/telemetry'), isTrue);
}

interface Chart {
  series: { kind: string; deviceId: string; room: string | null; points: number[][] }[];
  stepMs: number;
}

/** The temperatures of the last hour: how many, and the last, as soon as the chart holds `count` of them. */
function untilTemperatures(service: ServiceUnderTest, homeId: string, count = 1): Promise<Temperatures> {
  const ask = async (): Promise<Temperatures> => {
    const { series } = await service.api.get<Chart>(chartPath(homeId, Date.now())).catch(whileUnavailable);
    const points = series.find(({ kind }) => kind === 'temperature_c')?.points ?? [];
    return { count: points.reduce((sum, [, n]) => sum + n!, 0), last: points.at(-1)?.[5] };
  };
  return untilAnswer(`${count} temperatures in the chart`, ask, (found) => found.count >= count);
}

interface Temperatures {
  readonly count: number;
  readonly last: number | undefined;
}

/** After a start the store needs a moment before it can be asked. */
function whileUnavailable(error: { status?: number }): Pick<Chart, 'series'> {
  if (error.status === 503) return { series: [] };
  throw error;
}

const chartPath = (homeId: string, nowMs: number, more = '') =>
  `/homes/${homeId}/telemetry?from=${nowMs - 3_600_000}&to=${nowMs + 60_000}${more}`;

test('readings come out as charts, raster and export, also after a restart with what was sent meanwhile', async () => {
  let service = await start();
  const home = service.homes[0]!;
  let gateway = await service.gateway();
  const nowMs = Date.now();
  for (let i = 0; i < 20; i++) {
    await publish(gateway, service, 'temp-living', {
      id: `t${i}`,
      kind: 'temperature_c',
      value: 20 + i,
      at: nowMs - i * 60_000,
    });
  }
  await publish(gateway, service, 'pir-kitchen', { id: 'm1', kind: 'motion', value: true });
  await untilStatus(service, ({ counts }) => counts.written >= 22);
  const chart = await service.api.get<Chart>(chartPath(home.homeId, nowMs, '&points=20'));
  const temperature = chart.series.find(({ kind }) => kind === 'temperature_c')!;
  expect(temperature).toMatchObject({ deviceId: 'temp-living', room: 'living' });
  expect(temperature.points.reduce((sum, [, count]) => sum + count!, 0)).toBe(20);
  expect(temperature.points.length).toBeLessThanOrEqual(20);
  const raster = await service.api.get<{ rooms: { room: string; counts: number[] }[] }>(
    `/homes/${home.homeId}/activity?from=${nowMs - 3_600_000}&to=${nowMs + 60_000}&step=600000`,
  );
  expect(raster.rooms.find(({ room }) => room === 'kitchen')!.counts.at(-1)).toBe(1);
  await gateway.endAsync();
  await stop(service);
  const homes = service.homes;
  service = { ...(await start({ homes: 0 })), homes };
  gateway = await connectGateway(service.started.mqtt, home);
  await publish(gateway, service, 'temp-living', {
    id: 'later',
    kind: 'temperature_c',
    value: 99,
    at: nowMs,
  });
  await untilTemperatures(service, home.homeId, 21);
  const csv = await fetch(`${service.started.http}/api/v1/homes/${home.homeId}/telemetry/export`, {
    headers: { cookie: await sessionCookie(service.started.http) },
  });
  expect(csv.status).toBe(200);
  const lines = (await csv.text()).trim().split('\r\n');
  expect(lines.filter((line) => line.includes(',temp-living,temperature_c,'))).toHaveLength(21);
  expect(existsSync(join(folder, 'telemetry-cursor.db'))).toBe(true);
  await gateway.endAsync();
});

test('a folder that was taken away is filled again from the log', async () => {
  let service = await start();
  const gateway = await service.gateway();
  await publish(gateway, service, 'temp-living', { id: 'a', kind: 'temperature_c', value: 21 });
  const { homeId } = service.homes[0]!;
  await untilTemperatures(service, homeId);
  await gateway.endAsync();
  await stop(service);
  rmSync(join(folder, 'telemetry'), { recursive: true });
  const { homes } = service;
  service = { ...(await start({ homes: 0 })), homes };
  expect(await untilTemperatures(service, homeId)).toEqual({ count: 1, last: 21 });
});

test('live readings reach the open home only', async () => {
  const service = await start({ homes: 2 });
  const gateway = await service.gateway();
  const other = await service.gateway(1);
  const cookie = await sessionCookie(service.started.http);
  const [home, otherHome] = service.homes;
  const path = `/api/v1/homes/${home!.homeId}/telemetry/live`;
  const live = await connectLive(service.started.http.replace('http', 'ws') + path, { headers: { cookie } });
  await sleep(1_000);
  await other.publishAsync(topicOf(otherHome!, 'pir-hall'), '{"id":"l2","kind":"motion","value":true}', {
    qos: 1,
  });
  await publish(gateway, service, 'pir-hall', { id: 'l1', kind: 'motion', value: true });
  await until('it is here', () => live.messages.length > 0);
  expect(live.messages.flatMap(({ readings }) => readings)).toEqual([
    expect.objectContaining({
      deviceId: 'pir-hall',
      kind: 'motion',
      value: true,
      gatewayId: home!.gatewayId,
    }),
  ]);
  await gateway.endAsync();
  await other.endAsync();
  await stop(service);
  expect(await live.closed).toBe(1012);
});

test('erased telemetry is gone, stays gone over a restart with an empty store, and new readings come in', async () => {
  let service = await start();
  const homeId = service.homes[0]!.homeId;
  let gateway = await service.gateway();
  await publish(gateway, service, 'temp-living', { id: 'old', kind: 'temperature_c', value: 11 });
  expect(await untilTemperatures(service, homeId)).toEqual({ count: 1, last: 11 });
  await service.api.delete(`/homes/${homeId}/telemetry`);
  expect((await service.api.get<Chart>(chartPath(homeId, Date.now()))).series).toEqual([]);
  await gateway.endAsync();
  await stop(service);
  rmSync(join(folder, 'telemetry'), { recursive: true });
  const { homes } = service;
  service = { ...(await start({ homes: 0 })), homes };
  gateway = await connectGateway(service.started.mqtt, homes[0]!);
  await publish(gateway, service, 'temp-living', { id: 'new', kind: 'temperature_c', value: 22 });
  // What was erased lies before it in the log: it would be here by now.
  expect(await untilTemperatures(service, homeId)).toEqual({ count: 1, last: 22 });
  await gateway.endAsync();
});

/** A server that takes connections and never says a word. */
async function mute(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

test.each([['refuses'], ['hangs']])(
  'with a server that %s at the start alarms work and telemetry waits',
  async (how) => {
    const silent = await mute();
    running.push(silent);
    if (how === 'refuses') await silent.stop();
    const config = { telemetryStore: 'influxdb-1', influxUrl: silent.url } as const;
    const service = await start({ config });
    const desk = await service.desk();
    const gateway = await service.gateway();
    await publish(gateway, service, 'sos-button', { id: 'p1', kind: 'button', value: 'sos' });
    expect(await alertOf(desk, 'sos')).toMatchObject({ deviceId: 'sos-button' });
    const status = await untilStatus(service, ({ behindEntries }) => behindEntries > 0);
    expect(status).toMatchObject({ isReachable: false, store: null, cursor: 0 });
    const ready = await fetch(`${service.started.http}/health/ready`);
    expect(ready.status).toBe(200);
    await expect(service.api.get(chartPath(service.homes[0]!.homeId, Date.now()))).rejects.toMatchObject({
      status: 503,
      code: 'unavailable',
    });
    desk.socket.close();
    await gateway.endAsync();
  },
);

test.skipIf(!isInstalled('influxd'))(
  'what waited is written when InfluxDB is there; another store is filled from the log',
  async () => {
    const influx = await startInflux({ databases: ['shouwang'] });
    running.push(influx);
    let service = await start();
    const { homeId } = service.homes[0]!;
    const gateway = await service.gateway();
    for (let i = 0; i < 10; i++) {
      await publish(gateway, service, 'temp-living', { id: `i${i}`, kind: 'temperature_c', value: i });
    }
    await untilTemperatures(service, homeId, 10);
    await gateway.endAsync();
    await stop(service);
    const config = { telemetryStore: 'influxdb-1', influxUrl: influx.url, influxBucket: 'shouwang' } as const;
    const { homes } = service;
    service = { ...(await start({ homes: 0, config })), homes };
    expect(await untilTemperatures(service, homeId, 10)).toMatchObject({ count: 10 });
    const { store } = await untilStatus(service, (status) => status.store !== null);
    expect(store).toMatch(/^InfluxDB 1\./);
  },
);

test('with a log in memory readings are in memory too', async () => {
  const service = await start({ config: { journal: 'memory' } });
  const gateway = await service.gateway();
  await publish(gateway, service, 'temp-living', { id: 'a', kind: 'temperature_c', value: 21 });
  const { store } = await untilStatus(service, ({ counts }) => counts.written > 0);
  expect(store).toMatch(/^memory/);
  expect(await untilTemperatures(service, service.homes[0]!.homeId)).toEqual({ count: 1, last: 21 });
  await gateway.endAsync();
});

test('without telemetry everything else works and says so', async () => {
  const service = await start({ config: { telemetryStore: 'none' } });
  await expect(service.api.get('/telemetry')).rejects.toMatchObject({ status: 503 });
  expect(existsSync(join(folder, 'telemetry-cursor.db'))).toBe(false);
});

test('options that cannot work are told before anything is opened', async () => {
  const config = { telemetryStore: 'influxdb-2', influxUrl: 'http://user:secret@host' } as const;
  await expect(start({ config })).rejects.toThrow('--influx-url (SHOUWANG_INFLUX_URL) must not hold a login');
  await expect(start({ config: { telemetryStore: 'influxdb-2', influxOrg: 'o' } })).rejects.toThrow(
    '--influx-token',
  );
  expect(existsSync(join(folder, 'journal.db'))).toBe(false);
});
