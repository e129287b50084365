// Aedes with our options, our hooks, and its delivery cut off for what clients publish: after the ack gate such a
// packet has done its work, and neither an emitter nor a retained store nor an offline queue needs to see it.

import { Aedes, type Client } from 'aedes';
import type { GatewayDirectory } from '#registry/registry.ts';
import type { Intake } from '../intake.ts';
import type { LoginGuard } from '../login-guard.ts';
import type { IngestLog } from '../refusal-keeper.ts';
import { createAckGate } from './ack-gate.ts';
import { createConnectHooks } from './connect.ts';
import type { Connections } from './connection.ts';
import { createPermissionHooks } from './permissions.ts';

export interface EmbeddedAedesOptions {
  readonly connections: Connections;
  readonly directory: GatewayDirectory;
  readonly intake: Intake;
  readonly loginGuard: LoginGuard;
  readonly log: IngestLog;
  readonly limits: { readonly frameBytes: number };
  readonly connectTimeoutMs?: number;
}

/** 5 s from the socket to the CONNECT: more than a slow mobile link needs, less than slow-loris wants. */
const CONNECT_TIMEOUT_MS = 5_000;
/** A gateway that does not read its commands is cut after this. */
const DRAIN_TIMEOUT_MS = 5_000;
/** `shouwang/v1/{gateway}/command/…` and three more. */
const TOPIC_LEVELS_MAX = 8;
/** Packets that arrive with the CONNECT, before its answer. */
const EARLY_PACKETS_MAX = 100;

/** Not yet listening: call `listen()`. */
export function createEmbeddedAedes(options: EmbeddedAedesOptions): Aedes {
  const { connections, directory, intake, loginGuard, log, limits } = options;
  const { refusals, presence } = intake;
  const aedes = new Aedes({
    // 0, no limit: with a limit one stalled subscriber stalls the whole broker (D2) and the end of the stall is a
    // stack overflow (D3).
    concurrency: 0,
    connectTimeout: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
    drainTimeout: DRAIN_TIMEOUT_MS,
    maxTopicLevels: TOPIC_LEVELS_MAX,
    queueLimit: EARLY_PACKETS_MAX,
    ...createConnectHooks({
      connections,
      loginGuard,
      refusals,
      presence,
      log,
      frameBytes: limits.frameBytes,
    }),
    ...createPermissionHooks(connections, refusals),
    authorizePublish: createAckGate({ connections, directory, intake, log }),
  });
  deliverOnlyOwnMessages(aedes);
  reportErrors(aedes, options);
  return aedes;
}

type Done = (error?: Error) => void;
type Publish = (packet: Parameters<Aedes['publish']>[0], client: Client | Done | null, done?: Done) => void;

function deliverOnlyOwnMessages(aedes: Aedes): void {
  const publish = aedes.publish.bind(aedes) as Publish;
  const publishOwn: Publish = (packet, client, done) => {
    if (typeof client === 'function' || client === null) publish(packet, client, done);
    else done?.();
  };
  aedes.publish = publishOwn as Aedes['publish'];
}

/** Endings of a connection that say nothing about what the client sent. */
const ORDINARY_ENDS = new Set(['keep alive timeout', 'connection closed', 'drain timeout', 'not durable']);

function reportErrors(aedes: Aedes, { connections, intake, log }: EmbeddedAedesOptions): void {
  const report = (
    client: Client,
    error: Error & { readonly code?: string; readonly errorCode?: number },
  ): void => {
    const connection = connections.of(client);
    const gatewayId = connection?.session?.gatewayId ?? null;
    // `code`: the network; `errorCode`: refused at CONNECT, reported there.
    const isOrdinary =
      error.code !== undefined || error.errorCode !== undefined || ORDINARY_ENDS.has(error.message);
    if (isOrdinary) return log.debug({ gatewayId, reason: error.message }, 'connection ended');
    void intake.refusals.keep({
      sourceKey: gatewayId ?? connection?.remoteAddress ?? '',
      gatewayId,
      source: 'mqtt',
      topic: '',
      reason: 'protocol-error',
      detail: error.message,
      payload: new Uint8Array(),
    });
  };
  aedes.on('clientError', report);
  aedes.on('connectionError', report);
  aedes.on('error' as 'closed', ((error: Error) => log.error({ error }, 'MQTT broker error')) as () => void);
}
