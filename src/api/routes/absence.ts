// /homes/{id}/absence: the residents told us that they are out, and until when; or that they are back. A command goes
// to the log and the core answers in the log's order. On record like every change of a home.

import { callerOf } from '#api/authenticate.ts';
import type { ApiParts, ApiServer } from '#api/context.ts';
import { Problem, problemOfHomeRefusal } from '#api/errors.ts';
import { createIdempotentAnswers } from '#api/idempotency.ts';
import { absenceBody, homeStateAnswer } from '#api/schemas/absence.ts';
import { commandHeaders } from '#api/schemas/alerts.ts';
import { idParams } from '#api/schemas/fields.ts';
import { requireInScope } from '#api/scope.ts';
import type { HomeCommand } from '#core/model/command.ts';
import type { HomeState } from '#core/model/home-state.ts';
import type { HomeRecord, StaffRecord } from '#registry/registry.ts';
import type { HomeCommandResult } from '#runtime/runtime.ts';

interface Order {
  readonly homeId: string;
  readonly staff: StaffRecord;
  readonly key: string | undefined;
  commandFor(home: number): HomeCommand;
}

export function absenceRoutes(app: ApiServer, parts: ApiParts): void {
  const answers = createIdempotentAnswers<HomeCommandResult>();
  const shared = {
    tags: ['homes'],
    params: idParams,
    headers: commandHeaders,
    response: { 200: homeStateAnswer },
  };

  async function run({ homeId, staff, key, commandFor }: Order): Promise<{ state: HomeState }> {
    const { home } = await requireHome(parts, homeId, staff);
    const command = commandFor(home);
    const { staffId } = staff;
    const request = { staffId, key: key ?? null, command: JSON.stringify(command) };
    const result = await answers.once(request, () => parts.runtime.homeCommand(command));
    if (!result.ok) throw problemOfHomeRefusal(result.refusal);
    const { action } = command;
    const detail =
      command.action === 'declare-away' ? `until ${new Date(command.untilMs).toISOString()}` : '';
    await parts.registry.audit({ staffId, action, subject: `home:${homeId}`, detail });
    return { state: result.state };
  }

  app.post('/homes/:id/absence', { schema: { ...shared, body: absenceBody } }, (request) => {
    const { staff } = callerOf(request);
    const { untilMs, note = null } = request.body;
    const order = { homeId: request.params.id, staff, key: request.headers['idempotency-key'] };
    const { staffId } = staff;
    return run({
      ...order,
      commandFor: (home) => ({ action: 'declare-away', home, staffId, untilMs, note }),
    });
  });

  app.delete('/homes/:id/absence', { schema: shared }, (request) => {
    const { staff } = callerOf(request);
    const order = { homeId: request.params.id, staff, key: request.headers['idempotency-key'] };
    const { staffId } = staff;
    return run({ ...order, commandFor: (home) => ({ action: 'declare-back', home, staffId }) });
  });
}

/** @throws Problem `not-found`, also when it lies in a foreign district */
async function requireHome({ registry }: ApiParts, homeId: string, staff: StaffRecord): Promise<HomeRecord> {
  const home = await registry.homes.get(homeId);
  if (!home) throw new Problem('not-found');
  const { districtCode } = home;
  await requireInScope(registry, staff, { districtCode, subject: `home:${homeId}`, missing: 'not-found' });
  return home;
}
