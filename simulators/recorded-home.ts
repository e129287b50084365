// Reads a recorded home: home.json and events.csv.gz (t,sensor,room,kind,value; t is the home's wall clock without
// zone). Streams, so that a year of events costs no memory. Gives events in order of time, in ms UTC, safe on days
// when the clocks change. Labels, truth and injected emergencies are not read here: the replay must not know them.

import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { ZONES, type Zone } from '#core/model/home.ts';
import { HomeZone } from './home-zone.ts';

export interface RecordedSensor {
  /** Name in the recording. */
  readonly sensorId: string;
  /** The name made fit for an MQTT topic level and a URL; unique in the home. */
  readonly deviceId: string;
  readonly room: string;
  /** Kind of the native format. */
  readonly kind: string;
  readonly zone: Zone;
}

export interface RecordedHome {
  readonly name: string;
  readonly timezone: string;
  readonly residents: number;
  readonly sensors: readonly RecordedSensor[];
  /** Window whose alerts count; the part before it is warm-up. Null when the recording names none. */
  readonly score: { readonly fromMs: number; readonly untilMs: number } | null;
}

export interface RecordedEvent {
  /** Line of the event in the file, 1 is the first event: its identity, since some real events are doubled. */
  readonly line: number;
  readonly atMs: number;
  readonly deviceId: string;
  readonly room: string;
  readonly kind: string;
  readonly value: boolean;
}

/** What is wrong with a recording, with file and line. */
export class RecordingError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RecordingError';
  }
}

const VALUES: Readonly<Record<string, boolean>> = { ON: true, OFF: false, OPEN: true, CLOSE: false };
/** Kinds with the same name and meaning in the native format; a contact that is ON is open. */
const SAME_KINDS: ReadonlySet<string> = new Set([
  'motion',
  'contact',
  'flush',
  'float',
  'appliance',
  'light',
]);

/** @throws RecordingError when home.json is missing, no JSON, or lacks what a replay needs */
export async function readRecordedHome(directory: string): Promise<RecordedHome> {
  const file = join(directory, 'home.json');
  const raw = await readJson(file);
  const zone = zoneOf(raw['timezone'], file);
  if (!Array.isArray(raw['sensors'])) throw new RecordingError(`${file}: "sensors" is not a list`);
  const taken = new Set<string>();
  return {
    name: String(raw['home'] ?? 'recorded-home'),
    timezone: zone.timezone,
    residents: typeof raw['residents'] === 'number' ? raw['residents'] : 1,
    sensors: raw['sensors'].map((sensor) => readSensor(sensor as Record<string, unknown>, taken, file)),
    score: readScore(raw['score'], zone),
  };
}

/**
 * The events in order of time.
 * @throws RecordingError with the line, when one cannot be read or goes back in time
 */
export async function* readRecordedEvents(
  directory: string,
  home: RecordedHome,
): AsyncGenerator<RecordedEvent> {
  const file = join(directory, 'events.csv.gz');
  const sensors = new Map(home.sensors.map((sensor) => [sensor.sensorId, sensor]));
  const zone = new HomeZone(home.timezone);
  const before = { wallMs: Number.NEGATIVE_INFINITY, utcMs: Number.NEGATIVE_INFINITY };
  let line = -1;
  for await (const text of linesOf(file)) {
    line += 1;
    if (line > 0 && text !== '') yield readEvent(text, line, { sensors, zone, before, file });
  }
}

