// Golden cases of the native format: `<case>/input.json|bin`, `meta.json` (gateway, topic; no topic: HTTP), and what
// must come out, `expected.json`. A bug becomes a folder here. Then properties over arbitrary input.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Decoded, MIXED_ROUTE, type Route } from '#codecs/codec.ts';
import { codecOf, frameBytesOfLargestFormat } from '#codecs/index.ts';
import { nativeCodec } from '#codecs/native.ts';
import { NUMERIC_RANGES } from '#codecs/native-values.ts';
import { COMPOUND_KINDS, KINDS, NUMERIC_KINDS } from '#core/model/kinds.ts';
import { emergencyOf } from '#core/model/observation.ts';

const FOLDER = join(import.meta.dirname, 'native');
const EVENT: Route = { role: 'event', deviceId: 'pir' };

const decode = (payload: Uint8Array | string, route: Route = EVENT): Decoded =>
  nativeCodec.decode({ route, payload: Buffer.from(payload), observationsMax: 500 });

describe('golden cases', () => {
  test.each(readdirSync(FOLDER))('%s', (name) => {
    const read = (file: string) => readFileSync(join(FOLDER, name, file));
    const input = readdirSync(join(FOLDER, name)).find((file) => file.startsWith('input.'))!;
    const meta = JSON.parse(read('meta.json').toString()) as {
      topic: string | null;
      observationsMax?: number;
    };
    const route = meta.topic === null ? MIXED_ROUTE : nativeCodec.route('g1', meta.topic);
    const expected: unknown = JSON.parse(read('expected.json').toString());
    if (route === null) return expect(expected).toBeNull();
    const observationsMax = meta.observationsMax ?? 500;
    expect(nativeCodec.decode({ route, payload: read(input), observationsMax })).toEqual(expected);
  });
});

describe('properties', () => {
  test('arbitrary bytes: never throws, never invents an emergency', () => {
    const roles = fc.constantFrom<Route>(EVENT, MIXED_ROUTE, { role: 'status', deviceId: null });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), roles, (bytes, route) => {
        for (const { kind, value } of decode(bytes, route).observations)
          expect(emergencyOf(kind, value)).toBeNull();
      }),
      { numRuns: 2000 },
    );
  });

  test('arbitrary JSON in the place of every field: never throws, every element is either taken or refused', () => {
    const fields = [
      'device',
      'id',
      'seq',
      'at',
      'kind',
      'value',
      'battery',
      'buffered',
      '__proto__',
      'constructor',
    ];
    const value = fc.oneof(fc.jsonValue(), fc.constantFrom(...KINDS, 'sos', true, 'é\u0000'));
    const element = fc.dictionary(fc.constantFrom(...fields), value);
    fc.assert(
      fc.property(fc.array(fc.oneof(element, fc.jsonValue()), { maxLength: 20 }), (elements) => {
        const { observations, indexes, refused } = decode(JSON.stringify(elements), MIXED_ROUTE);
        expect(observations.length + refused.length).toBe(elements.length);
        expect([...indexes, ...refused.map(({ index }) => index)].toSorted((a, b) => a - b)).toEqual(
          elements.map((_, i) => i),
        );
      }),
      { numRuns: 1000 },
    );
  });

  test('an emergency comes only from a value that says so', () => {
    const kinds = fc.constantFrom(...KINDS, 'sos', 'checkin', 'cancel');
    fc.assert(
      fc.property(kinds, fc.jsonValue(), (kind, value) => {
        const [observation] = decode(JSON.stringify({ kind, value })).observations;
        if (observation === undefined || emergencyOf(observation.kind, observation.value) === null) return;
        const says =
          value === true ||
          value === 1 ||
          (typeof value === 'string' && value.trim().toLowerCase() === 'sos');
        expect(says).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test('a number outside its range is unknown, never 0, and the reading is kept', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...NUMERIC_KINDS),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        (kind, value) => {
          const { min, max } = NUMERIC_RANGES[kind];
          const [observation] = decode(JSON.stringify({ kind, value })).observations;
          expect(observation?.value).toBe(value >= min && value <= max ? value + 0 : null);
        },
      ),
    );
  });

  test('any two texts of one moment are the same moment', () => {
    // As a number, an instant before March 1973 would be taken for seconds.
    const ms = fc.integer({ min: 1e11, max: Date.UTC(2199, 0, 1) });
    fc.assert(
      fc.property(ms, fc.integer({ min: -12 * 60, max: 14 * 60 }), (atMs, offset) => {
        const sign = offset < 0 ? '-' : '+';
        const clock = String(Math.floor(Math.abs(offset) / 60)).padStart(2, '0');
        const minutes = String(Math.abs(offset) % 60).padStart(2, '0');
        const local = new Date(atMs + offset * 60_000).toISOString().slice(0, -1);
        const texts = [
          new Date(atMs).toISOString(),
          `${local}${sign}${clock}:${minutes}`,
          `${local}${sign}${clock}${minutes}`,
        ];
        for (const at of [...texts, atMs, String(atMs)]) {
          expect(
            decode(JSON.stringify({ kind: 'motion', value: true, at })).observations[0]?.claimedAtMs,
          ).toBe(atMs);
        }
      }),
    );
  });
});

