// Goal: a profile never asks for something no rule does: each setting is a parameter of a rule and within its bounds.

import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { doorUnchanged } from '#core/rules/door-unchanged.ts';
import { RULES } from '#core/rules/index.ts';
import { mergedSettings, PROFILES, profileNamed } from '#core/rules/profiles.ts';
import { waterContinuous } from '#core/rules/water-continuous.ts';
import { waterHigh } from '#core/rules/water-high.ts';
import { waterLow } from '#core/rules/water-low.ts';
import { profilesPage } from '../../support/profiles-page.ts';

const rules = new Map([...RULES, waterLow, waterHigh, waterContinuous, doorUnchanged].map((r) => [r.id, r]));

test.each(PROFILES.map((profile) => [profile.name, profile] as const))('%s', (_name, profile) => {
  expect(profile.source).not.toBe('');
  for (const [id, settings] of Object.entries(profile.rules)) {
    for (const [name, value] of Object.entries(settings)) {
      const parameter = rules.get(id)?.parameters[name];
      expect(parameter, `${id}.${name}`).toBeDefined();
      expect(value).toBeGreaterThanOrEqual(parameter!.min);
      expect(value).toBeLessThanOrEqual(parameter!.max);
    }
  }
});

test('the published figures', () => {
  const HOUR_MS = 3_600_000;
  const water = (name: string) => profileNamed(name)?.rules['water-low'];
  expect(water('shanghai')).toMatchObject({ liters: 10, windowMs: 12 * HOUR_MS });
  expect(water('taicang')).toMatchObject({ liters: 10, windowMs: 24 * HOUR_MS });
  expect(water('ningbo')).toMatchObject({ liters: 8.1, windowMs: 24 * HOUR_MS });
  expect(profileNamed('hong-kong')?.rules['door-unchanged']).toMatchObject({ unchangedMs: 48 * HOUR_MS });
  expect(new Set(PROFILES.map(({ name }) => name)).size).toBe(PROFILES.length);
});

test('later layers win, parameter by parameter, and change no layer', () => {
  const layers = [{ a: { x: 1, y: 1 } }, { a: { y: 2 }, b: { z: 3 } }];
  expect(mergedSettings(layers)).toEqual({ a: { x: 1, y: 2 }, b: { z: 3 } });
  expect(layers[0]).toEqual({ a: { x: 1, y: 1 } });
});

test('docs/profiles.md is made from them; UPDATE_DOCS=1 writes it anew', () => {
  const file = new URL('../../../docs/profiles.md', import.meta.url);
  const page = profilesPage(PROFILES, (rule, name) => rules.get(rule)?.parameters[name]);
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(file, page);
  expect(readFileSync(file, 'utf8')).toBe(page);
});
