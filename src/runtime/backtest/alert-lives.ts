// What a back-test keeps of the alerts it sees: when each began, when it ended, what it was about. Bounded: settings
// that raise without end make an error, not a full memory.

import type { Alert, AlertKind, Priority } from '#core/model/alert.ts';
import type { Effect } from '#core/model/effect.ts';

/** One alert, really raised or only in the back-test. */
export interface AlertLife {
  readonly alertId: string;
  readonly homeId: string;
  readonly rule: string;
  readonly kind: AlertKind;
  /** Of its explanation when it was last changed. */
  readonly code: string;
  readonly priority: Priority;
  readonly deviceId: string | null;
  readonly atMs: number;
  /** When its condition was gone or it was closed; null while neither. */
  readonly endedAtMs: number | null;
}

/** 100,000 lives are some tens of MB. */
export const LIVES_MAX = 100_000;

/** Null for an alert that belongs to no home. */
export function lifeOf(alert: Alert): AlertLife | null {
  if (alert.homeId === null) return null;
  return {
    alertId: alert.id,
    homeId: alert.homeId,
    rule: alert.rule,
    kind: alert.kind,
    code: alert.explanation.code,
    priority: alert.priority,
    deviceId: alert.deviceId,
    atMs: alert.raisedAtMs,
    endedAtMs: alert.clearedAtMs ?? alert.closedAtMs,
  };
}

export class AlertLives {
  readonly #lives = new Map<string, AlertLife>();
  readonly #fromMs: number;

  /** Only alerts raised from `fromMs` on. */
  constructor(fromMs: number) {
    this.#fromMs = fromMs;
  }

  /** @throws RangeError when there are too many to keep */
  note(effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.type !== 'alert' || effect.alert.raisedAtMs < this.#fromMs) continue;
      const life = lifeOf(effect.alert);
      if (life !== null) this.#lives.set(life.alertId, life);
    }
    if (this.#lives.size > LIVES_MAX)
      throw new RangeError(
        `more than ${LIVES_MAX} alerts: choose fewer homes, a shorter time or milder settings`,
      );
  }

  /** In the order in which they were raised. */
  all(): AlertLife[] {
    return [...this.#lives.values()];
  }
}
