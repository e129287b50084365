// What limit and peers of benchmark `core` have to watch, and nothing more: silence, a long stay in the bathroom, a
// fast heart with hysteresis. Our core does all its rules on the same events.

import type { ObservationBody } from '#core/model/entry.ts';
import { HOME_DEVICES } from './homes.ts';

export const WATCH = {
  silenceMs: 6 * 3_600_000,
  bathroomMs: 30 * 60_000,
  fastBpm: 120,
  calmBpm: 110,
} as const;

export type Happening = 'stir' | 'bathroom' | 'heart-rate' | 'nothing';

/** What an event of the bench's homes means to them. */
export function happeningOf({ kind, value, deviceId }: ObservationBody): Happening {
  if (kind === 'heart_rate_bpm') return 'heart-rate';
  if (kind === 'contact') return 'stir';
  if (kind !== 'motion' || value !== true) return 'nothing';
  return deviceId === BATHROOM_SENSOR ? 'bathroom' : 'stir';
}

const BATHROOM_SENSOR = HOME_DEVICES.find(({ zone }) => zone === 'bathroom')!.deviceId;

/** A program that watches homes by their names. */
export interface PeerWatch {
  take(homeName: string, happening: Happening, heartRateBpm: number, atMs: number): void | Promise<void>;
}
