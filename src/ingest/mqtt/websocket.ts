// MQTT over WebSocket at /mqtt: the same broker behind another door. Subprotocol `mqtt` [MQTT-6.0.0-3]; a message
// larger than the largest frame is cut by its announced length; no compression, which costs memory per connection.

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { createWebSocketStream, WebSocketServer } from 'ws';

/** `mqttv3.1` is what old browser clients ask for. */
const SUBPROTOCOLS = ['mqtt', 'mqttv3.1'];

export type Attach = (conn: Duplex, remoteAddress: string) => void;

export interface WebSocketDoor {
  /** For an `upgrade` request of the HTTP server. Answers 400 when the subprotocol is missing. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): void;
}

export function createWebSocketDoor(attach: Attach, messageBytesMax: number): WebSocketDoor {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: messageBytesMax,
    perMessageDeflate: false,
    handleProtocols: (offered) => SUBPROTOCOLS.find((name) => offered.has(name)) ?? false,
  });
  return {
    handleUpgrade(request, socket, head) {
      if (!offersMqtt(request)) {
        socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
        return;
      }
      server.handleUpgrade(request, socket, head, (webSocket) => {
        attach(createWebSocketStream(webSocket), request.socket.remoteAddress ?? 'unknown');
      });
    },
    close: () => server.close(),
  };
}

function offersMqtt(request: IncomingMessage): boolean {
  const offered = request.headers['sec-websocket-protocol'] ?? '';
  return offered.split(',').some((name) => SUBPROTOCOLS.includes(name.trim()));
}
