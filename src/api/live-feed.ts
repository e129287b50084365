// The new readings of one home for one member of staff. What may be seen is looked at anew each time, because a claim
// may be lost; the session, the role and the district whenever the socket asks whether to go on.

import type { LiveFeed } from '#push/live-sockets.ts';
import type { Registry, StaffRecord } from '#registry/registry.ts';
import type { Runtime } from '#runtime/runtime.ts';
import type { LiveReadings, Telemetry } from '#telemetry/telemetry.ts';
import { mayTouch } from './scope.ts';
import { fullViewOf, isPersonalKind } from './telemetry-access.ts';

export interface LiveFeedOptions {
  readonly telemetry: Pick<Telemetry, 'follow'>;
  readonly registry: Pick<Registry, 'session' | 'homes'>;
  readonly runtime: Runtime;
  readonly homeId: string;
  readonly staff: StaffRecord;
  readonly sessionId: string;
}

type Reading = LiveReadings['readings'][number];

export function createLiveFeed(options: LiveFeedOptions): LiveFeed<Reading> {
  const { telemetry, runtime, homeId, staff } = options;
  return {
    follow: (listener) => telemetry.follow(homeId, listener),
    show: (readings) => {
      const mayAll = fullViewOf(runtime, homeId, staff) !== null;
      return readings.filter(({ kind }) => mayAll || !isPersonalKind(kind)).map(withoutHome);
    },
    mayGoOn: () => mayGoOn(options),
  };
}

function withoutHome({ gatewayId, deviceId, kind, atMs, value }: Reading) {
  return { gatewayId, deviceId, kind, atMs, value };
}

async function mayGoOn({ registry, sessionId, homeId, staff }: LiveFeedOptions): Promise<boolean> {
  const [session, home] = await Promise.all([registry.session(sessionId), registry.homes.get(homeId)]);
  if (session === null || home === null || session.staff.role !== staff.role) return false;
  return mayTouch(session.staff, home.districtCode);
}
