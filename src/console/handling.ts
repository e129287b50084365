// What staff do with alerts. Never optimistic: an order is shown as pending until the server has answered, and a
// refusal says why and who holds it. A claim is renewed while its holder works on it, at most every 30 s.

import { type ReadonlySignal, type Signal, signal } from '@preact/signals';

import type { Alert } from '#core/model/alert.ts';
import type { Outcome } from '#core/model/command.ts';
import type { AlertOrder, Answer, Api } from './api.ts';
import { hasWord, type Parameters, t, word } from './language.ts';
import { applyAnswer, type DeskState, nextToClaim } from './store.ts';
import type { Key } from './zh.ts';

/** What was answered last, for the status line; said in the language of the moment. */
export interface Remark {
  readonly tone: 'info' | 'problem';
  readonly key: Key;
  readonly parameters: Parameters;
}

export interface HandlingOptions {
  readonly api: Api;
  readonly state: Signal<DeskState>;
  readonly myStaffId: () => string | null;
  readonly nameOf: (staffId: string) => string | null;
  readonly now: () => number;
  readonly onExpired: () => void;
}

export interface Handling {
  /** Actions without an answer yet, by alert id. */
  readonly pending: ReadonlySignal<ReadonlyMap<string, AlertOrder['action']>>;
  readonly remark: Signal<Remark | null>;
  /** True when the claim of this alert is mine. */
  holds(alert: Alert): boolean;
  /** True when it is mine now. */
  claim(id: string): Promise<boolean>;
  /** Claims what Space claims and returns its id; null when there is nothing or it was refused. */
  claimNext(preferredId: string | null): Promise<string | null>;
  acknowledge(id: string): Promise<boolean>;
  release(id: string): Promise<boolean>;
  note(id: string, text: string): Promise<boolean>;
  close(id: string, outcome: Outcome, note: string | null): Promise<boolean>;
  /** The operator pressed a key or moved the pointer while `alert` was open. */
  touch(alert: Alert | null): void;
  say(tone: Remark['tone'], key: Key, parameters?: Parameters): void;
}

/** A quarter of the lease of 120 s: three renewals may fail before the claim is lost. */
export const RENEWAL_MS = 30_000;

export function createHandling(options: HandlingOptions): Handling {
  return new AlertHandling(options);
}

/** Resolves, and never rejects, as the answer of the service does. */
interface Wish {
  readonly action: AlertOrder['action'];
  readonly done: Promise<boolean>;
}

class AlertHandling implements Handling {
  readonly pending = signal<ReadonlyMap<string, AlertOrder['action']>>(new Map());
  readonly remark = signal<Remark | null>(null);
  readonly #options: HandlingOptions;
  /** When the lease was last renewed by an order of ours, by alert id. */
  readonly #renewedAtMs = new Map<string, number>();
  /** Orders that are under way or wait for their turn, by alert id. */
  readonly #wishes = new Map<string, readonly Wish[]>();

  constructor(options: HandlingOptions) {
    this.#options = options;
  }

  holds(alert: Alert): boolean {
    return alert.claim !== null && alert.claim.staffId === this.#options.myStaffId();
  }

  claim(id: string): Promise<boolean> {
    return this.#order(id, { action: 'claim' });
  }

  async claimNext(preferredId: string | null): Promise<string | null> {
    const next = nextToClaim(this.#options.state.value.alerts, preferredId);
    if (next === null) {
      this.say('info', 'answer.nothingToClaim');
      return null;
    }
    return (await this.claim(next.id)) ? next.id : null;
  }

  acknowledge(id: string): Promise<boolean> {
    return this.#withToken(id, (token) => ({ action: 'acknowledge', token }));
  }

  async release(id: string): Promise<boolean> {
    const alert = this.#options.state.value.alerts.get(id);
    const isDone = await this.#withToken(id, (token) => ({ action: 'release', token }));
    if (isDone && alert !== undefined)
      this.say('info', 'answer.released', { kind: word('kind', alert.kind) });
    return isDone;
  }

  async note(id: string, text: string): Promise<boolean> {
    const isDone = await this.#order(id, { action: 'notes', text });
    if (isDone) this.say('info', 'answer.noted');
    return isDone;
  }

  async close(id: string, outcome: Outcome, note: string | null): Promise<boolean> {
    const alert = this.#options.state.value.alerts.get(id);
    const isDone = await this.#withToken(id, (token) => ({ action: 'close', token, outcome, note }));
    if (isDone && alert !== undefined) this.say('info', 'answer.closed', { kind: word('kind', alert.kind) });
    return isDone;
  }

  touch(alert: Alert | null): void {
    if (alert === null || alert.claim === null || !this.holds(alert) || this.pending.value.has(alert.id))
      return;
    const renewedAtMs = this.#renewedAtMs.get(alert.id) ?? Number.NEGATIVE_INFINITY;
    if (this.#options.now() - renewedAtMs < RENEWAL_MS) return;
    this.#renewedAtMs.set(alert.id, this.#options.now());
    void this.#renew(alert.id);
  }

  say(tone: Remark['tone'], key: Key, parameters: Parameters = {}): void {
    this.remark.value = { tone, key, parameters };
  }

  async #renew(id: string): Promise<void> {
    // Silent while it works: nothing changed for the operator. A refusal is told.
    this.#take(await this.#options.api.order(id, { action: 'claim' }));
  }

  async #withToken(id: string, orderOf: (token: number) => AlertOrder): Promise<boolean> {
    const alert = this.#options.state.value.alerts.get(id);
    if (alert === undefined || alert.claim === null || !this.holds(alert)) {
      this.say('problem', 'answer.claimFirst');
      return false;
    }
    return this.#order(id, orderOf(alert.claim.token));
  }

  /** One after the other for each alert: who closes while the acknowledgement is under way means both. */
  async #order(id: string, order: AlertOrder): Promise<boolean> {
    const wishes = this.#wishes.get(id) ?? [];
    // A second press while the first is under way, or waits, is the same wish.
    if (wishes.some(({ action }) => action === order.action)) return false;
    const before = wishes.at(-1);
    const send = (): Promise<boolean> => this.#send(id, order);
    const done = before === undefined ? send() : before.done.then(send);
    const wish: Wish = { action: order.action, done };
    this.#wishes.set(id, [...wishes, wish]);
    const isDone = await done;
    const left = this.#wishes.get(id)!.filter((other) => other !== wish);
    if (left.length > 0) this.#wishes.set(id, left);
    else this.#wishes.delete(id);
    return isDone;
  }

  async #send(id: string, order: AlertOrder): Promise<boolean> {
    this.remark.value = null;
    this.pending.value = new Map(this.pending.value).set(id, order.action);
    const answer = await this.#options.api.order(id, order);
    const pending = new Map(this.pending.value);
    pending.delete(id);
    this.pending.value = pending;
    if (answer.ok && order.action !== 'close') this.#renewedAtMs.set(id, this.#options.now());
    return this.#take(answer);
  }

  #take(answer: Answer<Alert>): boolean {
    if (answer.ok) {
      this.#options.state.value = applyAnswer(this.#options.state.value, answer.value);
      return true;
    }
    if (answer.code === 'session-expired') this.#options.onExpired();
    this.#refuse(answer.code, answer.heldBy);
    return false;
  }

  #refuse(code: string, heldBy: string | null): void {
    const key = `answer.${code}`;
    if (!hasWord(key)) return this.say('problem', 'answer.failed', { code });
    const name = heldBy === null ? t('row.heldUnknown') : (this.#options.nameOf(heldBy) ?? heldBy);
    this.say('problem', key, { name });
  }
}
