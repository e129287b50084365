// Counts every refusal and keeps the frame for the inspector. One source that errs all day must not push everybody
// else's out of the bounded inspector, so each source has a rate; what is over it is counted and not kept.
// Keeping never fails towards the caller: a frame that is wrong stays wrong whether we could file it or not.

import type { Clock, RefusedFrame } from '#journal/journal.ts';
import { REFUSALS, type Refusal } from './refusals.ts';
import { KeyedBuckets } from './token-bucket.ts';

/** The logger as the ingest needs it (pino has this shape). Ids only, no values of readings, no secrets. */
export interface IngestLog {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** A minute of one bad frame per second while somebody installs, then 360 an hour: 10,000 kept last more than a day. */
const KEEP_RATE = { perSecond: 0.1, burst: 60 };
/** Sources told apart; gateways and remote addresses. */
const SOURCES_MAX = 20_000;

export interface RefusalKeeperOptions {
  readonly keepRefused: (frame: RefusedFrame) => Promise<void>;
  readonly clock: Clock;
  readonly log: IngestLog;
  /** Bytes of a frame that are kept. */
  readonly payloadBytesMax: number;
}

export interface Refused {
  /** Whose share of the inspector it uses: gateway id, or remote address when nobody logged in. */
  readonly sourceKey: string;
  readonly gatewayId: string | null;
  readonly source: RefusedFrame['source'];
  readonly topic: string;
  readonly reason: Refusal;
  readonly detail: string;
  readonly payload: Uint8Array;
}

export interface RefusalKeeper {
  /** Resolves when the frame is kept, or will not be. Never rejects. */
  keep(refused: Refused): Promise<void>;
  /** Another refusal with this reason whose frame is kept already (element of an array) or deliberately not. */
  count(reason: Refusal): void;
  counters(): Readonly<Record<Refusal, number>>;
}

export function createRefusalKeeper(options: RefusalKeeperOptions): RefusalKeeper {
  const counters = Object.fromEntries(REFUSALS.map((reason) => [reason, 0])) as Record<Refusal, number>;
  const rates = new KeyedBuckets(KEEP_RATE, SOURCES_MAX);

  async function keep(refused: Refused): Promise<void> {
    counters[refused.reason]++;
    const nowMs = performance.now();
    if (!rates.of(refused.sourceKey, nowMs).tryTake(1, nowMs)) return;
    const { gatewayId, reason, detail } = refused;
    options.log.debug({ gatewayId, reason, detail }, 'refused');
    try {
      await options.keepRefused(keptFrame(refused, options));
    } catch (error) {
      options.log.error({ gatewayId, reason, error }, 'refused frame not kept');
    }
  }

  return { keep, count: (reason) => void counters[reason]++, counters: () => ({ ...counters }) };
}

/** Longest topic and detail kept, characters: a topic may have 64 kB. */
const TEXT_MAX = 512;

function keptFrame(refused: Refused, { clock, payloadBytesMax }: RefusalKeeperOptions): RefusedFrame {
  const { gatewayId, source, topic, reason, detail, payload } = refused;
  return {
    atMs: clock.nowMs(),
    gatewayId,
    source,
    topic: topic.slice(0, TEXT_MAX),
    reason,
    detail: detail.slice(0, TEXT_MAX),
    // A copy: the bytes are a window into the socket's buffer, which would be held with it.
    payload: Uint8Array.prototype.slice.call(payload, 0, payloadBytesMax),
    payloadBytes: payload.length,
  };
}
