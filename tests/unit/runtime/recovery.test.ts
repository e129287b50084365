// Goal: whatever was on disk when the process died, the core that comes back says the same as one that never died,
// staff never see a decision twice, and nothing they saw is taken from them.

import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { LIMITS } from '#config/limits.ts';
import { CORE_VERSION } from '#core/engine.ts';
import type { Effect } from '#core/model/effect.ts';
import type { Entry, EntryBody } from '#core/model/entry.ts';
import { encodeSnapshot, snapshotParts } from '#core/snapshot.ts';
import type { EventLog } from '#journal/journal.ts';
import { createMemoryLog } from '#journal/memory.ts';
import { createMemorySnapshotStore, type SnapshotStore } from '#journal/snapshots.ts';
import { createMemoryAlertStore } from '#push/memory-alert-store.ts';
import { Loop } from '#runtime/loop.ts';
import { recover } from '#runtime/recovery.ts';
import { SNAPSHOT_EVERY_ENTRIES, Snapshotter } from '#runtime/snapshotter.ts';
import { homeOf } from '../../support/scenario.ts';

const START_MS = Date.parse('2026-03-02T01:00:00Z');
const newAlerts = () => createMemoryAlertStore({ resumableEffects: LIMITS.resumableEffects });

interface Disk {
  readonly log: EventLog;
  readonly snapshots: SnapshotStore;
  alerts: ReturnType<typeof newAlerts>;
  nowMs: number;
}

function newDisk(): Disk {
  const disk: Disk = { nowMs: START_MS, snapshots: createMemorySnapshotStore(), alerts: newAlerts() } as Disk;
  const clock = { nowMs: () => disk.nowMs };
  const log = createMemoryLog({ clock, limits: LIMITS, onFatal: fail });
  let consumer: (entries: readonly Entry[]) => void = () => undefined;
  log.onDurable((entries) => consumer(entries));
  // Every boot is another process: the consumer of the one before is gone.
  const onDurable = (listener: typeof consumer): void => {
    consumer = listener;
  };
  return Object.assign(disk, { log: { ...methodsOf(log), onDurable } });
}

async function boot(disk: Disk, published: Effect[] = [], lost: number[] = []) {
  const { engine, ...figures } = await recover({ ...disk, onHistoryLost: (offset) => lost.push(offset) });
  const loop = new Loop({
    ...disk,
    engine,
    publish: (effects) => published.push(...effects),
    onProcessed: () => undefined,
  });
  return { engine, loop, figures };
}

const press = (id: string): EntryBody => ({
  type: 'observation',
  gateway: 1,
  device: 4,
  deviceId: 'button',
  kind: 'button',
  value: 'sos',
  isLevel: false,
  measuredAtMs: START_MS,
  isDeviceTime: false,
  eventId: id,
  batteryPct: null,
  isBuffered: false,
});

async function morning(loop: Loop): Promise<void> {
  await loop.append({ type: 'home-configured', home: homeOf({}) });
  await loop.append(press('a'));
  await loop.append(press('b'));
}

test('the log alone brings everything back, once', async () => {
  const disk = newDisk();
  const published: Effect[] = [];
  const before = await boot(disk, published);
  await morning(before.loop);
  const recorded = disk.alerts.history(before.engine.openAlerts()[0]!.id);
  const after = await boot(disk, published);
  expect(after.figures).toMatchObject({ snapshotOffset: 0, replayedCount: 3 });
  expect(after.engine.openAlerts()).toEqual(before.engine.openAlerts());
  expect(disk.alerts.history(before.engine.openAlerts()[0]!.id)).toEqual(recorded);
  expect(published).toHaveLength(2);
});

test('an alert store that lost its last transactions is filled up from the log', async () => {
  const disk = newDisk();
  const before = await boot(disk);
  await morning(before.loop);
  const id = before.engine.openAlerts()[0]!.id;
  const whole = disk.alerts.history(id);
  disk.alerts = newAlerts();
  disk.alerts.record(whole.slice(0, 1), 2);
  await boot(disk);
  expect(disk.alerts.history(id)).toEqual(whole);
});

test('a snapshot shortens the way and changes nothing', async () => {
  const disk = newDisk();
  const before = await boot(disk);
  await before.loop.append({ type: 'home-configured', home: homeOf({}) });
  await before.loop.append(press('a'));
  const snapshotter = new Snapshotter({
    ...disk,
    engine: before.engine,
    replayedCount: 0,
    retentionMs: 1e12,
    onFailure: fail,
  });
  await snapshotter.cut();
  await before.loop.append(press('b'));
  const after = await boot(disk);
  expect(after.figures).toMatchObject({ snapshotOffset: 2, replayedCount: 1 });
  expect(after.engine.openAlerts()).toEqual(before.engine.openAlerts());
});

test('with the alert store gone the open alerts are put back and the loss is reported', async () => {
  const disk = newDisk();
  const before = await boot(disk);
  await morning(before.loop);
  await disk.snapshots.save({ offset: 3, coreVersion: CORE_VERSION, parts: snapshotParts(before.engine) });
  disk.alerts = newAlerts();
  const lost: number[] = [];
  await boot(disk, [], lost);
  expect(lost).toEqual([3]);
  expect(disk.alerts.open()).toEqual(before.engine.openAlerts());
});

