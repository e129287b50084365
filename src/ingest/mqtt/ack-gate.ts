// The ack gate: a PUBLISH is acknowledged when what it says is on disk, and not before. Runs in `authorizePublish`,
// the only place where Aedes waits before its PUBACK. Refused frames are acknowledged too (MQTT 3.1.1 has no
// negative answer, and a resend would be as wrong); a log that fails closes the connection, so that the device keeps
// its message and sends it again.

import type { AedesOptions } from 'aedes';
import type { GatewayDirectory, GatewayEntry } from '#registry/registry.ts';
import type { Intake } from '../intake.ts';
import type { IngestLog } from '../refusal-keeper.ts';
import type { Acknowledge } from './acknowledgements.ts';
import type { Connection, Connections } from './connection.ts';

type AuthorizePublish = NonNullable<AedesOptions['authorizePublish']>;
type PublishPacket = Parameters<AuthorizePublish>[1];

export interface AckGateDependencies {
  readonly connections: Connections;
  readonly directory: GatewayDirectory;
  readonly intake: Intake;
  readonly log: IngestLog;
}

/** Closes a connection without an acknowledgement; not the device's fault. */
export class NotDurableError extends Error {
  constructor(cause: unknown) {
    super('not durable', { cause });
    this.name = 'NotDurableError';
  }
}

const NO_BYTES = Buffer.alloc(0);

export function createAckGate(own: AckGateDependencies): AuthorizePublish {
  return (client, packet, callback) => {
    const connection = own.connections.of(client);
    const gateway = own.directory.gateway(connection?.session?.gatewayId ?? '');
    if (connection == null || gateway === undefined) {
      callback(new Error('no gateway'));
      return;
    }
    const acknowledge = packet.qos === 1 ? ownPuback(connection, packet, callback) : callback;
    void pass(own, connection, gateway, packet, acknowledge);
  };
}

/** Our own PUBACK; afterwards the packet goes on as QoS 0, to which Aedes has no further answer. */
function ownPuback({ pubacks }: Connection, packet: PublishPacket, callback: Acknowledge): Acknowledge {
  return (error) => {
    if (error != null) return callback(error);
    if (!pubacks.add(packet.messageId ?? 0)) return callback(new Error('acknowledgements are not read'));
    packet.qos = 0;
    callback(null);
  };
}

async function pass(
  { intake, log }: AckGateDependencies,
  connection: Connection,
  gateway: GatewayEntry,
  packet: PublishPacket,
  acknowledge: Acknowledge,
): Promise<void> {
  const { acknowledgements, flow } = connection;
  const { topic, retain: isRetained } = packet;
  const payload = bytesOf(packet.payload);
  const pending = acknowledgements.open(acknowledge);
  flow.enter(payload.length);
  let outcome: Error | null = null;
  try {
    await intake.take({ gateway, source: 'mqtt', topic, payload, isRetained, isWill: false });
  } catch (cause) {
    log.debug({ gatewayId: gateway.gatewayId, error: cause }, 'closing without acknowledgement');
    outcome = new NotDurableError(cause);
  }
  // Aedes keeps QoS 2 packets until PUBREL; ours are in the log.
  packet.payload = NO_BYTES;
  flow.leave(payload.length);
  acknowledgements.settle(pending, outcome);
}

function bytesOf(payload: string | Buffer): Buffer {
  return typeof payload === 'string' ? Buffer.from(payload) : payload;
}
