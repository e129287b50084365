// The options in words: docs/configuration.md, `.env.example` and `--help`, all from the schema. A test compares the
// files with these; `node src/config/document.ts` in a shell writes them anew.

import { writeFileSync } from 'node:fs';
import { environmentName, flagName, OPTION_NAMES, OPTIONS, type Option } from './schema.ts';

export function configurationPage(): string {
  const rows = OPTION_NAMES.map((name) => {
    const option: Option = OPTIONS[name];
    const cells = [`\`${environmentName(name)}\``, `\`${flagName(name)}\``, valuesOf(option), shown(option)];
    return `| ${cells.join(' | ')} | ${option.meaning} |`;
  });
  return `# Configuration

Every option is an environment variable or a flag of \`npm start -- …\`; the flag wins. Everything is checked before
anything is opened. This page is made from \`src/config/schema.ts\` (\`node src/config/document.ts\`).

| variable | flag | values | default | meaning |
|---|---|---|---|---|
${rows.join('\n')}
`;
}

export function environmentExample(): string {
  const blocks = OPTION_NAMES.map((name) => {
    const option: Option = OPTIONS[name];
    return `# ${option.meaning}\n# ${valuesOf(option)}\n#${environmentName(name)}=${String(option.default)}\n`;
  });
  return `# All options with their defaults. Made from src/config/schema.ts.\n\n${blocks.join('\n')}`;
}

export function helpText(): string {
  const lines = OPTION_NAMES.map((name) => `  ${flagName(name).padEnd(22)} ${OPTIONS[name].meaning}`);
  return `Usage: npm start -- [option value]...\n\n${lines.join('\n')}\n`;
}

function valuesOf(option: Option): string {
  switch (option.type) {
    case 'choice':
      return option.choices.join(', ');
    case 'integer':
      return `${option.min} to ${option.max}`;
    case 'port':
      return '0 to 65535';
    case 'list':
      return 'comma-separated';
    case 'text':
      return option.isSecret === true ? 'text, secret' : 'text';
  }
}

function shown(option: Option): string {
  const text = String(option.default);
  return text === '' ? '(empty)' : `\`${text}\``;
}

if (import.meta.main) {
  writeFileSync('docs/configuration.md', configurationPage());
  writeFileSync('.env.example', environmentExample());
}
