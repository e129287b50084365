// From what is on disk to a running core: newest intact snapshot, then the rest of the log through the same `step`.
// Effects that staff may have seen are never decided again: what the alert store has recorded stands.

import { Engine } from '#core/engine.ts';
import type { Effect } from '#core/model/effect.ts';
import { restoreSnapshot } from '#core/snapshot.ts';
import type { EventLog } from '#journal/journal.ts';
import type { SnapshotStore } from '#journal/snapshots.ts';
import type { AlertStore } from '#push/alert-store.ts';

/** Entries read at once: some megabytes, so that a long log does not fill the memory. */
const CHUNK_ENTRIES = 5_000;

export interface RecoveryOptions {
  readonly log: EventLog;
  readonly snapshots: SnapshotStore;
  readonly alerts: AlertStore;
}

export interface Recovery {
  readonly engine: Engine;
  readonly snapshotOffset: number;
  readonly replayedCount: number;
  readonly tookMs: number;
}

/** @throws Error when neither a snapshot nor the whole log is there: then a backup is needed, not a guess. */
export async function recover({ log, snapshots, alerts }: RecoveryOptions): Promise<Recovery> {
  const startedMs = performance.now();
  const snapshot = await snapshots.latest();
  const engine = snapshot === null ? new Engine() : restoreSnapshot(snapshot.data);
  const snapshotOffset = engine.offset;
  const { firstOffset, lastOffset } = log.position();
  if (firstOffset > snapshotOffset + 1) {
    throw new Error(
      `the log begins at ${firstOffset}, but the newest intact snapshot is of ${snapshotOffset}`,
    );
  }
  if (snapshotOffset > lastOffset) {
    throw new Error(`the snapshot of ${snapshotOffset} is newer than the log, which ends at ${lastOffset}`);
  }
  if (alerts.recordedOffset() < snapshotOffset) {
    throw new Error(
      `the alert store ends at ${alerts.recordedOffset()}, before the snapshot of ${snapshotOffset}`,
    );
  }
  while (engine.offset < lastOffset) {
    const entries = await log.read(0, engine.offset, CHUNK_ENTRIES);
    const effects: Effect[] = [];
    for (const entry of entries) {
      for (const effect of engine.step(entry))
        if (effect.offset > alerts.recordedOffset()) effects.push(effect);
    }
    if (engine.offset > alerts.recordedOffset()) alerts.record(effects, engine.offset);
  }
  return {
    engine,
    snapshotOffset,
    replayedCount: lastOffset - snapshotOffset,
    tookMs: performance.now() - startedMs,
  };
}
