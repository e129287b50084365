// A made-up home with a resident like clockwork, for the tests of the evaluator: nothing of it was recorded.
// Every 20 minutes from 07:00 to 22:40 a step from the kitchen to the living room, every other
// day back; the nights are still.

import { HomeZone } from '../../simulators/home-zone.ts';
import type { RecordedEvent, RecordedSensor } from '../../simulators/recorded-home.ts';
import { type Case, isDayTime, type Recording } from './recording.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;
const FIRST_DAY_MS = Date.UTC(2026, 2, 2);
export const DAYS = 8;

const SENSORS: readonly RecordedSensor[] = [
  { sensorId: 'k', deviceId: 'k', room: 'kitchen', kind: 'motion', zone: 'kitchen' },
  { sensorId: 'l', deviceId: 'l', room: 'living', kind: 'motion', zone: 'other' },
  { sensorId: 'd', deviceId: 'd', room: 'hall', kind: 'contact', zone: 'entry' },
];

export interface Change {
  /** Nothing happens in this span. */
  readonly silent?: { readonly from: string; readonly until: string };
  /** The door opens and closes at this time. */
  readonly doorAt?: string;
  readonly away?: { readonly from: string; readonly until: string };
  readonly cases?: readonly (Partial<Case> & { readonly at: string })[];
}

/** `d2 09:00` as ms UTC: day 2, wall clock (the home is in UTC). */
export function at(text: string): number {
  const [, day, hour, minute] = /^d(\d+) (\d\d):(\d\d)$/.exec(text)!;
  return FIRST_DAY_MS + Number(day) * DAY_MS + (Number(hour) * 60 + Number(minute)) * MINUTE_MS;
}

export function madeUpHome(change: Change = {}): Recording {
  const zone = new HomeZone('UTC');
  const events = eventsOf(change);
  return {
    name: 'made-up',
    home: { name: 'made-up', timezone: 'UTC', residents: 1, sensors: SENSORS, score: null },
    zone,
    events,
    sensors: new Map(SENSORS.map((sensor) => [sensor.deviceId, sensor])),
    score: { fromMs: at('d4 00:00'), untilMs: at(`d${DAYS} 00:00`) },
    away: change.away === undefined ? [] : [[at(change.away.from), at(change.away.until)]],
    cases: (change.cases ?? []).map(({ at: when, ...fields }) => {
      const atMs = at(when);
      const lastEventAtMs = events.findLast((event) => event.atMs <= atMs)!.atMs;
      const isDay = isDayTime(zone, atMs);
      const rest = { room: null, strayHitsAtMs: [], keepOneIn: 10 };
      return { kind: 'truncate', atMs, lastEventAtMs, isDay, ...rest, ...fields };
    }),
  };
}

function eventsOf({ silent, doorAt }: Change): RecordedEvent[] {
  const moments: [number, string, boolean][] = [];
  for (let day = 0; day < DAYS; day++) {
    for (let minute = 7 * 60; minute < 22 * 60 + 50; minute += 20) {
      const atMs = FIRST_DAY_MS + day * DAY_MS + minute * MINUTE_MS;
      const [first, second] = day % 2 === 0 ? ['k', 'l'] : ['l', 'k'];
      moments.push([atMs, first!, true], [atMs + 5000, first!, false]);
      moments.push([atMs + 20_000, second!, true], [atMs + 25_000, second!, false]);
    }
  }
  const kept = moments.filter(
    ([atMs]) => silent === undefined || atMs < at(silent.from) || atMs >= at(silent.until),
  );
  if (doorAt !== undefined) kept.push([at(doorAt), 'd', true], [at(doorAt) + 5000, 'd', false]);
  kept.sort((a, b) => a[0] - b[0]);
  return kept.map(([atMs, deviceId, value], index) => {
    const { room, kind } = SENSORS.find((sensor) => sensor.deviceId === deviceId)!;
    return { line: index + 1, atMs, deviceId, room, kind, value };
  });
}
