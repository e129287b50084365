// Goal: whatever the store does for an hour, afterwards every reading of the log is in it exactly once; nothing is
// skipped silently; the writer never hammers and never asks a hanging store twice. Method: simulated traffic over a
// fake clock, the memory store behind injected faults, restarts at every point.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TelemetryReading } from '#telemetry/telemetry-store.ts';
import {
  createFaultyStore,
  device,
  FakeLog,
  FakeTimer,
  type Fault,
  gatewayConfigured,
  homeConfigured,
  observation,
  START_MS,
  startTelemetry,
} from '../../support/telemetry.ts';

const HOMES = ['h1', 'h2', ''];
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shouwang-telemetry-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function configuredLog(): FakeLog {
  const log = new FakeLog();
  log.append(gatewayConfigured(1, 1), gatewayConfigured(2, null));
  log.append(homeConfigured(1, [device(1, 'd1'), device(2, 'd2')]), homeConfigured(2, [device(3, 'd3', 2)]));
  return log;
}

/** Readings of three devices; some late, some corrected (the same instant again), one emergency. */
function appendTraffic(log: FakeLog, count: number, from = 0): void {
  for (let i = from; i < from + count; i++) {
    const measuredAtMs = START_MS + (i % 7 === 0 ? i - 5 : i) * 1_000;
    if (i % 3 === 0) log.append(observation({ value: i, measuredAtMs }));
    else if (i % 3 === 1)
      log.append(observation({ device: 2, deviceId: 'd2', kind: 'motion', value: true, measuredAtMs }));
    else
      log.append(
        observation({
          gateway: 2,
          device: 3,
          deviceId: 'd3',
          kind: 'contact',
          value: i % 2 === 0,
          measuredAtMs,
        }),
      );
    if (i % 50 === 0) log.append({ type: 'tick' });
  }
  log.append(
    observation({ device: null, deviceId: 'pendant', kind: 'button', value: 'sos', measuredAtMs: START_MS }),
  );
}

/** What the log says must be in the store, without the writer's help. */
async function expected(log: FakeLog): Promise<string[]> {
  const places: Readonly<Record<string, [string, string]>> = {
    d1: ['h1', 'g1'],
    d2: ['h1', 'g1'],
    d3: ['h2', 'g2'],
    pendant: ['h1', 'g1'],
  };
  const entries = await log.read(0, 1_000_000);
  return entries
    .flatMap(({ offset, body }) => {
      if (body.type !== 'observation') return [];
      const [homeId, gatewayId] = places[body.deviceId]!;
      return [
        JSON.stringify([homeId, gatewayId, body.deviceId, body.kind, body.measuredAtMs, offset, body.value]),
      ];
    })
    .sort();
}

function shown(readings: readonly TelemetryReading[]): string[] {
  return readings
    .map((r) => JSON.stringify([r.homeId, r.gatewayId, r.deviceId, r.kind, r.atMs, r.offset, r.value]))
    .sort();
}

const FAULTS: readonly Fault[] = [
  'refuses',
  'stores-and-fails',
  'half-and-fails',
  'too-many-requests',
  'hangs',
];

test.each(FAULTS)(
  'a store that %s for an hour of traffic has everything exactly once afterwards',
  async (fault) => {
    const [log, timer, store] = [configuredLog(), new FakeTimer(), createFaultyStore()];
    const { service, events } = startTelemetry({ log, store, timer });
    appendTraffic(log, 60);
    await timer.pass(5_000);
    store.fault = fault;
    const writesBefore = store.writes;
    for (let minute = 0; minute < 60; minute++) {
      appendTraffic(log, 100, 60 + minute * 100);
      await timer.pass(60_000);
    }
    expect(service.status()).toMatchObject({ isReachable: false });
    expect(service.status().behindMs).toBeGreaterThan(50 * 60_000);
    // Half a minute between attempts at most, and never a storm.
    expect(store.writes - writesBefore).toBeGreaterThan(0);
    expect(store.writes - writesBefore).toBeLessThan(400);
    store.fault = 'none';
    store.release();
    await timer.pass(10 * 60_000);
    expect(shown(await store.all(HOMES))).toEqual(await expected(log));
    expect(service.status()).toMatchObject({
      isReachable: true,
      problem: null,
      behindEntries: 0,
      behindMs: 0,
    });
    expect(store.concurrencyMax).toBe(1);
    expect(events.filter(({ type }) => type === 'unavailable').length).toBeLessThanOrEqual(2);
    expect(events.at(-1)).toMatchObject({ type: 'available' });
    await service.close();
  },
);

