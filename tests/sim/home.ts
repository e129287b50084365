// Plays one home's story in virtual time: the residents' days through sensors and radio to the gateway, and what goes
// wrong. Writes down in the truth what it does. A reading of a sensor that does not send twice may be lost on the
// radio; the others come late.

import { SUPERVISION_WINDOWS_MS } from '#core/model/home.ts';
import { emergencyOf } from '#core/model/observation.ts';
import { HOME_DEVICES, type Reading } from '../../simulators/devices.ts';
import type { Random } from '../../simulators/random.ts';
import type { Agenda } from './agenda.ts';
import type { VirtualGateway } from './gateway.ts';
import type { HomeStory, Mishap } from './story.ts';
import type { Cause, HomeTruth, Trip, Truth } from './truth.ts';

/** A motion sensor goes back to rest this long after the last movement. */
const REST_AFTER_MS = 45_000;
const UNATTENDED_KINDS: ReadonlySet<string> = new Set(['battery_pct', 'signal_dbm', 'temperature_c']);
/** Kinds whose sensors send until the gateway answers. */
const RESENT_KINDS: ReadonlySet<string> = new Set(['button', 'fall', 'smoke', 'gas', 'contact']);
/** Share of readings that are minutes late, as from a sleepy mesh. */
const LATE_CHANCE = 0.003;
const LOW_BATTERY_PCT = 15;
const BACK_MS = 600_000;
/** Who goes away says so with some room. */
const DECLARED_LONGER_MS = 2 * 3_600_000;
/** Coat, door open, door shut, and the hall comes to rest. */
const PASSAGE_STEP_MS = 9_000;

export interface HomeOptions {
  readonly story: HomeStory;
  readonly facts: HomeTruth;
  readonly truth: Truth;
  readonly agenda: Agenda;
  readonly random: Random;
  readonly gateway: VirtualGateway;
  readonly fromMs: number;
  /** Tell staff that nobody is in until then; `done` when they have it on record. */
  readonly declareAway: (untilMs: number, done: () => void) => void;
}

export class VirtualHome {
  readonly #options: HomeOptions;
  readonly #moving = new Set<string>();
  readonly #dead = new Set<string>();
  #hasCollapsed = false;
  #isOut = false;

  constructor(options: HomeOptions) {
    this.#options = options;
  }

  start(): void {
    const { story, agenda, fromMs } = this.#options;
    story.residents.forEach((resident, person) => {
      this.#live(resident.stream(fromMs), person);
    });
    for (const mishap of story.mishaps) agenda.at(mishap.atMs, () => this.#befall(mishap));
    if (story.straysPerHour > 0) this.#stray();
  }

  #live(stream: Iterator<Reading, never, void>, person: number): void {
    const { agenda } = this.#options;
    const step = (reading: Reading): void => {
      if (isSensed(reading, person)) this.#play(reading);
      const next = stream.next().value;
      agenda.at(next.atMs, () => step(next));
    };
    const first = stream.next().value;
    agenda.at(first.atMs, () => step(first));
  }

  #play(reading: Reading): void {
    const cause = UNATTENDED_KINDS.has(reading.kind) ? 'device' : 'person';
    if (cause === 'person' && (this.#hasCollapsed || this.#isOut)) return;
    if (reading.kind === 'motion') {
      if (reading.value === true) this.#moving.add(reading.deviceId);
      else this.#moving.delete(reading.deviceId);
    }
    this.#report(reading, cause);
  }

  #report({ deviceId, kind, value, isLevel }: Omit<Reading, 'atMs'>, cause: Cause): void {
    const { truth, facts, agenda, gateway, random, story } = this.#options;
    if (this.#dead.has(deviceId)) return;
    const isResent = RESENT_KINDS.has(kind);
    const isLost = random.chance(story.radioLoss);
    if (isLost && !isResent) return;
    const made = truth.made({
      ...{ home: facts.home, deviceId, kind, value, isLevel, cause },
      batteryPct: null,
      madeAtMs: agenda.nowMs,
      emergency: emergencyOf(kind, value),
    });
    const lateMs = random.chance(LATE_CHANCE) ? random.between(60_000, 600_000) : 0;
    const delayMs = (isLost ? random.between(1_000, 30_000) : 0) + lateMs;
    if (delayMs === 0) gateway.report(made);
    else agenda.after(delayMs, () => gateway.report(made));
  }

  #befall(mishap: Mishap): void {
    switch (mishap.type) {
      case 'press':
        return this.#press(mishap);
      case 'collapse':
        return this.#collapse(mishap.room);
      case 'cut':
        return this.#cut(mishap.untilMs);
      case 'trip':
        return this.#leave(mishap);
      case 'death':
        return this.#die(mishap.deviceId);
      case 'battery': {
        const report = {
          deviceId: mishap.deviceId,
          kind: 'battery_pct',
          value: LOW_BATTERY_PCT,
          isLevel: true,
        };
        return this.#report(report, 'device');
      }
    }
  }

