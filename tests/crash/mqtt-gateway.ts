// A good gateway on a raw socket: few frames in flight at QoS 1, and after every reconnect everything that was not
// acknowledged again, in order, with the same event ids, until it is. Half of them set the DUP flag and half do not
// (MQTT.js does not): the service must not care.

import { connect, type Socket } from 'node:net';
import { generate, type Packet, parser } from 'mqtt-packet';
import type { RosterHome } from '../../simulators/roster.ts';
import { connectPacket } from '../support/raw-mqtt.ts';
import type { Ledger } from './ledger.ts';
import type { Outbox } from './outbox.ts';
import type { Reading } from './voice.ts';

export interface MqttGatewayOptions {
  readonly home: RosterHome;
  readonly port: number;
  readonly outbox: Outbox;
  readonly ledger: Ledger;
  readonly setsDup: boolean;
  readonly reconnectMs: number;
}

/** Below the 32 identities that the service remembers of one device. */
const IN_FLIGHT_MAX = 16;
const READINGS_PER_FRAME = 3;
const MESSAGE_ID_MAX = 65_535;

export class MqttGateway {
  readonly #options: MqttGatewayOptions;
  #socket: Socket | null = null;
  #isAccepted = false;
  #isStopped = false;
  #timer: NodeJS.Timeout | undefined;
  /** By message id, oldest first. */
  #inFlight = new Map<number, readonly Reading[]>();
  #lastMessageId = 0;

  constructor(options: MqttGatewayOptions) {
    this.#options = options;
  }

  get isIdle(): boolean {
    return this.#inFlight.size === 0 && this.#options.outbox.size === 0;
  }

  start(): void {
    this.#connect();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#socket?.destroy();
  }

  /** Send what fits. */
  pump(): void {
    while (this.#isAccepted && this.#inFlight.size < IN_FLIGHT_MAX) {
      const frame = this.#options.outbox.takeFrame(READINGS_PER_FRAME);
      if (frame === null) return;
      this.#publish(frame, false);
    }
  }

  #connect(): void {
    const { home, port } = this.#options;
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const packets = parser({ protocolVersion: 4 });
    this.#socket = socket;
    packets.on('packet', (packet) => this.#take(packet));
    socket.on('connect', () => socket.write(generate(connectPacket(home.gatewayId, home.secret))));
    socket.on('data', (chunk) => void packets.parse(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => this.#lost());
  }

  #lost(): void {
    this.#isAccepted = false;
    if (!this.#isStopped) this.#timer = setTimeout(() => this.#connect(), this.#options.reconnectMs);
  }

  #take(packet: Packet): void {
    const { ledger, home } = this.#options;
    if (packet.cmd === 'connack') {
      if (packet.returnCode === 0) this.#resume();
      else ledger.violations.push(`gateway ${home.gatewayId} turned away: CONNACK ${packet.returnCode}`);
    } else if (packet.cmd === 'puback') this.#acked(packet.messageId ?? 0);
  }

  #resume(): void {
    const unacknowledged = [...this.#inFlight.values()];
    this.#inFlight = new Map();
    this.#isAccepted = true;
    for (const frame of unacknowledged) {
      this.#options.ledger.resentCount += frame.length;
      this.#publish(frame, this.#options.setsDup);
    }
    this.pump();
  }

  #acked(messageId: number): void {
    const { ledger, home } = this.#options;
    const frame = this.#inFlight.get(messageId);
    if (frame === undefined) {
      ledger.violations.push(`gateway ${home.gatewayId}: PUBACK for a frame not in flight`);
      return;
    }
    this.#inFlight.delete(messageId);
    for (const { key } of frame) ledger.acked(key);
    this.pump();
  }

  #publish(frame: readonly Reading[], dup: boolean): void {
    this.#lastMessageId = (this.#lastMessageId % MESSAGE_ID_MAX) + 1;
    const messageId = this.#lastMessageId;
    const [first] = frame;
    const { deviceId, leaf } = first!;
    const topic = `shouwang/v1/${this.#options.home.gatewayId}/${deviceId}/${leaf}`;
    const elements = frame.map(({ element }) => element);
    const payload = JSON.stringify(elements.length === 1 ? elements[0] : elements);
    this.#inFlight.set(messageId, frame);
    this.#socket?.write(
      generate({ cmd: 'publish', topic, payload, qos: 1, retain: false, dup, messageId } as const),
    );
  }
}
