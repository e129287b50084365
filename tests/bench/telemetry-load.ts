// Readings of homes with ten devices each, one reading every five minutes and device, in the order in which they would
// arrive: all homes at 00:00, then all at 00:05. Values as sensors send them: two decimals, or ON and OFF.

import type { TelemetryReading } from '#telemetry/telemetry-store.ts';

export const DEVICES = 10;
const STEP_MS = 300_000;
const DAY_MS = 86_400_000;
export const STEPS_PER_DAY = DAY_MS / STEP_MS;
export const START_MS = Date.UTC(2026, 9, 1);
export const MONTH_DAYS = 30;
/** As large as the writer's. */
const BATCH_READINGS = 5_000;

const KINDS = ['temperature_c', 'humidity_pct', 'power_w', 'motion', 'contact', 'heart_rate_bpm'] as const;

export interface Load {
  /** Each reports for a day: the last of the month. */
  readonly homes: number;
  /** Of them, so many for the whole month: the ones that are asked for. */
  readonly longHomes: number;
}

export function homeName(home: number): string {
  return `home-${home.toString(36).padStart(6, '0')}`;
}

export const LAST_DAY_MS = START_MS + (MONTH_DAYS - 1) * DAY_MS;
export const END_MS = START_MS + MONTH_DAYS * DAY_MS;

export function readingCount({ homes, longHomes }: Load): number {
  return (homes + longHomes * (MONTH_DAYS - 1)) * DEVICES * STEPS_PER_DAY;
}

/** In batches. */
export function* batchesOf({ homes, longHomes }: Load): Generator<TelemetryReading[]> {
  let batch: TelemetryReading[] = [];
  let offset = 0;
  for (let step = 0; step < MONTH_DAYS * STEPS_PER_DAY; step++) {
    const isLastDay = step >= (MONTH_DAYS - 1) * STEPS_PER_DAY;
    for (let home = 0; home < (isLastDay ? homes : longHomes); home++) {
      for (let device = 0; device < DEVICES; device++) {
        batch.push(readingAt(step, home, device, ++offset));
        if (batch.length < BATCH_READINGS) continue;
        yield batch;
        batch = [];
      }
    }
  }
  if (batch.length > 0) yield batch;
}

function readingAt(step: number, home: number, device: number, offset: number): TelemetryReading {
  const kind = KINDS[device % KINDS.length]!;
  // Not random: a generator that is asked a hundred million times must cost nothing, and every run is the same.
  const noise = ((step * 7919 + home * 104_729 + device * 1_299_709) >>> 0) % 1000;
  const isOnOff = kind === 'motion' || kind === 'contact';
  const wave = Math.round(2000 + 500 * Math.sin(step / 30 + device) + noise / 20) / 100;
  return {
    homeId: homeName(home),
    gatewayId: `gw-${homeName(home)}`,
    deviceId: `device-${device}`,
    kind,
    atMs: START_MS + step * STEP_MS + device * 17_003 + noise,
    offset,
    value: isOnOff ? noise % 3 === 0 : wave,
  };
}
