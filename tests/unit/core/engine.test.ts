// Properties of the whole core over random logs: same log, same answer; a cut anywhere changes nothing; the
// invariants of reliability section 4 hold at every step.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Engine } from '#core/engine.ts';
import type { Alert } from '#core/model/alert.ts';
import type { Command } from '#core/model/command.ts';
import type { Entry, EntryBody } from '#core/model/entry.ts';
import { SUPERVISION_CLASSES } from '#core/model/home.ts';
import { EMERGENCY_KINDS } from '#core/model/kinds.ts';
import { encodeSnapshot, restoreSnapshot } from '#core/snapshot.ts';
import type { Roster } from '#core/state/roster.ts';
import { homeOf, run, runCutEverywhere } from '../../support/scenario.ts';

const START_MS = Date.parse('2026-03-02T00:00:00Z');
const staff = fc.constantFrom('li', 'wang');
const kinds = [
  'motion',
  'contact',
  'bed',
  'button',
  'smoke',
  'fall',
  'tamper',
  'battery_pct',
  'online',
  'mystery',
];

const observation = fc.record({
  type: fc.constant('observation' as const),
  gateway: fc.constantFrom(1, 2),
  device: fc.constantFrom(1, 2, 3, 4, 5, 6, null, 99),
  deviceId: fc.constantFrom('pir-living', 'door', 'stranger'),
  kind: fc.constantFrom(...kinds),
  value: fc.oneof(fc.boolean(), fc.constantFrom('sos', 'checkin', null, 5, 50)),
  isLevel: fc.boolean(),
  measuredAtMs: fc.integer({ min: START_MS - 10_000_000, max: START_MS + 10_000_000 }),
  isDeviceTime: fc.boolean(),
  eventId: fc.oneof(
    fc.constant(null),
    fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 2 }),
  ),
  batteryPct: fc.oneof(fc.constant(null), fc.nat(100)),
  isBuffered: fc.boolean(),
});
const link = fc.record({
  type: fc.constant('gateway-link' as const),
  gateway: fc.constantFrom(1, 2, 7),
  online: fc.boolean(),
  reason: fc.constant('status' as const),
});
const desk = fc.record({
  type: fc.constant('desk-presence' as const),
  staffId: staff,
  present: fc.boolean(),
});
const roster = fc.record({
  type: fc.constant('home-configured' as const),
  home: fc
    .record({
      supervision: fc.constantFrom(...SUPERVISION_CLASSES),
      kept: fc.nat(6),
      isWatched: fc.boolean(),
    })
    .map(({ supervision, kept, isWatched }) => {
      const home = homeOf({});
      const devices = home.devices.slice(0, kept).map((device) => ({ ...device, supervision }));
      return { ...home, revision: 2, isWatched, devices };
    }),
});
const resumed = fc.record({
  type: fc.constant('resumed' as const),
  reason: fc.constantFrom('start' as const, 'stall' as const),
  fromMs: fc.integer({ min: START_MS, max: START_MS + 100_000_000 }),
  coreVersion: fc.constant('x'),
});
const order = fc.record({ staffId: staff, action: fc.nat(6), pick: fc.nat(5), token: fc.nat(3) });
const pauseMs = fc.oneof(fc.nat(1000), fc.nat(100_000), fc.nat(40_000_000));
const turn = fc.tuple(
  pauseMs,
  fc.oneof({ weight: 5, arbitrary: observation }, link, desk, roster, resumed, order),
);
type Turn = typeof turn extends fc.Arbitrary<infer T> ? T : never;

/** A log as the service would write it: orders on alerts that are open at that moment, or were. */
function logOf(turns: readonly Turn[]): Entry[] {
  const entries: Entry[] = [];
  const engine = new Engine();
  const known: Alert[] = [];
  let atMs = START_MS;
  const append = (body: EntryBody): void => {
    const entry = { offset: entries.length + 1, atMs, body };
    entries.push(entry);
    for (const effect of engine.step(entry)) if (effect.type === 'alert') known.push(effect.alert);
  };
  const gateway = {
    revision: 1,
    districtCode: '330106001001',
    supervision: '180s' as const,
    isWatched: true,
  };
  append({ type: 'gateway-configured', gateway: { ...gateway, gateway: 1, gatewayId: 'gw-1', home: 1 } });
  append({ type: 'gateway-configured', gateway: { ...gateway, gateway: 2, gatewayId: 'gw-2', home: null } });
  append({ type: 'home-configured', home: homeOf({}) });
  for (const [pause, body] of turns) {
    atMs += pause;
    if (!('action' in body)) append(body);
    else append({ type: 'command', command: commandOf(body, known) });
  }
  return entries;
}

function commandOf(
  order: { staffId: string; action: number; pick: number; token: number },
  known: readonly Alert[],
): Command {
  const alert = known.at(-1 - order.pick);
  const token = alert?.claim?.token ?? order.token;
  const base = { alertId: alert?.id ?? 'none', staffId: order.staffId };
  const outcome = { code: 'WELFARE_OK' as const, detail: 'seen' };
  const choices = [
    { ...base, action: 'claim' as const },
    { ...base, action: 'release' as const, token },
    { ...base, action: 'acknowledge' as const, token },
    { ...base, action: 'note' as const, text: 'x' },
    { ...base, action: 'close' as const, token, outcome, note: null },
  ];
  const ofHome = { home: 1, staffId: order.staffId };
  const untilMs = START_MS + (order.pick + 1) * 40_000_000;
  if (order.action === 5) return { ...ofHome, action: 'declare-away', untilMs, note: null };
  if (order.action === 6) return { ...ofHome, action: 'declare-back' };
  return choices[order.action]!;
}

