// Goal: a device that is handed to another home, or registered to the right one, brings nothing of the first along and
// leaves no alarm there: a band goes from one patient to the next, and help goes to the door where somebody pressed.

import { expect, test } from 'vitest';
import { Engine } from '#core/engine.ts';
import type { EntryBody } from '#core/model/entry.ts';
import type { DeviceConfiguration } from '#core/model/home.ts';
import type { ObservationValue } from '#core/model/observation.ts';
import { doorOpen } from '#core/rules/door-open.ts';
import { emergency } from '#core/rules/emergency.ts';
import { tamper } from '#core/rules/tamper.ts';
import { temperature } from '#core/rules/temperature.ts';
import { vitalSigns } from '#core/rules/vital-signs.ts';
import { waterLow } from '#core/rules/water-low.ts';
import { encodeSnapshot, restoreSnapshot } from '#core/snapshot.ts';
import { homeOf } from '../support/scenario.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const START_MS = Date.parse('2026-03-02T08:00:00+08:00');

/** Of devices; others may ring in these homes as well. */
const RULES = [emergency, vitalSigns, temperature, doorOpen, waterLow, tamper];

type Step = readonly [ms: number, body: EntryBody];

const gateway: EntryBody = {
  type: 'gateway-configured',
  gateway: {
    ...{ gateway: 1, gatewayId: 'gw-1', revision: 1, districtCode: '330106001001', home: null },
    ...{ supervision: 'none', isWatched: true },
  },
};

function home(number: number, ...devices: readonly Partial<DeviceConfiguration>[]): EntryBody {
  return {
    type: 'home-configured',
    home: { ...homeOf({ devices }), home: number, homeId: `h-${number}` },
  };
}

function says(kind: string, value: ObservationValue, deviceId = 'it'): EntryBody {
  const isLevel = kind !== 'button';
  return {
    ...{ type: 'observation', gateway: 1, device: 1, deviceId, kind, value, isLevel, measuredAtMs: 0 },
    ...{ isDeviceTime: true, eventId: null, batteryPct: null, isBuffered: false },
  };
}

/** What is raised, and where; with a snapshot cut at every entry. `close`: whoever is open is claimed and closed. */
function play(steps: readonly (Step | readonly [ms: number, 'close'])[]): string[] {
  let engine = new Engine(RULES);
  const said: string[] = [];
  const step = (atMs: number, body: EntryBody): void => {
    for (const effect of engine.step({ offset: engine.offset + 1, atMs, body }))
      if (effect.type === 'alert' && ['raised', 'repeated', 'returned'].includes(effect.change))
        said.push(`${effect.change} ${effect.alert.kind} ${effect.alert.homeId}`);
    engine = restoreSnapshot(encodeSnapshot(engine), RULES);
  };
  for (const [ms, what] of steps) {
    const atMs = START_MS + ms;
    while (engine.nextDeadlineMs() <= atMs) step(engine.nextDeadlineMs(), { type: 'tick' });
    if (what !== 'close') step(atMs, what.type === 'observation' ? { ...what, measuredAtMs: atMs } : what);
    else
      for (const { id: alertId } of engine.openAlerts()) {
        step(atMs, { type: 'command', command: { action: 'claim', alertId, staffId: 'li' } });
        const token = engine.book.get(alertId)!.claim!.token;
        const outcome = { code: 'EMERGENCY', detail: 'ambulance120' } as const;
        const close = { action: 'close', alertId, staffId: 'li', token, note: null, outcome } as const;
        step(atMs, { type: 'command', command: close });
      }
  }
  return said;
}

function moved(
  device: Partial<DeviceConfiguration>,
  before: readonly Step[],
  after: readonly Step[],
): string[] {
  const it = { deviceId: 'it', ...device };
  return play([
    [0, gateway],
    [0, home(1, it)],
    [0, home(2)],
    ...before,
    [5 * DAY_MS, home(1)],
    [5 * DAY_MS + 1, home(2, it)],
    ...after.map(([ms, body]): Step => [5 * DAY_MS + ms, body]),
  ]);
}

