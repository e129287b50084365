// What must be: a resident who collapsed is found by the cap, a gateway or device that fell silent is reported within
// its window, a home that nobody sees is reported. Every deadline is reckoned from the truth: time in which we were
// down or the link was cut does not count, or begins the count again, as the documents say.

import type { Alert, AlertKind } from '#core/model/alert.ts';
import type { AlertEffect } from '#core/model/effect.ts';
import { BOUNDS } from './bounds.ts';
import type { HomeEvidence } from './evidence.ts';
import { afterCounting, afterUnbroken, overlapMs, union } from './spans.ts';
import type { Span, Truth } from './truth.ts';
import type { Verdict } from './verdict.ts';

const MINUTE_MS = 60_000;
/** A day at home teaches the clock of changing rooms; a broken day takes longer. */
const STAY_TAUGHT_MS = 3 * 24 * 3_600_000;
const FOUND: ReadonlySet<AlertKind> = new Set([
  'inactivity',
  'not-up',
  'bathroom-stay',
  'out-of-bed',
  'away-too-long',
]);
const CONTACT: ReadonlySet<string> = new Set(['WELFARE_OK', 'ASSISTED']);
const RINGS: ReadonlySet<string> = new Set(['raised', 'repeated', 'returned']);

interface Contact {
  readonly atMs: number;
  readonly kind: AlertKind;
}

interface Ring {
  readonly atMs: number;
  readonly alert: Alert;
  closedAtMs: number;
}

export class DutyAudit {
  readonly #truth: Truth;
  readonly #verdict: Verdict;
  readonly #rings = new Map<string, Ring[]>();
  readonly #ringsById = new Map<string, Ring[]>();
  /** When staff spoke to the resident, and which alert they closed with it, by home. */
  readonly #contacts = new Map<string, Contact[]>();
  readonly #outages: readonly Span[];

  constructor(truth: Truth, verdict: Verdict) {
    this.#truth = truth;
    this.#verdict = verdict;
    this.#outages = truth.outages.map((span) => padded(span, 0, BOUNDS.comeBackMs));
  }

