// Goal: time alone wakes a home only as often as its rules have something to look at. A deadline that stays due would
// wake it every millisecond: a core that is busy with one home is late for all others.

import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { Engine } from '#core/engine.ts';
import type { EntryBody, ObservationBody } from '#core/model/entry.ts';
import type { DeviceConfiguration } from '#core/model/home.ts';
import { inactivity } from '#core/rules/inactivity.ts';
import { RULES } from '#core/rules/index.ts';
import { defineRule, type Rule } from '#core/rules/rule.ts';
import { homeOf } from '../../support/scenario.ts';

const MINUTE_MS = 60_000;
const START_MS = Date.UTC(2026, 2, 27, 6);
/** Rules look at a home some times per hour at most: thresholds, leases, hours of the day. */
const TICKS_PER_HOUR_MAX = 60;

const DEVICES: readonly Partial<DeviceConfiguration>[] = [
  { deviceId: 'pir-bedroom', kind: 'motion', room: 'bedroom', zone: 'bedroom' },
  { deviceId: 'pir-bathroom', kind: 'motion', room: 'bathroom', zone: 'bathroom', supervision: '5h' },
  { deviceId: 'pir-living', kind: 'motion', room: 'living room' },
  { deviceId: 'door', kind: 'contact', room: 'hall', zone: 'entry' },
  { deviceId: 'bed', kind: 'bed', room: 'bedroom', zone: 'bedroom' },
  { deviceId: 'button', kind: 'button', room: 'living room' },
  { deviceId: 'meter', kind: 'water_liters', room: 'kitchen', zone: 'kitchen', supervision: '25h' },
  { deviceId: 'band', kind: 'heart_rate_bpm', room: 'bedroom' },
  { deviceId: 'climate', kind: 'temperature_c', room: 'bedroom' },
  { deviceId: 'watch', kind: 'location', room: 'hall' },
  { deviceId: 'terminal', kind: 'terminal', room: 'living room' },
];

const happening = fc.record({
  afterMinutes: fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 0, max: 30 }) },
    fc.integer({ min: 30, max: 20 * 60 }),
  ),
  lateMinutes: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 9 * 60 })),
  device: fc.integer({ min: 0, max: DEVICES.length - 1 }),
  isTrue: fc.boolean(),
  number: fc.integer({ min: 0, max: 200 }),
  turn: fc.integer({ min: 0, max: 30 }),
});
type Happening = (typeof happening extends fc.Arbitrary<infer T> ? T : never) & object;

test.each(['Asia/Shanghai', 'Europe/Madrid'])('a home is not woken in a circle (%s)', (timezone) => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 60 }), fc.integer({ min: 1, max: 2 }), (all, residents) => {
      const run = new Run(timezone, residents);
      for (const one of all) run.take(one);
      run.waitUntil(run.nowMs + 3 * 24 * 60 * MINUTE_MS);
      expect(run.ticks).toBeLessThan(40 + ((run.nowMs - START_MS) / (60 * MINUTE_MS)) * TICKS_PER_HOUR_MAX);
    }),
    { numRuns: 150, seed: 20_261_122 },
  );
});

test('a rule that leaves a deadline standing costs a look per second, not every millisecond', () => {
  const stuck = defineRule({
    id: 'stuck',
    title: 'Never done',
    alertKinds: [],
    priority: 4,
    parameters: {},
    homeColumns: {},
    deviceColumns: {},
    kinds: [],
    start: () => ({ nextDeadlineMs: () => 1, onDeadline: () => undefined }),
  });
  const run = new Run('Asia/Shanghai', 1, [stuck]);
  run.waitUntil(run.nowMs + MINUTE_MS);
  expect(run.ticks).toBeGreaterThan(50);
  expect(run.ticks).toBeLessThan(65);
});

test('whose deadline broke the core rings, and is looked at again every minute', () => {
  const run = new Run('Asia/Shanghai', 1, [inactivity]);
  run.press();
  const breakage = vi.spyOn(run.engine.world.roster, 'firstDeviceOf').mockImplementation(() => {
    throw new Error('a defect');
  });
  run.waitUntil(run.nowMs + 30 * MINUTE_MS);
  const fault = run.engine.openAlerts().find(({ gatewayId }) => gatewayId === null);
  expect(fault).toMatchObject({ kind: 'rule-fault', priority: 1, homeId: 'h-1' });
  expect(fault!.causeCount).toBeGreaterThan(20);
  breakage.mockRestore();
});

/** Wants to look at the home every seven minutes, and sees nothing. */
const restless = defineRule({
  id: 'restless',
  title: 'Always awake',
  alertKinds: [],
  priority: 4,
  parameters: {},
  homeColumns: {},
  deviceColumns: {},
  kinds: [],
  start: ({ world }) => ({
    nextDeadlineMs: () => (Math.floor(world.nowMs / (7 * MINUTE_MS)) + 1) * 7 * MINUTE_MS,
    onDeadline: () => undefined,
  }),
});

