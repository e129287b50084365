// Columns of numbers indexed by a dense number (home, device, gateway): compact, no garbage, and a snapshot is a
// copy. A column array is replaced when the table grows, so read it through `table.columns` and never keep it.
// A column `u16x24` holds 24 numbers per row: those of row `i` begin at `i * 24`.

const CONSTRUCTORS = {
  f64: Float64Array,
  f32: Float32Array,
  u32: Uint32Array,
  u16: Uint16Array,
  u8: Uint8Array,
} as const;

type Scalar = keyof typeof CONSTRUCTORS;
export type ColumnType = Scalar | `${Scalar}x${number}`;
type ScalarOf<T extends ColumnType> = T extends `${infer S extends Scalar}x${number}` ? S : T & Scalar;
export type ColumnSchema = Readonly<Record<string, ColumnType>>;
export type ColumnArray = Float64Array | Float32Array | Uint32Array | Uint16Array | Uint8Array;
export type Columns<S extends ColumnSchema> = {
  [K in keyof S]: InstanceType<(typeof CONSTRUCTORS)[ScalarOf<S[K]>]>;
};

/** One column of a table as bytes, for the snapshot. */
export interface ColumnImage {
  readonly name: string;
  readonly type: ColumnType;
  readonly bytes: Uint8Array;
}

export class Table<S extends ColumnSchema> {
  readonly #schema: S;
  #capacity = 0;
  /** Rows in use are `0 … size - 1`; row 0 is never a real home, device or gateway. */
  size = 0;
  columns: Columns<S>;

  constructor(schema: S) {
    this.#schema = schema;
    this.columns = this.#allocate(16);
  }

  /** Make row `index` usable; new rows are all zero. */
  ensure(index: number): void {
    if (index < this.size) return;
    if (index >= this.#capacity) {
      const old: Record<string, ColumnArray> = this.columns;
      const grown: Record<string, ColumnArray> = this.#allocate(
        Math.max(index + 1, Math.ceil(this.#capacity * 1.5)),
      );
      for (const name of Object.keys(this.#schema)) grown[name]!.set(old[name]!);
      this.columns = grown as Columns<S>;
    }
    this.size = index + 1;
  }

  images(): ColumnImage[] {
    const columns: Record<string, ColumnArray> = this.columns;
    return Object.entries(this.#schema).map(([name, type]) => {
      const used = columns[name]!.subarray(0, this.size * widthOf(type));
      return { name, type, bytes: new Uint8Array(used.buffer, used.byteOffset, used.byteLength) };
    });
  }

  /** Take over images of an earlier run. A column it does not know, or of another type, stays zero. */
  restore(size: number, images: readonly ColumnImage[]): void {
    if (size > 0) this.ensure(size - 1);
    const columns: Record<string, ColumnArray> = this.columns;
    for (const image of images) {
      if (this.#schema[image.name] !== image.type) continue;
      const column = columns[image.name]!;
      const target = new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
      target.set(image.bytes.subarray(0, target.byteLength));
    }
  }

  #allocate(capacity: number): Columns<S> {
    this.#capacity = capacity;
    // Built at once: an object that gets more than a dozen properties by computed names becomes a hash table in V8, and
    // every look at a column a search (measured: the whole core five times slower).
    const columns = Object.fromEntries(
      Object.entries(this.#schema).map(([name, type]) => [
        name,
        new CONSTRUCTORS[scalarOf(type)](capacity * widthOf(type)),
      ]),
    );
    return columns as Columns<S>;
  }
}

function scalarOf(type: ColumnType): Scalar {
  return type.split('x')[0] as Scalar;
}

/** Numbers per row. */
function widthOf(type: ColumnType): number {
  return Number(type.split('x')[1] ?? 1);
}
