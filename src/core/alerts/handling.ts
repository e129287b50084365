// What staff do with alerts, decided by the order of the log: of two claims the first in the log wins, and an order
// given on a lost claim is refused by its fencing token. Only a named person closes a life-safety alert.

import type { Alert, Claim } from '../model/alert.ts';
import { type AlertCommand, type CommandRefusal, isOutcome } from '../model/command.ts';
import type { EffectBody } from '../model/effect.ts';
import type { AlertBook } from './book.ts';

/** A holder who does nothing for so long has left the alert alone (reliability G10, domain section 4). */
export const CLAIM_IDLE_MS = 120_000;

export interface Handling {
  readonly book: AlertBook;
  readonly nowMs: number;
  /** Offset of the command: the fencing token of a claim it wins. */
  readonly offset: number;
  emit(effect: EffectBody): void;
}

export function applyCommand(handling: Handling, command: AlertCommand): void {
  const alert = handling.book.get(command.alertId);
  if (alert === undefined) {
    const refusal = handling.book.isClosed(command.alertId) ? 'already-closed' : 'no-such-alert';
    refuse(handling, command, refusal, null);
    return;
  }
  switch (command.action) {
    case 'claim':
      return claim(handling, alert, command);
    case 'note':
      return note(handling, alert, command);
    default:
      return asHolder(handling, alert, command);
  }
}

function claim(handling: Handling, alert: Alert, command: AlertCommand): void {
  const held = alert.claim;
  if (held !== null && held.staffId !== command.staffId) {
    refuse(handling, command, 'held-by-other', held.staffId);
    return;
  }
  if (held !== null) {
    handling.book.change(alert, 'renewed', { claim: renewed(held, handling.nowMs) });
    return;
  }
  const won: Claim = {
    staffId: command.staffId,
    token: handling.offset,
    atMs: handling.nowMs,
    expiresAtMs: handling.nowMs + CLAIM_IDLE_MS,
  };
  handling.book.change(alert, 'claimed', { handling: 'claimed', claim: won });
}

function note(handling: Handling, alert: Alert, command: AlertCommand & { action: 'note' }): void {
  const mine = alert.claim !== null && alert.claim.staffId === command.staffId;
  const { key, staffId, text } = command;
  const isWritten =
    key !== undefined && alert.notes.some((note) => note.key === key && note.staffId === staffId);
  const added = { atMs: handling.nowMs, staffId, text, ...(key === undefined ? {} : { key }) };
  handling.book.change(alert, 'noted', {
    notes: isWritten ? alert.notes : [...alert.notes, added],
    ...(mine ? { claim: renewed(alert.claim!, handling.nowMs) } : {}),
  });
}

type HolderCommand = Exclude<AlertCommand, { action: 'claim' } | { action: 'note' }>;

function asHolder(handling: Handling, alert: Alert, command: HolderCommand): void {
  const held = alert.claim;
  if (held === null) return refuse(handling, command, 'not-claimed', null);
  if (held.staffId !== command.staffId) return refuse(handling, command, 'held-by-other', held.staffId);
  if (held.token !== command.token) return refuse(handling, command, 'claim-lost', held.staffId);
  switch (command.action) {
    case 'release':
      handling.book.change(alert, 'released', { handling: 'raised', claim: null });
      return;
    case 'acknowledge':
      handling.book.change(alert, 'acknowledged', {
        handling: 'in-progress',
        claim: renewed(held, handling.nowMs),
      });
      return;
    case 'close':
      return close(handling, alert, command);
  }
}

function close(handling: Handling, alert: Alert, command: AlertCommand & { action: 'close' }): void {
  if (!isOutcome(command.outcome.code, command.outcome.detail)) {
    return refuse(handling, command, 'bad-outcome', null);
  }
  const note = { atMs: handling.nowMs, staffId: command.staffId, text: command.note ?? '' };
  handling.book.change(alert, 'closed', {
    handling: 'closed',
    claim: null,
    closedAtMs: handling.nowMs,
    closedBy: command.staffId,
    outcome: command.outcome,
    notes: command.note === null ? alert.notes : [...alert.notes, note],
  });
}

function renewed(claim: Claim, nowMs: number): Claim {
  return { ...claim, expiresAtMs: nowMs + CLAIM_IDLE_MS };
}

function refuse(
  handling: Handling,
  command: AlertCommand,
  refusal: CommandRefusal,
  heldBy: string | null,
): void {
  const { alertId, staffId } = command;
  handling.emit({ type: 'command-refused', alertId, staffId, refusal, heldBy });
}
