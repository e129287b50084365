// A bare Aedes for tests of MQTT clients: takes everything, remembers every publish in order of arrival, and can cut
// connections or hold acknowledgements back. No part of the product.

import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { Aedes, type AuthorizePublishHandler } from 'aedes';

export interface Taken {
  readonly clientId: string | null;
  readonly topic: string;
  readonly body: Record<string, unknown>;
  readonly retain: boolean;
}

export interface PlainBroker {
  readonly url: string;
  readonly taken: Taken[];
  /** Decides about every publish before its PUBACK; throwing closes the connection without one. */
  onPublish: (taken: Taken) => void | Promise<void>;
  dropConnections(): void;
  connectionCount(): number;
  /** Resolves when `count` publishes match. */
  until(count: number, matches: (taken: Taken) => boolean): Promise<Taken[]>;
  close(): Promise<void>;
}

export async function startPlainBroker(port = 0): Promise<PlainBroker> {
  const broker = await Aedes.createBroker();
  const sockets = new Set<Socket>();
  const waiters = new Set<() => void>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    broker.handle(socket);
  });
  const plain: PlainBroker = {
    url: '',
    taken: [],
    onPublish: () => undefined,
    dropConnections: () => {
      for (const socket of sockets) socket.destroy();
    },
    connectionCount: () => sockets.size,
    until: (count, matches) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = plain.taken.filter(matches);
          if (found.length < count) return;
          waiters.delete(look);
          resolve(found);
        };
        waiters.add(look);
        look();
      }),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => void broker.close(() => resolve()));
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
  const authorize: AuthorizePublishHandler = (client, packet, done) => {
    const body = JSON.parse(packet.payload.toString()) as Record<string, unknown>;
    const taken = { clientId: client?.id ?? null, topic: packet.topic, body, retain: packet.retain };
    Promise.resolve()
      .then(() => plain.onPublish(taken))
      .then(
        () => {
          plain.taken.push(taken);
          for (const look of [...waiters]) look();
          done(null);
        },
        (error: Error) => done(error),
      );
  };
  broker.authorizePublish = authorize;
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address() as { port: number };
  return Object.assign(plain, { url: `mqtt://127.0.0.1:${address.port}` });
}
