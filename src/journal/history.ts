// Port: the retained log as a back-test reads it, beside the live service and never in its way: reading only, slice by
// slice, with the entries of chosen sources only. Offsets in an answer grow but have gaps. What is trimmed away while
// somebody reads is an error and never a silent hole.

import type { Entry } from '#core/model/entry.ts';

export interface HistorySpan {
  /** Oldest retained offset. */
  readonly firstOffset: number;
  readonly firstAtMs: number;
  readonly lastOffset: number;
  readonly lastAtMs: number;
}

export interface HistorySlice {
  /** How many entries; without ticks, because a replay makes its own time. */
  readonly count: number;
  /** The entry at `index`, 0 … `count` − 1; made anew with each call. @throws LogError 'data-file-corrupt' */
  entry(index: number): Entry;
  /** All entries up to here were looked at. */
  readonly upToOffset: number;
}

export interface LogHistory {
  /** Null when the log is empty. */
  span(): HistorySpan | null;
  /** When the entry at `offset` was taken; null when it is not there. */
  atMsOf(offset: number): number | null;
  /**
   * The next slice after `afterOffset`, not beyond `lastOffset`. `sources`: of entries with an identity only those of
   * these devices (or minus these gateways); null: all. Entries without an identity always come. Whoever reads on
   * where a slice ended, with the same `sources`, is read ahead for.
   * @throws LogError 'offset-trimmed', 'data-file-corrupt'
   */
  slice(afterOffset: number, lastOffset: number, sources: readonly number[] | null): HistorySlice;
  close(): void;
}
