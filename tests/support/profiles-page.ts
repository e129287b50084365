// docs/profiles.md, made from the profiles themselves, so that the page cannot say anything else.

import type { Profile } from '#core/rules/profiles.ts';
import type { Parameter } from '#core/rules/rule.ts';

type ParameterOf = (rule: string, name: string) => Parameter | undefined;

const HEAD = `# Profiles

Named packs of rule settings that a district may have: \`PATCH /api/v1/districts/{code} {"profile":"shanghai"}\`, or
null for what the district above has. Settings of districts and homes come on top, parameter by parameter (ADR 0015).
Source: \`src/core/rules/profiles.ts\`, also \`GET /api/v1/profiles\`; \`npm run evaluate -- DIR… --profile NAME\`
tries one on recordings.

| profile | settings | published by |
|---|---|---|
`;

export function profilesPage(profiles: readonly Profile[], parameterOf: ParameterOf): string {
  const rows = profiles.map(({ name, rules, source }) => {
    const settings = Object.entries(rules).flatMap(([rule, parameters]) =>
      Object.entries(parameters).map(
        ([parameter, value]) => `\`${rule}.${parameter}\` ${said(value, parameterOf(rule, parameter))}`,
      ),
    );
    return `| \`${name}\` | ${settings.join('<br>') || 'none'} | ${source} |`;
  });
  return `${HEAD}${rows.join('\n')}\n`;
}

function said(value: unknown, parameter: Parameter | undefined): string {
  if (parameter?.unit === 'ms') return `${Number(value) / 3_600_000} h`;
  if (parameter?.unit === 'switch') return value === 1 ? 'on' : 'off';
  return `${value} ${parameter?.unit ?? ''}`.trim();
}
