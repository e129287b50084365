// /backtests: what would these settings have done to these homes? Asked for, watched, read, cancelled by supervisors,
// within their districts; every request is on record. The work is done elsewhere and later.

import { callerOf } from '#api/authenticate.ts';
import type { ApiParts, ApiServer } from '#api/context.ts';
import { Problem, type ProblemCode } from '#api/errors.ts';
import { backtest, backtestList, backtestStarted, newBacktest } from '#api/schemas/backtests.ts';
import { idParams, noContent } from '#api/schemas/fields.ts';
import { mayTouch, requireInScope } from '#api/scope.ts';
import { settingsProblems } from '#core/rules/settings-check.ts';
import type { StaffRecord } from '#registry/registry.ts';
import type { Backtest, BacktestRefusal, BacktestRequest } from '#runtime/backtest/backtests.ts';
import { homeTarget } from './parents.ts';

const tags = ['backtests'];

const REFUSALS: Readonly<Record<BacktestRefusal, ProblemCode>> = {
  busy: 'too-many-backtests',
  'no-homes': 'missing-parent',
  'too-many-homes': 'too-many-homes',
  unavailable: 'unavailable',
};

export function backtestRoutes(app: ApiServer, parts: ApiParts): void {
  const { backtests, registry } = parts;
  const create = { tags, body: newBacktest, response: { 202: backtestStarted } };
  app.post('/backtests', { schema: create }, async (request, reply) => {
    const { staff } = callerOf(request);
    const { rules, from: fromMs, to: toMs } = request.body;
    if (fromMs >= toMs) throw new Problem('invalid-input', 'from must be before to');
    const problems = settingsProblems(parts.rules, rules);
    if (problems.length > 0) throw new Problem('bad-rule-settings', undefined, { problems });
    const area = await areaOf(parts, staff, request.body);
    const answer = backtests.request({ staffId: staff.staffId, rules, area, fromMs, toMs });
    if (!answer.ok) throw new Problem(REFUSALS[answer.refusal]);
    const { backtestId, state } = answer.backtest;
    await record(parts, staff, 'backtest', answer.backtest);
    return reply.code(202).send({ backtestId, state });
  });

  app.get('/backtests', { schema: { tags, response: { 200: backtestList } } }, async (request) => {
    const { staff } = callerOf(request);
    return {
      items: backtests
        .list()
        .filter((each) => isWithin(each, staff))
        .map(summaryOf),
    };
  });

  const get = { tags, params: idParams, response: { 200: backtest } };
  app.get('/backtests/:id', { schema: get }, async (request) => {
    const found = await requireBacktest(parts, request.params.id, callerOf(request).staff);
    return { ...summaryOf(found), report: found.report };
  });

  const cancel = { tags, params: idParams, response: { 204: noContent } };
  app.delete('/backtests/:id', { schema: cancel }, async (request, reply) => {
    const { staff } = callerOf(request);
    const found = await requireBacktest(parts, request.params.id, staff);
    backtests.cancel(found.backtestId);
    const { staffId } = staff;
    const subject = `backtest:${found.backtestId}`;
    await registry.audit({ staffId, action: 'backtest-cancelled', subject, detail: '' });
    return reply.code(204).send();
  });
}

interface AskedArea {
  readonly homes?: readonly string[];
  readonly districtCode?: string;
}

/** @throws Problem `missing-parent` for a home or district that does not exist or lies elsewhere */
async function areaOf(
  { registry }: ApiParts,
  staff: StaffRecord,
  { homes, districtCode }: AskedArea,
): Promise<BacktestRequest['area']> {
  if ((homes === undefined) === (districtCode === undefined))
    throw new Problem('invalid-input', 'give either homes or districtCode');
  if (districtCode !== undefined) {
    const target = { districtCode, subject: `district:${districtCode}` } as const;
    await requireInScope(registry, staff, { ...target, missing: 'missing-parent' });
    return { districtCode };
  }
  for (const homeId of homes!) {
    const [target] = await homeTarget(registry, homeId);
    if (target === undefined) throw new Problem('missing-parent');
    await requireInScope(registry, staff, { ...target, missing: 'missing-parent' });
  }
  return { homeIds: homes! };
}

/** @throws Problem `not-found`, also when one of its homes lies in a foreign district */
async function requireBacktest(
  { backtests, registry }: ApiParts,
  id: string,
  staff: StaffRecord,
): Promise<Backtest> {
  const found = backtests.get(id);
  if (found === null) throw new Problem('not-found');
  const foreign = found.districtCodes.find((code) => !mayTouch(staff, code));
  if (foreign !== undefined) {
    const subject = `backtest:${id}` as const;
    await requireInScope(registry, staff, { districtCode: foreign, subject, missing: 'not-found' });
  }
  return found;
}

function isWithin({ districtCodes }: Backtest, staff: StaffRecord): boolean {
  return districtCodes.every((code) => mayTouch(staff, code));
}

function record({ registry }: ApiParts, staff: StaffRecord, action: string, made: Backtest): Promise<void> {
  const { rules, area, fromMs, toMs } = made.request;
  const where = 'homeIds' in area ? `homes ${area.homeIds.join(' ')}` : `district ${area.districtCode}`;
  const when = `${new Date(fromMs).toISOString()} to ${new Date(toMs).toISOString()}`;
  return registry.audit({
    staffId: staff.staffId,
    action,
    subject: `backtest:${made.backtestId}`,
    detail: `${where}, ${when}, rules ${JSON.stringify(rules)}`.slice(0, AUDIT_CHARACTERS_MAX),
  });
}

/** Two hundred homes and some settings fit. */
const AUDIT_CHARACTERS_MAX = 20_000;

function summaryOf({ request, report: _report, districtCodes: _codes, ...rest }: Backtest) {
  const { rules, area, fromMs, toMs, staffId } = request;
  const homes = 'homeIds' in area ? area.homeIds : null;
  const districtCode = 'districtCode' in area ? area.districtCode : null;
  return { ...rest, rules, homes, districtCode, from: fromMs, to: toMs, staffId };
}
