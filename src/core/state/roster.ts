// Who is watched: homes, gateways and devices by their dense numbers, with what the core knows of each. Filled only
// by configuration entries of the log. Devices hang on their home and on their gateway as linked lists of numbers.

import {
  type GatewayConfiguration,
  type HomeConfiguration,
  SUPERVISION_WINDOWS_MS,
  ZONES,
  type Zone,
} from '../model/home.ts';
import type { Absence } from '../model/home-state.ts';
import { EDGES, edgesOf } from '../model/kinds.ts';
import type { Words } from './column.ts';
import { HomeSettings } from './home-settings.ts';
import { emptyNames, NamePages } from './name-pages.ts';
import { OFTEN_READ } from './often-read.ts';
import { DEVICE_COLUMNS, GATEWAY_COLUMNS, HOME_COLUMNS } from './roster-columns.ts';
import {
  type DeviceRow,
  type GatewayRow,
  type HomeRow,
  NO_DEVICE,
  NO_HOME,
  type Row,
  type RowKind,
} from './row.ts';
import { noStrides, Table } from './table.ts';
import { DEVICE_BITS, HOME_BITS, kindIn, packDevice, packHome, placeIn, roomsIn, zoneIn } from './traits.ts';

/** Liveness of a gateway or device. */
export const LINK = { neverSeen: 0, online: 1, offline: 2 } as const;
/** Where the residents are, as far as doors and sensors tell. */
export const PRESENCE = { unknown: 0, home: 1, away: 2 } as const;
/** Kinds of place in which a silence can begin: the zones in their order, then bed and seat mats. */
export const PLACES = {
  bathroom: ZONES.indexOf('bathroom'),
  bed: ZONES.length,
  seat: ZONES.length + 1,
  count: ZONES.length + 2,
} as const;
/** Last known level of an ON/OFF device. */
export const LEVEL = { unknown: 0, off: 1, on: 2 } as const;

/** Kinds that the core tells from others; 0 is every other kind. */
const TOLD_KINDS = { button: 1, terminal: 2, contact: 3, motion: 4, occupancy: 5 } as const;
type ToldKind = keyof typeof TOLD_KINDS;

/** A PIR that fires for nobody, a timer that switches a lamp: one report alone proves little. */
const WEAK_KINDS: ReadonlySet<string> = new Set(['motion', 'appliance', 'light']);

/** Where somebody rests: a night without them is seen by nobody. */
const NIGHT_ZONES: ReadonlySet<Zone> = new Set(['bedroom', 'bathroom']);

function placeOf(kind: string, zone: number): number {
  if (kind === 'bed') return PLACES.bed;
  return kind === 'seat' ? PLACES.seat : zone;
}

export class Roster {
  readonly strides = noStrides();
  readonly homes = new Table('home', HOME_COLUMNS, this.strides, OFTEN_READ.home);
  readonly devices = new Table('device', DEVICE_COLUMNS, this.strides, OFTEN_READ.device);
  readonly gateways = new Table('gateway', GATEWAY_COLUMNS, this.strides, OFTEN_READ.gateway);
  /** By number. */
  readonly names = emptyNames();
  readonly namePages = new NamePages(this.names);
  readonly settings = new HomeSettings(this.homes);
  /** Only homes whose absence is declared (facts/absence.ts). */
  readonly absences = new Map<HomeRow, Absence>();
  /** Equal words are kept once: a million homes have the same twenty rooms. */
  readonly #words = new Map<string, string>();

  homeIdOf(home: HomeRow): string {
    return this.names.homeId[this.homes.number(home)]!;
  }

  districtOf(home: HomeRow): string {
    return this.names.homeDistrict[this.homes.number(home)]!;
  }

  timezoneOf(home: HomeRow): string {
    return this.names.homeTimezone[this.homes.number(home)]!;
  }

  deviceIdOf(device: DeviceRow): string {
    return this.names.deviceId[this.devices.number(device)]!;
  }

