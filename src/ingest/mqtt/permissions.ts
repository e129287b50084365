// What a gateway may hear: the commands to itself. Everything else, `#` and `$SYS` included, is answered with 0x80,
// counted and kept: a device that asks for other people's homes is broken or taken over.

import type { AedesOptions } from 'aedes';
import type { RefusalKeeper } from '../refusal-keeper.ts';
import type { Connections, Session } from './connection.ts';

/** Filters of one session: a gateway needs one. */
const SUBSCRIPTIONS_MAX = 32;

export interface PermissionHooks {
  readonly authorizeSubscribe: NonNullable<AedesOptions['authorizeSubscribe']>;
  readonly authorizeForward: NonNullable<AedesOptions['authorizeForward']>;
}

export function createPermissionHooks(connections: Connections, refusals: RefusalKeeper): PermissionHooks {
  return {
    authorizeSubscribe(client, subscription, callback) {
      const session = connections.of(client)?.session;
      const refusal = session == null ? 'not logged in' : whyNot(session, subscription.topic);
      if (session != null && refusal === null) {
        session.subscriptionCount++;
        return callback(null, subscription);
      }
      const gatewayId = session?.gatewayId ?? null;
      void refusals.keep({
        sourceKey: gatewayId ?? '',
        gatewayId,
        source: 'mqtt',
        topic: subscription.topic,
        reason: 'subscription-refused',
        detail: refusal ?? '',
        payload: new Uint8Array(),
      });
      callback(null, null);
    },
    authorizeForward(client, packet) {
      const prefix = connections.of(client)?.session?.commandPrefix;
      if (prefix == null || !packet.topic.startsWith(prefix)) return null;
      // D2: what a stalled gateway does not read must not pile up here; QoS 0 may be lost by definition.
      return packet.qos === 0 && client.conn.writableNeedDrain ? null : packet;
    },
  };
}

function whyNot({ commandPrefix, subscriptionCount }: Session, filter: string): string | null {
  if (commandPrefix === null || !filter.startsWith(commandPrefix)) return 'only the own commands';
  return subscriptionCount < SUBSCRIPTIONS_MAX ? null : 'too many filters in one session';
}
