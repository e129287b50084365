// Goal: a gateway whose clock is behind is noticed, corrected and forgiven; one that only sends late is not.

import { expect, test } from 'vitest';
import type { ObservationBody } from '#core/model/entry.ts';
import { examine } from '#ingest/examine.ts';
import { createGatewayClocks, type GatewayClocks } from '#ingest/gateway-clock.ts';
import { createMemoryDirectory } from '../../support/memory-directory.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const NOW_MS = Date.UTC(2026, 10, 22, 8);
const gateway = createMemoryDirectory().add('g1', 'secret', ['pir']);

function take(clocks: GatewayClocks, nowMs: number, claimedAtMs: number, buffered = false): ObservationBody {
  const payload = new TextEncoder().encode(
    JSON.stringify({
      id: `e-${nowMs}-${claimedAtMs}`,
      kind: 'motion',
      value: true,
      at: claimedAtMs,
      buffered,
    }),
  );
  const topic = 'shouwang/v1/g1/pir/event';
  const frame = { gateway, source: 'mqtt', topic, payload, isRetained: false, isWill: false } as const;
  const at = { clockKind: 'live', nowMs, observationsMax: 500, gatewayClocks: clocks } as const;
  return examine(frame, at).readings[0]!.body as ObservationBody;
}

/** Six readings in fifteen minutes, each `lagMs` old; the last one. */
function takeSix(clocks: GatewayClocks, fromMs: number, lagMs: number): ObservationBody {
  let last: ObservationBody | undefined;
  for (let n = 0; n <= 5; n++) {
    const nowMs = fromMs + n * 3 * MINUTE_MS;
    last = take(clocks, nowMs, nowMs - lagMs - n * 1_000);
  }
  return last!;
}

test('a clock eight hours behind is corrected after a quarter of an hour, not before', () => {
  const clocks = createGatewayClocks();
  const first = take(clocks, NOW_MS - HOUR_MS, NOW_MS - 9 * HOUR_MS);
  expect([first.measuredAtMs, first.isDeviceTime]).toEqual([NOW_MS - 9 * HOUR_MS, true]);
  const last = takeSix(clocks, NOW_MS, 8 * HOUR_MS);
  const nowMs = NOW_MS + 15 * MINUTE_MS;
  expect([last.measuredAtMs, last.isDeviceTime]).toEqual([nowMs - 5_000, false]);
});

test('what it kept during an outage is put right by the same amount, and never lies in the future', () => {
  const clocks = createGatewayClocks();
  takeSix(clocks, NOW_MS, 8 * HOUR_MS);
  const nowMs = NOW_MS + 3 * HOUR_MS;
  const kept = take(clocks, nowMs, nowMs - 10 * HOUR_MS, true);
  expect(nowMs - kept.measuredAtMs).toBe(2 * HOUR_MS);
  expect(take(clocks, nowMs, nowMs - 7 * HOUR_MS, true).measuredAtMs).toBe(nowMs);
});

test('one fresh reading ends it: the clock was set, or some readings are simply late', () => {
  const clocks = createGatewayClocks();
  takeSix(clocks, NOW_MS, 8 * HOUR_MS);
  const laterMs = NOW_MS + HOUR_MS;
  expect(take(clocks, laterMs, laterMs - 1_000).isDeviceTime).toBe(true);
  expect(take(clocks, laterMs, laterMs - 8 * HOUR_MS).measuredAtMs).toBe(laterMs - 8 * HOUR_MS);
});

test('late readings among fresh ones stay late, also many', () => {
  const clocks = createGatewayClocks();
  for (let n = 0; n < 20; n++) {
    const nowMs = NOW_MS + n * 3 * MINUTE_MS;
    const late = take(clocks, nowMs, nowMs - 30 * MINUTE_MS);
    expect([late.measuredAtMs, late.isDeviceTime]).toEqual([nowMs - 30 * MINUTE_MS, true]);
    take(clocks, nowMs + 1_000, nowMs);
  }
});

test('eight hours sent at once after an outage, without a word that they were kept, stay where they belong', () => {
  const clocks = createGatewayClocks();
  for (let n = 0; n < 480; n++) {
    const madeAtMs = NOW_MS - 8 * HOUR_MS + n * MINUTE_MS;
    expect(take(clocks, NOW_MS + n * 100, madeAtMs).measuredAtMs).toBe(madeAtMs);
  }
});
