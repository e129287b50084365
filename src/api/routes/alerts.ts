// /alerts: read the queue and its past; claim, release, acknowledge, note, close. A command goes to the log
// and the core answers in the log's order: two claims at once have one winner. The store's copy is only asked
// for scope.

import { callerOf } from '#api/authenticate.ts';
import type { ApiParts, ApiServer } from '#api/context.ts';
import { Problem, problemOfRefusal } from '#api/errors.ts';
import { createIdempotentAnswers } from '#api/idempotency.ts';
import {
  alert,
  alertAnswer,
  alertHistory,
  alertQuery,
  closeBody,
  commandHeaders,
  noteBody,
  tokenBody,
} from '#api/schemas/alerts.ts';
import { idParams, limitOf, listing } from '#api/schemas/fields.ts';
import { requireInScope } from '#api/scope.ts';
import type { Alert, AlertKind, Handling } from '#core/model/alert.ts';
import type { AlertCommand, OutcomeCode } from '#core/model/command.ts';
import { isOutcome } from '#core/model/command.ts';
import type { StaffRecord } from '#registry/registry.ts';
import type { CommandResult } from '#runtime/runtime.ts';

const tags = ['alerts'];

export function alertRoutes(app: ApiServer, parts: ApiParts): void {
  readRoutes(app, parts);
  commandRoutes(app, parts);
}

/** @throws Problem `no-such-alert`, also when it lies in a foreign district */
async function requireAlert(
  { registry, alerts, runtime }: ApiParts,
  id: string,
  staff: StaffRecord,
): Promise<Alert> {
  // An alert on the screens must be answerable even when its projection is behind or broken.
  const found = alerts.get(id) ?? runtime.openAlerts().find((open) => open.id === id);
  if (!found) throw new Problem('no-such-alert');
  const { districtCode } = found;
  await requireInScope(registry, staff, { districtCode, subject: `alert:${id}`, missing: 'no-such-alert' });
  return found;
}

function readRoutes(app: ApiServer, parts: ApiParts): void {
  const { alerts } = parts;
  const list = { tags, querystring: alertQuery, response: { 200: listing(alert) } };
  app.get('/alerts', { schema: list }, async (request) => {
    const { query } = request;
    return alerts.list({
      scope: callerOf(request).staff.districtCode,
      homeId: query.home ?? null,
      handling: (query.handling?.split(',') as Handling[] | undefined) ?? null,
      kind: (query.kind?.split(',') as AlertKind[] | undefined) ?? null,
      raisedFromMs: numberOf(query.from),
      raisedUntilMs: numberOf(query.until),
      after: query.after ?? null,
      limit: limitOf(query),
    });
  });

  const get = { tags, params: idParams, response: { 200: alert } };
  app.get('/alerts/:id', { schema: get }, (request) =>
    requireAlert(parts, request.params.id, callerOf(request).staff),
  );

  const history = { tags, params: idParams, response: { 200: alertHistory } };
  app.get('/alerts/:id/history', { schema: history }, async (request) => {
    const { id } = await requireAlert(parts, request.params.id, callerOf(request).staff);
    return { items: alerts.history(id) };
  });
}

function numberOf(digits: string | undefined): number | null {
  return digits === undefined ? null : Number(digits);
}

interface CommandRequest {
  readonly staff: StaffRecord;
  readonly key: string | undefined;
  readonly command: AlertCommand;
}

function commandRoutes(app: ApiServer, parts: ApiParts): void {
  const answers = createIdempotentAnswers<CommandResult>();
  const response = { 200: alertAnswer };
  const shared = { tags, params: idParams, headers: commandHeaders, response };

  async function run({ staff, key, command }: CommandRequest): Promise<{ alert: Alert }> {
    await requireAlert(parts, command.alertId, staff);
    const request = { staffId: staff.staffId, key: key ?? null, command: JSON.stringify(command) };
    const result = await answers.once(request, () => parts.runtime.command(command));
    if (!result.ok) throw problemOfRefusal(result.refusal, result.heldBy);
    return { alert: result.alert };
  }

  app.post('/alerts/:id/claim', { schema: shared }, (request) => {
    const { staff } = callerOf(request);
    const command: AlertCommand = { action: 'claim', alertId: request.params.id, staffId: staff.staffId };
    return run({ staff, key: request.headers['idempotency-key'], command });
  });

  for (const action of ['release', 'acknowledge'] as const) {
    app.post(`/alerts/:id/${action}`, { schema: { ...shared, body: tokenBody } }, (request) => {
      const { staff } = callerOf(request);
      const { token } = request.body;
      const command: AlertCommand = { action, alertId: request.params.id, staffId: staff.staffId, token };
      return run({ staff, key: request.headers['idempotency-key'], command });
    });
  }

  app.post('/alerts/:id/notes', { schema: { ...shared, body: noteBody } }, (request) => {
    const { staff } = callerOf(request);
    const { text } = request.body;
    const key = request.headers['idempotency-key'];
    const base = { action: 'note', alertId: request.params.id, staffId: staff.staffId, text } as const;
    return run({ staff, key, command: key === undefined ? base : { ...base, key } });
  });

  app.post('/alerts/:id/close', { schema: { ...shared, body: closeBody } }, (request) => {
    const { staff } = callerOf(request);
    const { token, code, detail, note = null } = request.body;
    if (!isOutcome(code, detail)) throw new Problem('bad-outcome', `${code}/${detail} is not an outcome`);
    const outcome = { code: code as OutcomeCode, detail };
    const command: AlertCommand = {
      action: 'close',
      alertId: request.params.id,
      staffId: staff.staffId,
      ...{ token, outcome, note },
    };
    return run({ staff, key: request.headers['idempotency-key'], command });
  });
}
