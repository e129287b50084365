// The embedded MQTT broker: Aedes with doors (TCP, WebSocket), guards and hooks around it. It takes readings in and
// sends commands out; nothing that a device publishes goes to another client, so no subscriber can hold up an alarm.
// D1 … D7: defects of Aedes 1.2.0, explained where each is worked around; tests/protocol has a test for each.

import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Aedes } from 'aedes';
import { frameBytesOfLargestFormat } from '#codecs/index.ts';
import type { GatewayDirectory } from '#registry/registry.ts';
import type { Intake } from '../intake.ts';
import type { LoginGuard } from '../login-guard.ts';
import type { IngestLog } from '../refusal-keeper.ts';
import { BackPressure, type BackPressureLimits } from './back-pressure.ts';
import { Connections } from './connection.ts';
import { Door } from './door.ts';
import { createEmbeddedAedes } from './embedded-aedes.ts';
import { createWebSocketDoor } from './websocket.ts';

export interface MqttLimits {
  /** Bytes of a CONNECT, before anybody has logged in. */
  readonly connectBytes: number;
  /** Bytes of any other frame, unless the gateway's format has larger ones. */
  readonly frameBytes: number;
}

export interface MqttBrokerOptions {
  readonly intake: Intake;
  readonly directory: GatewayDirectory;
  readonly loginGuard: LoginGuard;
  readonly log: IngestLog;
  readonly limits: MqttLimits;
  readonly backPressure?: Partial<BackPressureLimits>;
  /** Time for a CONNECT to arrive, ms. Default 5,000. */
  readonly connectTimeoutMs?: number;
}

export interface MqttCounters {
  readonly connections: number;
  readonly sessions: number;
  /** Frames read and not yet acknowledged. */
  readonly waitingFrames: number;
  /** Connections that are not read now, because too much waits. */
  readonly heldConnections: number;
  /** Sessions that replaced an older one with the same client id. */
  readonly takeovers: number;
}

export interface MqttBroker {
  /** @throws the error of `net.Server.listen` (EADDRINUSE, EACCES …) */
  listen(address: { readonly host: string; readonly port: number }): Promise<AddressInfo>;
  /** For `upgrade` requests on /mqtt. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /**
   * Publish to `…/command/{suffix}` of a gateway. `offline`: it has no session now; commands are never kept for
   * later. `sent`: handed to its connections; only its answer tells that it was carried out.
   * @throws RangeError when `suffix` is empty or holds a wildcard
   */
  sendCommand(
    gatewayId: string,
    suffix: string,
    payload: Uint8Array,
    qos?: 0 | 1,
  ): Promise<'sent' | 'offline'>;
  /** Close all sessions of a gateway now. */
  disconnect(gatewayId: string): void;
  counters(): MqttCounters;
  /** Reads nothing more, lets what was read become durable (2 s at most), closes. Says nothing about gateways. */
  close(): Promise<void>;
}

/** Half-open TCP is found by the operating system, whatever keepalive the client asked for. */
const TCP_KEEPALIVE_MS = 60_000;
/** A storm of gateways after a power cut must find room; the operating system may allow less. */
const LISTEN_BACKLOG = 4_096;
/** For frames that were read when we stop: to become durable and be acknowledged. */
const CLOSE_GRACE_MS = 2_000;

export async function createMqttBroker(options: MqttBrokerOptions): Promise<MqttBroker> {
  const connections = new Connections();
  const backPressure = new BackPressure(options.backPressure);
  const aedes = createEmbeddedAedes({ ...options, connections });
  await aedes.listen();
  const door = new Door({ ...options, aedes, connections, backPressure });
  return new EmbeddedBroker(options, { aedes, connections, backPressure, door });
}

interface Parts {
  readonly aedes: Aedes;
  readonly connections: Connections;
  readonly backPressure: BackPressure;
  readonly door: Door;
}

