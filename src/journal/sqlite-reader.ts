// The log's reading connection, on the main thread. Not in the writer's thread, where a large read would hold up
// commits; in WAL mode a reader and the writer never wait for each other. The entries have to become objects on the
// main thread anyway, so a thread of its own would only add a copy. Slices with a turn of the event loop between them
// keep sockets and alarms going, and end the read transaction, so that checkpoints can begin the WAL anew.
// The one exception is `restoreIdentities`: of a connection in the writer's thread, before there is anything to write.

import type { StatementSync } from 'node:sqlite';
import type { Entry } from '#core/model/entry.ts';
import { parseBodies } from './body-scanner.ts';
import type { KeptRefusedFrame, RefusedQuery } from './journal.ts';
import { ReadConnection } from './read-connection.ts';
import { checksumOf, hashOfHalves } from './sqlite-row.ts';
import type { IdentityWindow } from './window.ts';

/** Rows read in one go: about a millisecond of the event loop. */
const ROWS_PER_SLICE = 200;
const TIMEOUT_MS = 1_000;
/** Some megabytes of rows. */
const IDENTITIES_PER_SLICE = 20_000;

const ENTRIES = `SELECT offset, at_ms, source, id_a, id_b, body, checksum FROM entry
  WHERE offset > ? AND offset <= ? ORDER BY offset LIMIT ?`;
const IDENTITIES = `SELECT source, id_a, id_b, at_ms FROM entry
  WHERE offset > ? AND offset <= ? ORDER BY offset`;
const REFUSED = `SELECT id, at_ms, gateway_id, source, topic, reason, detail, payload, payload_bytes FROM refused
  WHERE (?1 IS NULL OR gateway_id = ?1) AND (?2 IS NULL OR reason = ?2) AND (?3 IS NULL OR id < ?3)
  ORDER BY id DESC LIMIT ?4`;

type EntryRow = readonly [number, number, number | null, number | null, number | null, string, number];
type IdentityRow = readonly [number | null, number | null, number | null, number];
type RefusedRow = readonly [
  id: number,
  atMs: number,
  gatewayId: string | null,
  source: 'mqtt' | 'http',
  topic: string,
  reason: string,
  detail: string,
  payload: Uint8Array,
  payloadBytes: number,
];

export class SqliteReader {
  readonly #connection: ReadConnection;
  readonly #entries: StatementSync;
  readonly #identities: StatementSync;
  readonly #refused: StatementSync;

  constructor(file: string) {
    this.#connection = new ReadConnection(file, TIMEOUT_MS);
    this.#entries = this.#connection.statement(ENTRIES);
    this.#identities = this.#connection.statement(IDENTITIES);
    this.#refused = this.#connection.statement(REFUSED);
  }

  /** Entries after `afterOffset` up to `lastOffset`, at most `limit`, at most one slice. Throws `LogError`. */
  slice(afterOffset: number, lastOffset: number, limit: number): Entry[] {
    const count = Math.min(limit, ROWS_PER_SLICE, lastOffset - afterOffset);
    if (count <= 0) return [];
    const rows = this.#connection.all<EntryRow>(this.#entries, afterOffset, lastOffset, count);
    if (rows.length !== count)
      throw this.#connection.corrupt(`entries are missing after offset ${afterOffset}`);
    const texts = rows.map((row, i) => this.#checkedText(row, afterOffset + 1 + i));
    return parseBodies(texts).map((body, i) => ({ offset: rows[i]![0], atMs: rows[i]![1], body }));
  }

  refused({ gatewayId, reason, beforeId, limit }: RefusedQuery): KeptRefusedFrame[] {
    const rows = this.#connection.all<RefusedRow>(
      this.#refused,
      gatewayId,
      reason,
      beforeId,
      Math.max(0, limit),
    );
    return rows.map(([id, atMs, gateway, source, topic, why, detail, payload, payloadBytes]) => {
      return { id, atMs, gatewayId: gateway, source, topic, reason: why, detail, payload, payloadBytes };
    });
  }

  /** Enters the identities of all entries after `afterOffset` into the window, without a pause. */
  restoreIdentities(window: IdentityWindow, afterOffset: number, lastOffset: number): void {
    for (let after = afterOffset; after < lastOffset; after += IDENTITIES_PER_SLICE) {
      const upTo = Math.min(lastOffset, after + IDENTITIES_PER_SLICE);
      const rows = this.#connection.all<IdentityRow>(this.#identities, after, upTo);
      for (const [source, idA, idB, atMs] of rows)
        if (source !== null && idA !== null && idB !== null)
          window.restore(source, hashOfHalves(idA, idB), atMs);
    }
  }

  /** Checksum of one entry, null when it is not there: tells whether another file speaks of this very log. */
  checksumAt(offset: number): number | null {
    const [row] = this.#connection.all<EntryRow>(this.#entries, offset - 1, offset, 1);
    return row?.[6] ?? null;
  }

  close(): void {
    this.#connection.close();
  }

  #checkedText([offset, atMs, source, idA, idB, body, checksum]: EntryRow, expected: number): string {
    if (offset !== expected) throw this.#connection.corrupt(`entry ${expected} is missing`);
    if (checksum !== checksumOf({ offset, atMs, source, idA, idB, body })) {
      throw this.#connection.corrupt(`entry ${offset} is not what was written (checksum)`);
    }
    return body;
  }
}
