// Port: where the writer reads the log from. In the worker a read-only connection of its own (src/telemetry-worker.ts),
// with the log in memory the log itself. Reading never disturbs the log's writer.

import type { Entry } from '#core/model/entry.ts';

export interface SourcePosition {
  /** Oldest retained offset; `lastOffset + 1` when the log is empty. */
  readonly firstOffset: number;
  readonly lastOffset: number;
  /** Time of the last entry. */
  readonly lastAtMs: number;
}

export interface EntrySource {
  position(): Promise<SourcePosition>;
  /** At most `limit` durable entries after `afterOffset`, in order; nothing when there are none yet. */
  read(afterOffset: number, limit: number): Promise<readonly Entry[]>;
}
