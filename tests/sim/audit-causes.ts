// What must not be: every alert that is raised must be explained by the truth. One check per kind of alert: the reason
// why this alert is false, or null. Silence is no reason while we were down, the link was cut, or somebody demonstrably
// moved; bounds are those of bounds.ts, never learned ones.

import type { Alert, AlertKind } from '#core/model/alert.ts';
import { BOUNDS } from './bounds.ts';
import type { HomeEvidence } from './evidence.ts';
import { overlapMs, union } from './spans.ts';
import type { Span, Truth } from './truth.ts';

const DOOR = 'door-front';

/** Why this alert is false; null when the truth explains it. */
type Check = (alert: Alert, home: HomeEvidence, world: CauseWorld) => string | null;

/** Outages of our own and of the links, by home. */
export class CauseWorld {
  /** Our own outages, with what it takes to come back. */
  readonly outages: readonly Span[];
  /** The short ones as well. */
  readonly ownOutages: readonly Span[];
  readonly #unseen = new Map<number, readonly Span[]>();

  constructor(truth: Truth) {
    this.ownOutages = truth.outages;
    this.outages = union(truth.outages.filter((span) => span.untilMs - span.fromMs >= BOUNDS.ownOutageMs));
  }

  /** Time in which nothing came from the home, less what it takes to notice that. */
  unseenOf({ facts }: HomeEvidence): readonly Span[] {
    const known = this.#unseen.get(facts.home);
    if (known !== undefined) return known;
    const noticedMs = 3 * facts.beatMs + BOUNDS.comeBackMs;
    const cuts = facts.cuts
      .filter((cut) => cut.untilMs - cut.fromMs > noticedMs)
      .map(({ fromMs, untilMs }) => ({ fromMs: fromMs + noticedMs, untilMs }));
    const unseen = union([...cuts, ...this.outages]);
    this.#unseen.set(facts.home, unseen);
    return unseen;
  }

  /** How much of that time nobody can know anything of: what a gateway kept and sent later was seen. */
  unseenMs(home: HomeEvidence, fromMs: number, untilMs: number): number {
    return overlapMs(this.unseenOf(home), Math.max(fromMs, home.toldUntilMs), untilMs);
  }

  isDown(home: HomeEvidence, atMs: number): boolean {
    const { collapse } = home.facts;
    return collapse !== null && collapse.atMs <= atMs;
  }
}

const NEVER: Check = ({ kind }) => `nothing in this world is a cause for ${kind}`;

/** No cause in the truth, but no harm either: notices that go by calendar. */
const NOTICE: Check = () => null;

export const CHECKS: Readonly<Record<AlertKind, Check>> = {
  // Emergencies have an audit of their own.
  sos: () => null,
  fall: () => null,
  smoke: () => null,
  gas: () => null,
  co: NEVER,
  leak: NEVER,
  inactivity: (alert, home, world) =>
    blind(alert, home) ?? declared(alert, home) ?? tooEarly(alert, home, world),
  'not-up': (alert, home) => blind(alert, home) ?? declared(alert, home) ?? isUp(alert, home),
  'bathroom-stay': (alert, home, world) => blind(alert, home) ?? elsewhere(alert, home, world),
  'out-of-bed': (alert, home, world) => blind(alert, home) ?? inBed(alert, home, world),
  'night-exit': doorMoved,
  'door-open': (_, home) => (isSurely(home, DOOR, false) ? 'the door is shut' : null),
  'door-unchanged': (alert, home) =>
    alert.raisedAtMs - home.doorToldAtMs < 2 * BOUNDS.awayNoticeMs ? 'the door moved' : null,
  'water-low': (alert, home) => waterDrawn(alert, home),
  'water-high': NEVER,
  'water-continuous': NEVER,
  'vital-signs': NEVER,
  temperature: NEVER,
  wandering: NEVER,
  'missed-test': NOTICE,
  'missed-checkin': NEVER,
  drift: NOTICE,
  'away-too-long': (alert, home) => declared(alert, home) ?? isBack(alert, home),
  'unseen-home': unseenHome,
  'long-unheard': (alert, home) => declared(alert, home) ?? hasWalked(alert, home),
  'gateway-silent': gatewaySilent,
  'device-silent': deviceSilent,
  'low-battery': (alert, home) =>
    home.device(alert.deviceId ?? '').isBatteryLow ? null : 'no report of a low battery',
  'sensor-stuck': (alert, home) =>
    isSurely(home, alert.deviceId ?? '', false) ? 'the sensor is at rest' : null,
  tamper: NEVER,
  'rule-fault': NEVER,
};

