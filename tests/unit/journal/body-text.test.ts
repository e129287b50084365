// Goal: what is written is what is read, for any reading there can be; and nothing else is taken for one.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ObservationBody } from '#core/model/entry.ts';
import { parseBodies, parseBody } from '#journal/body-scanner.ts';
import { bodyText } from '#journal/body-text.ts';

const number = fc.oneof(
  fc.nat(),
  fc.integer(),
  fc.maxSafeNat(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
);
const words = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('motion', 'a"b', 'a\\', '\n', '', '守望'),
);
const value = fc.oneof(
  fc.boolean(),
  number,
  words,
  fc.constant(null),
  fc.record({ systolic: number, diastolic: number }, { noNullPrototype: true }),
  fc.record({ latitude: number, longitude: number }, { noNullPrototype: true }),
);
/** Keys in the order of the ingest. */
const reading: fc.Arbitrary<ObservationBody> = fc.record(
  {
    type: fc.constant('observation' as const),
    gateway: fc.nat(),
    device: fc.option(fc.nat()),
    deviceId: words,
    kind: words,
    value,
    isLevel: fc.boolean(),
    measuredAtMs: number,
    isDeviceTime: fc.boolean(),
    eventId: fc.option(words),
    batteryPct: fc.option(number),
    isBuffered: fc.boolean(),
  },
  { noNullPrototype: true },
);

test('any reading comes back as JSON would bring it back, to the order of its keys', () => {
  fc.assert(
    fc.property(reading, (body) => {
      const text = bodyText(body);
      expect(text).not.toContain('\n');
      expect(JSON.stringify(parseBody(text))).toBe(JSON.stringify(body));
    }),
    { numRuns: 1_000 },
  );
});

test('everything else stays plain JSON', () => {
  const body = { type: 'resumed', reason: 'start', fromMs: 12, coreVersion: '2' } as const;
  expect(bodyText(body)).toBe(JSON.stringify(body));
  expect(parseBody(bodyText(body))).toEqual(body);
});

test('a torn or padded reading is an error or JSON, never half a reading', () => {
  const text = '[1,2,"d","motion",true,1767225600000,2,"e",null]';
  expect(parseBody(text)).toMatchObject({ kind: 'motion', eventId: 'e', isDeviceTime: true, isLevel: false });
  for (let cut = 1; cut < text.length; cut++)
    expect(() => parseBody(text.slice(0, cut)), text.slice(0, cut)).toThrow(SyntaxError);
  expect(() => parseBody(`${text}x`)).toThrow(SyntaxError);
});

test('bodies read together are those read one by one', () => {
  fc.assert(
    fc.property(fc.array(reading), (bodies) => {
      const texts = bodies.map(bodyText);
      expect(JSON.stringify(parseBodies(texts))).toBe(JSON.stringify(bodies));
    }),
    { numRuns: 300 },
  );
});

test('a torn reading among others is an error, whatever stands behind it', () => {
  const text = '[1,2,"d","motion",true,1767225600000,2,"e",null]';
  for (let cut = 1; cut < text.length; cut++)
    expect(() => parseBodies([text, text.slice(0, cut), text]), text.slice(0, cut)).toThrow(SyntaxError);
});
