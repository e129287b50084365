// Goal: the row that an operator is about to press never moves away under the pointer.

import { describe, expect, it } from 'vitest';

import {
  above,
  anchoredScroll,
  GROUP_HEIGHT_PX,
  isDrawn,
  layoutOf,
  ROW_HEIGHT_PX,
  scrollToShow,
} from '#console/queue-layout.ts';
import { queueOf } from '#console/store.ts';
import { sos } from './messages.ts';

const VIEW = { scrollTop: 0, heightPx: 600 };
const id = (number: number): string => sos(number).id;
/** Higher numbers are older, so they stand above. */
const layout = (...numbers: number[]) => layoutOf(queueOf(numbers.map((number) => sos(number))));

describe('layout of the queue', () => {
  it('puts rows under the heading of their group', () => {
    expect([...layout(1, 2).tops.values()]).toEqual([GROUP_HEIGHT_PX, GROUP_HEIGHT_PX + ROW_HEIGHT_PX]);
    expect(layout(1, 2).heightPx).toBe(GROUP_HEIGHT_PX + 2 * ROW_HEIGHT_PX);
  });

  it('scrolls by as much as the row under the pointer moved', () => {
    expect(anchoredScroll(layout(1, 2), layout(1, 2, 9), VIEW, [id(1), null])).toBe(ROW_HEIGHT_PX);
    expect(anchoredScroll(layout(1, 2, 9), layout(1, 2), { ...VIEW, scrollTop: 80 }, [id(1)])).toBe(
      80 - ROW_HEIGHT_PX,
    );
  });

  it('prefers the pointer to the chosen row, and a row that is still there', () => {
    const before = layout(1, 5);
    const after = layout(1, 5, 7);
    expect(anchoredScroll(before, after, VIEW, [id(5), id(1)])).toBe(ROW_HEIGHT_PX);
    expect(anchoredScroll(before, layout(1, 7, 9), VIEW, [id(5), id(1)])).toBe(ROW_HEIGHT_PX);
  });

  it('shows new rows at the top when nobody points at anything', () => {
    expect(anchoredScroll(layout(1), layout(1, 9), VIEW, [null, null])).toBe(0);
  });

  it('keeps the place of somebody who has scrolled down', () => {
    const many = Array.from({ length: 40 }, (_, n) => n + 1);
    const view = { scrollTop: 1_000, heightPx: 600 };
    expect(anchoredScroll(layout(...many), layout(...many, 90, 91), view, [null])).toBe(
      1_000 + 2 * ROW_HEIGHT_PX,
    );
  });

  it('does not follow a chosen row that is out of sight', () => {
    const many = Array.from({ length: 40 }, (_, n) => n + 1);
    expect(anchoredScroll(layout(...many), layout(...many, 90), VIEW, [id(1)])).toBe(0);
  });

  it('draws far fewer rows than there are', () => {
    const view = { scrollTop: 10_000, heightPx: 1_400 };
    const tops = [...layout(...Array.from({ length: 500 }, (_, n) => n + 1)).tops.values()];
    const drawn = tops.filter((top) => isDrawn(top, view));
    expect(drawn.length).toBeLessThan(60);
    for (const top of tops) if (top > 10_000 && top < 11_400) expect(drawn).toContain(top);
  });

  it('brings a row into sight, clear of the sticky heading', () => {
    expect(scrollToShow(100, { scrollTop: 300, heightPx: 600 })).toBe(100 - GROUP_HEIGHT_PX);
    expect(scrollToShow(900, VIEW)).toBe(900 + ROW_HEIGHT_PX - 600);
    expect(scrollToShow(300, VIEW)).toBe(0);
  });

  it('knows which rows came in above', () => {
    expect(above([id(9), id(1), 'gone'], layout(1, 9), 100)).toEqual([id(9)]);
  });
});
