// Goal: the bundle is made at start, small, cacheable, and fit for the strictest content policy.

import { gzipSync } from 'node:zlib';

import Fastify from 'fastify';
import { beforeAll, describe, expect, it } from 'vitest';

import { type BuiltConsole, buildConsole } from '#console/build.ts';
import { serveConsole } from '#console/serve.ts';

/** Budget of the console reference, section 6. */
const BUDGET_BYTES = 60_000;

describe('built console', () => {
  let built: BuiltConsole;
  const page = (): string => Buffer.from(built.files.get('/')!.body).toString();
  beforeAll(async () => {
    built = await buildConsole();
  });

  it('is below 60 kB compressed', () => {
    const bytes = [...built.files.values()].reduce((sum, file) => sum + gzipSync(file.body).length, 0);
    expect(bytes).toBeLessThan(BUDGET_BYTES);
  });

  it('names in its page only files that it has', () => {
    const paths = [...page().matchAll(/"(\/assets\/[^"]+)"/g)].map((match) => match[1]!);
    expect(paths).toHaveLength(4);
    for (const path of paths) {
      expect(built.files.get(path)?.immutable, path).toBe(true);
      expect(path).toMatch(/-[A-Z0-9]{8}\.(js|css|svg)$/);
    }
    expect(built.files.size).toBe(5);
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
