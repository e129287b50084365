// Goal: a reading gets the home its device has at that place of the log, in whatever order homes and gateways were
// configured, moved and restored; nothing that is not on disk yet is forgotten.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DeviceHomes, type HomeRow } from '#telemetry/device-homes.ts';
import { device, gatewayConfigured, homeConfigured } from '../../support/telemetry.ts';

const HOMES = 4;
const GATEWAYS = 3;
const DEVICES = 9;

interface HomeStep {
  readonly home: number;
  /** Who lost a device to this home is told before it, or nobody is (a crash in between). */
  readonly areLosersTold: boolean;
  readonly devices: readonly (readonly [device: number, gateway: number])[];
}
interface GatewayStep {
  readonly gateway: number;
  readonly home: number | null;
}
type Step = HomeStep | GatewayStep | 'restart';

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    home: fc.integer({ min: 1, max: HOMES }),
    areLosersTold: fc.boolean(),
    devices: fc.uniqueArray(
      fc.tuple(fc.integer({ min: 1, max: DEVICES }), fc.integer({ min: 1, max: GATEWAYS })),
      { selector: ([number]) => number, maxLength: 4 },
    ),
  }),
  fc.record({
    gateway: fc.integer({ min: 1, max: GATEWAYS }),
    home: fc.option(fc.integer({ min: 1, max: HOMES })),
  }),
  fc.constant('restart' as const),
);

/** What is on disk, as progress.ts keeps it: whole rows, by number. */
class Disk {
  readonly #homes = new Map<number, HomeRow>();
  readonly #gateways = new Map<
    number,
    { gateway: number; gatewayId: string; home: number | null; online: boolean | null }
  >();

  keep(homes: DeviceHomes): void {
    const changes = homes.changes();
    for (const row of changes.homes) this.#homes.set(row.home, row);
    for (const row of changes.gateways) this.#gateways.set(row.gateway, row);
    homes.changesKept();
  }

  restored(): DeviceHomes {
    const homes = new DeviceHomes();
    const byNumber = <T>(rows: Map<number, T>) => [...rows].sort(([a], [b]) => a - b).map(([, row]) => row);
    homes.restore({ homes: byNumber(this.#homes), gateways: byNumber(this.#gateways), batteries: [] });
    return homes;
  }
}

class Model {
  readonly known = new Set<number>();
  readonly gateways = new Map<number, number | null>();
  readonly places = new Map<number, { home: number; gateway: number }>();

  apply(change: HomeStep | GatewayStep): void {
    if ('gateway' in change) {
      this.gateways.set(change.gateway, change.home);
      return;
    }
    this.known.add(change.home);
    for (const [number, { home }] of this.places) if (home === change.home) this.places.delete(number);
    for (const [number, gateway] of change.devices) this.places.set(number, { home: change.home, gateway });
  }

  homeIdOf(number: number, gateway: number): string {
    const home = this.places.get(number)?.home ?? this.gateways.get(gateway);
    return home != null && this.known.has(home) ? `h${home}` : '';
  }

  homeIdsBehind(gateway: number): string[] {
    const homes = new Set(
      [...this.places.values()].filter((at) => at.gateway === gateway).map((at) => at.home),
    );
    const own = this.gateways.get(gateway);
    if (own != null && this.known.has(own)) homes.add(own);
    return homes.size === 0 ? [''] : [...homes].sort().map((home) => `h${home}`);
  }
}

function follow(homes: DeviceHomes, change: HomeStep | GatewayStep): void {
  if ('gateway' in change) homes.follow(gatewayConfigured(change.gateway, change.home));
  else
    homes.follow(
      homeConfigured(
        change.home,
        change.devices.map(([number, gateway]) => device(number, `d${number}`, gateway)),
      ),
    );
}

test('homes of devices and homes behind gateways, over any configurations and restarts', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const disk = new Disk();
      const model = new Model();
      let homes = new DeviceHomes();
      for (const change of steps) {
        if (change === 'restart') {
          disk.keep(homes);
          homes = disk.restored();
        } else {
          const losers = 'devices' in change ? losersOf(model, change) : [];
          for (const loser of losers) follow(homes, apply(model, loser));
          follow(homes, apply(model, change));
        }
        for (let gateway = 1; gateway <= GATEWAYS; gateway++) {
          expect(homes.homeIdsBehind(gateway)).toEqual(model.homeIdsBehind(gateway));
          for (let number = 1; number <= DEVICES; number++)
            expect(homes.homeIdOf(number, gateway)).toBe(model.homeIdOf(number, gateway));
        }
      }
    }),
  );
});

function apply<T extends HomeStep | GatewayStep>(model: Model, change: T): T {
  model.apply(change);
  return change;
}

function losersOf(model: Model, { home, devices, areLosersTold }: HomeStep): HomeStep[] {
  if (!areLosersTold) return [];
  const moving = new Set(devices.map(([number]) => number));
  const losers = new Set(
    [...moving]
      .map((number) => model.places.get(number)?.home)
      .filter((each) => each !== undefined && each !== home),
  );
  return [...losers].map((loser) => ({
    home: loser!,
    areLosersTold: false,
    devices: [...model.places]
      .filter(([number, at]) => at.home === loser && !moving.has(number))
      .map(([number, at]) => [number, at.gateway] as const),
  }));
}

test('a device that turns up in another home is there from that moment, also before the former home says so', () => {
  const homes = new DeviceHomes();
  homes.follow(homeConfigured(1, [device(1, 'd1', 2), device(2, 'd2', 2)]));
  homes.follow(homeConfigured(2, [device(2, 'd2', 2)]));
  expect([homes.homeIdOf(1, 9), homes.homeIdOf(2, 9), homes.homeIdsBehind(2)]).toEqual([
    'h1',
    'h2',
    ['h1', 'h2'],
  ]);
  homes.follow(homeConfigured(1, []));
  expect([homes.homeIdOf(1, 9), homes.homeIdOf(2, 9), homes.homeIdsBehind(2)]).toEqual(['', 'h2', ['h2']]);
});

test('what was not kept is still a change', () => {
  const homes = new DeviceHomes();
  homes.follow(gatewayConfigured(1, 1));
  homes.follow(homeConfigured(1, [device(1, 'd1')]));
  expect(homes.noteBattery(1, 12.3)).toBe(true);
  expect(homes.noteBattery(1, 12.3)).toBe(false);
  const all = () => Object.values(homes.changes()).map((rows) => [...rows]);
  expect(all()).toEqual(all());
  expect(all()[2]).toEqual([{ device: 1, percent: 12.3 }]);
  homes.changesKept();
  expect(all()).toEqual([[], [], []]);
});

test('numbers far apart', () => {
  const homes = new DeviceHomes();
  homes.follow(homeConfigured(3_000_000, [device(9_000_000, 'far', 5)]));
  expect([homes.homeIdOf(9_000_000, 5), homes.homeIdOf(8_999_999, 5)]).toEqual(['h3000000', '']);
});
