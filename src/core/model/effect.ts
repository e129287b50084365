// What the core decided, as data. Executed outside; the id makes execution idempotent.

import type { Alert, AlertChange } from './alert.ts';
import type { CommandRefusal } from './command.ts';

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

export type EffectBody = AlertEffect | CommandRefusedEffect;

export type Effect = EffectBody & {
  /** Offset of the entry that caused it, and its place among that entry's effects: `123:0`. */
  readonly offset: number;
  readonly index: number;
  readonly atMs: number;
};

export function effectId(effect: Effect): string {
  return `${effect.offset}:${effect.index}`;
}
