// Port: back-tests as the API sees them. "What would these settings have done to these homes?", answered later.

import type { RuleSettings } from '#core/model/home.ts';
import type { BacktestReport } from './report.ts';

export interface BacktestRequest {
  readonly staffId: string;
  /** By rule id; merged over each home's own settings. */
  readonly rules: RuleSettings;
  /** Public ids, or a district with all below. */
  readonly area: { readonly homeIds: readonly string[] } | { readonly districtCode: string };
  readonly fromMs: number;
  /** Not included. */
  readonly toMs: number;
}

export type BacktestState = 'queued' | 'running' | 'done' | 'failed' | 'cancelled';

export interface Backtest {
  readonly backtestId: string;
  readonly request: BacktestRequest;
  /** Districts of its homes: who may not see all of these may not see the report. */
  readonly districtCodes: readonly string[];
  readonly state: BacktestState;
  /** 0 … 1, share of the history that was read. */
  readonly progress: number;
  readonly requestedAtMs: number;
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
  /** Why it failed. */
  readonly error: string | null;
  readonly report: BacktestReport | null;
}

/** `unavailable`: this service keeps no log on disk. */
export type BacktestRefusal = 'busy' | 'no-homes' | 'too-many-homes' | 'unavailable';

export type BacktestAnswer =
  | { readonly ok: true; readonly backtest: Backtest }
  | { readonly ok: false; readonly refusal: BacktestRefusal };

export interface Backtests {
  /** Takes its place in the queue. */
  request(request: BacktestRequest): BacktestAnswer;
  /** Null when there is none, or it was long ago: results are kept in memory, the newest few. */
  get(backtestId: string): Backtest | null;
  /** Newest first. */
  list(): readonly Backtest[];
  /** Ends it if it is under way; what has ended stays as it is. False when there is none. */
  cancel(backtestId: string): boolean;
}
