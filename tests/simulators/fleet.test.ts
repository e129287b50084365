// Goal: homes play together against one broker: days in pace, scenarios on their homes, everything acknowledged at
// the end, collapsed residents silent while their devices go on.

import { afterEach, beforeEach, expect, test } from 'vitest';
import { homeSeed, Resident } from '../../simulators/day.ts';
import { Fleet, type FleetOptions } from '../../simulators/fleet.ts';
import { Pace } from '../../simulators/pace.ts';
import type { RosterHome } from '../../simulators/roster.ts';
import { parseScenarios } from '../../simulators/scenarios/index.ts';
import { type PlainBroker, startPlainBroker, type Taken } from '../support/plain-broker.ts';

let broker: PlainBroker;
let fleet: Fleet;
/** 09:00 in the demo district, a Monday. */
const START_MS = Date.parse('2026-06-01T01:00:00Z');

beforeEach(async () => {
  broker = await startPlainBroker();
});

afterEach(async () => {
  await fleet.stop(0);
  await broker.close();
});

function roster(count: number): RosterHome[] {
  return Array.from({ length: count }, (_, index) => ({
    homeId: `home-${index}`,
    gatewayId: `gw-${index}`,
    secret: 's',
    timezone: 'Asia/Shanghai',
    index,
  }));
}

function create(options: Partial<FleetOptions> & { readonly scenario?: string }): Fleet {
  const { scenario = '', ...rest } = options;
  fleet = new Fleet({
    url: broker.url,
    homes: roster(3),
    seed: 1,
    speed: 3_600,
    startAtMs: START_MS,
    scenarios: parseScenarios(scenario),
    say: () => undefined,
    ...rest,
  });
  return fleet;
}

const isPress = ({ body }: Taken): boolean => body['value'] === 'sos';

test('an hour of three homes in a second: the readings of their days, at real times', async () => {
  create({}).start();
  await broker.until(150, ({ topic }) => !topic.endsWith('/status'));
  const counts = await fleet.stop(5_000);
  expect(counts).toMatchObject({ homes: 3, online: 3, pending: 0, dropped: 0, problems: [] });
  expect(counts.acknowledged).toBe(counts.reported);
  for (const index of [0, 1, 2]) {
    const sent = broker.taken.filter(
      ({ topic }) => topic.startsWith(`shouwang/v1/gw-${index}/`) && !topic.endsWith('/status'),
    );
    const life = new Resident({ seed: homeSeed(1, index), timezone: 'Asia/Shanghai' }).stream(START_MS);
    for (const { topic, body } of sent.sort((a, b) => Number(a.body['seq']) - Number(b.body['seq']))) {
      const lived = life.next().value;
      expect([topic.split('/')[3], body['kind'], body['value']]).toEqual([
        lived.deviceId,
        lived.kind,
        lived.value,
      ]);
      expect(Math.abs(Date.parse(String(body['at'])) - Date.now())).toBeLessThan(600_000);
    }
  }
});

test('a scenario plays in a home of its own; the same seed casts the same homes', async () => {
  create({ speed: 1, scenario: 'sos@0.05,sos@0.1' }).start();
  const first = (await broker.until(2, isPress)).map(({ clientId }) => clientId);
  expect(new Set(first).size).toBe(2);
  await fleet.stop(1_000);
  broker.taken.length = 0;
  create({ speed: 1, scenario: 'sos@0.05,sos@0.1' }).start();
  expect((await broker.until(2, isPress)).map(({ clientId }) => clientId)).toEqual(first);
});

test('a scenario with named homes plays there, and others leave them alone', async () => {
  const [named] = parseScenarios('battery@0');
  create({
    speed: 1,
    homes: roster(2),
    scenarios: [{ ...named!, homeIds: ['home-1'] }, ...parseScenarios('sos@0,sos@0')],
  });
  fleet.start();
  const battery = await broker.until(1, ({ body }) => body['battery'] === 24);
  expect(battery[0]!.clientId).toBe('gw-1');
  const presses = await broker.until(1, isPress);
  expect(presses[0]!.clientId).toBe('gw-0');
});

test('homes may join a fleet that is under way', async () => {
  const [first, second] = roster(2);
  create({ homes: [first!], speed: 1 }).start();
  await broker.until(1, ({ topic }) => topic === 'shouwang/v1/gw-0/status');
  fleet.add([second!]);
  await broker.until(1, ({ topic }) => topic === 'shouwang/v1/gw-1/status');
  expect(fleet.counts().homes).toBe(2);
  await fleet.stop(1_000);
  fleet.add(roster(3).slice(2));
  expect(fleet.counts().homes).toBe(2);
});

test('a resident who collapsed touches nothing any more, motion sensors come to rest, devices check in', async () => {
  create({ homes: roster(1), speed: 20_000 }).start();
  await broker.until(40, ({ topic }) => topic.endsWith('/event'));
  const [home] = fleet.homes;
  home!.collapse();
  const before = broker.taken.length;
  const isCheckIn = ({ topic, body }: Taken): boolean =>
    topic.endsWith('/telemetry') && body['kind'] === 'battery_pct';
  const soFar = broker.taken.filter(isCheckIn).length;
  await broker.until(soFar + 60, isCheckIn);
  const after = broker.taken.slice(before + 20).filter(({ topic }) => topic.endsWith('/event'));
  expect(after.filter(({ body }) => body['value'] !== false)).toEqual([]);
  const last = new Map(
    broker.taken
      .filter(({ body }) => body['kind'] === 'motion')
      .map(({ topic, body }) => [topic, body['value']]),
  );
  expect([...last.values()].every((value) => value === false)).toBe(true);
});

test('stopping in the middle of an outage still delivers what was buffered', async () => {
  create({
    homes: roster(1),
    speed: 1,
    scenario: 'gateway-outage@0.2',
    gateway: { backoffMs: { first: 5, longest: 20 } },
  }).start();
  await broker.until(1, ({ body }) => body['online'] === false);
  fleet.homes[0]!.report('sos-button', 'button', 'sos');
  const counts = await fleet.stop(5_000);
  expect(counts.pending).toBe(0);
  expect(broker.taken.filter(isPress)[0]!.body['buffered']).toBe(true);
});

test('pace: simulated time runs at its speed from its start', () => {
  let realMs = 100;
  const pace = new Pace({ startAtMs: 5_000, speed: 10, realMs: () => realMs });
  realMs = 350;
  expect(pace.nowMs()).toBe(7_500);
  expect(pace.realDelayMs(8_500)).toBe(100);
  expect(pace.realDelayMs(0)).toBe(0);
  expect(() => new Pace({ startAtMs: 0, speed: 0 })).toThrow(/speed/);
});
