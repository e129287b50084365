// Back-tests for tests of the API: one per district that is there already, and whatever is asked for, which never runs.

import type { Backtest, BacktestRefusal, Backtests } from '#runtime/backtest/backtests.ts';
import { ELSEWHERE, EPOCH_MS, WEST_LAKE } from './alerts.ts';

export interface BacktestsDouble extends Backtests {
  readonly cancelled: string[];
  /** The next request is refused. */
  refuseNext(refusal: BacktestRefusal): void;
}

export function createBacktestsDouble(): BacktestsDouble {
  const all = new Map<string, Backtest>();
  const cancelled: string[] = [];
  let refusal: BacktestRefusal | null = null;
  const add = (backtestId: string, request: Backtest['request'], districtCodes: string[]): Backtest => {
    const times = { requestedAtMs: EPOCH_MS, startedAtMs: null, endedAtMs: null };
    const nothing = { error: null, report: null };
    const made: Backtest = {
      backtestId,
      request,
      districtCodes,
      state: 'queued',
      progress: 0,
      ...times,
      ...nothing,
    };
    all.set(backtestId, made);
    return made;
  };
  const base = { staffId: 's', rules: {}, fromMs: 0, toMs: 1 };
  add('bt-here', { ...base, area: { homeIds: ['h1'] } }, [WEST_LAKE]);
  add('bt-there', { ...base, area: { homeIds: ['h2'] } }, [ELSEWHERE]);
  return {
    cancelled,
    refuseNext: (next) => {
      refusal = next;
    },
    request(request) {
      if (refusal !== null) {
        const answer = { ok: false, refusal } as const;
        refusal = null;
        return answer;
      }
      return { ok: true, backtest: add(`bt-${all.size}`, request, [WEST_LAKE]) };
    },
    get: (id) => all.get(id) ?? null,
    list: () => [...all.values()],
    cancel: (id) => {
      cancelled.push(id);
      return all.has(id);
    },
  };
}