test('after an upgrade what staff saw stands, also what the new core would not have raised', async () => {
  const disk = newDisk();
  const before = await boot(disk);
  await morning(before.loop);
  await disk.snapshots.save({ offset: 3, coreVersion: 'older', parts: snapshotParts(before.engine) });
  await before.loop.append({ type: 'tick' });
  const shown = {
    ...before.engine.openAlerts()[0]!,
    id: 'h-1~retired-rule~x',
    rule: 'retired-rule',
    version: 1,
  };
  disk.alerts.record(
    [{ type: 'alert', change: 'raised', alert: shown, offset: 4, index: 0, atMs: START_MS }],
    4,
  );
  const after = await boot(disk);
  expect(after.engine.openAlerts().map(({ id }) => id)).toContain('h-1~retired-rule~x');
  const answer = await after.loop.command({ action: 'claim', alertId: 'h-1~retired-rule~x', staffId: 'li' });
  expect(answer).toMatchObject({ ok: true });
});

test('the log is trimmed only behind the snapshot before the newest, and only when it is old', async () => {
  const disk = newDisk();
  const { engine, loop } = await boot(disk);
  const snapshotter = new Snapshotter({
    ...disk,
    engine,
    replayedCount: 0,
    retentionMs: 1_000,
    onFailure: fail,
  });
  await morning(loop);
  await snapshotter.cut();
  disk.nowMs += 10_000;
  await loop.append({ type: 'tick' });
  await snapshotter.cut();
  expect(disk.log.position().firstOffset).toBe(4);
  disk.nowMs += 100;
  await loop.append({ type: 'tick' });
  await snapshotter.cut();
  expect(disk.log.position().firstOffset).toBe(4);
  expect((await boot(disk)).figures.replayedCount).toBe(0);
});

test('a start that had much to replay cuts a snapshot as soon as it is ready', async () => {
  const disk = newDisk();
  const { engine, loop } = await boot(disk);
  await morning(loop);
  const quiet = { ...disk, engine, retentionMs: 1e12, onFailure: fail };
  const start = async (replayedCount: number): Promise<Snapshotter> => {
    const snapshotter = new Snapshotter({ ...quiet, replayedCount });
    snapshotter.noteProcessed(1);
    await turns();
    expect(await disk.snapshots.latest()).toBeNull();
    snapshotter.begin();
    await turns();
    return snapshotter;
  };
  const little = await start(10);
  expect(await disk.snapshots.latest()).toBeNull();
  await start(60_000);
  expect(await disk.snapshots.latest()).toMatchObject({ offset: 3 });
  await loop.append({ type: 'tick' });
  little.noteProcessed(SNAPSHOT_EVERY_ENTRIES);
  await turns();
  expect(await disk.snapshots.latest()).toMatchObject({ offset: 4 });
});

test('a snapshot that takes long to save is that of its own offset, whatever comes meanwhile', async () => {
  const disk = newDisk();
  const { engine, loop } = await boot(disk);
  const { promise: disc, resolve: spin } = Promise.withResolvers<void>();
  const saved: { readonly cut: Uint8Array; readonly written: Uint8Array }[] = [];
  const save: SnapshotStore['save'] = async ({ parts }) => {
    const cut = encodeSnapshot(engine);
    await disc;
    saved.push({ cut, written: new Uint8Array(Buffer.concat(parts)) });
  };
  const snapshotter = new Snapshotter({
    ...{ ...disk, engine, snapshots: { ...disk.snapshots, save } },
    ...{ replayedCount: 0, retentionMs: 1e12, onFailure: fail },
  });
  const cuts: Promise<void>[] = [];
  for (const id of ['a', 'b', 'c']) {
    await loop.append({ type: 'home-configured', home: homeOf({ home: { homeId: `h-${id}` } }) });
    await loop.append(press(id));
    cuts.push(snapshotter.cut());
    await turns();
  }
  spin();
  await Promise.all(cuts);
  // The second and the third were asked for while the first was being saved: one of both is enough.
  expect(saved).toHaveLength(2);
  for (const { cut, written } of saved) expect(written).toEqual(cut);
});

test('without snapshot and without the whole log there is no guess', async () => {
  const disk = newDisk();
  await morning((await boot(disk)).loop);
  await disk.log.trim(0, 2);
  await expect(recover({ ...disk, onHistoryLost: fail })).rejects.toThrow('the log begins at 3');
});

test('the log is read in order and without gaps, or not at all', async () => {
  const disk = newDisk();
  await morning((await boot(disk)).loop);
  const entries: readonly Entry[] = await disk.log.read(0, 0, 10);
  const torn = { ...disk, log: { ...disk.log, read: async () => entries.slice(1) } };
  await expect(recover({ ...torn, onHistoryLost: fail })).rejects.toThrow('gap');
});

/** More than a snapshot of a few homes takes. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await setImmediate();
}

function methodsOf(log: EventLog): EventLog {
  return {
    append: (drafts) => log.append(drafts),
    onDurable: (listener) => log.onDurable(listener),
    keepRefused: (frame) => log.keepRefused(frame),
    refused: (query) => log.refused(query),
    read: (partition, after, limit) => log.read(partition, after, limit),
    trim: (partition, upTo) => log.trim(partition, upTo),
    position: () => log.position(),
    pendingCount: () => log.pendingCount(),
    close: () => log.close(),
  };
}

function fail(error: unknown): never {
  throw error;
}
