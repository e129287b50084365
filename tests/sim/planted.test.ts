// Goal: the auditor finds what it is there for. Bugs of each kind are planted around the real code (plant.ts); each is
// found in a run that is clean without it.

import { expect, test } from 'vitest';
import { audit } from './audit.ts';
import type { Plant } from './plant.ts';
import { simulate } from './simulation.ts';
import { timelineOf } from './timeline.ts';
import type { Harm } from './verdict.ts';

const SHORT = { homes: 5, hours: 24, mishapFactor: 20 } as const;

async function found(seed: number, plant: Plant, harm: Harm): Promise<readonly string[]> {
  const recorded = await simulate({ seed, ...SHORT, plant });
  const violations = audit(recorded).violations.filter((violation) => violation.harm === harm);
  const first = violations[0];
  if (first !== undefined && first.homeId !== null)
    expect(timelineOf(recorded, first).length).toBeGreaterThan(2);
  return violations.map(({ text }) => text);
}

test.each<[string, number, Plant, Harm, RegExp]>([
  [
    'acknowledged before it is durable',
    51,
    { acksBeforeDurable: true },
    'missed',
    /acknowledged and is gone/,
  ],
  ['known events forgotten by a crash', 46, { forgetsIdentities: true }, 'doubled', /rings again/],
  ['our own outages taken for silence', 46, { hidesOutages: true }, 'false', /gateway-silent/],
  [
    'a snapshot that loses a column',
    46,
    { dropsColumn: { table: 'homes', column: 'lastActivityAtMs' } },
    'missed',
    /nobody saw it/,
  ],
  [
    'a rule that rings after twenty minutes of silence',
    46,
    { rules: { inactivity: { dayMs: 1_200_000, nightMs: 1_200_000, floorMs: 1_800_000 } } },
    'false',
    /somebody moved/,
  ],
  [
    'a bathroom rule that rings after a quarter of an hour',
    46,
    { rules: { 'bathroom-stay': { alertMs: 900_000, marginMs: 0, usualFactor: 1, doubtFactor: 0 } } },
    'false',
    /a sign from/,
  ],
])('found: %s', async (_, seed, plant, harm, text) => {
  expect(await found(seed, {}, harm)).toEqual([]);
  const violations = await found(seed, plant, harm);
  expect(violations.some((violation) => text.test(violation))).toBe(true);
});

test('a snapshot that loses a column is also no replay any more', async () => {
  const dropsColumn = { table: 'homes', column: 'lastActivityAtMs' } as const;
  expect(await found(46, { dropsColumn }, 'disorder')).not.toEqual([]);
  expect(await found(46, {}, 'disorder')).toEqual([]);
});