// Rules say cheap lower bounds of their deadlines. One that is later than the truth is an alarm that comes too late.
// No mats, and motion without OFF: whether a sensor is stuck is judged whenever the home is woken, for whatever reason.
test('an alert comes at the same time in a home that is woken all the time', () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 25 }), (all) => {
      const [calm, woken] = [RULES, [...RULES, restless]].map((rules) => {
        const run = new Run('Asia/Shanghai', 1, rules);
        for (const one of all) if (DEVICES[one.device]!.kind !== 'bed') run.take({ ...one, isTrue: true });
        run.waitUntil(run.nowMs + 2 * 24 * 60 * MINUTE_MS);
        return run.alerts;
      });
      expect(calm).toEqual(woken);
    }),
    { numRuns: 120, seed: 20_261_123 },
  );
});

test('what a rule that has just looked has found may be what another one waits for', () => {
  const looked: string[] = [];
  const found = { isFound: false };
  const timed = (id: string, dueMs: () => number, look: () => void): Rule =>
    defineRule({
      id,
      title: id,
      alertKinds: [],
      priority: 4,
      parameters: {},
      homeColumns: {},
      deviceColumns: {},
      kinds: [],
      start: ({ world }) => ({
        nextDeadlineMs: dueMs,
        onDeadline: () => {
          looked.push(`${id} ${(world.nowMs - START_MS) / MINUTE_MS}`);
          look();
        },
      }),
    });
  const inMinutes = (minutes: number): number => START_MS + minutes * MINUTE_MS;
  const waiting = timed(
    'waiting',
    () => (found.isFound ? inMinutes(7) : inMinutes(60)),
    () => undefined,
  );
  const finder = timed(
    'finder',
    () => (found.isFound ? Number.POSITIVE_INFINITY : inMinutes(5)),
    () => {
      found.isFound = true;
    },
  );
  const run = new Run('Asia/Shanghai', 1, [waiting, finder]);
  run.waitUntil(inMinutes(7));
  expect(looked).toEqual(['finder 5', 'waiting 7']);
});

class Run {
  readonly engine: Engine;
  /** When which alert was raised or cleared. */
  readonly alerts: string[] = [];
  nowMs = START_MS;
  ticks = 0;

  constructor(timezone: string, residents: number, rules?: readonly Rule[]) {
    this.engine = new Engine(rules);
    const shared = { gateway: 1, gatewayId: 'gw-1', revision: 1, districtCode: '330106001001', home: 1 };
    this.#step({ type: 'gateway-configured', gateway: { ...shared, supervision: '180s', isWatched: true } });
    const home = homeOf({ timezone, devices: DEVICES, home: { residents } });
    this.#step({ type: 'home-configured', home });
  }

  take(happening: Happening): void {
    this.waitUntil(this.nowMs + happening.afterMinutes * MINUTE_MS);
    if (happening.turn === 0) this.#link(false);
    else if (happening.turn === 1) this.#link(true);
    else this.#step(observationOf(happening, this.nowMs));
  }

  /** Somebody is in, and well. */
  press(): void {
    const button = { device: 5, isTrue: true, afterMinutes: 0, lateMinutes: 0, number: 1, turn: 3 };
    this.take(button);
  }

  waitUntil(untilMs: number): void {
    for (let dueMs = this.engine.nextDeadlineMs(); dueMs <= untilMs; dueMs = this.engine.nextDeadlineMs()) {
      this.nowMs = Math.max(this.nowMs, dueMs);
      this.#step({ type: 'tick' });
      this.ticks++;
      if (this.ticks > 20_000) return;
    }
    this.nowMs = untilMs;
  }

  #link(online: boolean): void {
    this.#step({ type: 'gateway-link', gateway: 1, online, reason: online ? 'status' : 'will' });
  }

  #step(body: EntryBody): void {
    for (const effect of this.engine.step({ offset: this.engine.offset + 1, atMs: this.nowMs, body })) {
      if (effect.type === 'alert') this.alerts.push(`${effect.atMs} ${effect.change} ${effect.alert.id}`);
    }
  }
}

function observationOf(happening: Happening, nowMs: number): ObservationBody {
  const { kind, deviceId } = DEVICES[happening.device]!;
  const isPress = kind === 'button' || kind === 'terminal';
  return {
    type: 'observation',
    gateway: 1,
    device: happening.device + 1,
    deviceId: deviceId!,
    kind: isPress ? 'button' : kind!,
    value: saidBy(kind!, happening),
    isLevel: happening.turn % 2 === 0,
    measuredAtMs: nowMs - happening.lateMinutes * MINUTE_MS,
    isDeviceTime: true,
    eventId: `e${nowMs}-${happening.number}`,
    batteryPct: null,
    isBuffered: happening.lateMinutes > 0,
  };
}

function saidBy(kind: string, { isTrue, number }: Happening): ObservationBody['value'] {
  switch (kind) {
    case 'button':
    case 'terminal':
      return isTrue ? 'checkin' : 'cancel';
    case 'location':
      return { latitude: 30 + number / 1000, longitude: 120 };
    case 'motion':
    case 'contact':
    case 'bed':
      return isTrue;
    default:
      return number;
  }
}
