// What a back-test keeps of the alerts it sees: when each rang, when it ended, what it was about. Bounded: settings
// that raise without end make an error, not a full memory.

import type { Alert, AlertKind, Priority } from '#core/model/alert.ts';
import type { Effect } from '#core/model/effect.ts';

/**
 * One alert that was really raised; or, in the back-test, one time that an alert rang there: raised, or back after its
 * condition was gone. What staff closed live may stay open here, and each time it comes back somebody would be called.
 */
export interface AlertLife {
  readonly alertId: string;
  readonly homeId: string;
  readonly rule: string;
  readonly kind: AlertKind;
  /** Of its explanation when it was last changed. */
  readonly code: string;
  readonly priority: Priority;
  readonly deviceId: string | null;
  readonly raisedAtMs: number;
  /** When what it is about began, as far as its explanation tells; else when it rang. */
  readonly beganAtMs: number;
  /** When it rang. */
  readonly atMs: number;
  /** When its condition was gone or it was closed; null while neither. */
  readonly endedAtMs: number | null;
}

/** 100,000 lives are some tens of MB. */
export const LIVES_MAX = 100_000;

/** Figures of explanations: when it began; how long it had lasted when it was raised; when it was last well. */
const BEGINNINGS = ['sinceMs', 'declaredUntilAtMs'];
const DURATIONS = ['silentMs', 'openMs'];
const LAST_TIMES = ['lastActivityAtMs', 'lastSeenAtMs', 'lastTestAtMs', 'lastCheckinAtMs'];

/** Null for an alert that belongs to no home. */
export function lifeOf(alert: Alert): AlertLife | null {
  const { raisedAtMs } = alert;
  return lifeAt(alert, raisedAtMs, alert.causeCount === 1 ? raisedAtMs : null);
}

/** `causeAtMs`: when its last cause came; null: not known. */
function lifeAt(alert: Alert, atMs: number, causeAtMs: number | null): AlertLife | null {
  if (alert.homeId === null) return null;
  return {
    alertId: alert.id,
    homeId: alert.homeId,
    rule: alert.rule,
    kind: alert.kind,
    code: alert.explanation.code,
    priority: alert.priority,
    deviceId: alert.deviceId,
    raisedAtMs: alert.raisedAtMs,
    beganAtMs: Math.min(atMs, beganAtMs(alert, causeAtMs) ?? atMs),
    atMs,
    endedAtMs: alert.clearedAtMs ?? alert.closedAtMs,
  };
}

function beganAtMs({ explanation }: Alert, causeAtMs: number | null): number | undefined {
  const first = (names: readonly string[]): number | undefined =>
    names.map((name) => explanation.params[name]).find((value) => typeof value === 'number');
  const durationMs = first(DURATIONS);
  const isReckoned = causeAtMs !== null && durationMs !== undefined;
  return first(BEGINNINGS) ?? (isReckoned ? causeAtMs - durationMs : first(LAST_TIMES));
}

export class AlertLives {
  readonly #lives: AlertLife[] = [];
  /** Place of the newest life of each alert. */
  readonly #newest = new Map<string, number>();
  readonly #fromMs: number;

  /** Only what rang from `fromMs` on. */
  constructor(fromMs: number) {
    this.#fromMs = fromMs;
  }

  /** @throws RangeError when there are too many to keep */
  note(effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.type !== 'alert') continue;
      if (effect.change === 'raised' || effect.change === 'returned') this.#begin(effect.alert);
      else this.#goOn(effect.alert);
    }
    if (this.#lives.length > LIVES_MAX)
      throw new RangeError(
        `more than ${LIVES_MAX} alerts: choose fewer homes, a shorter time or milder settings`,
      );
  }

  /** In the order in which they rang. */
  all(): readonly AlertLife[] {
    return this.#lives;
  }

  #begin(alert: Alert): void {
    const atMs = alert.updatedAtMs;
    const life = lifeAt(alert, atMs, atMs);
    if (life === null || atMs < this.#fromMs) return;
    this.#newest.set(alert.id, this.#lives.push(life) - 1);
  }

  #goOn(alert: Alert): void {
    const place = this.#newest.get(alert.id);
    if (place === undefined) return;
    const { atMs, beganAtMs } = this.#lives[place]!;
    this.#lives[place] = { ...lifeAt(alert, atMs, null)!, beganAtMs };
  }
}
