// Says when people must be told that telemetry is behind: the store has been unreachable or the backlog old for a
// while, or readings had to be given up. An outage is told once in a while and not with every attempt.

import type { TelemetryStatus } from './telemetry.ts';

/** 10 minutes: a restart or an update of the server is nobody's business. */
const BEHIND_MS = 10 * 60_000;
/** A lasting outage is told again so often, also to the next shift. */
const AGAIN_MS = 60 * 60_000;

export interface BehindNotice {
  readonly minutes: number;
  /** Entries given up since the start of the service. */
  readonly shedEntries: number;
}

export class BehindWatch {
  readonly #tell: (notice: BehindNotice) => void;
  #failingSinceMs: number | null = null;
  #toldAtMs = Number.NEGATIVE_INFINITY;
  #toldShed: number | null = null;
  #isBehind = false;

  constructor(tell: (notice: BehindNotice) => void) {
    this.#tell = tell;
  }

  /** For health: what is wrong with telemetry now is old enough to matter. */
  get isBehind(): boolean {
    return this.#isBehind;
  }

  /** @param nowMs monotonic */
  note(status: TelemetryStatus, nowMs: number): void {
    this.#failingSinceMs = status.problem === null ? null : (this.#failingSinceMs ?? nowMs);
    const failingMs = this.#failingSinceMs === null ? 0 : nowMs - this.#failingSinceMs;
    const lateMs = Math.max(failingMs, status.behindMs);
    this.#isBehind = lateMs >= BEHIND_MS;
    const { shedEntries } = status.counts;
    this.#toldShed ??= shedEntries;
    const isMoreShed = shedEntries > this.#toldShed;
    if (!isMoreShed && !(this.#isBehind && nowMs - this.#toldAtMs >= AGAIN_MS)) return;
    this.#toldAtMs = nowMs;
    this.#tell({ minutes: Math.round(lateMs / 60_000), shedEntries: shedEntries - this.#toldShed });
    this.#toldShed = shedEntries;
  }
}
