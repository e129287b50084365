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
import { MOMENTARY_ACTIVITY_KINDS, TWO_EDGE_ACTIVITY_KINDS } from '../model/kinds.ts';
import { HomeSettings } from './home-settings.ts';
import { emptyNames, NamePages } from './name-pages.ts';
import { Table } from './table.ts';
import { DEVICE_BITS, HOME_BITS, packDevice, packHome, placeIn, roomsIn, zoneIn } from './traits.ts';

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

const HOME_COLUMNS = {
  /** What is derived of its configuration (state/traits.ts). */
  traits: 'u16',
  isWatched: 'u8',
  revision: 'u32',
  riskFactor: 'f32',
  residents: 'u8',
  /** Number of its rule settings (state/home-settings.ts); 0 for the defaults. */
  settingsIndex: 'u32',
  firstDevice: 'u32',
  lastActivityAtMs: 'f64',
  lastActivityDevice: 'u32',
  /** 0 while we see the home; else since when we do not. */
  blindSinceMs: 'f64',
  /** How long we have been blind since the last activity. */
  blindMs: 'f64',
  presence: 'u8',
  doorAtMs: 'f64',
  awaySinceMs: 'f64',
  /** 1 when nobody was in as the door moved: what stirs next has come in. */
  isReturning: 'u8',
  /** Whether anybody is in is not known: an `UNCERTAIN`, until somebody is proved to be in (facts/presence.ts). */
  isUncertain: 'u8',
  /** Last single hit that was too weak to prove that somebody is in. */
  hintAtMs: 'f64',
  /** Since when, and how many times, weak signs of one room came after each other. */
  hintFirstAtMs: 'f64',
  hintCount: 'u8',
  hintDevice: 'u32',
  /** Last motion in the hall, where that stands for the door. */
  hallAtMs: 'f64',
  hallDevice: 'u32',
  /** When the resident was last known to go from room to room, or to use the door. */
  roamedAtMs: 'f64',
  /** Blind time since then, ms. */
  roamBlindMs: 'f64',
  /** End of the last time in which we were blind, and until when what was kept meanwhile may still be coming. */
  sightBackAtMs: 'f64',
  backlogUntilMs: 'f64',
  /** When that time began, and until when kept readings have told us of it (facts/backlog.ts). */
  unseenFromMs: 'f64',
  untoldFromMs: 'f64',
  /** Last hit of a sensor that was ON all along, and how many came close after each other (facts/trust.ts). */
  hitDevice: 'u32',
  hitAtMs: 'f64',
  hitCount: 'u8',
  /** Time at home that taught the routine, ms. */
  learnedMs: 'f64',
  /** Longest usual silence by local hour, minutes. */
  silencePeakMin: 'u16x24',
  /** Longest usual time without a proven change of room, minutes. */
  stayPeakMin: 'u16',
  /** Longest usual silence by the place of the last sign (see `PLACES`), minutes. */
  placePeakMin: 'u16x7',
  /** Last sign of a device other than that of the very last sign (facts/lost-sensor.ts). */
  otherActivityAtMs: 'f64',
  otherActivityDevice: 'u32',
  /** Last sign that was no single hit. */
  settledAtMs: 'f64',
  settledDevice: 'u32',
  /** The door of the last absence, and the longest usual one by the place of the last sign before it, minutes. */
  outDoor: 'u32',
  outPlaceMin: 'u16x7',
  /** Newest half hour of the water meters, since 1970; and the words of the last 49 (facts/water.ts). */
  waterHead: 'u32',
  waterSlots: 'u16x49',
  /** All that was drawn since we read the meters, l. */
  waterLiters: 'f64',
  /** Since when nothing drawn can have been missed. */
  waterKnownSinceMs: 'f64',
  /** Sensor whose room the resident is in; 0 for nowhere (facts/whereabouts.ts). */
  roomDevice: 'u32',
  roomSinceMs: 'f64',
  /** 1 while somebody is known to be behind the closed door of that room; only with several residents. */
  isShutIn: 'u8',
  /** Longest usual bathroom stay, minutes, as it was on this day (days since 1970). */
  bathroomPeakMin: 'f32',
  bathroomFadedDay: 'u32',
  /** Since when in bed this night, and since when out of it; 0 for not (facts/sleep.ts). */
  bedAtMs: 'f64',
  outOfBedAtMs: 'f64',
  /** Last word of a bed mat, since when one is ON, and when one was last ON for long. */
  bedMatAtMs: 'f64',
  matOnAtMs: 'f64',
  matStayedAtMs: 'f64',
  /** Last weak sign outside the bedroom that waits for a second. */
  stirAtMs: 'f64',
  stirDevice: 'u32',
  /** Local 05:00 since which no getting up was seen; in the future when it was. */
  morningAtMs: 'f64',
  /** Signs of this morning that are no getting up each for itself: in the bedroom, elsewhere. */
  bedroomStirs: 'u8',
  bedroomStirAtMs: 'f64',
  weakSigns: 'u8',
  /** When they get up, on weekdays and at weekends: mean and latest usual minute of the day, mornings counted. */
  upMeanMinute: 'f32x2',
  upLatestMinute: 'f32x2',
  upMornings: 'u8x2',
} as const;

