// Bundles the console in memory when the service starts: no build command, no files on disk, no stale bundle.
// Names carry a hash of the content, so that browsers may keep them for ever; `version` changes with any of them.
// Imports nothing of the server.

import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build, type Metafile, type OutputFile } from 'esbuild';

import { zh } from './zh.ts';

export interface ConsoleFile {
  readonly body: Uint8Array;
  readonly contentType: string;
  /** The name carries a hash of the content: it may be cached for ever. */
  readonly immutable: boolean;
}

export interface BuiltConsole {
  /** Also in the page, and in the desk's `hello`: another one means that the service was upgraded. */
  readonly version: string;
  /** By URL path; `/` is the page. */
  readonly files: ReadonlyMap<string, ConsoleFile>;
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

/** About 0.3 s. @throws esbuild's BuildFailure when the sources do not compile */
export async function buildConsole(): Promise<BuiltConsole> {
  const folder = dirname(fileURLToPath(import.meta.url));
  const { outputFiles, metafile } = await bundle(folder);
  const files = new Map<string, ConsoleFile>();
  for (const output of outputFiles) files.set(pathOf(output), fileOf(output));
  const version = versionOf(files);
  const page = pageOf(version, (entry) => pathOfEntry(metafile, entry), chunksOf(metafile, 'main.tsx'));
  files.set('/', { body: Buffer.from(page), contentType: 'text/html; charset=utf-8', immutable: false });
  return { version, files };
}

function bundle(folder: string) {
  return build({
    absWorkingDir: folder,
    entryPoints: ['main.tsx', 'metronome.ts', 'console.css', 'icon.svg'],
    entryNames: '[name]-[hash]',
    // What `import()` names is a file of its own, fetched when it is needed: charts never delay alarms.
    splitting: true,
    chunkNames: '[name]-[hash]',
    outdir: '/assets',
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    format: 'esm',
    // Browsers of 2022 and later; a duty desk is a managed computer.
    target: ['chrome107', 'firefox104', 'safari16'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    loader: { '.svg': 'copy' },
    legalComments: 'none',
    charset: 'utf8',
    logLevel: 'silent',
  });
}

function pathOf(output: Pick<OutputFile, 'path'>): string {
  return `/assets/${basename(output.path)}`;
}

function fileOf(output: OutputFile): ConsoleFile {
  const contentType = CONTENT_TYPES[output.path.split('.').at(-1) ?? ''];
  if (contentType === undefined) throw new Error(`no content type for ${basename(output.path)}`);
  return { body: output.contents, contentType, immutable: true };
}

function pathOfEntry(metafile: Metafile, entry: string): string {
  for (const [path, output] of Object.entries(metafile.outputs)) {
    if (output.entryPoint === entry || join(entry) in output.inputs) return pathOf({ path });
  }
  throw new Error(`esbuild made no output for ${entry}`);
}

/** Files that the entry cannot begin without: named in the page, so that they are not fetched one after the other. */
function chunksOf(metafile: Metafile, entry: string): string[] {
  const own = Object.values(metafile.outputs).find(({ entryPoint }) => entryPoint === entry);
  const chunks = own?.imports.filter(({ kind }) => kind === 'import-statement') ?? [];
  return chunks.map(pathOf);
}

function versionOf(files: ReadonlyMap<string, ConsoleFile>): string {
  const names = [...files.keys()].sort().join('\n');
  return createHash('sha256').update(names).digest('hex').slice(0, 12);
}

function preloadOf(chunk: string): string {
  return `<link rel="modulepreload" href="${chunk}">\n`;
}

function pageOf(version: string, path: (entry: string) => string, preloads: readonly string[]): string {
  return `<!doctype html>
<html lang="zh-CN" data-version="${version}" data-metronome="${path('metronome.ts')}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${zh['app.title']}</title>
<link rel="icon" type="image/svg+xml" href="${path('icon.svg')}">
<link rel="stylesheet" href="${path('console.css')}">
${preloads.map(preloadOf).join('')}<script type="module" src="${path('main.tsx')}"></script>
</head>
<body><div id="console"></div></body>
</html>
`;
}
