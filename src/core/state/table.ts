// Numbers of homes, devices or gateways, without garbage: each kind of number is a column, read by the row it belongs
// to. All numbers of one row lie beside each other, whatever their width, because whoever is heard of has many of them
// read at once, and at 100,000 homes every further line of the cache, and every further page, is a wait (ADR 0024).
// So a row is not `1, 2, 3 …` but the place at which it begins.
// Columns are replaced when the table grows, so read them through `table.columns` and never keep them.

import { Bytes, type Doubles, Shorts, Words } from './column.ts';
import {
  type ColumnSchema,
  type ColumnType,
  isList,
  isRow,
  type ListType,
  NUMBERS,
  type Numbers,
  type NumberType,
  type Scalar,
  type Shape,
  shapeOf,
} from './column-type.ts';
import { type Copy, ownCopy } from './image.ts';
import { type Layout, layOut } from './layout.ts';
import { List } from './list.ts';
import { ROW_UNIT_BYTES, type Row, type RowKind } from './row.ts';

/** Only a row of the right table opens it. */
type ColumnOf<T extends ColumnType, K extends RowKind> = T extends ListType
  ? List<K>
  : T extends RowKind
    ? Words<K, Row<T>>
    : T extends 'u32'
      ? Words<K>
      : T extends 'u16'
        ? Shorts<K>
        : T extends 'u8'
          ? Bytes<K>
          : Doubles<K>;
export type Columns<S extends ColumnSchema, K extends RowKind> = {
  readonly [C in keyof S]: ColumnOf<S[C], K>;
};

/** Columns of a table as bytes, for the snapshot, row after row, `stride` bytes each. */
export interface Block {
  readonly stride: number;
  /** `at`: bytes into a row. A row of another table is in it as it is, to be read with the strides they had. */
  readonly columns: readonly (Shape & { readonly name: string; readonly at: number })[];
  readonly bytes: Uint8Array;
}

/** How far apart the rows of each table are, filled in by the tables: a column may hold rows of another one. */
export type Strides = Record<RowKind, number>;

export function noStrides(): Strides {
  return { home: 1, device: 1, gateway: 1 };
}

/** Columns that belong together: those of the table's facts, or of one rule. */
export class Section<S extends ColumnSchema, K extends RowKind> {
  /** Before the names of its columns in a snapshot; empty for the table's own. */
  readonly prefix: string;
  readonly schema: S;
  columns: Columns<S, K>;

  constructor(prefix: string, schema: S) {
    this.prefix = prefix;
    this.schema = schema;
    this.columns = {} as Columns<S, K>;
  }
}

type AnySection<K extends RowKind> = Section<ColumnSchema, K>;

/**
 * Twice the room would be thrown away in a table of a million rows. Also after a restart, whose size is known: without
 * room the first home that is registered would have all tables copied to new memory while alarms wait.
 */
const GROWTH = 1.2;
const ROWS_AT_FIRST = 16;
/** Line of the cache of every processor we know of. */
const LINE_BYTES = 64;

const CLASSES: Readonly<Record<Scalar, (buffer: ArrayBuffer, place: number) => unknown>> = {
  f64: (buffer, place) => new Float64Array(buffer, place),
  u32: (buffer, place) => new Words(buffer, place),
  u16: (buffer, place) => new Shorts(buffer, place),
  u8: (buffer, place) => new Bytes(buffer, place),
};

export class Table<S extends ColumnSchema, K extends RowKind> extends Section<S, K> {
  readonly #kind: K;
  readonly #strides: Strides;
  readonly #sections: AnySection<K>[];
  readonly #often: readonly string[];
  #layout: Layout = layOut(new Map(), []);
  /** Its own of all strides; beside the layout, because every row is reckoned with it. */
  #stride = 1;
  #bytes = new Uint8Array(0);
  /** The same memory; and the last of the words of a row that are often read. */
  #words = new Uint32Array(0);
  #lastOften = 0;
  #capacity = 0;
  /** Numbers in use are `0 … size - 1`; 0 is never a real home, device or gateway. */
  size = 0;

  /** `often`: names of columns as in a snapshot, those of rules among them. */
  constructor(kind: K, schema: S, strides: Strides, often: readonly string[] = []) {
    super('', schema);
    this.#kind = kind;
    this.#strides = strides;
    this.#often = often;
    this.#sections = [this as unknown as AnySection<K>];
    this.#layOut();
  }

  /** More columns for each row, of that rule. @throws Error once there are rows: their places are given out. */
  attach<T extends ColumnSchema>(rule: string, schema: T): Section<T, K> {
    if (this.size > 0) throw new Error('a table with rows takes no further columns');
    const section = new Section<T, K>(`${rule}/`, schema);
    this.#sections.push(section as unknown as AnySection<K>);
    this.#layOut();
    return section;
  }

