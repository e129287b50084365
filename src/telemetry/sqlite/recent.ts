// The segments that are not sealed yet, in memory with an index by series: what a query finds there costs no search.
// A segment is a row of runs: series number, byte count, block. The block may hold more than one reading.

import type { TelemetryReading } from '../telemetry-store.ts';
import { type Column, emptyColumn, packBlock, unpackBlock } from './block.ts';
import { ByteReader, ByteWriter } from './bytes.ts';

/** Where a block is: number of the segment here, and byte. */
type Run = readonly [segment: number, at: number];

const writer = new ByteWriter();

/** The body of a segment: `batch` sorted by series. */
export function packSegment(
  batch: readonly TelemetryReading[],
  numberOfSeries: (reading: TelemetryReading) => number,
): Uint8Array {
  const columns = new Map<number, Column>();
  for (const reading of batch) {
    const series = numberOfSeries(reading);
    let column = columns.get(series);
    if (column === undefined) {
      column = emptyColumn();
      columns.set(series, column);
    }
    column.atMs.push(reading.atMs);
    column.offsets.push(reading.offset);
    column.values.push(reading.value);
  }
  for (const [series, column] of columns) {
    const block = packBlock(column);
    writer.unsigned(series);
    writer.unsigned(block.length);
    writer.bytes(block);
  }
  return writer.take();
}

export class Recent {
  readonly #segments: Uint8Array[] = [];
  readonly #runs = new Map<number, Run[]>();
  #lastSegment = 0;
  #readingCount = 0;

  /** As many readings as were written, each time they were. */
  get readingCount(): number {
    return this.#readingCount;
  }

  get lastSegment(): number {
    return this.#lastSegment;
  }

  /** Throws RangeError when the body is damaged. */
  add(id: number, body: Uint8Array): void {
    const segment = this.#segments.push(body) - 1;
    const reader = new ByteReader(body);
    while (!reader.isAtEnd) {
      const series = reader.unsigned();
      const byteCount = reader.unsigned();
      const runs = this.#runs.get(series);
      const run: Run = [segment, reader.at];
      if (runs === undefined) this.#runs.set(series, [run]);
      else runs.push(run);
      const head = new ByteReader(reader.bytes(byteCount), 1);
      this.#readingCount += head.unsigned();
    }
    this.#lastSegment = id;
  }

  series(): IterableIterator<number> {
    return this.#runs.keys();
  }

  /** Appends what is here of a series, not in order. */
  read(series: number, into: Column): void {
    for (const [segment, at] of this.#runs.get(series) ?? []) {
      unpackBlock(this.#segments[segment]!.subarray(at), into);
    }
  }

  clear(): void {
    this.#segments.length = 0;
    this.#runs.clear();
    this.#readingCount = 0;
  }
}