test('the same log gives the same effects to the byte, and a cut at every entry changes nothing', () => {
  fc.assert(
    fc.property(fc.array(turn, { maxLength: 40 }), (turns) => {
      const entries = logOf(turns);
      const straight = JSON.stringify(run(entries));
      expect(JSON.stringify(run(entries))).toBe(straight);
      expect(runCutEverywhere(entries)).toBe(straight);
    }),
    { numRuns: 150 },
  );
});

test('every emergency of the log is an alert, nobody closes it but a named person, and a claim has one holder', () => {
  fc.assert(
    fc.property(fc.array(turn, { maxLength: 60 }), (turns) => {
      const entries = logOf(turns);
      const effects = run(entries);
      const alerts = effects.flatMap((effect) => (effect.type === 'alert' ? [effect] : []));
      for (const { change, alert } of alerts) {
        const isEmergency = EMERGENCY_KINDS.some((kind) => kind === alert.kind);
        if (alert.handling === 'closed' && isEmergency) expect(alert.closedBy).not.toBeNull();
        if (isEmergency) expect(alert.condition).toBe('active');
        expect(alert.claim !== null).toBe(alert.handling === 'claimed' || alert.handling === 'in-progress');
        expect(change === 'raised').toBe(alert.version === 1);
      }
      for (const { offset, body } of entries) {
        const isPress = body.type === 'observation' && body.kind === 'button' && body.value === 'sos';
        if (!isPress) continue;
        const answer = alerts.find((effect) => effect.alert.kind === 'sos' && effect.offset === offset);
        const id = `~${body.deviceId}~${body.eventId ?? body.measuredAtMs}`;
        const isKnownCause = alerts.some((effect) => effect.offset < offset && effect.alert.id.endsWith(id));
        expect(answer !== undefined || isKnownCause).toBe(true);
      }
    }),
    { numRuns: 150 },
  );
});

test('versions of an alert grow one by one and time never goes back', () => {
  fc.assert(
    fc.property(fc.array(turn, { maxLength: 60 }), (turns) => {
      const versions = new Map<string, number>();
      let atMs = 0;
      for (const effect of run(logOf(turns))) {
        expect(effect.atMs).toBeGreaterThanOrEqual(atMs);
        atMs = effect.atMs;
        if (effect.type !== 'alert') continue;
        expect(effect.alert.version).toBe((versions.get(effect.alert.id) ?? 0) + 1);
        versions.set(effect.alert.id, effect.alert.version);
      }
    }),
    { numRuns: 150 },
  );
});

test('an entry that does not follow the last one is refused: the log has a gap', () => {
  const engine = new Engine();
  engine.step({ offset: 1, atMs: START_MS, body: { type: 'tick' } });
  expect(() => engine.step({ offset: 3, atMs: START_MS, body: { type: 'tick' } })).toThrow('gap');
});

test('a snapshot of another format is refused', () => {
  const bytes = encodeSnapshot(new Engine());
  const text = Buffer.from(bytes).toString('latin1').replace('"format":5', '"format":9');
  const broken = new Uint8Array(Buffer.from(text, 'latin1'));
  expect(() => restoreSnapshot(broken)).toThrow('format 9');
});

test('a snapshot of a core that did not know doors and places is completed', () => {
  const engine = new Engine();
  const home = { home: 1, homeId: 'h', revision: 1, districtCode: '0', timezone: 'UTC', riskFactor: 1 };
  const device = { gateway: 1, supervision: 'none' } as const;
  const devices = [
    { ...device, device: 1, deviceId: 'door', kind: 'contact', room: 'hall', zone: 'entry' },
    { ...device, device: 2, deviceId: 'bed', kind: 'bed', room: 'bedroom', zone: 'bedroom' },
    { ...device, device: 3, deviceId: 'pir', kind: 'motion', room: 'living', zone: 'other' },
  ] as const;
  const body = { ...home, residents: 1, rules: {}, isWatched: true, devices };
  engine.step({ offset: 1, atMs: 1, body: { type: 'home-configured', home: body } });
  const derived = /"traits"/g;
  const text = Buffer.from(encodeSnapshot(engine)).toString('latin1');
  const old = text.replace(derived, (name) => `"${'_'.repeat(name.length - 2)}"`);
  expect(old).not.toBe(text);
  const restored = restoreSnapshot(new Uint8Array(Buffer.from(old, 'latin1'))).world.roster;
  const { homes, devices: sensors } = restored;
  const traitsOf = ({ homes, devices }: Roster): readonly (number | undefined)[] => [
    ...[...homes.rows()].map((row) => homes.columns.traits.get(row)),
    ...[...devices.rows()].map((row) => devices.columns.traits.get(row)),
  ];
  expect(traitsOf(restored)).toEqual(traitsOf(engine.world.roster));
  expect([...sensors.rows()].map((row) => restored.isDoor(row))).toEqual([true, false, false]);
  const row = homes.row(1);
  expect([restored.roomsOf(row), restored.hasDoorContact(row), restored.isWatched(row)]).toEqual([
    2,
    true,
    true,
  ]);
});
