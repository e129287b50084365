// The questions the SQLite alert store answers. Reads only; rows are mapped to the model here and go no
// further. Half-open times: from <= raised < until. Pages continue by key (time, id), so a new alert never
// shifts a page.

import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { Alert } from '#core/model/alert.ts';
import type { Effect } from '#core/model/effect.ts';
import type { AlertQuery, AlertStore } from './alert-store.ts';
import { areaPrefix } from './area.ts';
import { parseCursor } from './cursor.ts';

export type AlertReads = Pick<AlertStore, 'get' | 'list' | 'history' | 'open' | 'since'>;

export function createAlertReads(database: DatabaseSync, resumableEffects: number): AlertReads {
  const byId = database.prepare('SELECT body FROM alerts WHERE id = ?');
  const historyOf = database.prepare('SELECT body FROM effects WHERE alert_id = ? ORDER BY offset, idx');
  const open = database.prepare(
    `SELECT body FROM alerts WHERE handling <> 'closed' ORDER BY raised_at_ms, id`,
  );
  const missedCount = database.prepare(
    'SELECT count(*) AS n FROM (SELECT 1 FROM effects WHERE (offset, idx) > (?, ?) LIMIT ?)',
  );
  const missed = database.prepare(
    'SELECT body FROM effects WHERE (offset, idx) > (?, ?) ORDER BY offset, idx LIMIT ?',
  );

  return {
    get(alertId) {
      const row = byId.get(alertId);
      return row ? fromRow<Alert>(row) : null;
    },
    list: (query) => listAlerts(database, query),
    history: (alertId) => historyOf.all(alertId).map(fromRow<Effect>),
    open: () => open.all().map(fromRow<Alert>),
    since(text, limit) {
      const cursor = parseCursor(text);
      if (!cursor) return null;
      const { offset, index } = cursor;
      const count = Number(missedCount.get(offset, index, resumableEffects + 1)?.['n']);
      return count > resumableEffects ? null : missed.all(offset, index, limit).map(fromRow<Effect>);
    },
  };
}

function fromRow<T>(row: Record<string, unknown>): T {
  return JSON.parse(String(row['body'])) as T;
}

function listAlerts(database: DatabaseSync, query: AlertQuery): ReturnType<AlertStore['list']> {
  const { conditions, values } = conditionsOf(query);
  if (query.after !== null) {
    const last = database.prepare('SELECT raised_at_ms, id FROM alerts WHERE id = ?').get(query.after);
    if (!last) return { items: [], next: null };
    conditions.push('(raised_at_ms, id) < (?, ?)');
    values.push(Number(last['raised_at_ms']), String(last['id']));
  }
  const rows = database
    .prepare(
      `SELECT body FROM alerts WHERE ${conditions.join(' AND ')} ORDER BY raised_at_ms DESC, id DESC LIMIT ?`,
    )
    .all(...values, query.limit + 1);
  const items = rows.slice(0, query.limit).map(fromRow<Alert>);
  return { items, next: rows.length > items.length ? (items.at(-1)?.id ?? null) : null };
}

function conditionsOf(query: AlertQuery): { conditions: string[]; values: SQLInputValue[] } {
  const conditions = ['true'];
  const values: SQLInputValue[] = [];
  const add = (condition: string, ...given: readonly SQLInputValue[]): void => {
    conditions.push(condition);
    values.push(...given);
  };
  const prefix = areaPrefix(query.scope);
  if (prefix !== '') add('substr(district_code, 1, ?) = ?', prefix.length, prefix);
  if (query.homeId !== null) add('home_id = ?', query.homeId);
  if (query.handling !== null) add(`handling IN (${marks(query.handling)})`, ...query.handling);
  if (query.kind !== null) add(`kind IN (${marks(query.kind)})`, ...query.kind);
  if (query.raisedFromMs !== null) add('raised_at_ms >= ?', query.raisedFromMs);
  if (query.raisedUntilMs !== null) add('raised_at_ms < ?', query.raisedUntilMs);
  return { conditions, values };
}

function marks(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ');
}
