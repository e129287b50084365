// One operator with several hands: claims what the screen shows, notes, acknowledges, closes or gives back. An order
// without an answer is `unknown` and goes again with the same Idempotency-Key until something answers, as the console
// does it. What was answered is kept with the whole alert, to be found in the history to the letter.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Alert } from '#core/model/alert.ts';
import type { Random } from '../../simulators/random.ts';
import type { Ledger, Order, OrderAction } from './ledger.ts';
import type { Screen } from './screen.ts';

export interface OperatorOptions {
  readonly httpPort: number;
  readonly cookie: string;
  readonly ledger: Ledger;
  readonly screen: Screen;
  readonly random: Random;
}

const HANDS = 3;
const PAUSE_MS = 25;
const ANSWER_LIMIT_MS = 5_000;
/** Share of claimed alerts that are given back instead of closed. */
const RELEASED = 0.12;

type Reply =
  | { readonly type: 'ok'; readonly alert: Alert }
  | { readonly type: 'refused'; readonly code: string }
  /** It may have happened. */
  | { readonly type: 'unknown' }
  /** Nobody listened: it did not happen. */
  | { readonly type: 'unsent' };

export class Operator {
  readonly #options: OperatorOptions;
  readonly #busy = new Set<string>();
  /** Asked to be closed: a screen that is still catching up after a kill may show it as open for a moment. */
  readonly #closed = new Set<string>();
  #isStopping = false;
  #isAbandoned = false;
  #count = 0;
  #running: Promise<unknown> | null = null;

  constructor(options: OperatorOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = Promise.all(Array.from({ length: HANDS }, () => this.#work()));
  }

  /** Finishes the orders that are under way. The service has to be up. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#running;
  }

  /** Drops what is under way: its outcome stays unknown. */
  abandon(): void {
    this.#isStopping = true;
    this.#isAbandoned = true;
  }

  async #work(): Promise<void> {
    while (!this.#isStopping) {
      const alertId = this.#pick();
      if (alertId === null) await sleep(PAUSE_MS);
      else {
        this.#busy.add(alertId);
        await this.#handle(alertId);
        this.#busy.delete(alertId);
      }
    }
  }

  #pick(): string | null {
    const free: string[] = [];
    for (const [id, { handling }] of this.#options.screen.open) {
      if (handling === 'raised' && !this.#busy.has(id) && !this.#closed.has(id)) free.push(id);
    }
    return free.length === 0 ? null : this.#options.random.pick(free);
  }

  async #handle(alertId: string): Promise<void> {
    const { random } = this.#options;
    const claimed = await this.#order('claim', alertId, {}, null);
    const token = claimed?.claim?.token;
    if (token === undefined) return;
    for (let notes = random.whole(0, 2); notes > 0; notes -= 1) {
      const text = this.#text();
      if ((await this.#order('notes', alertId, { text }, text)) === null) return;
    }
    if (random.chance(0.5) && (await this.#order('acknowledge', alertId, { token }, null)) === null) return;
    if (random.chance(RELEASED)) {
      await this.#order('release', alertId, { token }, null);
      return;
    }
    const note = random.chance(0.5) ? this.#text() : null;
    const outcome = { code: 'WELFARE_OK', detail: 'spoke-to-elder' };
    this.#closed.add(alertId);
    await this.#order('close', alertId, { token, ...outcome, ...(note === null ? {} : { note }) }, note);
  }

  #text(): string {
    this.#count += 1;
    return `note ${this.#count}`;
  }

  /** The alert as answered; null when it was refused. */
  async #order(
    action: OrderAction,
    alertId: string,
    body: object,
    text: string | null,
  ): Promise<Alert | null> {
    const { ledger } = this.#options;
    const order: Order = {
      ...{ action, alertId, text, attempts: 0 },
      ...{ outcome: 'unknown' as const, refusal: null, answer: null },
    };
    ledger.orders.push(order);
    const key = `order-${ledger.orders.length}`;
    while (!this.#isAbandoned) {
      // Counted before: an audit may come while the answer is on its way.
      order.attempts += 1;
      const reply = await this.#send(action, alertId, body, key);
      if (reply.type === 'unsent') order.attempts -= 1;
      if (reply.type === 'ok' || reply.type === 'refused') return settle(ledger, order, reply);
      await sleep(PAUSE_MS);
    }
    return null;
  }

  async #send(action: OrderAction, alertId: string, body: object, key: string): Promise<Reply> {
    const { httpPort, cookie } = this.#options;
    const url = `http://127.0.0.1:${httpPort}/api/v1/alerts/${encodeURIComponent(alertId)}/${action}`;
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { cookie, 'content-type': 'application/json', 'idempotency-key': key },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
      });
      const answer = (await response.json()) as { alert?: Alert; code?: string };
      if (response.ok) return { type: 'ok', alert: answer.alert! };
      if (response.status >= 500) return { type: 'unknown' };
      return { type: 'refused', code: answer.code ?? String(response.status) };
    } catch (error) {
      const { cause } = error as { cause?: { code?: string } };
      return { type: cause?.code === 'ECONNREFUSED' ? 'unsent' : 'unknown' };
    }
  }
}

function settle(
  ledger: Ledger,
  order: Order,
  reply: Extract<Reply, { type: 'ok' | 'refused' }>,
): Alert | null {
  order.outcome = reply.type;
  if (reply.type === 'ok') {
    order.answer = reply.alert;
    return reply.alert;
  }
  order.refusal = reply.code;
  if (!isExpected(order)) {
    ledger.violations.push(`operator: ${order.action} of ${order.alertId} refused: ${reply.code}`);
  }
  return null;
}

/** The first try of an order without an answer may have done the work: then the second comes too late. */
function isExpected({ action, attempts, refusal }: Order): boolean {
  if (attempts < 2) return false;
  return (
    (action === 'close' && refusal === 'already-closed') ||
    (action === 'release' && refusal === 'not-claimed')
  );
}
