// Where connections come in and go out, by TCP or WebSocket: each gets its guards before its first byte is parsed,
// and when it is gone its will is executed and the gateway's presence told. Aedes never sees the will: its own way
// depends on what else closes at that moment, and sends it again by a timer (D7).

import type { Duplex } from 'node:stream';
import type { Aedes, Client } from 'aedes';
import type { GatewayDirectory } from '#registry/registry.ts';
import type { Intake } from '../intake.ts';
import type { IngestLog } from '../refusal-keeper.ts';
import { Acknowledgements } from './acknowledgements.ts';
import { internalsOf, neverDropAsDuplicate } from './aedes-internals.ts';
import type { BackPressure } from './back-pressure.ts';
import type { Connection, Connections, Session } from './connection.ts';
import { FrameGuard } from './frame-guard.ts';
import { Pubacks } from './pubacks.ts';

export interface DoorOptions {
  readonly aedes: Aedes;
  readonly connections: Connections;
  readonly backPressure: BackPressure;
  readonly intake: Intake;
  readonly directory: GatewayDirectory;
  readonly log: IngestLog;
  readonly limits: { readonly connectBytes: number; readonly frameBytes: number };
}

export class Door {
  readonly #options: DoorOptions;
  #isShut = false;

  constructor(options: DoorOptions) {
    this.#options = options;
  }

  /** Let nobody in any more, and say nothing about those who go: it is we who leave. */
  shut(): void {
    this.#isShut = true;
  }

  attach(conn: Duplex, remoteAddress: string): void {
    if (this.#isShut) {
      conn.destroy();
      return;
    }
    const { aedes, connections, backPressure, limits } = this.#options;
    const client = aedes.handle(conn);
    const connection: Connection = {
      client,
      remoteAddress,
      guard: new FrameGuard(limits.connectBytes, limits.frameBytes),
      flow: backPressure.attach(client, conn),
      acknowledgements: new Acknowledgements(),
      pubacks: new Pubacks(conn),
      announcement: null,
      session: null,
    };
    connections.add(connection);
    neverDropAsDuplicate(client);
    this.#guardFrames(client, conn, connection);
    conn.once('close', () => this.#onClosed(connection));
  }

  #guardFrames(client: Client, conn: Duplex, connection: Connection): void {
    const parser = internalsOf(client)._parser;
    const parse = parser.parse.bind(parser);
    parser.parse = (chunk) => {
      const announcedBytes = connection.guard.check(chunk);
      if (announcedBytes === null) return parse(chunk);
      this.#cut(connection, chunk, announcedBytes);
      conn.destroy();
      return 0;
    };
  }

  #cut({ session, remoteAddress }: Connection, chunk: Uint8Array, announcedBytes: number): void {
    const gatewayId = session?.gatewayId ?? null;
    void this.#options.intake.refusals.keep({
      sourceKey: gatewayId ?? remoteAddress,
      gatewayId,
      source: 'mqtt',
      topic: '',
      reason: 'frame-too-large',
      detail: `${announcedBytes} bytes announced, from ${remoteAddress}; the connection was cut`,
      payload: chunk,
    });
  }

  #onClosed(connection: Connection): void {
    connection.acknowledgements.abandon();
    this.#options.connections.remove(connection);
    const { session, client } = connection;
    if (session === null || this.#isShut) return;
    const isGoodbye = internalsOf(client)._disconnected;
    if (!isGoodbye) this.#executeWill(session);
    this.#options.intake.presence.sessionClosed(session.gateway, isGoodbye);
    this.#options.log.debug(
      { gatewayId: session.gatewayId, clientId: client.id, isGoodbye },
      'session closed',
    );
  }

  #executeWill({ gatewayId, gateway, will }: Session): void {
    if (will === null) return;
    const { topic, payload, isRetained } = will;
    const now = this.#options.directory.gateway(gatewayId) ?? gateway;
    const frame = { gateway: now, source: 'mqtt', topic, payload, isRetained, isWill: true } as const;
    // Nothing is acknowledged for a will; what goes wrong is in the log and the counters by then.
    this.#options.intake.take(frame).catch(() => undefined);
  }
}
