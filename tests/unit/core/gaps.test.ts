// Goal: who judges an alarm is told what no working sensor watches, from the moment on in which it is so, and nothing
// until then: a gap that is always shown is read by nobody.

import { expect, test } from 'vitest';
import { Engine } from '#core/engine.ts';
import { gapsOf } from '#core/facts/gaps.ts';
import type { EntryBody } from '#core/model/entry.ts';
import type { DeviceConfiguration } from '#core/model/home.ts';
import { homeOf } from '../../support/scenario.ts';

const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2026, 2, 2, 1);

const BED = { kind: 'bed', room: 'bedroom', zone: 'bedroom' } as const;
const LIVING = { kind: 'motion', room: 'living room', zone: 'other' } as const;
const BATH = { kind: 'motion', room: 'bathroom', zone: 'bathroom' } as const;
const DOOR = { kind: 'contact', room: 'hall', zone: 'entry' } as const;
const HALL = { kind: 'motion', room: 'hall', zone: 'entry' } as const;
const BUTTON = { kind: 'button', room: 'hall', zone: 'entry' } as const;

class Home {
  readonly engine = new Engine();
  #atMs = START_MS;

  constructor(devices: readonly Partial<DeviceConfiguration>[]) {
    const gateway = {
      gateway: 1,
      gatewayId: 'gw-1',
      revision: 1,
      districtCode: '33',
      home: 1,
      isWatched: true,
    };
    this.step({ type: 'gateway-configured', gateway: { ...gateway, supervision: '180s' } });
    this.step({ type: 'home-configured', home: homeOf({ devices }) });
    this.beat();
  }

  get gaps(): readonly string[] {
    const { world } = this.engine;
    return gapsOf(world, world.roster.homes.row(1));
  }

  step(body: EntryBody): void {
    this.engine.step({ offset: this.engine.offset + 1, atMs: this.#atMs, body });
  }

  beat(): void {
    this.step({ type: 'gateway-link', gateway: 1, online: true, reason: 'heartbeat' });
  }

  say(device: number, kind: string, value: boolean): void {
    const about = { deviceId: `device-${device}`, batteryPct: null, isBuffered: false, isDeviceTime: true };
    const reading = {
      gateway: 1,
      device,
      kind,
      value,
      isLevel: true,
      measuredAtMs: this.#atMs,
      eventId: null,
    };
    this.step({ type: 'observation', ...about, ...reading });
  }

  /** The gateway goes on; device `speaking` alone of the home is heard of. */
  wait(hours: number, speaking: number, kind: string): void {
    for (const endMs = this.#atMs + hours * HOUR_MS; this.#atMs < endMs; this.#atMs += 60_000) {
      this.beat();
      if (this.#atMs % HOUR_MS === 0) this.say(speaking, kind, false);
    }
  }
}

test.each([
  { name: 'a contact at the door', devices: [DOOR, BED, LIVING], gaps: [] },
  { name: 'motion in the hall stands for the door', devices: [HALL, BATH, LIVING], gaps: [] },
  { name: 'nothing at the door', devices: [BED, LIVING], gaps: ['way-out'] },
  { name: 'nothing by night', devices: [DOOR, LIVING], gaps: ['night'] },
  { name: 'one room', devices: [LIVING], gaps: ['way-out', 'night'] },
  { name: 'a button at the door is no door', devices: [BUTTON, BATH], gaps: ['way-out'] },
  { name: 'a button alone: nothing is inferred', devices: [BUTTON], gaps: [] },
])('$name', ({ devices, gaps }) => {
  expect(new Home(devices).gaps).toEqual(gaps);
});

test('a door contact that fell silent is a gap until it speaks again', () => {
  const home = new Home([{ ...DOOR, supervision: '5h' }, BED, LIVING]);
  home.say(1, 'contact', false);
  home.wait(4, 3, 'motion');
  expect(home.gaps).toEqual([]);
  home.wait(2, 3, 'motion');
  expect(home.gaps).toEqual(['way-out']);
  home.say(1, 'contact', false);
  expect(home.gaps).toEqual([]);
});

test('behind a gateway that is gone nothing works', () => {
  const home = new Home([DOOR, BED]);
  home.step({ type: 'gateway-link', gateway: 1, online: false, reason: 'will' });
  home.wait(0, 1, 'contact');
  expect(home.gaps).toEqual([]);
  home.engine.step({ offset: home.engine.offset + 1, atMs: START_MS + HOUR_MS, body: { type: 'tick' } });
  expect(home.gaps).toEqual(['way-out', 'night']);
});
