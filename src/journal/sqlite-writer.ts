// The one connection that writes the log. Every method is one transaction, durable when it returns; when it throws, the
// transaction is rolled back. After a failure that is not "no space" or "locked" it refuses everything: a repeated
// fsync may report success although the data is gone (reliability reference, 1.16).

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { RefusedFrame } from './journal.ts';
import { LogError } from './log-error.ts';
import type { LogState } from './sequencer.ts';
import { type CommitRequest, NUMBERS_PER_ENTRY, type OpenRequest, type WalState } from './sqlite-protocol.ts';
import { checksumOf } from './sqlite-row.ts';
import { asWriteError, openDatabase, PAGE_BYTES, stateOf, truncateWal } from './sqlite-schema.ts';

/** Rows deleted in one transaction: about a millisecond, which is all that a commit behind it waits. */
const TRIM_STEP = 200;

export class SqliteWriter {
  readonly #db: DatabaseSync;
  readonly #state: LogState;
  readonly #refusedFrames: number;
  readonly #insertEntry: StatementSync;
  readonly #insertRefused: StatementSync;
  readonly #deleteRefused: StatementSync;
  #lastRefusedId: number;
  #failure: LogError | null = null;

  /** Throws `LogError`. */
  constructor(request: OpenRequest) {
    this.#db = openDatabase(request);
    this.#state = stateOf(this.#db, request.file);
    this.#refusedFrames = request.refusedFrames;
    this.#insertEntry = this.#db.prepare('INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?)');
    this.#insertRefused = this.#db.prepare('INSERT INTO refused VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
    this.#deleteRefused = this.#db.prepare('DELETE FROM refused WHERE id <= ?');
    const newest = this.#db.prepare('SELECT max(id) AS id FROM refused').get();
    this.#lastRefusedId = Number(newest?.['id'] ?? 0);
  }

  state(): LogState {
    return { ...this.#state };
  }

  commit(request: CommitRequest): void {
    const bodies = request.numbers.length === 0 ? [] : request.bodies.split('\n');
    if (bodies.length * NUMBERS_PER_ENTRY !== request.numbers.length) {
      throw new LogError('log-failed', 'a batch does not fit its own numbers');
    }
    if (bodies.length > 0 && request.firstOffset !== this.#state.lastOffset + 1) {
      throw new LogError('log-failed', `offset ${request.firstOffset} after ${this.#state.lastOffset}`);
    }
    const refusedId = this.#lastRefusedId;
    this.#transaction(() => {
      for (let i = 0; i < bodies.length; i++) this.#insert(request, i, bodies[i]!);
      request.refused.forEach((frame, i) => {
        this.#keepRefused(refusedId + 1 + i, frame);
      });
    });
    this.#state.lastOffset += bodies.length;
    this.#lastRefusedId += request.refused.length;
  }

  /** One small step; answers the oldest retained offset after it. */
  trim(upToOffset: number): number {
    const { firstOffset, lastOffset } = this.#state;
    const upTo = Math.min(upToOffset, lastOffset, firstOffset + TRIM_STEP - 1);
    if (upTo < firstOffset) return firstOffset;
    this.#transaction(() => {
      const atMs = this.#db.prepare('SELECT at_ms FROM entry WHERE offset = ?').get(upTo)?.['at_ms'];
      this.#db.prepare('DELETE FROM entry WHERE offset <= ?').run(upTo);
      const update = this.#db.prepare('UPDATE meta SET value = ? WHERE name = ?');
      update.run(String(upTo), 'trimmed_offset');
      update.run(String(atMs), 'trimmed_at_ms');
    });
    this.#state.firstOffset = upTo + 1;
    return upTo + 1;
  }

  /** Finishes what the checkpointer could not, so that the next commit begins the WAL anew. */
  checkpoint(): WalState {
    return this.#guarded(() => checkpointPassively(this.#db));
  }

  /**
   * With everything in the database file and no WAL left, space permitting: in the WAL it is as safe.
   * Not after a failure: closing would write and fsync.
   */
  close(): void {
    if (this.#failure !== null) return;
    this.#guarded(() => {
      truncateWal(this.#db);
      this.#db.close();
    });
  }

  #insert(request: CommitRequest, index: number, body: string): void {
    const at = index * NUMBERS_PER_ENTRY;
    const atMs = request.numbers[at]!;
    const source = request.numbers[at + 1]!;
    const isIdentified = !Number.isNaN(source);
    const row = {
      offset: request.firstOffset + index,
      atMs,
      source: isIdentified ? source : null,
      idA: isIdentified ? request.numbers[at + 2]! : null,
      idB: isIdentified ? request.numbers[at + 3]! : null,
      body,
    };
    this.#insertEntry.run(row.offset, atMs, row.source, row.idA, row.idB, checksumOf(row), body);
  }

  #keepRefused(id: number, frame: RefusedFrame): void {
    const { atMs, gatewayId, source, topic, reason, detail, payloadBytes, payload } = frame;
    this.#insertRefused.run(id, atMs, gatewayId, source, topic, reason, detail, payloadBytes, payload);
    this.#deleteRefused.run(id - this.#refusedFrames);
  }

  #transaction(work: () => void): void {
    this.#guarded(() => {
      try {
        this.#db.exec('BEGIN IMMEDIATE');
        work();
        this.#db.exec('COMMIT');
      } catch (error) {
        // Some errors roll back by themselves. A rollback that throws is caught outside and is final.
        if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
        throw error;
      }
    });
  }

  #guarded<T>(work: () => T): T {
    if (this.#failure !== null) throw this.#failure;
    try {
      return work();
    } catch (error) {
      const failure = asWriteError(error);
      if (!failure.isRecoverable) this.#failure = failure;
      throw failure;
    }
  }
}

/** PASSIVE waits for nobody: it copies what no reader needs, and syncs. */
export function checkpointPassively(db: DatabaseSync): WalState {
  const row = db.prepare('PRAGMA wal_checkpoint(PASSIVE)').get();
  // -1 when another connection is checkpointing at this moment.
  const bytesOf = (frames: unknown): number => Math.max(0, Number(frames)) * PAGE_BYTES;
  return { bytes: bytesOf(row?.['log']), checkpointedBytes: bytesOf(row?.['checkpointed']) };
}
