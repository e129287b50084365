// The live queue. Windowed: only rows near the visible part are in the page, at fixed heights. New rows never move
// the row under the pointer or the chosen one; what came in above is counted in "3 new ↑".

import type { RefObject } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

import { useDesk } from './desk-context.ts';
import { t, word } from './language.ts';
import { QueueFilter } from './queue-filter.tsx';
import {
  above,
  anchoredScroll,
  GROUP_HEIGHT_PX,
  isDrawn,
  layoutOf,
  type QueueLayout,
  ROW_HEIGHT_PX,
  scrollToShow,
  type View,
} from './queue-layout.ts';
import { QueueRow } from './queue-row.tsx';
import { isUnclaimed, type QueueGroup } from './store.ts';

export function Queue() {
  const { queue } = useDesk();
  const groups = queue.groups.value;
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const pointerId = useRef<string | null>(null);
  const layout = layoutOf(groups);
  const [view, setView] = useView(scroller);
  const fresh = useSteadyRows({ scroller, list, layout, pointerId, cursorId: queue.cursorId.value, setView });
  useCursorInSight(scroller, layout, queue.cursorId.value);
  return (
    <section class="queue" id="queue" tabIndex={-1} aria-label={t('queue.title')}>
      <QueueHead newCount={fresh} onShowNew={() => scroller.current?.scrollTo({ top: 0 })} />
      <div
        class="queue-scroller"
        ref={scroller}
        onPointerOver={(event) => {
          pointerId.current = rowIdOf(event.target);
        }}
        onPointerLeave={() => {
          pointerId.current = null;
        }}
      >
        <div ref={list}>
          {groups.map((group) => (
            <Group key={group.priority} group={group} layout={layout} view={view} />
          ))}
        </div>
        {groups.length === 0 && <EmptyQueue />}
      </div>
    </section>
  );
}

interface QueueHeadProps {
  readonly newCount: number;
  readonly onShowNew: () => void;
}

function QueueHead({ newCount, onShowNew }: QueueHeadProps) {
  const { queue, feed } = useDesk();
  const unclaimed = queue.unclaimed.value.reduce((sum, one) => sum + one, 0);
  return (
    <header class="queue-head">
      <h2>{t('queue.title')}</h2>
      {newCount > 0 && (
        <button type="button" class="primary queue-new" onClick={onShowNew} data-testid="queue-new">
          {t('queue.new', { count: newCount })} ↑
        </button>
      )}
      <span class="queue-count" data-testid="queue-count">
        {t('queue.count', { count: feed.state.value.alerts.size, unclaimed })}
      </span>
      <QueueFilter />
    </header>
  );
}

function EmptyQueue() {
  const { feed, queue } = useDesk();
  if (queue.hiddenCount.value > 0) return null;
  if (feed.link.value === 'lost') return <p class="empty">{t('queue.emptyLost')}</p>;
  if (feed.state.value.cursor === null) return <p class="empty">{t('queue.loading')}</p>;
  return (
    <div class="empty" data-testid="queue-empty">
      <strong>{t('queue.empty')}</strong>
      <p>{t('queue.emptyText')}</p>
    </div>
  );
}

interface GroupProps {
  readonly group: QueueGroup;
  readonly layout: QueueLayout;
  readonly view: View;
}

function Group({ group, layout, view }: GroupProps) {
  const { alerts, priority } = group;
  const unclaimed = alerts.filter(isUnclaimed).length;
  const firstTop = layout.tops.get(alerts[0]!.id)!;
  return (
    <section aria-labelledby={`group-${priority}`}>
      <h3 class={`group p${priority}`} id={`group-${priority}`} style={{ height: `${GROUP_HEIGHT_PX}px` }}>
        <span>
          {priority} {word('priority', String(priority))}
        </span>
        <span class="group-count">{t('queue.count', { count: alerts.length, unclaimed })}</span>
      </h3>
      <ol class="rows" style={{ height: `${alerts.length * ROW_HEIGHT_PX}px` }}>
        {alerts.map((alert, index) => {
          const top = layout.tops.get(alert.id)!;
          if (!isDrawn(top, view)) return null;
          return (
            <QueueRow
              key={alert.id}
              alert={alert}
              topPx={top - firstTop}
              position={index + 1}
              size={alerts.length}
            />
          );
        })}
      </ol>
    </section>
  );
}

function rowIdOf(target: EventTarget | null): string | null {
  return target instanceof Element
    ? (target.closest<HTMLElement>('[data-alert]')?.dataset['alert'] ?? null)
    : null;
}

/** What part of the list is visible; follows scrolling and the size of the window. */
function useView(scroller: RefObject<HTMLDivElement | null>): [View, (view: View) => void] {
  const [view, setView] = useState<View>({ scrollTop: 0, heightPx: 800 });
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const read = (): void => setView(viewOf(element));
    element.addEventListener('scroll', read, { passive: true });
    const observer = new ResizeObserver(read);
    observer.observe(element);
    return () => {
      element.removeEventListener('scroll', read);
      observer.disconnect();
    };
  }, []);
  return [view, setView];
}

function viewOf(element: HTMLElement): View {
  return { scrollTop: element.scrollTop, heightPx: element.clientHeight };
}

interface SteadyRows {
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly list: RefObject<HTMLDivElement | null>;
  readonly layout: QueueLayout;
  readonly pointerId: { readonly current: string | null };
  readonly cursorId: string | null;
  readonly setView: (view: View) => void;
}

/** Scrolls by as much as the anchor row moved, before anything is painted. Returns how many new rows are above. */
function useSteadyRows({ scroller, list, layout, pointerId, cursorId, setView }: SteadyRows): number {
  const before = useRef(layout);
  const unseen = useRef(new Set<string>());
  useLayoutEffect(() => {
    const element = scroller.current;
    const previous = before.current;
    before.current = layout;
    if (element === null || list.current === null || isSame(previous, layout)) return;
    const view = viewOf(element);
    const top = anchoredScroll(previous, layout, view, [pointerId.current, cursorId]);
    // A short list cannot scroll unless it is made long enough to.
    list.current.style.minHeight = top > 0 ? `${top + view.heightPx}px` : '';
    element.scrollTop = top;
    for (const id of layout.tops.keys()) if (!previous.tops.has(id)) unseen.current.add(id);
    setView(viewOf(element));
  });
  // What is in sight has been seen; what is below needs no arrow up.
  const scrollTop = scroller.current?.scrollTop ?? 0;
  unseen.current = new Set(above(unseen.current, layout, scrollTop));
  return unseen.current.size;
}

function isSame(a: QueueLayout, b: QueueLayout): boolean {
  if (a.tops.size !== b.tops.size) return false;
  for (const [id, top] of a.tops) if (b.tops.get(id) !== top) return false;
  return true;
}

/** Moving with the keyboard brings the row into sight and the focus onto it. */
function useCursorInSight(
  scroller: RefObject<HTMLDivElement | null>,
  layout: QueueLayout,
  cursorId: string | null,
): void {
  useLayoutEffect(() => {
    const element = scroller.current;
    const top = cursorId === null ? undefined : layout.tops.get(cursorId);
    if (element !== null && top !== undefined) element.scrollTop = scrollToShow(top, viewOf(element));
  }, [cursorId]);
}
