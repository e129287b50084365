// The way of a frame from "received" to "durable", the same for MQTT and HTTP: examine → rate → log.
// Takes its place in the log synchronously unless its gateway is over its rate; resolves when what was good is on
// disk and what was bad is kept with its reason; rejects when durability is unknown, and then nothing may be
// acknowledged. Good elements of a frame do not suffer for bad ones. An emergency never waits for a rate.

import type { ElementRefusal } from '#codecs/codec.ts';
import type { Clock, Receipt, RefusedFrame } from '#journal/journal.ts';
import type { GatewayEntry } from '#registry/registry.ts';
import type { Reading, Runtime } from '#runtime/runtime.ts';
import type { ClockKind } from './admission.ts';
import { type Examined, examine, type ReceivedFrame } from './examine.ts';
import { createGatewayClocks } from './gateway-clock.ts';
import { createPacer, type Pacer } from './pacer.ts';
import { createPresence, type Presence } from './presence.ts';
import { createRefusalKeeper, type IngestLog, type RefusalKeeper } from './refusal-keeper.ts';
import type { Refusal } from './refusals.ts';
import type { Rate } from './token-bucket.ts';

export interface IntakeLimits {
  /** Elements of one frame that are taken; of those beyond only emergencies are. */
  readonly observationsPerFrame: number;
  /** Bytes of a refused frame that are kept. */
  readonly refusedPayloadBytes: number;
}

export interface IntakeOptions {
  /** `Runtime.submit` */
  readonly submit: Runtime['submit'];
  /** `EventLog.keepRefused` */
  readonly keepRefused: (frame: RefusedFrame) => Promise<void>;
  readonly clock: Clock;
  readonly log: IngestLog;
  readonly limits: IntakeLimits;
  readonly clockKind: ClockKind;
  /** Recording only: bring the log's clock to the time of the replayed reading, before it is submitted. */
  readonly advanceClock?: (atMs: number) => void;
  /** Observations of one gateway; null: no limit. Default: `GATEWAY_RATE`. */
  readonly gatewayRate?: Rate | null;
}

export interface Taken {
  /** Observations that are new in the log, and those that were there before. */
  readonly accepted: number;
  readonly duplicates: number;
  readonly refused: readonly ElementRefusal<Refusal>[];
}

export interface IntakeCounters {
  readonly frames: number;
  readonly observations: number;
  readonly duplicates: number;
  readonly emergencies: number;
  /** Frames held back by their gateway's rate. */
  readonly delayed: number;
  /** Frames not acknowledged because the log failed. */
  readonly failed: number;
  readonly refused: Readonly<Record<Refusal, number>>;
}

export interface Intake {
  /**
   * `delayMaxMs`: longest time an ordinary frame may be held back by its gateway's rate.
   * @throws what `submit` rejects with, `IntakeClosedError` after `close`, `TooFastError`: do not acknowledge.
   */
  take(frame: ReceivedFrame, delayMaxMs?: number): Promise<Taken>;
  readonly presence: Presence;
  readonly refusals: RefusalKeeper;
  counters(): IntakeCounters;
  /** Frames that still wait for their rate are given up unacknowledged. */
  close(): void;
}

/** The frame would have to wait longer than its sender can. It was not taken; nothing in it was an emergency. */
export class TooFastError extends Error {
  readonly delayMs: number;
  constructor(delayMs: number) {
    super('over the rate of its gateway');
    this.name = 'TooFastError';
    this.delayMs = delayMs;
  }
}

/** A kind that we do not know is shown in the inspector once an hour and gateway, not with every reading. */
const UNKNOWN_KIND_EVERY_MS = 3_600_000;
const UNKNOWN_KINDS_MAX = 10_000;

/** A failing log fails thousands of frames a second; one line in ten seconds says so. */
const FAILURE_REPORT_EVERY_MS = 10_000;

export function createIntake(options: IntakeOptions): Intake {
  return new FrameIntake(options);
}

class FrameIntake implements Intake {
  readonly presence: Presence;
  readonly refusals: RefusalKeeper;
  readonly #options: IntakeOptions;
  readonly #pacer: Pacer;
  readonly #gatewayClocks = createGatewayClocks();
  readonly #unknownKinds = new Map<string, number>();
  #failureReportedAtMs = Number.NEGATIVE_INFINITY;
  readonly #counts = { frames: 0, observations: 0, duplicates: 0, emergencies: 0, delayed: 0, failed: 0 };

  constructor(options: IntakeOptions) {
    const { submit, clock, log, keepRefused, limits } = options;
    this.#options = options;
    this.presence = createPresence({ submit, clock, log });
    this.refusals = createRefusalKeeper({
      keepRefused,
      clock,
      log,
      payloadBytesMax: limits.refusedPayloadBytes,
    });
    this.#pacer = createPacer(options.gatewayRate);
  }

  async take(frame: ReceivedFrame, delayMaxMs = Number.POSITIVE_INFINITY): Promise<Taken> {
    this.#counts.frames++;
    const { clock, clockKind, limits } = this.#options;
    const observationsMax = limits.observationsPerFrame;
    const gatewayClocks = this.#gatewayClocks;
    const examined = examine(frame, { clockKind, nowMs: clock.nowMs(), observationsMax, gatewayClocks });
    const delayMs = this.#delayOf(frame.gateway, examined, delayMaxMs);
    const kept = this.#report(frame, examined);
    if (delayMs > 0) await this.#pacer.wait(delayMs);
    const receipts = examined.readings.length === 0 ? NO_RECEIPTS : await this.#submit(examined.readings);
    if (kept !== null) await kept;
    return this.#settle(frame.gateway, receipts, examined);
  }