test('a refused reading is kept aside with its reason and holds up nothing', async () => {
  const [log, timer, store] = [configuredLog(), new FakeTimer(), createFaultyStore()];
  store.fault = 'refuses-poison';
  const { service } = startTelemetry({ log, store, timer });
  appendTraffic(log, 5);
  log.append(observation({ kind: 'poison', value: 1 }));
  log.append(observation({ kind: 'temperature_c', value: { odd: true } as never }));
  appendTraffic(log, 5, 5);
  await timer.pass(5_000);
  expect(service.status()).toMatchObject({ behindEntries: 0, counts: { refused: 2 } });
  expect(await service.refused({ beforeId: null, limit: 10 })).toMatchObject([
    { reason: 'poison', reading: { kind: 'poison', deviceId: 'd1', value: 1 } },
    { reason: 'unknown-value', reading: { value: { odd: true } } },
  ]);
  expect(await store.all(HOMES)).toHaveLength(12);
  await service.close();
});

test('a restart at any point, with any fault, leaves every reading exactly once', async () => {
  const faults = fc.constantFrom<Fault>('none', 'refuses', 'stores-and-fails', 'half-and-fails');
  const step = fc.record({ count: fc.integer({ min: 0, max: 30 }), fault: faults, restart: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
      const [log, timer, store] = [configuredLog(), new FakeTimer(), createFaultyStore()];
      const file = join(folder, `${Math.random()}.db`);
      let running = startTelemetry({ log, store, timer }, { file });
      let made = 0;
      for (const { count, fault, restart } of steps) {
        appendTraffic(log, count, made);
        made += count;
        store.fault = fault;
        await timer.pass(1_500);
        if (!restart) continue;
        await running.service.close();
        running = startTelemetry({ log, store, timer }, { file });
      }
      store.fault = 'none';
      await timer.pass(120_000);
      expect(shown(await store.all(HOMES))).toEqual(await expected(log));
      expect(running.service.cursor()).toBe((await log.position()).lastOffset);
      await running.service.close();
    }),
    { numRuns: 40 },
  );
});

test('a device that moves takes its later readings to the new home, also over a restart', async () => {
  const [log, timer, store] = [configuredLog(), new FakeTimer(), createFaultyStore()];
  const file = join(folder, 'progress.db');
  let { service } = startTelemetry({ log, store, timer }, { file });
  log.append(observation({ value: 1 }));
  log.append(
    homeConfigured(1, [device(2, 'd2')], 2),
    homeConfigured(2, [device(3, 'd3', 2), device(1, 'd1')], 2),
  );
  await timer.pass(3_000);
  await service.close();
  ({ service } = startTelemetry({ log, store, timer }, { file }));
  log.append(observation({ value: 2 }));
  await timer.pass(3_000);
  expect((await store.all(['h1'])).map(({ value }) => value)).toEqual([1]);
  expect((await store.all(['h2'])).map(({ value }) => value)).toEqual([2]);
  await service.close();
});

test('another store begins with the oldest retained entry; the same one goes on', async () => {
  const [log, timer, first, second] = [
    configuredLog(),
    new FakeTimer(),
    createFaultyStore(),
    createFaultyStore(),
  ];
  const file = join(folder, 'progress.db');
  let { service, events } = startTelemetry({ log, store: first, timer }, { file, storeId: 'a' });
  appendTraffic(log, 20);
  await timer.pass(3_000);
  await service.close();
  const { writes } = first;
  ({ service, events } = startTelemetry({ log, store: first, timer }, { file, storeId: 'a' }));
  await timer.pass(3_000);
  await service.close();
  expect(first.writes).toBe(writes);
  ({ service, events } = startTelemetry({ log, store: second, timer }, { file, storeId: 'b' }));
  await timer.pass(3_000);
  expect(events).toContainEqual({ type: 'begun-anew', why: 'other-store', fromOffset: 1 });
  expect(shown(await second.all(HOMES))).toEqual(await expected(log));
  await service.close();
});