const DEVICE_COLUMNS = {
  home: 'u32',
  gateway: 'u32',
  nextOfHome: 'u32',
  nextOfGateway: 'u32',
  /** What is derived of its configuration and of its home's (state/traits.ts). */
  traits: 'u16',
  /** Index into `ZONES`. */
  zone: 'u8',
  windowMs: 'f64',
  knownSinceMs: 'f64',
  lastSeenAtMs: 'f64',
  link: 'u8',
  level: 'u8',
  /** When `level` changed last; whether it ever said OFF; why it is not believed, a `DISTRUST` (facts/trust.ts). */
  levelSinceMs: 'f64',
  saysOff: 'u8',
  distrust: 'u8',
  /** Motion in the hall that came alone, in a row; 255 once it was seen to fire twice (facts/presence.ts). */
  singleHits: 'u8',
  /** Reports in the hour `reportsHour` since 1970. */
  reports: 'u16',
  reportsHour: 'u32',
  /** Longest usual silence after its sign had `lossDevice`, or the door, not spoken, minutes (facts/lost-sensor.ts). */
  lossMin: 'u16',
  lossDevice: 'u32',
  outMin: 'u16',
  /** Percent + 1; 0 is unknown. */
  batteryPlusOne: 'u8',
  /** Water meter: 0 none, 1 reports what was drawn, 2 its total; its last reading. */
  meterKind: 'u8',
  meterAtS: 'u32',
  meterDl: 'u32',
  /** A reading that may begin a new total. */
  otherAtS: 'u32',
  otherDl: 'u32',
} as const;

const GATEWAY_COLUMNS = {
  isWatched: 'u8',
  revision: 'u32',
  home: 'u32',
  firstDevice: 'u32',
  windowMs: 'f64',
  knownSinceMs: 'f64',
  lastSeenAtMs: 'f64',
  link: 'u8',
  /** Usual time between heartbeats, ms; 0 while it has sent less than two. */
  beatMs: 'f64',
  beatAtMs: 'f64',
  /** 1 while heartbeats are missing: what stands behind it is not seen. */
  isOverdue: 'u8',
  linkLostAtMs: 'f64',
  backSinceMs: 'f64',
} as const;

const ACTIVITY_KINDS: ReadonlySet<string> = new Set([
  ...MOMENTARY_ACTIVITY_KINDS,
  ...TWO_EDGE_ACTIVITY_KINDS,
]);

/** A PIR that fires for nobody, a timer that switches a lamp: one report alone proves little. */
const WEAK_KINDS: ReadonlySet<string> = new Set(['motion', 'appliance', 'light']);

/** Where somebody rests: a night without them is seen by nobody. */
const NIGHT_ZONES: ReadonlySet<Zone> = new Set(['bedroom', 'bathroom']);

function placeOf(kind: string, zone: number): number {
  if (kind === 'bed') return PLACES.bed;
  return kind === 'seat' ? PLACES.seat : zone;
}

export class Roster {
  readonly homes = new Table(HOME_COLUMNS);
  readonly devices = new Table(DEVICE_COLUMNS);
  readonly gateways = new Table(GATEWAY_COLUMNS);
  readonly names = emptyNames();
  readonly namePages = new NamePages(this.names);
  readonly settings = new HomeSettings(this.homes);
  /** Only homes whose absence is declared (facts/absence.ts). */
  readonly absences = new Map<number, Absence>();
  /** Equal words are kept once: a million homes have the same twenty rooms. */
  readonly #words = new Map<string, string>();

