// What follows from how a home and its devices are configured, packed into one number each: nearly every sign of life
// asks for most of it, and at 100,000 homes each further column is one more wait for memory (docs/bench.md). The rest
// of the core asks the roster, and never sees the bits.

/** What is derived of a device. */
export interface DeviceTraits {
  /** It is the door to the outside, or stands for it. */
  readonly isDoor: boolean;
  /** A single report may come from nobody: motion, appliances and lights. */
  readonly isWeak: boolean;
  /** Its reports are signs of life, so that it counts for coverage. */
  readonly isActivitySensor: boolean;
  /** Index into `PLACES`, below 16. */
  readonly place: number;
  /** Index into `ZONES`, below 16. */
  readonly zone: number;
  /** Index into `TOLD_KINDS`, below 16; 0 for any other kind. */
  readonly kind: number;
}

/** What is derived of a home. */
export interface HomeTraits {
  readonly isWatched: boolean;
  readonly livesAlone: boolean;
  /** A contact stands at the door to the outside; else motion in the entry zone stands for it. */
  readonly hasDoorContact: boolean;
  /** A sensor stands in the bedroom or bathroom, so that a normal night is seen. */
  readonly hasNightSensor: boolean;
  /** Rooms with an activity sensor other than the door: 0, 1, 2 or 3 for more. */
  readonly rooms: number;
}

export const DEVICE_BITS = { door: 1, weak: 2, activity: 4 } as const;
export const HOME_BITS = { watched: 1, alone: 2, doorContact: 4, nightSensor: 8 } as const;
const PLACE_SHIFT = 3;
const ZONE_SHIFT = 7;
const KIND_SHIFT = 11;
const FOUR_BITS = 15;
const ROOMS_SHIFT = 4;

export function packDevice({ isDoor, isWeak, isActivitySensor, place, zone, kind }: DeviceTraits): number {
  const flags =
    (isDoor ? DEVICE_BITS.door : 0) |
    (isWeak ? DEVICE_BITS.weak : 0) |
    (isActivitySensor ? DEVICE_BITS.activity : 0);
  return flags | (place << PLACE_SHIFT) | (zone << ZONE_SHIFT) | (kind << KIND_SHIFT);
}

export function packHome({
  isWatched,
  livesAlone,
  hasDoorContact,
  hasNightSensor,
  rooms,
}: HomeTraits): number {
  const flags =
    (isWatched ? HOME_BITS.watched : 0) |
    (livesAlone ? HOME_BITS.alone : 0) |
    (hasDoorContact ? HOME_BITS.doorContact : 0) |
    (hasNightSensor ? HOME_BITS.nightSensor : 0);
  return flags | (rooms << ROOMS_SHIFT);
}

export function placeIn(traits: number): number {
  return (traits >> PLACE_SHIFT) & FOUR_BITS;
}

export function zoneIn(traits: number): number {
  return (traits >> ZONE_SHIFT) & FOUR_BITS;
}

export function kindIn(traits: number): number {
  return (traits >> KIND_SHIFT) & FOUR_BITS;
}

export function roomsIn(traits: number): number {
  return traits >> ROOMS_SHIFT;
}