class EmbeddedBroker implements MqttBroker {
  readonly #options: MqttBrokerOptions;
  readonly #parts: Parts;
  readonly #tcp = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: TCP_KEEPALIVE_MS });
  readonly #webSocket: ReturnType<typeof createWebSocketDoor>;

  constructor(options: MqttBrokerOptions, parts: Parts) {
    this.#options = options;
    this.#parts = parts;
    const { aedes, door } = parts;
    this.#tcp.on('connection', (socket) => door.attach(socket, socket.remoteAddress ?? 'unknown'));
    const largestFrame = Math.max(options.limits.frameBytes, frameBytesOfLargestFormat());
    this.#webSocket = createWebSocketDoor(
      (conn, from) => door.attach(conn, from),
      largestFrame + options.limits.connectBytes,
    );
    options.directory.onChange((gatewayId) => this.#recheck(gatewayId));
    aedes.on('ping', (_packet, client) => {
      const gateway = parts.connections.of(client)?.session?.gateway;
      if (gateway !== undefined) options.intake.presence.alive(gateway);
    });
  }

  async listen({ host, port }: { readonly host: string; readonly port: number }): Promise<AddressInfo> {
    this.#tcp.listen({ host, port, backlog: LISTEN_BACKLOG });
    await once(this.#tcp, 'listening');
    this.#tcp.on('error', (error) => this.#options.log.error({ error }, 'MQTT listener failed'));
    return this.#tcp.address() as AddressInfo;
  }

  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#webSocket.handleUpgrade(request, socket, head);
  }

  async sendCommand(
    gatewayId: string,
    suffix: string,
    payload: Uint8Array,
    qos: 0 | 1 = 1,
  ): Promise<'sent' | 'offline'> {
    if (suffix === '' || /[+#]/.test(suffix))
      throw new RangeError('suffix of a command: no topic to publish to');
    const prefix = this.#parts.connections.ofGateway(gatewayId)[0]?.session?.commandPrefix;
    if (prefix == null) return 'offline';
    await publish(this.#parts.aedes, `${prefix}${suffix}`, payload, qos);
    return 'sent';
  }

  disconnect(gatewayId: string): void {
    for (const { client } of this.#parts.connections.ofGateway(gatewayId)) client.close();
  }

  counters(): MqttCounters {
    const { connections, backPressure } = this.#parts;
    return {
      connections: connections.openCount,
      sessions: connections.sessionCount,
      waitingFrames: backPressure.waitingFrames,
      heldConnections: backPressure.heldConnections,
      takeovers: connections.takeoverCount,
    };
  }

  async close(): Promise<void> {
    const { aedes, connections, backPressure, door } = this.#parts;
    door.shut();
    this.#tcp.close();
    backPressure.stop();
    const untilMs = performance.now() + CLOSE_GRACE_MS;
    while (backPressure.waitingFrames > 0 && performance.now() < untilMs) await sleep(5);
    await new Promise<void>((resolve) => void aedes.close(resolve));
    for (const { client } of connections.all()) client.conn.destroy();
    this.#webSocket.close();
  }

  /** The registry changed: whoever may not be here any more goes at once. */
  #recheck(gatewayId: string): void {
    const { connections } = this.#parts;
    for (const { client, session } of connections.ofGateway(gatewayId)) {
      if (session === null || this.#options.loginGuard.isStillValid(gatewayId, session.secretHash)) continue;
      this.#options.log.info({ gatewayId, clientId: client.id }, 'session closed: access was withdrawn');
      client.close();
    }
  }
}

/** Resolves when written to every connection that listens; a stalled one is cut after its drain time-out. */
function publish(aedes: Aedes, topic: string, payload: Uint8Array, qos: 0 | 1): Promise<void> {
  const packet = {
    cmd: 'publish',
    topic,
    payload: Buffer.from(payload),
    qos,
    retain: false,
    dup: false,
  } as const;
  return new Promise((resolve, reject) => {
    aedes.publish(packet, (error) => (error ? reject(error) : resolve()));
  });
}
