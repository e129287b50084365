// The open alerts. One alert per cause and one open alert per episode: a further cause counts up, it is never a
// second alert and never silent. Every change makes a new `Alert` of the next version and one effect.

import type { Alert, AlertChange, AlertKind, Explanation, Priority } from '../model/alert.ts';
import type { EffectBody } from '../model/effect.ts';
import type { Image } from '../state/image.ts';
import { BookPages, type OpenAlert, readBookPages } from './book-pages.ts';

/** Ids of closed alerts that are remembered, so that a cause which comes again very late does not ring again. */
export const CLOSED_REMEMBERED = 10_000;

export interface Cause {
  readonly rule: string;
  readonly kind: AlertKind;
  readonly priority: Priority;
  /** What the alert is about within the rule: only one alert per subject is open. */
  readonly subject: string;
  /** Device event or due time: the same cause always makes the same alert id. */
  readonly cause: string;
  /**
   * The cause is a report that a device made: one that comes again is a copy and no news. Whatever else a rule
   * raises it raises once per episode, and an episode may begin when one began that is over: it rings again.
   */
  readonly isReport?: true;
  /** 0 where no home is known. */
  readonly home: number;
  readonly homeId: string | null;
  readonly districtCode: string;
  readonly gatewayId: string | null;
  readonly deviceId: string | null;
  readonly room: string | null;
  readonly lateByMs: number;
  readonly explanation: Explanation;
}

/** What is not in the pages (book-pages.ts). */
export interface BookImage {
  /** Of a snapshot before format 5, in the order they were raised. */
  readonly open?: readonly Omit<OpenAlert, 'order'>[];
  readonly closed: readonly string[];
  readonly freeSlots: readonly number[];
}

export interface BookEvents {
  emit(effect: EffectBody): void;
  /** The alert in `slot` was raised or changed. */
  onOpen(alert: Alert, slot: number): void;
  onClosed(slot: number): void;
}

export class AlertBook {
  readonly #open = new Map<string, OpenAlert>();
  readonly #idBySubject = new Map<string, string>();
  readonly #idBySlot: string[] = [];
  readonly #pages = new BookPages((slot) => this.#slot(slot));
  #lastOrder = 0;
  #freeSlots: number[] = [];
  readonly #closed = new Set<string>();
  readonly #events: BookEvents;
  readonly #nowMs: () => number;

  constructor(nowMs: () => number, events: BookEvents) {
    this.#nowMs = nowMs;
    this.#events = events;
  }

  get openCount(): number {
    return this.#open.size;
  }