  isWatched(home: number): boolean {
    return home > 0 && home < this.homes.size && this.#isHome(home, HOME_BITS.watched);
  }

  livesAlone(home: number): boolean {
    return this.#isHome(home, HOME_BITS.alone);
  }

  /** A contact stands at the door to the outside; else motion in the entry zone stands for it. */
  hasDoorContact(home: number): boolean {
    return this.#isHome(home, HOME_BITS.doorContact);
  }

  /** A normal night is seen. */
  hasNightSensor(home: number): boolean {
    return this.#isHome(home, HOME_BITS.nightSensor);
  }

  /** Rooms with an activity sensor other than the door: 0, 1, 2 or 3 for more. */
  roomsOf(home: number): number {
    return roomsIn(this.homes.columns.traits[home]!);
  }

  isKnownDevice(device: number): boolean {
    return device > 0 && device < this.devices.size && this.devices.columns.home[device] !== 0;
  }

  isSameRoom(a: number, b: number): boolean {
    return this.names.deviceRoom[a] === this.names.deviceRoom[b];
  }

  zoneOf(device: number): Zone {
    return ZONES[zoneIn(this.devices.columns.traits[device]!)]!;
  }

  isInZone(device: number, zone: Zone): boolean {
    return this.zoneOf(device) === zone;
  }

  /** Index into `PLACES`. */
  placeOf(device: number): number {
    return placeIn(this.devices.columns.traits[device]!);
  }

  /** A bed or seat mat: ON is somebody who lies or sits there. */
  isMat(device: number): boolean {
    return this.placeOf(device) >= PLACES.bed;
  }

  /** The door to the outside, or what stands for it. */
  isDoor(device: number): boolean {
    return this.#isDevice(device, DEVICE_BITS.door);
  }

  /** A single report may come from nobody. */
  isWeak(device: number): boolean {
    return this.#isDevice(device, DEVICE_BITS.weak);
  }

  isActivitySensor(device: number): boolean {
    return this.#isDevice(device, DEVICE_BITS.activity);
  }

  /** For loops that run often: a generator costs more than what they do. 0: none. */
  firstDeviceOf(home: number): number {
    return this.homes.columns.firstDevice[home]!;
  }

  /** The next device of the same home; 0: that was the last. */
  nextDeviceOf(device: number): number {
    return this.devices.columns.nextOfHome[device]!;
  }

  *devicesOfHome(home: number): Generator<number> {
    const { nextOfHome } = this.devices.columns;
    for (let device = this.homes.columns.firstDevice[home]!; device !== 0; device = nextOfHome[device]!)
      yield device;
  }

  *devicesOfGateway(gateway: number): Generator<number> {
    const { nextOfGateway } = this.devices.columns;
    let device = this.gateways.columns.firstDevice[gateway]!;
    for (; device !== 0; device = nextOfGateway[device]!) yield device;
  }

  configureHome(configuration: HomeConfiguration, nowMs: number): void {
    const { home } = configuration;
    this.homes.ensure(home);
    for (const device of [...this.devicesOfHome(home)]) this.#detach(device);
    const columns = this.homes.columns;
    columns.isWatched[home] = configuration.isWatched ? 1 : 0;
    columns.revision[home] = configuration.revision;
    columns.riskFactor[home] = configuration.riskFactor;
    columns.residents[home] = configuration.residents;
    this.namePages.noteChanged('homes', home);
    this.names.homeId[home] = configuration.homeId;
    this.names.homeDistrict[home] = this.#word(configuration.districtCode);
    this.names.homeTimezone[home] = this.#word(configuration.timezone);
    this.settings.set(home, configuration.rules);
    for (const device of configuration.devices) this.#attach(home, device, nowMs);
    this.derive(home);
  }

