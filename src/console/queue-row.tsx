// One alert in the queue. The row itself is a button that opens it; claiming has a button of its own.

import { memo } from 'preact/compat';
import { useEffect, useRef } from 'preact/hooks';

import type { DeskAlert } from '#core/model/desk-message.ts';
import { useDesk } from './desk-context.ts';
import { duration, stopwatch, t, word } from './language.ts';
import { PrioritySign } from './mark.tsx';
import { isUnclaimed } from './store.ts';

/** Later than this is marked (contract of `lateByMs`). */
const LATE_MS = 10 * 60_000;

export interface QueueRowProps {
  readonly alert: DeskAlert;
  readonly topPx: number;
  readonly position: number;
  readonly size: number;
}

export function QueueRow({ alert, topPx, position, size }: QueueRowProps) {
  const desk = useDesk();
  const { queue } = desk;
  const isCursor = queue.cursorId.value === alert.id;
  const isOpen = queue.openId.value === alert.id;
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    // Not while somebody types a note or a filter: the row may become the cursor by a claim.
    if (isCursor && isFocusFree()) button.current?.focus({ preventScroll: true });
  }, [isCursor]);
  const classes = ['row', `p${alert.priority}`, isUnclaimed(alert) ? 'is-unclaimed' : 'is-held'];
  if (isCursor) classes.push('is-cursor');
  if (isOpen) classes.push('is-open');
  return (
    <li
      class={classes.join(' ')}
      style={{ transform: `translateY(${topPx}px)` }}
      data-alert={alert.id}
      aria-posinset={position}
      aria-setsize={size}
    >
      <button
        type="button"
        class="row-main"
        data-row=""
        ref={button}
        aria-current={isOpen ? 'true' : undefined}
        onClick={() => queue.open(alert.id)}
      >
        <PrioritySign priority={alert.priority} isBlinking={isUnclaimed(alert) && alert.priority <= 2} />
        <RowText alert={alert} />
        <span class="row-time">
          <span class="visually-hidden">{t('row.waiting')} </span>
          <Waiting sinceMs={alert.raisedAtMs} />
        </span>
      </button>
      <Holder alert={alert} />
    </li>
  );
}

function isFocusFree(): boolean {
  const focused = document.activeElement;
  return focused === null || focused === document.body || focused.closest('.queue-scroller, #queue') !== null;
}

function RowText({ alert }: { readonly alert: DeskAlert }) {
  return (
    <span class="row-text">
      <span class="row-line">
        <span class="visually-hidden">
          {t('row.priority', { priority: alert.priority, word: word('priority', String(alert.priority)) })}
        </span>
        <strong>{word('kind', alert.kind)}</strong>
        <Chips alert={alert} />
      </span>
      <span class="row-line">
        <span class="row-name">{alert.home?.maskedElderName ?? t('row.noHome')}</span>
        {alert.home?.age != null && <span class="row-age">{t('row.age', { age: alert.home.age })}</span>}
        {alert.room !== null && <span class="row-age">{word('room', alert.room)}</span>}
      </span>
      <span class="row-line row-place">{placeOf(alert)}</span>
    </span>
  );
}

function placeOf(alert: DeskAlert): string {
  if (alert.home !== null) return `${alert.home.districtName} ${alert.home.maskedAddress}`;
  return [alert.gatewayId, alert.deviceId].filter(Boolean).join(' / ') || alert.districtCode;
}

export function Chips({ alert }: { readonly alert: DeskAlert }) {
  return (
    <>
      {alert.causeCount > 1 && (
        <span class="chip chip-count" title={t('row.causes', { count: alert.causeCount })}>
          ×{alert.causeCount}
        </span>
      )}
      {alert.escalationLevel > 0 && isUnclaimed(alert) && (
        <span class="chip chip-escalated">{t('row.escalated', { level: alert.escalationLevel })}</span>
      )}
      {alert.lateByMs > LATE_MS && (
        <span class="chip">{t('row.late', { duration: duration(alert.lateByMs) })}</span>
      )}
      {alert.condition === 'cleared' && <span class="chip">{t('row.cleared')}</span>}
    </>
  );
}

export const Waiting = memo(function Waiting({ sinceMs }: { readonly sinceMs: number }) {
  return <time>{stopwatch(useDesk().feed.nowMs.value - sinceMs)}</time>;
});

function Holder({ alert }: { readonly alert: DeskAlert }) {
  const desk = useDesk();
  const isPending = desk.handling.pending.value.has(alert.id);
  if (isPending) return <span class="row-holder is-pending">{t('action.pending')}</span>;
  if (isUnclaimed(alert)) {
    return (
      <button type="button" class="row-holder row-claim" onClick={() => void desk.claim(alert.id)}>
        {t('row.claim')}
      </button>
    );
  }
  if (desk.handling.holds(alert)) {
    return (
      <span class="row-holder is-mine">
        {t('row.heldByMe')} <Remaining untilMs={alert.claim?.expiresAtMs ?? 0} />
      </span>
    );
  }
  return <span class="row-holder">{holderText(alert, desk.session.nameOf)}</span>;
}

export function holderText(alert: DeskAlert, nameOf: (staffId: string) => string | null): string {
  if (alert.claim === null) return t('row.heldUnknown');
  return t('row.heldBy', { name: nameOf(alert.claim.staffId) ?? alert.claim.staffId });
}

export const Remaining = memo(function Remaining({ untilMs }: { readonly untilMs: number }) {
  return <time>{stopwatch(untilMs - useDesk().feed.nowMs.value)}</time>;
});
