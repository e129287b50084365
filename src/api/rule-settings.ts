// Refuses rule settings that no rule would follow: an unknown rule, an unknown parameter, a value out of its bounds.
// The core would keep to the default in silence, and whoever set it would believe otherwise.

import type { RuleSettings } from '#core/model/home.ts';
import type { RuleDescription } from './context.ts';
import { Problem } from './errors.ts';

/** @throws Problem `invalid-rule-settings` that names the first wrong one */
export function requireRuleSettings(
  rules: readonly RuleDescription[],
  settings: RuleSettings | undefined,
): void {
  for (const [id, parameters] of Object.entries(settings ?? {})) {
    const rule = rules.find((candidate) => candidate.id === id);
    if (rule === undefined) throw refused(`rules.${id}`, 'there is no such rule; see GET /rules');
    for (const [name, value] of Object.entries(parameters)) requireParameter(rule, name, value);
  }
}

function requireParameter(rule: RuleDescription, name: string, value: unknown): void {
  const at = `rules.${rule.id}.${name}`;
  const parameter = Object.hasOwn(rule.parameters, name) ? rule.parameters[name] : undefined;
  if (parameter === undefined) throw refused(at, `the rule has ${Object.keys(rule.parameters).join(', ')}`);
  const { min, max, unit } = parameter;
  if (typeof value !== 'number' || value < min || value > max)
    throw refused(at, `must be a number from ${min} to ${max} (${unit})`);
}

function refused(at: string, reason: string): Problem {
  return new Problem('invalid-rule-settings', `${at}: ${reason}`, { at });
}
