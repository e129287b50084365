// What is sent piece by piece: exports of a home and of an elder. An export is made page by page as the receiver takes
// it, so a slow one holds a page and nothing else; one that fails midway is cut off and not ended, so that half of it
// never looks whole.

import { Readable } from 'node:stream';
import { callerOf } from '#api/authenticate.ts';
import type { ApiParts, ApiServer } from '#api/context.ts';
import { Problem } from '#api/errors.ts';
import { idParams } from '#api/schemas/fields.ts';
import { exportQuery } from '#api/schemas/telemetry.ts';
import { EXPORT_TYPES, exportHead, exportLine } from '#telemetry/export-formats.ts';
import { MAX_AT_MS, type RangePage } from '#telemetry/telemetry-store.ts';
import { answered, requireHome, spanOf, telemetryOf } from './telemetry.ts';

const PAGE_READINGS = 5_000;
const WHOLE = { scope: null, after: null, limit: 200 } as const;

export function telemetryExportRoutes(app: ApiServer, parts: ApiParts): void {
  exportRoute(app, parts);
  elderExportRoute(app, parts);
}

function exportRoute(app: ApiServer, parts: ApiParts): void {
  const schema = { tags: ['telemetry'], params: idParams, querystring: exportQuery };
  app.get('/homes/:id/telemetry/export', { schema }, async (request, reply) => {
    const { staff } = callerOf(request);
    const { homeId } = await requireHome(parts, request.params.id, staff);
    const { from = '0', to = String(MAX_AT_MS), format = 'csv' } = request.query;
    const span = spanOf({ from, to });
    const subject = `home:${homeId}`;
    const detail = `${format} ${span.fromMs}–${span.toMs}`;
    await parts.registry.audit({ staffId: staff.staffId, action: 'telemetry-export', subject, detail });
    const pages = pagesOf(parts, homeId, span);
    // The first page before the head of the answer: an unreachable store is told as such.
    const first = await answered(pages.next());
    const text = async function* (): AsyncGenerator<string> {
      yield exportHead(format);
      for (let page = first; page.done !== true; page = await pages.next()) {
        yield page.value.readings.map((reading) => exportLine(format, reading)).join('');
      }
    };
    const name = `telemetry-${homeId.replace(/[^\w.-]/g, '_')}.${format === 'csv' ? 'csv' : 'txt'}`;
    reply.header('content-disposition', `attachment; filename="${name}"`);
    return reply.type(EXPORT_TYPES[format]).send(Readable.from(text(), { objectMode: false }));
  });
}

/** Everything kept about one elder, as lines of JSON (PIPL Art. 45): the records, the alerts, the readings. */
function elderExportRoute(app: ApiServer, parts: ApiParts): void {
  const schema = { tags: ['telemetry'], params: idParams };
  app.get('/elders/:id/export', { schema }, async (request, reply) => {
    const { staff } = callerOf(request);
    const elder = await parts.registry.elders.get(request.params.id);
    if (!elder) throw new Problem('not-found');
    const home = await requireHome(parts, elder.homeId, staff);
    const subject = `elder:${elder.elderId}`;
    await parts.registry.audit({ staffId: staff.staffId, action: 'elder-export', subject, detail: '' });
    const { homeId } = home;
    const pages = parts.telemetry === null ? null : pagesOf(parts, homeId, { fromMs: 0, toMs: MAX_AT_MS });
    const first = pages === null ? null : await answered(pages.next());
    const [contacts, devices] = await Promise.all([
      parts.registry.contacts.list(WHOLE, { homeId }),
      parts.registry.devices.list(WHOLE, { homeId }),
    ]);
    const lines = async function* (): AsyncGenerator<string> {
      yield line('elder', elder);
      yield line('home', home);
      for (const contact of contacts.items) yield line('contact', contact);
      for (const device of devices.items) yield line('device', device);
      yield* alertLines(parts, homeId);
      for (let page = first; page !== null && page.done !== true; page = await pages!.next()) {
        yield page.value.readings.map((reading) => line('reading', reading)).join('');
      }
    };
    reply.header('content-disposition', `attachment; filename="elder-${elder.elderId}.ndjson"`);
    return reply.type('application/x-ndjson').send(Readable.from(lines(), { objectMode: false }));
  });
}

function line(type: string, record: object): string {
  return `${JSON.stringify({ type, ...record })}\n`;
}

function* alertLines({ alerts }: ApiParts, homeId: string): Generator<string> {
  const query = { scope: null, homeId, handling: null, kind: null, raisedFromMs: null, raisedUntilMs: null };
  let after: string | null = null;
  do {
    const page = alerts.list({ ...query, after, limit: 200 });
    for (const alert of page.items) yield line('alert', { ...alert, alertKind: alert.kind });
    after = page.next;
  } while (after !== null);
}

async function* pagesOf(
  parts: ApiParts,
  homeId: string,
  span: { readonly fromMs: number; readonly toMs: number },
): AsyncGenerator<RangePage> {
  let after: string | null = null;
  do {
    const query = { homeId, kinds: null, ...span, limit: PAGE_READINGS, after };
    const page = await telemetryOf(parts).range(query);
    yield page;
    after = page.next;
  } while (after !== null);
}
