// TelemetryStore in memory: for tests and for a service that runs for minutes. The reference of the contract suite:
// every other adapter must answer like this one. Nothing survives the process.

import { sortOut } from './acceptable.ts';
import { Bucketing } from './buckets.ts';
import { compareReadings, compareSeries, pageOf, parsePlace } from './order.ts';
import { retentionClassOf } from './retention.ts';
import type { SeriesKey, TelemetryReading, TelemetryStore } from './telemetry-store.ts';

const DAY_MS = 86_400_000;

/** Readings by identity, by home. */
type Homes = Map<string, Map<string, TelemetryReading>>;

export function createMemoryTelemetryStore(): TelemetryStore {
  const homes: Homes = new Map();
  const sorted = (homeId: string): TelemetryReading[] =>
    [...(homes.get(homeId)?.values() ?? [])].sort(compareReadings);

  return {
    description: 'memory (nothing survives the process)',
    async write(batch) {
      const { accepted, refused } = sortOut(batch);
      for (const reading of accepted) keep(homes, reading);
      return refused;
    },
    async range({ homeId, kinds, fromMs, toMs, limit, after }) {
      const wanted = sorted(homeId).filter(
        ({ atMs, kind }) => atMs >= fromMs && atMs < toMs && (kinds === null || kinds.includes(kind)),
      );
      return pageOf(wanted, { place: parsePlace(after), limit, hasMore: false });
    },
    async downsample(query) {
      const buckets = new Bucketing(query);
      for (const reading of sorted(query.homeId)) buckets.add(reading, reading.atMs, reading.value);
      return buckets.finish();
    },
    last: async (homeId) => newestOf(sorted(homeId)),
    series: async (homeId) => newestOf(sorted(homeId)).map(seriesOf),
    async eraseHome(homeId) {
      homes.delete(homeId);
    },
    async retain(nowMs, days) {
      for (const home of homes.values()) {
        for (const [id, { atMs, kind }] of home) {
          if (atMs < nowMs - days[retentionClassOf(kind)] * DAY_MS) home.delete(id);
        }
      }
    },
    close: async () => undefined,
  };
}

function keep(homes: Homes, reading: TelemetryReading): void {
  const id = JSON.stringify([
    reading.gatewayId,
    reading.deviceId,
    reading.kind,
    reading.atMs,
    reading.offset,
  ]);
  const home = homes.get(reading.homeId) ?? new Map<string, TelemetryReading>();
  homes.set(reading.homeId, home);
  home.set(id, reading);
}

function newestOf(readings: readonly TelemetryReading[]): TelemetryReading[] {
  const newest = new Map<string, TelemetryReading>();
  for (const reading of readings) {
    newest.set(JSON.stringify([reading.gatewayId, reading.deviceId, reading.kind]), reading);
  }
  return [...newest.values()].sort(compareSeries);
}

function seriesOf({ homeId, gatewayId, deviceId, kind }: SeriesKey): SeriesKey {
  return { homeId, gatewayId, deviceId, kind };
}