  #press({ device, times }: Mishap & { readonly type: 'press' }): void {
    const { agenda, random } = this.#options;
    const { deviceId, kind, value } = device;
    const isByPerson = kind === 'button' || kind === 'fall';
    if (isByPerson && this.#isOut) return;
    for (let n = 0; n < times; n++) {
      agenda.after(n * random.between(4_000, 25_000), () => {
        this.#report({ deviceId, kind, value, isLevel: false }, kind === 'button' ? 'person' : 'device');
      });
    }
    if (kind === 'smoke' || kind === 'gas') {
      const over = { deviceId, kind, value: false, isLevel: false };
      agenda.after(180_000, () => this.#report(over, 'device'));
    }
  }

  #collapse(room: string): void {
    const { facts, agenda } = this.#options;
    if (this.#hasCollapsed || this.#isOut) return;
    this.#hasCollapsed = true;
    facts.collapse = { atMs: agenda.nowMs, room };
    agenda.after(REST_AFTER_MS, () => this.#restAll());
  }

  /** All of them go, and come back through the same door. */
  #leave({ untilMs, isDeclared }: Mishap & { readonly type: 'trip' }): void {
    const { facts, agenda, declareAway } = this.#options;
    if (this.#hasCollapsed || this.#isOut) return;
    const trip: Trip = { fromMs: agenda.nowMs, untilMs, declaredAtMs: null };
    facts.trips.push(trip);
    if (isDeclared) {
      declareAway(untilMs + DECLARED_LONGER_MS, () => {
        if (this.#isOut) trip.declaredAtMs = agenda.nowMs;
      });
    }
    // Who leaves in the night gets up first.
    this.#report({ deviceId: 'bed-mat', kind: 'bed', value: false, isLevel: false }, 'person');
    this.#passDoor();
    this.#isOut = true;
    agenda.after(REST_AFTER_MS, () => this.#restAll());
    agenda.at(untilMs, () => {
      this.#isOut = false;
      this.#passDoor();
    });
  }

  #passDoor(): void {
    const { agenda } = this.#options;
    const moves = [
      { deviceId: 'pir-hall', kind: 'motion', value: true },
      { deviceId: 'door-front', kind: 'contact', value: true },
      { deviceId: 'door-front', kind: 'contact', value: false },
      { deviceId: 'pir-hall', kind: 'motion', value: false },
    ];
    moves.forEach((move, at) => {
      agenda.after(at * PASSAGE_STEP_MS, () => this.#report({ ...move, isLevel: false }, 'person'));
    });
  }

  #restAll(): void {
    for (const deviceId of this.#moving)
      this.#report({ deviceId, kind: 'motion', value: false, isLevel: false }, 'device');
    this.#moving.clear();
  }

  #cut(untilMs: number): void {
    const { facts, gateway, agenda } = this.#options;
    const last = facts.cuts.at(-1);
    // One after the other without time to come back would be one cut.
    if (last !== undefined && last.untilMs + BACK_MS >= agenda.nowMs) return;
    facts.cuts.push({ fromMs: agenda.nowMs, untilMs });
    gateway.cutLink();
    agenda.at(untilMs, () => gateway.restoreLink());
  }

  #die(deviceId: string): void {
    const { facts, agenda } = this.#options;
    const windowMs =
      SUPERVISION_WINDOWS_MS[HOME_DEVICES.find((item) => item.deviceId === deviceId)!.supervision];
    // Two dead activity sensors leave most of them: the home is still seen.
    if (this.#dead.has(deviceId) || this.#dead.size >= 2) return;
    this.#dead.add(deviceId);
    facts.deaths.push({ deviceId, atMs: agenda.nowMs, windowMs });
  }

  #stray(): void {
    const { agenda, random, story } = this.#options;
    const sensors = HOME_DEVICES.filter(({ kind }) => kind === 'motion');
    agenda.after(random.exponential(3_600_000 / story.straysPerHour), () => {
      const { deviceId } = random.pick(sensors);
      this.#report({ deviceId, kind: 'motion', value: true, isLevel: false }, 'stray');
      agenda.after(REST_AFTER_MS, () =>
        this.#report({ deviceId, kind: 'motion', value: false, isLevel: false }, 'stray'),
      );
      this.#stray();
    });
  }
}

/** The second resident has no mat, and the devices report for themselves only once. */
function isSensed(reading: Reading, person: number): boolean {
  return person === 0 || (!UNATTENDED_KINDS.has(reading.kind) && reading.kind !== 'bed');
}
