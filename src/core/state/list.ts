// A column with several numbers per row, in an array of its own: too wide to lie among the others.

import { IMAGES, type ImageScalar, type ListType, type Numbers } from './column-type.ts';
import type { Row, RowKind } from './row.ts';

/** So many numbers per row. */
export class List<K extends RowKind> {
  readonly type: ImageScalar;
  readonly width: number;
  /** Of all rows, for images and for growing. */
  readonly numbers: Numbers;
  readonly #stride: number;

  constructor(type: ListType, capacity: number, stride: number) {
    const [scalar, width] = type.split('x');
    this.type = scalar as ImageScalar;
    this.width = Number(width);
    this.numbers = new IMAGES[this.type](capacity * this.width);
    this.#stride = stride;
  }

  get(row: Row<K>, at: number): number {
    return this.numbers[(row / this.#stride) * this.width + at]!;
  }

  set(row: Row<K>, at: number, value: number): void {
    this.numbers[(row / this.#stride) * this.width + at] = value;
  }

  fill(row: Row<K>, value: number): void {
    for (let at = 0; at < this.width; at++) this.set(row, at, value);
  }

  /** All numbers of a row times `factor`. */
  scale(row: Row<K>, factor: number): void {
    for (let at = 0; at < this.width; at++) this.set(row, at, this.get(row, at) * factor);
  }
}