/** Not node:readline, which does not hand on the errors of its input. */
async function* linesOf(file: string): AsyncGenerator<string> {
  const source = createReadStream(file);
  const unzipped = source.pipe(createGunzip()).setEncoding('utf8');
  // pipe() does not hand on errors either; without this a missing file would wait for ever.
  source.on('error', (error) => unzipped.destroy(error));
  let rest = '';
  try {
    for await (const chunk of unzipped as AsyncIterable<string>) {
      const lines = (rest + chunk).split(/\r?\n/);
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } catch (cause) {
    throw new RecordingError(`${file} cannot be read: ${(cause as Error).message}`, { cause });
  } finally {
    source.destroy();
    unzipped.destroy();
  }
  if (rest !== '') yield rest;
}

interface Context {
  readonly sensors: ReadonlyMap<string, RecordedSensor>;
  readonly zone: HomeZone;
  /** Time of the event before; moved on by every event. */
  readonly before: { wallMs: number; utcMs: number };
  readonly file: string;
}

function readEvent(text: string, line: number, context: Context): RecordedEvent {
  const [time = '', sensorId = '', , , state = ''] = text.split(',');
  const where = `${context.file}, event ${line}`;
  const sensor = context.sensors.get(sensorId);
  if (sensor === undefined) throw new RecordingError(`${where}: unknown sensor "${sensorId}"`);
  const value = VALUES[state];
  if (value === undefined) throw new RecordingError(`${where}: unknown value "${state}"`);
  const wallMs = wallMsOf(time);
  if (wallMs === null) throw new RecordingError(`${where}: unreadable time "${time}"`);
  const atMs = nextInstant(wallMs, context);
  if (atMs === null) throw new RecordingError(`${where}: goes back in time, ${time}`);
  return { line, atMs, deviceId: sensor.deviceId, room: sensor.room, kind: sensor.kind, value };
}

/** Never before the event before. Null when the file is not in order of time. */
function nextInstant(wallMs: number, { zone, before }: Context): number | null {
  const utcMs = zone.toUtcMs(wallMs, before.utcMs);
  // A wall time that never happened lands an hour late; what follows it may then stand still, but not go back.
  if (utcMs < before.utcMs && wallMs < before.wallMs) return null;
  before.wallMs = wallMs;
  before.utcMs = Math.max(utcMs, before.utcMs);
  return before.utcMs;
}

function wallMsOf(time: unknown): number | null {
  if (typeof time !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?$/.test(time)) return null;
  const wallMs = Date.parse(`${time}Z`);
  return Number.isNaN(wallMs) ? null : wallMs;
}

async function readJson(file: string): Promise<Record<string, unknown>> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  } catch (cause) {
    throw new RecordingError(`${file} cannot be read: ${(cause as Error).message}`, { cause });
  }
}

function zoneOf(timezone: unknown, file: string): HomeZone {
  try {
    return new HomeZone(String(timezone));
  } catch (cause) {
    throw new RecordingError(`${file}: unknown timezone "${String(timezone)}"`, { cause });
  }
}

function readSensor(raw: Record<string, unknown>, taken: Set<string>, file: string): RecordedSensor {
  const sensorId = String(raw['id'] ?? '');
  if (sensorId === '') throw new RecordingError(`${file}: a sensor without "id"`);
  const zone = ZONES.find((known) => known === raw['zone']) ?? 'other';
  const kind = nativeKind(String(raw['kind']), zone);
  if (kind === null)
    throw new RecordingError(`${file}: sensor "${sensorId}" has unknown kind "${String(raw['kind'])}"`);
  return { sensorId, deviceId: deviceIdOf(sensorId, taken), room: String(raw['room'] ?? '?'), kind, zone };
}

/** A pressure mat is a bed in the bedroom and a seat elsewhere. */
function nativeKind(kind: string, zone: Zone): string | null {
  if (kind === 'pressure') return zone === 'bedroom' ? 'bed' : 'seat';
  return SAME_KINDS.has(kind) ? kind : null;
}

function deviceIdOf(sensorId: string, taken: Set<string>): string {
  const plain = sensorId.replace(/[^A-Za-z0-9_-]+/g, '-').replace(/^-+|-+$/g, '') || 'sensor';
  let deviceId = plain;
  for (let copy = 2; taken.has(deviceId); copy += 1) deviceId = `${plain}-${copy}`;
  taken.add(deviceId);
  return deviceId;
}

function readScore(raw: unknown, zone: HomeZone): RecordedHome['score'] {
  const score = raw as { fromLocal?: unknown; untilLocal?: unknown } | undefined;
  const from = wallMsOf(score?.fromLocal);
  const until = wallMsOf(score?.untilLocal);
  if (from === null || until === null) return null;
  return { fromMs: zone.toUtcMs(from), untilMs: zone.toUtcMs(until) };
}
