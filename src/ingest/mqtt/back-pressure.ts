// How much of a connection is read. Aedes reads on, without bound, when packets come one by one, and stops, for as
// long as one packet waits, when they come in one piece. Neither will do: waiting frames must be bounded, and a press
// behind readings that are held back must be read. So we read ourselves, up to a bound; then TCP stops the sender and
// nothing is dropped. Per connection, so that one gateway cannot take the room of all; and for the whole process.

import type { Duplex } from 'node:stream';
import type { Client } from 'aedes';
import { internalsOf } from './aedes-internals.ts';

/** 1 MiB: about 800 small frames, far more than a client has in flight. One read may add 64 kB to it. */
const CONNECTION_BYTES_MAX = 1024 * 1024;
/** 256 MiB: 10,000 connections with 20 frames each. */
const PROCESS_BYTES_MAX = 256 * 1024 * 1024;
/** What a waiting frame costs beside its payload: packet, promise, readings, place in the log's batch. */
const FRAME_BYTES = 1024;

export interface BackPressureLimits {
  readonly connectionBytes: number;
  readonly processBytes: number;
}

export interface Flow {
  /** A frame begins to wait. */
  enter(payloadBytes: number): void;
  leave(payloadBytes: number): void;
}

export class BackPressure {
  readonly #limits: BackPressureLimits;
  readonly #held = new Set<ConnectionFlow>();
  #waitingBytes = 0;
  #waitingFrames = 0;
  #isStopped = false;

  constructor(limits: Partial<BackPressureLimits> = {}) {
    this.#limits = {
      connectionBytes: limits.connectionBytes ?? CONNECTION_BYTES_MAX,
      processBytes: limits.processBytes ?? PROCESS_BYTES_MAX,
    };
  }

  /** Frames taken from sockets and not yet settled. */
  get waitingFrames(): number {
    return this.#waitingFrames;
  }

  /** Connections that are not read now. */
  get heldConnections(): number {
    return this.#held.size;
  }

  /** Read no connection any more: the service stops. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Take over the reading of a connection, from the moment its log-in is done. */
  attach(client: Client, conn: Duplex): Flow {
    const flow = new ConnectionFlow(client, conn, (bytes) => this.#add(flow, bytes));
    const read = conn.read.bind(conn);
    // Aedes and `readOn` read by `read(null)`; what the stream itself asks for must pass.
    conn.read = (size?: number | null) =>
      size === null && this.#mustHold(flow) ? null : read(size ?? undefined);
    conn.on('readable', () => flow.readOn());
    conn.once('close', () => this.#held.delete(flow));
    return flow;
  }

  #mustHold(flow: ConnectionFlow): boolean {
    if (!flow.client.connected) return false;
    const { connectionBytes, processBytes } = this.#limits;
    const isFull = flow.waitingBytes >= connectionBytes || this.#waitingBytes >= processBytes;
    if (isFull || this.#isStopped) this.#held.add(flow);
    return isFull || this.#isStopped;
  }

  #add(flow: ConnectionFlow, bytes: number): void {
    this.#waitingBytes += bytes;
    this.#waitingFrames += Math.sign(bytes);
    if (bytes > 0 || this.#held.size === 0 || this.#isStopped) return;
    const { connectionBytes, processBytes } = this.#limits;
    // Half, so that reading does not stop and start with every frame.
    if (this.#waitingBytes > processBytes / 2) return;
    if (this.#held.has(flow) && flow.waitingBytes <= connectionBytes / 2) this.#release(flow);
    for (const other of this.#held) if (other.waitingBytes === 0) this.#release(other);
  }

  #release(flow: ConnectionFlow): void {
    this.#held.delete(flow);
    // Not from inside the packet that made room: it is not acknowledged yet.
    setImmediate(() => flow.readOn());
  }
}

class ConnectionFlow implements Flow {
  readonly client: Client;
  readonly #conn: Duplex;
  readonly #add: (bytes: number) => void;
  waitingBytes = 0;

  constructor(client: Client, conn: Duplex, add: (bytes: number) => void) {
    this.client = client;
    this.#conn = conn;
    this.#add = add;
  }

  /** Read and parse what is there, until there is no more or we are held. */
  readOn(): void {
    const { _parser: parser } = internalsOf(this.client);
    while (this.client.connected && !this.client.closed) {
      // `null`, all there is: the types do not know it.
      const chunk: Uint8Array | null = this.#conn.read(null as never);
      if (chunk === null) return;
      parser.parse(chunk);
    }
  }

  enter(payloadBytes: number): void {
    this.waitingBytes += payloadBytes + FRAME_BYTES;
    this.#add(payloadBytes + FRAME_BYTES);
  }

  leave(payloadBytes: number): void {
    this.waitingBytes -= payloadBytes + FRAME_BYTES;
    this.#add(-(payloadBytes + FRAME_BYTES));
  }
}
