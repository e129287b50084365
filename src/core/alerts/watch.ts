// The clocks of open alerts: an alert that nobody claims gets louder (30/60/180 s), a claim whose holder is idle or
// gone returns to the queue. They run on the time of the log, so they survive a crash.

import type { Alert } from '../model/alert.ts';
import { DeadlineHeap } from '../state/deadline-heap.ts';
import type { AlertBook } from './book.ts';

/** Unclaimed for so long: all operators, supervisor, outside channel (reliability G9). */
export const ESCALATION_LADDER_MS = [30_000, 60_000, 180_000] as const;
/** A holder whose last screen went away gets so long to come back (reliability G10). */
export const DESK_GONE_MS = 15_000;

const NEVER = Number.POSITIVE_INFINITY;

export class AlertWatch {
  readonly #deadlines = new DeadlineHeap();
  /** Since when a staff member has no screen; nobody who is missing here has lost one. */
  #goneSinceMs = new Map<string, number>();

  nextDueAtMs(): number {
    return this.#deadlines.nextDueAtMs();
  }

  /** The alert in `slot` changed. */
  arm(alert: Alert, slot: number): void {
    this.#deadlines.arm(slot, this.#dueAtMs(alert));
  }

  disarm(slot: number): void {
    this.#deadlines.arm(slot, NEVER);
  }

  /** Do what is due first. */
  fire(book: AlertBook): void {
    const alert = book.inSlot(this.#deadlines.pop());
    if (alert.claim !== null) book.change(alert, 'lease-lost', { handling: 'raised', claim: null });
    else book.change(alert, 'escalated', { escalationLevel: alert.escalationLevel + 1 });
  }

  /** A staff member's last screen went away, or the first one came. */
  noteDesk(book: AlertBook, staffId: string, present: boolean, nowMs: number): void {
    if (present) this.#goneSinceMs.delete(staffId);
    else this.#goneSinceMs.set(staffId, nowMs);
    for (const { alert, slot } of book.inSlots()) if (alert.claim?.staffId === staffId) this.arm(alert, slot);
  }

  /** After our own outage every holder has to show again that there is a screen. */
  doubtAllDesks(book: AlertBook, nowMs: number): void {
    for (const { alert } of book.inSlots()) {
      if (alert.claim !== null) this.#goneSinceMs.set(alert.claim.staffId, nowMs);
    }
    for (const { alert, slot } of book.inSlots()) this.arm(alert, slot);
  }

  image(): readonly (readonly [string, number])[] {
    return [...this.#goneSinceMs];
  }

  /** Before the book is restored. */
  restore(image: readonly (readonly [string, number])[]): void {
    this.#goneSinceMs = new Map(image);
  }

  #dueAtMs(alert: Alert): number {
    if (alert.claim === null) return escalationDueMs(alert);
    const goneSinceMs = this.#goneSinceMs.get(alert.claim.staffId);
    // A claim that was won without a screen has as long for one to come back.
    const shownUntilMs = Math.max(goneSinceMs ?? NEVER, alert.claim.atMs) + DESK_GONE_MS;
    return Math.min(alert.claim.expiresAtMs, shownUntilMs);
  }
}

/** Only what may be an emergency climbs the ladder; a released alert keeps its age, so it climbs at once. */
function escalationDueMs(alert: Alert): number {
  if (alert.priority > 2) return NEVER;
  const stepMs = ESCALATION_LADDER_MS[alert.escalationLevel];
  return stepMs === undefined ? NEVER : alert.raisedAtMs + stepMs;
}
