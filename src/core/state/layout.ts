// Where in a row of a table its columns lie. What nearly every reading asks for lies first, so that few lines of the
// cache are waited for, and few are read ahead.

import { type ColumnType, NUMBERS, shapeOf } from './column-type.ts';
import { ROW_UNIT_BYTES } from './row.ts';

export interface Layout {
  /** By name: how many bytes into a row the column lies. */
  readonly places: ReadonlyMap<string, number>;
  /** Length of a row, in its units. */
  readonly stride: number;
  /** How many bytes at the beginning of a row are often read. */
  readonly oftenBytes: number;
}

/** `types`: of all columns by name; `often`: names of those often read, others are passed over. */
export function layOut(types: ReadonlyMap<string, ColumnType>, often: readonly string[]): Layout {
  const sizeOf = (name: string): number => NUMBERS[shapeOf(types.get(name)!).type].BYTES_PER_ELEMENT;
  const first = often.filter((name) => types.has(name));
  const others = [...types.keys()].filter((name) => !first.includes(name));
  const places = new Map<string, number>();
  let end = 0;
  const place = (name: string): void => {
    const size = sizeOf(name);
    const at = Math.ceil(end / size) * size;
    places.set(name, at);
    end = at + size * shapeOf(types.get(name)!).width;
  };
  // Wide ones first, then narrow ones, then wide ones again: no gaps, for each lies at a multiple of its width.
  first.toSorted((a, b) => sizeOf(b) - sizeOf(a)).forEach(place);
  const oftenBytes = end;
  others.toSorted((a, b) => sizeOf(a) - sizeOf(b)).forEach(place);
  return { places, stride: Math.max(1, Math.ceil(end / ROW_UNIT_BYTES)), oftenBytes };
}
