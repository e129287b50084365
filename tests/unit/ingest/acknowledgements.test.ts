import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Acknowledgements } from '#ingest/mqtt/acknowledgements.ts';

test('whatever ends first, acknowledgements leave in the order of arrival, up to the first failure', () => {
  const plan = fc.integer({ min: 1, max: 40 }).chain((count) =>
    fc.record({
      order: fc.shuffledSubarray(
        Array.from({ length: count }, (_, i) => i),
        { minLength: count },
      ),
      failing: fc.option(fc.integer({ min: 0, max: count - 1 }), { nil: null }),
    }),
  );
  fc.assert(
    fc.property(plan, ({ order, failing }) => {
      const queue = new Acknowledgements();
      const left: string[] = [];
      const pending = order
        .toSorted((a, b) => a - b)
        .map((i) => queue.open((error) => void left.push(`${i}${error ? '!' : ''}`)));
      const settled = new Set<number>();
      for (const i of order) {
        queue.settle(pending[i]!, i === failing ? new Error('disk') : null);
        settled.add(i);
        const next = Array.from({ length: order.length + 1 }, (_, k) => k).find((k) => !settled.has(k))!;
        const expected = failing !== null && next > failing ? failing + 1 : next;
        expect(left).toHaveLength(expected);
      }
      expect(left).toEqual(
        Array.from(
          { length: (failing ?? order.length - 1) + 1 },
          (_, i) => `${i}${i === failing ? '!' : ''}`,
        ),
      );
    }),
  );
});

test('nobody is told when the connection is gone', () => {
  const queue = new Acknowledgements();
  let isTold = false;
  const pending = queue.open(() => {
    isTold = true;
  });
  queue.abandon();
  queue.settle(pending, null);
  expect(isTold).toBe(false);
});
