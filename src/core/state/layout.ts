// Where in a row the columns of a table lie. What nearly every reading asks for lies first in its lane, so that few
// lines of the cache are waited for, and few are read ahead.

import { type ColumnType, laneOf, type Scalar } from './column-type.ts';

type PerLane = Readonly<Record<Scalar, number>>;

export interface Layout {
  /** By name: where in a row of its lane a column lies. Lists lie in no lane. */
  readonly places: ReadonlyMap<string, number>;
  /** Length of a row in every lane: that of the longest. */
  readonly stride: number;
  /** How many columns at the beginning of each lane are often read. */
  readonly often: PerLane;
}

/** `types`: of all columns by name; `often`: names of those often read, others are passed over. */
export function layOut(types: ReadonlyMap<string, ColumnType>, often: readonly string[]): Layout {
  const first = often.filter((name) => types.has(name));
  const places = new Map<string, number>();
  const taken = { f64: 0, u32: 0, u8: 0 };
  const place = (name: string): void => {
    const lane = laneOf(types.get(name)!);
    if (lane !== null && !places.has(name)) places.set(name, taken[lane]++);
  };
  first.forEach(place);
  const oftenTaken = { ...taken };
  [...types.keys()].forEach(place);
  return { places, stride: Math.max(1, ...Object.values(taken)), often: oftenTaken };
}
