// Who of a table is to be looked at, and when. Most calls to be woken come too late to matter, so that it is kept with
// the row and the heap is left alone. The heap goes by number: every recovery wakes in the same order.

import type { Doubles } from './column.ts';
import { DeadlineHeap } from './deadline-heap.ts';
import type { Copy, Image } from './image.ts';
import type { Row, RowKind } from './row.ts';

/** A table that keeps when each of its rows is to be looked at; 0 for never. */
interface WokenTable<K extends RowKind> {
  readonly columns: { readonly wakeAtMs: Doubles<K> };
  row(number: number): Row<K>;
  number(row: Row<K>): number;
}

export class Waking<K extends RowKind> {
  readonly #table: WokenTable<K>;
  readonly #deadlines = new DeadlineHeap();

  constructor(table: WokenTable<K>) {
    this.#table = table;
  }

  /** Infinity when nobody waits. */
  nextDueAtMs(): number {
    return this.#deadlines.nextDueAtMs();
  }

  /** Not later than `dueAtMs`. */
  wake(row: Row<K>, dueAtMs: number): void {
    const { wakeAtMs } = this.#table.columns;
    const armedAtMs = wakeAtMs[row]!;
    if (!(dueAtMs < (armedAtMs > 0 ? armedAtMs : Number.POSITIVE_INFINITY))) return;
    wakeAtMs[row] = dueAtMs;
    this.#deadlines.arm(this.#table.number(row), dueAtMs);
  }

  /** Who is due first; it no longer waits. Call only when `nextDueAtMs()` is finite. */
  take(): Row<K> {
    const row = this.#table.row(this.#deadlines.pop());
    this.#table.columns.wakeAtMs[row] = 0;
    return row;
  }

  images(copy: Copy): Image[] {
    return this.#deadlines.images(copy);
  }

  /** After the table was restored: cores before 6 did not keep with a row when it is due. */
  restore(images: readonly Image[]): void {
    const { wakeAtMs } = this.#table.columns;
    this.#deadlines.restore(images, (number, dueAtMs) => {
      wakeAtMs[this.#table.row(number)] = dueAtMs;
    });
  }
}