  take({ change, alert }: AlertEffect, atMs: number): void {
    if (alert.handling === 'closed') {
      if (CONTACT.has(alert.outcome?.code ?? ''))
        add(this.#contacts, alert.homeId ?? '', { atMs, kind: alert.kind });
      for (const ring of this.#ringsById.get(alert.id) ?? []) ring.closedAtMs = atMs;
      return;
    }
    if (!RINGS.has(change)) return;
    const ring = { atMs, alert, closedAtMs: Number.POSITIVE_INFINITY };
    add(this.#rings, alert.homeId ?? '', ring);
    add(this.#ringsById, alert.id, ring);
  }

  finish(homes: readonly HomeEvidence[], untilMs: number): void {
    for (const home of homes) {
      this.#checkCollapse(home, untilMs);
      this.#checkUnheard(home, untilMs);
      for (const cut of this.#cutsAsSeen(home)) this.#checkCut(home, cut, untilMs);
      this.#checkDeaths(home, untilMs);
    }
  }

  #rang(
    home: HomeEvidence,
    fromMs: number,
    dueMs: number,
    isIt: (alert: Alert) => boolean,
  ): Ring | undefined {
    const rings = this.#rings.get(home.facts.homeId) ?? [];
    return rings.find(({ atMs, alert }) => atMs >= fromMs && atMs <= dueMs && isIt(alert));
  }

  /** Judged by when we were told of the last sign, since some gateways name no time. */
  #checkCollapse(home: HomeEvidence, untilMs: number): void {
    const { collapse, homeId } = home.facts;
    if (collapse === null || home.lastToldSign === null) return;
    const dueMs = this.#missedByMs(home);
    if (dueMs === null || dueMs >= untilMs) return;
    this.#verdict.count('collapses');
    const rings = this.#rings.get(homeId) ?? [];
    const found = rings.find(({ atMs, closedAtMs, alert }) => {
      return FOUND.has(alert.kind) && atMs <= dueMs && closedAtMs > collapse.atMs;
    });
    if (found === undefined)
      this.#verdict.report(
        'missed',
        homeId,
        dueMs,
        `collapse in the ${collapse.room} at ${collapse.atMs} not found`,
      );
    else
      this.#verdict.count(
        'minutes until found',
        (Math.max(found.atMs, collapse.atMs) - collapse.atMs) / MINUTE_MS,
      );
  }

  /** What has rung, and was closed with a word with the resident, begins anew with that word (ADR 0023). */
  #missedByMs(home: HomeEvidence): number | null {
    const toldAtMs = home.lastToldSign!.toldAtMs;
    let dueMs = this.#collapseDueMs(home, toldAtMs);
    for (const { atMs, kind } of this.#contacts.get(home.facts.homeId) ?? [])
      if (FOUND.has(kind) && dueMs !== null && atMs > toldAtMs && atMs <= dueMs)
        dueMs = this.#collapseDueMs(home, atMs);
    return dueMs;
  }

  #collapseDueMs(home: HomeEvidence, heardAtMs: number): number | null {
    const { facts, doorToldAtMs, roamTold } = home;
    const unseen = union([
      ...facts.cuts.map((cut) => padded(cut, facts.beatMs, 3 * facts.beatMs + BOUNDS.comeBackMs)),
      ...this.#outages,
    ]);
    // Nobody was proved to be in after the door: for us it is an absence, which has a clock of its own.
    const looksAway = doorToldAtMs >= roamTold;
    if (looksAway)
      return afterCounting(unseen, Math.max(doorToldAtMs, heardAtMs), BOUNDS.awayNoticeMs + BOUNDS.capMs);
    if (!facts.hasStrays) return afterCounting(unseen, heardAtMs, BOUNDS.capMs + BOUNDS.slackMs);
    if (facts.collapse!.atMs < STAY_TAUGHT_MS + this.#startMs()) return null;
    return afterCounting(unseen, heardAtMs, BOUNDS.stayCapMs + BOUNDS.slackMs);
  }

  /** Whatever staff said of it: who gave no sign for three days is asked for. */
  #checkUnheard(home: HomeEvidence, untilMs: number): void {
    const { collapse, homeId, trips, hasStrays } = home.facts;
    // Stray hits are signs as well, and every silence between them rings by itself.
    if (collapse === null || home.lastToldSign === null || hasStrays) return;
    const declaredMs = trips.map((trip) => (trip.declaredAtMs === null ? 0 : trip.untilMs));
    const contactsMs = (this.#contacts.get(homeId) ?? []).map(({ atMs }) => atMs);
    const fromMs = Math.max(home.lastToldSign.toldAtMs, ...contactsMs, ...declaredMs);
    const backMs = Math.max(0, ...this.#truth.outages.map((outage) => heardAgainMs(outage)));
    const dueMs = Math.max(fromMs + BOUNDS.unheardMs, backMs) + BOUNDS.slackMs;
    if (dueMs >= untilMs) return;
    this.#verdict.count('homes long unheard');
    if (!this.#rang(home, fromMs, dueMs, (alert) => alert.kind === 'long-unheard'))
      this.#verdict.report('missed', homeId, dueMs, `no sign since ${fromMs}, and nobody was asked`);
  }

  #startMs(): number {
    return this.#truth.readings[0]?.madeAtMs ?? 0;
  }

  /** Where we were down ourselves while the link was back, two cuts are one to us. */
  #cutsAsSeen({ facts }: HomeEvidence): readonly Span[] {
    const outages = union(this.#outages);
    const seen: Span[] = [];
    for (const cut of facts.cuts) {
      const last = seen.at(-1);
      const backMs = last === undefined ? Number.POSITIVE_INFINITY : cut.fromMs - last.untilMs;
      const missedMs = last === undefined ? 0 : overlapMs(outages, last.untilMs, cut.fromMs);
      if (last !== undefined && backMs - missedMs <= BOUNDS.comeBackMs)
        seen[seen.length - 1] = { ...last, untilMs: cut.untilMs };
      else seen.push(cut);
    }
    return seen;
  }

  #checkCut(home: HomeEvidence, cut: Span, untilMs: number): void {
    const { facts } = home;
    const { homeId, gatewayId, gatewayWindowMs, riskFactor, beatMs } = facts;
    const outages = union(this.#outages);
    const silentMs = afterUnbroken(outages, cut.fromMs, gatewayWindowMs + BOUNDS.ownOutageMs);
    if (silentMs < Math.min(cut.untilMs, untilMs)) {
      this.#verdict.count('gateways fallen silent');
      if (
        !this.#rang(
          home,
          cut.fromMs,
          silentMs,
          (a) => a.kind === 'gateway-silent' && a.gatewayId === gatewayId,
        )
      )
        this.#verdict.report(
          'missed',
          homeId,
          silentMs,
          `${gatewayId} silent since ${cut.fromMs} was not reported`,
        );
    }
    const noticedMs = afterUnbroken(
      outages,
      cut.fromMs,
      Math.min(gatewayWindowMs, 3 * beatMs) + BOUNDS.comeBackMs,
    );
    const blindMs = Math.max(
      noticedMs,
      cut.fromMs + BOUNDS.unseenMs * Math.min(1, riskFactor) + BOUNDS.slackMs,
    );
    const unseenMs = afterUnbroken(outages, blindMs, MINUTE_MS);
    if (unseenMs >= Math.min(cut.untilMs, untilMs)) return;
    this.#verdict.count('homes unseen');
    if (!this.#rang(home, cut.fromMs, unseenMs, (a) => a.kind === 'unseen-home'))
      this.#verdict.report('missed', homeId, unseenMs, `nobody saw it since ${cut.fromMs}`);
  }

  /** Counted anew after every outage and every cut: neither is evidence against the device. */
  #checkDeaths(home: HomeEvidence, untilMs: number): void {
    const { facts } = home;
    const spans = union([
      ...facts.cuts.map((cut) => padded(cut, facts.beatMs, BOUNDS.comeBackMs)),
      ...this.#outages,
    ]);
    for (const { deviceId, atMs, windowMs } of facts.deaths) {
      const { toldAtMs } = home.device(deviceId);
      if (toldAtMs === 0) continue;
      const dueMs = afterUnbroken(spans, toldAtMs, windowMs + BOUNDS.ownOutageMs);
      if (dueMs >= untilMs) continue;
      this.#verdict.count('devices died');
      if (
        !this.#rang(
          home,
          Math.min(atMs, toldAtMs),
          dueMs,
          (a) => a.kind === 'device-silent' && a.deviceId === deviceId,
        )
      )
        this.#verdict.report(
          'missed',
          facts.homeId,
          dueMs,
          `${deviceId}, dead since ${atMs}, was not reported`,
        );
    }
  }
}

/** By when whoever we could not hear in that outage has been heard. */
function heardAgainMs({ fromMs, untilMs }: Span): number {
  return untilMs + Math.min(untilMs - fromMs, BOUNDS.afterOutageMs) + BOUNDS.comeBackMs;
}

function padded({ fromMs, untilMs }: Span, beforeMs: number, afterMs: number): Span {
  return { fromMs: fromMs - beforeMs, untilMs: untilMs + afterMs };
}

function add<T>(map: Map<string, T[]>, key: string, value: T): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [value]);
  else known.push(value);
}
