// Goal: who sets a rule reads what a parameter means, and what is typed arrives in the unit of the rule.

import { expect, test } from 'vitest';
import type { RuleParameter } from '#console/backtest/backtest-desk.ts';
import { boundText, meaningOf, numberOf, textOf } from '#console/backtest/parameter-field.tsx';
import { ZH_PARAMETERS } from '#console/backtest/zh-parameters.ts';
import { hasWord, language } from '#console/language.ts';
import { RULES } from '#core/rules/index.ts';

const parameters = RULES.flatMap((rule) =>
  Object.entries(rule.parameters).map(([name, parameter]) => ({ rule: rule.id, name, ...parameter })),
);

test('every parameter of every rule has Chinese words, and no word is left over', () => {
  const said = Object.entries(ZH_PARAMETERS).flatMap(([rule, words]) =>
    Object.keys(words).map((name) => `${rule}.${name}`),
  );
  expect(said.sort()).toEqual(parameters.map(({ rule, name }) => `${rule}.${name}`).sort());
});

test('every unit has a word, but switches and times of day, which have inputs of their own', () => {
  const units = new Set(parameters.map(({ unit }) => unit));
  const silent = [...units].filter((unit) => !hasWord(`unit.${unit}`));
  expect(silent.sort()).toEqual(['minute-of-day', 'switch']);
});

test('defaults and bounds, typed as they are shown, are the same numbers', () => {
  for (const parameter of parameters) {
    for (const value of [parameter.default, parameter.min, parameter.max]) {
      if (parameter.unit === 'switch') continue;
      expect(numberOf(parameter, textOf(parameter, value)), parameter.name).toBe(value);
    }
  }
});

test('times of day are clocks, durations minutes, and a newer rule speaks English', () => {
  const parameter = (unit: string): RuleParameter => {
    return { name: 'x', unit, default: 0, min: 0, max: 1, meaning: 'Something new' };
  };
  expect(textOf(parameter('minute-of-day'), 65)).toBe('01:05');
  expect(boundText(parameter('minute-of-day'), 65)).toBe('01:05');
  expect(boundText(parameter('ms'), 10_000)).toBe('0.17');
  expect(boundText(parameter('ms'), 90_000)).toBe('1.5');
  expect(numberOf(parameter('minute-of-day'), '22:30')).toBe(1350);
  expect(numberOf(parameter('ms'), '1.5')).toBe(90_000);
  expect(numberOf(parameter('percent'), '30')).toBe(30);
  language.value = 'zh';
  expect(meaningOf('inactivity', { ...parameter('ms'), name: 'capMs' })).toBe('无活动达到此时长必定报警');
  expect(meaningOf('no-such-rule', parameter('ms'))).toBe('Something new');
  language.value = 'en';
  expect(meaningOf('inactivity', { ...parameter('ms'), name: 'capMs' })).toBe('Something new');
});
