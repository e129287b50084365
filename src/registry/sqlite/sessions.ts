// Sessions of staff: 256 random bits for the cookie, of which only the SHA-256 is stored; whoever reads the database
// cannot take one over. A session sees the staff record as it is now, so a new role counts at once.

import { createHash, randomBytes } from 'node:crypto';
import { RegistryError, type Session } from '#registry/registry.ts';
import type { Database } from './schema.ts';
import { toStaff } from './staff.ts';
import { invalid } from './validate.ts';

const SESSION_BYTES = 32;

export class Sessions {
  readonly #db: Database;
  readonly #nowMs: () => number;

  constructor(db: Database, nowMs: () => number) {
    this.#db = db;
    this.#nowMs = nowMs;
  }

  /** @throws RegistryError not-found when there is no such enabled member */
  async open(staffId: string, ttlMs: number): Promise<string> {
    if (!Number.isSafeInteger(ttlMs) || ttlMs <= 0) throw invalid('ttlMs', 'must be a positive whole number');
    const sessionId = randomBytes(SESSION_BYTES).toString('base64url');
    const nowMs = this.#nowMs();
    await this.#db.transaction().execute(async (tx) => {
      const staff = tx.selectFrom('staff').select('staff_id').where('staff_id', '=', staffId);
      if ((await staff.where('is_enabled', '=', 1).executeTakeFirst()) === undefined) {
        throw new RegistryError('not-found', `staff ${staffId} does not exist or is disabled`);
      }
      // Old ones are swept here: log-ins are rare, and nothing else needs a timer.
      await tx.deleteFrom('sessions').where('expires_at_ms', '<=', nowMs).execute();
      const times = { created_at_ms: nowMs, expires_at_ms: nowMs + ttlMs };
      await tx
        .insertInto('sessions')
        .values({ session_hash: hashOf(sessionId), staff_id: staffId, ...times })
        .execute();
    });
    return sessionId;
  }

  async find(sessionId: string): Promise<Session | null> {
    const row = await this.#db
      .selectFrom('sessions')
      .innerJoin('staff', 'staff.staff_id', 'sessions.staff_id')
      .select(['sessions.created_at_ms', 'sessions.expires_at_ms'])
      .select(['staff.staff_id', 'login', 'name', 'role', 'district_code', 'is_enabled'])
      .where('session_hash', '=', hashOf(sessionId))
      .where('expires_at_ms', '>', this.#nowMs())
      .where('is_enabled', '=', 1)
      .executeTakeFirst();
    if (row === undefined) return null;
    return { staff: toStaff(row), createdAtMs: row.created_at_ms, expiresAtMs: row.expires_at_ms };
  }

  async close(sessionId: string): Promise<void> {
    await this.#db.deleteFrom('sessions').where('session_hash', '=', hashOf(sessionId)).execute();
  }
}

function hashOf(sessionId: string): string {
  return createHash('sha256').update(sessionId).digest('hex');
}
