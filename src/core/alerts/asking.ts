// Asking the elder before an alert is due (rule R15, ADR 0014): a terminal in the home says "are you well?", and
// whoever moves or presses a button moves the clock of the rule. A question is an effect and nothing more: whether it
// arrives, and what becomes of it, changes no deadline. At most one per rule and home stands at a time.

import { isDeviceSeen } from '../facts/device-sight.ts';
import type { EffectBody } from '../model/effect.ts';
import { type DeviceRow, type HomeRow, NO_DEVICE } from '../state/row.ts';
import type { World } from '../state/world.ts';

/** Kind under which a device that can speak to the elder is registered (docs/native-format.md, Commands). */
export const TERMINAL_KIND = 'terminal';

export interface Question {
  readonly promptId: string;
  /** Numbers of the log, like `device`: terminals are told by them. */
  readonly gateway: number;
  readonly device: number;
  readonly askedAtMs: number;
  /** When the alert is due. */
  readonly untilMs: number;
}

/** By rule id, by home. */
export type AskingImage = readonly (readonly [string, readonly (readonly [number, Question])[]])[];

/** What one rule has asked. */
export interface QuestionsOfRule {
  /** True when a terminal of the home can be reached now. */
  canAsk(home: HomeRow): boolean;
  /** Null when nothing is asked. */
  of(home: HomeRow): Question | null;
  /** Ask until `untilMs`, unless the home is asked already. */
  ask(home: HomeRow, untilMs: number): void;
  /** The elder has answered, or there is nothing to ask any more. */
  withdraw(home: HomeRow): void;
  /** The alert is raised: the terminal has stopped by itself. Null when nothing was asked. */
  take(home: HomeRow): Question | null;
}

export class Asking {
  readonly #world: World;
  readonly #emit: (effect: EffectBody) => void;
  readonly #byRule = new Map<string, Map<HomeRow, Question>>();

  constructor(world: World, emit: (effect: EffectBody) => void) {
    this.#world = world;
    this.#emit = emit;
  }

  ofRule(rule: string): QuestionsOfRule {
    const questions = this.#mapOf(rule);
    const of = (home: HomeRow): Question | null => questions.get(home) ?? null;
    const take = (home: HomeRow): Question | null => {
      const question = of(home);
      questions.delete(home);
      return question;
    };
    return {
      canAsk: (home) => terminalOf(this.#world, home) > 0,
      of,
      take,
      ask: (home, untilMs) => {
        if (of(home) === null) this.#ask(rule, home, untilMs);
      },
      withdraw: (home) => {
        const question = take(home);
        if (question !== null) this.#tell('withdrawn', rule, home, question);
      },
    };
  }

  image(): AskingImage {
    const { homes } = this.#world.roster;
    return Array.from(this.#byRule, ([rule, questions]) => [
      rule,
      Array.from(questions, ([home, question]) => [homes.number(home), question] as const),
    ]);
  }

  restore(image: AskingImage): void {
    for (const [rule, questions] of image) {
      for (const [home, question] of questions)
        this.#mapOf(rule).set(this.#world.roster.homes.row(home), question);
    }
  }

  #mapOf(rule: string): Map<HomeRow, Question> {
    let questions = this.#byRule.get(rule);
    if (questions === undefined) {
      questions = new Map();
      this.#byRule.set(rule, questions);
    }
    return questions;
  }

  #ask(rule: string, home: HomeRow, untilMs: number): void {
    const { roster, offset, nowMs } = this.#world;
    const device = terminalOf(this.#world, home);
    if (device === NO_DEVICE) return;
    const question = {
      // The place in the log: the same at every replay, and never the same for two questions of a home.
      promptId: `${roster.homeIdOf(home)}~${rule}~${offset}`,
      gateway: roster.gateways.number(roster.devices.columns.gateway.get(device)),
      device: roster.devices.number(device),
      askedAtMs: nowMs,
      untilMs,
    };
    this.#mapOf(rule).set(home, question);
    this.#tell('asked', rule, home, question);
  }

  #tell(change: 'asked' | 'withdrawn', rule: string, home: HomeRow, question: Question): void {
    const { roster } = this.#world;
    const { gateway, device, promptId, untilMs } = question;
    this.#emit({
      type: 'prompt',
      change,
      homeId: roster.homeIdOf(home),
      gateway,
      gatewayId: roster.names.gatewayId[gateway]!,
      deviceId: roster.names.deviceId[device]!,
      promptId,
      reason: rule,
      untilMs,
    });
  }
}

/** The terminal that can be reached now, the first registered of several; 0 when there is none. */
function terminalOf(world: World, home: HomeRow): DeviceRow {
  const { roster } = world;
  let terminal = NO_DEVICE;
  for (const device of roster.devicesOfHome(home)) {
    const isReached = roster.isKind(device, TERMINAL_KIND) && isDeviceSeen(world, device);
    if (isReached && (terminal === NO_DEVICE || device < terminal)) terminal = device;
  }
  return terminal;
}
