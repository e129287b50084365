// Goal: simulated homes with faults, judged by the auditor: nothing missed, doubled or false. A few seeds at every run;
// `npm run sim` plays more, longer. A failing seed prints how to see it again.

import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { audit } from './audit.ts';
import { type SimulationOptions, simulate } from './simulation.ts';
import { timelineOf } from './timeline.ts';

/** Short, so more mishaps than people have in a week. */
const SHORT = { homes: 6, hours: 36, mishapFactor: 6 } as const;

test.each([1, 18, 29, 34, 39])('seed %i: a day and a half of six homes passes the audit', async (seed) => {
  const recorded = await simulate({ seed, ...SHORT });
  const { violations, figures } = audit(recorded);
  const first = violations[0];
  const story = first === undefined ? [] : timelineOf(recorded, first);
  expect(violations, `simulate(${JSON.stringify({ seed, ...SHORT })})\n${story.join('\n')}`).toEqual([]);
  // An audit that looked at nothing passes as well.
  expect(figures['emergencies']).toBeGreaterThan(5);
  expect(figures['acknowledged']).toBeGreaterThan(2_000);
  expect(recorded.lives).toBeGreaterThan(1);
});

test('the same seed gives the same log and the same effects, to the byte', async () => {
  const options: SimulationOptions = { seed: 7, homes: 3, hours: 12, mishapFactor: 20 };
  expect(await digestOf(options)).toBe(await digestOf(options));
  expect(await digestOf({ ...options, seed: 8 })).not.toBe(await digestOf(options));
});

async function digestOf(options: SimulationOptions): Promise<string> {
  const { disk, effects } = await simulate(options);
  const hash = createHash('sha256');
  for (const text of disk.texts) hash.update(text);
  return hash.update(JSON.stringify(effects)).digest('hex');
}
