// One peer at one size of benchmark `core`, in a process of its own: every home is known before the clock runs.

import { EventStream } from './core-events.ts';
import { PEERS, type PeerName } from './core-peers.ts';
import { gatewayName } from './homes.ts';
import { type Happening, happeningOf, type PeerWatch } from './minimal-watch.ts';
import { serve } from './remote.ts';

export interface PeerRun {
  readonly peer: PeerName;
  readonly homes: number;
  readonly chunks: number;
  readonly eventsPerChunk: number;
}

export interface PeerResult {
  /** Events per second of each chunk, warm-up chunks included. */
  readonly rates: readonly number[];
  readonly bytesPerHome: number;
}

export type PeerProgram = { readonly measure: (run: PeerRun) => Promise<PeerResult> };

/** Events made at a time, as for our core (core-run.ts). */
const FRESH = 1_000;
const START_MS = Date.UTC(2026, 10, 22, 8);

interface PeerEvent {
  readonly homeName: string;
  readonly happening: Happening;
  readonly heartRateBpm: number;
  readonly atMs: number;
}

async function measure({ peer, homes, chunks, eventsPerChunk }: PeerRun): Promise<PeerResult> {
  const names = Array.from({ length: homes }, (_, home) => gatewayName(home));
  const beforeBytes = usedBytes();
  const watch: PeerWatch = PEERS[peer]();
  for (const homeName of names) {
    const known = watch.take(homeName, 'stir', 0, START_MS);
    if (known instanceof Promise) await known;
  }
  const bytesPerHome = (usedBytes() - beforeBytes) / homes;
  const stream = new EventStream(homes, 0, START_MS);
  const rates: number[] = [];
  for (let chunk = 0; chunk < chunks; chunk++) {
    let spentMs = 0;
    for (let taken = 0; taken < eventsPerChunk; taken += FRESH) {
      const events = Array.from({ length: FRESH }, () => eventOf(stream, names));
      spentMs += await takeAll(watch, events);
    }
    rates.push((eventsPerChunk / spentMs) * 1000);
  }
  return { rates, bytesPerHome };
}

function eventOf(stream: EventStream, names: readonly string[]): PeerEvent {
  const { atMs, body } = stream.next();
  const happening = happeningOf(body);
  const heartRateBpm = happening === 'heart-rate' ? Number(body.value) : 0;
  return { homeName: names[body.gateway - 1]!, happening, heartRateBpm, atMs };
}

/** Milliseconds it took. */
async function takeAll(watch: PeerWatch, events: readonly PeerEvent[]): Promise<number> {
  const startMs = performance.now();
  for (const { homeName, happening, heartRateBpm, atMs } of events) {
    const taken = watch.take(homeName, happening, heartRateBpm, atMs);
    if (taken instanceof Promise) await taken;
  }
  return performance.now() - startMs;
}

function usedBytes(): number {
  global.gc!();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

serve({ measure } satisfies PeerProgram);
