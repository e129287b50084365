// Are these settings of rules what the rules can use? The core itself takes the default for whatever it cannot use,
// because a wrong setting must never stop an alarm; so whoever gives settings is told here, before they count.

import type { RuleSettings } from '../model/home.ts';

/** A rule as far as settings are concerned. */
export interface CheckedRule {
  readonly id: string;
  readonly parameters: Readonly<Record<string, { readonly min: number; readonly max: number }>>;
}

export interface SettingsProblem {
  readonly rule: string;
  /** Null when the rule itself is unknown. */
  readonly parameter: string | null;
  readonly problem: 'unknown-rule' | 'unknown-parameter' | 'not-a-number' | 'out-of-range';
  /** Bounds, for `out-of-range`. */
  readonly min?: number;
  readonly max?: number;
}

/** What is wrong with `settings`, in their order; empty when nothing. */
export function settingsProblems(rules: readonly CheckedRule[], settings: RuleSettings): SettingsProblem[] {
  return Object.entries(settings).flatMap(([id, values]) => {
    const rule = rules.find((candidate) => candidate.id === id);
    if (rule === undefined) return [{ rule: id, parameter: null, problem: 'unknown-rule' }];
    return Object.entries(values).flatMap(([name, value]) => problemOf(rule, name, value));
  });
}

function problemOf({ id, parameters }: CheckedRule, parameter: string, value: unknown): SettingsProblem[] {
  if (!Object.hasOwn(parameters, parameter)) return [{ rule: id, parameter, problem: 'unknown-parameter' }];
  if (typeof value !== 'number') return [{ rule: id, parameter, problem: 'not-a-number' }];
  const { min, max } = parameters[parameter]!;
  const isUsable = value >= min && value <= max;
  return isUsable ? [] : [{ rule: id, parameter, problem: 'out-of-range', min, max }];
}
