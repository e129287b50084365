// /homes/{id}/drift: the weeks behind a notice that habits are changing, from the core's memory. About how somebody
// lives, so every look is on record.

import { callerOf } from '#api/authenticate.ts';
import type { ApiParts, ApiServer } from '#api/context.ts';
import { Problem } from '#api/errors.ts';
import { weeksAnswer } from '#api/schemas/drift.ts';
import { idParams } from '#api/schemas/fields.ts';
import { requireInScope } from '#api/scope.ts';

export function driftRoutes(app: ApiServer, { registry, runtime }: ApiParts): void {
  const schema = { tags: ['homes'], params: idParams, response: { 200: weeksAnswer } };
  app.get('/homes/:id/drift', { schema }, async (request) => {
    const { staff } = callerOf(request);
    const { id } = request.params;
    const record = await registry.homes.get(id);
    if (record === null) throw new Problem('not-found');
    const { districtCode, home } = record;
    const subject = `home:${id}` as const;
    await requireInScope(registry, staff, { districtCode, subject, missing: 'not-found' });
    await registry.audit({ staffId: staff.staffId, action: 'drift', subject, detail: '' });
    return { weeks: runtime.homeWeeks(home) };
  });
}
