// One run: homes, gateways, staff and one service that crashes, stands still and finds its disk full, all in virtual
// time and all from one seed. Gives back what is on the disk, what was recorded, and the truth; judging is the
// auditor's work (audit.ts).

import type { Alert } from '#core/model/alert.ts';
import type { Effect } from '#core/model/effect.ts';
import type { Entry } from '#core/model/entry.ts';
import { type DeviceConfiguration, SUPERVISION_WINDOWS_MS } from '#core/model/home.ts';
import { emergencyOf } from '#core/model/observation.ts';
import type { Batch } from '#journal/sequencer.ts';
import type { ConfigurationChange, GatewayEntry } from '#registry/registry.ts';
import { HOME_DEVICES } from '../../simulators/devices.ts';
import { createRandom, type Random } from '../../simulators/random.ts';
import { Agenda } from './agenda.ts';
import { Disk, type Fate } from './disk.ts';
import { VirtualGateway } from './gateway.ts';
import { VirtualHome } from './home.ts';
import type { Plant } from './plant.ts';
import { Service } from './service.ts';
import { Staff } from './staff.ts';
import { drawStory, type HomeStory } from './story.ts';
import { type HomeTruth, Truth } from './truth.ts';

export interface SimulationOptions {
  readonly seed: number;
  readonly hours: number;
  readonly homes: number;
  /** Times the usual number of mishaps, so that a short run has some. Default 1. */
  readonly mishapFactor?: number;
  readonly plant?: Plant;
}

export interface Recorded {
  readonly options: SimulationOptions;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly disk: Disk;
  readonly truth: Truth;
  /** By effect id, as first recorded, in order. */
  readonly effects: readonly Effect[];
  /** An effect that was recorded again with other content. */
  readonly contradictions: readonly string[];
  /** What the alert store lists as open at the end; null when the service is down then. */
  readonly openAlerts: readonly Alert[] | null;
  /** Entries behind it are on disk and were not processed before the end. */
  readonly recordedOffset: number;
  readonly lives: number;
}

const HOUR_MS = 3_600_000;
const FAULT_STREAM = 7_102;
const GATEWAY_STREAM = 7_103;
const HOME_STREAM = 7_104;
const STAFF_STREAM = 7_105;
/** Dates that matter: the clocks of Madrid change on 29 March and 25 October 2026; a year's end; a leap day. */
const STARTS = ['2026-03-26', '2026-10-22', '2026-12-29', '2028-02-26', '2026-06-15'] as const;

/** Device numbers are given out in blocks of so many per home. */
const DEVICES_PER_HOME = 20;

/** How this life ends: at the next commit, or at the next one that carries a call for help. */
interface Doom {
  readonly moment: 'dies-before' | 'dies-after' | 'unanswered';
  readonly isAimed: boolean;
}

export function simulate(options: SimulationOptions): Promise<Recorded> {
  return new Simulation(options).run();
}

class Simulation {
  readonly #options: SimulationOptions;
  readonly #agenda: Agenda;
  readonly #fromMs: number;
  readonly #untilMs: number;
  readonly #disk = new Disk();
  readonly #truth = new Truth();
  readonly #faults: Random;
  readonly #gateways: VirtualGateway[] = [];
  readonly #configurations: ConfigurationChange[] = [];
  readonly #staff: Staff;
  readonly #effects = new Map<string, Effect>();
  readonly #contradictions: string[] = [];
  #service: Service | null = null;
  #lives = 0;
  #recordedOffset = 0;
  #fullUntilMs = 0;
  #doom: Doom | null = null;

