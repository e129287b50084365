// When each device of a home was heard of, and since when it is known at all: what tells a quiet sensor from a dead one
// and from one that was not there yet (promise P4). Any reading of the device counts, its battery as well; what the
// gateway says of it (`online`) does not. In buckets, so that a chatty month stays a short answer.

import { ACTIVITY_KINDS } from '#core/model/kinds.ts';
import { GATEWAY_ITSELF, type Span } from './encode.ts';
import type { ActivityQuery, DeviceHeard } from './telemetry.ts';
import type { SeriesKey, TelemetryStore } from './telemetry-store.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Longer than the longest supervision window (25 h): who is not heard in it was silent at the begin of the span. */
const LOOK_BACK_MS = 2 * DAY_MS;
/** As long as activity is kept by default: the first word of a device is looked for so far back, in wide steps. */
const FIRST_LOOK_BACK_MS = 400 * DAY_MS;
const FIRST_STEP_MS = 40 * DAY_MS;
/** What a sensor of activity says often enough to prove that it was there; all kinds of 400 days are too many. */
const FIRST_KINDS = [...ACTIVITY_KINDS, 'button', 'battery_pct'];
/** Width of a bucket: a day is wanted to the minutes, a month to the hour. */
const FINE = { spanMs: 3 * DAY_MS, stepMs: 10 * MINUTE_MS } as const;

type Reads = Pick<TelemetryStore, 'downsample' | 'last'>;

interface Heard {
  readonly gatewayId: string;
  readonly deviceId: string;
  isOld: boolean;
  readonly buckets: Set<number>;
}

export async function heardOf(store: Reads, query: ActivityQuery): Promise<DeviceHeard[]> {
  const { homeId, fromMs, toMs } = query;
  const stepMs = toMs - fromMs <= FINE.spanMs ? FINE.stepMs : HOUR_MS;
  const sinceMs = Math.max(0, fromMs - LOOK_BACK_MS);
  const span = { fromMs: sinceMs, toMs, stepMs };
  const devices = new Map<string, Heard>();
  for (const { atMs, ...key } of await store.downsample({ homeId, kinds: null, ...span })) {
    const heard = deviceOf(devices, key);
    heard?.buckets.add(atMs);
    if (heard !== null && atMs + stepMs <= fromMs) heard.isOld = true;
  }
  await lookFarBack(store, query, { sinceMs, devices });
  const firstAtMs = await firstWords(store, homeId, { stepMs, devices });
  return [...devices].map(([key, { gatewayId, deviceId, isOld, buckets }]) => {
    const spans = joined(buckets, stepMs);
    // Heard only after the span: for the span it was not there yet.
    return { gatewayId, deviceId, firstAtMs: isOld ? 0 : (firstAtMs.get(key) ?? toMs), spans };
  });
}

interface Known {
  readonly devices: Map<string, Heard>;
}

/** Whose last word is older than the span was there before it; of the others the first word may be. */
async function lookFarBack(
  store: Reads,
  { homeId, fromMs }: ActivityQuery,
  { sinceMs, devices }: Known & { readonly sinceMs: number },
): Promise<void> {
  const note = (key: SeriesKey): void => {
    const heard = deviceOf(devices, key);
    if (heard !== null) heard.isOld = true;
  };
  for (const reading of await store.last(homeId)) {
    if (reading.atMs < fromMs) note(reading);
    else deviceOf(devices, reading);
  }
  if (sinceMs === 0 || [...devices.values()].every(({ isOld }) => isOld)) return;
  const span = { fromMs: Math.max(0, fromMs - FIRST_LOOK_BACK_MS), toMs: sinceMs, stepMs: FIRST_STEP_MS };
  for (const bucket of await store.downsample({ homeId, kinds: FIRST_KINDS, ...span })) note(bucket);
}

/** To the minute, of those that were first heard of in the span; mostly all of a home in one bucket. */
async function firstWords(
  store: Reads,
  homeId: string,
  { stepMs, devices }: Known & { readonly stepMs: number },
): Promise<Map<string, number>> {
  const newcomers = [...devices.values()].filter(({ isOld, buckets }) => !isOld && buckets.size > 0);
  const begins = new Set(newcomers.map(({ buckets }) => Math.min(...buckets)));
  const firstAtMs = new Map<string, number>();
  for (const fromMs of begins) {
    const span = { fromMs, toMs: fromMs + stepMs, stepMs: MINUTE_MS };
    for (const { atMs, ...key } of await store.downsample({ homeId, kinds: null, ...span })) {
      if (deviceOf(devices, key) === null) continue;
      firstAtMs.set(keyOf(key), Math.min(firstAtMs.get(keyOf(key)) ?? atMs, atMs));
    }
  }
  return firstAtMs;
}

function keyOf({ gatewayId, deviceId }: SeriesKey): string {
  return JSON.stringify([gatewayId, deviceId]);
}

/** Null for what no device said by itself. */
function deviceOf(devices: Map<string, Heard>, series: SeriesKey): Heard | null {
  const { gatewayId, deviceId, kind } = series;
  if (deviceId === GATEWAY_ITSELF || kind === 'online') return null;
  const key = keyOf(series);
  const heard = devices.get(key) ?? { gatewayId, deviceId, isOld: false, buckets: new Set<number>() };
  devices.set(key, heard);
  return heard;
}

/** Neighbouring buckets as one span, in the order of time. */
function joined(buckets: ReadonlySet<number>, stepMs: number): Span[] {
  const spans: { fromMs: number; toMs: number }[] = [];
  for (const fromMs of [...buckets].sort((a, b) => a - b)) {
    const before = spans.at(-1);
    if (before?.toMs === fromMs) before.toMs += stepMs;
    else spans.push({ fromMs, toMs: fromMs + stepMs });
  }
  return spans;
}
