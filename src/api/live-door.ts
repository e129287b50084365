// GET /api/v1/homes/{id}/telemetry/live: the new readings of one opened home, over a WebSocket of its own. Not the desk
// socket: alarms share nothing with charts. And not a HTTP answer that never ends: a browser has six connections for
// all its windows, and the claims and closings of an operator go over them.

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { LiveSockets } from '#push/live-sockets.ts';
import type { ApiParts } from './context.ts';
import { PROBLEMS, Problem } from './errors.ts';
import { createLiveFeed } from './live-feed.ts';
import { requireHome, telemetryOf } from './routes/telemetry.ts';
import { admit, createUpgrade, type Decide, type HandleUpgrade, targetOf } from './upgrade.ts';

const ROUTE = '/api/v1/homes/:id/telemetry/live';
const PATH = /^\/api\/v1\/homes\/([^/]+)\/telemetry\/live$/;
/** Open at once: of one person, a chart per screen; in all, well below the sockets of the process. */
const LIVE_PER_STAFF_MAX = 8;
const LIVE_MAX = 200;

export interface LiveDoorParts extends Pick<ApiParts, 'registry' | 'runtime' | 'telemetry'> {
  readonly allowedOrigins: readonly string[];
  readonly onError: (error: unknown) => void;
}

export interface LiveDoor {
  readonly handleUpgrade: HandleUpgrade;
  /** Closes every socket (1012). */
  stop(): void;
}

export function isLivePath(path: string): boolean {
  return PATH.test(path);
}

export function createLiveDoor(parts: LiveDoorParts): LiveDoor {
  const seats = createSeats();
  const sockets = new LiveSockets();
  const decide: Decide = async (request, socket, head) => {
    const caller = await admit(request, parts, ROUTE);
    if (typeof caller === 'number') return caller;
    const { staff, sessionId } = caller;
    const { homeId } = await requireHome(parts, homeIdOf(request), staff);
    const telemetry = telemetryOf(parts);
    const { staffId } = staff;
    if (!seats.take(staffId, socket)) throw new Problem('too-many-attempts');
    const subject = `home:${homeId}`;
    await parts.registry.audit({ staffId, action: 'telemetry-read', subject, detail: 'live' });
    const feed = createLiveFeed({ ...parts, telemetry, homeId, staff, sessionId });
    return () => sockets.accept(request, socket, head, feed);
  };
  return {
    handleUpgrade: createUpgrade(refusing(decide), parts.onError),
    stop: () => sockets.stop(),
  };
}

/** A problem is answered with its status, as in the rest of the API. */
function refusing(decide: Decide): Decide {
  return async (request, socket, head) => {
    try {
      return await decide(request, socket, head);
    } catch (error) {
      if (error instanceof Problem) return PROBLEMS[error.code].status;
      throw error;
    }
  };
}

function homeIdOf(request: IncomingMessage): string {
  const [, id = ''] = PATH.exec(targetOf(request)?.pathname ?? '') ?? [];
  try {
    return decodeURIComponent(id);
  } catch {
    throw new Problem('malformed-request');
  }
}

/** Counts who has sockets open; a seat is taken before the last wait, so that many at once cannot slip through. */
function createSeats() {
  const taken = new Map<string, number>();
  let takenCount = 0;
  const leave = (staffId: string): void => {
    takenCount--;
    const left = taken.get(staffId)! - 1;
    if (left > 0) taken.set(staffId, left);
    else taken.delete(staffId);
  };
  return {
    /** Given back when the socket closes. False: there is none, or nobody is there any more. */
    take(staffId: string, socket: Duplex): boolean {
      const own = taken.get(staffId) ?? 0;
      if (own >= LIVE_PER_STAFF_MAX || takenCount >= LIVE_MAX || socket.destroyed) return false;
      taken.set(staffId, own + 1);
      takenCount++;
      socket.once('close', () => leave(staffId));
      return true;
    },
  };
}