  row(number: number): Row<K> {
    return (number * this.#stride) as Row<K>;
  }

  number(row: Row<K>): number {
    return row / this.#stride;
  }

  /**
   * Ask memory at once for what nearly every reading of a row needs, which else is waited for line by line. Answers
   * the sum of what it read, which means nothing: reads whose result nobody wants are no reads.
   */
  readAhead(row: Row<K>): number {
    const words = this.#words;
    const from = row * (ROW_UNIT_BYTES / words.BYTES_PER_ELEMENT);
    const last = from + this.#lastOften;
    let sum = words[last]!;
    for (let at = from; at < last; at += LINE_BYTES / words.BYTES_PER_ELEMENT) sum += words[at]!;
    return sum;
  }

  has(row: Row<K>): boolean {
    return row < this.row(this.size);
  }

  /** All but row 0. */
  *rows(): Generator<Row<K>> {
    for (let number = 1; number < this.size; number++) yield this.row(number);
  }

  /** Make the row of `number` usable; new rows are all zero. */
  ensure(number: number): void {
    if (number < this.size) return;
    if (number >= this.#capacity) this.#grow(Math.ceil(Math.max(number + 1, this.#capacity) * GROWTH));
    this.size = number + 1;
  }

  /** All numbers of a row become zero, as those of a new one. */
  clear(row: Row<K>): void {
    const from = row * ROW_UNIT_BYTES;
    this.#bytes.fill(0, from, from + this.#rowBytes);
  }

  /** A copy, so that it may be written while the numbers go on changing. */
  blocks(copy: Copy = ownCopy): Block[] {
    const { places } = this.#layout;
    const columns = this.#all().map(({ name, type }) => ({ name, ...shapeOf(type), at: places.get(name)! }));
    const stride = this.#rowBytes;
    return [{ stride, columns, bytes: copy(this.#bytes.subarray(0, this.size * stride)) }];
  }

  /**
   * Take over the blocks of an earlier run, of a core with the same columns or with others, whose tables had `strides`.
   * A column it does not know, or a list of another length, stays zero. True: the blocks had every column there is.
   */
  restore(size: number, blocks: readonly Block[], strides: Strides): boolean {
    if (size > 0) this.ensure(size - 1);
    const areStridesSame = (Object.keys(strides) as RowKind[]).every(
      (kind) => strides[kind] === this.#strides[kind],
    );
    for (const block of blocks) {
      if (areStridesSame && this.#isOwn(block)) this.#bytes.set(block.bytes);
      else this.#readBlock(block, size, strides);
    }
    const had = new Set(blocks.flatMap(({ columns }) => columns.map(({ name }) => name)));
    return this.#all().every(({ name }) => had.has(name));
  }

  /** Whether it has just these columns at just these places. */
  #isOwn({ stride, columns }: Block): boolean {
    const own = new Map(this.#all().map(({ name, type }) => [name, shapeOf(type)]));
    return (
      stride === this.#rowBytes &&
      columns.length === own.size &&
      columns.every(({ name, type, width, at }) => {
        const shape = own.get(name);
        return shape?.type === type && shape.width === width && this.#layout.places.get(name) === at;
      })
    );
  }

  #readBlock({ stride, columns, bytes }: Block, size: number, strides: Strides): void {
    // Copied: the bytes of a file need not lie where numbers may.
    const from = new Uint8Array(bytes).buffer;
    const all = new Map(this.#all().map(({ name, type }) => [name, type]));
    for (const { name, type, width, at } of columns) {
      const own = all.get(name);
      if (own === undefined || shapeOf(own).width !== width) continue;
      const [fromNumbers, fromStride] = numbersAt(from, type, at, stride);
      const place = this.#layout.places.get(name)!;
      const [toNumbers, toStride] = numbersAt(this.#bytes.buffer, shapeOf(own).type, place, this.#rowBytes);
      // First to the number, then to the row: both are whole, their quotient may not be.
      const [had, has] = isRow(own) ? [strides[own], this.#strides[own]] : [1, 1];
      for (let number = 0; number < size; number++)
        for (let index = 0; index < width; index++)
          toNumbers[number * toStride + index] = (fromNumbers[number * fromStride + index]! / had) * has;
    }
  }

  get #rowBytes(): number {
    return this.#stride * ROW_UNIT_BYTES;
  }

  /** With the prefixes of their sections. */
  #all(): { readonly name: string; readonly type: ColumnType }[] {
    return this.#sections.flatMap(({ prefix, schema }) =>
      Object.entries(schema).map(([name, type]) => ({ name: prefix + name, type })),
    );
  }

  /** Give every column its place. */
  #layOut(): void {
    this.#layout = layOut(new Map(this.#all().map(({ name, type }) => [name, type])), this.#often);
    this.#stride = this.#layout.stride;
    this.#strides[this.#kind] = this.#stride;
    this.#lastOften = Math.max(0, Math.ceil(this.#layout.oftenBytes / this.#words.BYTES_PER_ELEMENT) - 1);
    this.#bytes = new Uint8Array(0);
    this.#grow(ROWS_AT_FIRST);
  }

  #grow(capacity: number): void {
    const buffer = new ArrayBuffer(capacity * this.#rowBytes);
    const bytes = new Uint8Array(buffer);
    bytes.set(this.#bytes);
    for (const section of this.#sections) {
      const columns = Object.entries(section.schema).map(
        ([name, type]) =>
          [name, columnOf(type, buffer, this.#layout.places.get(section.prefix + name)!)] as const,
      );
      // Built at once: an object that gets more than a dozen properties by computed names becomes a hash table in V8,
      // and every look at a column a search (measured: the whole core five times slower).
      section.columns = Object.fromEntries(columns) as Columns<ColumnSchema, K>;
    }
    this.#bytes = bytes;
    this.#words = new Uint32Array(buffer);
    this.#capacity = capacity;
  }
}

function columnOf(type: ColumnType, buffer: ArrayBuffer, place: number): unknown {
  if (isList(type)) return new List(type, buffer, place);
  if (isRow(type)) return new Words(buffer, place);
  return CLASSES[type](buffer, place);
}

/** The numbers of a column from its first one on, and how many lie between those of two rows. */
function numbersAt(buffer: ArrayBuffer, type: NumberType, at: number, stride: number): [Numbers, number] {
  const size = NUMBERS[type].BYTES_PER_ELEMENT;
  return [new NUMBERS[type](buffer, at, Math.floor((buffer.byteLength - at) / size)), stride / size];
}
