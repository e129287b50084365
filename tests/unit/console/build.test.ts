// Goal: the bundle is made at start, small, cacheable, and fit for the strictest content policy.

import { gzipSync } from 'node:zlib';

import Fastify from 'fastify';
import { beforeAll, describe, expect, it } from 'vitest';

import { type BuiltConsole, buildConsole } from '#console/build.ts';
import { serveConsole } from '#console/serve.ts';

/** Budget of the console reference, section 6, for what alarms need; charts and back-tests come later and apart. */
const BUDGET_BYTES = 60_000;
const BUDGET_ALL_BYTES = 95_000;
const ASSET = /"(\/assets\/[^"]+)"/g;

describe('built console', () => {
  let built: BuiltConsole;
  const page = (): string => Buffer.from(built.files.get('/')!.body).toString();
  beforeAll(async () => {
    built = await buildConsole();
  });

  const bytesOf = (paths: Iterable<string>): number =>
    [...paths].reduce((sum, path) => sum + gzipSync(built.files.get(path)!.body).length, 0);
  const textOf = (path: string): string => Buffer.from(built.files.get(path)!.body).toString();

  it('is below 60 kB compressed before alarms show, and small in all', () => {
    const first = ['/', ...[...page().matchAll(ASSET)].map((match) => match[1]!)];
    expect(bytesOf(first)).toBeLessThan(BUDGET_BYTES);
    expect(bytesOf(built.files.keys())).toBeLessThan(BUDGET_ALL_BYTES);
  });

  it('keeps charts and back-tests out of what the page loads', () => {
    const first = [...page().matchAll(ASSET)]
      .map((match) => match[1]!)
      .filter((path) => path.endsWith('.js'));
    const later = [...built.files.keys()].filter((path) => path.endsWith('.js') && !first.includes(path));
    // "u-over" is a class name of the plotter: it is somewhere, and not in what comes first.
    expect(later.filter((path) => textOf(path).includes('u-over'))).toHaveLength(1);
    expect(first.filter((path) => textOf(path).includes('u-over'))).toEqual([]);
    expect(later.some((path) => path.includes('/backtest-page-'))).toBe(true);
    // Whatever comes first needs nothing that the page does not name.
    for (const path of first) {
      const needed = [...textOf(path).matchAll(/from"\.\/([^"]+)"/g)].map((match) => `/assets/${match[1]}`);
      expect(
        needed.filter((each) => !first.includes(each)),
        path,
      ).toEqual([]);
    }
  });

  it('names in its page only files that it has', () => {
    const paths = [...page().matchAll(ASSET)].map((match) => match[1]!);
    expect(paths).toHaveLength(5);
    for (const path of paths) {
      expect(built.files.get(path)?.immutable, path).toBe(true);
      expect(path).toMatch(/-[A-Z0-9]{8}\.(js|css|svg)$/);
    }
    expect(built.files.size).toBe(8);
  });

  it('has nothing inline', () => {
    expect(page()).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/);
    expect(page()).toContain(`data-version="${built.version}"`);
  });

  it('is the same twice', async () => {
    expect((await buildConsole()).version).toBe(built.version);
  });

  it('is served with a strict policy, cached for ever or not at all, compressed when asked', async () => {
    const app = Fastify();
    await app.register(serveConsole, { console: built });
    const root = await app.inject('/');
    expect(root.statusCode).toBe(200);
    expect(root.body).toBe(page());
    expect(root.headers['cache-control']).toBe('no-cache');
    expect(root.headers['content-security-policy']).toMatch(
      /default-src 'self'.*require-trusted-types-for 'script'/,
    );
    const [path, file] = [...built.files].find(([name]) => name.endsWith('.css'))!;
    const style = await app.inject({ url: path, headers: { 'accept-encoding': 'gzip' } });
    expect(style.headers).toMatchObject({
      'cache-control': 'public, max-age=31536000, immutable',
      'content-encoding': 'gzip',
      'content-type': 'text/css; charset=utf-8',
    });
    expect(style.rawPayload.length).toBeLessThan(file.body.length);
    expect((await app.inject('/assets/../package.json')).statusCode).toBe(404);
    await app.close();
  });
});
