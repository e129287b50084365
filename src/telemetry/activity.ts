// Rooms × time, without the rooms: how often each device of a home told of a person per step, and when nobody could
// have told. "Nothing happened" and "nobody looked" must not look alike on the raster (promise P4), so the spans of
// not seeing come with the counts. Reads the store page by page; a month of a home is some ten thousand readings.

import { ACTIVITY_KINDS, EDGES, edgesOf, isPress } from '#core/model/kinds.ts';
import { GATEWAY_ITSELF, type Span } from './encode.ts';
import { heardOf } from './heard.ts';
import type { ActivityQuery, DeviceActivity, DeviceSpans, HomeActivity } from './telemetry.ts';
import type { TelemetryReading, TelemetryStore } from './telemetry-store.ts';

const KINDS = [...ACTIVITY_KINDS, 'button', 'online'];
const PAGE_READINGS = 5_000;
/** How far back the last word about a gateway or device is looked for, and in how wide steps. */
const LINK_LOOK_BACK_MS = 400 * 86_400_000;
const LINK_STEP_MS = 40 * 86_400_000;

type Facts = Pick<HomeActivity, 'devices' | 'gatewaysOffline' | 'devicesLost' | 'devicesHeard'>;
type Reads = Pick<TelemetryStore, 'range' | 'downsample' | 'last'>;

export async function activityOf(store: Reads, query: ActivityQuery): Promise<Facts> {
  const counter = new Counter(query);
  for (const link of await lostBefore(store, query)) counter.lostBefore(link);
  let after: string | null = null;
  do {
    const { homeId, fromMs, toMs } = query;
    const page = await store.range({ homeId, kinds: KINDS, fromMs, toMs, limit: PAGE_READINGS, after });
    for (const reading of page.readings) counter.add(reading);
    after = page.next;
  } while (after !== null);
  return { ...counter.facts(), devicesHeard: await heardOf(store, query) };
}

interface Source {
  readonly gatewayId: string;
  /** '': the gateway itself. */
  readonly deviceId: string;
}

const keyOf = ({ gatewayId, deviceId }: Source): string => JSON.stringify([gatewayId, deviceId]);

/** Gateways and devices of which the last that was said before the span is that they are gone. */
async function lostBefore(store: Reads, { homeId, fromMs }: ActivityQuery): Promise<Source[]> {
  if (fromMs <= 0) return [];
  const sinceMs = Math.max(0, fromMs - LINK_LOOK_BACK_MS);
  const span = { fromMs: sinceMs, toMs: fromMs, stepMs: LINK_STEP_MS };
  const buckets = await store.downsample({ homeId, kinds: ['online'], ...span });
  // Buckets come in the order of time: the last one of each stays.
  const latest = new Map(buckets.map((bucket) => [keyOf(bucket), bucket]));
  return [...latest.values()].filter(({ last }) => last === 0);
}

class Counter {
  readonly #query: ActivityQuery;
  readonly #counts = new Map<string, { gatewayId: string; deviceId: string; counts: number[] }>();
  /** Last value of each ON/OFF series, to count changes and not repetitions. */
  readonly #levels = new Map<string, boolean>();
  readonly #lost = new Map<string, Source & { sinceMs: number | null; readonly spans: Span[] }>();

  constructor(query: ActivityQuery) {
    this.#query = query;
  }

  lostBefore(source: Source): void {
    this.#linkChanged(source, false, this.#query.fromMs);
  }

  add(reading: TelemetryReading): void {
    const { gatewayId, deviceId, kind, value, atMs } = reading;
    // What a device says proves that it is there, though its gateway may not have said so.
    this.#linkChanged(reading, kind !== 'online' || value === true, atMs);
    if (kind === 'online') return;
    if (!this.#isSign(reading)) return;
    const { fromMs, toMs, stepMs } = this.#query;
    const key = keyOf(reading);
    let row = this.#counts.get(key);
    if (row === undefined) {
      row = { gatewayId, deviceId, counts: new Array(Math.ceil((toMs - fromMs) / stepMs)).fill(0) };
      this.#counts.set(key, row);
    }
    row.counts[Math.floor((atMs - fromMs) / stepMs)]!++;
  }

  facts(): Omit<Facts, 'devicesHeard'> {
    const devices: DeviceActivity[] = [...this.#counts.values()];
    const lost: DeviceSpans[] = [...this.#lost.values()].map(({ gatewayId, deviceId, sinceMs, spans }) => {
      const open = sinceMs === null ? [] : [{ fromMs: sinceMs, toMs: this.#query.toMs }];
      return { gatewayId, deviceId, spans: [...spans, ...open] };
    });
    const gatewaysOffline = lost.filter(({ deviceId }) => deviceId === GATEWAY_ITSELF);
    return {
      devices,
      gatewaysOffline,
      devicesLost: lost.filter(({ deviceId }) => deviceId !== GATEWAY_ITSELF),
    };
  }

  /** Caused by a person, as the core sees it (core/facts/activity.ts), without what the store does not keep. */
  #isSign({ gatewayId, deviceId, kind, value }: TelemetryReading): boolean {
    if (typeof value === 'string') return isPress(kind, value);
    if (typeof value !== 'boolean') return false;
    const key = JSON.stringify([gatewayId, deviceId, kind]);
    const before = this.#levels.get(key);
    this.#levels.set(key, value);
    if (edgesOf(kind) === EDGES.on) return value;
    return before === undefined ? value : before !== value;
  }

  #linkChanged({ gatewayId, deviceId }: Source, online: boolean, atMs: number): void {
    const key = keyOf({ gatewayId, deviceId });
    const link = this.#lost.get(key);
    if (!online) {
      if (link === undefined) this.#lost.set(key, { gatewayId, deviceId, sinceMs: atMs, spans: [] });
      else link.sinceMs ??= atMs;
      return;
    }
    if (link === undefined || link.sinceMs === null) return;
    link.spans.push({ fromMs: link.sinceMs, toMs: atMs });
    link.sinceMs = null;
  }
}
