// Which folder may import which (style reference, section 5), and how specifiers must look. Text only: every import
// specifier of a file is listed by a regular expression, which is enough for the way we write imports.

/** `#x` folders and npm packages a folder may use; `node:` in the list allows all of Node. */
export const IMPORT_TABLE: Readonly<Record<string, readonly string[]>> = {
  core: ['core'],
  codecs: ['core/model', 'codecs'],
  ops: ['ops', 'node:', 'pino'],
  config: ['config', 'node:'],
  journal: ['core/model', 'config/limits.ts', 'journal', 'ops', 'node:'],
  registry: [
    'core/model',
    'core/state/local-time.ts',
    'core/rules/profiles.ts',
    'config/limits.ts',
    'registry',
    'ops',
    'node:',
    'kysely',
  ],
  telemetry: [
    'core/model',
    'config/limits.ts',
    'telemetry',
    'ops',
    'node:',
    // Of these files only telemetry/influx may: see `MUST_STAY_IN`.
    '@influxdata/influxdb-client',
  ],
  push: ['core/model', 'config/limits.ts', 'push', 'ops', 'node:', 'ws'],
  runtime: [
    'core',
    'runtime',
    'journal/journal.ts',
    'journal/history.ts',
    'journal/snapshots.ts',
    'registry/registry.ts',
    'push/alert-store.ts',
    'ops',
    'node:',
  ],
  ingest: [
    'core/model',
    'codecs',
    'config/limits.ts',
    'ingest',
    'registry/registry.ts',
    'journal/journal.ts',
    'runtime/runtime.ts',
    'ops',
    'node:',
    'aedes',
    'ws',
    'fastify',
  ],
  api: [
    'core/model',
    'core/rules/rule.ts',
    'core/rules/settings-check.ts',
    'config/limits.ts',
    'api',
    'runtime/runtime.ts',
    'runtime/backtest/backtests.ts',
    'registry/registry.ts',
    'registry/masking.ts',
    'journal/journal.ts',
    'push/alert-store.ts',
    'push/hub.ts',
    'push/live-sockets.ts',
    'telemetry/export-formats.ts',
    'telemetry/retention.ts',
    'telemetry/telemetry.ts',
    'telemetry/telemetry-store.ts',
    'ops',
    'node:',
    'fastify',
    '@fastify/',
    'typebox',
  ],
  console: ['console', 'core/model', 'preact', '@preact/signals', 'uplot', 'esbuild', 'fastify', 'node:'],
};

/** Packages that only one part of a folder may know. */
const MUST_STAY_IN: Readonly<Record<string, string>> = {
  '@influxdata/influxdb-client': 'src/telemetry/influx/',
};

/** Files at the root of `src` put everything together. */
const ROOT_FILES = [
  'app.ts',
  'backtest-worker.ts',
  'edges.ts',
  'main.ts',
  'program.ts',
  'start-error.ts',
  'start-telemetry.ts',
  'stores.ts',
  'telemetry-settings.ts',
  'telemetry-worker.ts',
];
/** Ports and pure words that even simulators may read. */
const SIMULATORS = ['core/model', 'core/state/local-time.ts', 'simulators', 'node:', 'mqtt'];

const SPECIFIERS = [
  /(?:^|\n)\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/g,
  /(?:^|\n)\s*import\s*['"]([^'"]+)['"]/g,
  /\bimport\(\s*['"]([^'"]+)['"]/g,
];

export function importsOf(source: string): string[] {
  return SPECIFIERS.flatMap((pattern) => Array.from(source.matchAll(pattern), (match) => match[1]!));
}

/** What is wrong with the imports of `path` (relative to the root, e.g. `src/core/engine.ts`); empty when nothing. */
export function importProblems(path: string, source: string): string[] {
  return importsOf(source).flatMap((specifier) => {
    const problem = problemOf(path, specifier);
    return problem === null ? [] : [`${path}: ${specifier}: ${problem}`];
  });
}

function problemOf(path: string, specifier: string): string | null {
  const [top, folder] = path.split('/');
  const isRelative = specifier.startsWith('.');
  if (
    (isRelative || specifier.startsWith('#')) &&
    !/\.(ts|tsx|css|json)$/.test(specifier) &&
    specifier !== '#app'
  ) {
    return 'the extension is missing';
  }
  if (top === 'src') return problemInSource(path, folder!, specifier);
  if (top === 'simulators')
    return isRelative || isAllowed(SIMULATORS, specifier) ? null : 'not for simulators';
  return null;
}

function problemInSource(path: string, folder: string, specifier: string): string | null {
  if (/^(#?tests|#?simulators)\b|\/(tests|simulators)\//.test(specifier))
    return 'src never imports tests or simulators';
  if (specifier === '#app' && folder !== 'program.ts')
    return 'app.ts is imported only by program.ts and tests';
  if (ROOT_FILES.includes(folder)) return null;
  const allowed = IMPORT_TABLE[folder];
  if (allowed === undefined) return `folder src/${folder} is not in the import table`;
  const home = MUST_STAY_IN[specifier];
  if (home !== undefined && !path.startsWith(home)) return `only ${home} may import this`;
  if (specifier.startsWith('.'))
    return leavesFolder(path, specifier) ? 'crosses a folder: write #folder/file.ts' : null;
  return isAllowed(allowed, specifier) ? null : `src/${folder} may not import this`;
}

/** `../` may climb within `src/<folder>` only. */
function leavesFolder(path: string, specifier: string): boolean {
  const depth = path.split('/').length - 3;
  return (specifier.match(/\.\.\//g) ?? []).length > depth;
}

function isAllowed(allowed: readonly string[], specifier: string): boolean {
  const name = specifier.startsWith('#') ? specifier.slice(1) : specifier;
  return allowed.some(
    (entry) =>
      name === entry || name.startsWith(entry.endsWith(':') || entry.endsWith('/') ? entry : `${entry}/`),
  );
}
