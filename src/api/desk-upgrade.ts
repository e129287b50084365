// GET /api/v1/desk: who may open the desk socket. Everything is decided before the upgrade, in plain HTTP: a
// page of another site (Origin) gets 403 before its cookie is even looked at, no session 401, a wrong role
// 403.

import type { IncomingMessage } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { fastifyCookie } from '@fastify/cookie';
import type { DeskHub, DeskViewer } from '#push/hub.ts';
import type { Registry, Session } from '#registry/registry.ts';
import { SESSION_COOKIE } from './authenticate.ts';
import { accessOf, mayUse } from './authorize.ts';

export const DESK_PATH = '/api/v1/desk';

export interface DeskUpgradeOptions {
  readonly registry: Pick<Registry, 'session'>;
  readonly hub: Pick<DeskHub, 'accept'>;
  /** Origins beside the own one, e.g. `https://wall.example`; exact. */
  readonly allowedOrigins: readonly string[];
  readonly onError: (error: unknown) => void;
}

export type HandleUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** Handles an upgrade of `DESK_PATH`; any other path gets 404. */
export function createDeskUpgrade(options: DeskUpgradeOptions): HandleUpgrade {
  return (request, socket, head) => {
    // Until it is a WebSocket nobody else listens; a reset must not become an uncaught error.
    const ignoreReset = (): void => undefined;
    socket.on('error', ignoreReset);
    decide(request, options)
      .then((answer) => {
        if (typeof answer === 'number') refuse(socket, answer);
        else options.hub.accept(request, socket, head, answer);
      })
      .catch((error: unknown) => {
        options.onError(error);
        refuse(socket, 503);
      });
  };
}

/** The viewer of a session as the hub needs it, for its checks of running sessions. */
export function createViewerOf(
  registry: Pick<Registry, 'session'>,
): (sessionId: string) => Promise<DeskViewer | null> {
  return async (sessionId) => viewerOf(await registry.session(sessionId));
}

type Visit = Parameters<DeskHub['accept']>[3];

async function decide(request: IncomingMessage, options: DeskUpgradeOptions): Promise<Visit | number> {
  const target = request.url ?? '/';
  if (!URL.canParse(target, 'http://desk')) return 400;
  const url = new URL(target, 'http://desk');
  if (url.pathname !== DESK_PATH) return 404;
  if (!isOwnOrigin(request, options.allowedOrigins)) return 403;
  const sessionId = fastifyCookie.parse(request.headers.cookie ?? '')[SESSION_COOKIE];
  const session = sessionId ? await options.registry.session(sessionId) : null;
  if (!sessionId || !session) return 401;
  const viewer = viewerOf(session);
  return viewer ? { viewer, sessionId, cursor: url.searchParams.get('cursor') } : 403;
}

function viewerOf(session: Session | null): DeskViewer | null {
  if (!session || !mayUse(accessOf('GET', DESK_PATH), session.staff.role)) return null;
  const { staffId, districtCode } = session.staff;
  return { staffId, districtCode };
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
