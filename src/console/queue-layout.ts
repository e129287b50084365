// Where the rows of the queue stand, and how the list scrolls so that new rows never push away the row under the
// pointer or the chosen one. Pure arithmetic in CSS pixels; heights are fixed, which also lets the list be windowed.

import type { QueueGroup } from './store.ts';

/** Kept equal to --row-height and --group-height in console.css. */
export const ROW_HEIGHT_PX = 76;
export const GROUP_HEIGHT_PX = 34;
/** Rows drawn beyond each edge of what is visible, so that a fast wheel shows no blank. */
const OVERSCAN_PX = 6 * ROW_HEIGHT_PX;

export interface QueueLayout {
  /** Top of every row by alert id, from the top of the list. */
  readonly tops: ReadonlyMap<string, number>;
  readonly heightPx: number;
}

export interface View {
  readonly scrollTop: number;
  readonly heightPx: number;
}

export function layoutOf(groups: readonly QueueGroup[]): QueueLayout {
  const tops = new Map<string, number>();
  let top = 0;
  for (const group of groups) {
    top += GROUP_HEIGHT_PX;
    for (const alert of group.alerts) {
      tops.set(alert.id, top);
      top += ROW_HEIGHT_PX;
    }
  }
  return { tops, heightPx: top };
}

/** True when the row at `top` is near enough to be drawn: at most about 60 rows on a tall screen. */
export function isDrawn(top: number, view: View): boolean {
  return (
    top > view.scrollTop - OVERSCAN_PX - ROW_HEIGHT_PX && top < view.scrollTop + view.heightPx + OVERSCAN_PX
  );
}

function isVisible(top: number, view: View): boolean {
  return top + ROW_HEIGHT_PX > view.scrollTop && top < view.scrollTop + view.heightPx;
}

/**
 * The scroll position after a change of the list. The row that must not move: the one under the pointer, else the
 * chosen one while it is visible, else (when scrolled down) the first visible that is still there.
 */
export function anchoredScroll(
  before: QueueLayout,
  after: QueueLayout,
  view: View,
  candidates: readonly (string | null)[],
): number {
  const anchor = candidates.find((id) => id !== null && isShown(id, before, view) && after.tops.has(id));
  const id = anchor ?? (view.scrollTop > 0 ? firstVisible(before, after, view) : null);
  if (id === null || id === undefined) return view.scrollTop;
  return Math.max(0, view.scrollTop + after.tops.get(id)! - before.tops.get(id)!);
}

function isShown(id: string, layout: QueueLayout, view: View): boolean {
  const top = layout.tops.get(id);
  return top !== undefined && isVisible(top, view);
}

function firstVisible(before: QueueLayout, after: QueueLayout, view: View): string | null {
  for (const [id, top] of before.tops) if (isVisible(top, view) && after.tops.has(id)) return id;
  return null;
}

/** Scroll position that shows the row at `top` whole, below the group's sticky heading. */
export function scrollToShow(top: number, view: View): number {
  if (top - GROUP_HEIGHT_PX < view.scrollTop) return Math.max(0, top - GROUP_HEIGHT_PX);
  if (top + ROW_HEIGHT_PX > view.scrollTop + view.heightPx) return top + ROW_HEIGHT_PX - view.heightPx;
  return view.scrollTop;
}

/** Of `ids`, those whose row is above what is visible. */
export function above(ids: Iterable<string>, layout: QueueLayout, scrollTop: number): string[] {
  return [...ids].filter((id) => {
    const top = layout.tops.get(id);
    return top !== undefined && top < scrollTop;
  });
}
