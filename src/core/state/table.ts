// Numbers of homes, devices or gateways, without garbage: each kind of number is a column, read by the row it belongs
// to. All numbers of one row that are equally wide lie beside each other, in a lane, because whoever is heard of has
// most of them read at once, and at 100,000 homes every further line of the cache is a wait (docs/bench.md). So a row
// is not `1, 2, 3 …` but the place at which it begins in every lane, and lanes of a table have one stride.
// Columns are replaced when the table grows, so read them through `table.columns` and never keep them.

import type { Row, RowKind } from './row.ts';

const LANES = { f64: Float64Array, u32: Uint32Array, u8: Uint8Array } as const;
type Scalar = keyof typeof LANES;
type Lane = InstanceType<(typeof LANES)[Scalar]>;

/** Of images only: cores before 6 had them as columns. */
const IMAGES = { ...LANES, f32: Float32Array, u16: Uint16Array } as const;
type ImageScalar = keyof typeof IMAGES;
type Numbers = InstanceType<(typeof IMAGES)[ImageScalar]>;
type ListType = `${ImageScalar}x${number}`;

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

/** One column of a table as bytes, for the snapshot: by number, rows of other tables as their numbers. */
export interface ColumnImage {
  readonly name: string;
  readonly type: ImageScalar | ListType;
  readonly bytes: Uint8Array;
}

/** How far apart the rows of each table are, filled in by the tables: a column may hold rows of another one. */
export type Strides = Record<RowKind, number>;

export function noStrides(): Strides {
  return { home: 1, device: 1, gateway: 1 };
}

/** So many numbers per row. */
export class List<K extends RowKind> {
  readonly #numbers: Numbers;
  readonly #width: number;
  readonly #stride: number;

  constructor(numbers: Numbers, width: number, stride: number) {
    this.#numbers = numbers;
    this.#width = width;
    this.#stride = stride;
  }

  get(row: Row<K>, at: number): number {
    return this.#numbers[(row / this.#stride) * this.#width + at]!;
  }

  set(row: Row<K>, at: number, value: number): void {
    this.#numbers[(row / this.#stride) * this.#width + at] = value;
  }

  fill(row: Row<K>, value: number): void {
    for (let at = 0; at < this.#width; at++) this.set(row, at, value);
  }

  /** All numbers of a row times `factor`. */
  scale(row: Row<K>, factor: number): void {
    for (let at = 0; at < this.#width; at++) this.set(row, at, this.get(row, at) * factor);
  }

  /** All numbers of all rows, for images and for growing. */
  get numbers(): Numbers {
    return this.#numbers;
  }
}

/** Columns that belong together: those of the table's facts, or of one rule. */
export class Section<S extends ColumnSchema, K extends RowKind> {
  readonly schema: S;
  columns: Columns<S, K>;

  constructor(schema: S) {
    this.schema = schema;
    this.columns = {} as Columns<S, K>;
  }
}

type AnySection<K extends RowKind> = Section<ColumnSchema, K>;
type AnyColumn<K extends RowKind> = Lane | List<K>;

/** Twice the room would be thrown away in a table of a million rows; whoever restores a snapshot knows the size. */
const GROWTH = 1.2;
const ROWS_AT_FIRST = 16;

export class Table<S extends ColumnSchema, K extends RowKind> extends Section<S, K> {
  readonly #kind: K;
  readonly #strides: Strides;
  readonly #sections: AnySection<K>[];
  #lanes = lanesOf(0);
  #capacity = 0;
  /** Numbers in use are `0 … size - 1`; 0 is never a real home, device or gateway. */
  size = 0;

  constructor(kind: K, schema: S, strides: Strides) {
    super(schema);
    this.#kind = kind;
    this.#strides = strides;
    this.#sections = [this as unknown as AnySection<K>];
    this.#layOut();
  }

  /** More columns for each row. @throws Error once there are rows: their places are given out. */
  attach<T extends ColumnSchema>(schema: T): Section<T, K> {
    if (this.size > 0) throw new Error('a table with rows takes no further columns');
    const section = new Section<T, K>(schema);
    this.#sections.push(section as unknown as AnySection<K>);
    this.#layOut();
    return section;
  }

  row(number: number): Row<K> {
    return (number * this.#strides[this.#kind]) as Row<K>;
  }

  number(row: Row<K>): number {
    return row / this.#strides[this.#kind];
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

  images(section: Section<ColumnSchema, K> = this as unknown as AnySection<K>): ColumnImage[] {
    return Object.entries(section.schema).map(([name, type]) => {
      const column = (section.columns as Record<string, AnyColumn<K>>)[name]!;
      const numbers = column instanceof List ? this.#listed(column, type) : this.#gathered(column, type);
      return {
        name,
        type: imageTypeOf(type),
        bytes: new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength),
      };
    });
  }

  /** Take over images of an earlier run. A column it does not know, or a list of another length, stays zero. */
  restore(
    size: number,
    images: readonly ColumnImage[],
    section: Section<ColumnSchema, K> = this as unknown as AnySection<K>,
  ): void {
    if (size > 0) this.ensure(size - 1);
    for (const { name, type, bytes } of images) {
      const known = section.schema[name];
      if (known === undefined || widthOf(known) !== widthOf(type)) continue;
      // Copied: the bytes of a file need not lie where numbers may.
      const numbers = new IMAGES[scalarOf(type)](new Uint8Array(bytes).buffer);
      const column = (section.columns as Record<string, AnyColumn<K>>)[name]!;
      if (column instanceof List) column.numbers.set(numbers.subarray(0, column.numbers.length));
      else this.#scatter(numbers, column, known);
    }
  }

  #gathered(column: Lane, type: ColumnType): Numbers {
    const stride = this.#strides[this.#kind];
    const unit = isRow(type) ? this.#strides[type] : 1;
    const numbers = new IMAGES[scalarOf(imageTypeOf(type))](this.size);
    for (let number = 0; number < this.size; number++) numbers[number] = column[number * stride]! / unit;
    return numbers;
  }

  #scatter(numbers: Numbers, column: Lane, type: ColumnType): void {
    const stride = this.#strides[this.#kind];
    const unit = isRow(type) ? this.#strides[type] : 1;
    const count = Math.min(numbers.length, this.size);
    for (let number = 0; number < count; number++) column[number * stride] = numbers[number]! * unit;
  }

  #listed(list: List<K>, type: ColumnType): Numbers {
    return list.numbers.subarray(0, this.size * widthOf(type));
  }

