// A folder in the layout of the recorded homes, read whole: events, scoring window, truth and injected emergencies.
// Truth and injections are for scoring only and never reach the engine. Files that a folder does not have count as
// empty, so an unknown home is treated like any other.

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { HomeZone } from '../../simulators/home-zone.ts';
import {
  type RecordedEvent,
  type RecordedHome,
  type RecordedSensor,
  readRecordedEvents,
  readRecordedHome,
} from '../../simulators/recorded-home.ts';

/** What happens after the emergency, by kind (README of the data). */
export const CASE_KINDS = ['truncate', 'stray', 'same-room', 'bathroom', 'not-up'] as const;
export type CaseKind = (typeof CASE_KINDS)[number];

export interface Case {
  readonly kind: CaseKind;
  /** When the emergency happens. */
  readonly atMs: number;
  /** Events of this second and before are real; what comes later is the emergency. */
  readonly lastEventAtMs: number;
  readonly isDay: boolean;
  readonly room: string | null;
  readonly strayHitsAtMs: readonly number[];
  readonly keepOneIn: number;
}

export interface Recording {
  readonly name: string;
  readonly home: RecordedHome;
  readonly zone: HomeZone;
  readonly events: readonly RecordedEvent[];
  readonly sensors: ReadonlyMap<string, RecordedSensor>;
  readonly score: { readonly fromMs: number; readonly untilMs: number };
  readonly away: readonly (readonly [number, number])[] | null;
  readonly cases: readonly Case[];
}

/** The part of a sensor that tells whether its report was caused by a person. */
const TWO_EDGED: ReadonlySet<string> = new Set(['contact', 'bed', 'seat', 'occupancy']);

/** Human activity as the README defines it: ON, and both edges of contacts and mats. */
export function isHuman(event: RecordedEvent): boolean {
  return event.value || TWO_EDGED.has(event.kind);
}

/** @throws RecordingError when home.json or the events cannot be read */
export async function readRecording(directory: string): Promise<Recording> {
  const home = await readRecordedHome(directory);
  const zone = new HomeZone(home.timezone);
  const events: RecordedEvent[] = [];
  for await (const event of readRecordedEvents(directory, home)) events.push(event);
  const truth = await readOptional<{ awayLocal?: [string, string][] }>(join(directory, 'truth.json'));
  const injections = await readOptional<RawCase[]>(join(directory, 'injections.json'));
  const instant = (text: string): number => zone.toUtcMs(Date.parse(`${text}Z`));
  return {
    name: basename(directory) === '' ? home.name : basename(directory),
    home,
    zone,
    events,
    sensors: new Map(home.sensors.map((sensor) => [sensor.deviceId, sensor])),
    score: home.score ?? { fromMs: events[0]?.atMs ?? 0, untilMs: events.at(-1)?.atMs ?? 0 },
    away: truth?.awayLocal?.map(([from, until]) => [instant(from), instant(until)] as const) ?? null,
    cases: (injections ?? []).filter(isKnown).map((raw) => caseOf(raw, zone, instant)),
  };
}

interface RawCase {
  readonly kind: string;
  readonly t: string;
  readonly last_event: string;
  readonly room?: string;
  readonly stray_hits?: readonly string[];
  readonly keep_one_in?: number;
}

function isKnown(raw: RawCase): boolean {
  return (CASE_KINDS as readonly string[]).includes(raw.kind);
}

/** Day is 08–22 of the home's wall clock. */
export function isDayTime(zone: HomeZone, atMs: number): boolean {
  const hour = new Date(zone.toWallMs(atMs)).getUTCHours();
  return hour >= 8 && hour < 22;
}

function caseOf(raw: RawCase, zone: HomeZone, instant: (text: string) => number): Case {
  const atMs = instant(raw.t);
  return {
    kind: raw.kind as CaseKind,
    atMs,
    lastEventAtMs: instant(raw.last_event),
    isDay: isDayTime(zone, atMs),
    room: raw.room ?? null,
    strayHitsAtMs: (raw.stray_hits ?? []).map(instant),
    keepOneIn: raw.keep_one_in ?? 10,
  };
}

async function readOptional<T>(file: string): Promise<T | null> {
  return existsSync(file) ? (JSON.parse(await readFile(file, 'utf8')) as T) : null;
}
