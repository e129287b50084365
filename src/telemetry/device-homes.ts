// Which home a reading belongs to. Entries of the log carry dense numbers only; the public ids come from the
// configuration entries, followed in the order of the log, so that a reading gets the home the device had then.
// Also remembers what was last said of a gateway's link and a device's battery, to store changes and not repetitions.
// Kept on disk by progress.ts, in the same transaction as the cursor; `changes` says what differs.
// Small, because it knows every home of the service: of a million with seven devices each, 170 MB outside the heap of
// the thread and 190 MB in it.

import type { GatewayConfiguredBody, HomeConfiguredBody } from '#core/model/entry.ts';
import { Numbers } from './numbers.ts';

export type ConfigurationBody = HomeConfiguredBody | GatewayConfiguredBody;

export interface HomeRow {
  readonly home: number;
  readonly homeId: string;
  /** Pairs of device and gateway number. */
  readonly devices: readonly (readonly [device: number, gateway: number])[];
}

export interface GatewayRow {
  readonly gateway: number;
  readonly gatewayId: string;
  readonly home: number | null;
  /** What the store was told last; null: nothing yet. */
  readonly online: boolean | null;
}

export interface BatteryRow {
  readonly device: number;
  readonly percent: number;
}

/** To be gone through once, before anything else is asked or told: there may be millions. */
export interface DirectoryRows {
  readonly homes: Iterable<HomeRow>;
  readonly gateways: Iterable<GatewayRow>;
  readonly batteries: Iterable<BatteryRow>;
}

/** Numbers of homes and devices begin at 1. */
const NONE = 0;

export class DeviceHomes {
  /** By home. */
  readonly #homeIds: (string | undefined)[] = [];
  /** By home; the others of the home follow by `#nextDevice`. */
  readonly #firstDevice = new Numbers(Int32Array, NONE);
  /** By device. */
  readonly #nextDevice = new Numbers(Int32Array, NONE);
  readonly #homeOf = new Numbers(Int32Array, NONE);
  readonly #gatewayOf = new Numbers(Int32Array, NONE);
  readonly #battery = new Numbers(Float64Array, Number.NaN);
  readonly #gateways: (GatewayRow | undefined)[] = [];
  /** By gateway: homes that have a device behind it, but for the one it stands in. */
  readonly #servedHomes = new Map<number, Set<number>>();
  readonly #changedHomes = new Set<number>();
  readonly #changedGateways = new Set<number>();
  readonly #changedBatteries = new Set<number>();

  restore({ homes, gateways, batteries }: DirectoryRows): void {
    for (const row of gateways) this.#gateways[row.gateway] = row;
    for (const row of homes) this.#setHome(row);
    for (const { device, percent } of batteries) this.#battery.set(device, percent);
  }

  follow(body: ConfigurationBody): void {
    if (body.type === 'home-configured') {
      const { home, homeId, devices } = body.home;
      this.#setHome({ home, homeId, devices: devices.map(({ device, gateway }) => [device, gateway]) });
      this.#changedHomes.add(home);
      return;
    }
    const { gateway, gatewayId, home } = body.gateway;
    const former = this.#gateways[gateway];
    this.#gateways[gateway] = { gateway, gatewayId, home, online: former?.online ?? null };
    this.#changedGateways.add(gateway);
    if (former === undefined || former.home === null || former.home === home) return;
    const isServed = this.#devicesOf(former.home).some(([, each]) => each === gateway);
    if (isServed) this.#noteServed(gateway, former.home);
  }

  gatewayId(gateway: number): string {
    return this.#gateways[gateway]?.gatewayId ?? `gateway-${gateway}`;
  }

