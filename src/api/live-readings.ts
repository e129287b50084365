// One open home on one screen: its new readings as Server-Sent Events. What the caller may see is looked at with every
// event, because a claim may be lost; the session and the district every minute. Bounded: a receiver that does not keep
// up misses readings and is told so (`skipped`); nothing is queued for it and nobody waits for it.

import { Readable } from 'node:stream';
import type { Registry, StaffRecord } from '#registry/registry.ts';
import type { Runtime } from '#runtime/runtime.ts';
import type { LiveReadings, Telemetry } from '#telemetry/telemetry.ts';
import { mayTouch } from './scope.ts';
import { fullViewOf, isPersonalKind } from './telemetry-access.ts';

export interface LiveReadingsOptions {
  readonly telemetry: Pick<Telemetry, 'follow'>;
  readonly registry: Pick<Registry, 'session' | 'homes'>;
  readonly runtime: Runtime;
  readonly homeId: string;
  readonly staff: StaffRecord;
  readonly sessionId: string;
  readonly forMs: number;
}

/** Not yet taken by the socket: a few hundred readings. */
const BUFFERED_BYTES_MAX = 64 * 1024;
/** A comment line so often, so that proxies keep the connection and a dead one is noticed. */
const BEAT_MS = 15_000;
const CHECK_MS = 60_000;

/** Ends after `forMs`, or when the caller may not see the home any more. */
export function createLiveReadings(options: LiveReadingsOptions): Readable {
  const { telemetry, runtime, homeId, staff, forMs } = options;
  let hasSkipped = false;
  const stream = new Readable({ read: () => undefined });
  let isEnded = false;
  const send = (text: string): boolean => {
    if (isEnded || stream.readableLength > BUFFERED_BYTES_MAX) return false;
    stream.push(text);
    return true;
  };
  const end = (): void => {
    if (!isEnded) stream.push(null);
    isEnded = true;
  };
  const unfollow = telemetry.follow(homeId, ({ readings, skipped }: LiveReadings) => {
    const mayAll = fullViewOf(runtime, homeId, staff) !== null;
    const shown = readings.filter(({ kind }) => mayAll || !isPersonalKind(kind));
    hasSkipped ||= skipped;
    if (shown.length === 0 && !hasSkipped) return;
    const event = { readings: shown.map(withoutHome), skipped: hasSkipped };
    hasSkipped = !send(`data: ${JSON.stringify(event)}\n\n`);
  });
  const timers = [
    setTimeout(end, forMs),
    setInterval(() => send(': alive\n\n'), BEAT_MS),
    setInterval(() => {
      mayGoOn(options).then(
        (may) => (may ? undefined : end()),
        // The registry does not answer: what cannot be checked is not shown.
        end,
      );
    }, CHECK_MS),
  ];
  stream.once('close', () => {
    for (const timer of timers) clearInterval(timer);
    unfollow();
  });
  send('retry: 3000\n\n');
  return stream;
}

function withoutHome({ gatewayId, deviceId, kind, atMs, value }: LiveReadings['readings'][number]) {
  return { gatewayId, deviceId, kind, atMs, value };
}

async function mayGoOn({ registry, sessionId, homeId, staff }: LiveReadingsOptions): Promise<boolean> {
  const [session, home] = await Promise.all([registry.session(sessionId), registry.homes.get(homeId)]);
  if (session === null || home === null || session.staff.role !== staff.role) return false;
  return mayTouch(session.staff, home.districtCode);
}
