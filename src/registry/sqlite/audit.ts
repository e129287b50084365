// The audit trail: who looked at what and did what. Append-only (triggers) and chained: each row carries
// SHA-256(hash before ‖ canonical row), so a changed, removed or inserted row shows. Rows cut off at the end do not
// show by the chain alone: keep the `head` of a check elsewhere and compare.

import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { AuditRow, Listing, Page } from '#registry/registry.ts';
import { inArea, matching, rowsToRead, toListing } from './paging.ts';
import type { AuditTable, Database } from './schema.ts';
import { checkText, invalid } from './validate.ts';

const GENESIS = '0'.repeat(64);
/** Rows per read of a check: about a millisecond each time. */
const CHECK_ROWS = 500;

/** `head`: hash of the last row, to be kept elsewhere. `firstBadId`: where the chain breaks. */
export type AuditCheck =
  | { readonly ok: true; readonly rowCount: number; readonly head: string }
  | { readonly ok: false; readonly firstBadId: number; readonly reason: 'missing-row' | 'changed-row' };

export class AuditTrail {
  readonly #db: Database;
  readonly #nowMs: () => number;

  constructor(db: Database, nowMs: () => number) {
    this.#db = db;
    this.#nowMs = nowMs;
  }

  /** Resolves when the row is on disk. */
  async append(row: Omit<AuditRow, 'id' | 'atMs'>): Promise<void> {
    checkText('action', row.action);
    const { staffId, action, subject, detail } = row;
    await this.#db.transaction().execute(async (tx) => {
      const last = await tx
        .selectFrom('audit')
        .select(['id', 'hash'])
        .orderBy('id', 'desc')
        .limit(1)
        .executeTakeFirst();
      const next: AuditRow = {
        id: (last?.id ?? 0) + 1,
        atMs: this.#nowMs(),
        staffId,
        action,
        subject,
        detail,
      };
      const hash = link(last?.hash ?? GENESIS, next);
      await tx
        .insertInto('audit')
        .values({ id: next.id, at_ms: next.atMs, staff_id: staffId, action, subject, detail, hash })
        .execute();
    });
  }

  /** Newest first. A scope shows what staff of that area did. */
  async list(page: Page, filter: { subject?: string; staffId?: string }): Promise<Listing<AuditRow>> {
    const rows = await this.#db
      .selectFrom('audit')
      .selectAll()
      .where(byStaffOf(page.scope))
      .where(matching('subject', filter.subject))
      .where(matching('staff_id', filter.staffId))
      .where(olderThan(page.after))
      .orderBy('id', 'desc')
      .limit(rowsToRead(page))
      .execute();
    return toListing(page, rows, { record: toAuditRow, cursor: (row) => String(row.id) });
  }

  /** Walk the whole chain. */
  async verify(): Promise<AuditCheck> {
    let head = GENESIS;
    for (let rowCount = 0; ; ) {
      const rows = await this.#rowsAfter(rowCount);
      for (const row of rows) {
        if (row.id !== rowCount + 1) return { ok: false, firstBadId: rowCount + 1, reason: 'missing-row' };
        if (row.hash !== link(head, toAuditRow(row)))
          return { ok: false, firstBadId: row.id, reason: 'changed-row' };
        head = row.hash;
        rowCount += 1;
      }
      if (rows.length < CHECK_ROWS) return { ok: true, rowCount, head };
      await nextTurn();
    }
  }

  async #rowsAfter(id: number): Promise<AuditTable[]> {
    const rows = this.#db.selectFrom('audit').selectAll().where('id', '>', id);
    return rows.orderBy('id').limit(CHECK_ROWS).execute();
  }
}

/** The canonical row is a JSON array: fixed order, no keys to sort. */
function link(previous: string, row: AuditRow): string {
  const canonical = JSON.stringify([row.id, row.atMs, row.staffId, row.action, row.subject, row.detail]);
  return createHash('sha256').update(Buffer.from(previous, 'hex')).update(canonical).digest('hex');
}

function byStaffOf(scope: string | null): RawBuilder<SqlBool> {
  if (scope === null) return sql<SqlBool>`1 = 1`;
  const staffInArea = sql`select staff_id from staff where ${inArea('staff.district_code', scope)}`;
  return sql<SqlBool>`audit.staff_id in (${staffInArea})`;
}

function olderThan(after: string | null): RawBuilder<SqlBool> {
  if (after === null) return sql<SqlBool>`1 = 1`;
  if (!/^\d{1,15}$/.test(after)) throw invalid('after', 'must be an id of the trail');
  return sql<SqlBool>`id < ${Number(after)}`;
}

function toAuditRow(row: AuditTable): AuditRow {
  const { id, action, subject, detail } = row;
  return { id, atMs: row.at_ms, staffId: row.staff_id, action, subject, detail };
}
