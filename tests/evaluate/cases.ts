// What is seen after an injected emergency. Pure: a case and the recording give the events that still come.

import type { RecordedEvent } from '../../simulators/recorded-home.ts';
import { type Case, isHuman, type Recording } from './recording.ts';

/** No alarm within this time is a miss. */
export const MISS_AFTER_MS = 48 * 3_600_000;
/** A PIR that saw nothing more reports OFF after a few seconds. */
const STRAY_ON_MS = 4000;

/** Index of the first event that no longer happens: `last_event` names a second, all of it is real. */
export function cutIndex(recording: Recording, { lastEventAtMs }: Case): number {
  return firstIndexFrom(recording.events, lastEventAtMs + 1000);
}

/** Events after the cut, in order of time. */
export function eventsAfter(recording: Recording, injected: Case): RecordedEvent[] {
  switch (injected.kind) {
    case 'stray':
      return strayHits(recording, injected);
    case 'same-room':
      return fallenButMoving(recording, injected);
    case 'truncate':
    case 'bathroom':
    case 'not-up':
      return [];
  }
}

/** Isolated hits of motion sensors, chosen by a hash of the time: the same in every run, and evenly spread. */
function strayHits(recording: Recording, { strayHitsAtMs }: Case): RecordedEvent[] {
  const { sensors } = recording.home;
  const motion = sensors.filter((sensor) => sensor.kind === 'motion');
  const choice = motion.length > 0 ? motion : sensors;
  return strayHitsAtMs.flatMap((atMs) => {
    const sensor = choice[(Math.imul(Math.round(atMs / 1000), 0x9e37_79b1) >>> 8) % choice.length]!;
    const { deviceId, room, kind } = sensor;
    const hit = { line: 0, deviceId, room, kind };
    return [
      { ...hit, atMs, value: true },
      { ...hit, atMs: atMs + STRAY_ON_MS, value: false },
    ];
  });
}

/** Every n-th human event of the room, from the recording as it went on. */
function fallenButMoving(recording: Recording, injected: Case): RecordedEvent[] {
  const kept: RecordedEvent[] = [];
  let count = 0;
  for (let index = cutIndex(recording, injected); index < recording.events.length; index++) {
    const event = recording.events[index]!;
    if (event.atMs < injected.atMs) continue;
    if (event.atMs > injected.atMs + MISS_AFTER_MS) break;
    if (event.room === injected.room && isHuman(event) && ++count % injected.keepOneIn === 0)
      kept.push(event);
  }
  return kept;
}

/** First index whose event is not before `atMs`. */
export function firstIndexFrom(events: readonly RecordedEvent[], atMs: number): number {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (events[middle]!.atMs < atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
