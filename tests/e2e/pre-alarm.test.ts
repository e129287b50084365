// Goal: the whole way of a question: the elder's terminal is asked over MQTT before the alert, the press on it takes
// the question back, and no alert comes; who does not answer is asked for by people. Method: the shortest threshold
// there is, real time, the simulated gateway as the terminal.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { HOME_DEVICES } from '../../simulators/devices.ts';
import { SimulatedGateway } from '../../simulators/gateway.ts';
import type { WireCommand } from '../../simulators/native-format.ts';
import { createRandom } from '../../simulators/random.ts';
import { alertOf, type ServiceUnderTest, startService } from '../support/service.ts';
import { until } from '../support/until.ts';

/** 60 s is the least a threshold can be; frail residents are asked for after three quarters of it. */
const SHORTEST = { dayMs: 60_000, nightMs: 60_000, nightWithoutBedroomMs: 60_000 };

let service: ServiceUnderTest;
beforeAll(async () => {
  service = await startService({ homes: 2 });
  for (const { homeId } of service.homes) {
    await service.api.patch(`/homes/${homeId}`, { rules: { inactivity: SHORTEST } });
    const { items } = await service.api.get<{ items: { elderId: string }[] }>(`/elders?homeId=${homeId}`);
    await service.api.patch(`/elders/${items[0]!.elderId}`, { abilityLevel: 3 });
  }
});
afterAll(() => service.stop());

interface Heard extends WireCommand {
  readonly question?: string;
  readonly forSeconds?: number;
}

function gatewayOf(index: number) {
  const { gatewayId, secret } = service.homes[index]!;
  const gateway = new SimulatedGateway({
    url: service.started.mqtt,
    gatewayId,
    secret,
    random: createRandom(1),
  });
  const heard: Heard[] = [];
  gateway.onCommand((deviceId, command) => {
    expect(deviceId).toBe('terminal-living');
    heard.push(command);
  });
  return { gateway, heard };
}

test('asked, answered, withdrawn; asked and not answered: the alert says when the elder was asked', async () => {
  const desk = await service.desk();
  const well = gatewayOf(0);
  const unwell = gatewayOf(1);
  for (const { gateway } of [well, unwell]) {
    gateway.start();
    // A home of which most sensors have never spoken is not seen, and its silence means nothing.
    for (const { deviceId } of HOME_DEVICES)
      gateway.report({ deviceId, kind: 'signal_dbm', value: -60, isLevel: true });
    gateway.report({ deviceId: 'pir-living', kind: 'motion', value: true, isLevel: false });
    await gateway.drained();
  }
  await until('both are asked', () => well.heard.length === 1 && unwell.heard.length === 1);
  const [ask] = well.heard;
  expect(ask).toMatchObject({ kind: 'ask', question: 'are-you-well' });
  expect(ask!.forSeconds).toBeGreaterThan(0);
  well.gateway.report({ deviceId: 'terminal-living', kind: 'button', value: 'cancel', isLevel: false });
  await until('the question is taken back', () => well.heard.length === 2);
  expect(well.heard[1]).toEqual({ id: ask!.id, kind: 'withdraw' });

  const alert = await alertOf(desk, 'inactivity');
  expect(alert.homeId).toBe(service.homes[1]!.homeId);
  expect(alert.explanation.params['askedAtMs']).toBeLessThan(alert.raisedAtMs);
  expect(unwell.heard).toHaveLength(1);
  await well.gateway.stop();
  await unwell.gateway.stop();
  desk.socket.close();
});
