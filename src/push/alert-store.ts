// Port: the projection of alerts that the API reads and a restarted desk resumes from. It can always be rebuilt
// from the log; it takes each effect once, however often it is offered. Adapters: memory.ts, sqlite (Kysely).

import type { Alert, AlertKind, Handling } from '#core/model/alert.ts';
import type { Effect } from '#core/model/effect.ts';

export interface AlertQuery {
  /** District code that limits the answer; null: everything. */
  readonly scope: string | null;
  readonly homeId: string | null;
  readonly handling: readonly Handling[] | null;
  readonly kind: readonly AlertKind[] | null;
  readonly raisedFromMs: number | null;
  readonly raisedUntilMs: number | null;
  /** Alert id of the last row of the page before. */
  readonly after: string | null;
  readonly limit: number;
}

export interface AlertStore {
  /** Record effects up to and including those of entry `offset`. Idempotent: known effects are ignored. */
  record(effects: readonly Effect[], offset: number): void;
  /** The last offset recorded; recovery starts the projection behind it. */
  recordedOffset(): number;
  /** Make everything recorded durable; a snapshot may only be cut behind it. */
  flush(): void;
  get(alertId: string): Alert | null;
  /** Newest first. */
  list(query: AlertQuery): { readonly items: readonly Alert[]; readonly next: string | null };
  /** Every change of one alert, oldest first. */
  history(alertId: string): readonly Effect[];
  /** All alerts not closed, oldest first. */
  open(): readonly Alert[];
  /** Effects after the cursor (`offset:index`), oldest first; null when the cursor is older than what is kept. */
  since(cursor: string, limit: number): readonly Effect[] | null;
  close(): void;
}
