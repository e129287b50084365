// Times of a run: how long the service took to be back. Printed, never asserted.

import type { OwnRecovery } from './victim.ts';

export interface Percentiles {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export interface TimingFigures {
  /** From the spawn of the process to its ready line, ms. */
  readonly spawnToReadyMs: Percentiles;
  /** What the service itself says: snapshot and rest of the log, ms. */
  readonly ownRecoveryMs: Percentiles;
  readonly replayedEntries: Percentiles;
  /** From the kill to the first acknowledgement afterwards, as a gateway sees it, ms. */
  readonly outageMs: Percentiles;
}

export class Timings {
  readonly #spawnToReadyMs: number[] = [];
  readonly #own: OwnRecovery[] = [];
  readonly #outageMs: number[] = [];
  #downSinceMs: number | null = null;
  #isBack = false;

  started(spawnToReadyMs: number): void {
    this.#spawnToReadyMs.push(spawnToReadyMs);
    this.#isBack = true;
  }

  recovered(recovery: OwnRecovery | null): void {
    if (recovery !== null) this.#own.push(recovery);
  }

  killed(): void {
    this.#downSinceMs ??= performance.now();
    this.#isBack = false;
  }

  acked(): void {
    if (this.#downSinceMs === null || !this.#isBack) return;
    this.#outageMs.push(performance.now() - this.#downSinceMs);
    this.#downSinceMs = null;
  }

  /** How long a start usually takes, ms; a guess before the first. */
  usualStartMs(): number {
    return percentiles(this.#spawnToReadyMs).p50 || 1_000;
  }

  figures(): TimingFigures {
    return {
      spawnToReadyMs: percentiles(this.#spawnToReadyMs),
      ownRecoveryMs: percentiles(this.#own.map(({ tookMs }) => tookMs)),
      replayedEntries: percentiles(this.#own.map(({ replayedCount }) => replayedCount)),
      outageMs: percentiles(this.#outageMs),
    };
  }
}

/** Nearest rank; zeros when there is nothing. */
export function percentiles(values: readonly number[]): Percentiles {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) };
}
