// The life of every alert: versions grow by one, raised once, closed stays closed, one open alert per subject, causes
// counted, claims held by one person and given back in time, the ladder climbed in time, life-safety alerts closed by a
// named person only; and what staff were answered is in the history.

import type { Alert } from '#core/model/alert.ts';
import type { AlertEffect, Effect } from '#core/model/effect.ts';
import type { Entry } from '#core/model/entry.ts';
import { BOUNDS } from './bounds.ts';
import { overlapMs, union } from './spans.ts';
import type { Span, Truth } from './truth.ts';
import type { Verdict } from './verdict.ts';

/** Nobody needs to look any more when they are restored: things, and who lies in bed again. */
const RESTORABLE: ReadonlySet<string> = new Set([
  'away-too-long',
  'out-of-bed',
  'unseen-home',
  'long-unheard',
  'gateway-silent',
  'device-silent',
  'low-battery',
  'sensor-stuck',
  'tamper',
  'door-open',
  'door-unchanged',
  'temperature',
  'missed-test',
  'missed-checkin',
  'drift',
]);
const CAUSES: ReadonlySet<string> = new Set(['repeated', 'returned']);
const FREED: ReadonlySet<string> = new Set(['released', 'lease-lost']);
/** A tick may wait for the next commit. */
const TICK_SLACK_MS = 2_000;

export class HandlingAudit {
  readonly #verdict: Verdict;
  readonly #truth: Truth;
  readonly #outages: readonly Span[];
  readonly #last = new Map<string, Alert>();
  readonly #openBySubject = new Map<string, string>();
  readonly #seen = new Set<string>();
  /** Open alerts with a clock running. */
  readonly #open = new Map<string, Alert>();

  /** When an alert that was held came back to the queue: a rung that was due meanwhile is climbed then. */
  readonly #freedAtMs = new Map<string, number>();

  /** Reported once each. */
  readonly #overdue = new Set<string>();

  constructor(truth: Truth, verdict: Verdict) {
    this.#truth = truth;
    this.#verdict = verdict;
    this.#outages = union(truth.outages);
  }

  take(entry: Entry, effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.type !== 'alert') continue;
      this.#checkChange(entry, effect);
      const { alert } = effect;
      this.#seen.add(`${alert.id} ${alert.version}`);
      this.#last.set(alert.id, alert);
      if (FREED.has(effect.change)) this.#freedAtMs.set(alert.id, alert.updatedAtMs);
      if (alert.handling === 'closed') this.#open.delete(alert.id);
      else this.#open.set(alert.id, alert);
    }
    for (const alert of this.#open.values()) this.#checkClocks(alert, entry.atMs);
  }

  /** `shown`: what the alert store lists as open; null when it could not be asked. */
  finish(shown: readonly Alert[] | null): void {
    for (const { alertId, version, atMs } of this.#truth.answers) {
      this.#verdict.count('answers');
      if (!this.#seen.has(`${alertId} ${version}`))
        this.#verdict.report(
          'lost',
          null,
          atMs,
          `staff was answered ${alertId} version ${version}; it is nowhere`,
        );
    }
    if (shown === null) return;
    const text = (alerts: Iterable<Alert>): string =>
      JSON.stringify([...alerts].sort((a, b) => (a.id < b.id ? -1 : 1)));
    if (text(shown) !== text(this.#open.values()))
      this.#verdict.report('disorder', null, 0, 'the alert store does not list what is open');
  }

  #checkChange(entry: Entry, { change, alert }: AlertEffect): void {
    const before = this.#last.get(alert.id);
    const wrong = (text: string): void =>
      this.#verdict.report('disorder', alert.homeId, entry.atMs, `${alert.id} ${change}: ${text}`);
    if (alert.version !== (before?.version ?? 0) + 1)
      wrong(`version ${before?.version ?? 0} then ${alert.version}`);
    if (change === 'raised') this.#checkRaised(entry, alert, before);
    else if (before === undefined) wrong('was never raised');
    if (before === undefined) return;
    if (before.handling === 'closed') wrong('was closed already');
    if (alert.causeCount !== before.causeCount + (CAUSES.has(change) ? 1 : 0))
      wrong('counts its causes wrongly');
    if (alert.priority > before.priority) wrong('lost priority without a person');
    this.#checkHolder(entry, { type: 'alert', change, alert }, before, wrong);
  }

  #checkRaised(entry: Entry, alert: Alert, before: Alert | undefined): void {
    this.#verdict.count(`raised ${alert.kind}`);
    const subject = `${alert.rule} ${alert.kind} ${alert.homeId} ${alert.gatewayId} ${alert.deviceId}`;
    const open = this.#openBySubject.get(subject);
    if (before !== undefined)
      this.#verdict.report('doubled', alert.homeId, entry.atMs, `${alert.id} raised again`);
    if (open !== undefined && this.#open.has(open))
      this.#verdict.report('doubled', alert.homeId, entry.atMs, `${alert.id} beside the open ${open}`);
    this.#openBySubject.set(subject, alert.id);
  }

  #checkHolder(
    { body }: Entry,
    { change, alert }: AlertEffect,
    before: Alert,
    wrong: (text: string) => void,
  ): void {
    const command = body.type === 'command' && 'alertId' in body.command ? body.command : null;
    const isByOrder = command !== null && command.alertId === alert.id;
    if (change === 'claimed' && (before.claim !== null || !isByOrder))
      wrong('was held already, or nobody asked');
    if (change === 'closed' && !(isByOrder && before.claim?.staffId === command.staffId))
      wrong('by somebody who did not hold it');
    if (change === 'restored' && (before.claim !== null || !RESTORABLE.has(alert.kind))) wrong('by itself');
    if (alert.escalationLevel !== before.escalationLevel + (change === 'escalated' ? 1 : 0))
      wrong('jumps the ladder');
    if (change === 'escalated') {
      const dueMs = alert.raisedAtMs + BOUNDS.ladderMs[alert.escalationLevel - 1]!;
      if (before.claim !== null || alert.updatedAtMs < dueMs) wrong('climbs too early');
    }
    if (change === 'lease-lost' && alert.updatedAtMs < before.updatedAtMs && before.claim !== null)
      wrong('before it was taken');
  }

  /** What should have happened by now: a rung of the ladder, the end of a lease. */
  #checkClocks(alert: Alert, nowMs: number): void {
    const { claim, raisedAtMs, escalationLevel, priority, id, homeId } = alert;
    const rungMs = priority <= 2 && claim === null ? BOUNDS.ladderMs[escalationLevel] : undefined;
    const climbMs = rungMs === undefined ? null : Math.max(raisedAtMs + rungMs, this.#freedAtMs.get(id) ?? 0);
    const dueMs = claim !== null ? claim.expiresAtMs : climbMs;
    if (dueMs === null || nowMs - dueMs <= TICK_SLACK_MS || this.#overdue.has(id)) return;
    // While we were down nobody could climb; what was due then happens with the first entries after it.
    const downMs = overlapMs(this.#outages, dueMs - TICK_SLACK_MS, nowMs);
    if (downMs > 0 && nowMs - dueMs - downMs <= BOUNDS.comeBackMs) return;
    this.#overdue.add(id);
    this.#verdict.report(
      'missed',
      homeId,
      nowMs,
      `${id}: ${claim === null ? 'ladder' : 'lease'} due ${dueMs}`,
    );
  }
}
