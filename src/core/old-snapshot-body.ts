// The tables of older snapshots as blocks of today. They are in the folder of every service that is updated.

import { NUMBERS, type NumberType } from './state/column-type.ts';
import type { Block } from './state/table.ts';

export interface Sized {
  readonly byteLength: number;
}

/** Of the formats before 3: every column by itself, in number order, and those of each rule as a table. */
export interface OldTableHead {
  readonly table: string;
  readonly size: number;
  readonly columns: readonly (Sized & { readonly name: string; readonly type: string })[];
}

/** With the bytes of its columns. */
export interface OldTable {
  readonly table: string;
  readonly size: number;
  readonly columns: readonly { readonly name: string; readonly type: string; readonly bytes: Uint8Array }[];
}

/**
 * Of format 3: columns of one width beside each other, `at` and `stride` counted in numbers; or a list by itself, whose
 * stride is its width.
 */
export interface LanesHead extends Sized {
  readonly type: NumberType;
  readonly stride: number;
  readonly columns: readonly { readonly name: string; readonly at: number }[];
}

/** A lane or a list of format 3. No lane had but one column. */
export function rowsOf({
  type,
  stride,
  columns,
  bytes,
}: Omit<LanesHead, keyof Sized> & Pick<Block, 'bytes'>): Block {
  const size = NUMBERS[type].BYTES_PER_ELEMENT;
  const width = columns.length === 1 ? stride : 1;
  return {
    stride: stride * size,
    columns: columns.map(({ name, at }) => ({ name, type, width, at: at * size })),
    bytes,
  };
}

/** The columns of `name` and those that rules had for it. */
export function blocksOf(name: string, tables: readonly OldTable[]): Block[] {
  return tables
    .filter(({ table }) => table === name || table.endsWith(`/${name}`))
    .flatMap(({ table, columns }) => columns.map((column) => blockOf(table.slice(0, -name.length), column)));
}

function blockOf(prefix: string, { name, type, bytes }: OldTable['columns'][number]): Block {
  const [scalar, width] = type.split('x');
  const columns = [{ name: prefix + name, at: 0 }];
  return rowsOf({ type: scalar as NumberType, stride: Number(width ?? 1), columns, bytes });
}
