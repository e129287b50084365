// From what is on disk to a running core: newest intact snapshot, then the rest of the log through the same `step`.
// Effects that staff may have seen are never decided again: what the alert store has recorded stands.

import { CORE_VERSION, Engine } from '#core/engine.ts';
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
  /** The alert store was lost: open alerts are put back, the history of closed ones before this offset is missing. */
  readonly onHistoryLost: (beforeOffset: number) => void;
}

export interface Recovery {
  readonly engine: Engine;
  readonly snapshotOffset: number;
  readonly replayedCount: number;
  readonly tookMs: number;
}

/** @throws Error when neither a snapshot nor the whole log is there: then a backup is needed, not a guess. */
export async function recover(options: RecoveryOptions): Promise<Recovery> {
  const { log, snapshots, alerts } = options;
  const startedMs = performance.now();
  const snapshot = await snapshots.latest();
  const engine = snapshot === null ? new Engine() : restoreSnapshot(snapshot.data);
  const snapshotOffset = engine.offset;
  const { firstOffset, lastOffset } = log.position();
  if (firstOffset > snapshotOffset + 1) {
    throw new Error(`the log begins at ${firstOffset}, the newest intact snapshot is of ${snapshotOffset}`);
  }
  if (snapshotOffset > lastOffset) {
    throw new Error(`the snapshot of ${snapshotOffset} is newer than the log, which ends at ${lastOffset}`);
  }
  if (alerts.recordedOffset() < snapshotOffset) {
    alerts.record(openAsEffects(engine), snapshotOffset);
    options.onHistoryLost(snapshotOffset);
  }
  const isUpgrade = snapshot !== null && snapshot.coreVersion !== CORE_VERSION;
  while (engine.offset < lastOffset) await replayChunk(log, engine, alerts, isUpgrade);
  if (isUpgrade) adoptShown(engine, alerts);
  const replayedCount = lastOffset - snapshotOffset;
  return { engine, snapshotOffset, replayedCount, tookMs: performance.now() - startedMs };
}

async function replayChunk(
  log: EventLog,
  engine: Engine,
  alerts: AlertStore,
  isUpgrade: boolean,
): Promise<void> {
  const entries = await log.read(0, engine.offset, CHUNK_ENTRIES);
  const news: Effect[] = [];
  engine.stepEach(entries, (_entry, caused) => {
    for (const effect of caused) if (isNews(effect, alerts, isUpgrade)) news.push(effect);
  });
  if (news.length > 0 || engine.offset > alerts.recordedOffset()) alerts.record(news, engine.offset);
}

/** Not shown yet; after an upgrade also alerts of which the former core knew nothing: nobody has acted on them. */
function isNews(effect: Effect, alerts: AlertStore, isUpgrade: boolean): boolean {
  if (effect.offset > alerts.recordedOffset()) return true;
  return isUpgrade && effect.type === 'alert' && alerts.get(effect.alert.id) === null;
}

/** What staff have on their screens stays open, even if this core would not have raised it. */
function adoptShown(engine: Engine, alerts: AlertStore): void {
  for (const alert of alerts.open()) {
    if (engine.book.get(alert.id) === undefined) engine.book.adopt(alert);
  }
}

function openAsEffects(engine: Engine): Effect[] {
  return engine.openAlerts().map((alert, index) => {
    return { type: 'alert', change: 'noted', alert, offset: engine.offset, index, atMs: alert.updatedAtMs };
  });
}
