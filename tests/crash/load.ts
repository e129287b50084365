// The load of a run: homes that talk all the time, and now and then many people pressing at once. Open loop up to the
// bound of each gateway's outbox: it goes on while the service is down, and what was said then comes afterwards.

import { createRandom, type Random } from '../../simulators/random.ts';
import type { RosterHome } from '../../simulators/roster.ts';
import { HttpGateway } from './http-gateway.ts';
import type { Ledger } from './ledger.ts';
import { MqttGateway } from './mqtt-gateway.ts';
import { Outbox } from './outbox.ts';
import { Voice } from './voice.ts';

export interface LoadOptions {
  readonly homes: readonly RosterHome[];
  readonly httpPort: number;
  readonly mqttPort: number;
  readonly seed: number;
  readonly ledger: Ledger;
  /** Ordinary readings of all homes together. */
  readonly readingsPerSecond: number;
}

/** Every fifth home is behind an HTTP gateway. */
const HTTP_EVERY = 5;
/** Between two batches of an HTTP gateway: nearly always one is on its way when the kill comes. */
const HTTP_PAUSE_MS = 5;
const STEP_MS = 20;
/** Single presses between the bursts. */
const PRESSES_PER_SECOND = 12;
const BURST_EVERY_MS = 500;
const BURST_MAX = 24;
/** Streams of randomness: homes from 1,000 on. */
const STREAM = { presses: 1, reconnects: 2, homes: 1_000 } as const;

interface Home {
  readonly voice: Voice;
  readonly outbox: Outbox;
  readonly gateway: MqttGateway | HttpGateway;
}

export class Load {
  readonly #options: LoadOptions;
  readonly #homes: readonly Home[];
  readonly #random: Random;
  #timer: NodeJS.Timeout | undefined;
  #lastMs = 0;
  #owed = 0;
  #turn = 0;
  #nextBurstMs = 0;

  constructor(options: LoadOptions) {
    this.#options = options;
    this.#random = createRandom(options.seed, STREAM.presses);
    const reconnects = createRandom(options.seed, STREAM.reconnects);
    this.#homes = options.homes.map((home, index) => homeOf(options, home, index, reconnects.whole(10, 80)));
  }

  start(): void {
    for (const { gateway } of this.#homes) gateway.start();
    this.#lastMs = performance.now();
    this.#timer = setInterval(() => this.#step(), STEP_MS);
  }

  /** Say nothing more; what was said still has to arrive. */
  quiet(): void {
    clearInterval(this.#timer);
  }

  get isIdle(): boolean {
    return this.#homes.every(({ gateway }) => gateway.isIdle);
  }

  async stop(): Promise<void> {
    this.quiet();
    for (const { gateway } of this.#homes) await gateway.stop();
  }

  #step(): void {
    const nowMs = performance.now();
    // A standstill of the harness itself is not made up for by a flood.
    const passedMs = Math.min(nowMs - this.#lastMs, 5 * STEP_MS);
    this.#lastMs = nowMs;
    this.#owed += (this.#options.readingsPerSecond * passedMs) / 1_000;
    for (; this.#owed >= 1; this.#owed -= 1) this.#ordinary();
    if (this.#random.chance((PRESSES_PER_SECOND * passedMs) / 1_000)) this.#press();
    if (nowMs >= this.#nextBurstMs) this.#burst(nowMs);
    for (const { gateway } of this.#homes) if (gateway instanceof MqttGateway) gateway.pump();
  }

  #ordinary(): void {
    this.#turn = (this.#turn + 1) % this.#homes.length;
    const { voice, outbox } = this.#homes[this.#turn]!;
    if (outbox.hasRoom(false)) outbox.put(voice.ordinary());
  }

  #press(): void {
    const { voice, outbox } = this.#random.pick(this.#homes);
    if (outbox.hasRoom(true)) outbox.put(voice.press());
  }

  #burst(nowMs: number): void {
    this.#nextBurstMs = nowMs + this.#random.exponential(BURST_EVERY_MS);
    for (let presses = this.#random.whole(4, BURST_MAX); presses > 0; presses -= 1) this.#press();
  }
}

function homeOf(options: LoadOptions, home: RosterHome, index: number, reconnectMs: number): Home {
  const { ledger, seed } = options;
  const outbox = new Outbox();
  const voice = new Voice(home, index, createRandom(seed, STREAM.homes + index), ledger);
  const isHttp = index % HTTP_EVERY === 2;
  const gateway = isHttp
    ? new HttpGateway({ home, port: options.httpPort, outbox, ledger, pauseMs: HTTP_PAUSE_MS })
    : new MqttGateway({
        ...{ home, port: options.mqttPort, outbox, ledger },
        setsDup: index % 2 === 0,
        reconnectMs,
      });
  return { voice, outbox, gateway };
}
