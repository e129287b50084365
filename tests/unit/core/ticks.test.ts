// Goal: time alone wakes a home only as often as its rules have something to look at. A deadline that stays due would
// wake it every millisecond: a core that is busy with one home is late for all others.

import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { inactivity } from '#core/rules/inactivity.ts';
import type { Rule } from '#core/rules/rule.ts';
import { happening, MINUTE_MS, RandomHome, START_MS } from '../../support/random-home.ts';
import { timedRule } from '../../support/timed-rule.ts';

/** Rules look at a home some times per hour at most: thresholds, leases, hours of the day. */
const TICKS_PER_HOUR_MAX = 60;

test.each([
  ['Asia/Shanghai', '180s'],
  ['Europe/Madrid', '25h'],
  ['Asia/Shanghai', 'none'],
] as const)('a home is not woken in a circle (%s, gateway %s)', (timezone, gatewaySupervision) => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 60 }), fc.integer({ min: 1, max: 2 }), (all, residents) => {
      const run = new RandomHome({ timezone, residents, gatewaySupervision });
      for (const one of all) run.take(one);
      run.waitUntil(run.nowMs + 3 * 24 * 60 * MINUTE_MS);
      expect(run.ticks).toBeLessThan(40 + ((run.nowMs - START_MS) / (60 * MINUTE_MS)) * TICKS_PER_HOUR_MAX);
    }),
    { numRuns: 150, seed: 20_261_122 },
  );
});

test('a rule that leaves a deadline standing costs a look per second, not every millisecond', () => {
  const stuck = timedRule('stuck', () => ({ nextDeadlineMs: () => 1, onDeadline: () => undefined }));
  const run = new RandomHome({ rules: [stuck] });
  run.waitUntil(run.nowMs + MINUTE_MS);
  expect(run.ticks).toBeGreaterThan(50);
  expect(run.ticks).toBeLessThan(65);
});

test('whose deadline broke the core rings, and is looked at again every minute', () => {
  const run = new RandomHome({ rules: [inactivity] });
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

test('what a rule that has just looked has found may be what another one waits for', () => {
  const looked: string[] = [];
  const found = { isFound: false };
  const timed = (id: string, dueMs: () => number, look: () => void): Rule =>
    timedRule(id, (world) => ({
      nextDeadlineMs: dueMs,
      onDeadline: () => {
        looked.push(`${id} ${(world.nowMs - START_MS) / MINUTE_MS}`);
        look();
      },
    }));
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
  const run = new RandomHome({ rules: [waiting, finder] });
  run.waitUntil(inMinutes(7));
  expect(looked).toEqual(['finder 5', 'waiting 7']);
});
