// New readings of the homes that somebody has opened, as they come. Reads the end of the log by itself, so that it is
// live while the store is down, and only while a home is open; nothing of it runs where alarms run. Ids come from the
// writer's directory; of what it has not passed yet the last known home is taken. Never falls behind: what is too much
// is skipped, and said.

import type { Entry } from '#core/model/entry.ts';
import type { DeviceHomes } from './device-homes.ts';
import type { EntrySource } from './entry-source.ts';
import type { LiveReadings } from './telemetry.ts';
import type { TelemetryReading } from './telemetry-store.ts';
import type { Timer } from './timer.ts';

/** Half a second is live for a chart. */
const POLL_MS = 500;
/** Entries looked at per poll: a burst of a whole district; more is skipped. */
const ENTRIES_MAX = 5_000;

type Listener = (live: LiveReadings) => void;

export interface LiveTailOptions {
  readonly source: EntrySource;
  readonly homes: DeviceHomes;
  readonly timer: Timer;
  readonly isErased: (reading: TelemetryReading) => boolean;
  readonly onError: (error: unknown) => void;
}

export class LiveTail {
  readonly #options: LiveTailOptions;
  readonly #listeners = new Map<string, Set<Listener>>();
  #stopper: AbortController | null = null;

  constructor(options: LiveTailOptions) {
    this.#options = options;
  }

  follow(homeId: string, listener: Listener): () => void {
    const listeners = this.#listeners.get(homeId) ?? new Set();
    this.#listeners.set(homeId, listeners.add(listener));
    if (this.#stopper === null) {
      this.#stopper = new AbortController();
      void this.#run(this.#stopper.signal);
    }
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(homeId) === listeners) this.#listeners.delete(homeId);
      if (this.#listeners.size === 0) this.stop();
    };
  }

  stop(): void {
    this.#stopper?.abort();
    this.#stopper = null;
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { source, timer, onError } = this.#options;
    let cursor: number | null = null;
    let isFailing = false;
    while (!signal.aborted) {
      try {
        const { lastOffset } = await source.position();
        // Never from the past: what was before is the chart's, not the tail's.
        const isSkipped = cursor !== null && lastOffset - cursor > ENTRIES_MAX;
        const from: number = cursor === null ? lastOffset : Math.max(cursor, lastOffset - ENTRIES_MAX);
        const entries = lastOffset > from ? await source.read(from, ENTRIES_MAX) : [];
        cursor = entries.at(-1)?.offset ?? from;
        if (!signal.aborted) this.#tell(entries, isSkipped);
        isFailing = false;
      } catch (error) {
        // Told once, not twice a second.
        if (!isFailing) onError(error);
        isFailing = true;
      }
      await timer.sleep(POLL_MS, signal);
    }
  }

  #tell(entries: readonly Entry[], skipped: boolean): void {
    const byHome = new Map<string, TelemetryReading[]>();
    for (const entry of entries) {
      const reading = this.#readingOf(entry);
      if (reading === null || !this.#listeners.has(reading.homeId)) continue;
      const list = byHome.get(reading.homeId) ?? [];
      if (list.length === 0) byHome.set(reading.homeId, list);
      list.push(reading);
    }
    for (const [homeId, listeners] of this.#listeners) {
      const readings = byHome.get(homeId) ?? [];
      if (readings.length === 0 && !skipped) continue;
      for (const listener of listeners) listener({ readings, skipped });
    }
  }

  #readingOf({ offset, body }: Entry): TelemetryReading | null {
    if (body.type !== 'observation' || body.value === null) return null;
    const { homes, isErased } = this.#options;
    const reading = {
      homeId: homes.homeIdOf(body.device, body.gateway),
      gatewayId: homes.gatewayId(body.gateway),
      deviceId: body.deviceId,
      kind: body.kind,
      atMs: body.measuredAtMs,
      offset,
      value: body.value,
    };
    return isErased(reading) ? null : reading;
  }
}
