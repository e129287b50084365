// What the screen was shown against what the log says: nothing that is not in the log, nothing else than what is in it,
// and nothing left out except what a snapshot replaced.

import { type Effect, effectId } from '#core/model/effect.ts';
import { isBehind, type Screen, type Skipped } from './screen.ts';

export interface ScreenAuditOptions {
  readonly screen: Screen;
  /** The screen has had the time to see everything before the service stopped. */
  readonly isAll: boolean;
  readonly report: (violation: string) => void;
}

export class ScreenAudit {
  readonly #screen: Screen;
  readonly #isAll: boolean;
  readonly #report: (violation: string) => void;
  #matched = 0;

  constructor({ screen, isAll, report }: ScreenAuditOptions) {
    this.#screen = screen;
    this.#isAll = isAll;
    this.#report = report;
  }

  take(effects: readonly Effect[]): void {
    for (const effect of effects) if (effect.type === 'alert') this.#compare(effect);
  }

  #compare(effect: Extract<Effect, { type: 'alert' }>): void {
    const cursor = effectId(effect);
    const { id, version } = effect.alert;
    const shown = this.#screen.shown.get(cursor);
    if (shown === undefined) {
      if (this.#shouldKnow(cursor, effect.atMs))
        this.#report(`never shown: ${cursor} ${effect.change} of ${id}`);
      return;
    }
    this.#matched += 1;
    if (shown.id !== id || shown.version !== version || shown.change !== effect.change) {
      this.#report(`${cursor}: shown as ${shown.change} of ${shown.id}, stored as ${effect.change} of ${id}`);
    }
  }

  #shouldKnow(cursor: string, atMs: number): boolean {
    const { cursor: at, skipped, stoppingAtMs } = this.#screen;
    if (at === null || isBehind(at, cursor)) return this.#isAll && atMs < stoppingAtMs;
    return !skipped.some((skip) => isWithin(cursor, skip));
  }

  finish(): void {
    const strangeCount = this.#screen.shown.size - this.#matched;
    if (strangeCount !== 0)
      this.#report(`the screen was shown ${strangeCount} changes that are not in the log`);
  }
}

function isWithin(cursor: string, { from, to }: Skipped): boolean {
  return (from === null || isBehind(from, cursor)) && !isBehind(to, cursor);
}
