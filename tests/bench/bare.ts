// The limit of `sos` and `ingest`, a program of its own: Aedes and ws in one process and nothing else. It
// acknowledges at once, stores nothing, checks nobody, knows no home; what looks like an SOS goes to every
// WebSocket client.

import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { Aedes } from 'aedes';
import { WebSocketServer } from 'ws';
import { serve } from './remote.ts';

export type Bare = { readonly start: (options: null) => Promise<BareAddress> };

export interface BareAddress {
  readonly mqttPort: number;
  readonly webSocket: string;
}

const DEVICE_LEVEL = 3;

async function start(): Promise<BareAddress> {
  const screens = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
  await once(screens, 'listening');
  const aedes = await Aedes.createBroker({
    authorizePublish: (_client, packet, callback) => {
      callback(null);
      if (!packet.payload.includes('"sos"')) return;
      const deviceId = packet.topic.split('/')[DEVICE_LEVEL];
      const text = JSON.stringify({ type: 'alert', change: 'raised', alert: { deviceId } });
      for (const screen of screens.clients) screen.send(text);
    },
  });
  const server = createServer({ noDelay: true }, (socket) => aedes.handle(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = screens.address() as AddressInfo;
  return { mqttPort: (server.address() as AddressInfo).port, webSocket: `ws://127.0.0.1:${port}` };
}

serve({ start } satisfies Bare);
