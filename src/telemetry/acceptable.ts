// What no store can take, told before any of them is asked, so that all adapters refuse alike. A refused reading is
// kept by the caller with the reason; it never holds up the rest of its batch.

import {
  MAX_AT_MS,
  type ReadingValue,
  type RefusedReading,
  type TelemetryReading,
} from './telemetry-store.ts';

/** Twice what any codec lets through; VictoriaMetrics cuts labels silently from 1 kB on. */
const ID_CHARACTERS_MAX = 256;
/** InfluxDB takes strings below 64 KiB; ours come from frames of at most 64 kB, and a character is up to 3 bytes. */
const TEXT_CHARACTERS_MAX = 16_384;

/** Differences of differences stay exact below it, and no log has as many entries. */
export const OFFSET_MAX = 2 ** 50;

export interface Sorted {
  readonly accepted: readonly TelemetryReading[];
  readonly refused: readonly RefusedReading[];
}

/** The usual batch has nothing to refuse and is passed on as it is. */
export function sortOut(batch: readonly TelemetryReading[]): Sorted {
  if (batch.every((reading) => refusalOf(reading) === null)) return { accepted: batch, refused: [] };
  const accepted: TelemetryReading[] = [];
  const refused: RefusedReading[] = [];
  for (const reading of batch) {
    const reason = refusalOf(reading);
    if (reason === null) accepted.push(reading);
    else refused.push({ reading, reason });
  }
  return { accepted, refused };
}

/** Why no store can take it; null when it can be stored. */
export function refusalOf({
  homeId,
  gatewayId,
  deviceId,
  kind,
  atMs,
  offset,
  value,
}: TelemetryReading): string | null {
  if (!Number.isSafeInteger(atMs) || atMs < 0 || atMs >= MAX_AT_MS) return 'time-out-of-range';
  if (!Number.isSafeInteger(offset) || offset < 0 || offset > OFFSET_MAX) return 'offset-out-of-range';
  if (kind === '') return 'kind-missing';
  if (Math.max(homeId.length, gatewayId.length, deviceId.length, kind.length) > ID_CHARACTERS_MAX)
    return 'id-too-long';
  return valueRefusal(value);
}

function valueRefusal(value: ReadingValue): string | null {
  if (typeof value === 'boolean') return null;
  if (typeof value === 'number') return Number.isFinite(value) ? null : 'value-not-finite';
  if (typeof value === 'string') return value.length <= TEXT_CHARACTERS_MAX ? null : 'text-too-long';
  return Object.values(value).every(Number.isFinite) ? null : 'value-not-finite';
}
