// Pages by key, never by offset: a page costs the same at the end as at the start and skips nothing when rows come
// and go. Lists are in the order of an index that begins with the district, and a scope is a range of it: a page of
// one community among a million devices is read without sorting or scanning, which would stop the alarms meanwhile.

import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { type Listing, type Page, significantPrefix } from '#registry/registry.ts';
import { invalid } from './validate.ts';

/** A page must stay a short synchronous read: 200 rows take well under a millisecond. */
export const PAGE_ROWS_MAX = 200;

/** Rows to ask for: one more than the page, which tells whether there is another page. */
export function rowsToRead(page: Page): number {
  return pageLimit(page) + 1;
}

function pageLimit(page: Page): number {
  if (!Number.isSafeInteger(page.limit) || page.limit < 1) throw invalid('limit', 'must be at least 1');
  return Math.min(page.limit, PAGE_ROWS_MAX);
}

/** @param to `cursor`: the place of a row in the order of the list, which `after` of the next page will give back */
export function toListing<Row, T>(
  page: Page,
  rows: readonly Row[],
  to: { readonly record: (row: Row) => T; readonly cursor: (row: Row) => string },
): Listing<T> {
  const shown = rows.slice(0, pageLimit(page));
  const last = shown.at(-1);
  const next = rows.length > shown.length && last !== undefined ? to.cursor(last) : null;
  return { items: shown.map(to.record), next };
}

/** Not allowed in public ids; only the last part, a device's name, may contain it. */
const CURSOR_SEPARATOR = '~';

/** `330106001001~h1~e5`: the district first, the record's own key last. */
export function cursorOf(...parts: readonly (string | number)[]): string {
  return parts.join(CURSOR_SEPARATOR);
}

/** `(columns) > (cursor)`: what follows the page before. @throws RegistryError invalid */
export function followingCursor(columns: readonly string[], after: string | null): RawBuilder<SqlBool> {
  if (after === null) return sql<SqlBool>`1 = 1`;
  const parts = cursorParts(after, columns.length);
  return sql<SqlBool>`(${sql.join(columns.map((column) => sql.ref(column)))}) > (${sql.join(parts)})`;
}

/**
 * The same for what lies in homes: whole homes after the cursor's, and the rest of its own.
 * @param rest what follows `key` within the home
 */
export function followingInHome(
  after: string | null,
  rest: (key: string) => RawBuilder<SqlBool>,
): RawBuilder<SqlBool> {
  // Says nothing, but makes SQLite walk the homes in their order instead of sorting a million devices.
  if (after === null) return sql<SqlBool>`homes.district_code >= ''`;
  const [district, homeId, key] = cursorParts(after, 3) as [string, string, string];
  return sql<SqlBool>`((homes.district_code, homes.home_id) >= (${district}, ${homeId})
    and (homes.home_id <> ${homeId} or ${rest(key)}))`;
}

function cursorParts(after: string, count: number): string[] {
  const parts = after.split(CURSOR_SEPARATOR);
  if (parts.length < count || !/^\d{12}$/.test(parts[0]!)) throw invalid('after', 'must be `next` of a page');
  return [...parts.slice(0, count - 1), parts.slice(count - 1).join(CURSOR_SEPARATOR)];
}

/** Codes from `from` up to but not including `until`; `until` null: to the end. */
export function codeRange(scope: string): { readonly from: string; readonly until: string | null } {
  if (!/^\d{12}$/.test(scope)) throw invalid('scope', 'must be a 12-digit district code');
  const prefix = significantPrefix(scope);
  const next = String(Number(prefix) + 1).padStart(prefix.length, '0');
  const until = next.length > prefix.length ? null : next.padEnd(12, '0');
  return { from: prefix.padEnd(12, '0'), until };
}

/** `column` lies in the area of `scope`. */
export function inArea(column: string, scope: string | null): RawBuilder<SqlBool> {
  if (scope === null) return sql<SqlBool>`1 = 1`;
  const { from, until } = codeRange(scope);
  if (until === null) return sql<SqlBool>`${sql.ref(column)} >= ${from}`;
  return sql<SqlBool>`(${sql.ref(column)} >= ${from} and ${sql.ref(column)} < ${until})`;
}

/** `column` = `value`, or everything when there is no value. */
export function matching(column: string, value: string | undefined): RawBuilder<SqlBool> {
  return value === undefined ? sql<SqlBool>`1 = 1` : sql<SqlBool>`${sql.ref(column)} = ${value}`;
}

/** `column` comes after the last id of the page before. */
export function following(column: string, after: string | null): RawBuilder<SqlBool> {
  return after === null ? sql<SqlBool>`1 = 1` : sql<SqlBool>`${sql.ref(column)} > ${after}`;
}
