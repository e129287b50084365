// Which home a reading belongs to. Entries of the log carry dense numbers only; the public ids come from the
// configuration entries, followed in the order of the log, so that a reading gets the home the device had then.
// Also remembers what was last said of a gateway's link and a device's battery, to store changes and not repetitions.
// Kept on disk by progress.ts, in the same transaction as the cursor; `takeChanges` says what differs.

import type { GatewayConfiguredBody, HomeConfiguredBody } from '#core/model/entry.ts';

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

export interface DirectoryRows {
  readonly homes: readonly HomeRow[];
  readonly gateways: readonly GatewayRow[];
  readonly batteries: readonly BatteryRow[];
}

export class DeviceHomes {
  /** By dense number, so arrays: a million devices are some megabytes. */
  readonly #homeOfDevice: (number | undefined)[] = [];
  readonly #homes: (HomeRow | undefined)[] = [];
  readonly #gateways: (GatewayRow | undefined)[] = [];
  readonly #battery: (number | undefined)[] = [];
  /** Homes that have a device behind a gateway that stands elsewhere. */
  readonly #servedHomes = new Map<number, Set<number>>();
  #changedHomes = new Set<number>();
  #changedGateways = new Set<number>();
  #changedBatteries = new Set<number>();

  restore({ homes, gateways, batteries }: DirectoryRows): void {
    for (const row of homes) this.#setHome(row);
    for (const row of gateways) this.#gateways[row.gateway] = row;
    for (const { device, percent } of batteries) this.#battery[device] = percent;
  }

  follow(body: ConfigurationBody): void {
    if (body.type === 'home-configured') {
      const { home, homeId, devices } = body.home;
      this.#setHome({ home, homeId, devices: devices.map(({ device, gateway }) => [device, gateway]) });
      this.#changedHomes.add(home);
      return;
    }
    const { gateway, gatewayId, home } = body.gateway;
    this.#gateways[gateway] = { gateway, gatewayId, home, online: this.#gateways[gateway]?.online ?? null };
    this.#changedGateways.add(gateway);
  }

  gatewayId(gateway: number): string {
    return this.#gateways[gateway]?.gatewayId ?? `gateway-${gateway}`;
  }

  /** Of a device that nobody registered: the home its gateway stands in, '' when there is none. */
  homeIdOf(device: number | null, gateway: number): string {
    const home = (device === null ? undefined : this.#homeOfDevice[device]) ?? this.#gateways[gateway]?.home;
    return home === undefined || home === null ? '' : (this.#homes[home]?.homeId ?? '');
  }

  /** Every home that is seen through the gateway; [''] when there is none. */
  homeIdsBehind(gateway: number): readonly string[] {
    const homes = new Set(this.#servedHomes.get(gateway));
    const own = this.#gateways[gateway]?.home;
    if (own !== undefined && own !== null) homes.add(own);
    const ids = [...homes].sort((a, b) => a - b).flatMap((home) => this.#homes[home]?.homeId ?? []);
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
    if (this.#battery[device] === percent) return false;
    this.#battery[device] = percent;
    this.#changedBatteries.add(device);
    return true;
  }

  /** A new store knows nothing of what an older one was told. */
  forgetSaid(): void {
    this.#battery.length = 0;
    this.#changedBatteries.clear();
    for (const row of this.#gateways) {
      if (row === undefined || row.online === null) continue;
      this.#gateways[row.gateway] = { ...row, online: null };
      this.#changedGateways.add(row.gateway);
    }
  }

  /** What changed since the last call. */
  takeChanges(): DirectoryRows {
    const homes = [...this.#changedHomes].flatMap((home) => this.#homes[home] ?? []);
    const gateways = [...this.#changedGateways].flatMap((gateway) => this.#gateways[gateway] ?? []);
    const batteries = [...this.#changedBatteries].map((device) => {
      return { device, percent: this.#battery[device]! };
    });
    this.#changedHomes = new Set();
    this.#changedGateways = new Set();
    this.#changedBatteries = new Set();
    return { homes, gateways, batteries };
  }

  #setHome(row: HomeRow): void {
    for (const [device, gateway] of this.#homes[row.home]?.devices ?? []) {
      // Moved to another home in the meantime: that home keeps it.
      if (this.#homeOfDevice[device] === row.home) this.#homeOfDevice[device] = undefined;
      this.#servedHomes.get(gateway)?.delete(row.home);
    }
    this.#homes[row.home] = row;
    for (const [device, gateway] of row.devices) {
      this.#homeOfDevice[device] = row.home;
      const served = this.#servedHomes.get(gateway) ?? new Set();
      this.#servedHomes.set(gateway, served.add(row.home));
    }
  }
}
