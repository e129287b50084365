// What the operator was answered is in the history, once and to the letter; what was not answered happened at most as
// often as it was asked. A note asked again after a kill is there once: its Idempotency-Key is in the log.

import { isDeepStrictEqual } from 'node:util';
import type { Alert } from '#core/model/alert.ts';
import { isHomeCommand } from '#core/model/command.ts';
import type { Effect } from '#core/model/effect.ts';
import type { Entry } from '#core/model/entry.ts';
import type { Ledger, Order } from './ledger.ts';

export interface OrderFigures {
  readonly orders: number;
  readonly confirmed: number;
  readonly refused: number;
  readonly unknown: number;
  /** Asked more than once, because a kill came in between. */
  readonly askedAgain: number;
  readonly notes: number;
  readonly missingNotes: number;
  readonly doubledNotes: number;
}

/** The changes that an order can end in. */
const CHANGES: Readonly<Record<Order['action'], readonly string[]>> = {
  claim: ['claimed', 'renewed'],
  release: ['released'],
  acknowledge: ['acknowledged'],
  notes: ['noted'],
  close: ['closed'],
};

export class OrderAudit {
  readonly #ledger: Ledger;
  readonly #report: (violation: string) => void;
  /** Confirmed orders by alert and version, until they are found. */
  readonly #sought = new Map<string, Order>();
  readonly #commands = new Map<string, number>();

  constructor(ledger: Ledger, report: (violation: string) => void) {
    this.#ledger = ledger;
    this.#report = report;
    for (const order of ledger.orders) {
      if (order.answer === null) continue;
      const key = `${order.alertId}#${order.answer.version}`;
      if (this.#sought.has(key)) report(`two orders were answered with the same version: ${key}`);
      this.#sought.set(key, order);
    }
  }

  take({ body, offset }: Entry, effects: readonly Effect[]): void {
    if (body.type === 'command') {
      const { command } = body;
      if (command.staffId !== this.#ledger.staffId) this.#report(`offset ${offset}: a command by a stranger`);
      if (isHomeCommand(command)) return this.#report(`offset ${offset}: nobody said anything about a home`);
      const action = command.action === 'note' ? 'notes' : command.action;
      const text =
        command.action === 'note' ? command.text : command.action === 'close' ? command.note : null;
      const key = keyOf({ action, alertId: command.alertId, text });
      this.#commands.set(key, (this.#commands.get(key) ?? 0) + 1);
    }
    for (const effect of effects) if (effect.type === 'alert') this.#seek(effect);
  }

  #seek({ change, alert }: Extract<Effect, { type: 'alert' }>): void {
    const key = `${alert.id}#${alert.version}`;
    const order = this.#sought.get(key);
    if (order === undefined) return;
    this.#sought.delete(key);
    const isSame = CHANGES[order.action].includes(change) && isDeepStrictEqual(alert, order.answer);
    if (!isSame) this.#report(`${order.action} of ${key}: the history says ${change}, or another alert`);
  }

  /** `last`: newest state of each alert. */
  finish(last: ReadonlyMap<string, Alert>): OrderFigures {
    for (const [key, { action }] of this.#sought)
      this.#report(`confirmed and not there: ${action} of ${key}`);
    this.#boundAttempts();
    const { orders } = this.#ledger;
    const countOf = (outcome: Order['outcome']): number =>
      orders.filter((order) => order.outcome === outcome).length;
    return {
      orders: orders.length,
      confirmed: countOf('ok'),
      refused: countOf('refused'),
      unknown: countOf('unknown'),
      askedAgain: orders.filter(({ attempts }) => attempts > 1).length,
      ...this.#notes(last),
    };
  }

  #boundAttempts(): void {
    const asked = new Map<string, number>();
    for (const order of this.#ledger.orders) {
      asked.set(keyOf(order), (asked.get(keyOf(order)) ?? 0) + order.attempts);
    }
    for (const [key, count] of this.#commands) {
      if (count > (asked.get(key) ?? 0))
        this.#report(`${count} commands, ${asked.get(key) ?? 0} asked: ${key}`);
    }
  }

  #notes(last: ReadonlyMap<string, Alert>): Pick<OrderFigures, 'notes' | 'missingNotes' | 'doubledNotes'> {
    const found = new Map<string, number>();
    for (const { notes } of last.values()) {
      for (const { text } of notes) found.set(text, (found.get(text) ?? 0) + 1);
    }
    const figures = { notes: 0, missingNotes: 0, doubledNotes: 0 };
    for (const { text, outcome, alertId } of this.#ledger.orders) {
      if (text === null) continue;
      const count = found.get(text) ?? 0;
      figures.notes += count;
      if (outcome === 'ok' && count === 0) {
        figures.missingNotes += 1;
        this.#report(`confirmed and not there: "${text}" at ${alertId}`);
      }
      if (count > 1) {
        figures.doubledNotes += 1;
        this.#report(`one note, there ${count} times: "${text}" at ${alertId}`);
      }
    }
    return figures;
  }
}

function keyOf({ action, alertId, text }: Pick<Order, 'action' | 'alertId' | 'text'>): string {
  return `${action} ${alertId} ${text ?? ''}`;
}