  counters(): IntakeCounters {
    return { ...this.#counts, refused: this.refusals.counters() };
  }

  close(): void {
    this.#pacer.close();
  }

  /** Tell everybody but the log; returns when what was refused is kept, null when nothing was. */
  #report(frame: ReceivedFrame, examined: Examined): Promise<void> | null {
    const { gateway } = frame;
    if (examined.status !== null) {
      const { online, isReplay, claimedAtMs } = examined.status;
      if (isReplay && claimedAtMs !== null) this.#options.advanceClock?.(claimedAtMs);
      this.presence.status(gateway, online, frame.isWill);
    }
    for (const emergency of examined.refusedEmergencies) {
      this.#options.log.error({ gatewayId: gateway.gatewayId, ...emergency }, 'emergency refused');
    }
    for (const kind of examined.unknownKinds) this.#noteUnknownKind(frame, kind);
    if (examined.readings.length === 0 && examined.provesLife) this.presence.alive(gateway);
    return examined.refused.length === 0 ? null : this.#keepRefused(frame, examined.refused);
  }

  #noteUnknownKind(frame: ReceivedFrame, kind: string): void {
    const key = `${frame.gateway.gatewayId} ${kind}`;
    const nowMs = performance.now();
    if (nowMs - (this.#unknownKinds.get(key) ?? Number.NEGATIVE_INFINITY) < UNKNOWN_KIND_EVERY_MS) {
      this.refusals.count('unknown-kind');
      return;
    }
    if (this.#unknownKinds.size >= UNKNOWN_KINDS_MAX) this.#unknownKinds.clear();
    this.#unknownKinds.set(key, nowMs);
    // Stored all the same; the acknowledgement does not wait for this note.
    void this.#keep(frame, 'unknown-kind', `${kind}: stored, no rule reads it`);
  }

  /** One kept frame per received one, under the reason of its first bad element; the others in the detail. */
  #keepRefused(frame: ReceivedFrame, refused: readonly ElementRefusal<Refusal>[]): Promise<void> {
    const [first, ...others] = refused;
    for (const { reason } of others) this.refusals.count(reason);
    const details = refused.map(({ index, reason, detail }) =>
      index < 0 ? detail : `[${index}] ${reason}: ${detail}`,
    );
    return this.#keep(frame, first!.reason, details.join('; '));
  }

  #keep({ gateway, source, topic, payload }: ReceivedFrame, reason: Refusal, detail: string): Promise<void> {
    const { gatewayId } = gateway;
    return this.refusals.keep({ sourceKey: gatewayId, gatewayId, source, topic, reason, detail, payload });
  }

  #delayOf({ gatewayId }: GatewayEntry, { readings, emergencyCount }: Examined, delayMaxMs: number): number {
    if (readings.length === 0 || emergencyCount > 0) return 0;
    const owedMs = this.#pacer.delayMs(gatewayId);
    if (owedMs > delayMaxMs) {
      this.refusals.count('too-fast');
      throw new TooFastError(owedMs);
    }
    const delayMs = this.#pacer.take(gatewayId, readings.length);
    if (delayMs > 0) this.#counts.delayed++;
    return delayMs;
  }

  async #submit(readings: readonly Reading[]): Promise<readonly Receipt[]> {
    const { clockKind, submit } = this.#options;
    try {
      return await (clockKind === 'recording' ? this.#submitReplayed(readings) : submit(readings));
    } catch (error) {
      this.#reportFailure(error);
      throw error;
    }
  }

  #reportFailure(error: unknown): void {
    this.#counts.failed++;
    const nowMs = performance.now();
    if (nowMs - this.#failureReportedAtMs < FAILURE_REPORT_EVERY_MS) return;
    this.#failureReportedAtMs = nowMs;
    this.#options.log.error(
      { error, failed: this.#counts.failed },
      'frames are not durable, not acknowledged',
    );
  }

  /** One by one, so that each entry stands at its own time; all take their places before the first is durable. */
  async #submitReplayed(readings: readonly Reading[]): Promise<readonly Receipt[]> {
    const receipts = readings.map((reading) => {
      if (reading.body.type === 'observation') this.#options.advanceClock?.(reading.body.measuredAtMs);
      return this.#options.submit([reading]);
    });
    return (await Promise.all(receipts)).flat();
  }

  #settle(gateway: GatewayEntry, receipts: readonly Receipt[], { refused, ...examined }: Examined): Taken {
    let duplicates = 0;
    for (const receipt of receipts) if (receipt.isDuplicate) duplicates++;
    const accepted = receipts.length - duplicates;
    this.#counts.observations += accepted;
    this.#counts.duplicates += duplicates;
    this.#counts.emergencies += examined.emergencyCount;
    if (accepted > 0) this.presence.recorded(gateway);
    else if (duplicates > 0) this.presence.alive(gateway);
    return { accepted, duplicates, refused };
  }
}

const NO_RECEIPTS: readonly Receipt[] = [];
