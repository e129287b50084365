// The protocol of the recorded homes on one home: false alarms, delays of all injected emergencies, presence against
// the truth, and the runs that must stay silent. One straight run is cut by snapshots where a case begins.

import type { RuleSettings } from '#core/model/home.ts';
import { cutIndex, eventsAfter, MISS_AFTER_MS } from './cases.ts';
import {
  acrossClockChanges,
  delayed,
  droppedSensors,
  duplicated,
  type ReplayAt,
  reordered,
  silentGateway,
} from './faults.ts';
import { fixedRuleAlarms } from './fixed-rule.ts';
import { type Case, isHuman, type Recording } from './recording.ts';
import { type Delivery, inOrder, Replay, type ReplayCut, type Ring } from './replay.ts';
import { type Outcome, onePerSilence } from './score.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** Snapshots kept for the fault runs. */
const CUT_EVERY_MS = HOUR_MS;
/** An absence of a day or more is one that somebody might call an emergency. */
const LONG_ABSENCE_MS = 24 * HOUR_MS;
export const BASELINE_HOURS = [4, 8, 12] as const;

export interface HomeResult {
  readonly scoredMs: number;
  readonly alarms: readonly Ring[];
  readonly notices: Readonly<Record<string, number>>;
  readonly outcomes: readonly Outcome[];
  readonly minutes: MinuteCounts | null;
  readonly mustStaySilent: Readonly<Record<string, number>>;
  readonly baselines: readonly Baseline[];
  readonly bytesPerHome: number;
}

export interface Baseline {
  readonly hours: number;
  readonly alarms: number;
  readonly outcomes: readonly Outcome[];
}

export interface MinuteCounts {
  homeRight: number;
  homeWrong: number;
  awayRight: number;
  awayWrong: number;
}

export function evaluateHome(recording: Recording, rules: RuleSettings): HomeResult {
  const straight = runStraight(recording, rules);
  const { fromMs, untilMs } = recording.score;
  const isScored = ({ atMs }: { readonly atMs: number }): boolean => atMs >= fromMs && atMs <= untilMs;
  const scored = straight.replay.rings.filter(isScored);
  return {
    scoredMs: untilMs - fromMs,
    alarms: emergencies(recording, scored),
    notices: countByRule(scored.filter((ring) => !ring.isEmergency)),
    outcomes: recording.cases.map((injected) => outcomeOf(recording, injected, straight.caseCuts)),
    minutes: straight.minutes,
    mustStaySilent: mustStaySilent(recording, rules, straight),
    baselines: BASELINE_HOURS.map((hours) => baseline(recording, hours)),
    bytesPerHome: straight.replay.columnBytes,
  };
}

export interface QuickLook extends Pick<HomeResult, 'scoredMs' | 'alarms' | 'outcomes'> {
  /** Alarms while one sensor was dropped, each sensor once. */
  readonly dropped: number;
}

/** False alarms and the cases of one kind only: enough to compare settings, at a fifth of the work. */
export function quickLook(recording: Recording, rules: RuleSettings): QuickLook {
  const cases = recording.cases.filter(({ kind }) => kind === 'truncate');
  const straight = runStraight({ ...recording, cases, away: null }, rules);
  const { fromMs, untilMs } = recording.score;
  const scored = straight.replay.rings.filter(({ atMs }) => atMs >= fromMs && atMs <= untilMs);
  return {
    scoredMs: untilMs - fromMs,
    alarms: emergencies(recording, scored),
    outcomes: cases.map((injected) => outcomeOf(recording, injected, straight.caseCuts)),
    dropped: droppedSensors(recording, (atMs) => resume(recording, straight.hourCuts, atMs)),
  };
}

interface StraightRun {
  readonly replay: Replay;
  readonly caseCuts: ReadonlyMap<number, ReplayCut>;
  readonly hourCuts: readonly ReplayCut[];
  readonly minutes: MinuteCounts | null;
}

function runStraight(recording: Recording, rules: RuleSettings): StraightRun {
  const replay = new Replay(recording, rules);
  const wanted = new Set(recording.cases.map((injected) => cutIndex(recording, injected)));
  const caseCuts = new Map<number, ReplayCut>();
  const hourCuts: ReplayCut[] = [];
  const counts = recording.away === null ? null : new MinuteCounter(recording, replay);
  recording.events.forEach((event, index) => {
    counts?.until(event.atMs);
    if (wanted.has(index)) caseCuts.set(index, replay.cut());
    const lastCutMs = hourCuts.at(-1)?.nowMs ?? Number.NEGATIVE_INFINITY;
    if (event.atMs - lastCutMs > CUT_EVERY_MS) hourCuts.push(replay.cut());
    replay.take(inOrder(event));
  });
  counts?.until(recording.score.untilMs);
  if (wanted.has(recording.events.length)) caseCuts.set(recording.events.length, replay.cut());
  replay.advance(recording.score.untilMs);
  return { replay, caseCuts, hourCuts, minutes: counts?.counts ?? null };
}

/** Walks the minutes of the scored window and compares. */
class MinuteCounter {
  readonly counts: MinuteCounts = { homeRight: 0, homeWrong: 0, awayRight: 0, awayWrong: 0 };
  readonly #recording: Recording;
  readonly #replay: Replay;
  #nextMs: number;

  constructor(recording: Recording, replay: Replay) {
    this.#recording = recording;
    this.#replay = replay;
    this.#nextMs = recording.score.fromMs;
  }

