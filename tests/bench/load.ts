// The load generator, a program of its own: some thousand gateways that publish readings, either at a rate
// by the clock (whether or not answers come) or as fast as answers come. Sent times are real times, so a
// slow answer is seen as slow and never hidden by sending less.

import { LoadConnection } from './load-connection.ts';
import type { Credentials } from './registry-file.ts';
import { serve } from './remote.ts';

export interface ConnectLoad {
  readonly port: number;
  readonly gateways: readonly Credentials[];
}

export interface PacedLoad {
  readonly messagesPerSecond: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
}

export interface PacedResult {
  /** PUBACK delay of every message sent after the warm-up, ms. */
  readonly delaysMs: Float64Array;
  /**
   * How late the generator itself was at worst, ms: beyond some ms the machine was too busy to believe
   * the run.
   */
  readonly latenessMsMax: number;
}

export interface ClosedLoad {
  readonly inFlight: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
}

export interface ClosedResult {
  readonly acknowledgedPerSecond: number;
  /** All of the run, warm-up included. */
  readonly acknowledged: number;
}

export type Load = {
  readonly connect: (load: ConnectLoad) => Promise<void>;
  readonly paced: (load: PacedLoad) => Promise<PacedResult>;
  readonly closed: (load: ClosedLoad) => Promise<ClosedResult>;
};

/** Log-ins at the same time. */
const CONNECTING_MAX = 50;
/** What is not acknowledged so long after the end was lost. */
const DRAIN_MS = 15_000;

let connections: readonly LoadConnection[] = [];
let nextNumber = 0;
let failure: Error | null = null;
let onAcknowledged: (connection: LoadConnection, sentAtMs: number) => void = () => undefined;

async function connectAll({ port, gateways }: ConnectLoad): Promise<void> {
  const opened: LoadConnection[] = [];
  const handlers = {
    onAcknowledged: (connection: LoadConnection, sentAtMs: number) => onAcknowledged(connection, sentAtMs),
    onError: (error: Error) => {
      failure ??= error;
    },
  };
  for (let at = 0; at < gateways.length; at += CONNECTING_MAX) {
    const some = gateways.slice(at, at + CONNECTING_MAX);
    opened.push(...(await Promise.all(some.map((own) => LoadConnection.open(port, own, handlers)))));
  }
  connections = opened;
}

async function paced({ messagesPerSecond, warmUpMs, measureMs }: PacedLoad): Promise<PacedResult> {
  const delaysMs: number[] = [];
  const startMs = performance.now();
  const fromMs = startMs + warmUpMs;
  const endMs = fromMs + measureMs;
  let latenessMsMax = 0;
  let sent = 0;
  onAcknowledged = (_connection, sentAtMs) => {
    if (sentAtMs >= fromMs) delaysMs.push(performance.now() - sentAtMs);
  };
  for (let nowMs = startMs, dueMs = startMs; nowMs < endMs; nowMs = performance.now()) {
    const due = Math.floor(((nowMs - startMs) * messagesPerSecond) / 1000);
    if (nowMs >= fromMs) latenessMsMax = Math.max(latenessMsMax, nowMs - dueMs);
    sendRoundRobin(due - sent);
    sent = due;
    checkFailure();
    dueMs = performance.now() + 1;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await drain();
  return { delaysMs: Float64Array.from(delaysMs), latenessMsMax };
}

function sendRoundRobin(count: number): void {
  const time = timeBytes();
  for (let i = 0; i < count; i++) {
    const number = nextNumber++;
    connections[number % connections.length]!.send(1, number, time);
  }
}

async function closed({ inFlight, warmUpMs, measureMs }: ClosedLoad): Promise<ClosedResult> {
  let acknowledged = 0;
  let time = timeBytes();
  let isOver = false;
  // What one read has acknowledged goes out again in one piece, as a gateway with a queue would send it.
  const ready = new Set<LoadConnection>();
  const refill = (): void => {
    for (const connection of ready) sendMany(connection, inFlight - connection.waitingCount, time);
    ready.clear();
  };
  onAcknowledged = (connection) => {
    acknowledged++;
    if (isOver) return;
    if (ready.size === 0) process.nextTick(refill);
    ready.add(connection);
  };
  for (const connection of connections) sendMany(connection, inFlight, time);
  const clock = setInterval(() => {
    time = timeBytes();
  }, 1);
  await pause(warmUpMs);
  const [fromMs, before] = [performance.now(), acknowledged];
  await pause(measureMs);
  const perSecond = ((acknowledged - before) / (performance.now() - fromMs)) * 1000;
  isOver = true;
  clearInterval(clock);
  await drain();
  return { acknowledgedPerSecond: perSecond, acknowledged };
}

function sendMany(connection: LoadConnection, count: number, time: Uint8Array): void {
  if (count <= 0) return;
  connection.send(count, nextNumber, time);
  nextNumber += count;
}

async function drain(): Promise<void> {
  const untilMs = performance.now() + DRAIN_MS;
  const waitingCount = (): number => connections.reduce((sum, { waitingCount }) => sum + waitingCount, 0);
  while (waitingCount() > 0 && performance.now() < untilMs) {
    checkFailure();
    await pause(5);
  }
  if (waitingCount() > 0) throw new Error(`${waitingCount()} messages were never acknowledged`);
}

function checkFailure(): void {
  if (failure !== null) throw failure;
}

function timeBytes(): Uint8Array {
  return Buffer.from(new Date().toISOString(), 'latin1');
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

serve({ connect: connectAll, paced, closed } satisfies Load);
