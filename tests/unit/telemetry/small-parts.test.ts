// Back-off, the notice that telemetry is behind, exports, the live tail, and the disk budget of the log.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backOffMs } from '#telemetry/back-off.ts';
import { type BehindNotice, BehindWatch } from '#telemetry/behind-watch.ts';
import { exportHead, exportLine } from '#telemetry/export-formats.ts';
import type { LiveReadings, TelemetryStatus } from '#telemetry/telemetry.ts';
import {
  createFaultyStore,
  device,
  FakeLog,
  FakeTimer,
  gatewayConfigured,
  homeConfigured,
  observation,
  START_MS,
  startTelemetry,
} from '../../support/telemetry.ts';

const MINUTE_MS = 60_000;

test('pauses grow with full jitter to half a minute, are never zero, and respect the server within a bound', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10_000 }),
      fc.double({ min: 0, max: 0.999_999, noNaN: true }),
      (count, dice) => {
        const ms = backOffMs(count, null, () => dice);
        expect(ms).toBeGreaterThanOrEqual(50);
        expect(ms).toBeLessThanOrEqual(30_000);
      },
    ),
  );
  expect([1, 2, 3, 7, 100].map((count) => backOffMs(count, null, () => 0.5))).toEqual([
    250, 500, 1_000, 15_000, 15_000,
  ]);
  expect(backOffMs(1, 20_000, () => 0)).toBe(20_000);
  expect(backOffMs(1, 86_400_000, () => 0)).toBe(300_000);
  expect(backOffMs(1, Number.NaN, () => 0.5)).toBe(250);
});

function status(change: Partial<TelemetryStatus> & { shed?: number } = {}): TelemetryStatus {
  const { shed = 0, ...rest } = change;
  return {
    ...{
      store: 'x',
      isReachable: true,
      problem: null,
      cursor: 1,
      writtenUntilMs: 1,
      behindEntries: 0,
      behindMs: 0,
    },
    ...{ counts: { written: 0, refused: 0, shedEntries: shed }, pendingErasures: 0, ...rest },
  };
}

test('people are told when an outage lasts, again after an hour, and at once when readings were given up', () => {
  const told: BehindNotice[] = [];
  const watch = new BehindWatch((notice) => told.push(notice));
  const problem = 'ECONNREFUSED';
  for (let minute = 0; minute < 9; minute++) watch.note(status({ problem }), minute * MINUTE_MS);
  watch.note(status(), 9 * MINUTE_MS);
  watch.note(status({ problem }), 12 * MINUTE_MS);
  expect(told).toEqual([]);
  expect(watch.isBehind).toBe(false);
  for (let minute = 20; minute < 60; minute++) watch.note(status({ problem }), minute * MINUTE_MS);
  expect(told).toEqual([{ minutes: 10, shedEntries: 0 }]);
  expect(watch.isBehind).toBe(true);
  watch.note(status({ problem, shed: 70 }), 60 * MINUTE_MS);
  expect(told.at(-1)).toEqual({ minutes: 48, shedEntries: 70 });
  watch.note(status({ behindMs: 2 * 60 * MINUTE_MS, shed: 70 }), 121 * MINUTE_MS);
  expect(told).toHaveLength(3);
  watch.note(status({ shed: 70 }), 122 * MINUTE_MS);
  expect(watch.isBehind).toBe(false);
});

test('a CSV line is RFC 4180 and no formula; line protocol is one line', () => {
  const place = { homeId: 'h1', gatewayId: 'g1', atMs: START_MS, offset: 7 };
  expect(exportHead('csv')).toBe(
    'time,home,gateway,device,kind,value,systolic,diastolic,latitude,longitude\r\n',
  );
  const csv = (deviceId: string, kind: string, value: never) =>
    exportLine('csv', { ...place, deviceId, kind, value });
  expect(csv('=1+1', 'note', '@a,"b"' as never)).toBe(
    `2026-11-22T00:00:00.000Z,h1,g1,'=1+1,note,"'@a,""b""",,,,\r\n`,
  );
  expect(csv('d', 'temperature_c', -3.5 as never)).toBe(
    '2026-11-22T00:00:00.000Z,h1,g1,d,temperature_c,-3.5,,,,\r\n',
  );
  const pressure = { systolic: 120, diastolic: 80 };
  expect(csv('d', 'blood_pressure_mmhg', pressure as never)).toContain(',blood_pressure_mmhg,,120,80,,\r\n');
  expect(exportHead('lp')).toBe('');
  const line = exportLine('lp', { ...place, deviceId: 'a b', kind: 'motion', value: true });
  expect(line).toMatch(/^motion,.*home=h1.* on=1i 1795305600000000007\n$/);
});

test('the tail follows opened homes only, from now on, and skips what is too much', async () => {
  const [log, timer] = [new FakeLog(), new FakeTimer()];
  log.append(
    gatewayConfigured(1, 1),
    homeConfigured(1, [device(1, 'd1')]),
    homeConfigured(2, [device(2, 'd2')]),
  );
  log.append(observation({ value: 0 }));
  const store = createFaultyStore();
  const { service } = startTelemetry({ log, store, timer });
  await timer.pass(2_000);
  store.fault = 'refuses';
  const got: LiveReadings[] = [];
  const stop = service.follow('h1', (live) => got.push(live));
  await timer.pass(1_000);
  log.append(observation({ value: 1 }), observation({ device: 2, deviceId: 'd2', value: 2 }));
  await timer.pass(1_000);
  expect(got).toMatchObject([{ skipped: false, readings: [{ homeId: 'h1', deviceId: 'd1', value: 1 }] }]);
  log.append(...Array.from({ length: 6_000 }, (_, value) => observation({ value })));
  await timer.pass(500);
  expect(got.at(-1)!.skipped).toBe(true);
  expect(got.at(-1)!.readings).toHaveLength(5_000);
  stop();
  const count = log.readCount;
  log.append(observation({ value: 3 }));
  await timer.pass(100);
  expect([got.length, log.readCount]).toEqual([2, count]);
  await service.close();
});
