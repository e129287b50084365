// Which alert of the replay stands for one that was raised live. Other settings move the due time and with it the id,
// but what staff found out about a silence is as true here: their commands go to the alert that rang for it here.

import type { AlertBook } from '#core/alerts/book.ts';
import type { Effect } from '#core/model/effect.ts';

/** At the end of the id of whatever falls due: the time that settings move, and which episode of that time it was. */
const MOMENT = /(?<=[-~])\d{6,}(~\d{1,3})?$/;

type Book = Pick<AlertBook, 'get' | 'isClosed'>;

export class StandIns {
  readonly #book: Book;
  /** The newest alert of each subject: only one can be open. */
  readonly #newest = new Map<string, string>();

  constructor(book: Book) {
    this.#book = book;
  }

  note(effects: readonly Effect[]): void {
    for (const effect of effects)
      if (effect.type === 'alert' && effect.change === 'raised')
        this.#newest.set(subjectOf(effect.alert.id), effect.alert.id);
  }

  /** Null: staff decided about something that is not here, has not rung yet, or is over. */
  of(alertId: string): string | null {
    if (this.#book.get(alertId) !== undefined) return alertId;
    if (this.#book.isClosed(alertId)) return null;
    const newest = this.#newest.get(subjectOf(alertId));
    return newest !== undefined && this.#book.get(newest)?.condition === 'active' ? newest : null;
  }
}

function subjectOf(alertId: string): string {
  return alertId.replace(MOMENT, '');
}