  /** All open alerts in the order they were raised. */
  open(): Alert[] {
    return Array.from(this.#open.values(), ({ alert }) => alert);
  }

  /** The same with their slots. */
  inSlots(): Iterable<Readonly<Pick<OpenAlert, 'alert' | 'slot'>>> {
    return this.#open.values();
  }

  get(alertId: string): Alert | undefined {
    return this.#open.get(alertId)?.alert;
  }

  inSlot(slot: number): Alert {
    return this.#slot(slot)!.alert;
  }

  /** Number of the home that an open alert is about; 0 for none. */
  homeOf(alertId: string): number {
    return this.#open.get(alertId)?.home ?? 0;
  }

  isClosed(alertId: string): boolean {
    return this.#closed.has(alertId);
  }

  /** Raise, or count up the alert that is open for the same subject. */
  raise(cause: Cause): void {
    const subject = subjectKey(cause.rule, cause.subject);
    const causeId = alertIdOf(cause);
    const ofSubject = this.#openOf(subject, cause.home);
    if (cause.isReport && (ofSubject === causeId || this.#closed.has(causeId))) return;
    // Should another subject ever make the same id, it counts up: an open alert is never written over.
    const openId = ofSubject ?? (this.#open.has(causeId) ? causeId : undefined);
    if (openId !== undefined) return this.#repeat(this.get(openId)!, cause);
    this.#leaveBehind(subject);
    const id = this.#unused(causeId);
    const alert = freshAlert(id, cause, this.#nowMs());
    const page = { alert, subject, home: cause.home, ...this.#place() };
    this.#write(page);
    this.#events.emit({ type: 'alert', change: 'raised', alert });
    this.#events.onOpen(alert, page.slot);
  }

  /** The condition is gone. `restore`: nobody needs to look any more, so an alert that nobody holds closes itself. */
  clear(rule: string, subject: string, restore: boolean): void {
    const id = this.#idBySubject.get(subjectKey(rule, subject));
    const alert = id === undefined ? undefined : this.get(id);
    if (alert === undefined || alert.condition === 'cleared') return;
    const cleared = { condition: 'cleared', clearedAtMs: this.#nowMs() } as const;
    if (restore && alert.handling === 'raised') {
      const outcome = { code: 'TECHNICAL', detail: 'restored' } as const;
      this.change(alert, 'restored', { ...cleared, handling: 'closed', outcome, closedAtMs: this.#nowMs() });
    } else this.change(alert, 'cleared', cleared);
  }

  /** Apply a change, next version, and say so. Closed alerts leave the book. */
  change(alert: Alert, change: AlertChange, fields: Partial<Alert>): void {
    const page = this.#open.get(alert.id)!;
    const changed: Alert = { ...alert, ...fields, updatedAtMs: this.#nowMs(), version: alert.version + 1 };
    page.alert = changed;
    this.#pages.noteChanged(page.slot);
    this.#events.emit({ type: 'alert', change, alert: changed });
    if (changed.handling === 'closed') this.#erase(page);
    else this.#events.onOpen(changed, page.slot);
  }

  /** Take in an open alert of an earlier core version that this one would not have raised (ADR 0003). */
  adopt(alert: Alert): void {
    const page = { alert, subject: `adopted~${alert.id}`, ...this.#place() };
    this.#write(page);
    this.#events.onOpen(alert, page.slot);
  }

  image(): BookImage {
    return { closed: [...this.#closed], freeSlots: this.#freeSlots };
  }

  /** The open alerts. */
  images(): Image[] {
    return this.#pages.images();
  }

  /** The work of `images` ahead, a little at a time. */
  encodeAhead(): Generator<void> {
    return this.#pages.encodeAhead();
  }

  restore({ open, closed, freeSlots }: BookImage, images: readonly Image[]): void {
    const alerts = open?.map((each, index) => ({ ...each, order: index + 1 })) ?? readBookPages(images);
    for (const each of alerts.sort((a, b) => a.order - b.order)) {
      this.#write(each);
      this.#events.onOpen(each.alert, each.slot);
      this.#lastOrder = each.order;
    }
    for (const id of closed) this.#closed.add(id);
    this.#freeSlots = [...freeSlots];
  }

  #slot(slot: number): OpenAlert | undefined {
    const open = this.#open.get(this.#idBySlot[slot] ?? '');
    return open?.slot === slot ? open : undefined;
  }

  #place(): Pick<OpenAlert, 'slot' | 'order'> {
    return { slot: this.#freeSlots.pop() ?? this.#idBySlot.length, order: ++this.#lastOrder };
  }

  /**
   * The open alert about it. Not that of another home, where the device stood before, or of none, when nobody knew yet
   * where it stands: a press would count up there, and help be sent to the wrong door.
   */
  #openOf(subject: string, home: number): string | undefined {
    const id = this.#idBySubject.get(subject);
    const before = id === undefined ? undefined : this.#open.get(id)?.home;
    return before === undefined || home === 0 || before === home ? id : undefined;
  }

  /** The open alert of the home where it stood before is about that home alone: else a restored book finds it again. */
  #leaveBehind(subject: string): void {
    const page = this.#open.get(this.#idBySubject.get(subject) ?? '');
    if (page === undefined) return;
    this.#idBySubject.delete(subject);
    page.subject = `left~${page.alert.id}`;
    this.#write(page);
  }

  #unused(causeId: string): string {
    let id = causeId;
    for (let episode = 2; this.#closed.has(id) || this.#open.has(id); episode++) id = `${causeId}~${episode}`;
    return id;
  }

  #repeat(alert: Alert, cause: Cause): void {
    const returned = alert.condition === 'cleared';
    this.change(alert, returned ? 'returned' : 'repeated', {
      ...(returned ? ({ condition: 'active', clearedAtMs: null } as const) : {}),
      causeCount: alert.causeCount + 1,
      // A priority never falls without a person (invariant I15).
      priority: Math.min(alert.priority, cause.priority) as Priority,
      explanation: cause.explanation,
    });
  }

  #write(page: OpenAlert): void {
    this.#open.set(page.alert.id, page);
    this.#idBySubject.set(page.subject, page.alert.id);
    this.#idBySlot[page.slot] = page.alert.id;
    this.#pages.noteChanged(page.slot);
  }

  #erase(page: OpenAlert): void {
    this.#open.delete(page.alert.id);
    this.#idBySubject.delete(page.subject);
    this.#freeSlots.push(page.slot);
    this.#closed.add(page.alert.id);
    if (this.#closed.size > CLOSED_REMEMBERED) this.#closed.delete(this.#closed.values().next().value!);
    this.#events.onClosed(page.slot);
  }
}

/**
 * A device is known by its gateway and its name there: two gateways of one home may each have a button `sos` that
 * counts its presses from 1, and the second press must not be taken for the first.
 */
function alertIdOf({ homeId, gatewayId, deviceId, rule, cause }: Cause): string {
  const device = deviceId === null ? '' : `${gatewayId ?? 'unknown'}~${deviceId}~`;
  return `${homeId ?? gatewayId ?? 'unknown'}~${rule}~${device}${cause}`;
}

function subjectKey(rule: string, subject: string): string {
  return `${rule}~${subject}`;
}

function freshAlert(id: string, cause: Cause, nowMs: number): Alert {
  return {
    id,
    kind: cause.kind,
    rule: cause.rule,
    priority: cause.priority,
    homeId: cause.homeId,
    districtCode: cause.districtCode,
    gatewayId: cause.gatewayId,
    deviceId: cause.deviceId,
    room: cause.room,
    condition: 'active',
    handling: 'raised',
    raisedAtMs: nowMs,
    updatedAtMs: nowMs,
    clearedAtMs: null,
    closedAtMs: null,
    lateByMs: cause.lateByMs,
    causeCount: 1,
    escalationLevel: 0,
    claim: null,
    notes: [],
    outcome: null,
    closedBy: null,
    explanation: cause.explanation,
    version: 1,
  };
}
