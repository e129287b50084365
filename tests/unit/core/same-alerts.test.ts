// Goal: what does not matter to the people in a home changes no alert about them: how often the core looks, in which
// order devices are listed, that the same configuration is said again, who lives next door.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RULES } from '#core/rules/index.ts';
import { DEVICES, type Happening, happening, MINUTE_MS, RandomHome } from '../../support/random-home.ts';
import { timedRule } from '../../support/timed-rule.ts';

const happenings = fc.array(happening, { maxLength: 25 });
const DAY_MINUTES = 24 * 60;

/** Wants to look at the home every seven minutes, and sees nothing. */
const restless = timedRule('restless', (world) => ({
  nextDeadlineMs: () => (Math.floor(world.nowMs / (7 * MINUTE_MS)) + 1) * 7 * MINUTE_MS,
  onDeadline: () => undefined,
}));

// No mats, and motion without OFF: whether a sensor is stuck is judged whenever the home is woken, for whatever reason.
const calmly = happenings.map((all) =>
  all.filter(({ device }) => DEVICES[device]!.kind !== 'bed').map((one) => ({ ...one, isTrue: true })),
);

/** A gateway whose silence hides nothing else. */
const QUIET = { gatewaySupervision: '25h' } as const;

/** Everything happens, and then nothing for two days. */
function alertsOf(run: RandomHome, all: readonly Happening[], before?: (index: number) => void): string[] {
  for (const [index, one] of all.entries()) {
    before?.(index);
    run.take(one);
  }
  run.waitUntil(run.nowMs + 2 * DAY_MINUTES * MINUTE_MS);
  return run.alerts;
}

// Rules say cheap lower bounds of their deadlines. One that is later than the truth is an alarm that comes too late.
test('a home that is woken all the time', () => {
  fc.assert(
    fc.property(calmly, (all) => {
      const woken = new RandomHome({ ...QUIET, rules: [...RULES, restless] });
      expect(alertsOf(new RandomHome(QUIET), all)).toEqual(alertsOf(woken, all));
    }),
    { numRuns: 120, seed: 20_261_123 },
  );
});

test('devices listed in another order', () => {
  const order = fc.shuffledSubarray([...DEVICES.keys()], { minLength: DEVICES.length });
  fc.assert(
    fc.property(happenings, order, fc.integer({ min: 1, max: 2 }), (all, shuffled, residents) => {
      const usual = alertsOf(new RandomHome({ ...QUIET, residents }), all);
      expect(alertsOf(new RandomHome({ ...QUIET, residents, order: shuffled }), all)).toEqual(usual);
    }),
    { numRuns: 120, seed: 20_261_123 },
  );
});

test('the same configuration said again at any time', () => {
  fc.assert(
    fc.property(calmly, fc.integer({ min: 1, max: 4 }), (all, every) => {
      const again = new RandomHome(QUIET);
      const said = alertsOf(again, all, (index) => {
        if (index % every === 0) again.configure();
      });
      expect(said).toEqual(alertsOf(new RandomHome(QUIET), all));
    }),
    { numRuns: 120, seed: 20_261_123 },
  );
});

test('a neighbour to whom the same happens', () => {
  fc.assert(
    fc.property(happenings, (all) => {
      const beside = new RandomHome({ ...QUIET, hasNeighbour: true });
      expect(alertsOf(beside, all)).toEqual(alertsOf(new RandomHome(QUIET), all));
    }),
    { numRuns: 120, seed: 20_261_123 },
  );
});
