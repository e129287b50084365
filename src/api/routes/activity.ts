// /homes/{id}/activity: rooms × time for the raster beside an alarm. Quiet and unseen are told apart
// (activity-raster.ts, unseen.ts). Counts of movement only, so it needs no claim; every look is an audit row.

import { rasterOf } from '#api/activity-raster.ts';
import { callerOf } from '#api/authenticate.ts';
import type { ApiParts, ApiServer } from '#api/context.ts';
import { Problem } from '#api/errors.ts';
import { idParams } from '#api/schemas/fields.ts';
import { activityAnswer, activityQuery } from '#api/schemas/telemetry.ts';
import type { DeviceRecord } from '#registry/registry.ts';
import { answered, requireHome, spanOf, telemetryOf } from './telemetry.ts';

/** A cell narrower than a minute is a list of events. */
const STEP_MS_MIN = 60_000;
const CELLS_MAX = 2_000;
/** A month: what of a home has to be read one by one for it stays some ten thousand readings. */
const SPAN_MS_MAX = 31 * 86_400_000;
const WHOLE = { scope: null, after: null, limit: 200 } as const;

export function activityRoutes(app: ApiServer, parts: ApiParts): void {
  const schema = {
    tags: ['telemetry'],
    params: idParams,
    querystring: activityQuery,
    response: { 200: activityAnswer },
  };
  app.get('/homes/:id/activity', { schema }, async (request) => {
    const { staff } = callerOf(request);
    const { homeId } = await requireHome(parts, request.params.id, staff);
    const query = { homeId, ...spanOf(request.query), stepMs: Number(request.query.step) };
    check(query);
    const telemetry = telemetryOf(parts);
    const subject = `home:${homeId}`;
    await parts.registry.audit({
      staffId: staff.staffId,
      action: 'telemetry-read',
      subject,
      detail: 'activity',
    });
    const activity = await answered(telemetry.activity(query));
    const { items } = await parts.registry.devices.list(WHOLE, { homeId });
    const { fromMs, toMs, stepMs } = query;
    const { writtenUntilMs } = activity;
    const devices = items.map((device) => ({ ...device, silentSinceMs: silentSinceMs(parts, device) }));
    return { fromMs, toMs, stepMs, ...rasterOf(query, activity, devices), writtenUntilMs };
  });
}

/** The core has supervised the device all the time, telemetry only sees what was written. */
function silentSinceMs({ runtime }: ApiParts, { device }: DeviceRecord): number | null {
  const status = runtime.deviceStatus(device);
  return status?.state === 'offline' ? (status.lastSeenAtMs ?? 0) : null;
}

function check({ fromMs, toMs, stepMs }: { fromMs: number; toMs: number; stepMs: number }): void {
  if (stepMs < STEP_MS_MIN) throw new Problem('invalid-input', '`step` is at least 60000 ms');
  if (toMs - fromMs > SPAN_MS_MAX) throw new Problem('invalid-input', 'at most 31 days at once');
  if ((toMs - fromMs) / stepMs > CELLS_MAX) throw new Problem('invalid-input', 'at most 2000 cells per room');
}
