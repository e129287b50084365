// Broken sensors, broken ways and changed clocks: what must raise no emergency. Each fault gives runs over a part of
// the recording; deterministic, the same for every home of the layout.

import type { RecordedEvent } from '../../simulators/recorded-home.ts';
import { firstIndexFrom } from './cases.ts';
import { isHuman, type Recording } from './recording.ts';
import { type Delivery, inOrder, type Replay } from './replay.ts';
import { onePerSilence } from './score.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/**
 * How long after a fault we still look: what it did to the state may ring later. Not until 12 h: who went out unseen
 * during the fault is rightly asked for then, by the cap.
 */
const AFTERMATH_MS = 8 * HOUR_MS;
const LATE_MS = 600_000;
/** Hours the gateway is silent, in turn. */
const GATEWAY_OUTAGES_H = [1, 2, 3, 4, 6, 8, 10, 12] as const;

/** A replay that has seen everything before `atMs`. */
export type ReplayAt = (atMs: number) => Replay;

/** Emergencies while one sensor is dropped for 24 h: every sensor once, on the scored days in turn. */
export function droppedSensors(recording: Recording, replayAt: ReplayAt): number {
  const starts = dayStarts(recording);
  let alarms = 0;
  recording.home.sensors.forEach(({ deviceId }, index) => {
    const fromMs = starts[index % starts.length]!;
    const untilMs = fromMs + DAY_MS;
    const isLost = (event: RecordedEvent): boolean => event.deviceId === deviceId && event.atMs < untilMs;
    const window = { fromMs, untilMs: untilMs + AFTERMATH_MS };
    alarms += alarmsIn(recording, replayAt(fromMs), window, (event) => (isLost(event) ? null : event));
  });
  return alarms;
}

/** Emergencies during and after silences of the gateway of 1–12 h, one on every scored day, at changing hours. */
export function silentGateway(recording: Recording, replayAt: ReplayAt): number {
  let alarms = 0;
  dayStarts(recording).forEach((dayAtMs, day) => {
    GATEWAY_OUTAGES_H.forEach((hours, turn) => {
      const fromMs = dayAtMs + ((day * 5 + turn * 3) % 24) * HOUR_MS;
      const backAtMs = fromMs + hours * HOUR_MS;
      if (backAtMs > recording.score.untilMs) return;
      const replay = replayAt(fromMs);
      replay.mute(backAtMs);
      const window = { fromMs, untilMs: backAtMs + AFTERMATH_MS };
      alarms += alarmsIn(recording, replay, window, (event) => event);
    });
  });
  return alarms;
}

/** One per cent of the events twice. */
export function duplicated(events: readonly RecordedEvent[]): Delivery[] {
  return events.flatMap((event) => {
    const once = inOrder(event);
    return isChosen(event) ? [once, { ...once, isBuffered: true }] : [once];
  });
}

/** One per cent of the events ten minutes late. */
export function delayed(events: readonly RecordedEvent[]): Delivery[] {
  return events
    .map((event) =>
      isChosen(event) ? { atMs: event.atMs + LATE_MS, event, isBuffered: true } : inOrder(event),
    )
    .sort((a, b) => a.atMs - b.atMs);
}

/** One per cent of the events after the one that followed them. */
export function reordered(events: readonly RecordedEvent[]): Delivery[] {
  const deliveries = events.map(inOrder);
  for (let index = 0; index + 1 < deliveries.length; index++) {
    const [first, second] = [deliveries[index]!, deliveries[index + 1]!];
    if (!isChosen(first.event)) continue;
    deliveries[index] = second;
    deliveries[index + 1] = { ...first, atMs: second.atMs };
    index++;
  }
  return deliveries;
}

/** The recording without `percent` of its events, chosen by a hash of the line; also in warm-up and cases. */
export function thinned(recording: Recording, percent: number): Recording {
  const events = recording.events.filter((event) => hashOf(event) % 100 >= percent);
  return { ...recording, events };
}

/**
 * The recording moved by whole days to where the clocks of its zone change in the middle of the scored window: the
 * resident goes on to live by the wall clock. None for a zone without such days.
 */
export function acrossClockChanges(recording: Recording): Recording[] {
  const { zone, score } = recording;
  const middleMs = (score.fromMs + score.untilMs) / 2;
  const moved: Recording[] = [];
  for (let day = 1; day <= 366; day++) {
    const before = zone.offsetMs(middleMs + (day - 1) * DAY_MS);
    if (before !== zone.offsetMs(middleMs + day * DAY_MS)) moved.push(movedByDays(recording, day));
  }
  return moved;
}

function movedByDays(recording: Recording, days: number): Recording {
  const { zone, score } = recording;
  const move = (atMs: number, notBeforeMs?: number): number =>
    zone.toUtcMs(zone.toWallMs(atMs) + days * DAY_MS, notBeforeMs);
  let lastMs = Number.NEGATIVE_INFINITY;
  const events = recording.events.map((event) => {
    lastMs = Math.max(lastMs, move(event.atMs, lastMs));
    return { ...event, atMs: lastMs };
  });
  const moved = { fromMs: move(score.fromMs), untilMs: move(score.untilMs) };
  return { ...recording, events, score: moved, away: null, cases: [] };
}

/** One in a hundred, spread by a hash of the line. */
function isChosen(event: RecordedEvent): boolean {
  return hashOf(event) % 100 === 0;
}

function hashOf({ line }: RecordedEvent): number {
  return Math.imul(line, 0x9e37_79b1) >>> 8;
}

function dayStarts({ score }: Recording): number[] {
  const starts: number[] = [];
  for (let atMs = score.fromMs; atMs + DAY_MS <= score.untilMs; atMs += DAY_MS) starts.push(atMs);
  return starts.length > 0 ? starts : [score.fromMs];
}

interface Window {
  readonly fromMs: number;
  readonly untilMs: number;
}

function alarmsIn(
  recording: Recording,
  replay: Replay,
  { fromMs, untilMs }: Window,
  see: (event: RecordedEvent) => RecordedEvent | null,
): number {
  const endMs = Math.min(untilMs, recording.score.untilMs);
  for (let index = firstIndexFrom(recording.events, fromMs); index < recording.events.length; index++) {
    const event = recording.events[index]!;
    if (event.atMs > endMs) break;
    const seen = see(event);
    if (seen !== null) replay.take(inOrder(seen));
  }
  replay.advance(endMs);
  const alarms = replay.rings.filter((ring) => ring.isEmergency).map(({ atMs }) => atMs);
  const human = recording.events.filter(isHuman).map(({ atMs }) => atMs);
  return onePerSilence(alarms, human).length;
}
