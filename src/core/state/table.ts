// Numbers of homes, devices or gateways, without garbage: each kind of number is a column, read by the row it belongs
// to. All numbers of one row that are equally wide lie beside each other, in a lane, because whoever is heard of has
// most of them read at once, and at 100,000 homes every further line of the cache is a wait (docs/bench.md). So a row
// is not `1, 2, 3 …` but the place at which it begins in every lane, and lanes of a table have one stride.
// Columns are replaced when the table grows, so read them through `table.columns` and never keep them.

import {
  type ColumnSchema,
  type ColumnType,
  IMAGES,
  type ImageScalar,
  isRow,
  LANE_TYPES,
  LANES,
  type Lane,
  type ListType,
  laneOf,
  type Numbers,
  type Scalar,
} from './column-type.ts';
import { type Copy, ownCopy } from './image.ts';
import { type Layout, layOut } from './layout.ts';
import { List } from './list.ts';
import type { Row, RowKind } from './row.ts';

/** Only a row of the right table opens it. */
export type Column<K extends RowKind, V = number> = { [row in Row<K>]: V };
type ColumnOf<T extends ColumnType, K extends RowKind> = T extends ListType
  ? List<K>
  : Column<K, T extends RowKind ? Row<T> : number>;
export type Columns<S extends ColumnSchema, K extends RowKind> = {
  readonly [C in keyof S]: ColumnOf<S[C], K>;
};

/**
 * Numbers of a table as bytes, for the snapshot, row after row and `stride` of them per row: a lane with all its
 * columns, or a list. Rows of other tables are in it as they are, so that it is read with the strides they had.
 */
export interface Block {
  readonly type: ImageScalar;
  readonly stride: number;
  readonly columns: readonly { readonly name: string; readonly at: number }[];
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
type AnyColumn<K extends RowKind> = Lane | List<K>;

interface NamedColumn<K extends RowKind> {
  readonly name: string;
  readonly type: ColumnType;
  readonly column: AnyColumn<K>;
}

/**
 * Twice the room would be thrown away in a table of a million rows. Also after a restart, whose size is known: without
 * room the first home that is registered would have all tables copied to new memory while alarms wait.
 */
const GROWTH = 1.2;
const ROWS_AT_FIRST = 16;
/** Line of the cache of every processor we know of. */
const LINE_BYTES = 64;

export class Table<S extends ColumnSchema, K extends RowKind> extends Section<S, K> {
  readonly #kind: K;
  readonly #strides: Strides;
  readonly #sections: AnySection<K>[];
  readonly #often: readonly string[];
  #layout: Layout = layOut(new Map(), []);
  /** Its own of all strides; beside the layout, because every row is reckoned with it. */
  #stride = 1;
  #lanes = lanesOf(0);
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
    const { f64, u32, u8 } = this.#lanes;
    const { often } = this.#layout;
    const f64End = row + often.f64;
    const u32End = row + often.u32;
    let sum = u8[row]!;
    for (let at: number = row; at < f64End; at += LINE_BYTES / f64.BYTES_PER_ELEMENT) sum += f64[at]!;
    for (let at: number = row; at < u32End; at += LINE_BYTES / u32.BYTES_PER_ELEMENT) sum += u32[at]!;
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
    for (const type of LANE_TYPES) this.#lanes[type].fill(0, row, row + this.#stride);
    for (const { column } of this.#all()) if (column instanceof List) column.fill(row, 0);
  }

