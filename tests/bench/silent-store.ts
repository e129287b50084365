// A telemetry store as bad as it gets: it takes the connection and never answers. Nothing is read either, so it costs
// whom it stands beside no time. A store that refuses is the easier case: the writer knows at once.

import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

export interface SilentStore {
  /** How the service is told to use it. */
  readonly environment: Readonly<Record<string, string>>;
  readonly connectionCount: () => number;
  close(): Promise<void>;
}

export async function openSilentStore(): Promise<SilentStore> {
  const sockets: Socket[] = [];
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    environment: {
      SHOUWANG_TELEMETRY_STORE: 'influxdb-1',
      SHOUWANG_INFLUX_URL: `http://127.0.0.1:${port}`,
    },
    connectionCount: () => sockets.length,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
