// What the service could know at each moment, by the log, joined with who really caused it, by the truth: when the
// gateway was last heard, what persons did and where, what each device last said. No rule, no learning.

import type { Entry } from '#core/model/entry.ts';
import { BOUNDS } from './bounds.ts';
import type { HomeTruth, MadeReading } from './truth.ts';

/** A person did something, and we were told. */
export interface Sign {
  readonly madeAtMs: number;
  readonly toldAtMs: number;
  readonly room: string;
}

export interface DeviceEvidence {
  /** Newest report by the time it was made, and by the time it came. */
  madeAtMs: number;
  toldAtMs: number;
  /** What it senses, newest by the time it was made. */
  value: unknown;
  valueMadeAtMs: number;
  /** What it last told us that it senses: all there is when its gateway names no time that can be believed. */
  toldValue: unknown;
  isBatteryLow: boolean;
}

/** Signs older than this play no part in any bound. */
const KEPT_MS = 49 * 3_600_000;

export class HomeEvidence {
  readonly facts: HomeTruth;
  gatewayHeardAtMs = 0;
  lastSign: Sign | null = null;
  /** Last time that two rooms were used one after the other. */
  roamedAtMs = 0;
  /** The same, by when we were told. */
  roamTold = 0;
  /** When the last report of the front door came. */
  doorToldAtMs = 0;
  #signs: Sign[] = [];
  readonly #devices = new Map<string, DeviceEvidence>();
  readonly #water: { readonly atMs: number; readonly liters: number }[] = [];

  constructor(facts: HomeTruth) {
    this.facts = facts;
  }

  device(deviceId: string): DeviceEvidence {
    let device = this.#devices.get(deviceId);
    if (device === undefined) {
      device = {
        madeAtMs: 0,
        toldAtMs: 0,
        value: null,
        valueMadeAtMs: 0,
        toldValue: null,
        isBatteryLow: false,
      };
      this.#devices.set(deviceId, device);
    }
    return device;
  }

  hear({ atMs }: Entry): void {
    this.gatewayHeardAtMs = atMs;
  }

  take({ atMs }: Entry, reading: MadeReading): void {
    const { deviceId, kind, value, madeAtMs, isLevel } = reading;
    const device = this.device(deviceId);
    device.toldAtMs = atMs;
    device.madeAtMs = Math.max(device.madeAtMs, madeAtMs);
    const facts = this.facts.devices.get(deviceId)!;
    if (kind === facts.kind) device.toldValue = value;
    if (kind === facts.kind && madeAtMs >= device.valueMadeAtMs) {
      device.value = value;
      device.valueMadeAtMs = madeAtMs;
    }
    if (kind === 'water_liters' && !isLevel && typeof value === 'number')
      this.#water.push({ atMs: madeAtMs, liters: value });
    if (deviceId === 'door-front' && kind === 'contact')
      this.doorToldAtMs = Math.max(this.doorToldAtMs, atMs);
    if (isSign(reading)) this.#addSign({ madeAtMs, toldAtMs: atMs, room: facts.room });
  }

  /** The last sign made in any room but `room`. */
  lastSignOutside(room: string): Sign | null {
    return this.#signs.findLast((sign) => sign.room !== room) ?? null;
  }

  litersSince(fromMs: number): number {
    return this.#water.reduce((sum, { atMs, liters }) => sum + (atMs >= fromMs ? liters : 0), 0);
  }

  #addSign(sign: Sign): void {
    const before = this.#signs.findLast(({ room }) => room !== sign.room);
    if (before !== undefined && Math.abs(sign.madeAtMs - before.madeAtMs) <= BOUNDS.walkMs) {
      this.roamedAtMs = Math.max(this.roamedAtMs, sign.madeAtMs);
      this.roamTold = sign.toldAtMs;
    }
    this.#signs.push(sign);
    if (this.lastSign === null || sign.madeAtMs >= this.lastSign.madeAtMs) this.lastSign = sign;
    if (this.#signs.length > 4_000)
      this.#signs = this.#signs.filter(({ madeAtMs }) => madeAtMs >= sign.madeAtMs - KEPT_MS);
  }
}

/** ON of a motion sensor or an appliance, both edges of a door or a mat, a press. */
function isSign({ kind, value, cause, isLevel }: MadeReading): boolean {
  if (cause !== 'person' || isLevel) return false;
  if (kind === 'motion' || kind === 'appliance') return value === true;
  return kind === 'contact' || kind === 'bed' || kind === 'button';
}
