// The probe of `sos`: a gateway that presses emergency buttons and a plain WebSocket client that waits for
// them, in one process, so that one clock times both. The load is generated elsewhere; this process has
// nothing else to do.

import { connect, type Socket } from 'node:net';
import { WebSocket } from 'ws';
import { probeDeviceName } from './homes.ts';
import { connectPacket, eventTopic, publishPacket } from './mqtt-packets.ts';
import type { Target } from './targets.ts';

export interface Presses {
  readonly count: number;
  /**
   * The pause between two is drawn from half of this to one and a half, lest it beats with the load's
   * clock.
   */
  readonly meanPauseMs: number;
}

/** What has not come so long after the last press was lost. */
const LOST_AFTER_MS = 10_000;

export class Probe {
  readonly #gateway: Socket;
  readonly #screen: WebSocket;
  readonly #gatewayId: string;
  readonly #pressedAtMs = new Map<string, number>();
  #delaysMs: number[] = [];
  #pressCount = 0;

  private constructor(gatewayId: string, gateway: Socket, screen: WebSocket) {
    this.#gatewayId = gatewayId;
    this.#gateway = gateway;
    this.#screen = screen;
    screen.on('message', (data) => this.#hear(performance.now(), String(data)));
  }

  static async open({ mqttPort, webSocket, homes }: Target): Promise<Probe> {
    const screen = new WebSocket(webSocket.url, { headers: webSocket.headers, perMessageDeflate: false });
    await new Promise((resolve, reject) => screen.once('open', resolve).once('error', reject));
    const gateway = connect({ port: mqttPort, host: '127.0.0.1', noDelay: true });
    const { gatewayId, secret } = homes.probe;
    gateway.write(connectPacket(gatewayId, secret));
    await new Promise((resolve, reject) => gateway.once('data', resolve).once('error', reject));
    // PUBACKs are nobody's concern here, but they must be read.
    gateway.resume();
    return new Probe(gatewayId, gateway, screen);
  }

  /** Presses each button once. @throws Error when an SOS never arrives on the screen */
  async press({ count, meanPauseMs }: Presses): Promise<Float64Array> {
    this.#delaysMs = [];
    for (let button = 0; button < count; button++) {
      this.#pressOne(probeDeviceName(button));
      await pause(meanPauseMs * (0.5 + Math.random()));
    }
    const untilMs = performance.now() + LOST_AFTER_MS;
    while (this.#pressedAtMs.size > 0 && performance.now() < untilMs) await pause(5);
    if (this.#pressedAtMs.size > 0) throw new Error(`${this.#pressedAtMs.size} of ${count} SOS were lost`);
    return Float64Array.from(this.#delaysMs);
  }

  close(): void {
    this.#gateway.destroy();
    this.#screen.terminate();
  }

  #pressOne(deviceId: string): void {
    const number = ++this.#pressCount;
    const time = new Date().toISOString();
    const identity = `"id":"01JPROBE${number}","seq":${number},"at":"${time}"`;
    const payload = `{${identity},"kind":"button","value":"sos","battery":87}`;
    const packet = publishPacket(eventTopic(this.#gatewayId, deviceId), (number % 65_535) + 1, payload);
    this.#pressedAtMs.set(deviceId, performance.now());
    this.#gateway.write(packet);
  }

  #hear(nowMs: number, text: string): void {
    const message = JSON.parse(text) as { type: string; change?: string; alert?: { deviceId: string } };
    if (message.type !== 'alert' || message.change !== 'raised') return;
    const pressedAtMs = this.#pressedAtMs.get(message.alert!.deviceId);
    if (pressedAtMs === undefined) return;
    this.#pressedAtMs.delete(message.alert!.deviceId);
    this.#delaysMs.push(nowMs - pressedAtMs);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
