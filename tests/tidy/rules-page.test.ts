// Goal: docs/rules.md says what the rules say. `UPDATE_DOCS=1` writes it anew.

import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { RULES } from '#core/rules/index.ts';
import { rulesPage } from './rules-page.ts';

test('the page of rules is made from the rules', () => {
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync('docs/rules.md', rulesPage(RULES));
  expect(readFileSync('docs/rules.md', 'utf8')).toBe(rulesPage(RULES));
});

test('every parameter says what it means, where its default comes from, and lies within its bounds', () => {
  for (const { id, parameters } of RULES) {
    for (const [name, { default: value, min, max, meaning, source }] of Object.entries(parameters)) {
      expect([id, name, min <= value && value <= max]).toEqual([id, name, true]);
      expect([id, name, meaning.length > 10 && source.length > 1]).toEqual([id, name, true]);
    }
  }
});
