// What has gathered, as blocks for the partitions: by class and UTC day, ordered by home and series, so that a
// partition is written from front to back.

import { type RetentionClass, retentionClassOf } from '../retention.ts';
import { type Column, emptyColumn, inOrder, packBlock } from './block.ts';
import type { IndexFile, StoredSeries } from './index-file.ts';
import { type Block, dayOf } from './partitions.ts';
import type { Recent } from './recent.ts';

/** About 2 kB: of a page of 8 kB, what SQLite keeps in the tree instead of in an overflow page. */
const BLOCK_READINGS = 256;

export interface PartitionBlocks {
  readonly retention: RetentionClass;
  readonly day: number;
  readonly blocks: Block[];
}

export interface Sealing {
  readonly partitions: readonly PartitionBlocks[];
  /** Newest reading of each series. */
  readonly newestAtMs: ReadonlyMap<number, number>;
}

export function sealingOf(recent: Recent, index: IndexFile): Sealing {
  const partitions = new Map<string, PartitionBlocks>();
  const newestAtMs = new Map<number, number>();
  for (const series of knownSeries(recent, index)) {
    const column = emptyColumn();
    recent.read(series.id, column);
    const ordered = inOrder(column);
    newestAtMs.set(series.id, ordered.atMs.at(-1)!);
    addBlocks(partitions, series, ordered);
  }
  return { partitions: [...partitions.values()], newestAtMs };
}

/** A series that was erased or forgotten meanwhile has no owner any more: its readings end here. */
function knownSeries(recent: Recent, index: IndexFile): StoredSeries[] {
  const known: StoredSeries[] = [];
  for (const id of recent.series()) {
    const series = index.seriesById(id);
    if (series !== null) known.push(series);
  }
  return known.sort((a, b) => a.home - b.home || a.id - b.id);
}

function addBlocks(partitions: Map<string, PartitionBlocks>, series: StoredSeries, column: Column): void {
  const { atMs } = column;
  const retention = retentionClassOf(series.kind);
  for (let first = 0; first < atMs.length; ) {
    const day = dayOf(atMs[first]!);
    let end = first + 1;
    while (end < atMs.length && end - first < BLOCK_READINGS && dayOf(atMs[end]!) === day) end++;
    const key = `${retention} ${day}`;
    const partition = partitions.get(key) ?? { retention, day, blocks: [] };
    partitions.set(key, partition);
    const body = packBlock(column, first, end);
    partition.blocks.push({ home: series.home, series: series.id, fromMs: atMs[first]!, body });
    first = end;
  }
}