  /** Of a device that nobody registered: the home its gateway stands in, '' when there is none. */
  homeIdOf(device: number | null, gateway: number): string {
    const own = device === null ? NONE : this.#homeOf.get(device);
    const home = own === NONE ? (this.#gateways[gateway]?.home ?? NONE) : own;
    return this.#homeIds[home] ?? '';
  }

  /** Every home that is seen through the gateway; [''] when there is none. */
  homeIdsBehind(gateway: number): readonly string[] {
    const homes = new Set(this.#servedHomes.get(gateway));
    const own = this.#gateways[gateway]?.home;
    if (own !== undefined && own !== null) homes.add(own);
    const ids = [...homes].sort((a, b) => a - b).flatMap((home) => this.#homeIds[home] ?? []);
    return ids.length === 0 ? [''] : ids;
  }

  /** True when this is news. */
  noteOnline(gateway: number, online: boolean): boolean {
    const row = this.#gateways[gateway];
    if (row === undefined || row.online === online) return false;
    this.#gateways[gateway] = { ...row, online };
    this.#changedGateways.add(gateway);
    return true;
  }

  isSaidOffline(gateway: number): boolean {
    return this.#gateways[gateway]?.online === false;
  }

  /** True when this is news. */
  noteBattery(device: number, percent: number): boolean {
    if (this.#battery.get(device) === percent) return false;
    this.#battery.set(device, percent);
    this.#changedBatteries.add(device);
    return true;
  }

  /** A new store knows nothing of what an older one was told. */
  forgetSaid(): void {
    this.#battery.clear();
    this.#changedBatteries.clear();
    for (const row of this.#gateways) {
      if (row === undefined || row.online === null) continue;
      this.#gateways[row.gateway] = { ...row, online: null };
      this.#changedGateways.add(row.gateway);
    }
  }

  /** What is not on disk yet. */
  changes(): DirectoryRows {
    return {
      homes: rowsOf(this.#changedHomes, (home) => this.#homeRow(home)),
      gateways: rowsOf(this.#changedGateways, (gateway) => this.#gateways[gateway]),
      batteries: rowsOf(this.#changedBatteries, (device) => {
        return { device, percent: this.#battery.get(device) };
      }),
    };
  }

  /** All of it is. */
  changesKept(): void {
    this.#changedHomes.clear();
    this.#changedGateways.clear();
    this.#changedBatteries.clear();
  }

  #homeRow(home: number): HomeRow | undefined {
    const homeId = this.#homeIds[home];
    return homeId === undefined ? undefined : { home, homeId, devices: this.#devicesOf(home) };
  }

  #devicesOf(home: number): (readonly [device: number, gateway: number])[] {
    const devices: [number, number][] = [];
    for (let device = this.#firstDevice.get(home); device !== NONE; device = this.#nextDevice.get(device))
      devices.push([device, this.#gatewayOf.get(device)]);
    return devices;
  }

  #setHome({ home, homeId, devices }: HomeRow): void {
    this.#homeIds[home] = homeId;
    // Taken away from the homes they were in, whatever those will say of it.
    const newcomers = new Set(devices.map(([device]) => device));
    for (const former of new Set([...newcomers].map((device) => this.#homeOf.get(device))))
      if (former !== NONE && former !== home) this.#take(newcomers, former);
    this.#place(home, devices);
  }

  /** On disk as well: after a restart both homes would claim them. */
  #take(devices: ReadonlySet<number>, former: number): void {
    const kept = this.#devicesOf(former).filter(([device]) => !devices.has(device));
    this.#place(former, kept);
    this.#changedHomes.add(former);
  }

  /** From now on just these are the devices of the home. */
  #place(home: number, devices: HomeRow['devices']): void {
    for (const [device, gateway] of this.#devicesOf(home)) {
      this.#homeOf.set(device, NONE);
      this.#servedHomes.get(gateway)?.delete(home);
    }
    let next = NONE;
    for (const [device, gateway] of [...devices].reverse()) {
      this.#homeOf.set(device, home);
      this.#gatewayOf.set(device, gateway);
      this.#nextDevice.set(device, next);
      next = device;
      if (this.#gateways[gateway]?.home !== home) this.#noteServed(gateway, home);
    }
    this.#firstDevice.set(home, next);
  }

  #noteServed(gateway: number, home: number): void {
    const served = this.#servedHomes.get(gateway) ?? new Set();
    this.#servedHomes.set(gateway, served.add(home));
  }
}

function* rowsOf<T>(numbers: Iterable<number>, rowOf: (number: number) => T | undefined): Generator<T> {
  for (const number of numbers) {
    const row = rowOf(number);
    if (row !== undefined) yield row;
  }
}
