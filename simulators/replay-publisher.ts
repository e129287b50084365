// Sends a recording over MQTT: every event with its recorded time and the replay mark, and a gateway heartbeat for
// every ten minutes of recorded time, in order, with a bounded number of messages in flight. One connection; when it
// breaks the replay has failed, since a recording cannot be resumed in the middle of time.
// No last will: the end of the tool is not an event of the recording.

import { setTimeout as sleep } from 'node:timers/promises';
import { connectAsync, type MqttClient } from 'mqtt';
import { readingTopic, statusTopic, type WireReading, type WireStatus, wireTime } from './native-format.ts';
import type { RecordedEvent } from './recorded-home.ts';

/** The recordings have no heartbeats; the evaluator uses the same ten minutes. */
export const HEARTBEAT_MS = 600_000;
/** Keeps a group commit full; far below what the broker buffers. */
const MAX_IN_FLIGHT = 64;

export interface ReplayTarget {
  readonly url: string;
  readonly gatewayId: string;
  readonly secret: string;
}

export interface ReplayCounts {
  readonly events: number;
  readonly heartbeats: number;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
}

export interface ReplayOptions {
  /** Recorded seconds per second; 0: as fast as it goes. */
  readonly speed: number;
  /** Called now and then with the recorded time reached. */
  readonly onProgress?: (atMs: number, events: number) => void;
}

/** @throws Error that says how far it came when the service ends the connection */
export async function replayEvents(
  events: AsyncIterable<RecordedEvent>,
  target: ReplayTarget,
  options: ReplayOptions,
): Promise<ReplayCounts & { readonly close: () => Promise<void> }> {
  const publisher = await Publisher.open(target);
  const pacer = new Pacer(options.speed);
  let counts = { events: 0, heartbeats: 0, firstAtMs: 0, lastAtMs: 0 };
  let nextBeatMs = 0;
  try {
    for await (const event of events) {
      if (counts.events === 0) {
        counts = { ...counts, firstAtMs: event.atMs };
        nextBeatMs = event.atMs;
      }
      for (; nextBeatMs <= event.atMs; nextBeatMs += HEARTBEAT_MS) {
        await pacer.until(nextBeatMs);
        await publisher.status(nextBeatMs, (nextBeatMs - counts.firstAtMs) / 1_000);
        counts.heartbeats += 1;
      }
      await pacer.until(event.atMs);
      await publisher.event(event);
      counts.events += 1;
      counts.lastAtMs = event.atMs;
      if (counts.events % 1_000 === 0) options.onProgress?.(event.atMs, counts.events);
    }
    await publisher.settled();
    return { ...counts, close: () => publisher.close() };
  } catch (error) {
    await publisher.close();
    throw error;
  }
}

class Pacer {
  readonly #speed: number;
  #start: { readonly recordedMs: number; readonly realMs: number } | null = null;

  constructor(speed: number) {
    this.#speed = speed;
  }

  async until(atMs: number): Promise<void> {
    if (this.#speed === 0) return;
    this.#start ??= { recordedMs: atMs, realMs: performance.now() };
    const dueMs = this.#start.realMs + (atMs - this.#start.recordedMs) / this.#speed;
    const waitMs = dueMs - performance.now();
    if (waitMs > 1) await sleep(waitMs);
  }
}

class Publisher {
  readonly #client: MqttClient;
  readonly #gatewayId: string;
  readonly #unacknowledged = new Set<Promise<unknown>>();
  #acknowledged = 0;
  #failure: Error | null = null;
  #failed: Promise<never>;

  static async open({ url, gatewayId, secret }: ReplayTarget): Promise<Publisher> {
    const client = await connectAsync(url, {
      clientId: gatewayId,
      username: gatewayId,
      password: secret,
      protocolVersion: 4,
      reconnectPeriod: 0,
      connectTimeout: 15_000,
    });
    return new Publisher(client, gatewayId);
  }

  constructor(client: MqttClient, gatewayId: string) {
    this.#client = client;
    this.#gatewayId = gatewayId;
    this.#failed = new Promise((_, reject) => {
      client.once('close', () => {
        this.#failure = new Error(
          `the service closed the connection after ${this.#acknowledged} messages. ` +
            'Only a service on the recording clock (SHOUWANG_CLOCK=recording) takes a replay.',
        );
        reject(this.#failure);
      });
    });
    this.#failed.catch(() => undefined);
    client.on('error', () => undefined);
  }

  event(event: RecordedEvent): Promise<void> {
    const body: WireReading = {
      id: `r${event.line}`,
      seq: event.line,
      at: wireTime(event.atMs),
      kind: event.kind,
      value: event.value,
      replay: true,
    };
    return this.#send(readingTopic(this.#gatewayId, event.deviceId, false), body, false);
  }

  status(atMs: number, uptimeS: number): Promise<void> {
    const body: WireStatus = { online: true, uptime: Math.round(uptimeS), at: wireTime(atMs), replay: true };
    return this.#send(statusTopic(this.#gatewayId), body, true);
  }

  /** Resolves when everything is acknowledged. */
  async settled(): Promise<void> {
    await Promise.race([Promise.all(this.#unacknowledged), this.#failed]);
  }

  async close(): Promise<void> {
    this.#client.removeAllListeners('close');
    await this.#client.endAsync(!this.#client.connected).catch(() => undefined);
  }

  /** Resolves when there is room for the next one. */
  async #send(topic: string, body: WireReading | WireStatus, retain: boolean): Promise<void> {
    if (this.#failure !== null) throw this.#failure;
    const acknowledged = this.#client.publishAsync(topic, JSON.stringify(body), { qos: 1, retain }).then(
      () => {
        this.#acknowledged += 1;
        this.#unacknowledged.delete(acknowledged);
      },
      // The close of the connection, which `#failed` reports, is the only way a publish fails.
      () => undefined,
    );
    this.#unacknowledged.add(acknowledged);
    if (this.#unacknowledged.size >= MAX_IN_FLIGHT) {
      await Promise.race([...this.#unacknowledged, this.#failed]);
    }
  }
}
