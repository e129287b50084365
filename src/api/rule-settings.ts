// Refuses rule settings that no rule would follow: an unknown rule, an unknown parameter, a value out of its bounds.
// The core would keep to the default in silence, and whoever set it would believe otherwise.

import type { RuleSettings } from '#core/model/home.ts';
import { settingsProblems } from '#core/rules/settings-check.ts';
import type { RuleDescription } from './context.ts';
import { Problem } from './errors.ts';

/** @throws Problem `invalid-rule-settings` that names the first wrong one */
export function requireRuleSettings(
  rules: readonly RuleDescription[],
  settings: RuleSettings | undefined,
): void {
  const [problem] = settingsProblems(rules, settings ?? {});
  if (problem === undefined) return;
  const { rule: id, parameter } = problem;
  const rule = rules.find((candidate) => candidate.id === id);
  if (rule === undefined) throw refused(`rules.${id}`, 'there is no such rule; see GET /rules');
  const at = `rules.${id}.${parameter}`;
  const known = problem.problem === 'unknown-parameter' ? undefined : rule.parameters[parameter!];
  if (known === undefined) throw refused(at, `the rule has ${Object.keys(rule.parameters).join(', ')}`);
  throw refused(at, `must be a number from ${known.min} to ${known.max} (${known.unit})`);
}

function refused(at: string, reason: string): Problem {
  return new Problem('invalid-rule-settings', `${at}: ${reason}`, { at });
}
