// The line to beat, computed in the same run: alarm after N hours of silence, away when the silence begins at most
// 60 s after a door event. Knows nothing of the engine.

import type { RecordedEvent } from '../../simulators/recorded-home.ts';
import { isHuman, type Recording } from './recording.ts';

const DOOR_MS = 60_000;

/** Alarm times over `events`, watched until `untilMs`: one per silence, none while the home is taken to be empty. */
export function fixedRuleAlarms(
  recording: Recording,
  events: Iterable<RecordedEvent>,
  afterMs: number,
  untilMs: number,
): number[] {
  const alarms: number[] = [];
  let lastAtMs = Number.NaN;
  let doorAtMs = Number.NEGATIVE_INFINITY;
  const endOfSilence = (atMs: number): void => {
    const isAway = lastAtMs - doorAtMs <= DOOR_MS;
    if (!isAway && lastAtMs + afterMs <= atMs) alarms.push(lastAtMs + afterMs);
  };
  for (const event of events) {
    if (!isHuman(event)) continue;
    endOfSilence(event.atMs);
    lastAtMs = event.atMs;
    if (recording.sensors.get(event.deviceId)?.zone === 'entry') doorAtMs = event.atMs;
  }
  endOfSilence(untilMs);
  return alarms;
}