test.each([
  ['2026-11-22T08:15:30', null],
  ['2026-11-22', null],
  ['2026-02-30T00:00:00Z', null],
  ['2025-02-29T00:00:00Z', null],
  ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
  ['2026-13-01T00:00:00Z', null],
  ['2026-11-22T24:00:00Z', null],
  ['2026-11-22T08:60:00Z', null],
  ['2026-12-31T23:59:60Z', Date.UTC(2027, 0, 1)],
  ['2026-12-31T23:59:61Z', null],
  ['2026-11-22T08:15Z', Date.UTC(2026, 10, 22, 8, 15)],
  ['2026-11-22 08:15:30,5+08', Date.UTC(2026, 10, 22, 0, 15, 30, 500)],
  ['2026-11-22T08:15:30.123456789Z', Date.UTC(2026, 10, 22, 8, 15, 30, 123)],
  ['2026-11-22T08:15:30.1234567890Z', null],
  ['2026-11-22T08:15:30.Z', null],
  ['2026-11-22T08:15:30+15:00', null],
  ['2026-11-22T08:15:30+08:0', null],
  ['2026-11-22T08:15:30Z ', null],
  ['today', null],
  ['', null],
  [1795306530120, 1795306530120],
  [1795306530, 1795306530000],
  [1795306530.25, 1795306530250],
  [1795306530120000, 1795306530120],
  [1795306530120000000, 1795306530120],
  [0, 0],
  [-5, null],
  [1e300, null],
  [true, null],
  [{}, null],
])('at: %j → %j', (at, expected) => {
  expect(decode(JSON.stringify({ kind: 'motion', value: true, at })).observations[0]?.claimedAtMs).toBe(
    expected,
  );
});

test('a payload of nothing but brackets is refused before it reaches the parser', () => {
  for (const text of [
    '['.repeat(60_000),
    '{"a":'.repeat(10_000),
    `{"kind":"x","value":${'['.repeat(33)}${']'.repeat(33)}}`,
  ]) {
    expect(decode(text).refused).toMatchObject([{ index: -1, reason: 'too-deep' }]);
  }
  expect(
    decode(`{"kind":"motion","value":true,"note":"${'['.repeat(1000)}\\"${'{'.repeat(1000)}"}`).observations,
  ).toHaveLength(1);
});

test('beyond the limit of a frame only emergencies are taken', () => {
  const motion = { kind: 'motion', value: true };
  const elements = [motion, motion, motion, { kind: 'fall', value: true }];
  const payload = Buffer.from(JSON.stringify(elements));
  const { indexes, refused } = nativeCodec.decode({ route: EVENT, payload, observationsMax: 2 });
  expect(indexes).toEqual([0, 1, 3]);
  expect(refused).toMatchObject([{ index: 2, reason: 'too-many-observations' }]);
});

test('a prototype is never changed', () => {
  decode(
    '{"__proto__":{"kind":"button","value":"sos","polluted":1},"constructor":{"prototype":{"polluted":1}}}',
  );
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  expect(decode('{"__proto__":{"kind":"button","value":"sos"}}').observations).toEqual([]);
});

test('every kind has a value it takes', () => {
  for (const kind of KINDS) {
    const isPair = (COMPOUND_KINDS as readonly string[]).includes(kind);
    const value = isPair
      ? { systolic: 120, diastolic: 80, latitude: 30, longitude: 120 }
      : kind === 'button'
        ? 'sos'
        : 1;
    const [observation] = decode(
      JSON.stringify({ kind, value: kind === 'heart_rate_bpm' || kind === 'spo2_pct' ? 70 : value }),
    ).observations;
    expect(observation?.value, kind).not.toBeNull();
  }
});

test('the list of formats', () => {
  expect(codecOf('native')).toBe(nativeCodec);
  expect(codecOf('another')).toBeUndefined();
  expect(frameBytesOfLargestFormat()).toBe(0);
});
