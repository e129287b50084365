// The limit of `core`: what is left when everything that makes a product is left out. Typed arrays by dense
// number, one look-up of a string id per event, a lazy timing wheel (a home is armed once and looked at
// again only when that comes due). It notes who was seen, when somebody last stirred, and a low battery; it
// raises nothing but a count.

import { deviceNumber } from './core-events.ts';
import { gatewayName, HOME_DEVICES } from './homes.ts';

const SILENCE_MS = 6 * 3_600_000;
const LOW_PCT = 20;
const RECOVERED_PCT = 30;
const SLOT_MS = 60_000;
/** One more than the longest waiting time, so that a slot never holds two different rounds. */
const SLOTS = SILENCE_MS / SLOT_MS + 1;

/** Device number by `gateway/device`. */
export function createIdTable(homes: number): {
  readonly ids: string[];
  readonly numbers: Map<string, number>;
} {
  const ids: string[] = [''];
  const numbers = new Map<string, number>();
  for (let home = 1; home <= homes; home++) {
    for (const [place, { deviceId }] of HOME_DEVICES.entries()) {
      const id = `${gatewayName(home - 1)}/${deviceId}`;
      ids.push(id);
      numbers.set(id, deviceNumber(home, place));
    }
  }
  return { ids, numbers };
}

export class ArrayWatch {
  readonly #homeOf: Int32Array;
  readonly #deviceSeenAtMs: Float64Array;
  readonly #isLow: Uint8Array;
  readonly #gatewaySeenAtMs: Float64Array;
  readonly #lastActivityAtMs: Float64Array;
  /** Next home in the same slot of the wheel; −1: not armed. */
  readonly #nextInSlot: Int32Array;
  readonly #slots = new Int32Array(SLOTS);
  #slot: number;
  alarmCount = 0;

  constructor(homes: number, fromMs: number) {
    const devices = homes * HOME_DEVICES.length + 1;
    this.#homeOf = new Int32Array(devices);
    this.#deviceSeenAtMs = new Float64Array(devices);
    this.#isLow = new Uint8Array(devices);
    this.#gatewaySeenAtMs = new Float64Array(homes + 1);
    this.#lastActivityAtMs = new Float64Array(homes + 1);
    this.#nextInSlot = new Int32Array(homes + 1).fill(-1);
    this.#slot = Math.floor(fromMs / SLOT_MS);
    for (let home = 1; home <= homes; home++) {
      for (let place = 0; place < HOME_DEVICES.length; place++)
        this.#homeOf[deviceNumber(home, place)] = home;
    }
  }

  step(device: number, kind: string, value: unknown, atMs: number): void {
    if (atMs >= (this.#slot + 1) * SLOT_MS) this.#turn(atMs);
    const home = this.#homeOf[device]!;
    this.#deviceSeenAtMs[device] = atMs;
    // One gateway per home: the same number.
    this.#gatewaySeenAtMs[home] = atMs;
    if (kind === 'motion') {
      if (value === true) this.#stir(home, atMs);
    } else if (kind === 'contact') this.#stir(home, atMs);
    else if (kind === 'battery_pct') this.#noteBattery(device, value as number);
  }

  #stir(home: number, atMs: number): void {
    this.#lastActivityAtMs[home] = atMs;
    if (this.#nextInSlot[home] === -1) this.#arm(home, atMs + SILENCE_MS);
  }

  #noteBattery(device: number, percent: number): void {
    if (this.#isLow[device] === 0 && percent < LOW_PCT) {
      this.#isLow[device] = 1;
      this.alarmCount++;
    } else if (percent > RECOVERED_PCT) this.#isLow[device] = 0;
  }

  #arm(home: number, dueAtMs: number): void {
    const slot = Math.floor(dueAtMs / SLOT_MS) % SLOTS;
    this.#nextInSlot[home] = this.#slots[slot]!;
    this.#slots[slot] = home;
  }

  #turn(atMs: number): void {
    for (; (this.#slot + 1) * SLOT_MS <= atMs; this.#slot++) {
      const slot = this.#slot % SLOTS;
      let home = this.#slots[slot]!;
      this.#slots[slot] = 0;
      while (home !== 0) {
        const next = this.#nextInSlot[home]!;
        this.#nextInSlot[home] = -1;
        const dueAtMs = this.#lastActivityAtMs[home]! + SILENCE_MS;
        if (dueAtMs <= atMs) this.alarmCount++;
        else this.#arm(home, dueAtMs);
        home = next;
      }
    }
  }
}
