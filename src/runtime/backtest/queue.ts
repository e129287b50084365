// The queue of back-tests: one at a time in a thread that yields to everything live, a few waiting, the newest results
// kept. Nothing of it is durable: after a restart a back-test is asked for again. What was really raised is read from
// the alert store page by page, with a turn of the event loop between, so that no alarm waits for a report.

import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Roster } from '#core/state/roster.ts';
import type { HomeRow } from '#core/state/row.ts';
import type { AlertStore } from '#push/alert-store.ts';
import { type AlertLife, lifeOf } from './alert-lives.ts';
import type { Backtest, BacktestAnswer, BacktestRequest, Backtests } from './backtests.ts';
import { type BacktestPlan, homesById, homesInDistrict, planOf } from './plan.ts';
import { type RealLife, reportOf } from './report.ts';
import type { ReplayThread, ThreadResult } from './thread.ts';

/** Waiting ones: a supervisor's comparison of a few settings; then 'busy'. */
export const QUEUED_MAX = 4;
/** With their reports: some MB each at most. */
export const KEPT_MAX = 20;
/** Watched ones: a town. The rosters of so many homes are some 30 MB on their way to the thread. */
export const HOMES_MAX = 10_000;
/** About a millisecond of the event loop. */
const ALERTS_PER_PAGE = 100;

export interface QueueOptions {
  readonly roster: Roster;
  readonly alerts: Pick<AlertStore, 'get' | 'list'>;
  readonly nowMs: () => number;
  /** Null: there is no log on disk to read. */
  readonly startThread: ((plan: BacktestPlan, onProgress: (progress: number) => void) => ReplayThread) | null;
  readonly onFailed: (backtestId: string, error: unknown) => void;
}

interface Job {
  backtest: Backtest;
  readonly homes: readonly HomeRow[];
  thread: ReplayThread | null;
}

