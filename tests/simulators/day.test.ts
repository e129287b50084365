// Goal: simulated lives are repeatable to the byte and plausible for any seed, also where clocks change.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { homeSeed, Resident } from '../../simulators/day.ts';
import type { Reading } from '../../simulators/devices.ts';
import { HOME_DEVICES } from '../../simulators/devices.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const MONDAY = Date.UTC(2026, 5, 1) / DAY_MS;
const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const days = fc.integer({ min: MONDAY, max: MONDAY + 400 });

function resident(seed: number, timezone = 'Asia/Shanghai'): Resident {
  return new Resident({ seed, timezone });
}

function take(stream: Iterable<Reading>, untilMs: number): Reading[] {
  const readings: Reading[] = [];
  for (const reading of stream) {
    if (reading.atMs >= untilMs) return readings;
    readings.push(reading);
  }
  return readings;
}

function forAll(check: (home: Resident, day: number) => void): void {
  fc.assert(
    fc.property(seeds, days, (seed, day) => check(resident(seed), day)),
    { numRuns: 60 },
  );
}

describe('repeatable', () => {
  const from = Date.UTC(2026, 5, 1, 3);

  test('the same seed gives the same bytes', () => {
    const bytes = [1, 2].map(() => JSON.stringify(take(resident(42).stream(from), from + 3 * DAY_MS)));
    expect(bytes[0]).toBe(bytes[1]);
    expect(bytes[0]!.length).toBeGreaterThan(50_000);
  });

  test('another seed, another life; homes of a fleet differ', () => {
    const lives = [0, 1, 2, 3].map((index) =>
      JSON.stringify(take(resident(homeSeed(7, index)).stream(from), from + DAY_MS)),
    );
    expect(new Set(lives).size).toBe(4);
  });

  test('a stream begun later is the rest of one begun earlier', () => {
    const middle = from + 40 * 3_600_000;
    const whole = take(resident(9).stream(from), middle + 2 * DAY_MS).filter(({ atMs }) => atMs >= middle);
    const late = take(resident(9).stream(middle), middle + 2 * DAY_MS).slice(HOME_DEVICES.length);
    expect(late.length).toBeGreaterThan(500);
    expect(late).toEqual(whole);
  });
});

