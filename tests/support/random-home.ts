// A home to which anything may happen, for properties of the whole core: what is said, when, late, by which device.

import fc from 'fast-check';
import { Engine } from '#core/engine.ts';
import type { Alert } from '#core/model/alert.ts';
import type { Outcome } from '#core/model/command.ts';
import type { EntryBody, ObservationBody } from '#core/model/entry.ts';
import type { DeviceConfiguration, HomeConfiguration, SupervisionClass } from '#core/model/home.ts';
import type { Rule } from '#core/rules/rule.ts';
import { homeOf } from './scenario.ts';

export const MINUTE_MS = 60_000;
export const START_MS = Date.UTC(2026, 2, 27, 6);

export const DEVICES: readonly Partial<DeviceConfiguration>[] = [
  { deviceId: 'pir-bedroom', kind: 'motion', room: 'bedroom', zone: 'bedroom' },
  { deviceId: 'pir-bathroom', kind: 'motion', room: 'bathroom', zone: 'bathroom', supervision: '5h' },
  { deviceId: 'pir-living', kind: 'motion', room: 'living room' },
  { deviceId: 'door', kind: 'contact', room: 'hall', zone: 'entry' },
  { deviceId: 'bed', kind: 'bed', room: 'bedroom', zone: 'bedroom' },
  { deviceId: 'button', kind: 'button', room: 'living room' },
  { deviceId: 'meter', kind: 'water_liters', room: 'kitchen', zone: 'kitchen', supervision: '25h' },
  { deviceId: 'band', kind: 'heart_rate_bpm', room: 'bedroom' },
  { deviceId: 'climate', kind: 'temperature_c', room: 'bedroom' },
  { deviceId: 'watch', kind: 'location', room: 'hall' },
  { deviceId: 'terminal', kind: 'terminal', room: 'living room' },
];

export const happening = fc.record({
  afterMinutes: fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 0, max: 30 }) },
    fc.integer({ min: 30, max: 20 * 60 }),
  ),
  lateMinutes: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 9 * 60 })),
  device: fc.integer({ min: 0, max: DEVICES.length - 1 }),
  isTrue: fc.boolean(),
  number: fc.integer({ min: 0, max: 200 }),
  turn: fc.integer({ min: 0, max: 30 }),
});
export type Happening = (typeof happening extends fc.Arbitrary<infer T> ? T : never) & object;

const PRESS: Happening = { device: 5, isTrue: true, afterMinutes: 0, lateMinutes: 0, number: 1, turn: 3 };

export interface RandomHomeOptions {
  readonly timezone?: string;
  readonly residents?: number;
  readonly rules?: readonly Rule[];
  /** Indexes into `DEVICES` in the order in which the configuration lists them. */
  readonly order?: readonly number[];
  /** A second home with the same devices behind a gateway of its own, to which the same happens. */
  readonly hasNeighbour?: boolean;
  /** How long the gateway may be quiet: with less than the usual pauses its silence hides all else. */
  readonly gatewaySupervision?: SupervisionClass;
}

export class RandomHome {
  readonly engine: Engine;
  /** When which alert of the home was raised or cleared. */
  readonly alerts: string[] = [];
  readonly #homes: readonly HomeConfiguration[];
  readonly #supervision: SupervisionClass;
  nowMs = START_MS;
  ticks = 0;

  constructor({ timezone, residents = 1, rules, order, hasNeighbour, ...options }: RandomHomeOptions = {}) {
    this.engine = new Engine(rules);
    const numbered = DEVICES.map((device, index) => ({ ...device, device: index + 1 }));
    const devices = order === undefined ? numbered : order.map((index) => numbered[index]!);
    const home = homeOf({ devices, home: { residents }, ...(timezone === undefined ? {} : { timezone }) });
    this.#homes = hasNeighbour ? [neighbourOf(home), home] : [home];
    this.#supervision = options.gatewaySupervision ?? '180s';
    this.configure();
  }

