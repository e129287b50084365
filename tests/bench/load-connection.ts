// One gateway of the load generator: a raw socket that sends prebuilt readings at QoS 1 and times their
// PUBACKs. Both brokers measured acknowledge one connection's packets in order, so a queue of sending times
// is enough; an answer that is not the one expected ends the run with an error instead of a nice figure.

import { connect, type Socket } from 'node:net';
import { ANSWER_BYTES, connectPacket, PUBACK, ReadingTemplate } from './mqtt-packets.ts';
import type { Credentials } from './registry-file.ts';

/** `sentAtMs` on the clock of `performance.now()`. */
export type Acknowledged = (connection: LoadConnection, sentAtMs: number) => void;

/** Far more than is ever on the way: 16 bits, without 0, which is no packet id. */
const PACKET_IDS = 65_535;
const CONNACK = 0x20;

const READINGS = [
  ['pir-living', '"kind":"motion","value":true,"battery":87'],
  ['pir-living', '"kind":"motion","value":false,"battery":87'],
  ['door-front', '"kind":"contact","value":true,"battery":91'],
  ['pir-living', '"kind":"motion","value":true,"battery":87'],
] as const;

export class LoadConnection {
  readonly #socket: Socket;
  readonly #templates: readonly ReadingTemplate[];
  readonly #sentAtMs: number[] = [];
  readonly #onAcknowledged: Acknowledged;
  readonly #onError: (error: Error) => void;
  #acknowledgedCount = 0;
  #sentCount = 0;
  /** The rest of an answer that was cut by the network. */
  #rest: Buffer = Buffer.alloc(0);

  private constructor(socket: Socket, own: Credentials, handlers: Handlers) {
    this.#socket = socket;
    this.#templates = READINGS.map(([device, fields]) => new ReadingTemplate(own.gatewayId, device, fields));
    this.#onAcknowledged = handlers.onAcknowledged;
    this.#onError = handlers.onError;
    socket.on('data', (chunk) => this.#read(chunk));
    socket.on('error', handlers.onError);
    socket.on('close', () =>
      handlers.onError(new Error(`${own.gatewayId}: the broker closed the connection`)),
    );
  }

  /** Resolves after CONNACK. */
  static async open(port: number, own: Credentials, handlers: Handlers): Promise<LoadConnection> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    socket.write(connectPacket(own.gatewayId, own.secret));
    const answer = await new Promise<Buffer>((resolve, reject) => {
      socket.once('data', resolve);
      socket.once('error', reject);
      socket.once('close', () => reject(new Error('closed before CONNACK')));
    });
    if (answer[0] !== CONNACK || answer[3] !== 0) throw new Error(`CONNACK says ${answer.toString('hex')}`);
    socket.removeAllListeners();
    return new LoadConnection(socket, own, handlers);
  }

  get waitingCount(): number {
    return this.#sentCount - this.#acknowledgedCount;
  }

  /** `firstNumber`: unique in the run, for the ids of the readings. */
  send(count: number, firstNumber: number, time: Uint8Array): void {
    let bytes = 0;
    for (let i = 0; i < count; i++) bytes += this.#templateOf(this.#sentCount + i).byteLength;
    const packets = Buffer.allocUnsafe(bytes);
    const nowMs = performance.now();
    let at = 0;
    for (let i = 0; i < count; i++) {
      const template = this.#templateOf(this.#sentCount);
      template.write(packets, at, packetIdOf(this.#sentCount), firstNumber + i, time);
      at += template.byteLength;
      this.#sentAtMs[this.#sentCount % PACKET_IDS] = nowMs;
      this.#sentCount++;
    }
    this.#socket.write(packets);
  }

  close(): void {
    this.#socket.removeAllListeners();
    this.#socket.on('error', () => undefined);
    this.#socket.destroy();
  }

  #templateOf(number: number): ReadingTemplate {
    return this.#templates[number % READINGS.length]!;
  }

  #read(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    for (; at + ANSWER_BYTES <= bytes.length; at += ANSWER_BYTES) {
      const packetId = bytes.readUInt16BE(at + 2);
      const expected = packetIdOf(this.#acknowledgedCount);
      if (bytes[at] !== PUBACK || packetId !== expected || this.waitingCount === 0) {
        this.#onError(new Error(`PUBACK of ${expected} expected, came ${bytes.toString('hex', at, at + 4)}`));
        return;
      }
      const sentAtMs = this.#sentAtMs[this.#acknowledgedCount++ % PACKET_IDS]!;
      this.#onAcknowledged(this, sentAtMs);
    }
    this.#rest = bytes.subarray(at);
  }
}

interface Handlers {
  readonly onAcknowledged: Acknowledged;
  readonly onError: (error: Error) => void;
}

function packetIdOf(number: number): number {
  return (number % PACKET_IDS) + 1;
}