  kindOf(device: DeviceRow): string {
    return this.names.deviceKind[this.devices.number(device)]!;
  }

  /** Is it a device of that kind? Asked for with every sign of life; `kindOf` is for words. */
  isKind(device: DeviceRow, kind: ToldKind): boolean {
    return kindIn(this.devices.columns.traits.get(device)) === TOLD_KINDS[kind];
  }

  /** Null for no device. */
  roomOf(device: DeviceRow): string | null {
    return this.names.deviceRoom[this.devices.number(device)] ?? null;
  }

  /** Null for one nobody configured. */
  gatewayIdOf(gateway: GatewayRow): string | null {
    return this.names.gatewayId[this.gateways.number(gateway)] ?? null;
  }

  /** A gateway nobody configured has none. */
  gatewayDistrictOf(gateway: GatewayRow): string | null {
    return this.names.gatewayDistrict[this.gateways.number(gateway)] ?? null;
  }

  isWatched(home: HomeRow): boolean {
    return home > 0 && this.homes.has(home) && this.#isHome(home, HOME_BITS.watched);
  }

  livesAlone(home: HomeRow): boolean {
    return this.#isHome(home, HOME_BITS.alone);
  }

  /** A contact stands at the door to the outside; else motion in the entry zone stands for it. */
  hasDoorContact(home: HomeRow): boolean {
    return this.#isHome(home, HOME_BITS.doorContact);
  }

  /** A normal night is seen. */
  hasNightSensor(home: HomeRow): boolean {
    return this.#isHome(home, HOME_BITS.nightSensor);
  }

  /** Rooms with an activity sensor other than the door: 0, 1, 2 or 3 for more. */
  roomsOf(home: HomeRow): number {
    return roomsIn(this.homes.columns.traits.get(home));
  }

  /** The device of that number in the log; 0 when none is in use under it. */
  knownDevice(number: number | null): DeviceRow {
    if (number === null || number <= 0 || number >= this.devices.size) return NO_DEVICE;
    const device = this.devices.row(number);
    return this.devices.columns.home.get(device) === NO_HOME ? NO_DEVICE : device;
  }

  isSameRoom(a: DeviceRow, b: DeviceRow): boolean {
    const { room } = this.devices.columns;
    return room.get(a) === room.get(b) && room.get(a) > 0;
  }

  zoneOf(device: DeviceRow): Zone {
    return ZONES[zoneIn(this.devices.columns.traits.get(device))]!;
  }

  isInZone(device: DeviceRow, zone: Zone): boolean {
    return this.zoneOf(device) === zone;
  }

  isInNightZone(device: DeviceRow): boolean {
    return NIGHT_ZONES.has(this.zoneOf(device));
  }

  /** Index into `PLACES`. */
  placeOf(device: DeviceRow): number {
    return placeIn(this.devices.columns.traits.get(device));
  }

  /** A bed or seat mat: ON is somebody who lies or sits there. */
  isMat(device: DeviceRow): boolean {
    return this.placeOf(device) >= PLACES.bed;
  }

  /** The door to the outside, or what stands for it. */
  isDoor(device: DeviceRow): boolean {
    return this.#isDevice(device, DEVICE_BITS.door);
  }

  /** A single report may come from nobody. */
  isWeak(device: DeviceRow): boolean {
    return this.#isDevice(device, DEVICE_BITS.weak);
  }

  isActivitySensor(device: DeviceRow): boolean {
    return this.#isDevice(device, DEVICE_BITS.activity);
  }

  /** For loops that run often: a generator costs more than what they do. 0: none. */
  firstDeviceOf(home: HomeRow): DeviceRow {
    return this.homes.columns.firstDevice.get(home);
  }

  /** The next device of the same home; 0: that was the last. */
  nextDeviceOf(device: DeviceRow): DeviceRow {
    return this.devices.columns.nextOfHome.get(device);
  }

