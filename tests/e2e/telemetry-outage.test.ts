// Goal: a real InfluxDB that is stopped, killed and started again in the middle of traffic has every reading exactly
// once afterwards. Method: the real writer and adapter, time ten times as fast for the pauses between attempts.

import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { createInfluxStore } from '#telemetry/influx/influx-store.ts';
import { SYSTEM_TIMER, type Timer } from '#telemetry/timer.ts';
import {
  device,
  FakeLog,
  gatewayConfigured,
  homeConfigured,
  observation,
  START_MS,
  startTelemetry,
} from '../support/telemetry.ts';
import { isInstalled, startInflux } from '../support/time-series-servers.ts';

const SPEED = 10;
const FAST: Timer = {
  nowMs: () => SYSTEM_TIMER.nowMs() * SPEED,
  sleep: (ms, signal) => SYSTEM_TIMER.sleep(ms / SPEED, signal),
};

const running: { stop(): Promise<void> }[] = [];
let again: ChildProcess | undefined;
afterEach(async () => {
  const ended = again === undefined ? null : new Promise((resolve) => again!.once('exit', resolve));
  again?.kill('SIGKILL');
  await ended;
  for (const { stop } of running.splice(0).reverse()) await stop();
});

test.skipIf(!isInstalled('influxd'))(
  'killed and paused in the middle of traffic, InfluxDB has everything once',
  async () => {
    const influx = await startInflux({ databases: ['shouwang'] });
    running.push(influx);
    const options = {
      server: 'influxdb-1',
      url: influx.url,
      database: 'shouwang',
      timeoutMs: 1_000,
    } as const;
    const store = createInfluxStore({ ...options, token: null, login: null, organization: null });
    const log = new FakeLog();
    log.append(gatewayConfigured(1, 1), homeConfigured(1, [device(1, 'd1')]));
    const { service } = startTelemetry({ log, store, timer: FAST });
    running.push({ stop: () => service.close() });
    let made = 0;
    const traffic = async (forMs: number): Promise<void> => {
      const endMs = performance.now() + forMs;
      while (performance.now() < endMs) {
        for (let i = 0; i < 40; i++, made++) {
          // Some are late, some say the same instant again.
          const measuredAtMs = START_MS + (made % 9 === 0 ? made - 7 : made) * 1_000;
          log.append(observation({ value: made, measuredAtMs }));
        }
        await sleep(20);
      }
    };
    await traffic(600);
    process.kill(influx.pid, 'SIGSTOP');
    await traffic(1_500);
    expect(service.status().behindEntries).toBeGreaterThan(0);
    process.kill(influx.pid, 'SIGCONT');
    await traffic(400);
    process.kill(influx.pid, 'SIGKILL');
    await traffic(800);
    again = spawn('influxd', ['-config', join(influx.folder, 'influxdb.conf')], { stdio: 'ignore' });
    await traffic(400);
    const { lastOffset } = await log.position();
    const endMs = performance.now() + 60_000;
    while (service.cursor() < lastOffset && performance.now() < endMs) await sleep(50);
    expect(service.cursor()).toBe(lastOffset);
    const values: unknown[] = [];
    let after: string | null = null;
    do {
      const page = await service.range({
        homeId: 'h1',
        kinds: ['temperature_c'],
        fromMs: 0,
        toMs: START_MS + made * 1_000,
        limit: 5_000,
        after,
      });
      for (const { value } of page.readings) values.push(value);
      after = page.next;
    } while (after !== null);
    expect((values as number[]).toSorted((a, b) => a - b)).toEqual(Array.from({ length: made }, (_, i) => i));
  },
);
