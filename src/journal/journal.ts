// Port: the log. `append` resolves only when durable; a rejection means "unknown": no ack, the device resends.
// Order, no gaps, resumable at any retained offset. Bounded by its callers' sockets: it never drops.
// Adapters: memory.ts (tests, nothing survives), sqlite.ts (embedded default). One contract suite over all.

import type { Entry, EntryBody } from '#core/model/entry.ts';

/** Identity of a device's event. Seen again within the source's window, the draft is a duplicate and not stored. */
export interface EventIdentity {
  /** Device number, or minus the gateway number for a device nobody registered. */
  readonly source: number;
  readonly id: string;
  /** Weak identities (a sequence number without a time) count only this long; null: as long as the window holds it. */
  readonly withinMs: number | null;
}

export interface Draft {
  readonly body: EntryBody;
  readonly identity: EventIdentity | null;
}

export interface Receipt {
  /** Offset of the entry; of the first copy when this one is a duplicate and that is known, else null. */
  readonly offset: number | null;
  readonly isDuplicate: boolean;
}

/** A frame that was refused; kept, bounded, for the integrator to inspect. */
export interface RefusedFrame {
  readonly atMs: number;
  readonly gatewayId: string | null;
  readonly source: 'mqtt' | 'http';
  readonly topic: string;
  readonly reason: string;
  readonly detail: string;
  /** First bytes as received, at most `LIMITS.refusedPayloadBytes`. */
  readonly payload: Uint8Array;
  readonly payloadBytes: number;
}

export interface KeptRefusedFrame extends RefusedFrame {
  readonly id: number;
}

export interface RefusedQuery {
  readonly gatewayId: string | null;
  readonly reason: string | null;
  readonly beforeId: number | null;
  readonly limit: number;
}

export interface LogPosition {
  /** Oldest retained offset; `lastOffset + 1` when the log is empty. */
  readonly firstOffset: number;
  readonly lastOffset: number;
  readonly lastAtMs: number;
}

export interface EventLog {
  /**
   * Take the next places in the log, synchronously and in call order, and make them durable together.
   * Resolves in call order. Rejects when durability is unknown.
   */
  append(drafts: readonly Draft[]): Promise<readonly Receipt[]>;
  /** The one consumer in the process: called with durable entries in order, before the appends resolve. */
  onDurable(listener: (entries: readonly Entry[]) => void): void;
  keepRefused(frame: RefusedFrame): Promise<void>;
  refused(query: RefusedQuery): Promise<readonly KeptRefusedFrame[]>;
  /** At most `limit` durable entries after `afterOffset`, in order. Rejects when `afterOffset` was trimmed away. */
  read(partition: number, afterOffset: number, limit: number): Promise<readonly Entry[]>;
  /** Forget entries up to and including `upToOffset`. The caller answers for snapshots and cursors. */
  trim(partition: number, upToOffset: number): Promise<void>;
  position(): LogPosition;
  /** Entries taken but not yet durable. */
  pendingCount(): number;
  close(): Promise<void>;
}

/** The one source of `atMs`. Live: the wall clock, never decreasing. Recording: follows the replayed recording. */
export interface Clock {
  nowMs(): number;
}
