// A cursor names an effect, `offset:index`. Cursors are ordered by offset, then index: as numbers, never as
// text. Anything that does not look like one is treated as "no cursor": the screen then gets a snapshot.

export interface Cursor {
  readonly offset: number;
  readonly index: number;
}

/** 15 and 9 digits: safe integers with room; longer digits are somebody's invention. */
const PATTERN = /^(\d{1,15}):(\d{1,9})$/;

export function parseCursor(text: string): Cursor | null {
  const match = PATTERN.exec(text);
  return match ? { offset: Number(match[1]), index: Number(match[2]) } : null;
}

/** Negative when `a` is older than `b`, 0 when they are the same effect. */
export function compareCursors(a: Cursor, b: Cursor): number {
  return a.offset - b.offset || a.index - b.index;
}
