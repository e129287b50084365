// Presses, falls, smoke, gas: each one that is in the log rings exactly once, at its own entry, under the alert that is
// open for this device or a new one; none rings without a cause, none is lost on the way, and only a person closes it.

import type { AlertEffect, Effect } from '#core/model/effect.ts';
import type { Entry } from '#core/model/entry.ts';
import { BOUNDS } from './bounds.ts';
import { afterUnbroken, union } from './spans.ts';
import type { HomeTruth, MadeReading, Truth } from './truth.ts';
import type { Verdict } from './verdict.ts';

const RINGS: ReadonlySet<string> = new Set(['raised', 'repeated', 'returned']);
/** Radio, a sleepy mesh, and the gateway's own waiting. */
const ON_THE_WAY_MS = 11 * 60_000;

export class EmergencyAudit {
  readonly #truth: Truth;
  readonly #verdict: Verdict;
  /** By kind, gateway and device: the alert that is open and how many causes it has. */
  readonly #open = new Map<string, { readonly id: string; causes: number; rangAtMs: number }>();

  constructor(truth: Truth, verdict: Verdict) {
    this.#truth = truth;
    this.#verdict = verdict;
  }

  take(entry: Entry, reading: MadeReading | undefined, effects: readonly Effect[]): void {
    const rings = effects.filter(isRing);
    if (reading?.emergency != null) this.#press(entry, reading, rings);
    else
      for (const { alert } of rings)
        this.#verdict.report('false', alert.homeId, entry.atMs, `${alert.id} rings without a press`);
    for (const effect of effects) {
      if (effect.type !== 'alert' || effect.alert.rule !== 'emergency') continue;
      const { alert } = effect;
      if (alert.handling === 'closed')
        this.#open.delete(`${alert.kind} ${alert.gatewayId} ${alert.deviceId}`);
    }
  }

  #press(entry: Entry, reading: MadeReading, rings: readonly AlertEffect[]): void {
    const { gatewayId, homeId } = this.#truth.homes[reading.home - 1]!;
    const what = `${reading.emergency} of ${reading.deviceId} made ${reading.madeAtMs}`;
    const subject = `${reading.emergency} ${gatewayId} ${reading.deviceId}`;
    this.#verdict.count('emergencies');
    if (reading.offsets[0] !== entry.offset && !reading.mayBeDoubled) {
      // A copy that the log should have known: it must not ring as well.
      for (const { alert, change } of rings) {
        this.#verdict.report('doubled', homeId, entry.atMs, `${what} rings again: ${change} ${alert.id}`);
        this.#open.set(subject, { id: alert.id, causes: alert.causeCount, rangAtMs: entry.atMs });
      }
      return;
    }
    if (rings.length === 0 && this.#isOneWith(entry, subject)) return;
    if (rings.length === 0) this.#verdict.report('missed', homeId, entry.atMs, `${what} rings nowhere`);
    if (rings.length > 1)
      this.#verdict.report('doubled', homeId, entry.atMs, `${what} rings ${rings.length} times`);
    for (const { alert, change } of rings) {
      const open = this.#open.get(subject);
      const isRight =
        open === undefined
          ? change === 'raised' && alert.causeCount === 1
          : change !== 'raised' && alert.id === open.id && alert.causeCount === open.causes + 1;
      if (!isRight || alert.homeId !== homeId || alert.kind !== reading.emergency)
        this.#verdict.report(
          'doubled',
          homeId,
          entry.atMs,
          `${what}: ${change} ${alert.id}, not as the cause`,
        );
      this.#open.set(subject, { id: alert.id, causes: alert.causeCount, rangAtMs: entry.atMs });
    }
  }

  /** Presses without identity or time that arrive in one millisecond are one alarm, which rings already. */
  #isOneWith({ body, atMs }: Entry, subject: string): boolean {
    const isNameless = body.type === 'observation' && body.eventId === null;
    return isNameless && this.#open.get(subject)?.rangAtMs === atMs;
  }

  /** Everything acknowledged is in the log, once; a press is acknowledged soon after it could be. */
  finish(untilMs: number): void {
    for (const reading of this.#truth.readings) {
      const facts = this.#truth.homes[reading.home - 1]!;
      const what = `${reading.kind} ${reading.value} of ${reading.deviceId} made ${reading.madeAtMs}`;
      const { length } = reading.offsets;
      if (reading.ackedAtMs !== null) {
        this.#verdict.count('acknowledged');
        // A reading that is gone is a loss; a call for help that is gone is an alarm missed.
        const harm = reading.emergency === null ? 'lost' : 'missed';
        if (length === 0)
          this.#verdict.report(harm, facts.homeId, reading.ackedAtMs, `${what} was acknowledged and is gone`);
      }
      if (length > 1 && !reading.mayBeDoubled)
        this.#verdict.report(
          'doubled',
          facts.homeId,
          reading.madeAtMs,
          `${what} is in the log ${length} times`,
        );
      if (reading.emergency !== null && reading.ackedAtMs === null)
        this.#checkDelivery(reading, facts, untilMs);
    }
  }

  #checkDelivery(reading: MadeReading, facts: HomeTruth, untilMs: number): void {
    const spans = union([...facts.cuts, ...this.#truth.outages]);
    const dueMs = afterUnbroken(spans, reading.madeAtMs, ON_THE_WAY_MS + BOUNDS.comeBackMs);
    if (dueMs < untilMs)
      this.#verdict.report(
        'missed',
        facts.homeId,
        dueMs,
        `${reading.emergency} made ${reading.madeAtMs} not taken`,
      );
  }
}

function isRing(effect: Effect): effect is Effect & AlertEffect {
  return effect.type === 'alert' && effect.alert.rule === 'emergency' && RINGS.has(effect.change);
}