export class BacktestQueue implements Backtests {
  readonly #options: QueueOptions;
  /** Oldest first. */
  readonly #jobs = new Map<string, Job>();
  #running: Promise<void> | null = null;
  #isStopped = false;

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  request(request: BacktestRequest): BacktestAnswer {
    const { roster, startThread, nowMs } = this.#options;
    if (startThread === null || this.#isStopped) return { ok: false, refusal: 'unavailable' };
    const { area } = request;
    const homes =
      'homeIds' in area ? homesById(roster, area.homeIds) : homesInDistrict(roster, area.districtCode);
    if (homes.length === 0) return { ok: false, refusal: 'no-homes' };
    if (homes.filter((home) => roster.isWatched(home)).length > HOMES_MAX)
      return { ok: false, refusal: 'too-many-homes' };
    if (this.#inState('queued').length >= QUEUED_MAX) return { ok: false, refusal: 'busy' };
    const districts = homes.map((home) => roster.districtOf(home));
    const backtest: Backtest = {
      backtestId: randomUUID(),
      request,
      districtCodes: 'homeIds' in area ? [...new Set(districts)] : [area.districtCode],
      state: 'queued',
      progress: 0,
      requestedAtMs: nowMs(),
      startedAtMs: null,
      endedAtMs: null,
      error: null,
      report: null,
    };
    this.#jobs.set(backtest.backtestId, { backtest, homes, thread: null });
    this.#forgetOldest();
    this.#runNext();
    return { ok: true, backtest: this.get(backtest.backtestId)! };
  }

  get(backtestId: string): Backtest | null {
    return this.#jobs.get(backtestId)?.backtest ?? null;
  }

  list(): readonly Backtest[] {
    return Array.from(this.#jobs.values(), ({ backtest }) => backtest).reverse();
  }

  cancel(backtestId: string): boolean {
    const job = this.#jobs.get(backtestId);
    if (job === undefined) return false;
    this.#end(job, { state: 'cancelled' });
    job.thread?.end();
    return true;
  }

  /** No more of them; resolves when the thread has ended. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const backtestId of this.#jobs.keys()) this.cancel(backtestId);
    await this.#running;
  }

  #runNext(): void {
    const [job] = this.#inState('queued');
    if (this.#running !== null || job === undefined) return;
    this.#running = this.#run(job)
      .catch((error: unknown) => this.#failed(job, error))
      .finally(() => {
        this.#running = null;
        this.#runNext();
      });
  }

  async #run(job: Job): Promise<void> {
    const { roster, startThread, nowMs } = this.#options;
    const { rules, fromMs, toMs } = job.backtest.request;
    const plan = planOf(roster, job.homes, { rules, fromMs, toMs });
    job.backtest = { ...job.backtest, state: 'running', startedAtMs: nowMs() };
    job.thread = startThread!(plan, (progress) => {
      if (job.backtest.state === 'running') job.backtest = { ...job.backtest, progress };
    });
    const result = await job.thread.result.finally(() => {
      job.thread = null;
    });
    if (result === null || job.backtest.state !== 'running') return;
    const report = await this.#report(plan, job, result);
    this.#end(job, { state: 'done', progress: 1, report });
  }

  async #report(plan: BacktestPlan, job: Job, result: ThreadResult) {
    const { windows, unknownHomeIds, ...replayed } = result.replayed;
    const fromMs = Math.max(plan.fromMs, replayed.coveredFromMs ?? plan.toMs);
    const untilMs = replayed.coveredUntilMs ?? plan.toMs;
    const homeIds = new Set(plan.homesNow.map(({ configuration }) => configuration.homeId));
    const real = await this.#really(job, homeIds, { fromMs, untilMs });
    const simulated = await this.#countable(result.simulated, plan.fromMs);
    return reportOf({ replayed, windows, unknownHomeIds, real, simulated });
  }

  /** Without what came back of alerts that really were raised before: these are not counted as real ones either. */
  async #countable(simulated: readonly AlertLife[], fromMs: number): Promise<AlertLife[]> {
    const countable: AlertLife[] = [];
    let looks = 0;
    for (const life of simulated) {
      const isOlder = life.raisedAtMs < fromMs;
      if (isOlder && looks++ % ALERTS_PER_PAGE === 0) await nextTurn();
      if (!isOlder || this.#options.alerts.get(life.alertId) === null) countable.push(life);
    }
    return countable;
  }

  /** What was really raised in the homes, oldest first. */
  async #really(
    { backtest }: Job,
    homeIds: ReadonlySet<string>,
    { fromMs, untilMs }: { readonly fromMs: number; readonly untilMs: number },
  ): Promise<RealLife[]> {
    const { area } = backtest.request;
    const scope = 'districtCode' in area ? area.districtCode : null;
    const asked: readonly (string | null)[] = 'homeIds' in area ? [...homeIds] : [null];
    const lives: RealLife[] = [];
    for (const homeId of asked) {
      let after: string | null = null;
      do {
        const { items, next } = this.#options.alerts.list({
          ...{ scope, homeId, handling: null, kind: null, after, limit: ALERTS_PER_PAGE },
          ...{ raisedFromMs: fromMs, raisedUntilMs: untilMs },
        });
        for (const alert of items) {
          const life = lifeOf(alert);
          if (life !== null && homeIds.has(life.homeId)) lives.push({ ...life, outcome: alert.outcome });
        }
        after = next;
        await nextTurn();
      } while (after !== null);
    }
    return lives.sort((a, b) => a.atMs - b.atMs);
  }

  #failed(job: Job, error: unknown): void {
    this.#end(job, { state: 'failed', error: error instanceof Error ? error.message : String(error) });
    this.#options.onFailed(job.backtest.backtestId, error);
  }

  #end(job: Job, change: Partial<Backtest>): void {
    const { state } = job.backtest;
    if (state !== 'queued' && state !== 'running') return;
    job.backtest = { ...job.backtest, ...change, endedAtMs: this.#options.nowMs() };
  }

  #inState(state: Backtest['state']): Job[] {
    return [...this.#jobs.values()].filter(({ backtest }) => backtest.state === state);
  }

  /** Of those that have ended. */
  #forgetOldest(): void {
    for (const [backtestId, { backtest }] of this.#jobs) {
      if (this.#jobs.size <= KEPT_MAX) return;
      if (backtest.endedAtMs !== null) this.#jobs.delete(backtestId);
    }
  }
}