  configureGateway(configuration: GatewayConfiguration, nowMs: number): void {
    const { gateway } = configuration;
    this.gateways.ensure(gateway);
    const columns = this.gateways.columns;
    if (columns.knownSinceMs[gateway] === 0) columns.knownSinceMs[gateway] = nowMs;
    columns.isWatched[gateway] = configuration.isWatched ? 1 : 0;
    columns.revision[gateway] = configuration.revision;
    columns.home[gateway] = configuration.home ?? 0;
    columns.windowMs[gateway] = SUPERVISION_WINDOWS_MS[configuration.supervision];
    this.namePages.noteChanged('gateways', gateway);
    this.names.gatewayId[gateway] = configuration.gatewayId;
    this.names.gatewayDistrict[gateway] = this.#word(configuration.districtCode);
  }

  /** What follows from kinds, zones and rooms. Also after a snapshot of a core that did not know it. */
  derive(home: number): void {
    const homes = this.homes.columns;
    const devices = this.devices.columns;
    const all = [...this.devicesOfHome(home)];
    const isEntry = (device: number, kind: string): boolean =>
      ZONES[devices.zone[device]!] === 'entry' && this.names.deviceKind[device] === kind;
    const hasDoorContact = all.some((device) => isEntry(device, 'contact'));
    for (const device of all)
      devices.traits[device] = this.#traitsOf(device, isEntry(device, hasDoorContact ? 'contact' : 'motion'));
    const inside = all.filter((device) => this.isActivitySensor(device) && !isEntry(device, 'contact'));
    const rooms = new Set(inside.map((device) => this.names.deviceRoom[device]));
    homes.traits[home] = packHome({
      isWatched: homes.isWatched[home] === 1,
      livesAlone: homes.residents[home]! < 2,
      hasDoorContact,
      hasNightSensor: all.some((device) => NIGHT_ZONES.has(this.zoneOf(device))),
      rooms: Math.min(3, rooms.size),
    });
  }

  #traitsOf(device: number, isDoor: boolean): number {
    const kind = this.names.deviceKind[device]!;
    const zone = this.devices.columns.zone[device]!;
    return packDevice({
      isDoor,
      isWeak: WEAK_KINDS.has(kind),
      isActivitySensor: ACTIVITY_KINDS.has(kind),
      place: placeOf(kind, zone),
      zone,
    });
  }

  #isHome(home: number, bit: number): boolean {
    return (this.homes.columns.traits[home]! & bit) !== 0;
  }

  #isDevice(device: number, bit: number): boolean {
    return (this.devices.columns.traits[device]! & bit) !== 0;
  }

  #attach(home: number, configuration: HomeConfiguration['devices'][number], nowMs: number): void {
    const { device, gateway } = configuration;
    this.devices.ensure(device);
    this.gateways.ensure(gateway);
    const columns = this.devices.columns;
    if (columns.home[device] !== 0) this.#detach(device);
    if (columns.knownSinceMs[device] === 0) columns.knownSinceMs[device] = nowMs;
    columns.home[device] = home;
    columns.gateway[device] = gateway;
    columns.nextOfHome[device] = this.homes.columns.firstDevice[home]!;
    this.homes.columns.firstDevice[home] = device;
    columns.nextOfGateway[device] = this.gateways.columns.firstDevice[gateway]!;
    this.gateways.columns.firstDevice[gateway] = device;
    columns.zone[device] = ZONES.indexOf(configuration.zone);
    columns.windowMs[device] = SUPERVISION_WINDOWS_MS[configuration.supervision];
    this.namePages.noteChanged('devices', device);
    this.names.deviceId[device] = this.#word(configuration.deviceId);
    this.names.deviceKind[device] = this.#word(configuration.kind);
    this.names.deviceRoom[device] = this.#word(configuration.room);
  }

  #detach(device: number): void {
    const columns = this.devices.columns;
    unlink(this.homes.columns.firstDevice, columns.home[device]!, columns.nextOfHome, device);
    unlink(this.gateways.columns.firstDevice, columns.gateway[device]!, columns.nextOfGateway, device);
    columns.home[device] = 0;
  }

  #word(text: string): string {
    const known = this.#words.get(text);
    if (known !== undefined) return known;
    this.#words.set(text, text);
    return text;
  }
}

function unlink(first: Uint32Array, owner: number, next: Uint32Array, device: number): void {
  if (first[owner] === device) {
    first[owner] = next[device]!;
    return;
  }
  for (let at = first[owner]!; at !== 0; at = next[at]!) {
    if (next[at] === device) {
      next[at] = next[device]!;
      return;
    }
  }
}
