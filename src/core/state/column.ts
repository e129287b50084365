// Columns with one number per row. Rows are counted in units of a double: those of doubles are arrays, opened by the
// row itself, and the narrower ones reckon. All are opened only by a row of their own table.

import type { Row, RowKind } from './row.ts';

/** An array, not a class as the others: most of what is read are times, and one step more was 7 % of all (ADR 0024). */
export type Doubles<K extends RowKind> = { [row in Row<K>]: number };

// Three classes that look the same: what V8 learns of a method it learns for all who call it, and one for all widths
// would be slow for all.

/** Whole numbers below 2^32, or rows of another table. */
export class Words<K extends RowKind, V extends number = number> {
  readonly #numbers: Uint32Array;

  constructor(buffer: ArrayBuffer, place: number) {
    this.#numbers = new Uint32Array(buffer, place);
  }

  get(row: Row<K>): V {
    return this.#numbers[row * 2] as V;
  }

  set(row: Row<K>, value: V): void {
    this.#numbers[row * 2] = value;
  }
}

/** Whole numbers below 2^16. */
export class Shorts<K extends RowKind> {
  readonly #numbers: Uint16Array;

  constructor(buffer: ArrayBuffer, place: number) {
    this.#numbers = new Uint16Array(buffer, place);
  }

  get(row: Row<K>): number {
    return this.#numbers[row * 4]!;
  }

  set(row: Row<K>, value: number): void {
    this.#numbers[row * 4] = value;
  }
}

/** Whole numbers below 2^8. */
export class Bytes<K extends RowKind> {
  readonly #numbers: Uint8Array;

  constructor(buffer: ArrayBuffer, place: number) {
    this.#numbers = new Uint8Array(buffer, place);
  }

  get(row: Row<K>): number {
    return this.#numbers[row * 8]!;
  }

  set(row: Row<K>, value: number): void {
    this.#numbers[row * 8] = value;
  }
}