test('a log that was trimmed before the first run: ids come from the registry, the rest is there', async () => {
  const [log, timer, store] = [configuredLog(), new FakeTimer(), createFaultyStore()];
  appendTraffic(log, 10);
  log.trim(12);
  const seed = async function* () {
    yield gatewayConfigured(1, 1);
    yield gatewayConfigured(2, null);
    yield homeConfigured(1, [device(1, 'd1'), device(2, 'd2')]);
    yield homeConfigured(2, [device(3, 'd3', 2)]);
  };
  const { service, events } = startTelemetry({ log, store, timer }, { seed });
  await timer.pass(3_000);
  const left = await log.read(12, 1_000);
  const readings = left.filter(({ body }) => body.type === 'observation');
  expect(await store.all(['h1', 'h2'])).toHaveLength(readings.length);
  expect(await store.all([''])).toEqual([]);
  expect(events).toContainEqual(expect.objectContaining({ type: 'gap', reason: 'trimmed', lastOffset: 12 }));
  expect(service.status().counts.shedEntries).toBe(0);
  await service.close();
});

test('when the disk is needed what is not stored is given up and counted; homes are still followed', async () => {
  const [log, timer, store] = [configuredLog(), new FakeTimer(), createFaultyStore()];
  const file = join(folder, 'progress.db');
  let { service, events, progress } = startTelemetry({ log, store, timer }, { file });
  appendTraffic(log, 20);
  await timer.pass(3_000);
  store.fault = 'refuses';
  appendTraffic(log, 50, 20);
  log.append(
    homeConfigured(1, [device(2, 'd2')], 2),
    homeConfigured(2, [device(1, 'd1'), device(3, 'd3', 2)], 2),
  );
  const before = service.cursor();
  const upTo = (await log.position()).lastOffset;
  await timer.pass(60_000);
  expect(service.cursor()).toBe(before);
  const shed = service.shedTo(upTo);
  await timer.pass(1_000);
  expect(await shed).toBe(upTo);
  expect(events).toContainEqual(
    expect.objectContaining({ type: 'gap', reason: 'shed', firstOffset: before + 1, lastOffset: upTo }),
  );
  expect(service.status().counts.shedEntries).toBe(upTo - before);
  expect(progress.gaps({ fromMs: START_MS, toMs: log.lastAtMs })).toHaveLength(1);
  // Less than the cursor is nothing to give up.
  expect(await Promise.race([service.shedTo(1), timer.pass(2_000).then(() => 'late')])).toBe(upTo);
  await service.close();
  store.fault = 'none';
  ({ service, events, progress } = startTelemetry({ log, store, timer }, { file }));
  log.append(observation({ value: 4711 }));
  await timer.pass(60_000);
  expect((await store.all(['h2'])).filter(({ value }) => value === 4711)).toHaveLength(1);
  await service.close();
});

test('the last of the disk is left to the log; with room it goes on', async () => {
  const [log, timer, store] = [configuredLog(), new FakeTimer(), createFaultyStore()];
  let hasRoom = false;
  const { service } = startTelemetry({ log, store, timer }, { hasRoom: () => hasRoom });
  appendTraffic(log, 10);
  await timer.pass(60_000);
  expect(store.writes).toBe(0);
  expect(service.status()).toMatchObject({ problem: 'the disk is nearly full', cursor: 0 });
  // Giving up frees the disk, so it is not refused.
  const upTo = (await log.position()).lastOffset - 3;
  const shed = service.shedTo(upTo);
  await timer.pass(100);
  expect(await shed).toBe(upTo);
  hasRoom = true;
  await timer.pass(60_000);
  expect(await store.all(HOMES)).not.toEqual([]);
  expect(service.status()).toMatchObject({ problem: null, behindEntries: 0 });
  await service.close();
});

test('a store that cannot be opened at the start is opened when it can', async () => {
  const [log, timer, store] = [configuredLog(), new FakeTimer(), createFaultyStore()];
  let attempts = 0;
  const openStore = async () => {
    attempts++;
    if (attempts < 5) throw new Error('getaddrinfo ENOTFOUND influx');
    return store;
  };
  const { service, events } = startTelemetry({ log, store, timer }, { openStore });
  appendTraffic(log, 10);
  await timer.pass(1);
  await expect(service.series('h1')).rejects.toThrow(/ENOTFOUND/);
  await timer.pass(120_000);
  expect(shown(await store.all(HOMES))).toEqual(await expected(log));
  expect(events.map(({ type }) => type)).toEqual(['unavailable', 'store-open', 'available']);
  await service.close();
});
