// docs/rules.md, from the rules themselves: what watches, with which parameters, bounds and sources.

import type { Parameter, Rule } from '#core/rules/rule.ts';

export function rulesPage(rules: readonly Rule[]): string {
  return `# Rules

In the order in which they look at an entry. A home or a district may set every parameter (docs/profiles.md); what is
not set has the default. \`GET /api/v1/rules\` says the same. This page is made from the rules in \`src/core/rules\`
(\`UPDATE_DOCS=1 npx vitest run tests/tidy/rules-page.test.ts\`).

${rules.map(ruleSection).join('\n')}`;
}

function ruleSection({ id, title, priority, alertKinds, parameters }: Rule): string {
  const kinds = alertKinds.map((kind) => `\`${kind}\``).join(', ');
  const head = `## ${id}\n${title}. Priority ${priority}; alerts: ${kinds}.\n`;
  const rows = Object.entries(parameters).map(([name, parameter]) => parameterRow(name, parameter));
  if (rows.length === 0) return `${head}\nNo parameters.\n`;
  const table =
    '| parameter | default | from – to | meaning | source of the default |\n|---|---|---|---|---|';
  return `${head}\n${table}\n${rows.join('\n')}\n`;
}

function parameterRow(name: string, { default: value, min, max, unit, meaning, source }: Parameter): string {
  const bounds = `${inUnit(min, unit)} – ${inUnit(max, unit)}`;
  return `| \`${name}\` | ${inUnit(value, unit)} | ${bounds} | ${cell(meaning)} | ${cell(source)} |`;
}

function inUnit(value: number, unit: Parameter['unit']): string {
  if (unit === 'ms') return `${value} (${duration(value)})`;
  if (unit === 'minute-of-day') return `${value} (${timeOfDay(value)})`;
  if (unit === 'switch') return value === 1 ? '1 (on)' : '0 (off)';
  return unit === 'factor' || unit === 'count' ? String(value) : `${value} ${unit}`;
}

function duration(ms: number): string {
  const units = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['min', 60_000],
    ['s', 1000],
  ] as const;
  for (const [name, unitMs] of units) {
    if (ms >= unitMs && ms % unitMs === 0 && (name !== 'd' || ms / unitMs > 2))
      return `${ms / unitMs} ${name}`;
  }
  return `${ms} ms`;
}

function timeOfDay(minute: number): string {
  const two = (count: number): string => String(count).padStart(2, '0');
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