  until(untilMs: number): void {
    for (
      ;
      this.#nextMs <= untilMs && this.#nextMs <= this.#recording.score.untilMs;
      this.#nextMs += MINUTE_MS
    ) {
      this.#replay.advance(this.#nextMs);
      const atMs = this.#nextMs;
      const isAway = this.#recording.away!.some(([fromMs, toMs]) => atMs >= fromMs && atMs <= toMs);
      const isRight = isAway === this.#replay.isAway;
      if (isAway) this.counts[isRight ? 'awayRight' : 'awayWrong']++;
      else this.counts[isRight ? 'homeRight' : 'homeWrong']++;
    }
  }
}

function outcomeOf(recording: Recording, injected: Case, cuts: ReadonlyMap<number, ReplayCut>): Outcome {
  const { kind, isDay, atMs } = injected;
  const replay = Replay.from(recording, cuts.get(cutIndex(recording, injected))!);
  replay.advance(atMs);
  if (replay.isAlarming) return { kind, isDay, delayMs: 0, isAlready: true };
  for (const event of eventsAfter(recording, injected)) {
    if (event.atMs > atMs + MISS_AFTER_MS) break;
    replay.take(inOrder(event));
  }
  replay.advance(atMs + MISS_AFTER_MS);
  const alarm = replay.rings.find((ring) => ring.isEmergency && ring.atMs >= atMs);
  const isSeen = alarm !== undefined && alarm.atMs <= atMs + MISS_AFTER_MS;
  return { kind, isDay, delayMs: isSeen ? alarm.atMs - atMs : null, isAlready: false };
}

function mustStaySilent(
  recording: Recording,
  rules: RuleSettings,
  { hourCuts, replay }: StraightRun,
): Record<string, number> {
  const replayAt: ReplayAt = (atMs) => resume(recording, hourCuts, atMs);
  const whole = (run: Recording, deliveries: readonly Delivery[]): number => {
    const again = new Replay(run, rules);
    for (const delivery of deliveries) again.take(delivery);
    const { fromMs, untilMs } = run.score;
    again.advance(untilMs);
    return emergencies(
      run,
      again.rings.filter(({ atMs }) => atMs >= fromMs && atMs <= untilMs),
    ).length;
  };
  const absences = (recording.away ?? []).filter(([fromMs, toMs]) => toMs - fromMs >= LONG_ABSENCE_MS);
  const inAbsence = ({ atMs }: Ring): boolean => absences.some(([from, to]) => atMs >= from && atMs <= to);
  return {
    'sensor-dropped': droppedSensors(recording, replayAt),
    'gateway-silent': silentGateway(recording, replayAt),
    duplicated: whole(recording, duplicated(recording.events)),
    delayed: whole(recording, delayed(recording.events)),
    reordered: whole(recording, reordered(recording.events)),
    'clock-change': acrossClockChanges(recording)
      .map((moved) => whole(moved, moved.events.map(inOrder)))
      .reduce((sum, count) => sum + count, 0),
    'long-absence': emergencies(recording, replay.rings.filter(inAbsence)).length,
  };
}

function resume(recording: Recording, cuts: readonly ReplayCut[], atMs: number): Replay {
  const cut = cuts.findLast(({ nowMs }) => nowMs < atMs);
  if (cut === undefined) throw new Error('the recording has no warm-up before its scored window');
  const replay = Replay.from(recording, cut);
  let index = cut.eventsTaken;
  for (; index < recording.events.length && recording.events[index]!.atMs < atMs; index++)
    replay.take(inOrder(recording.events[index]!));
  replay.advance(atMs - 1);
  replay.rings.length = 0;
  return replay;
}

function emergencies(recording: Recording, rings: readonly Ring[]): Ring[] {
  const alarms = rings.filter((ring) => ring.isEmergency);
  const human = recording.events.filter(isHuman).map(({ atMs }) => atMs);
  const counted = new Set(
    onePerSilence(
      alarms.map(({ atMs }) => atMs),
      human,
    ),
  );
  return alarms.filter(({ atMs }) => counted.delete(atMs));
}

function countByRule(rings: readonly Ring[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { rule } of rings) counts[rule] = (counts[rule] ?? 0) + 1;
  return counts;
}

function baseline(recording: Recording, hours: number): Baseline {
  const { events, score } = recording;
  const afterMs = hours * HOUR_MS;
  const alarms = fixedRuleAlarms(recording, events, afterMs, score.untilMs);
  return {
    hours,
    alarms: alarms.filter((atMs) => atMs >= score.fromMs && atMs <= score.untilMs).length,
    outcomes: recording.cases.map((injected) => {
      const { kind, isDay, atMs } = injected;
      const before = events.slice(0, cutIndex(recording, injected));
      const seen = [...before.slice(-HISTORY), ...eventsAfter(recording, injected)];
      const limitMs = atMs + MISS_AFTER_MS;
      const standing = fixedRuleAlarms(recording, before.slice(-HISTORY), afterMs, atMs).at(-1);
      const lastAtMs = before.findLast(isHuman)?.atMs ?? 0;
      if (standing !== undefined && standing > lastAtMs) return { kind, isDay, delayMs: 0, isAlready: true };
      const first = fixedRuleAlarms(recording, seen, afterMs, limitMs).find((alarm) => alarm >= atMs);
      return { kind, isDay, delayMs: first === undefined ? null : first - atMs, isAlready: false };
    }),
  };
}

/** Events before a case that the fixed rule has to know: it remembers the last silence and the last door. */
const HISTORY = 50;