  *devicesOfHome(home: HomeRow): Generator<DeviceRow> {
    const { nextOfHome } = this.devices.columns;
    let device = this.homes.columns.firstDevice.get(home);
    for (; device !== NO_DEVICE; device = nextOfHome.get(device)) yield device;
  }

  *devicesOfGateway(gateway: GatewayRow): Generator<DeviceRow> {
    const { nextOfGateway } = this.devices.columns;
    let device = this.gateways.columns.firstDevice.get(gateway);
    for (; device !== NO_DEVICE; device = nextOfGateway.get(device)) yield device;
  }

  configureHome(configuration: HomeConfiguration, nowMs: number): HomeRow {
    const number = configuration.home;
    this.homes.ensure(number);
    const home = this.homes.row(number);
    for (const device of [...this.devicesOfHome(home)]) this.#detach(device);
    const columns = this.homes.columns;
    columns.isWatched.set(home, configuration.isWatched ? 1 : 0);
    columns.suspendedAtS.set(
      home,
      configuration.isWatched ? 0 : columns.suspendedAtS.get(home) || nowMs / 1000,
    );
    columns.revision.set(home, configuration.revision);
    columns.riskFactor[home] = configuration.riskFactor;
    columns.residents.set(home, configuration.residents);
    this.namePages.noteChanged('homes', number);
    this.names.homeId[number] = configuration.homeId;
    this.names.homeDistrict[number] = this.#word(configuration.districtCode);
    this.names.homeTimezone[number] = this.#word(configuration.timezone);
    this.settings.set(home, configuration.rules);
    for (const device of configuration.devices) this.#attach(home, device, nowMs);
    this.derive(home);
    return home;
  }

  configureGateway(configuration: GatewayConfiguration, nowMs: number): GatewayRow {
    const number = configuration.gateway;
    this.gateways.ensure(number);
    const gateway = this.gateways.row(number);
    const columns = this.gateways.columns;
    if (columns.knownSinceMs[gateway] === 0) columns.knownSinceMs[gateway] = nowMs;
    columns.isWatched.set(gateway, configuration.isWatched ? 1 : 0);
    columns.revision.set(gateway, configuration.revision);
    columns.home.set(gateway, this.homes.row(configuration.home ?? 0));
    columns.windowMs[gateway] = SUPERVISION_WINDOWS_MS[configuration.supervision];
    this.namePages.noteChanged('gateways', number);
    this.names.gatewayId[number] = configuration.gatewayId;
    this.names.gatewayDistrict[number] = this.#word(configuration.districtCode);
    return gateway;
  }

  /** What follows from kinds, zones and rooms. Also after a snapshot of a core that did not know it. */
  derive(home: HomeRow): void {
    const homes = this.homes.columns;
    const devices = this.devices.columns;
    const all = [...this.devicesOfHome(home)];
    const isEntry = (device: DeviceRow, kind: string): boolean =>
      ZONES[devices.zone.get(device)] === 'entry' && this.kindOf(device) === kind;
    const hasDoorContact = all.some((device) => isEntry(device, 'contact'));
    for (const device of all)
      devices.traits.set(
        device,
        this.#traitsOf(device, isEntry(device, hasDoorContact ? 'contact' : 'motion')),
      );
    const inside = all.filter((device) => this.isActivitySensor(device) && !isEntry(device, 'contact'));
    this.#numberRooms(all);
    const rooms = new Set(inside.map((device) => devices.room.get(device)));
    homes.traits.set(
      home,
      packHome({
        isWatched: homes.isWatched.get(home) === 1,
        livesAlone: homes.residents.get(home) < 2,
        hasDoorContact,
        hasNightSensor: all.some((device) => this.isInNightZone(device)),
        rooms: Math.min(3, rooms.size),
      }),
    );
  }

