// The way from a HTTP request to a WebSocket. Everything is decided before the upgrade, in plain HTTP: a page of
// another site (Origin) gets 403 before its cookie is even looked at, no session 401, a wrong role 403. What belongs
// to one socket is in desk-upgrade.ts and live-door.ts.

import type { IncomingMessage } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { fastifyCookie } from '@fastify/cookie';
import type { Registry } from '#registry/registry.ts';
import { type Caller, SESSION_COOKIE } from './authenticate.ts';
import { accessOf, mayUse } from './authorize.ts';

export type HandleUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

export interface AdmissionParts {
  readonly registry: Pick<Registry, 'session'>;
  /** Origins beside the own one, e.g. `https://wall.example`; exact. */
  readonly allowedOrigins: readonly string[];
}

/** Goes on with the upgrade. */
export type Accept = () => void;
/** What may be answered instead: a HTTP status. */
export type Decide = (request: IncomingMessage, socket: Duplex, head: Buffer) => Promise<Accept | number>;

export function createUpgrade(decide: Decide, onError: (error: unknown) => void): HandleUpgrade {
  return (request, socket, head) => {
    // Until it is a WebSocket nobody else listens; a reset must not become an uncaught error.
    socket.on('error', () => undefined);
    decide(request, socket, head)
      .then((answer) => (typeof answer === 'number' ? refuse(socket, answer) : answer()))
      .catch((error: unknown) => {
        onError(error);
        refuse(socket, 503);
      });
  };
}

/** The URL that is asked for; null when it is none. */
export function targetOf({ url = '/' }: IncomingMessage): URL | null {
  return URL.canParse(url, 'http://desk') ? new URL(url, 'http://desk') : null;
}

/** Who is asking, or the status to refuse with. `path`: as the table of access has it. */
export async function admit(
  request: IncomingMessage,
  { registry, allowedOrigins }: AdmissionParts,
  path: string,
): Promise<Caller | number> {
  if (!isOwnOrigin(request, allowedOrigins)) return 403;
  const sessionId = fastifyCookie.parse(request.headers.cookie ?? '')[SESSION_COOKIE];
  const session = sessionId ? await registry.session(sessionId) : null;
  if (!sessionId || !session) return 401;
  return mayUse(accessOf('GET', path), session.staff.role) ? { staff: session.staff, sessionId } : 403;
}

/**
 * Browsers always send Origin with a WebSocket; a client without one is no browser and cannot be driven by a
 * page.
 */
function isOwnOrigin({ headers }: IncomingMessage, allowed: readonly string[]): boolean {
  const { origin, host } = headers;
  if (origin === undefined) return true;
  if (allowed.includes(origin)) return true;
  return host !== undefined && URL.canParse(origin) && new URL(origin).host === host.toLowerCase();
}

function refuse(socket: Duplex, status: number): void {
  // Not left half open: a client that never closes would keep it for good.
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
