// What the core decided, as data. Executed outside; the id makes execution idempotent.

import type { Alert, AlertChange } from './alert.ts';
import type { CommandRefusal, HomeCommandRefusal } from './command.ts';
import type { HomeState } from './home-state.ts';

export interface AlertEffect {
  readonly type: 'alert';
  readonly change: AlertChange;
  /** The whole alert after the change. */
  readonly alert: Alert;
}

/** Answer to a command that changed nothing. */
export interface CommandRefusedEffect {
  readonly type: 'command-refused';
  readonly alertId: string;
  readonly staffId: string;
  readonly refusal: CommandRefusal;
  /** Who holds it, for `held-by-other`. */
  readonly heldBy: string | null;
}

/** Answer to a command about a home: what is known of it after the command. */
export interface HomeStateEffect {
  readonly type: 'home-state';
  readonly change: 'declared-away' | 'declared-back';
  readonly homeId: string;
  readonly districtCode: string;
  readonly staffId: string;
  readonly state: HomeState;
}

/** Answer to a command about a home that changed nothing. */
export interface HomeCommandRefusedEffect {
  readonly type: 'home-command-refused';
  /** Null: the core knows no such home. */
  readonly homeId: string | null;
  readonly staffId: string;
  readonly refusal: HomeCommandRefusal;
}

/** Ask the elder by a terminal before an alert is due, or stop asking. Never in the way of the alert. */
export interface PromptEffect {
  readonly type: 'prompt';
  readonly change: 'asked' | 'withdrawn';
  readonly homeId: string;
  /** Dense number of the gateway the terminal stands behind. */
  readonly gateway: number;
  readonly gatewayId: string;
  readonly deviceId: string;
  /** The same for asking and withdrawing: what a terminal knows already it does not ask again. */
  readonly promptId: string;
  /** Rule that asks. */
  readonly reason: string;
  /** The alert is due then: no answer comes in time any more. */
  readonly untilMs: number;
}

export type EffectBody =
  | AlertEffect
  | CommandRefusedEffect
  | HomeStateEffect
  | HomeCommandRefusedEffect
  | PromptEffect;

export type Effect = EffectBody & {
  /** Offset of the entry that caused it, and its place among that entry's effects: `123:0`. */
  readonly offset: number;
  readonly index: number;
  readonly atMs: number;
};

export function effectId(effect: Effect): string {
  return `${effect.offset}:${effect.index}`;
}
