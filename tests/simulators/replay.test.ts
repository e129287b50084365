// Goal: a replay sends every event once, in order, with recorded times, heartbeats every ten minutes and the mark;
// the report says what the service raised. Against a plain broker and a double of the API.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RecordedEvent } from '../../simulators/recorded-home.ts';
import { replayHome } from '../../simulators/replay.ts';
import { replayEvents } from '../../simulators/replay-publisher.ts';
import { showReport } from '../../simulators/replay-report.ts';
import { type PlainBroker, startPlainBroker } from '../support/plain-broker.ts';
import { type RegistryApiDouble, startRegistryApiDouble } from '../support/registry-api-double.ts';

let broker: PlainBroker;
let api: RegistryApiDouble;
let directory: string;
const START_MS = Date.parse('2026-07-01T06:00:00Z');

beforeEach(async () => {
  broker = await startPlainBroker();
  api = await startRegistryApiDouble('pw');
  directory = mkdtempSync(join(tmpdir(), 'replay-'));
});

afterEach(async () => {
  await broker.close();
  await api.close();
  rmSync(directory, { recursive: true, force: true });
});

async function* recorded(count: number, gapMs: number): AsyncGenerator<RecordedEvent> {
  for (let line = 1; line <= count; line += 1) {
    const atMs = START_MS + (line - 1) * gapMs;
    yield { line, atMs, deviceId: 'PIR', room: 'Kitchen', kind: 'motion', value: line % 2 === 1 };
  }
}

const target = (): { url: string; gatewayId: string; secret: string } => ({
  url: broker.url,
  gatewayId: 'gw-r',
  secret: 's',
});

test('events and heartbeats in order of recorded time, all marked', async () => {
  const result = await replayEvents(recorded(300, 61_000), target(), { speed: 0 });
  await result.close();
  expect(result).toMatchObject({
    events: 300,
    heartbeats: 31,
    firstAtMs: START_MS,
    lastAtMs: START_MS + 299 * 61_000,
  });
  expect(broker.taken.every(({ body }) => body['replay'] === true)).toBe(true);
  const times = broker.taken.map(({ body }) => Date.parse(String(body['at'])));
  expect(times).toEqual([...times].sort((a, b) => a - b));
  const beats = broker.taken.filter(({ topic }) => topic === 'shouwang/v1/gw-r/status');
  expect(beats.map(({ body }) => Date.parse(String(body['at'])))).toEqual(
    Array.from({ length: 31 }, (_, n) => START_MS + n * 600_000),
  );
  // A heartbeat goes before the event of the same instant: the home is seen first, then judged.
  expect(broker.taken[0]!.topic).toBe('shouwang/v1/gw-r/status');
  const events = broker.taken.filter(({ topic }) => topic === 'shouwang/v1/gw-r/PIR/event');
  expect(events.map(({ body }) => body['id'])).toEqual(Array.from({ length: 300 }, (_, n) => `r${n + 1}`));
  // The leaving of the tool is no event of the recording: no last will.
  expect(broker.taken.some(({ body }) => body['online'] === false)).toBe(false);
});

test('acknowledgements held back bound what is in flight', async () => {
  let waiting = 0;
  let most = 0;
  broker.onPublish = async () => {
    waiting += 1;
    most = Math.max(most, waiting);
    await new Promise((resolve) => setTimeout(resolve, 1));
    waiting -= 1;
  };
  const result = await replayEvents(recorded(500, 1_000), target(), { speed: 0 });
  await result.close();
  expect(most).toBeLessThanOrEqual(64);
  expect(broker.taken.length).toBe(501);
});

test('a service that refuses the replay ends it with a reason', async () => {
  broker.onPublish = ({ topic }) => {
    if (topic.endsWith('/event')) throw new Error('live clock');
  };
  await expect(replayEvents(recorded(50, 1_000), target(), { speed: 0 })).rejects.toThrow(
    /SHOUWANG_CLOCK=recording/,
  );
});

test('a whole home: registered, sent, reported in its local time', async () => {
  writeFileSync(
    join(directory, 'home.json'),
    JSON.stringify({
      home: 'made-up',
      timezone: 'Europe/Amsterdam',
      residents: 1,
      sensors: [{ id: 'Front?', room: 'Hall', kind: 'contact', zone: 'entry' }],
    }),
  );
  const csv = [
    't,sensor,room,kind,value',
    '2026-07-01T08:00:00,Front?,Hall,contact,ON',
    '2026-07-01T08:00:04,Front?,Hall,contact,OFF\n',
  ].join('\n');
  writeFileSync(join(directory, 'events.csv.gz'), gzipSync(csv));
  const explanation = { code: 'inactivity.day', params: {} };
  const alert = {
    kind: 'inactivity',
    rule: 'inactivity',
    priority: 2,
    room: 'Hall',
    deviceId: null,
    explanation,
  };
  const open = {
    handling: 'raised',
    condition: 'active',
    clearedAtMs: null,
    closedAtMs: null,
    causeCount: 1,
  };
  api.alerts.push(
    { id: 'made-up~inactivity~2', raisedAtMs: START_MS + 7_200_000, ...alert, ...open },
    {
      id: 'made-up~inactivity~1',
      raisedAtMs: START_MS,
      ...alert,
      ...open,
      condition: 'cleared',
      clearedAtMs: START_MS + 60_000,
    },
    {
      id: 'made-up~gateway-silent~1',
      raisedAtMs: START_MS + 1,
      ...alert,
      ...open,
      rule: 'gateway-silent',
      handling: 'closed',
      outcome: { code: 'TECHNICAL', detail: 'restored' },
      closedBy: null,
      closedAtMs: START_MS + 2_000,
    },
  );
  const report = await replayHome(
    directory,
    { mqtt: broker.url, http: api.url, login: 'admin', password: 'pw' },
    { speed: 0 },
  );
  expect(api.rows['homes']!.get('made-up')).toMatchObject({
    timezone: 'Europe/Amsterdam',
    livingType: 'SOLITARY',
  });
  expect(api.rows['devices']!.get('gw-made-up/Front')).toMatchObject({
    kind: 'contact',
    zone: 'entry',
    supervision: 'none',
  });
  expect(
    broker.taken.filter(({ topic }) => topic.endsWith('/Front/event')).map(({ body }) => body['value']),
  ).toEqual([true, false]);
  expect(report).toMatchObject({ events: 2, heartbeats: 1, perRule: { inactivity: 2, 'gateway-silent': 1 } });
  expect(report.alerts.map(({ raisedLocal, ended }) => [raisedLocal, ended])).toEqual([
    ['2026-07-01 08:00:00', 'cleared, waits for a person'],
    ['2026-07-01 08:00:00', 'closed TECHNICAL/restored by the core'],
    ['2026-07-01 10:00:00', 'open'],
  ]);
  expect(showReport(report)).toContain('    2  inactivity');
});
