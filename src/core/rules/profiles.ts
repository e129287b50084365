// Named packs of rule settings: the fixed rules that cities have published (domain reference 6.1), so that a district
// can say "as in Shanghai" and change what it must. Pure data: the registry merges a pack with the settings of
// districts and homes and the log carries the result, so a later change here never changes a replay (ADR 0015).

import type { RuleSettings } from '../model/home.ts';

export interface Profile {
  readonly name: string;
  readonly title: string;
  /** Who has published it. */
  readonly source: string;
  readonly rules: RuleSettings;
}

const HOUR_MS = 3_600_000;

export const PROFILES: readonly Profile[] = [
  {
    name: 'default',
    title: 'The defaults of every rule',
    source: 'Domain reference 6.6; each parameter names its own',
    rules: {},
  },
  {
    name: 'shanghai',
    title: 'Shanghai: less than 10 l in 12 h',
    source: 'Changning (Jiangsu Road): below 0.01 m³ in 12 h; Jing’an (Daning Road): above 2 m³ a day',
    rules: {
      'water-low': { isOn: 1, liters: 10, windowMs: 12 * HOUR_MS },
      'water-high': { isOn: 1, liters: 2000, windowMs: 24 * HOUR_MS },
    },
  },
  {
    name: 'shenzhen',
    title: 'Shenzhen: less than 10 l in 12 h; running through a whole day',
    source: 'Longgang: below 0.01 m³ in 12 h; flow in every half hour of a day is a leak',
    rules: {
      'water-low': { isOn: 1, liters: 10, windowMs: 12 * HOUR_MS },
      'water-continuous': { isOn: 1, slots: 48 },
    },
  },
  {
    name: 'taicang',
    title: 'Taicang: less than 10 l in 24 h',
    source: 'Taicang: below 0.01 m³ in 24 h',
    rules: { 'water-low': { isOn: 1, liters: 10, windowMs: 24 * HOUR_MS } },
  },
  {
    name: 'ningbo',
    title: 'Ningbo: at most 8 l in 24 h',
    // The rule asks for less than its threshold, and meters are kept to a tenth of a litre.
    source: 'Haishu: 8 l or less in 24 h, written as less than 8.1 l',
    rules: { 'water-low': { isOn: 1, liters: 8.1, windowMs: 24 * HOUR_MS } },
  },
  {
    name: 'liaocheng',
    title: 'Liaocheng: less than 10 l or more than 1 m³ in 24 h',
    source: 'Liaocheng: below 10 l or above 1,000 l in 24 h',
    rules: {
      'water-low': { isOn: 1, liters: 10, windowMs: 24 * HOUR_MS },
      'water-high': { isOn: 1, liters: 1000, windowMs: 24 * HOUR_MS },
    },
  },
  {
    name: 'hong-kong',
    title: 'Hong Kong: the door has not moved for 48 h',
    source: 'Lok Wah estate: door not opened or closed for 48 h, in every home',
    rules: { 'door-unchanged': { isOn: 1, everyHome: 1, unchangedMs: 48 * HOUR_MS } },
  },
];

export function profileNamed(name: string): Profile | undefined {
  return PROFILES.find((profile) => profile.name === name);
}

/** Later settings win, parameter by parameter. */
export function mergedSettings(layers: readonly RuleSettings[]): RuleSettings {
  const merged: Record<string, RuleSettings[string]> = {};
  for (const layer of layers) {
    for (const [rule, parameters] of Object.entries(layer)) merged[rule] = { ...merged[rule], ...parameters };
  }
  return merged;
}
