// Asking the elder before an alert is due (rule R15, ADR 0014): a terminal in the home says "are you well?", and
// whoever moves or presses a button moves the clock of the rule. A question is an effect and nothing more: whether it
// arrives, and what becomes of it, changes no deadline. At most one per rule and home stands at a time.

import type { EffectBody } from '../model/effect.ts';
import { LINK } from '../state/roster.ts';
import type { World } from '../state/world.ts';

/** Kind under which a device that can speak to the elder is registered (docs/native-format.md, Commands). */
export const TERMINAL_KIND = 'terminal';

export interface Question {
  readonly promptId: string;
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
  canAsk(home: number): boolean;
  /** Null when nothing is asked. */
  of(home: number): Question | null;
  /** Ask until `untilMs`, unless the home is asked already. */
  ask(home: number, untilMs: number): void;
  /** The elder has answered, or there is nothing to ask any more. */
  withdraw(home: number): void;
  /** The alert is raised: the terminal has stopped by itself. Null when nothing was asked. */
  take(home: number): Question | null;
}

export class Asking {
  readonly #world: World;
  readonly #emit: (effect: EffectBody) => void;
  readonly #byRule = new Map<string, Map<number, Question>>();

  constructor(world: World, emit: (effect: EffectBody) => void) {
    this.#world = world;
    this.#emit = emit;
  }

  ofRule(rule: string): QuestionsOfRule {
    const questions = this.#mapOf(rule);
    const of = (home: number): Question | null => questions.get(home) ?? null;
    const take = (home: number): Question | null => {
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
    return Array.from(this.#byRule, ([rule, questions]) => [rule, [...questions]]);
  }

  restore(image: AskingImage): void {
    for (const [rule, questions] of image) {
      for (const [home, question] of questions) this.#mapOf(rule).set(home, question);
    }
  }

  #mapOf(rule: string): Map<number, Question> {
    let questions = this.#byRule.get(rule);
    if (questions === undefined) {
      questions = new Map();
      this.#byRule.set(rule, questions);
    }
    return questions;
  }

  #ask(rule: string, home: number, untilMs: number): void {
    const { roster, offset, nowMs } = this.#world;
    const device = terminalOf(this.#world, home);
    if (device === 0) return;
    const question = {
      // The place in the log: the same at every replay, and never the same for two questions of a home.
      promptId: `${roster.names.homeId[home]}~${rule}~${offset}`,
      gateway: roster.devices.columns.gateway[device]!,
      device,
      askedAtMs: nowMs,
      untilMs,
    };
    this.#mapOf(rule).set(home, question);
    this.#tell('asked', rule, home, question);
  }

  #tell(change: 'asked' | 'withdrawn', rule: string, home: number, question: Question): void {
    const { homeId, gatewayId, deviceId } = this.#world.roster.names;
    const { gateway, device, promptId, untilMs } = question;
    this.#emit({
      type: 'prompt',
      change,
      homeId: homeId[home]!,
      gateway,
      gatewayId: gatewayId[gateway]!,
      deviceId: deviceId[device]!,
      promptId,
      reason: rule,
      untilMs,
    });
  }
}

/** The terminal that can be reached now, the first registered of several; 0 when there is none. */
function terminalOf({ roster }: World, home: number): number {
  const { link, gateway } = roster.devices.columns;
  const gateways = roster.gateways.columns;
  let terminal = 0;
  for (const device of roster.devicesOfHome(home)) {
    if (roster.names.deviceKind[device] !== TERMINAL_KIND || link[device] === LINK.offline) continue;
    const isReached =
      gateways.link[gateway[device]!] === LINK.online && gateways.isOverdue[gateway[device]!] === 0;
    if (isReached && (terminal === 0 || device < terminal)) terminal = device;
  }
  return terminal;
}
