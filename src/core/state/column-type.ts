// What a column may hold.

import type { RowKind } from './row.ts';

export const NUMBERS = {
  f64: Float64Array,
  u32: Uint32Array,
  f32: Float32Array,
  u16: Uint16Array,
  u8: Uint8Array,
} as const;
export type NumberType = keyof typeof NUMBERS;
export type Numbers = InstanceType<(typeof NUMBERS)[NumberType]>;

export type Scalar = 'f64' | 'u32' | 'u16' | 'u8';
export type ListType = `${NumberType}x${number}`;

/** A number; a row of another table (0 for none); or a list of so many numbers, `u16x24`. */
export type ColumnType = Scalar | RowKind | ListType;
export type ColumnSchema = Readonly<Record<string, ColumnType>>;

/** Of what type its numbers are, and how many there are per row. */
export interface Shape {
  readonly type: NumberType;
  readonly width: number;
}

export function shapeOf(type: ColumnType): Shape {
  if (isRow(type)) return { type: 'u32', width: 1 };
  const [scalar, width] = type.split('x');
  return { type: scalar as NumberType, width: Number(width ?? 1) };
}

export function isRow(type: ColumnType): type is RowKind {
  return type === 'home' || type === 'device' || type === 'gateway';
}

export function isList(type: ColumnType): type is ListType {
  return type.includes('x');
}