  /** Says the same configuration, for the first time or again. */
  configure(): void {
    for (const home of this.#homes) {
      const { gateway } = home.devices[0]!;
      const shared = { revision: 1, districtCode: home.districtCode, home: home.home, isWatched: true };
      const gatewayId = `gw-${gateway}`;
      this.#step({
        type: 'gateway-configured',
        gateway: { gateway, gatewayId, supervision: this.#supervision, ...shared },
      });
      this.#step({ type: 'home-configured', home });
    }
  }

  take(happening: Happening): void {
    this.waitUntil(this.nowMs + happening.afterMinutes * MINUTE_MS);
    for (const { devices } of this.#homes) {
      const { gateway } = devices[0]!;
      if (happening.turn < 2) this.#link(gateway, happening.turn === 1);
      else
        this.#step({
          ...observationOf(happening, this.nowMs),
          gateway,
          device: deviceOf(happening, gateway),
        });
    }
  }

  /** Somebody is in, and well. */
  press(): void {
    this.take(PRESS);
  }

  /** Said anew with changes: a home that is no longer watched, say. */
  reconfigure(change: Partial<HomeConfiguration>): void {
    for (const home of this.#homes) this.#step({ type: 'home-configured', home: { ...home, ...change } });
  }

  /** Our own: nothing is heard and no time passes for the core; then it is told since when. */
  outage(minutes: number): void {
    const fromMs = this.nowMs;
    this.nowMs += minutes * MINUTE_MS;
    this.#step({ type: 'resumed', reason: 'start', fromMs, coreVersion: 'test' });
  }

  declareAway(hours: number): void {
    const untilMs = this.nowMs + hours * 60 * MINUTE_MS;
    const order = { action: 'declare-away', home: 1, staffId: 'li', untilMs, note: null } as const;
    this.#step({ type: 'command', command: order });
  }

  /** An SOS of the button, or of a device nobody knows. Answers what was said of it. */
  sos(eventId: string, isKnown = true): string[] {
    const before = this.alerts.length;
    const observation = observationOf({ ...PRESS }, this.nowMs);
    const device = isKnown ? observation.device : null;
    this.#step({ ...observation, device, value: 'sos', isLevel: false, eventId });
    return this.alerts.slice(before).filter((line) => line.includes('~emergency~'));
  }

  /** Staff speak to the resident, and close all that is open. */
  speakAndClose(): void {
    this.close({ code: 'WELFARE_OK', detail: 'spoke-to-elder' });
  }

  /** Staff close all that is open. */
  close(outcome: Outcome): void {
    for (const { id } of this.engine.openAlerts()) {
      const order = { alertId: id, staffId: 'li' };
      this.#step({ type: 'command', command: { ...order, action: 'claim' } });
      const token = this.engine.offset;
      this.#step({ type: 'command', command: { ...order, action: 'close', token, outcome, note: null } });
    }
  }

  /** Time passes in which the gateways are heard of and nothing else. */
  waitWithBeats(minutes: number): void {
    const untilMs = this.nowMs + minutes * MINUTE_MS;
    while (this.nowMs < untilMs) {
      for (const { devices } of this.#homes) this.#link(devices[0]!.gateway, true);
      this.waitUntil(Math.min(untilMs, this.nowMs + 2 * MINUTE_MS));
    }
  }

  waitUntil(untilMs: number): void {
    for (let dueMs = this.engine.nextDeadlineMs(); dueMs <= untilMs; dueMs = this.engine.nextDeadlineMs()) {
      this.nowMs = Math.max(this.nowMs, dueMs);
      this.#step({ type: 'tick' });
      this.ticks++;
      if (this.ticks > 20_000) return;
    }
    this.nowMs = untilMs;
  }

  #link(gateway: number, online: boolean): void {
    this.#step({ type: 'gateway-link', gateway, online, reason: online ? 'status' : 'will' });
  }

  #step(body: EntryBody): void {
    for (const effect of this.engine.step({ offset: this.engine.offset + 1, atMs: this.nowMs, body })) {
      if (effect.type !== 'alert' || isNeighbours(effect.alert)) continue;
      this.alerts.push(`${effect.atMs} ${effect.change} ${effect.alert.id}`);
    }
  }
}

/** Behind gateway 2, with device numbers from 101. */
function neighbourOf(home: HomeConfiguration): HomeConfiguration {
  const devices = home.devices.map((device) => ({ ...device, device: device.device + 100, gateway: 2 }));
  return { ...home, home: 2, homeId: 'h-2', devices };
}

function isNeighbours({ homeId, gatewayId }: Alert): boolean {
  return homeId === 'h-2' || gatewayId === 'gw-2';
}

function deviceOf(happening: Happening, gateway: number): number {
  return happening.device + 1 + (gateway - 1) * 100;
}

function observationOf(happening: Happening, nowMs: number): ObservationBody {
  const { kind, deviceId } = DEVICES[happening.device]!;
  const isPress = kind === 'button' || kind === 'terminal';
  return {
    type: 'observation',
    gateway: 1,
    device: happening.device + 1,
    deviceId: deviceId!,
    kind: isPress ? 'button' : kind!,
    value: saidBy(kind!, happening),
    isLevel: happening.turn % 2 === 0,
    measuredAtMs: nowMs - happening.lateMinutes * MINUTE_MS,
    isDeviceTime: true,
    eventId: `e${nowMs}-${happening.number}`,
    batteryPct: null,
    isBuffered: happening.lateMinutes > 0,
  };
}

function saidBy(kind: string, { isTrue, number }: Happening): ObservationBody['value'] {
  switch (kind) {
    case 'button':
    case 'terminal':
      return isTrue ? 'checkin' : 'cancel';
    case 'location':
      return { latitude: 30 + number / 1000, longitude: 120 };
    case 'motion':
    case 'contact':
    case 'bed':
      return isTrue;
    default:
      return number;
  }
}
