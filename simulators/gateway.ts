// A simulated gateway on real MQTT in the native format: own credentials, last will, retained status, heartbeats.
// Every reading is kept until its PUBACK came: over lost connections, refusals and restarts of the service it is
// sent again with the same id. Emergencies overtake everything else that waits and are never dropped.
// One MQTT.js client per connection: MQTT.js's own resending store would hide what is really unacknowledged.

import { connect, type MqttClient } from 'mqtt';
import { emergencyOf } from '#core/model/observation.ts';
import { Fifo } from './fifo.ts';
import {
  commandedDevice,
  commandFilter,
  readingTopic,
  statusTopic,
  type WireCommand,
  type WireReading,
  type WireStatus,
  wireTime,
} from './native-format.ts';
import type { Random } from './random.ts';

export interface GatewayOptions {
  /** `mqtt://host:port` */
  readonly url: string;
  readonly gatewayId: string;
  readonly secret: string;
  readonly random: Random;
  /** The gateway's own clock; default: the real one. */
  readonly nowMs?: () => number;
  /** Makes event ids of this run differ from those of an earlier one; default: the time of start. */
  readonly bootId?: string;
  /** 60 s: three heartbeats in the 180 s supervision window. */
  readonly heartbeatMs?: number;
  /** 10: what the performance figures of the project assume. */
  readonly maxInFlight?: number;
  /** 20,000: eight hours of a busy home; beyond it the oldest reading that is no emergency goes. */
  readonly maxWaiting?: number;
  /** First and longest wait between two connection attempts. */
  readonly backoffMs?: { readonly first: number; readonly longest: number };
  /** 30 s without a PUBACK: the connection is taken for dead and opened anew. */
  readonly ackTimeoutMs?: number;
}

/** A command of the service to one of the gateway's devices. */
export type CommandListener = (deviceId: string, command: WireCommand) => void;

export interface DeviceReading {
  readonly deviceId: string;
  readonly kind: string;
  readonly value: boolean | number | string;
  readonly isLevel: boolean;
  readonly batteryPct?: number;
}

export interface GatewayCounts {
  reported: number;
  acknowledged: number;
  /** Sent again because the connection was lost before the PUBACK. */
  resent: number;
  /** Given up because the buffer was full. */
  dropped: number;
  connections: number;
}

interface Outgoing {
  readonly topic: string;
  readonly body: Omit<WireReading, 'buffered'>;
  readonly isEmergency: boolean;
  isBuffered: boolean;
  sentAtMs: number;
}

const DEFAULTS = {
  heartbeatMs: 60_000,
  maxInFlight: 10,
  maxWaiting: 20_000,
  backoffMs: { first: 1_000, longest: 30_000 },
  ackTimeoutMs: 30_000,
};

export class SimulatedGateway {
  readonly gatewayId: string;
  readonly counts: GatewayCounts = { reported: 0, acknowledged: 0, resent: 0, dropped: 0, connections: 0 };
  /** Why the last connection failed or ended; null while all is well. */
  lastProblem: string | null = null;
  readonly #options: GatewayOptions & typeof DEFAULTS & { readonly nowMs: () => number };
  readonly #bootId: string;
  readonly #startedAtMs: number;
  readonly #urgent = new Fifo<Outgoing>();
  readonly #waiting = new Fifo<Outgoing>();
  readonly #inFlight = new Set<Outgoing>();
  readonly #drainListeners: (() => void)[] = [];
  readonly #commandListeners: CommandListener[] = [];
  #client: MqttClient | null = null;
  #isOnline = false;
  #isLinkUp = false;
  #failures = 0;
  #seq = 0;
  #retry: NodeJS.Timeout | null = null;
  #heartbeat: NodeJS.Timeout | null = null;

  constructor(options: GatewayOptions) {
    this.#options = { nowMs: Date.now, ...DEFAULTS, ...options };
    this.gatewayId = options.gatewayId;
    this.#startedAtMs = this.#options.nowMs();
    this.#bootId = options.bootId ?? this.#startedAtMs.toString(36);
  }

  get isOnline(): boolean {
    return this.#isOnline;
  }

  /** Readings without a PUBACK. */
  get pendingCount(): number {
    return this.#urgent.size + this.#waiting.size + this.#inFlight.size;
  }

