// Goal: whatever meters and wrist bands send, in any order and any number of copies, the rules of water and vital signs
// never fault, a restart at any entry changes nothing, and copies and older totals change no answer.
// Method: random streams through the real core, straight and with a snapshot cut at every entry.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Engine } from '#core/engine.ts';
import type { Effect } from '#core/model/effect.ts';
import type { Entry, EntryBody } from '#core/model/entry.ts';
import type { ObservationValue } from '#core/model/observation.ts';
import { vitalSigns } from '#core/rules/vital-signs.ts';
import { waterContinuous } from '#core/rules/water-continuous.ts';
import { waterHigh } from '#core/rules/water-high.ts';
import { waterLow } from '#core/rules/water-low.ts';
import { unsayableIn } from '../../support/sayable.ts';
import { homeOf, run, runCutEverywhere } from '../../support/scenario.ts';

const RULES = [waterLow, waterHigh, waterContinuous, vitalSigns];
const START_MS = Date.parse('2026-03-02T00:00:00+08:00');
const MINUTE_MS = 60_000;
const DEVICES = ['water_liters', 'water_liters', 'heart_rate_bpm', 'contact'];

interface Sent {
  readonly afterMin: number;
  readonly lateMin: number;
  readonly device: number;
  readonly kind: string;
  readonly value: ObservationValue;
  readonly isLevel: boolean;
}

function entriesOf(stream: readonly Sent[]): Entry[] {
  const devices = DEVICES.map((kind, index) => ({ deviceId: `d-${index}`, kind, zone: 'entry' as const }));
  const entries: Entry[] = [];
  const engine = new Engine(RULES);
  const append = (atMs: number, body: EntryBody): void => {
    const entry = { offset: entries.length + 1, atMs, body };
    entries.push(entry);
    engine.step(entry);
  };
  append(START_MS, { type: 'home-configured', home: homeOf({ devices }) });
  let nowMs = START_MS;
  for (const sent of stream) {
    nowMs += sent.afterMin * MINUTE_MS;
    while (engine.nextDeadlineMs() <= nowMs) append(engine.nextDeadlineMs(), { type: 'tick' });
    append(nowMs, {
      type: 'observation',
      gateway: 1,
      device: sent.device + 1,
      deviceId: `d-${sent.device}`,
      kind: sent.kind,
      value: sent.value,
      isLevel: sent.isLevel,
      measuredAtMs: nowMs - sent.lateMin * MINUTE_MS,
      isDeviceTime: true,
      eventId: `e-${entries.length}`,
      batteryPct: null,
      isBuffered: sent.lateMin > 0,
    });
  }
  return entries;
}

const liters = fc.oneof(
  fc.nat(30),
  fc.nat(99_999_999),
  fc.double({ min: -1, max: 1e12, noNaN: false }),
  fc.constantFrom(null, true, 'x', 0, -0),
);
const pressure = fc.record({ systolic: fc.nat(300), diastolic: fc.nat(200) });
const vital = fc.oneof(
  fc.record({ kind: fc.constantFrom('heart_rate_bpm', 'spo2_pct', 'respiration_bpm'), value: fc.nat(250) }),
  fc.record({ kind: fc.constant('blood_pressure_mmhg'), value: pressure }),
  fc.record({ kind: fc.constantFrom('heart_rate_bpm', 'spo2_pct', 'blood_pressure_mmhg'), value: liters }),
);
const when = {
  afterMin: fc.oneof(fc.nat(40), fc.nat(3000)),
  lateMin: fc.oneof(fc.constant(0), fc.nat(60), fc.nat(5000), fc.constant(-10)),
};
const sent = fc.oneof(
  fc.record({
    ...when,
    device: fc.nat(1),
    kind: fc.constant('water_liters'),
    value: liters,
    isLevel: fc.boolean(),
  }),
  fc
    .record({ ...when, device: fc.nat(3), isLevel: fc.boolean(), vital })
    .map(({ vital: { kind, value }, ...rest }) => ({ ...rest, kind, value: value as ObservationValue })),
  fc.record({
    ...when,
    device: fc.constant(3),
    kind: fc.constant('contact'),
    value: fc.boolean(),
    isLevel: fc.boolean(),
  }),
) as fc.Arbitrary<Sent>;

test('no stream of readings faults a rule, and a restart anywhere changes nothing', () => {
  fc.assert(
    fc.property(fc.array(sent, { maxLength: 60 }), (stream) => {
      const entries = entriesOf(stream);
      const effects = run(entries, RULES);
      expect(effects.filter((effect) => kindOf(effect) === 'rule-fault')).toEqual([]);
      expect(unsayableIn(effects)).toEqual([]);
      expect(runCutEverywhere(entries, RULES)).toBe(JSON.stringify(effects));
    }),
    { numRuns: 40 },
  );
});

const meterDay = fc.array(fc.record({ afterMin: fc.integer({ min: 1, max: 90 }), drawn: fc.nat(60) }), {
  minLength: 10,
  maxLength: 60,
});

test('copies of totals and of pulses, and older ones that come late, change no answer', () => {
  fc.assert(
    fc.property(meterDay, fc.array(fc.nat(59), { maxLength: 30 }), (day, copied) => {
      const plain = day.flatMap((step, index) => readings(day, index, step.afterMin));
      const withCopies = day.flatMap((step, index) => [
        ...readings(day, index, step.afterMin),
        ...copied.filter((of) => of <= index).flatMap((of) => copyOf(day, of, index)),
      ]);
      expect(answers(withCopies)).toEqual(answers(plain));
    }),
    { numRuns: 60 },
  );
});

type Day = readonly { readonly afterMin: number; readonly drawn: number }[];

/** The meter of step `index` and a pulse that is sometimes too fast. */
function readings(day: Day, index: number, afterMin: number): Sent[] {
  const total = day
    .slice(0, index + 1)
    .reduce((sum, { drawn }) => sum + (drawn > 40 ? drawn * 20 : drawn % 3), 0);
  const common = { lateMin: 0, isLevel: true };
  return [
    { ...common, afterMin, device: 0, kind: 'water_liters', value: 1000 + total },
    { ...common, afterMin: 0, device: 2, kind: 'heart_rate_bpm', value: 100 + day[index]!.drawn },
  ];
}

/** What was read at step `of`, once more at step `index`. */
function copyOf(day: Day, of: number, index: number): Sent[] {
  const lateMin = day.slice(of + 1, index + 1).reduce((sum, { afterMin }) => sum + afterMin, 0);
  return readings(day, of, 0).map((reading) => ({ ...reading, lateMin }));
}

function answers(stream: readonly Sent[]): string[] {
  return run(entriesOf(stream), RULES).map((effect) =>
    effect.type === 'alert' ? `${effect.atMs} ${effect.change} ${effect.alert.id}` : effect.type,
  );
}

function kindOf(effect: Effect): string {
  return effect.type === 'alert' ? effect.alert.kind : effect.type;
}
