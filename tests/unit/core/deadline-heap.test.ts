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
      expect(new Map(heap.image())).toEqual(model);
      while (model.size > 0) popBoth();
      expect(heap.nextDueAtMs()).toBe(Number.POSITIVE_INFINITY);
    }),
  );
});

test('a heap rebuilt from its image wakes in the same order', () => {
  fc.assert(
    fc.property(fc.array(arming, { maxLength: 60 }), (armings) => {
      const heap = new DeadlineHeap();
      for (const { number, dueAtMs } of armings) heap.arm(number, dueAtMs);
      const rebuilt = new DeadlineHeap();
      for (const [number, dueAtMs] of heap.image().reverse()) rebuilt.arm(number, dueAtMs);
      while (heap.nextDueAtMs() < Number.POSITIVE_INFINITY) expect(rebuilt.pop()).toBe(heap.pop());
      expect(rebuilt.nextDueAtMs()).toBe(Number.POSITIVE_INFINITY);
    }),
  );
});