  constructor(options: SimulationOptions) {
    this.#options = options;
    const { seed, hours, homes } = options;
    this.#faults = createRandom(seed, FAULT_STREAM);
    this.#fromMs =
      Date.parse(`${this.#faults.pick(STARTS)}T00:00:00Z`) + this.#faults.whole(0, 86_400) * 1000;
    this.#untilMs = this.#fromMs + hours * HOUR_MS;
    this.#agenda = new Agenda(this.#fromMs);
    this.#staff = new Staff({
      agenda: this.#agenda,
      random: createRandom(seed, STAFF_STREAM),
      truth: this.#truth,
      service: () => this.#service,
      isDown: (homeId) => this.#isDown(homeId),
    });
    for (let home = 1; home <= homes; home++) this.#addHome(home);
  }

  async run(): Promise<Recorded> {
    const agenda = this.#agenda;
    this.#planFaults();
    this.#begin();
    while (agenda.nowMs < this.#untilMs) {
      await this.#settle();
      agenda.nowMs = Math.min(agenda.nextAtMs(), this.#service?.nextWakeMs() ?? Number.POSITIVE_INFINITY);
      // Ticks first or readings first: in a real process either timer or socket may be served first.
      if ((this.#service?.nextWakeMs() ?? Number.POSITIVE_INFINITY) <= agenda.nowMs) this.#service!.wake();
      agenda.runDue();
    }
    await this.#settle();
    return {
      ...{ options: this.#options, fromMs: this.#fromMs, untilMs: this.#untilMs },
      ...{ disk: this.#disk, truth: this.#truth },
      effects: [...this.#effects.values()],
      contradictions: this.#contradictions,
      openAlerts: this.#service?.isUp ? this.#service.storedOpenAlerts() : null,
      recordedOffset: this.#recordedOffset,
      lives: this.#lives,
    };
  }

  /** Until the log has written and everybody who waited was told. Batches form as on a real event loop. */
  async #settle(): Promise<void> {
    do await new Promise((resolve) => setImmediate(resolve));
    while (this.#service?.isBusy);
  }

  #begin(): void {
    this.#lives++;
    this.#doom = null;
    const service = new Service({
      disk: this.#disk,
      nowMs: () => this.#agenda.nowMs,
      configurations: this.#configurations,
      plant: this.#options.plant ?? {},
      fateOf: (batch) => this.#fate(batch),
      onStored: (offset, reading) => this.#truth.stored(offset, reading),
      onEffects: (effects) => this.#staff.see(effects),
      onRecorded: (effects, offset) => this.#record(effects, offset),
      onDied: () => this.#died(service),
    });
    this.#service = service;
    this.#staff.logIn();
  }

  #fate(batch: Batch): Fate {
    if (this.#agenda.nowMs < this.#fullUntilMs) return 'full';
    const doom = this.#doom;
    if (doom === null || (doom.isAimed && !batch.entries.some(isEmergency))) return 'stored';
    this.#doom = null;
    const dying = this.#service!;
    if (doom.moment === 'unanswered') {
      dying.dieUnanswered();
      return 'stored';
    }
    // Only when the disk has done its part: what is stored must be known as stored.
    queueMicrotask(() => dying.die(doom.moment));
    return doom.moment;
  }

  #died(service: Service): void {
    if (this.#service !== service) return;
    this.#service = null;
    for (const gateway of this.#gateways) gateway.serviceDied();
    const downMs = this.#drawDownMs();
    this.#truth.outages.push({
      fromMs: this.#agenda.nowMs,
      untilMs: this.#agenda.nowMs + downMs,
      why: 'down',
    });
    this.#agenda.after(downMs, () => this.#begin());
  }

  #drawDownMs(): number {
    const draw = this.#faults.next();
    if (draw < 0.7) return this.#faults.between(2_000, 20_000);
    if (draw < 0.95) return this.#faults.between(60_000, 600_000);
    return this.#faults.between(0.5 * HOUR_MS, 2 * HOUR_MS);
  }

  #record(effects: readonly Effect[], offset: number): void {
    this.#recordedOffset = Math.max(this.#recordedOffset, offset);
    for (const effect of effects) {
      const id = `${effect.offset}:${effect.index}`;
      const known = this.#effects.get(id);
      if (known === undefined) this.#effects.set(id, effect);
      else if (JSON.stringify(known) !== JSON.stringify(effect)) this.#contradictions.push(id);
    }
  }

  /** How often things go wrong differs from seed to seed. */
  #planFaults(): void {
    const random = this.#faults;
    const isRough = random.chance(0.5);
    this.#every(isRough ? 4 * HOUR_MS : 18 * HOUR_MS, () => this.#crash());
    this.#every(isRough ? 20 * HOUR_MS : 60 * HOUR_MS, () => this.#fillDisk());
    this.#every(isRough ? 20 * HOUR_MS : 60 * HOUR_MS, () => this.#freeze());
    this.#every(isRough ? 2 * HOUR_MS : 5 * HOUR_MS, () => {
      if (this.#running() !== null) this.#service!.cutSnapshot();
    });
  }

  #every(meanMs: number, run: () => void): void {
    this.#agenda.after(this.#faults.exponential(meanMs), () => {
      run();
      this.#every(meanMs, run);
    });
  }

  #running(): Service | null {
    const service = this.#service;
    return service?.isUp && service.frozenUntilMs <= this.#agenda.nowMs ? service : null;
  }

  /** At the next commit: before it is stored, after it is stored, or after it was processed. Or at once. */
  #crash(): void {
    const service = this.#running();
    if (service === null) return;
    const moment = this.#faults.pick(['dies-before', 'dies-after', 'unanswered', 'at-once'] as const);
    if (moment === 'at-once') service.die('killed');
    else this.#doom = { moment, isAimed: this.#faults.chance(0.5) };
  }

  #fillDisk(): void {
    const { nowMs } = this.#agenda;
    if (nowMs < this.#fullUntilMs) return;
    this.#fullUntilMs = nowMs + this.#faults.between(10_000, 1_800_000);
    this.#truth.outages.push({ fromMs: nowMs, untilMs: this.#fullUntilMs, why: 'disk full' });
  }

  #freeze(): void {
    const service = this.#running();
    if (service === null) return;
    const fromMs = this.#agenda.nowMs;
    const untilMs = fromMs + Math.round(this.#faults.between(5_500, 600_000));
    service.freeze(untilMs);
    this.#truth.outages.push({ fromMs, untilMs, why: 'frozen' });
    this.#agenda.at(untilMs, () => service.noteStall());
  }

  #isDown(homeId: string | null): boolean {
    const facts = this.#truth.homes.find((home) => home.homeId === homeId);
    return facts !== undefined && facts.collapse !== null;
  }

  #addHome(home: number): void {
    const { seed, mishapFactor = 1 } = this.#options;
    const span = { fromMs: this.#fromMs, untilMs: this.#untilMs };
    const story = drawStory({ seed, index: home, ...span, mishapFactor });
    const facts = factsOf(home, story);
    const entry = entryOf(facts);
    this.#truth.homes.push(facts);
    this.#configure(facts, story);
    const gateway = new VirtualGateway({
      ...{ entry, style: story.style, beatMs: story.beatMs, agenda: this.#agenda },
      random: createRandom(seed, GATEWAY_STREAM, home),
      service: () => this.#service,
      clockErrorMs: (atMs) => story.clockSteps.findLast((step) => step.atMs <= atMs)!.aheadMs,
    });
    this.#gateways.push(gateway);
    const random = createRandom(seed, HOME_STREAM, home);
    const declareAway = (untilMs: number, done: () => void): void =>
      this.#staff.declareAway(home, Math.round(untilMs), done);
    const rest = { agenda: this.#agenda, truth: this.#truth, fromMs: this.#fromMs, declareAway };
    gateway.start();
    new VirtualHome({ story, facts, gateway, random, ...rest }).start();
  }

  #configure({ home, homeId, gateway, gatewayId }: HomeTruth, story: HomeStory): void {
    const place = { revision: 1, districtCode: '330106001001', isWatched: true };
    const { supervision, timezone, riskFactor, residents } = story;
    const devices = HOME_DEVICES.map((item, at): DeviceConfiguration => {
      const { deviceId, kind, room, zone } = item;
      return {
        device: numberOf(home, at),
        deviceId,
        gateway,
        kind,
        room,
        zone,
        supervision: item.supervision,
      };
    });
    const rules = this.#options.plant?.rules ?? {};
    this.#configurations.push(
      { type: 'gateway', configuration: { ...place, gateway, gatewayId, home, supervision } },
      {
        type: 'home',
        configuration: {
          ...{ ...place, home, homeId, timezone, riskFactor, residents: residents.length, rules, devices },
        },
      },
    );
  }
}