/** Silence of a home whose gateway is silent is no silence of the resident. */
function blind({ raisedAtMs }: Alert, home: HomeEvidence): string | null {
  const quietMs = raisedAtMs - home.gatewayHeardAtMs;
  const boundMs = Math.max(BOUNDS.gatewayBlindMs, 3 * home.facts.beatMs) + BOUNDS.comeBackMs;
  return quietMs > boundMs ? `the gateway was last heard ${minutes(quietMs)} before` : null;
}

/** Staff know that nobody is in, and nobody is. */
function declared({ raisedAtMs }: Alert, home: HomeEvidence): string | null {
  const { trips, hasStrays } = home.facts;
  const isKnown = trips.some(
    ({ declaredAtMs, untilMs }) =>
      declaredAtMs !== null &&
      declaredAtMs <= raisedAtMs &&
      raisedAtMs < untilMs &&
      !isSeenInside(home, declaredAtMs),
  );
  return isKnown && !hasStrays && !hasStayed(home) ? 'staff were told that nobody is in' : null;
}

/** So the mat says of one of several residents, as far as we were told: its OFF was lost. */
function hasStayed(home: HomeEvidence): boolean {
  return home.facts.residents > 1 && home.device('bed-mat').toldValue === true;
}

/**
 * Somebody stirred inside after the declaration, and the door, which is dead, never told of a leaving: whoever calls
 * may stay on, so the home has to be watched, and nobody can know that they left. Not while the door tells: then the
 * leaving was seen.
 */
function isSeenInside(home: HomeEvidence, declaredAtMs: number): boolean {
  const { lastSign, facts } = home;
  const isDoorDead = facts.deaths.some(({ deviceId, atMs }) => deviceId === DOOR && atMs <= declaredAtMs);
  return isDoorDead && lastSign !== null && lastSign.madeAtMs >= declaredAtMs;
}

/** Somebody went from room to room, in the day of an absence that nobody declared, or since one was declared. */
function isBack({ raisedAtMs, explanation }: Alert, { roamedAtMs, facts }: HomeEvidence): string | null {
  const declaredAtMs = facts.trips.findLast((trip) => trip.fromMs <= raisedAtMs)?.declaredAtMs ?? null;
  const isOverdue = explanation.code === 'away-overdue' && declaredAtMs !== null;
  const sinceMs = isOverdue ? declaredAtMs : raisedAtMs - BOUNDS.awayNoticeMs;
  return roamedAtMs > sinceMs + 3_600_000 ? 'somebody walked about at home' : null;
}

function tooEarly({ raisedAtMs }: Alert, home: HomeEvidence, world: CauseWorld): string | null {
  const { lastSign, roamedAtMs, facts } = home;
  if (lastSign === null) return null;
  const quietMs = raisedAtMs - lastSign.madeAtMs - world.unseenMs(home, lastSign.madeAtMs, raisedAtMs);
  if (quietMs >= BOUNDS.silenceFloorMs * facts.riskFactor - BOUNDS.ownOutageMs) return null;
  const stayMs = raisedAtMs - roamedAtMs - world.unseenMs(home, roamedAtMs, raisedAtMs);
  if (stayMs >= BOUNDS.stayFloorMs - BOUNDS.ownOutageMs) return null;
  const agoMs = raisedAtMs - lastSign.madeAtMs;
  return `somebody moved in the ${lastSign.room} ${minutes(agoMs)} before, of it seen ${minutes(quietMs)}`;
}

function isUp({ raisedAtMs }: Alert, { roamedAtMs }: HomeEvidence): string | null {
  const sinceMs = raisedAtMs - roamedAtMs;
  return sinceMs < BOUNDS.upMs ? `two rooms were used ${minutes(sinceMs)} before` : null;
}

function elsewhere({ raisedAtMs }: Alert, home: HomeEvidence, world: CauseWorld): string | null {
  // Of two residents one may be elsewhere.
  if (home.facts.residents > 1) return null;
  const sign = home.lastSignOutside('bathroom');
  if (sign === null) return null;
  const sinceMs = raisedAtMs - sign.madeAtMs - world.unseenMs(home, sign.madeAtMs, raisedAtMs);
  return sinceMs < BOUNDS.bathroomFloorMs ? `a sign from the ${sign.room} ${minutes(sinceMs)} before` : null;
}

