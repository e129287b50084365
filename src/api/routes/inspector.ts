// /inspector: refused frames with their reason, newest first, for the integrator who wonders why nothing
// arrives. Frames of gateways outside the caller's districts are left out; those of nobody are for staff who
// see everything.

import { callerOf } from '#api/authenticate.ts';
import type { ApiParts, ApiServer } from '#api/context.ts';
import { limitOf } from '#api/schemas/fields.ts';
import { inspectorAnswer, inspectorQuery } from '#api/schemas/service.ts';
import { mayTouch } from '#api/scope.ts';
import type { KeptRefusedFrame, RefusedQuery } from '#journal/journal.ts';
import type { StaffRecord } from '#registry/registry.ts';

/** Pages read to fill one answer when most frames are foreign; then `before` goes on from there. */
const PAGES_MAX = 10;

export function inspectorRoutes(app: ApiServer, parts: ApiParts): void {
  const schema = { tags: ['service'], querystring: inspectorQuery, response: { 200: inspectorAnswer } };
  app.get('/inspector', { schema }, async (request) => {
    const { gateway = null, reason = null, before } = request.query;
    const query: RefusedQuery = {
      gatewayId: gateway,
      reason,
      beforeId: before === undefined ? null : Number(before),
      limit: limitOf(request.query),
    };
    const frames = await visibleFrames(parts, callerOf(request).staff, query);
    return { items: frames.map(describe), counters: parts.options.refusedCounters() };
  });
}

async function visibleFrames(
  { log, registry }: ApiParts,
  staff: StaffRecord,
  query: RefusedQuery,
): Promise<readonly KeptRefusedFrame[]> {
  const visible: KeptRefusedFrame[] = [];
  let { beforeId } = query;
  for (let page = 0; page < PAGES_MAX && visible.length < query.limit; page += 1) {
    const frames = await log.refused({ ...query, beforeId });
    for (const frame of frames) {
      const gateway = frame.gatewayId === null ? undefined : registry.directory.gateway(frame.gatewayId);
      if (mayTouch(staff, gateway?.districtCode ?? null)) visible.push(frame);
    }
    const last = frames.at(-1);
    if (!last || frames.length < query.limit) break;
    beforeId = last.id;
  }
  return visible.slice(0, query.limit);
}

function describe({ payload, ...frame }: KeptRefusedFrame) {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  return { ...frame, payloadText: bytes.toString('utf8'), payloadBase64: bytes.toString('base64') };
}
