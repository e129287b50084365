// One MQTT connection from its first byte to its last: who it is once it has logged in, what it announced in
// CONNECT, and what it still owes. Nothing here decides; see connect.ts, ack-gate.ts, permissions.ts.

import type { Client } from 'aedes';
import type { GatewayEntry } from '#registry/registry.ts';
import type { Acknowledgements } from './acknowledgements.ts';
import type { Flow } from './back-pressure.ts';
import type { FrameGuard } from './frame-guard.ts';
import type { Pubacks } from './pubacks.ts';

export interface Will {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly isRetained: boolean;
}

/** What CONNECT said; taken out of the packet before Aedes acts on it. */
export interface Announcement {
  readonly clientId: string;
  readonly isClean: boolean;
  readonly will: Will | null;
}

/** A log-in that succeeded. */
export interface Session {
  readonly gatewayId: string;
  /** As it was at the log-in; look the gateway up again for its devices. */
  readonly gateway: GatewayEntry;
  readonly secretHash: Uint8Array;
  /** Null when there was none, or it was refused. */
  readonly will: Will | null;
  /** It may subscribe below this and nowhere else; null when its format is unknown. */
  readonly commandPrefix: string | null;
  subscriptionCount: number;
}

export interface Connection {
  readonly client: Client;
  readonly remoteAddress: string;
  readonly guard: FrameGuard;
  readonly flow: Flow;
  readonly acknowledgements: Acknowledgements;
  readonly pubacks: Pubacks;
  announcement: Announcement | null;
  session: Session | null;
}

/** The open connections, and which of them belong to a gateway. */
export class Connections {
  readonly #byClient = new Map<Client, Connection>();
  readonly #byGateway = new Map<string, Set<Connection>>();
  /** Sessions that replaced an older one with the same client id. */
  takeoverCount = 0;

  get openCount(): number {
    return this.#byClient.size;
  }

  get sessionCount(): number {
    let count = 0;
    for (const connections of this.#byGateway.values()) count += connections.size;
    return count;
  }

  add(connection: Connection): void {
    this.#byClient.set(connection.client, connection);
  }

  of(client: Client | null): Connection | undefined {
    return client === null ? undefined : this.#byClient.get(client);
  }

  logIn(connection: Connection, session: Session): void {
    connection.session = session;
    const others = this.#byGateway.get(session.gatewayId);
    for (const other of others ?? []) if (other.client.id === connection.client.id) this.takeoverCount++;
    if (others === undefined) this.#byGateway.set(session.gatewayId, new Set([connection]));
    else others.add(connection);
  }

  remove(connection: Connection): void {
    this.#byClient.delete(connection.client);
    const gatewayId = connection.session?.gatewayId;
    const others = gatewayId === undefined ? undefined : this.#byGateway.get(gatewayId);
    others?.delete(connection);
    if (gatewayId !== undefined && others?.size === 0) this.#byGateway.delete(gatewayId);
  }

  ofGateway(gatewayId: string): readonly Connection[] {
    return [...(this.#byGateway.get(gatewayId) ?? [])];
  }

  all(): readonly Connection[] {
    return [...this.#byClient.values()];
  }
}