  /** Copies, so that they may be written while the numbers go on changing. */
  blocks(copy: Copy = ownCopy): Block[] {
    const stride = this.#stride;
    const all = this.#all();
    const lanes = LANE_TYPES.map((type) => {
      const columns = all
        .filter((column) => laneOf(column.type) === type)
        .map(({ name }) => ({ name, at: this.#layout.places.get(name)! }));
      return { type, stride, columns, bytes: copy(bytesOf(this.#lanes[type], this.size * stride)) };
    });
    const lists = all.flatMap(({ name, column }) => {
      if (!(column instanceof List)) return [];
      const { type, width, numbers } = column;
      const bytes = copy(bytesOf(numbers, this.size * width));
      return [{ type, stride: width, columns: [{ name, at: 0 }], bytes }];
    });
    return [...lanes.filter(({ columns }) => columns.length > 0), ...lists];
  }

  /**
   * Take over the blocks of an earlier run, of a core with the same columns or with others, whose tables had `strides`.
   * A column it does not know, or a list of another length, stays zero. True: the blocks had every column there is.
   */
  restore(size: number, blocks: readonly Block[], strides: Strides): boolean {
    if (size > 0) this.ensure(size - 1);
    const all = this.#all();
    const isSameLayout = (Object.keys(strides) as RowKind[]).every(
      (kind) => strides[kind] === this.#strides[kind],
    );
    for (const block of blocks) {
      const own = isSameLayout ? this.#laneLike(block, all) : null;
      if (own !== null) bytesOf(own, own.length).set(block.bytes);
      else this.#readBlock(block, size, strides, all);
    }
    const had = new Set(blocks.flatMap(({ columns }) => columns.map(({ name }) => name)));
    return all.every(({ name }) => had.has(name));
  }

  /** The lane that has just these columns at just these places; null when none has. */
  #laneLike({ type, stride, columns }: Block, all: readonly NamedColumn<K>[]): Lane | null {
    if (stride !== this.#stride || !(type in LANES)) return null;
    const own = all.filter((column) => laneOf(column.type) === type);
    const places = new Map(columns.map(({ name, at }) => [name, at]));
    const isSame =
      own.length === columns.length &&
      own.every(({ name }) => places.get(name) === this.#layout.places.get(name));
    return isSame ? this.#lanes[type as Scalar] : null;
  }

  #readBlock(
    { type, stride, columns, bytes }: Block,
    size: number,
    strides: Strides,
    all: readonly NamedColumn<K>[],
  ): void {
    // Copied: the bytes of a file need not lie where numbers may.
    const numbers = new IMAGES[type](new Uint8Array(bytes).buffer);
    for (const { name, at } of columns) {
      const known = all.find((column) => column.name === name);
      if (known === undefined) continue;
      const { column, type: own } = known;
      if (column instanceof List) {
        if (column.width === stride) column.numbers.set(numbers);
        continue;
      }
      // First to the number, then to the row: both are whole, their quotient may not be.
      const [fromStride, toStride] = isRow(own) ? [strides[own], this.#strides[own]] : [1, 1];
      for (let number = 0; number < size; number++)
        column[number * this.#stride] = (numbers[number * stride + at]! / fromStride) * toStride;
    }
  }

  /** With the prefixes of their sections. */
  #all(): NamedColumn<K>[] {
    return this.#sections.flatMap(({ prefix, schema, columns }) =>
      Object.entries(schema).map(([name, type]) => {
        const column = (columns as Record<string, AnyColumn<K>>)[name]!;
        return { name: prefix + name, type, column };
      }),
    );
  }

  /** Give every column its place. */
  #layOut(): void {
    const types = new Map(this.#all().map(({ name, type }) => [name, type]));
    this.#layout = layOut(types, this.#often);
    this.#stride = this.#layout.stride;
    this.#strides[this.#kind] = this.#stride;
    this.#lanes = lanesOf(0);
    this.#capacity = 0;
    this.#grow(ROWS_AT_FIRST);
  }

  #grow(capacity: number): void {
    const stride = this.#stride;
    const lanes = lanesOf(capacity * stride);
    for (const name of LANE_TYPES) lanes[name].set(this.#lanes[name]);
    for (const section of this.#sections) {
      const old = section.columns as Record<string, AnyColumn<K>>;
      const columns = Object.entries(section.schema).map(([name, type]) => {
        const lane = laneOf(type);
        if (lane !== null)
          return [name, lanes[lane].subarray(this.#layout.places.get(section.prefix + name))] as const;
        return [name, this.#listFor(type as ListType, capacity, old[name] as List<K> | undefined)] as const;
      });
      // Built at once: an object that gets more than a dozen properties by computed names becomes a hash table in V8,
      // and every look at a column a search (measured: the whole core five times slower).
      section.columns = Object.fromEntries(columns) as Columns<ColumnSchema, K>;
    }
    this.#lanes = lanes;
    this.#capacity = capacity;
  }

  #listFor(type: ListType, capacity: number, old: List<K> | undefined): List<K> {
    const list = new List<K>(type, capacity, this.#stride);
    if (old !== undefined && this.#capacity > 0) list.numbers.set(old.numbers);
    return list;
  }
}

function lanesOf(length: number): { readonly [N in Scalar]: InstanceType<(typeof LANES)[N]> } {
  return { f64: new Float64Array(length), u32: new Uint32Array(length), u8: new Uint8Array(length) };
}

function bytesOf({ buffer, byteOffset, BYTES_PER_ELEMENT }: Numbers, length: number): Uint8Array {
  return new Uint8Array(buffer, byteOffset, length * BYTES_PER_ELEMENT);
}
