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
  /** When it was by what its gateway says. */
  readonly claimedAtMs: number;
}

export interface DeviceEvidence {
  /**
   * Newest report by when it was made, or, where its gateway names a time before that, by what it names: from a clock
   * that was put back by hours a report of now is old news, and nobody can tell it from that.
   */
  heardAtMs: number;
  /** Newest report by the time it came. */
  toldAtMs: number;
  /** What it senses, newest by the time it was made. */
  value: unknown;
  valueMadeAtMs: number;
  /** What it last told us that it senses: all there is when its gateway names no time that can be believed. */
  toldValue: unknown;
  /** What it sensed last by the times its gateway names, which may be hours wrong. */
  claimedValue: unknown;
  claimedAtMs: number;
  /** Since when it has said nothing but ON; 0 after an OFF. Its OFF may be lost on the radio. */
  onSinceMs: number;
  /** The hit that an OFF would prove to be one. */
  doubtful: Sign | null;
  isBatteryLow: boolean;
}

/** Times that ingest has corrected vary with the delay of the link. */
const CLOCK_SLACK_MS = 60_000;
/** Signs older than this play no part in any bound. */
const KEPT_MS = 49 * 3_600_000;

export class HomeEvidence {
  readonly facts: HomeTruth;
  gatewayHeardAtMs = 0;
  /**
   * Until when all that was made is told. A gateway sends what it kept in order, but for calls for help, which
   * overtake: when one of its other readings has come, everything before it has. So an outage whose readings have
   * come in was seen, late. Not where the gateway names no time: there nobody can tell when it was.
   */
  toldUntilMs = 0;
  lastSign: Sign | null = null;
  /** The last one, though it may be that of a stuck sensor: whoever believes it looks for somebody from then on. */
  lastToldSign: Sign | null = null;
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
        heardAtMs: 0,
        toldAtMs: 0,
        value: null,
        valueMadeAtMs: 0,
        toldValue: null,
        claimedValue: null,
        claimedAtMs: 0,
        onSinceMs: 0,
        doubtful: null,
        isBatteryLow: false,
      };
      this.#devices.set(deviceId, device);
    }
    return device;
  }

  hear({ atMs }: Entry): void {
    this.gatewayHeardAtMs = atMs;
  }

  take({ atMs, body }: Entry, reading: MadeReading): void {
    const { deviceId, kind, value, madeAtMs, isLevel } = reading;
    if (reading.emergency === null && !this.facts.isTimeless)
      this.toldUntilMs = Math.max(this.toldUntilMs, madeAtMs);
    const device = this.device(deviceId);
    device.toldAtMs = atMs;
    const facts = this.facts.devices.get(deviceId)!;
    if (kind === facts.kind) device.toldValue = value;
    const claimedAtMs = body.type === 'observation' ? body.measuredAtMs : atMs;
    device.heardAtMs = Math.max(device.heardAtMs, Math.min(madeAtMs, claimedAtMs));
    if (kind === facts.kind && claimedAtMs >= device.claimedAtMs) {
      device.claimedValue = value;
      device.claimedAtMs = claimedAtMs;
    }
    if (kind === facts.kind && madeAtMs >= device.valueMadeAtMs) {
      device.value = value;
      device.valueMadeAtMs = madeAtMs;
    }
    if (kind === 'water_liters' && !isLevel && typeof value === 'number')
      this.#water.push({ atMs: madeAtMs, liters: value });
    if (deviceId === 'door-front' && kind === 'contact')
      this.doorToldAtMs = Math.max(this.doorToldAtMs, atMs);
    const sign = { madeAtMs, toldAtMs: atMs, room: facts.room, claimedAtMs };
    if (isSign(reading)) {
      if (madeAtMs >= (this.lastToldSign?.madeAtMs ?? 0)) this.lastToldSign = sign;
      if (this.#isRested(device, reading, sign) && this.#isPlaced(sign)) this.#addSign(sign);
    }
    if (kind === 'motion' && !isLevel) this.#noteRest(device, value === true, madeAtMs);
  }

  /**
   * Could a person's hit be told from those of a stuck sensor? Not while its last OFF is hours ago, unless somebody
   * walked in: then the next OFF proves it, and if that is lost as well, nobody can know.
   */
  #isRested(device: DeviceEvidence, { kind, madeAtMs }: MadeReading, sign: Sign): boolean {
    if (kind !== 'motion' || device.onSinceMs === 0) return true;
    if (madeAtMs - device.onSinceMs < BOUNDS.restlessMs) return true;
    const { lastSign } = this;
    if (lastSign !== null && lastSign.room !== sign.room && madeAtMs - lastSign.madeAtMs <= BOUNDS.walkMs) {
      device.onSinceMs = madeAtMs;
      return true;
    }
    device.doubtful = sign;
    return false;
  }

  /**
   * A clock that was put back by hours names a time before one that it named already: what it kept looks like old
   * news, and nobody can tell it from that.
   */
  #isPlaced({ madeAtMs, claimedAtMs }: Sign): boolean {
    const { lastSign } = this;
    if (lastSign === null || madeAtMs <= lastSign.madeAtMs) return true;
    return claimedAtMs >= lastSign.claimedAtMs - CLOCK_SLACK_MS;
  }

  #noteRest(device: DeviceEvidence, isOn: boolean, madeAtMs: number): void {
    if (isOn) {
      if (device.onSinceMs === 0) device.onSinceMs = madeAtMs;
      return;
    }
    if (device.doubtful !== null) this.#addSign(device.doubtful);
    device.doubtful = null;
    device.onSinceMs = 0;
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
