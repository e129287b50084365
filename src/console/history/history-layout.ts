// Measures that raster and charts share, so that an hour is above the same hour.

import type { TimeMark } from './zone-clock.ts';

/** Left of the plot: room for the longest room name of the dictionaries. */
export const NAMES_PX = 84;
/** Right of the plot: half of the sign of an alert that was raised just now. */
export const EDGE_PX = 8;
/** A label of the time axis is about so wide. */
const LABEL_PX = 46;

/** The marks that have room for their label, from the left. */
export function roomyMarks(
  marks: readonly TimeMark[],
  xOf: (atMs: number) => number,
  widthPx: number,
): TimeMark[] {
  let freeFromPx = 0;
  return marks.filter(({ atMs }) => {
    const x = xOf(atMs);
    const isRoomy = x >= freeFromPx && x + LABEL_PX / 2 <= widthPx + EDGE_PX;
    if (isRoomy) freeFromPx = x + LABEL_PX;
    return isRoomy;
  });
}
