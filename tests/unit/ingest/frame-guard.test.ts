import fc from 'fast-check';
import { generate } from 'mqtt-packet';
import { expect, test } from 'vitest';
import { FrameGuard } from '#ingest/mqtt/frame-guard.ts';

const publishOf = (bytes: number) =>
  generate({ cmd: 'publish', topic: 'a', payload: Buffer.alloc(bytes), qos: 0, retain: false, dup: false });

const lengthOf = (frame: Buffer) => frame.length - (frame.length > 16_386 ? 4 : frame.length > 129 ? 3 : 2);

test('whatever the pieces: a stream of frames passes exactly when each is within its limit', () => {
  const sizes = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(
      sizes,
      fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 30 }),
      (bodies, cuts) => {
        const frames = bodies.flatMap((bytes) => [publishOf(bytes), generate({ cmd: 'pingreq' })]);
        const stream = Buffer.concat(frames);
        const guard = new FrameGuard(200, 300);
        const results: (number | null)[] = [];
        for (let at = 0, i = 0; at < stream.length; i++) {
          const end = at + cuts[i % cuts.length]!;
          results.push(guard.check(stream.subarray(at, end)));
          at = end;
          if (results.at(-1) !== null) break;
        }
        const firstTooLarge = frames.findIndex((frame, i) => lengthOf(frame) > (i === 0 ? 200 : 300));
        expect(results.at(-1)).toBe(firstTooLarge < 0 ? null : lengthOf(frames[firstTooLarge]!));
      },
    ),
    { numRuns: 500 },
  );
});

test('the limit can be raised after the log-in', () => {
  const guard = new FrameGuard(100, 200);
  expect(guard.check(publishOf(50))).toBeNull();
  expect(guard.check(publishOf(250))).toBe(253);
  const larger = new FrameGuard(100, 200);
  larger.allow(300);
  expect(larger.check(publishOf(50))).toBeNull();
  expect(larger.check(publishOf(250))).toBeNull();
});

test('four length bytes are the most', () => {
  expect(new FrameGuard(1e9, 1e9).check(Buffer.from([0x30, 0x80, 0x80, 0x80, 0x80]))).toBe(
    Number.POSITIVE_INFINITY,
  );
  expect(new FrameGuard(1e9, 1e9).check(Buffer.from([0x30, 0x80, 0x80, 0x80, 0x01]))).toBeNull();
});