  /** Give every column its place. */
  #layOut(): void {
    const types = this.#sections.flatMap(({ schema }) => Object.values(schema));
    const counts = (Object.keys(LANES) as Scalar[]).map(
      (lane) => types.filter((type) => laneOf(type) === lane).length,
    );
    this.#strides[this.#kind] = Math.max(1, ...counts);
    this.#lanes = lanesOf(0);
    this.#capacity = 0;
    this.#grow(ROWS_AT_FIRST);
  }

  #grow(capacity: number): void {
    const stride = this.#strides[this.#kind];
    const lanes = lanesOf(capacity * stride);
    for (const name of Object.keys(LANES) as Scalar[]) lanes[name].set(this.#lanes[name]);
    const taken: Record<Scalar, number> = { f64: 0, u32: 0, u8: 0 };
    for (const section of this.#sections) {
      const old = section.columns as Record<string, AnyColumn<K>>;
      const columns = Object.entries(section.schema).map(([name, type]) => {
        const lane = laneOf(type);
        if (lane !== null) return [name, lanes[lane].subarray(taken[lane]++)] as const;
        return [name, this.#listFor(type, capacity, old[name] as List<K> | undefined)] as const;
      });
      // Built at once: an object that gets more than a dozen properties by computed names becomes a hash table in V8,
      // and every look at a column a search (measured: the whole core five times slower).
      section.columns = Object.fromEntries(columns) as Columns<ColumnSchema, K>;
    }
    this.#lanes = lanes;
    this.#capacity = capacity;
  }

  #listFor(type: ColumnType, capacity: number, old: List<K> | undefined): List<K> {
    const width = widthOf(type);
    const numbers = new IMAGES[scalarOf(imageTypeOf(type))](capacity * width);
    if (old !== undefined && this.#capacity > 0) numbers.set(old.numbers);
    return new List(numbers, width, this.#strides[this.#kind]);
  }
}

function lanesOf(length: number): { readonly [N in Scalar]: InstanceType<(typeof LANES)[N]> } {
  return { f64: new Float64Array(length), u32: new Uint32Array(length), u8: new Uint8Array(length) };
}

function isRow(type: ColumnType): type is RowKind {
  return type === 'home' || type === 'device' || type === 'gateway';
}

/** Null for a list, which has an array of its own. */
function laneOf(type: ColumnType): Scalar | null {
  if (isRow(type)) return 'u32';
  return type.includes('x') ? null : (type as Scalar);
}

function imageTypeOf(type: ColumnType): ColumnImage['type'] {
  return isRow(type) ? 'u32' : type;
}

function scalarOf(type: ColumnImage['type']): ImageScalar {
  return type.split('x')[0] as ImageScalar;
}

/** Numbers per row. */
function widthOf(type: ColumnType | ColumnImage['type']): number {
  return isRow(type as ColumnType) ? 1 : Number(type.split('x')[1] ?? 1);
}
