// A back-test through the whole service: readings over MQTT, alerts closed by staff, the same history in a thread of
// its own with the settings of then and with others, and what the report says of both.

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Alert } from '#core/model/alert.ts';
import type { Backtest } from '#runtime/backtest/backtests.ts';
import { alertOf, type ServiceUnderTest, startService, topicOf } from '../support/service.ts';

let service: ServiceUnderTest;
let alert: Alert;
beforeAll(async () => {
  service = await startService({ homes: 2 });
  const desk = await service.desk();
  for (const index of [0, 1]) {
    const gateway = await service.gateway(index);
    await gateway.publishAsync(
      topicOf(service.homes[index]!, 'sos-button'),
      '[{"id":"b1","kind":"battery_pct","value":15},{"id":"p1","kind":"button","value":"sos"}]',
      { qos: 1 },
    );
    await gateway.endAsync();
  }
  alert = (await alertOf(desk, 'low-battery')) as Alert;
  const sos = await alertOf(desk, 'sos');
  const path = `/alerts/${encodeURIComponent(sos.id)}`;
  const claimed = await service.api.post<{ alert: Alert }>(`${path}/claim`, {});
  const { token } = claimed.alert.claim!;
  await service.api.post(`${path}/close`, { token, code: 'ACCIDENTAL', detail: 'press' });
  desk.socket.close();
});
afterAll(() => service.stop());

type Answer = Omit<Backtest, 'request'>;

async function backtest(asked: object): Promise<Answer> {
  const window = { from: 0, to: Date.now() + 60_000 };
  const { backtestId, state } = await service.api.post<Answer>('/backtests', { ...window, ...asked });
  expect(['queued', 'running']).toContain(state);
  for (;;) {
    const answer = await service.api.get<Answer>(`/backtests/${backtestId}`);
    if (answer.state !== 'queued' && answer.state !== 'running') return answer;
    await sleep(20);
  }
}

test('unchanged settings raise what was raised, and the report says how it was closed', async () => {
  const { homeId } = service.homes[0]!;
  const { state, progress, error, report } = await backtest({ rules: {}, homes: [homeId] });
  expect({ state, progress, error }).toEqual({ state: 'done', progress: 1, error: null });
  expect(report).toMatchObject({ isWholeLog: true, homes: 1, falseBefore: 1, falseAfter: 1, helpBefore: 0 });
  expect(report!.listed).toEqual({ wouldRaise: 0, wouldNotRaise: 0, both: 2 });
  const raisedAtMs = alert.raisedAtMs;
  const low = report!.both.find(({ kind }) => kind === 'low-battery');
  expect(low).toMatchObject({ alertId: alert.id, atMs: raisedAtMs, wouldAtMs: raisedAtMs, outcome: null });
  expect(report!.both.find(({ kind }) => kind === 'sos')!.outcome).toEqual({
    code: 'ACCIDENTAL',
    detail: 'press',
  });
});

test('other settings: what would not have been raised, and what would', async () => {
  const home = await service.api.get<{ districtCode: string }>(`/homes/${service.homes[0]!.homeId}`);
  const districtCode = `${home.districtCode.slice(0, 2)}0000000000`;
  const milder = await backtest({ rules: { 'low-battery': { lowPct: 10 } }, districtCode });
  expect(milder.report).toMatchObject({ homes: 2, before: { raised: 4 }, after: { raised: 2 } });
  expect(milder.report!.wouldNotRaise.map(({ kind }) => kind)).toEqual(['low-battery', 'low-battery']);
  expect(milder.report!.byRule).toContainEqual({ rule: 'low-battery', before: 2, after: 0, both: 0 });
  const nothing = await backtest({ rules: {}, homes: [service.homes[1]!.homeId], to: 1_000 });
  expect(nothing.report).toMatchObject({ coveredFromMs: null, homeDays: 0, listed: { both: 0 } });
});

test('settings no rule has, homes nobody knows, and a window that ends before it begins are refused', async () => {
  const { homeId } = service.homes[0]!;
  const refusalOf = (asked: object) => backtest(asked).catch(({ code }: { code: string }) => code);
  const rules = { 'low-battery': { lowPct: 1_000 } };
  expect(await refusalOf({ rules, homes: [homeId] })).toBe('bad-rule-settings');
  expect(await refusalOf({ rules: { nonsense: { a: 1 } }, homes: [homeId] })).toBe('bad-rule-settings');
  expect(await refusalOf({ rules: {}, homes: ['h-nobody'] })).toBe('missing-parent');
  expect(await refusalOf({ rules: {} })).toBe('invalid-input');
  expect(await refusalOf({ rules: {}, homes: [homeId], from: 2, to: 1 })).toBe('invalid-input');
});

test('many at once wait or are refused; each can be cancelled; all are on record', async () => {
  const asked = { rules: {}, homes: [service.homes[0]!.homeId], from: 0, to: Date.now() };
  const answers = await Promise.allSettled(
    Array.from({ length: 12 }, () => service.api.post<Answer>('/backtests', asked)),
  );
  const refused = answers.filter((answer) => answer.status === 'rejected').map(({ reason }) => reason.code);
  expect(new Set(refused)).toEqual(new Set(['too-many-backtests']));
  const taken = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value.backtestId] : []));
  for (const backtestId of taken) await service.api.delete(`/backtests/${backtestId}`);
  const { items } = await service.api.get<{ items: Answer[] }>('/backtests');
  const states = items.filter(({ backtestId }) => taken.includes(backtestId)).map(({ state }) => state);
  expect(states).toHaveLength(taken.length);
  expect(states.every((state) => state === 'cancelled' || state === 'done')).toBe(true);
  expect(states).toContain('cancelled');
  expect(await backtest(asked)).toMatchObject({ state: 'done' });
});
