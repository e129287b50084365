// Many simulated homes and the scenarios that befall them, against one live service. Homes begin their connections
// spread over a ramp; scenarios take homes in an order drawn from the seed, each home at most once while any is left.

import { setTimeout as sleep } from 'node:timers/promises';
import { homeSeed, Resident } from './day.ts';
import { type GatewayOptions, SimulatedGateway } from './gateway.ts';
import { Pace } from './pace.ts';
import { createRandom, type Random } from './random.ts';
import type { RosterHome } from './roster.ts';
import type { ScheduledScenario } from './scenarios/index.ts';
import type { Stage } from './scenarios/scenario.ts';
import { SimulatedHome } from './simulated-home.ts';

export interface FleetOptions {
  /** `mqtt://host:port` */
  readonly url: string;
  readonly homes: readonly RosterHome[];
  readonly seed: number;
  /** Simulated seconds per real second. */
  readonly speed: number;
  /** Simulated instant at which the days begin. */
  readonly startAtMs: number;
  readonly scenarios: readonly ScheduledScenario[];
  readonly say: (text: string) => void;
  /** Between two gateways at the start; 4 ms is 250 connections a second. */
  readonly rampMs?: number;
  readonly gateway?: Partial<GatewayOptions>;
}

export interface FleetCounts {
  readonly homes: number;
  readonly online: number;
  readonly reported: number;
  readonly acknowledged: number;
  readonly resent: number;
  readonly pending: number;
  readonly dropped: number;
  /** Up to three different problems of gateways that are not online. */
  readonly problems: readonly string[];
}

const CAST_STREAM = 7_006;
const GATEWAY_STREAM = 7_007;
const DEFAULT_RAMP_MS = 4;

export class Fleet {
  readonly homes: SimulatedHome[] = [];
  readonly #options: FleetOptions;
  readonly #pace: Pace;
  readonly #namedIds: ReadonlySet<string>;
  readonly #random: Random;
  readonly #stopping = new AbortController();
  readonly #running: Promise<unknown>[] = [];
  #uncast: SimulatedHome[] = [];

  constructor(options: FleetOptions) {
    this.#options = options;
    this.#random = createRandom(options.seed, CAST_STREAM);
    this.#pace = new Pace({ startAtMs: options.startAtMs, speed: options.speed });
    this.#namedIds = new Set(options.scenarios.flatMap(({ homeIds }) => homeIds ?? []));
    this.#build(options.homes);
  }

  start(): void {
    this.#connect(this.homes);
    for (const scheduled of this.#options.scenarios) this.#running.push(this.#play(scheduled));
  }

  /** More homes for a fleet that was started; scenarios may take them from now on. */
  add(homes: readonly RosterHome[]): void {
    if (this.#stopping.signal.aborted) return;
    this.#connect(this.#build(homes));
  }

  counts(): FleetCounts {
    const sum = (pick: (home: SimulatedHome) => number): number =>
      this.homes.reduce((total, home) => total + pick(home), 0);
    const problems = new Set(this.homes.flatMap(({ gateway }) => gateway.lastProblem ?? []));
    return {
      homes: this.homes.length,
      online: sum(({ gateway }) => (gateway.isOnline ? 1 : 0)),
      reported: sum(({ gateway }) => gateway.counts.reported),
      acknowledged: sum(({ gateway }) => gateway.counts.acknowledged),
      resent: sum(({ gateway }) => gateway.counts.resent),
      pending: sum(({ gateway }) => gateway.pendingCount),
      dropped: sum(({ gateway }) => gateway.counts.dropped),
      problems: [...problems].slice(0, 3),
    };
  }

  /** End days and scenarios, give what is unacknowledged `graceMs` to get through, and say goodbye. */
  async stop(graceMs: number): Promise<FleetCounts> {
    this.#stopping.abort();
    for (const home of this.homes) home.endDay();
    await Promise.all(this.#running);
    const drained = Promise.all(this.homes.map(({ gateway }) => gateway.drained()));
    const giveUp = new AbortController();
    await Promise.race([
      drained,
      sleep(graceMs, undefined, { signal: giveUp.signal }).catch(() => undefined),
    ]);
    giveUp.abort();
    const counts = this.counts();
    await Promise.all(this.homes.map(({ gateway }) => gateway.stop()));
    return counts;
  }

  #build(homes: readonly RosterHome[]): SimulatedHome[] {
    const built = homes.map((home) => this.#buildHome(home));
    this.homes.push(...built);
    this.#uncast.push(...built.filter(({ homeId }) => !this.#namedIds.has(homeId)));
    return built;
  }

  #buildHome(home: RosterHome): SimulatedHome {
    const { seed, url, startAtMs } = this.#options;
    const resident = new Resident({ seed: homeSeed(seed, home.index), timezone: home.timezone });
    const gateway = new SimulatedGateway({
      ...this.#options.gateway,
      url,
      gatewayId: home.gatewayId,
      secret: home.secret,
      random: createRandom(seed, GATEWAY_STREAM, home.index),
    });
    return new SimulatedHome({
      homeId: home.homeId,
      gateway,
      pace: this.#pace,
      stream: resident.stream(startAtMs),
    });
  }

  #connect(homes: readonly SimulatedHome[]): void {
    const rampMs = this.#options.rampMs ?? DEFAULT_RAMP_MS;
    for (const [place, home] of homes.entries()) this.#running.push(this.#startLater(home, place * rampMs));
  }

  async #startLater(home: SimulatedHome, afterMs: number): Promise<void> {
    if (await this.#wait(afterMs)) home.start();
  }

  async #play(scheduled: ScheduledScenario): Promise<void> {
    if (!(await this.#wait(scheduled.afterMs))) return;
    const signal = this.#stopping.signal;
    const stage: Stage = {
      homes: this.#cast(scheduled),
      wait: (durationMs) => sleep(durationMs, undefined, { signal }),
      between: (low, high) => this.#random.between(low, high),
      say: this.#options.say,
    };
    try {
      await scheduled.scenario.run(stage);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** Homes for one scenario. Homes nothing happened to yet come first. */
  #cast({ homes: wanted, homeIds }: ScheduledScenario): SimulatedHome[] {
    if (homeIds !== undefined) return this.homes.filter(({ homeId }) => homeIds.includes(homeId));
    if (wanted === 'all' || wanted >= this.homes.length) return [...this.homes];
    const chosen: SimulatedHome[] = [];
    while (chosen.length < wanted) {
      if (this.#uncast.length === 0) this.#uncast = this.homes.filter((home) => !chosen.includes(home));
      const place = this.#random.whole(0, this.#uncast.length - 1);
      chosen.push(...this.#uncast.splice(place, 1));
    }
    return chosen;
  }

  /** False when the simulation stops first. */
  #wait(durationMs: number): Promise<boolean> {
    return sleep(durationMs, true, { signal: this.#stopping.signal }).catch(() => false);
  }
}