describe('plausible', () => {
  test('times never go back and devices are those of the home', () => {
    const known = new Set(HOME_DEVICES.map(({ deviceId }) => deviceId));
    forAll((home, day) => {
      const from = home.plan(day).wakeAtMs;
      const readings = take(home.stream(from), from + 2 * DAY_MS);
      for (const [place, { atMs, deviceId }] of readings.entries()) {
        expect(atMs).toBeGreaterThanOrEqual(readings[place - 1]?.atMs ?? 0);
        expect(Number.isInteger(atMs)).toBe(true);
        expect(known.has(deviceId)).toBe(true);
      }
    });
  });

  test('stays are gapless from getting up to getting up', () => {
    forAll((home, day) => {
      const plan = home.plan(day);
      expect(plan.stays[0]!.fromMs).toBe(plan.wakeAtMs);
      expect(plan.stays.at(-1)!.untilMs).toBe(plan.endMs);
      expect(home.plan(day + 1).wakeAtMs).toBe(plan.endMs);
      for (const [place, stay] of plan.stays.entries()) {
        expect(stay.untilMs).toBeGreaterThan(stay.fromMs);
        if (place > 0) expect(stay.fromMs).toBe(plan.stays[place - 1]!.untilMs);
      }
    });
  });

  test('at night the resident sleeps, but for visits to the toilet', () => {
    forAll((home, day) => {
      const { bedAtMs, endMs, stays } = home.plan(day);
      const night = stays.filter(({ fromMs }) => fromMs >= bedAtMs);
      const asleepMs = night
        .filter(({ doing }) => doing === 'sleep')
        .reduce((sum, s) => sum + s.untilMs - s.fromMs, 0);
      expect(asleepMs).toBeGreaterThan(5 * 3_600_000);
      expect(asleepMs / (endMs - bedAtMs)).toBeGreaterThan(0.85);
      const rooms = new Set(night.map(({ room }) => room));
      for (const room of rooms) expect(['bedroom', 'bathroom', 'hall']).toContain(room);
      const nightly = home.sense(day).filter(({ atMs }) => atMs >= bedAtMs + 10 * MINUTE_MS);
      expect(nightly.filter(({ deviceId }) => deviceId === 'door-front')).toEqual([]);
      expect(nightly.filter(({ kind, value }) => kind === 'motion' && value === true).length).toBeLessThan(
        80,
      );
    });
  });

  test('while the resident is out nothing in the home is touched', () => {
    let outings = 0;
    forAll((home, day) => {
      const sensed = home.sense(day);
      for (const stay of home.plan(day).stays.filter(({ room }) => room === 'out')) {
        outings += 1;
        const meanwhile = sensed.filter(({ atMs }) => atMs > stay.fromMs && atMs < stay.untilMs - 2_000);
        expect(meanwhile.filter(({ kind, value }) => kind !== 'motion' || value !== false)).toEqual([]);
      }
    });
    expect(outings).toBeGreaterThan(30);
  });

  test('motion sensors hold for 30 to 60 s after the last movement and alternate', () => {
    forAll((home, day) => {
      const sensed = home.sense(day);
      for (const deviceId of ['pir-bedroom', 'pir-bathroom', 'pir-kitchen', 'pir-living', 'pir-hall']) {
        const edges = sensed.filter((reading) => reading.deviceId === deviceId);
        expect(edges.length % 2).toBe(0);
        for (const [place, edge] of edges.entries()) {
          expect(edge.value).toBe(place % 2 === 0);
          if (edge.value === false) expect(edge.atMs - edges[place - 1]!.atMs).toBeGreaterThanOrEqual(30_000);
        }
      }
    });
  });

  test('a day has the density of a real one', () => {
    forAll((home, day) => {
      const sensed = home.sense(day);
      expect(sensed).toEqual(sensed.toSorted((a, b) => a.atMs - b.atMs));
      const movements = sensed.filter(({ kind, value }) => kind === 'motion' && value === true).length;
      const liters = sensed
        .filter(({ kind }) => kind === 'water_liters')
        .reduce((sum, r) => sum + Number(r.value), 0);
      expect(movements).toBeGreaterThan(60);
      expect(movements).toBeLessThan(700);
      expect(liters).toBeGreaterThan(30);
      expect(liters).toBeLessThan(350);
    });
  });

  test('the front door misses some passages over a year, and only some', () => {
    const home = resident(5);
    let passages = 0;
    let opened = 0;
    for (let day = MONDAY; day < MONDAY + 120; day += 1) {
      passages += 2 * home.plan(day).stays.filter(({ room }) => room === 'out').length;
      opened += home
        .sense(day)
        .filter(({ deviceId, value }) => deviceId === 'door-front' && value === true).length;
    }
    expect(opened).toBeLessThan(passages);
    expect(opened).toBeGreaterThan(passages * 0.8);
  });

  test('every supervised device checks in at least four times per window', () => {
    const from = Date.UTC(2026, 5, 1);
    const readings = take(resident(3).stream(from), from + 2 * DAY_MS);
    for (const { deviceId, supervision } of HOME_DEVICES) {
      const levels = readings.filter((r) => r.deviceId === deviceId && r.isLevel);
      expect(levels.length, deviceId).toBeGreaterThanOrEqual(supervision === '5h' ? 38 : 8);
    }
  });
});

test.each([
  ['clocks forward', Date.UTC(2026, 2, 28)],
  ['clocks back', Date.UTC(2026, 9, 24)],
])('days around a clock change are whole: %s', (_, from) => {
  const home = resident(11, 'Europe/Amsterdam');
  const readings = take(home.stream(from), from + 3 * DAY_MS);
  for (const [place, { atMs }] of readings.entries())
    expect(atMs).toBeGreaterThanOrEqual(readings[place - 1]?.atMs ?? 0);
  const first = home.dayAt(from + DAY_MS / 2);
  for (const day of [first, first + 1]) expect(home.plan(day).endMs).toBe(home.plan(day + 1).wakeAtMs);
});
