// What a column may hold, and in which lane of its table it lies.

import type { RowKind } from './row.ts';

export const LANES = { f64: Float64Array, u32: Uint32Array, u8: Uint8Array } as const;
export type Scalar = keyof typeof LANES;
export const LANE_TYPES = Object.keys(LANES) as Scalar[];
export type Lane = InstanceType<(typeof LANES)[Scalar]>;

/** Of lists, and of images of cores before 6. */
export const IMAGES = { ...LANES, f32: Float32Array, u16: Uint16Array } as const;
export type ImageScalar = keyof typeof IMAGES;
export type Numbers = InstanceType<(typeof IMAGES)[ImageScalar]>;
export type ListType = `${ImageScalar}x${number}`;

/** A number; a row of another table (0 for none); or a list of so many numbers, `u16x24`. */
export type ColumnType = Scalar | RowKind | ListType;
export type ColumnSchema = Readonly<Record<string, ColumnType>>;

/** Null for a list, which has an array of its own. */
export function laneOf(type: ColumnType): Scalar | null {
  if (isRow(type)) return 'u32';
  return type.includes('x') ? null : (type as Scalar);
}

export function isRow(type: ColumnType): type is RowKind {
  return type === 'home' || type === 'device' || type === 'gateway';
}