function isEmergency({ body }: Entry): boolean {
  return body.type === 'observation' && emergencyOf(body.kind, body.value) !== null;
}

function numberOf(home: number, at: number): number {
  return home * DEVICES_PER_HOME + at;
}

function factsOf(home: number, story: HomeStory): HomeTruth {
  const devices = HOME_DEVICES.map(({ deviceId, room, kind, supervision }) => {
    return [deviceId, { room, kind, windowMs: SUPERVISION_WINDOWS_MS[supervision] }] as const;
  });
  return {
    ...{ home, homeId: `home-${home}`, gateway: home, gatewayId: `gw-${home}` },
    ...{ timezone: story.timezone, riskFactor: story.riskFactor, beatMs: story.beatMs },
    residents: story.residents.length,
    gatewayWindowMs: SUPERVISION_WINDOWS_MS[story.supervision],
    hasStrays: story.straysPerHour > 0,
    hasWrongClock: story.clockSteps.length > 1,
    isTimeless: story.style === 'seq-only',
    ...{ collapse: null, cuts: [], trips: [], deaths: [] },
    devices: new Map(devices),
  };
}

function entryOf({ home, gateway, gatewayId }: HomeTruth): GatewayEntry {
  return {
    ...{ gateway, gatewayId, home, districtCode: '330106001001', format: 'native', isEnabled: true },
    secretHashes: [],
    devices: new Map(HOME_DEVICES.map(({ deviceId }, at) => [deviceId, numberOf(home, at)])),
  };
}