/** Whoever is down needs somebody, though the mat stays as it was at the collapse until nobody believes it. */
function inBed({ raisedAtMs }: Alert, home: HomeEvidence, world: CauseWorld): string | null {
  if (world.isDown(home, raisedAtMs)) return null;
  return isSurely(home, 'bed-mat', true) ? 'the mat says that somebody lies on it' : null;
}

function doorMoved({ raisedAtMs }: Alert, home: HomeEvidence): string | null {
  const sinceMs = raisedAtMs - home.doorToldAtMs;
  return sinceMs > 3 * 3_600_000 ? `the door last moved ${minutes(sinceMs)} before` : null;
}

function waterDrawn({ raisedAtMs }: Alert, home: HomeEvidence): string | null {
  const liters = home.litersSince(raisedAtMs - BOUNDS.stayFloorMs);
  return liters >= 10 ? `${Math.round(liters)} liters were drawn in twelve hours` : null;
}

function unseenHome({ raisedAtMs }: Alert, home: HomeEvidence, world: CauseWorld): string | null {
  const quietMs = raisedAtMs - home.gatewayHeardAtMs;
  const leastMs = BOUNDS.unseenMs * Math.min(1, home.facts.riskFactor) - BOUNDS.comeBackMs;
  if (quietMs >= leastMs) return null;
  const { cuts, beatMs } = home.facts;
  const unseenMs = unseenOffAndOnMs(union([...cuts, ...world.ownOutages]), raisedAtMs, beatMs);
  return unseenMs < leastMs ? `the gateway was heard ${minutes(quietMs)} before` : null;
}

/** How long nothing came, however often the link was back for a while, each time since the last heartbeat. */
function unseenOffAndOnMs(spans: readonly Span[], atMs: number, beatMs: number): number {
  let sumMs = 0;
  let nextMs = atMs;
  for (const { fromMs, untilMs } of spans.filter((span) => span.fromMs < atMs).reverse()) {
    if (nextMs - untilMs > BOUNDS.seenAgainMs + BOUNDS.comeBackMs) break;
    sumMs += Math.min(untilMs, atMs) - fromMs + beatMs;
    nextMs = fromMs;
  }
  return sumMs;
}

function hasWalked({ raisedAtMs }: Alert, { roamedAtMs }: HomeEvidence): string | null {
  const sinceMs = raisedAtMs - roamedAtMs;
  return sinceMs < BOUNDS.unheardMs - BOUNDS.ownOutageMs
    ? `two rooms were used ${minutes(sinceMs)} before`
    : null;
}

/** Only a link that was really cut, for a minute that we were there to see. */
function gatewaySilent({ raisedAtMs }: Alert, home: HomeEvidence, world: CauseWorld): string | null {
  const { gatewayHeardAtMs, facts } = home;
  const quietMs = raisedAtMs - gatewayHeardAtMs - overlapMs(world.outages, gatewayHeardAtMs, raisedAtMs);
  if (quietMs < BOUNDS.gatewayFloorMs - 1_000)
    return `heard, or not heard by our own fault, until ${minutes(quietMs)} before`;
  // An outage of ours under a minute stops no clock (OWN_OUTAGE_MIN_MS): with the age of the last heartbeat and the
  // time to come back it may fill the shortest window.
  const isCut = [...facts.cuts, ...world.ownOutages].some(({ fromMs, untilMs }) => {
    return fromMs <= raisedAtMs && untilMs + BOUNDS.comeBackMs >= raisedAtMs;
  });
  return isCut ? null : 'its link was never cut';
}

function deviceSilent({ raisedAtMs, deviceId }: Alert, home: HomeEvidence): string | null {
  const device = home.device(deviceId ?? '');
  const { windowMs } = home.facts.devices.get(deviceId ?? '')!;
  const quietMs = raisedAtMs - device.heardAtMs;
  return quietMs < windowMs - BOUNDS.ownOutageMs ? `it reported ${minutes(quietMs)} before` : null;
}

/**
 * By the newest reading, by the last one told, and by the one that seems the newest: late readings and wrong clocks
 * may tell them apart. A door that is shut "eight hours before it was opened" nobody can call shut.
 */
function isSurely(home: HomeEvidence, deviceId: string, value: unknown): boolean {
  const { value: made, toldValue, claimedValue } = home.device(deviceId);
  return made === value && toldValue === value && claimedValue === value;
}

function minutes(durationMs: number): string {
  return `${Math.round(durationMs / 6_000) / 10} min`;
}
