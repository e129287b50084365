// One home of a running simulation: its resident's stream of readings, played in pace through its gateway, and what
// scenarios may do to it. One timer per home; a thousand homes are a thousand timers and nothing between them.

import type { Reading } from './devices.ts';
import type { SimulatedGateway } from './gateway.ts';
import type { Pace } from './pace.ts';
import type { ScenarioHome } from './scenarios/scenario.ts';

/** Longest a timer may sleep at once; setTimeout takes 31 bits. */
const LONGEST_TIMER_MS = 3_600_000;
/** A motion sensor goes back to rest this long after the last movement of somebody who collapsed. */
const REST_AFTER_MS = 45_000;
/** Kinds a device reports without anybody in the room. */
const UNATTENDED_KINDS: ReadonlySet<string> = new Set(['battery_pct', 'signal_dbm', 'temperature_c']);

export class SimulatedHome implements ScenarioHome {
  readonly homeId: string;
  readonly gateway: SimulatedGateway;
  readonly #pace: Pace;
  readonly #stream: Iterator<Reading, never, void>;
  readonly #movingDevices = new Set<string>();
  #next: Reading;
  #hasCollapsed = false;
  #isResting = false;
  #timer: NodeJS.Timeout | null = null;
  #restTimer: NodeJS.Timeout | null = null;

  constructor(options: {
    readonly homeId: string;
    readonly gateway: SimulatedGateway;
    readonly pace: Pace;
    readonly stream: Iterator<Reading, never, void>;
  }) {
    this.homeId = options.homeId;
    this.gateway = options.gateway;
    this.#pace = options.pace;
    this.#stream = options.stream;
    this.#next = this.#stream.next().value;
    this.gateway.onCommand((deviceId, { kind }) => this.#hear(deviceId, kind));
  }

  start(): void {
    this.gateway.start();
    this.#schedule();
  }

  /** The resident's day ends here; the gateway stays as it is. */
  endDay(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#restTimer !== null) clearTimeout(this.#restTimer);
    this.#timer = null;
    this.#restTimer = null;
  }

  report(deviceId: string, kind: string, value: boolean | number | string, batteryPct?: number): void {
    const isLevel = kind === 'battery_pct';
    this.#noteMotion(deviceId, kind, value);
    this.gateway.report({
      deviceId,
      kind,
      value,
      isLevel,
      ...(batteryPct === undefined ? {} : { batteryPct }),
    });
  }

  collapse(): void {
    if (this.#hasCollapsed) return;
    this.#hasCollapsed = true;
    this.#restTimer = setTimeout(() => this.#comeToRest(), REST_AFTER_MS / this.#pace.speed);
  }

  rest(): void {
    this.#isResting = true;
  }

  cutLink(): void {
    this.gateway.cutLink();
  }

  restoreLink(): void {
    this.gateway.restoreLink();
  }

  /** Who has collapsed hears the question too, and does not answer. */
  #hear(deviceId: string, command: string): void {
    if (command !== 'ask' || !this.#isResting || this.#hasCollapsed) return;
    this.#isResting = false;
    this.report(deviceId, 'button', 'cancel');
  }

  #comeToRest(): void {
    for (const deviceId of [...this.#movingDevices]) this.report(deviceId, 'motion', false);
  }

  #schedule(): void {
    const delayMs = Math.min(LONGEST_TIMER_MS, this.#pace.realDelayMs(this.#next.atMs));
    this.#timer = setTimeout(() => this.#playDue(), delayMs);
  }

  #playDue(): void {
    const nowMs = this.#pace.nowMs();
    while (this.#next.atMs <= nowMs) {
      this.#play(this.#next);
      this.#next = this.#stream.next().value;
    }
    this.#schedule();
  }

  #play(reading: Reading): void {
    if ((this.#hasCollapsed || this.#isResting) && !UNATTENDED_KINDS.has(reading.kind)) return;
    this.#noteMotion(reading.deviceId, reading.kind, reading.value);
    this.gateway.report(reading);
  }

  #noteMotion(deviceId: string, kind: string, value: Reading['value']): void {
    if (kind !== 'motion') return;
    if (value === true) this.#movingDevices.add(deviceId);
    else this.#movingDevices.delete(deviceId);
  }
}
