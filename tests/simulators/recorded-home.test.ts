// Goal: recordings are read rightly: kinds, polarity, odd names, clock changes, faults named with their line; and the
// three real homes, when they are on this machine.

import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { type RecordedEvent, readRecordedEvents, readRecordedHome } from '../../simulators/recorded-home.ts';

const folder = mkdtempSync(join(tmpdir(), 'recorded-home-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;

const SENSORS = [
  { id: 'Front door', room: 'Hall', kind: 'contact', zone: 'entry' },
  { id: 'Bed', room: 'Bedroom', kind: 'pressure', zone: 'bedroom' },
  { id: 'chair?', room: 'Living', kind: 'pressure', zone: 'other' },
  { id: 'chair!', room: 'Living', kind: 'pressure', zone: 'attic' },
  { id: 'PIR', room: 'Kitchen', kind: 'motion', zone: 'kitchen' },
];

function record(lines: readonly string[], timezone = 'Europe/Amsterdam', sensors: unknown = SENSORS): string {
  count += 1;
  const directory = mkdtempSync(join(folder, `${count}-`));
  const score = { fromLocal: '2026-10-20T00:00:00', untilLocal: '2026-10-26T00:00:00' };
  writeFileSync(
    join(directory, 'home.json'),
    JSON.stringify({ home: 'made-up', timezone, residents: 1, sensors, score }),
  );
  const csv = ['t,sensor,room,kind,value', ...lines].join('\n');
  writeFileSync(join(directory, 'events.csv.gz'), gzipSync(`${csv}\n`));
  return directory;
}

async function read(directory: string): Promise<RecordedEvent[]> {
  return Array.fromAsync(readRecordedEvents(directory, await readRecordedHome(directory)));
}

test('sensors become devices of the native format with names fit for a topic', async () => {
  const home = await readRecordedHome(record([]));
  expect(home).toMatchObject({ name: 'made-up', timezone: 'Europe/Amsterdam', residents: 1 });
  expect(home.score).toEqual({
    fromMs: Date.parse('2026-10-19T22:00:00Z'),
    untilMs: Date.parse('2026-10-25T23:00:00Z'),
  });
  expect(home.sensors.map(({ deviceId, kind, zone, room }) => [deviceId, kind, zone, room])).toEqual([
    ['Front-door', 'contact', 'entry', 'Hall'],
    ['Bed', 'bed', 'bedroom', 'Bedroom'],
    ['chair', 'seat', 'other', 'Living'],
    ['chair-2', 'seat', 'other', 'Living'],
    ['PIR', 'motion', 'kitchen', 'Kitchen'],
  ]);
});

test('events keep their order, line and edges; doubled lines stay two events', async () => {
  const events = await read(
    record([
      '2026-07-01T08:00:00.250,PIR,Kitchen,motion,ON',
      '2026-07-01T08:00:00.250,PIR,Kitchen,motion,ON',
      '2026-07-01T08:00:05,Front door,Hall,contact,OPEN',
      '2026-07-01T08:00:09.000,Front door,Hall,contact,CLOSE',
    ]),
  );
  expect(events.map(({ line, atMs, deviceId, kind, value }) => [line, atMs, deviceId, kind, value])).toEqual([
    [1, Date.parse('2026-07-01T06:00:00.250Z'), 'PIR', 'motion', true],
    [2, Date.parse('2026-07-01T06:00:00.250Z'), 'PIR', 'motion', true],
    [3, Date.parse('2026-07-01T06:00:05Z'), 'Front-door', 'contact', true],
    [4, Date.parse('2026-07-01T06:00:09Z'), 'Front-door', 'contact', false],
  ]);
});

test('clocks back: the second pass through the same hour is an hour later', async () => {
  const times = ['01:50:00', '02:30:00', '02:55:00', '02:05:00', '02:40:00', '03:10:00'];
  const events = await read(record(times.map((time) => `2026-10-25T${time},PIR,Kitchen,motion,ON`)));
  const utc = events.map(({ atMs }) => new Date(atMs).toISOString().slice(11, 16));
  expect(utc).toEqual(['23:50', '00:30', '00:55', '01:05', '01:40', '02:10']);
});

test('clocks forward: time never goes back, even with a clock nobody set', async () => {
  const times = ['01:59:00', '02:30:00', '03:05:00', '03:40:00'];
  const events = await read(record(times.map((time) => `2026-03-29T${time},PIR,Kitchen,motion,ON`)));
  const utc = events.map(({ atMs }) => new Date(atMs).toISOString().slice(11, 16));
  expect(utc).toEqual(['00:59', '01:30', '01:30', '01:40']);
});

test.each([
  ['an unknown sensor', '2026-07-01T08:00:00,Oven,Kitchen,appliance,ON', /event 2: unknown sensor "Oven"/],
  ['an unknown value', '2026-07-01T08:00:00,PIR,Kitchen,motion,MAYBE', /event 2: unknown value "MAYBE"/],
  ['an unreadable time', 'yesterday,PIR,Kitchen,motion,ON', /event 2: unreadable time "yesterday"/],
  ['a time with a zone', '2026-07-01T08:00:00Z,PIR,Kitchen,motion,ON', /event 2: unreadable time/],
  ['a step back', '2026-06-30T08:00:00,PIR,Kitchen,motion,ON', /event 2: goes back in time/],
])('refuses %s and says where', async (_, line, message) => {
  await expect(read(record(['2026-07-01T07:00:00,PIR,Kitchen,motion,ON', line]))).rejects.toThrow(message);
});

test('a missing or broken file is named', async () => {
  await expect(readRecordedHome(join(folder, 'nowhere'))).rejects.toThrow(
    /nowhere.home\.json cannot be read/,
  );
  await expect(readRecordedHome(record([], 'Mars/Olympus'))).rejects.toThrow(
    /unknown timezone "Mars\/Olympus"/,
  );
  await expect(readRecordedHome(record([], 'UTC', [{ id: 'X', kind: 'radar' }]))).rejects.toThrow(
    /unknown kind "radar"/,
  );
  const directory = record([]);
  const home = await readRecordedHome(directory);
  rmSync(join(directory, 'events.csv.gz'));
  await expect(Array.fromAsync(readRecordedEvents(directory, home))).rejects.toThrow(
    /events\.csv\.gz cannot be read/,
  );
  writeFileSync(join(directory, 'events.csv.gz'), 'not gzip');
  await expect(Array.fromAsync(readRecordedEvents(directory, home))).rejects.toThrow(/cannot be read/);
});

const REAL_HOMES = join(import.meta.dirname, '..', '..', '..', 'shared', 'data', 'homes');
const hasRealHomes = existsSync(REAL_HOMES);
if (!hasRealHomes)
  console.log('recorded homes are not on this machine (../shared/data/homes): their tests are skipped');

describe.skipIf(!hasRealHomes)('the real homes', () => {
  test.each([
    ['home-01', 26_992, '2009-07-24T16:46:55.000Z'],
    ['home-02', 4_668, '2012-11-11T20:14:21.000Z'],
    ['home-03', 21_968, '2016-07-12T07:00:30.600Z'],
  ])('%s is read to the end in order', async (name, expected, first) => {
    const directory = join(REAL_HOMES, name);
    const home = await readRecordedHome(directory);
    let before = 0;
    let events = 0;
    for await (const event of readRecordedEvents(directory, home)) {
      if (events === 0) expect(new Date(event.atMs).toISOString()).toBe(first);
      events += 1;
      expect(event.atMs).toBeGreaterThanOrEqual(before);
      before = event.atMs;
    }
    expect(events).toBe(expected);
    expect(home.score!.untilMs).toBeLessThanOrEqual(before + 1_000);
    expect(home.sensors.filter(({ zone }) => zone === 'entry').length).toBeGreaterThan(0);
  });
});
