// Style as a test: sizes, banned words, imports, and documents that must agree with the code.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { configurationPage, environmentExample } from '#config/document.ts';
import { sourceFiles } from './files.ts';
import { importProblems, importsOf } from './imports.ts';

const LINES_MAX = 500;
const TEST_LINES_MAX = 600;
const COLUMNS_MAX = 120;

/** The core knows no clock, no chance, no waiting (ADR 0002). */
const CORE_BANNED = [
  'Date.now(',
  'new Date()',
  'Math.random(',
  'setTimeout(',
  'setInterval(',
  'performance.now',
  'process.',
  'crypto.',
  'console.',
  'await ',
  'async ',
];
// Put together here so that this file does not find itself.
const BANNED = ['FIX' + 'ME', '.on' + 'ly(', 'debug' + 'ger;', 'TO' + 'DO'];
const BAG_NAMES =
  /(^|\/)(utils?|helpers?|types|common|misc|manager)\.tsx?$|\/(utils|helpers|common|shared)\//;

const product = sourceFiles('src', 'simulators');
const everything = [...product, ...sourceFiles('tests')];

test('imports follow the table', () => {
  expect(product.flatMap(({ path, text }) => importProblems(path, text))).toEqual([]);
});

test('the import check itself sees what is wrong', () => {
  const bad = `import { a } from '../journal/sqlite.ts';
import fs from 'node:fs';
import { b } from '#runtime/loop.ts';
import { c } from './ok';
import type { D } from './fine.ts';`;
  expect(importsOf(bad)).toHaveLength(5);
  expect(importProblems('src/core/engine.ts', bad)).toHaveLength(4);
  expect(importProblems('src/nowhere/x.ts', "import { e } from './x.ts';")).toHaveLength(1);
  const client = "import { Point } from '@influxdata/influxdb-client';";
  expect(importProblems('src/telemetry/writer.ts', client)).toHaveLength(1);
  expect(importProblems('src/telemetry/influx/lines.ts', client)).toEqual([]);
  expect(importProblems('src/api/x.ts', "import { e } from '#journal/sqlite.ts';")).toHaveLength(1);
  expect(importProblems('src/api/routes/x.ts', "import { e } from '../errors.ts';")).toEqual([]);
  expect(importProblems('simulators/x.ts', "import { e } from '#core/engine.ts';")).toHaveLength(1);
});

test('files are short, lines are short, nothing banned is left', () => {
  const problems = everything.flatMap(({ path, text }) => {
    const lines = text.split('\n');
    const linesMax = path.startsWith('tests/') ? TEST_LINES_MAX : LINES_MAX;
    const isWords = /console\/(zh|en)\.ts$/.test(path);
    return [
      ...(lines.length > linesMax && !isWords ? [`${path}: ${lines.length} lines`] : []),
      ...lines.flatMap((line, index) =>
        line.length > COLUMNS_MAX ? [`${path}:${index + 1}: too wide`] : [],
      ),
      ...BANNED.filter((word) => text.includes(word)).map((word) => `${path}: ${word}`),
      ...(BAG_NAMES.test(path) ? [`${path}: name the thing, not the bag`] : []),
    ];
  });
  expect(problems).toEqual([]);
});

test('every source file begins by saying what it is', () => {
  const silent = sourceFiles('src', 'simulators').filter(({ text }) => !/^(\/\/|\/\*|#!)/.test(text));
  expect(silent.map(({ path }) => path)).toEqual([]);
});

test('the core knows no clock, no chance, no waiting', () => {
  const problems = sourceFiles('src/core', 'src/codecs').flatMap(({ path, text }) => {
    const code = text.replace(/\/\/.*$|\/\*[\s\S]*?\*\//gm, '');
    return CORE_BANNED.filter((word) => code.includes(word)).map((word) => `${path}: ${word}`);
  });
  expect(problems).toEqual([]);
});

test('the configuration documents are made from the schema', () => {
  expect(readFileSync('docs/configuration.md', 'utf8')).toBe(configurationPage());
  expect(readFileSync('.env.example', 'utf8')).toBe(environmentExample());
});

test('the README names only npm scripts that exist, and documents that exist', () => {
  const scripts = JSON.parse(readFileSync('package.json', 'utf8')).scripts;
  for (const file of ['README.md', 'README.zh-CN.md']) {
    const text = readFileSync(file, 'utf8');
    for (const [, script] of text.matchAll(/npm run ([a-z:]+)/g))
      expect(scripts, file).toHaveProperty(script!);
    for (const [, path] of text.matchAll(/\]\(((?:docs|src)\/[^)#]+)\)/g))
      expect(() => readFileSync(path!), path).not.toThrow();
  }
});
