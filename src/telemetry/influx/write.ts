// A batch to the server. What the server refuses for good is found line by line and handed back; everything that may
// pass later (limits, rights, a missing database, a server in trouble) makes the whole batch wait. Sending lines again
// is harmless: the same reading is the same point.

import type { RefusedReading, TelemetryReading } from '../telemetry-store.ts';
import { messageOf, type Reply, type ServerLink, unavailable } from './link.ts';

export interface Outgoing {
  readonly reading: TelemetryReading;
  readonly line: string;
}

export interface WriteTarget {
  readonly link: ServerLink;
  readonly path: string;
  /** What to do when rights or the database are missing. */
  readonly hint: string;
}

/**
 * Words of an answer about lines (1.x, 2.x, 3.x). A 400 without them is about the request, and would cost a whole
 * batch if it were taken for bad lines.
 */
const ABOUT_LINES =
  /partial write|unable to parse|field type conflict|beyond retention|parsing failed|line protocol/i;
/** Limits of a 1.x server, set too low for the fleet: reported as bad lines, but the operator can raise them. */
const ABOUT_LIMITS = /max-series-per-database|max-values-per-tag|max series|limit exceeded/i;

export async function writeLines(target: WriteTarget, items: readonly Outgoing[]): Promise<RefusedReading[]> {
  if (items.length === 0) return [];
  const reply = await send(target, items);
  if (reply.status === 200 || reply.status === 204) return [];
  if (reply.status === 413 && items.length > 1) return writeParts(target, halves(items));
  if (!isAboutLines(reply)) throw unavailable(target.link.address, reply, hintFor(target, reply.status));
  const reason = `refused by the server: ${messageOf(reply)}`;
  const named = namedLines(reply, items.length);
  if (named.size > 0) return writeRest(target, items, named);
  if (items.length === 1 || droppedCount(reply) === items.length) {
    return items.map(({ reading }) => ({ reading, reason }));
  }
  return writeParts(target, byKind(items) ?? halves(items));
}

function send({ link, path }: WriteTarget, items: readonly Outgoing[]): Promise<Reply> {
  const body = items.map(({ line }) => line).join('\n');
  return link.ask({ path, body, contentType: 'text/plain; charset=utf-8', isGzipped: true });
}

async function writeParts(
  target: WriteTarget,
  parts: readonly (readonly Outgoing[])[],
): Promise<RefusedReading[]> {
  const refused: RefusedReading[] = [];
  for (const part of parts) refused.push(...(await writeLines(target, part)));
  return refused;
}

/** 3.x names the lines. The others are sent again: whether it took them depends on its version and settings. */
async function writeRest(
  target: WriteTarget,
  items: readonly Outgoing[],
  named: ReadonlyMap<number, string>,
): Promise<RefusedReading[]> {
  const refused = [...named].map(([at, reason]) => ({ reading: items[at]!.reading, reason }));
  return [
    ...refused,
    ...(await writeLines(
      target,
      items.filter((_, at) => !named.has(at)),
    )),
  ];
}

function isAboutLines(reply: Reply): boolean {
  if (![201, 400, 422].includes(reply.status)) return false;
  return ABOUT_LINES.test(reply.text) && !ABOUT_LIMITS.test(reply.text);
}

function namedLines(reply: Reply, lineCount: number): ReadonlyMap<number, string> {
  const named = new Map<number, string>();
  let data: unknown;
  try {
    data = (JSON.parse(reply.text) as { data?: unknown } | null)?.data;
  } catch {
    return named;
  }
  for (const entry of Array.isArray(data) ? data : [data]) {
    const { line_number: number, error_message: reason } = (entry ?? {}) as Record<string, unknown>;
    if (typeof number !== 'number' || number < 1 || number > lineCount) continue;
    named.set(number - 1, `refused by the server: ${String(reason)}`);
  }
  return named;
}

/** 1.x and 2.x say how many of the lines they left out. */
function droppedCount(reply: Reply): number | null {
  const count = /dropped=(\d+)/.exec(reply.text)?.[1];
  return count === undefined ? null : Number(count);
}

/** Bad lines are mostly all of one kind (a field of another type): found in one step. Null when there is one kind. */
function byKind(items: readonly Outgoing[]): Outgoing[][] | null {
  const kinds = Map.groupBy(items, ({ reading }) => reading.kind);
  return kinds.size > 1 ? [...kinds.values()] : null;
}

function halves(items: readonly Outgoing[]): (readonly Outgoing[])[] {
  const middle = items.length >>> 1;
  return [items.slice(0, middle), items.slice(middle)];
}

function hintFor({ hint }: WriteTarget, status: number): string {
  if (status === 401 || status === 403) return 'the token or the login may not write there';
  return status === 404 ? hint : '';
}
