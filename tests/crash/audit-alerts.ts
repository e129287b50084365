// Promise P2, by a model of its own that shares nothing with the core: a press opens an alert of its device and kind or
// counts up the one that is open; only a named person closes it. Every press has its one change, no id rings twice.

import { isDeepStrictEqual } from 'node:util';
import type { Alert } from '#core/model/alert.ts';
import type { Effect } from '#core/model/effect.ts';
import type { Entry, ObservationBody } from '#core/model/entry.ts';
import type { Ledger, SentReading } from './ledger.ts';
import type { StoredAlert } from './stored-files.ts';

export interface AlertFigures {
  readonly alerts: number;
  readonly presses: number;
  readonly missingAlerts: number;
  readonly doubledAlerts: number;
}

interface OpenAlert {
  readonly id: string;
  causeCount: number;
}

type AlertEffect = Extract<Effect, { type: 'alert' }>;

const RING_CHANGES: ReadonlySet<string> = new Set(['raised', 'repeated', 'returned']);

function isRing(effect: Effect): effect is AlertEffect {
  return effect.type === 'alert' && effect.alert.rule === 'emergency' && RING_CHANGES.has(effect.change);
}

export class AlertAudit {
  readonly #ledger: Ledger;
  readonly #report: (violation: string) => void;
  /** By kind, gateway and device. */
  readonly #open = new Map<string, OpenAlert>();
  readonly #subjectOf = new Map<string, string>();
  readonly #raised = new Set<string>();
  /** Alerts that were listed and have that version in their history. */
  readonly #confirmed = new Set<string>();
  /** Newest state of each alert. */
  readonly last = new Map<string, Alert>();
  #presses = 0;
  #missing = 0;
  #doubled = 0;

  constructor(ledger: Ledger, report: (violation: string) => void) {
    this.#ledger = ledger;
    this.#report = report;
  }

  take(entry: Entry, effects: readonly Effect[]): void {
    const { body, offset } = entry;
    const sent = body.type === 'observation' ? this.#ledger.readings.get(String(body.eventId)) : undefined;
    const rings = effects.filter(isRing);
    if (sent?.emergency != null) {
      this.#press(offset, body as ObservationBody, sent, rings);
    } else if (rings.length > 0) {
      this.#doubled += rings.length;
      this.#report(`offset ${offset}: an alert rings without a press`);
    }
    for (const effect of effects) if (effect.type === 'alert') this.#note(entry, effect);
  }

  #press(
    offset: number,
    { gateway, deviceId, eventId }: ObservationBody,
    { homeId, gatewayId, emergency: kind }: SentReading,
    rings: readonly AlertEffect[],
  ): void {
    this.#presses += 1;
    const subject = `${kind} ${gateway} ${deviceId}`;
    const open = this.#open.get(subject);
    const id = open?.id ?? `${homeId}~emergency~${gatewayId}~${deviceId}~${kind}~${eventId}`;
    const causeCount = (open?.causeCount ?? 0) + 1;
    this.#open.set(subject, { id, causeCount });
    this.#subjectOf.set(id, subject);
    if (rings.length === 0) {
      this.#missing += 1;
      this.#report(`offset ${offset}: the press ${eventId} rings nowhere`);
    }
    for (const ring of rings) {
      const isRight = ring.alert.id === id && ring.alert.causeCount === causeCount;
      if (!isRight) this.#report(`offset ${offset}: ${ring.alert.id} (${ring.alert.causeCount}), not ${id}`);
    }
    if (rings.length > 1) {
      this.#doubled += rings.length - 1;
      this.#report(`offset ${offset}: one press rings ${rings.length} times`);
    }
  }

  #note(entry: Entry, { change, alert }: AlertEffect): void {
    const version = this.last.get(alert.id)?.version ?? 0;
    if (alert.version !== version + 1) this.#report(`${alert.id}: version ${version}, then ${alert.version}`);
    if (change === 'raised') {
      if (this.#raised.has(alert.id)) {
        this.#doubled += 1;
        this.#report(`raised twice: ${alert.id}`);
      }
      this.#raised.add(alert.id);
    }
    this.last.set(alert.id, alert);
    if (alert.handling === 'closed' && alert.rule === 'emergency') this.#closed(entry, alert);
    const listed = this.#ledger.listed.get(alert.id);
    if (listed?.version !== alert.version) return;
    this.#confirmed.add(alert.id);
    if (!isDeepStrictEqual(listed, alert)) this.#report(`${alert.id} is listed otherwise than it is`);
  }

  #closed({ body, offset }: Entry, alert: Alert): void {
    const isByPerson =
      body.type === 'command' &&
      body.command.action === 'close' &&
      body.command.alertId === alert.id &&
      body.command.staffId === this.#ledger.staffId &&
      alert.closedBy === this.#ledger.staffId;
    if (!isByPerson) this.#report(`offset ${offset}: ${alert.id} was closed by nobody`);
    this.#open.delete(this.#subjectOf.get(alert.id) ?? '');
  }

  /** `table`: what the service answers from; null when it is not up to the log. */
  finish(table: readonly StoredAlert[] | null, isFinal: boolean): AlertFigures {
    let causes = 0;
    for (const { causeCount, rule } of this.last.values()) if (rule === 'emergency') causes += causeCount;
    if (causes !== this.#presses) this.#report(`${this.#presses} presses are counted as ${causes} causes`);
    if (table !== null) this.#compare(table);
    const { size: alerts } = this.#raised;
    if (isFinal && (this.#confirmed.size !== alerts || this.#ledger.listed.size !== alerts)) {
      const { size: listed } = this.#ledger.listed;
      this.#report(
        `${alerts} alerts, ${listed} listed by the API, ${this.#confirmed.size} of them in the history`,
      );
    }
    return {
      ...{ alerts, presses: this.#presses },
      ...{ missingAlerts: this.#missing, doubledAlerts: this.#doubled },
    };
  }

  #compare(table: readonly StoredAlert[]): void {
    if (table.length !== this.last.size) {
      this.#report(`the table has ${table.length} alerts, the history ${this.last.size}`);
    }
    for (const { id, body } of table) {
      if (body !== JSON.stringify(this.last.get(id)))
        this.#report(`${id}: the table is not its newest state`);
    }
  }
}
