// Serves the built console: the page at `/`, hashed files under `/assets/`, both from memory and compressed once.
// The policy allows nothing inline and nothing from elsewhere, and demands Trusted Types. Asks for no log-in: the
// page holds no data.

import { gzipSync } from 'node:zlib';

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import type { BuiltConsole, ConsoleFile } from './build.ts';

/** Security reference section 3. `shouwang` is the policy that names the metronome's Worker. */
export const CONSOLE_CSP = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "object-src 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types shouwang',
].join('; ');

const YEAR_S = 365 * 24 * 3600;

/** Register with `app.register(serveConsole, { console })`; adds `GET /` and the files under `/assets/`. */
export function serveConsole(
  app: FastifyInstance,
  options: { readonly console: BuiltConsole },
  done: () => void,
): void {
  for (const [path, file] of options.console.files) {
    const compressed = gzipSync(file.body, { level: 9 });
    app.get(path, { schema: { hide: true } as object }, (request, reply) =>
      send(request, reply, file, compressed),
    );
  }
  done();
}

function send(
  request: FastifyRequest,
  reply: FastifyReply,
  file: ConsoleFile,
  compressed: Buffer,
): FastifyReply {
  const takesGzip = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  if (!file.immutable) reply.header('content-security-policy', CONSOLE_CSP);
  if (takesGzip) reply.header('content-encoding', 'gzip');
  return reply
    .headers({
      'cache-control': file.immutable ? `public, max-age=${YEAR_S}, immutable` : 'no-cache',
      vary: 'accept-encoding',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    })
    .type(file.contentType)
    .send(takesGzip ? compressed : Buffer.from(file.body));
}
