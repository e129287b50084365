// Numbers of homes, devices or gateways, without garbage: each kind of number is a column, read by the row it belongs
// to. All numbers of one row that are equally wide lie beside each other, in a lane, because whoever is heard of has
// most of them read at once, and at 100,000 homes every further line of the cache is a wait (docs/bench.md). So a row
// is not `1, 2, 3 …` but the place at which it begins in every lane, and lanes of a table have one stride.
// Columns are replaced when the table grows, so read them through `table.columns` and never keep them.

import type { Row, RowKind } from './row.ts';

const LANES = { f64: Float64Array, u32: Uint32Array, u8: Uint8Array } as const;
type Scalar = keyof typeof LANES;
const LANE_TYPES = Object.keys(LANES) as Scalar[];
type Lane = InstanceType<(typeof LANES)[Scalar]>;

/** Of images only: cores before 6 had them as columns. */
const IMAGES = { ...LANES, f32: Float32Array, u16: Uint16Array } as const;
type ImageScalar = keyof typeof IMAGES;
type Numbers = InstanceType<(typeof IMAGES)[ImageScalar]>;
export type ListType = `${ImageScalar}x${number}`;

/** A number; a row of another table (0 for none); or a list of so many numbers, `u16x24`. */
export type ColumnType = Scalar | RowKind | ListType;
export type ColumnSchema = Readonly<Record<string, ColumnType>>;

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

/** Twice the room would be thrown away in a table of a million rows; whoever restores a snapshot knows the size. */
const GROWTH = 1.2;
const ROWS_AT_FIRST = 16;
/** Line of the cache of every processor we know of. */
const LINE_BYTES = 64;

export class Table<S extends ColumnSchema, K extends RowKind> extends Section<S, K> {
  readonly #kind: K;
  readonly #strides: Strides;
  /** Its own of them. */
  #stride = 1;
  readonly #sections: AnySection<K>[];
  #lanes = lanesOf(0);
  #capacity = 0;
  /** Numbers in use are `0 … size - 1`; 0 is never a real home, device or gateway. */
  size = 0;

  constructor(kind: K, schema: S, strides: Strides) {
    super('', schema);
    this.#kind = kind;
    this.#strides = strides;
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
   * Ask memory for all lines of a row at once, which else are waited for one after the other. Answers the sum of what
   * it read, which means nothing: reads whose result nobody wants are no reads.
   */
  readAhead(row: Row<K>): number {
    const { f64, u32, u8 } = this.#lanes;
    const end = row + this.#stride;
    let sum = u8[row]!;
    for (let at: number = row; at < end; at += LINE_BYTES / f64.BYTES_PER_ELEMENT) sum += f64[at]!;
    for (let at: number = row; at < end; at += LINE_BYTES / u32.BYTES_PER_ELEMENT) sum += u32[at]!;
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
    if (number >= this.#capacity) this.#grow(Math.max(number + 1, Math.ceil(this.#capacity * GROWTH)));
    this.size = number + 1;
  }

  /** Copies, so that they may be written while the numbers go on changing. */
  blocks(): Block[] {
    const stride = this.#stride;
    const all = this.#all();
    const lanes = LANE_TYPES.map((type) => {
      const columns = all
        .filter((column) => laneOf(column.type) === type)
        .map(({ name }, at) => ({ name, at }));
      return { type, stride, columns, bytes: bytesOf(this.#lanes[type], this.size * stride).slice() };
    });
    const lists = all.flatMap(({ name, column }) => {
      if (!(column instanceof List)) return [];
      const { type, width, numbers } = column;
      const bytes = bytesOf(numbers, this.size * width).slice();
      return [{ type, stride: width, columns: [{ name, at: 0 }], bytes }];
    });
    return [...lanes.filter(({ columns }) => columns.length > 0), ...lists];
  }

  /**
   * Take over the blocks of an earlier run, of a core with the same columns or with others, whose tables had `strides`.
   * A column it does not know, or a list of another length, stays zero.
   */
  restore(size: number, blocks: readonly Block[], strides: Strides): void {
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
  }

  /** The lane that has just these columns at just these places; null when none has. */
  #laneLike({ type, stride, columns }: Block, all: readonly NamedColumn<K>[]): Lane | null {
    if (stride !== this.#stride || !(type in LANES)) return null;
    const own = all.filter((column) => laneOf(column.type) === type);
    const isSame = own.length === columns.length && columns.every(({ name, at }) => own[at]?.name === name);
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

  /** With the prefixes of their sections, in the order of their places. */
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
    const types = this.#sections.flatMap(({ schema }) => Object.values(schema));
    const counts = LANE_TYPES.map((lane) => types.filter((type) => laneOf(type) === lane).length);
    this.#stride = Math.max(1, ...counts);
    this.#strides[this.#kind] = this.#stride;
    this.#lanes = lanesOf(0);
    this.#capacity = 0;
    this.#grow(ROWS_AT_FIRST);
  }

  #grow(capacity: number): void {
    const stride = this.#stride;
    const lanes = lanesOf(capacity * stride);
    for (const name of LANE_TYPES) lanes[name].set(this.#lanes[name]);
    const taken: Record<Scalar, number> = { f64: 0, u32: 0, u8: 0 };
    for (const section of this.#sections) {
      const old = section.columns as Record<string, AnyColumn<K>>;
      const columns = Object.entries(section.schema).map(([name, type]) => {
        const lane = laneOf(type);
        if (lane !== null) return [name, lanes[lane].subarray(taken[lane]++)] as const;
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

function isRow(type: ColumnType): type is RowKind {
  return type === 'home' || type === 'device' || type === 'gateway';
}

/** Null for a list, which has an array of its own. */
function laneOf(type: ColumnType): Scalar | null {
  if (isRow(type)) return 'u32';
  return type.includes('x') ? null : (type as Scalar);
}
