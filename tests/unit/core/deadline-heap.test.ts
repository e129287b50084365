import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DeadlineHeap } from '#core/state/deadline-heap.ts';

const arming = fc.record({
  number: fc.nat(40),
  dueAtMs: fc.oneof(fc.nat(50), fc.constant(Number.POSITIVE_INFINITY)),
});

test('pops everybody in the order of (due, number), whatever was armed before', () => {
  fc.assert(
    fc.property(fc.array(arming, { maxLength: 200 }), fc.nat(5), (armings, popCount) => {
      const heap = new DeadlineHeap();
      const model = new Map<number, number>();
      const popBoth = (): void => {
        const [number] = [...model].sort((a, b) => a[1] - b[1] || a[0] - b[0])[0]!;
        model.delete(number);
        expect(heap.pop()).toBe(number);
      };
      for (const { number, dueAtMs } of armings) {
        heap.arm(number, dueAtMs);
        if (dueAtMs === Number.POSITIVE_INFINITY) model.delete(number);
        else model.set(number, dueAtMs);
        expect(heap.nextDueAtMs()).toBe(Math.min(Number.POSITIVE_INFINITY, ...model.values()));
        expect(heap.armedAtMs(number)).toBe(dueAtMs);
      }
      for (let count = 0; count < popCount && model.size > 0; count++) popBoth();
      while (model.size > 0) popBoth();
      expect(heap.nextDueAtMs()).toBe(Number.POSITIVE_INFINITY);
    }),
  );
});

test('a heap restored from its bytes, wherever they lie, wakes in the same order', () => {
  fc.assert(
    fc.property(fc.array(arming, { maxLength: 60 }), (armings) => {
      const heap = new DeadlineHeap();
      for (const { number, dueAtMs } of armings) heap.arm(number, dueAtMs);
      const rebuilt = new DeadlineHeap();
      rebuilt.restore(heap.images().map((image) => ({ ...image, bytes: shifted(image.bytes) })));
      while (heap.nextDueAtMs() < Number.POSITIVE_INFINITY) expect(rebuilt.pop()).toBe(heap.pop());
      expect(rebuilt.nextDueAtMs()).toBe(Number.POSITIVE_INFINITY);
    }),
  );
});

/** The same bytes where no number may begin. */
function shifted(bytes: Uint8Array): Uint8Array {
  // As it is read from a file.
  const file = Buffer.alloc(bytes.byteLength + 1);
  file.set(bytes, 1);
  return file.subarray(1);
}
