// Back-tests as the console sees them: the rules that can be tried, the runs, and the one that is looked at. Asks every
// two seconds while a run goes on, and not at all after the page is closed.

import { type ReadonlySignal, signal } from '@preact/signals';

import type { Answer, Api } from '../api.ts';

export interface RuleParameter {
  readonly name: string;
  readonly unit: string;
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly meaning: string;
}

export interface TriableRule {
  readonly id: string;
  readonly title: string;
  readonly parameters: readonly RuleParameter[];
}

export interface Life {
  readonly alertId: string;
  readonly homeId: string;
  readonly rule: string;
  readonly kind: string;
  readonly priority: number;
  readonly atMs: number;
  readonly wouldAtMs?: number;
  readonly outcome?: { readonly code: string; readonly detail: string } | null;
}

interface Count {
  readonly raised: number;
  readonly perThousandHomeDays: number | null;
}

export interface Report {
  readonly coveredFromMs: number | null;
  readonly coveredUntilMs: number | null;
  readonly isWholeLog: boolean;
  /** Ended or suspended by now, and the log is too short to judge them. */
  readonly leftOutHomes: number;
  readonly homes: number;
  readonly homeDays: number;
  readonly before: Count;
  readonly after: Count;
  readonly falseBefore: number;
  readonly falseAfter: number;
  readonly helpBefore: number;
  readonly helpAfter: number;
  readonly byRule: readonly {
    readonly rule: string;
    readonly before: number;
    readonly after: number;
    readonly both: number;
  }[];
  readonly wouldRaise: readonly Life[];
  readonly wouldNotRaise: readonly Life[];
  readonly both: readonly Life[];
  /** How many there are; the lists hold the first of them. */
  readonly listed: Readonly<Record<'wouldRaise' | 'wouldNotRaise' | 'both', number>>;
}

export interface Backtest {
  readonly backtestId: string;
  readonly state: 'queued' | 'running' | 'done' | 'failed' | 'cancelled';
  readonly progress: number;
  readonly rules: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly homes: readonly string[] | null;
  readonly districtCode: string | null;
  readonly from: number;
  readonly to: number;
  readonly requestedAtMs: number;
  readonly error: string | null;
  readonly report?: Report | null;
}

export interface BacktestOrder {
  readonly rules: Backtest['rules'];
  readonly homes?: readonly string[];
  readonly districtCode?: string;
  readonly from: number;
  readonly to: number;
}

export interface BacktestDesk {
  /** Null: not known yet. */
  readonly rules: ReadonlySignal<readonly TriableRule[] | null>;
  readonly runs: ReadonlySignal<readonly Backtest[]>;
  readonly shown: ReadonlySignal<Backtest | null>;
  /** Code of the last refusal; null when the last thing asked for worked. */
  readonly problem: ReadonlySignal<string | null>;
  readonly isPending: ReadonlySignal<boolean>;
  start(): void;
  order(order: BacktestOrder): Promise<void>;
  show(backtestId: string): Promise<void>;
  cancel(backtestId: string): Promise<void>;
  stop(): void;
}

const POLL_MS = 2_000;

export function isUnderWay({ state }: Pick<Backtest, 'state'>): boolean {
  return state === 'queued' || state === 'running';
}

export interface BacktestDeskParts {
  readonly api: Pick<Api, 'get' | 'post' | 'remove'>;
  readonly onExpired: () => void;
}

export function createBacktestDesk({ api, onExpired }: BacktestDeskParts): BacktestDesk {
  const rules = signal<readonly TriableRule[] | null>(null);
  const runs = signal<readonly Backtest[]>([]);
  const shown = signal<Backtest | null>(null);
  const problem = signal<string | null>(null);
  const isPending = signal(false);
  const life = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const taken = <T>(answer: Answer<T>): T | null => {
    if (life.signal.aborted) return null;
    problem.value = answer.ok ? null : answer.code;
    if (!answer.ok && answer.code === 'session-expired') onExpired();
    return answer.ok ? answer.value : null;
  };
  const get = async <T>(path: string): Promise<T | null> => taken(await api.get<T>(path, life.signal));
  const list = async (): Promise<void> => {
    const answer = await get<{ items: readonly Backtest[] }>('/backtests');
    if (answer !== null) runs.value = answer.items;
  };
  const show = async (backtestId: string): Promise<void> => {
    clearTimeout(timer);
    const found = await get<Backtest>(`/backtests/${encodeURIComponent(backtestId)}`);
    if (life.signal.aborted) return;
    const before = shown.peek();
    if (found !== null) shown.value = found;
    const isWatched = found === null ? before !== null && isUnderWay(before) : isUnderWay(found);
    // An answer that did not come is no reason to stop watching a run.
    if (isWatched) timer = setTimeout(() => void show(backtestId), POLL_MS);
    else if (before?.backtestId === backtestId && isUnderWay(before)) await list();
  };
  return {
    ...{ rules, runs, shown, problem, isPending, show },
    start() {
      void get<readonly TriableRule[]>('/rules').then((found) => {
        if (found !== null) rules.value = found;
        return list();
      });
    },
    async order(order) {
      isPending.value = true;
      const made = taken(await api.post<{ backtestId: string }>('/backtests', order));
      isPending.value = false;
      if (made === null) return;
      await show(made.backtestId);
      await list();
    },
    async cancel(backtestId) {
      const answer = await api.remove(`/backtests/${encodeURIComponent(backtestId)}`);
      taken(answer);
      if (answer.ok) await show(backtestId);
    },
    stop() {
      clearTimeout(timer);
      life.abort();
    },
  };
}