  /** Connect and stay connected until `stop` or `cutLink`. */
  start(): void {
    if (this.#isLinkUp) return;
    this.#isLinkUp = true;
    this.#heartbeat ??= setInterval(() => this.#beat(), this.#options.heartbeatMs);
    this.#connect();
  }

  /** The network is gone without a goodbye: the broker sends the last will, readings are buffered. */
  cutLink(): void {
    this.#isLinkUp = false;
    this.#failures = 0;
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#retry = null;
    this.#lose('link cut');
  }

  /** The network is back. */
  restoreLink(): void {
    this.start();
  }

  /** Take a reading that happened now; returns its event id. It is sent until acknowledged. */
  report(reading: DeviceReading): string {
    this.#seq += 1;
    const id = `${this.#bootId}-${this.#seq}`;
    const outgoing: Outgoing = {
      topic: readingTopic(this.gatewayId, reading.deviceId, reading.isLevel),
      body: {
        id,
        seq: this.#seq,
        at: wireTime(this.#options.nowMs()),
        kind: reading.kind,
        value: reading.value,
        ...(reading.batteryPct === undefined ? {} : { battery: reading.batteryPct }),
      },
      isEmergency: emergencyOf(reading.kind, reading.value) !== null,
      isBuffered: !this.#isOnline,
      sentAtMs: 0,
    };
    this.counts.reported += 1;
    this.#enqueue(outgoing);
    this.#pump();
    return id;
  }

  /** Hear commands from the next connection on. */
  onCommand(listener: CommandListener): void {
    this.#commandListeners.push(listener);
  }

  /** Resolves when nothing waits for a PUBACK any more. */
  drained(): Promise<void> {
    if (this.pendingCount === 0) return Promise.resolve();
    return new Promise((resolve) => this.#drainListeners.push(resolve));
  }

  /** Say goodbye (no last will) and stop; what is unacknowledged stays unsent. */
  async stop(): Promise<void> {
    this.#isLinkUp = false;
    if (this.#heartbeat !== null) clearInterval(this.#heartbeat);
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#heartbeat = null;
    this.#retry = null;
    const client = this.#client;
    const wasOnline = this.#isOnline;
    this.#client = null;
    this.#isOnline = false;
    if (client !== null) await client.endAsync(!wasOnline).catch(() => client.end(true));
  }

  #enqueue(outgoing: Outgoing): void {
    if (outgoing.isEmergency) {
      this.#urgent.push(outgoing);
      return;
    }
    if (this.#waiting.size >= this.#options.maxWaiting) {
      this.#waiting.shift();
      this.counts.dropped += 1;
    }
    this.#waiting.push(outgoing);
  }

  #connect(): void {
    const { url, secret } = this.#options;
    const client = connect(url, {
      clientId: this.gatewayId,
      username: this.gatewayId,
      password: secret,
      protocolVersion: 4,
      clean: true,
      reconnectPeriod: 0,
      connectTimeout: 15_000,
      keepalive: 60,
      resubscribe: false,
      will: {
        topic: statusTopic(this.gatewayId),
        payload: Buffer.from('{"online":false}'),
        qos: 1,
        retain: true,
      },
    });
    this.#client = client;
    client.on('connect', () => {
      if (this.#client === client) this.#connected();
    });
    client.on('error', (error) => {
      if (this.#client === client) this.#lose(error.message);
    });
    client.on('message', (topic, payload) => {
      const command = JSON.parse(payload.toString()) as WireCommand;
      for (const listener of this.#commandListeners) listener(commandedDevice(topic), command);
    });
    client.on('close', () => {
      if (this.#client === client) this.#lose('connection closed');
    });
  }

  #connected(): void {
    this.#isOnline = true;
    this.#failures = 0;
    this.lastProblem = null;
    this.counts.connections += 1;
    if (this.#commandListeners.length > 0)
      this.#client?.subscribe(commandFilter(this.gatewayId), { qos: 1 }, () => undefined);
    this.#sendStatus();
    this.#pump();
  }

  /** The connection is gone: everything unacknowledged goes back to the front, and another one is tried. */
  #lose(problem: string): void {
    const client = this.#client;
    this.#client = null;
    this.#isOnline = false;
    this.lastProblem = problem;
    if (client !== null) {
      client.on('error', () => undefined);
      client.end(true);
    }
    const unacknowledged = [...this.#inFlight];
    this.#inFlight.clear();
    for (const outgoing of unacknowledged) outgoing.isBuffered = true;
    this.counts.resent += unacknowledged.length;
    this.#urgent.putBack(unacknowledged.filter((outgoing) => outgoing.isEmergency));
    this.#waiting.putBack(unacknowledged.filter((outgoing) => !outgoing.isEmergency));
    if (this.#isLinkUp) this.#retryLater();
  }

  /** Exponential back-off with full jitter, so that a thousand gateways do not come back in one instant. */
  #retryLater(): void {
    if (this.#retry !== null) return;
    const { first, longest } = this.#options.backoffMs;
    const limitMs = Math.min(longest, first * 2 ** Math.min(this.#failures, 10));
    this.#failures += 1;
    this.#retry = setTimeout(
      () => {
        this.#retry = null;
        this.#connect();
      },
      Math.ceil(this.#options.random.between(limitMs / 10, limitMs)),
    );
  }

  #pump(): void {
    if (!this.#isOnline) return;
    // Emergencies do not wait for a free place in flight: a slow acknowledgement of others must not delay them.
    for (let next = this.#urgent.shift(); next !== undefined; next = this.#urgent.shift()) this.#send(next);
    while (this.#inFlight.size < this.#options.maxInFlight) {
      const outgoing = this.#waiting.shift();
      if (outgoing === undefined) return;
      this.#send(outgoing);
    }
  }

  #send(outgoing: Outgoing): void {
    const client = this.#client!;
    const body: WireReading = outgoing.isBuffered ? { ...outgoing.body, buffered: true } : outgoing.body;
    this.#inFlight.add(outgoing);
    outgoing.sentAtMs = performance.now();
    client.publish(outgoing.topic, JSON.stringify(body), { qos: 1 }, (error) => {
      // An answer on a connection that was given up says nothing: the reading is back in the queue already.
      if (error || this.#client !== client || !this.#inFlight.delete(outgoing)) return;
      this.counts.acknowledged += 1;
      this.#pump();
      if (this.pendingCount === 0) for (const listener of this.#drainListeners.splice(0)) listener();
    });
  }

  #beat(): void {
    if (!this.#isOnline) return;
    const [oldest] = this.#inFlight;
    if (oldest !== undefined && performance.now() - oldest.sentAtMs > this.#options.ackTimeoutMs) {
      this.#lose('no PUBACK in time');
      return;
    }
    this.#sendStatus();
  }

  #sendStatus(): void {
    const uptime = Math.max(0, Math.round((this.#options.nowMs() - this.#startedAtMs) / 1_000));
    const status: WireStatus = { online: true, uptime };
    // Not resent when lost: the next heartbeat says the same.
    this.#client?.publish(
      statusTopic(this.gatewayId),
      JSON.stringify(status),
      { qos: 1, retain: true },
      () => undefined,
    );
  }
}