test('a band that rang for one patient rings for the next, whether the first alert was closed or not', () => {
  const band = { kind: 'heart_rate_bpm' };
  const ill: Step[] = [
    [MINUTE_MS, says('spo2_pct', 85)],
    [10 * MINUTE_MS, says('spo2_pct', 84)],
  ];
  const next: Step[] = [
    [HOUR_MS, says('spo2_pct', 80)],
    [HOUR_MS + 10 * MINUTE_MS, says('spo2_pct', 78)],
  ];
  const both = ['raised vital-signs h-1', 'raised vital-signs h-2'];
  expect(moved(band, ill, next)).toEqual(both);
  expect(moved(band, [...ill, [HOUR_MS, says('spo2_pct', 98)]], next)).toEqual(both);
});

test('a press counts where the button is now, though an alarm of where it was is open', () => {
  const press: Step[] = [[HOUR_MS, says('button', 'sos')]];
  expect(moved({ kind: 'button' }, press, press)).toEqual(['raised sos h-1', 'raised sos h-2']);
});

test('pressed before it was registered: the next press has an address', () => {
  const said = play([
    [0, gateway],
    [0, home(2)],
    [MINUTE_MS, { ...says('button', 'sos'), device: null } as EntryBody],
    [2 * MINUTE_MS, home(2, { deviceId: 'it', kind: 'button' })],
    [3 * MINUTE_MS, says('button', 'sos')],
  ]);
  expect(said).toEqual(['raised sos null', 'raised sos h-2']);
});

test('a thermometer, a contact that was taken off and a meter begin anew', () => {
  const cold = (from: number): Step[] =>
    [0, 1, 2, 3].map((hour) => [(from + hour) * HOUR_MS, says('temperature_c', 5)]);
  const thermometer = moved({ kind: 'temperature_c' }, cold(1), cold(1));
  expect(thermometer).toEqual(['raised temperature h-1', 'raised temperature h-2']);
  const contact = { kind: 'contact', room: 'hall', zone: 'entry' } as const;
  const taken: Step[] = [[5 * DAY_MS - MINUTE_MS, says('contact', true)]];
  expect(moved(contact, taken, [[HOUR_MS, says('battery_pct', 90)]])).toEqual([]);
  const meter: Step[] = [1, 2, 3].map((hour) => [hour * HOUR_MS, says('water_liters', 100 + hour)]);
  expect(moved({ kind: 'water_liters' }, meter, [[9 * HOUR_MS, says('water_liters', 103)]])).toEqual([]);
});

test('taken out and put back into the same home nothing begins anew', () => {
  const it = { deviceId: 'it', kind: 'temperature_c' };
  const said = play([
    [0, gateway],
    [0, home(1, it)],
    [HOUR_MS, says('temperature_c', 5)],
    [2 * HOUR_MS, says('temperature_c', 5)],
    [2 * HOUR_MS + 1, home(1)],
    [2 * HOUR_MS + 2, home(1, it)],
    [3 * HOUR_MS, says('temperature_c', 5)],
  ]);
  expect(said).toEqual(['raised temperature h-1']);
});

test('the open alert of the home before stays there, also after a restart', () => {
  const it = { deviceId: 'it', kind: 'smoke' };
  const effects = play([
    [0, gateway],
    [0, home(1, it)],
    [0, home(2)],
    [MINUTE_MS, says('tamper', true)],
    [10 * MINUTE_MS, home(1)],
    [10 * MINUTE_MS, home(2, it)],
    [20 * MINUTE_MS, says('tamper', true)],
    [30 * MINUTE_MS, says('tamper', false)],
    [40 * MINUTE_MS, says('tamper', true)],
  ]);
  expect(effects).toEqual(['raised tamper h-1', 'raised tamper h-2', 'raised tamper h-2']);
});
