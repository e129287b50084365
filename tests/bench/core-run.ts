// One size of benchmark `core`, in a process of its own so that the heap is its own: first the memory of
// each side alone, then both sides over the same chunks of events in turn.

import { Engine } from '#core/engine.ts';
import type { Entry, ObservationBody } from '#core/model/entry.ts';
import { bytesToCopy, prepareSnapshot, snapshotParts } from '#core/snapshot.ts';
import { SnapshotRoom } from '#runtime/snapshot-room.ts';
import { configurationsOf, EventStream, observation } from './core-events.ts';
import { ArrayWatch, createIdTable } from './core-limit.ts';
import { HOME_DEVICES } from './homes.ts';
import { type Happening, happeningOf } from './minimal-watch.ts';
import { serve } from './remote.ts';

export interface CoreRun {
  readonly homes: number;
  readonly chunks: number;
  readonly eventsPerChunk: number;
}

export interface CoreResult {
  /** Events per second of each chunk, warm-up chunks included. */
  readonly ours: readonly number[];
  readonly limit: readonly number[];
  readonly ourBytes: number;
  readonly limitBytes: number;
  /** How long cutting a snapshot holds everything up, and copying as many bytes once. */
  readonly cutMs: readonly number[];
  readonly copyMs: readonly number[];
  /** Effects of the core while it was timed: the homes are healthy, so there should be next to none. */
  readonly effectCount: number;
}

export type CoreProgram = { readonly measure: (run: CoreRun) => Promise<CoreResult> };

const START_MS = Date.UTC(2026, 10, 22, 8);
/** Entries made at a time: in the service they are fresh from the ingest, not read from cold memory. */
const FRESH = 1_000;
const CUTS = 8;
/** More than any cache holds; what a million homes need is reckoned from it, lest the machine runs out of memory. */
const COPIED_BYTES = 256 * 1024 * 1024;
/** A new home is looked at once, a moment after it was configured. */
const SETTLE_MS = 1_000;

async function measure({ homes, chunks, eventsPerChunk }: CoreRun): Promise<CoreResult> {
  const [watch, limitBytes] = weigh(() => new ArrayWatch(homes, START_MS));
  const [engine, ourBytes] = weigh(() => engineThatKnows(homes));
  const { ids, numbers } = createIdTable(homes);
  const stream = new EventStream(homes, engine.offset, START_MS + SETTLE_MS);
  const ours: number[] = [];
  const limit: number[] = [];
  let effectCount = 0;
  for (let chunk = 0; chunk < chunks; chunk++) {
    let limitMs = 0;
    let ourMs = 0;
    for (let taken = 0; taken < eventsPerChunk; taken += FRESH) {
      const entries = Array.from({ length: FRESH }, () => stream.next());
      const known = entries.map((entry) => knownOf(entry, ids));
      limitMs += msOf(() => watchAll(watch, numbers, known));
      ourMs += msOf(() => {
        effectCount += stepAll(engine, entries);
      });
    }
    limit.push((eventsPerChunk / limitMs) * 1000);
    ours.push((eventsPerChunk / ourMs) * 1000);
  }
  return { ours, limit, ourBytes, limitBytes, effectCount, ...(await timeCuts(engine)) };
}

/** As the service cuts them: the first has made the room. */
async function timeCuts(engine: Engine): Promise<Pick<CoreResult, 'cutMs' | 'copyMs'>> {
  const room = new SnapshotRoom();
  const byteLength = bytesToCopy(engine);
  const copiedBytes = Math.min(byteLength, COPIED_BYTES);
  const from = new Uint8Array(copiedBytes).fill(1);
  const to = new Uint8Array(copiedBytes).fill(2);
  const cutMs: number[] = [];
  const copyMs: number[] = [];
  for (let round = 0; round < CUTS; round++) {
    copyMs.push((msOf(() => to.set(from)) * byteLength) / copiedBytes);
    for (const _ of prepareSnapshot(engine));
    await room.prepare(byteLength);
    cutMs.push(msOf(() => snapshotParts(engine, room.copy)));
  }
  return { cutMs, copyMs };
}

/** Every home configured, every device heard once, and everything that follows from that done. */
function engineThatKnows(homes: number): Engine {
  const engine = new Engine();
  for (let home = 1; home <= homes; home++) {
    for (const body of configurationsOf(home))
      engine.step({ offset: engine.offset + 1, atMs: START_MS, body });
  }
  for (let home = 1; home <= homes; home++) {
    for (let place = 0; place < HOME_DEVICES.length; place++) {
      const offset = engine.offset + 1;
      const said = { kind: 'battery_pct', value: 87, isLevel: true };
      engine.step({
        offset,
        atMs: START_MS,
        body: observation({ home, place, offset, atMs: START_MS, ...said }),
      });
    }
  }
  engine.step({ offset: engine.offset + 1, atMs: START_MS + SETTLE_MS, body: { type: 'tick' } });
  return engine;
}

/** An event as the limit gets it: the name has still to be looked up. */
interface Known {
  readonly homeName: string;
  readonly happening: Happening;
  readonly heartRateBpm: number;
  readonly atMs: number;
}

function knownOf({ atMs, body }: Entry & { readonly body: ObservationBody }, ids: readonly string[]): Known {
  const happening = happeningOf(body);
  const heartRateBpm = happening === 'heart-rate' ? Number(body.value) : 0;
  return { homeName: ids[body.gateway]!, happening, heartRateBpm, atMs };
}

function watchAll(watch: ArrayWatch, numbers: ReadonlyMap<string, number>, events: readonly Known[]): void {
  for (const { homeName, happening, heartRateBpm, atMs } of events)
    watch.step(numbers.get(homeName)!, happening, heartRateBpm, atMs);
}

function stepAll(engine: Engine, entries: readonly Entry[]): number {
  let effectCount = 0;
  engine.stepEach(entries, (_entry, effects) => {
    effectCount += effects.length;
  });
  return effectCount;
}

function msOf(work: () => void): number {
  const startMs = performance.now();
  work();
  return performance.now() - startMs;
}

/** What `make` makes, and what it keeps in memory, bytes. */
function weigh<T>(make: () => T): readonly [T, number] {
  const before = usedBytes();
  const made = make();
  return [made, usedBytes() - before];
}

function usedBytes(): number {
  global.gc!();
  global.gc!();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

serve({ measure } satisfies CoreProgram);