  #numberRooms(devices: readonly DeviceRow[]): void {
    const numbers = new Map<string | null, number>();
    for (const device of devices) {
      const name = this.roomOf(device);
      const number = numbers.get(name) ?? numbers.size + 1;
      numbers.set(name, number);
      this.devices.columns.room.set(device, number);
    }
  }

  #traitsOf(device: DeviceRow, isDoor: boolean): number {
    const kind = this.kindOf(device);
    const zone = this.devices.columns.zone.get(device);
    return packDevice({
      isDoor,
      isWeak: WEAK_KINDS.has(kind),
      isActivitySensor: edgesOf(kind) !== EDGES.none,
      place: placeOf(kind, zone),
      zone,
      kind: TOLD_KINDS[kind as ToldKind] ?? 0,
    });
  }

  #isHome(home: HomeRow, bit: number): boolean {
    return (this.homes.columns.traits.get(home) & bit) !== 0;
  }

  #isDevice(device: DeviceRow, bit: number): boolean {
    return (this.devices.columns.traits.get(device) & bit) !== 0;
  }

  #attach(home: HomeRow, configuration: HomeConfiguration['devices'][number], nowMs: number): void {
    this.devices.ensure(configuration.device);
    this.gateways.ensure(configuration.gateway);
    const device = this.devices.row(configuration.device);
    const gateway = this.gateways.row(configuration.gateway);
    const columns = this.devices.columns;
    if (columns.home.get(device) !== NO_HOME) this.#detach(device);
    // What it told of other residents says nothing of these.
    const isMoved =
      columns.lastHome.get(device) > 0 && columns.lastHome.get(device) !== this.homes.number(home);
    if (isMoved) this.devices.clear(device);
    // Nor does its silence behind another gateway.
    const isKnown = columns.knownSinceMs[device]! > 0 && columns.gateway.get(device) === gateway;
    if (!isKnown) columns.knownSinceMs[device] = nowMs;
    columns.lastHome.set(device, this.homes.number(home));
    columns.home.set(device, home);
    columns.gateway.set(device, gateway);
    columns.nextOfHome.set(device, this.homes.columns.firstDevice.get(home));
    this.homes.columns.firstDevice.set(home, device);
    columns.nextOfGateway.set(device, this.gateways.columns.firstDevice.get(gateway));
    this.gateways.columns.firstDevice.set(gateway, device);
    columns.zone.set(device, ZONES.indexOf(configuration.zone));
    columns.windowMs[device] = SUPERVISION_WINDOWS_MS[configuration.supervision];
    this.#nameDevice(configuration);
  }

  #nameDevice({ device, deviceId, kind, room }: HomeConfiguration['devices'][number]): void {
    this.namePages.noteChanged('devices', device);
    this.names.deviceId[device] = this.#word(deviceId);
    this.names.deviceKind[device] = this.#word(kind);
    this.names.deviceRoom[device] = this.#word(room);
  }

  #detach(device: DeviceRow): void {
    const columns = this.devices.columns;
    unlink(this.homes.columns.firstDevice, columns.home.get(device), columns.nextOfHome, device);
    unlink(this.gateways.columns.firstDevice, columns.gateway.get(device), columns.nextOfGateway, device);
    columns.home.set(device, NO_HOME);
    columns.room.set(device, 0);
  }

  #word(text: string): string {
    const known = this.#words.get(text);
    if (known !== undefined) return known;
    this.#words.set(text, text);
    return text;
  }
}

function unlink<K extends RowKind>(
  first: Words<K, DeviceRow>,
  owner: Row<K>,
  next: Words<'device', DeviceRow>,
  device: DeviceRow,
): void {
  if (first.get(owner) === device) {
    first.set(owner, next.get(device));
    return;
  }
  for (let at = first.get(owner); at !== NO_DEVICE; at = next.get(at)) {
    if (next.get(at) === device) {
      next.set(at, next.get(device));
      return;
    }
  }
}
