// An MQTT client that sends exactly the bytes it is told and shows every packet that comes back.

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { generate, type IConnectPacket, type Packet, parser } from 'mqtt-packet';
import { until } from './until.ts';

export function connectPacket(
  gatewayId: string,
  secret: string,
  more: Partial<IConnectPacket> = {},
): IConnectPacket {
  return {
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clean: true,
    clientId: 'main',
    keepalive: 60,
    username: gatewayId,
    password: Buffer.from(secret),
    ...more,
  };
}

export class RawMqtt {
  readonly socket: Socket;
  readonly received: Packet[] = [];
  isClosed = false;
  readonly #bytes = parser({ protocolVersion: 4 });

  constructor(socket: Socket) {
    this.socket = socket;
    this.#bytes.on('packet', (packet) => void this.received.push(packet));
    socket.on('data', (chunk) => void this.#bytes.parse(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.isClosed = true;
    });
  }

  static async open(port: number): Promise<RawMqtt> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    return new RawMqtt(socket);
  }

  /** Connected and accepted. */
  static async logIn(
    port: number,
    gatewayId: string,
    secret: string,
    more: Partial<IConnectPacket> = {},
  ): Promise<RawMqtt> {
    const client = await RawMqtt.open(port);
    client.connect(gatewayId, secret, more);
    const connack = await client.next('connack');
    if (connack.returnCode !== 0) throw new Error(`CONNACK ${connack.returnCode}`);
    return client;
  }

  connect(gatewayId: string, secret: string, more: Partial<IConnectPacket> = {}): void {
    this.send(connectPacket(gatewayId, secret, more));
  }

  send(packet: Packet): void {
    this.socket.write(generate(packet));
  }

  publish(
    topic: string,
    payload: unknown,
    more: { qos?: 0 | 1 | 2; messageId?: number; retain?: boolean } = {},
  ): void {
    const { qos = 1, messageId = 1, retain = false } = more;
    const bytes = Buffer.isBuffer(payload)
      ? payload
      : Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload));
    const packet = { cmd: 'publish', topic, payload: bytes, qos, retain, dup: false } as const;
    this.send(qos === 0 ? packet : { ...packet, messageId });
  }

  of<C extends Packet['cmd']>(cmd: C): readonly Extract<Packet, { cmd: C }>[] {
    return this.received.filter((packet): packet is Extract<Packet, { cmd: C }> => packet.cmd === cmd);
  }

  /** The `count`-th packet of that kind, when it has come. */
  async next<C extends Packet['cmd']>(cmd: C, count = 1): Promise<Extract<Packet, { cmd: C }>> {
    await until(`${cmd} number ${count} came`, () => this.of(cmd).length >= count || this.isClosed);
    const packet = this.of(cmd)[count - 1];
    if (packet === undefined) throw new Error(`closed before ${cmd} number ${count}`);
    return packet;
  }

  async closed(): Promise<void> {
    await until('the broker closed the connection', () => this.isClosed);
  }

  end(): void {
    this.socket.destroy();
  }
}
