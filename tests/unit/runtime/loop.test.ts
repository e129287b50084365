// Goal: whoever orders something gets the answer to that order, whatever else it brings about in the home.

import { expect, test } from 'vitest';
import { LIMITS } from '#config/limits.ts';
import { Engine } from '#core/engine.ts';
import type { EntryBody } from '#core/model/entry.ts';
import { createMemoryLog } from '#journal/memory.ts';
import { createMemoryAlertStore } from '#push/memory-alert-store.ts';
import { Loop } from '#runtime/loop.ts';
import { homeOf } from '../../support/scenario.ts';

const START_MS = Date.parse('2026-03-02T09:00:00+08:00');
const HOUR_MS = 3_600_000;

function says(device: number, kind: string, value: string | boolean, measuredAtMs: number): EntryBody {
  const { deviceId } = homeOf({}).devices[device - 1]!;
  return {
    ...{ type: 'observation', gateway: 1, device, deviceId, kind, value, isLevel: false, measuredAtMs },
    ...{ isDeviceTime: true, eventId: null, batteryPct: null, isBuffered: false },
  };
}

/** Nobody has stirred since nine, and seven hours later two alerts are open. */
async function afternoon() {
  const clock = { atMs: START_MS, nowMs: () => clock.atMs };
  const log = createMemoryLog({
    clock,
    limits: LIMITS,
    onFatal: (error) => {
      throw error;
    },
  });
  const alerts = createMemoryAlertStore({ resumableEffects: LIMITS.resumableEffects });
  const engine = new Engine();
  const loop = new Loop({ log, engine, alerts, publish: () => undefined, onProcessed: () => undefined });
  await loop.append({ type: 'home-configured', home: homeOf({}) });
  await loop.append(says(1, 'motion', true, START_MS));
  await loop.append(says(4, 'button', 'checkin', START_MS));
  clock.atMs += HOUR_MS;
  await loop.append(says(4, 'button', 'sos', START_MS));
  clock.atMs += 6 * HOUR_MS;
  await loop.append({ type: 'tick' });
  const open = engine.openAlerts();
  return { loop, open, sos: open.find(({ kind }) => kind === 'sos')! };
}

test('closing one alert with a word with the resident clears another, and is answered for itself', async () => {
  const { loop, open, sos } = await afternoon();
  expect(open.map(({ kind }) => kind).sort()).toEqual(['inactivity', 'sos']);
  const claimed = await loop.command({ action: 'claim', alertId: sos.id, staffId: 'li' });
  const token = claimed.ok && 'alert' in claimed ? claimed.alert.claim!.token : 0;
  const outcome = { code: 'WELFARE_OK', detail: 'contact-confirmed' } as const;
  const order = { action: 'close', alertId: sos.id, staffId: 'li', token, note: null, outcome } as const;
  expect(await loop.command(order)).toMatchObject({ ok: true, alert: { id: sos.id, handling: 'closed' } });
});

test('to say that they are back is answered, though an alert of the home ends with it', async () => {
  const { loop } = await afternoon();
  expect(await loop.homeCommand({ action: 'declare-back', home: 1, staffId: 'li' })).toMatchObject({
    ok: true,
  });
});
