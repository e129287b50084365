// Goal: a declared absence through the whole service: decided in the log, on the card, still there after a restart,
// ended by a resident who walks in; and an SOS rings meanwhile.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { HomeState } from '#core/model/home-state.ts';
import { HOME_DEVICES } from '../../simulators/devices.ts';
import { alertOf, type ServiceUnderTest, startService, topicOf } from '../support/service.ts';

const folder = mkdtempSync(join(tmpdir(), 'shouwang-absence-'));
let service: ServiceUnderTest;
afterAll(async () => {
  await service.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function stateOnCard(): Promise<HomeState> {
  const { homeId } = service.homes[0]!;
  return (await service.api.get<{ state: HomeState }>(`/homes/${homeId}/card`)).state;
}

test('declared, kept over a restart, and the watch goes on with the first who walks in', async () => {
  service = await startService({ folder });
  const home = service.homes[0]!;
  const path = `/homes/${home.homeId}/absence`;
  const untilMs = Date.now() + 86_400_000;
  await expect(service.api.post(path, { untilMs: Date.now() - 1 })).rejects.toMatchObject({
    status: 422,
    code: 'bad-absence-end',
  });
  const { state } = await service.api.post<{ state: HomeState }>(path, {
    untilMs,
    note: 'with her daughter',
  });
  expect(state).toMatchObject({ presence: 'away', absence: { untilMs, note: 'with her daughter' } });
  await service.stop();

  service = await startService({ folder });
  expect(await stateOnCard()).toMatchObject({ presence: 'away', absence: { untilMs, note: null } });
  const desk = await service.desk();
  const gateway = await service.gateway();
  const publish = (device: string, body: object) =>
    gateway.publishAsync(topicOf(home, device), JSON.stringify(body), { qos: 1 });
  await publish('sos-button', { id: 'p', kind: 'button', value: 'sos' });
  await alertOf(desk, 'sos');
  for (const { deviceId } of HOME_DEVICES)
    await publish(deviceId, { id: 's', kind: 'signal_dbm', value: -50 });
  await publish('pir-living', { id: 'm', kind: 'motion', value: true });
  await publish('pir-kitchen', { id: 'm', kind: 'motion', value: true });
  expect(await stateOnCard()).toMatchObject({ presence: 'home', absence: { untilMs } });
  await service.api.delete(path);
  expect(await stateOnCard()).toMatchObject({ presence: 'home', absence: null });
  await gateway.endAsync();
  desk.socket.close();
});
