// What really happened, written down by the generator and by nobody else: every reading with the time it was made,
// whether a person caused it, when it was acknowledged and where it ended in the log; what residents did; what broke.
// The auditor judges the alerts by this and by the log, and knows nothing of the rules.

import type { EmergencyKind } from '#core/model/kinds.ts';
import type { ObservationValue } from '#core/model/observation.ts';

/** Who caused a reading. `stray`: a sensor fired for nobody; `device`: check-ins and measurements. */
export type Cause = 'person' | 'stray' | 'device';

/** One reading as it was made at the sensor. */
export interface MadeReading {
  readonly home: number;
  readonly deviceId: string;
  readonly kind: string;
  readonly value: ObservationValue;
  readonly isLevel: boolean;
  readonly batteryPct: number | null;
  readonly madeAtMs: number;
  readonly cause: Cause;
  readonly emergency: EmergencyKind | null;
  /** First acknowledgement; null: never. */
  ackedAtMs: number | null;
  /** Where it stands in the log; more than one place is a double. */
  readonly offsets: number[];
  /** A copy may count as new: its identity is only a counter without a time, and the copy came much later. */
  mayBeDoubled: boolean;
  /** The how-manyth stored reading of its device the first copy was. */
  firstCount: number;
}

export interface Span {
  readonly fromMs: number;
  untilMs: number;
}

/** The residents are out for longer than an errand. */
export interface Trip extends Span {
  /** When staff were told and had it confirmed; null: nobody was told. */
  declaredAtMs: number | null;
}

export interface Collapse {
  readonly atMs: number;
  readonly room: string;
}

/** The log promises to know a device's last 32 events again. */
const REMEMBERED_PER_DEVICE = 32;

/** Facts of one home. */
export interface HomeTruth {
  readonly home: number;
  readonly homeId: string;
  readonly gateway: number;
  readonly gatewayId: string;
  readonly timezone: string;
  readonly riskFactor: number;
  readonly residents: number;
  readonly gatewayWindowMs: number;
  readonly beatMs: number;
  readonly hasStrays: boolean;
  /** The gateway's clock shows a wrong time at some time. */
  readonly hasWrongClock: boolean;
  /** It names no time: what it kept during an outage seems to happen when it arrives. */
  readonly isTimeless: boolean;
  collapse: Collapse | null;
  /** The gateway has no link to us. */
  readonly cuts: Span[];
  readonly trips: Trip[];
  readonly deaths: { readonly deviceId: string; readonly atMs: number; readonly windowMs: number }[];
  /** Devices with their rooms and supervision windows. */
  readonly devices: ReadonlyMap<
    string,
    { readonly room: string; readonly windowMs: number; readonly kind: string }
  >;
}

/** An answer that a member of staff got to an order. */
export interface Answer {
  readonly atMs: number;
  readonly alertId: string;
  readonly version: number;
}

export class Truth {
  readonly homes: HomeTruth[] = [];
  readonly readings: MadeReading[] = [];
  /** By offset; entries that are no reading have none. */
  readonly readingAt: (MadeReading | undefined)[] = [];
  /** The service was down, stood still, or could not write: nothing was taken in. */
  readonly outages: (Span & { readonly why: 'down' | 'frozen' | 'disk full' })[] = [];
  readonly answers: Answer[] = [];

  made(reading: Omit<MadeReading, 'ackedAtMs' | 'offsets' | 'mayBeDoubled' | 'firstCount'>): MadeReading {
    const made = { ...reading, ackedAtMs: null, offsets: [], mayBeDoubled: false, firstCount: 0 };
    this.readings.push(made);
    return made;
  }

  /** Readings of one device that were stored; a copy so many later than the first is beyond what is remembered. */
  readonly #storedOf = new Map<string, number>();

  stored(offset: number, reading: MadeReading): void {
    const device = `${reading.home} ${reading.deviceId}`;
    const count = (this.#storedOf.get(device) ?? 0) + 1;
    this.#storedOf.set(device, count);
    if (reading.offsets.length === 0) reading.firstCount = count;
    else if (count - reading.firstCount >= REMEMBERED_PER_DEVICE) reading.mayBeDoubled = true;
    reading.offsets.push(offset);
    this.readingAt[offset] = reading;
  }
}
