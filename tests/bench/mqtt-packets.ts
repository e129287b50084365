// MQTT 3.1.1 packets of the bench as bytes, built once and changed in place: what a general client spends
// per message would be measured as if the broker had spent it. Payloads are native format version 1, as the
// simulators send it.

import { Buffer } from 'node:buffer';

const CONNECT = 0x10;
const PUBLISH_QOS1 = 0x32;
/** Clean session, user name and password. */
const CONNECT_FLAGS = 0xc2;
/** 5 min: longer than the other target's turn takes. */
const KEEPALIVE_S = 300;

export const PUBACK = 0x40;
/** CONNACK and PUBACK are both four bytes long. */
export const ANSWER_BYTES = 4;

export function connectPacket(clientId: string, password: string): Buffer {
  const header = Buffer.from([
    0,
    4,
    0x4d,
    0x51,
    0x54,
    0x54,
    4,
    CONNECT_FLAGS,
    KEEPALIVE_S >> 8,
    KEEPALIVE_S & 0xff,
  ]);
  return frame(CONNECT, [header, prefixed(clientId), prefixed(clientId), prefixed(password)]);
}

export function publishPacket(topic: string, packetId: number, payload: string): Buffer {
  const id = Buffer.from([packetId >> 8, packetId & 0xff]);
  return frame(PUBLISH_QOS1, [prefixed(topic), id, Buffer.from(payload)]);
}

export function eventTopic(gatewayId: string, deviceId: string): string {
  return `shouwang/v1/${gatewayId}/${deviceId}/event`;
}

const ID_PREFIX = '01JBENCH';
const ID_DIGITS = 18;
/** Eight digits from the first to the last, so that the length never changes. */
const FIRST_SEQ = 10_000_000;

/** A PUBLISH of one reading whose id, number and time change from message to message. */
export class ReadingTemplate {
  readonly #bytes: Buffer;
  readonly #packetIdAt: number;
  readonly #idAt: number;
  readonly #seqAt: number;
  readonly #timeAt: number;

  constructor(gatewayId: string, deviceId: string, fields: string) {
    const topic = eventTopic(gatewayId, deviceId);
    const id = `${ID_PREFIX}${'0'.repeat(ID_DIGITS)}`;
    const time = new Date(0).toISOString();
    this.#bytes = publishPacket(topic, 1, `{"id":"${id}","seq":${FIRST_SEQ},"at":"${time}",${fields}}`);
    this.#packetIdAt = this.#bytes.indexOf(topic) + topic.length;
    this.#idAt = this.#bytes.indexOf(ID_PREFIX) + ID_PREFIX.length;
    this.#seqAt = this.#bytes.indexOf('"seq":') + '"seq":'.length;
    this.#timeAt = this.#bytes.indexOf(time);
  }

  get byteLength(): number {
    return this.#bytes.length;
  }

  /**
   * Writes the next packet into `target`; `number` is unique in the run, `time` the 24 bytes of an ISO
   * instant.
   */
  write(target: Buffer, at: number, packetId: number, number: number, time: Uint8Array): void {
    target.set(this.#bytes, at);
    target[at + this.#packetIdAt] = packetId >> 8;
    target[at + this.#packetIdAt + 1] = packetId & 0xff;
    writeDigits(target, at + this.#idAt, ID_DIGITS, number);
    writeDigits(target, at + this.#seqAt, 8, FIRST_SEQ + (number % FIRST_SEQ));
    target.set(time, at + this.#timeAt);
  }
}

function writeDigits(target: Buffer, at: number, count: number, value: number): void {
  let rest = value;
  for (let i = at + count - 1; i >= at; i--) {
    const tens = Math.floor(rest / 10);
    target[i] = 0x30 + rest - tens * 10;
    rest = tens;
  }
}

function prefixed(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
}

function frame(type: number, parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const length: number[] = [];
  for (let rest = body.length; ; ) {
    const isLast = rest < 128;
    length.push((rest & 0x7f) | (isLast ? 0 : 0x80));
    if (isLast) break;
    rest >>= 7;
  }
  return Buffer.concat([Buffer.from([type, ...length]), body]);
}
