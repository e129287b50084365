// A column with several numbers per row.

import { type ListType, NUMBERS, type Numbers, shapeOf } from './column-type.ts';
import { ROW_UNIT_BYTES, type Row, type RowKind } from './row.ts';

/** So many numbers per row. */
export class List<K extends RowKind> {
  readonly width: number;
  readonly #numbers: Numbers;
  /** Numbers in the unit of a row. */
  readonly #perUnit: number;

  constructor(type: ListType, buffer: ArrayBuffer, place: number) {
    const shape = shapeOf(type);
    this.width = shape.width;
    this.#numbers = new NUMBERS[shape.type](buffer, place);
    this.#perUnit = ROW_UNIT_BYTES / this.#numbers.BYTES_PER_ELEMENT;
  }

  get(row: Row<K>, at: number): number {
    return this.#numbers[row * this.#perUnit + at]!;
  }

  set(row: Row<K>, at: number, value: number): void {
    this.#numbers[row * this.#perUnit + at] = value;
  }

  fill(row: Row<K>, value: number): void {
    for (let at = 0; at < this.width; at++) this.set(row, at, value);
  }

  /** All numbers of a row times `factor`. */
  scale(row: Row<K>, factor: number): void {
    for (let at = 0; at < this.width; at++) this.set(row, at, this.get(row, at) * factor);
  }
}
