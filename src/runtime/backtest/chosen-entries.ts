// Which entries of the log a back-test steps, and as what: those about its homes, and those about everybody. Homes meet
// only at gateways, so the rest cannot change what happens to these (promise P3): what another home's device sends
// through a shared gateway is stepped as the sign of life of that gateway, which is all it means here.
// Takes the entries over: numbers in them are replaced by small ones.

import type { Command } from '#core/model/command.ts';
import type {
  EntryBody,
  GatewayConfiguredBody,
  HomeConfiguredBody,
  ObservationBody,
} from '#core/model/entry.ts';
import type { HomeConfiguration, RuleSettings } from '#core/model/home.ts';
import { Numbering } from './numbering.ts';
import type { BacktestPlan } from './plan.ts';

/** Beyond, a look-up by SQLite for every row costs more than it saves: everything is read and sorted out here. */
const SOURCES_MAX = 2_000;
const NOTHING: readonly EntryBody[] = [];

export class ChosenEntries {
  readonly #rules: RuleSettings;
  /** The alert of the replay that stands for a live one; null: none. */
  readonly #standInOf: (alertId: string) => string | null;
  readonly #chosenHomes: ReadonlySet<number>;
  readonly #homes: Numbering;
  readonly #gateways: Numbering;
  readonly #devices: Numbering;
  /** Devices of the homes at this place of the log, with their small numbers. */
  readonly #own = new Map<number, number>();
  readonly #ownOf = new Map<number, readonly number[]>();
  /** Of gateways that none of the homes had so far: a concentrator is configured before the homes behind it. */
  readonly #otherGateways = new Map<number, GatewayConfiguredBody>();
  readonly #sources: Set<number>;
  /** The same as a list, while it is as long. */
  #sourceList: readonly number[] = [];
  /** The homes once were behind a gateway of which nobody knows any more who else was. */
  #needsAll = false;

  constructor({ homes, rules, sources }: BacktestPlan, standInOf: (alertId: string) => string | null) {
    this.#rules = rules;
    this.#standInOf = standInOf;
    this.#chosenHomes = new Set(homes);
    this.#sources = new Set(sources);
    this.#homes = new Numbering(homes);
    this.#devices = new Numbering(sources.filter((source) => source > 0));
    this.#gateways = new Numbering(sources.filter((source) => source < 0).map((source) => -source));
  }

  /**
   * Identities worth reading; null: all. Grows while the log tells of devices and gateways that the homes no longer
   * have: look again after every entry. The same list until it grows.
   */
  sources(): readonly number[] | null {
    if (this.#needsAll || this.#sources.size > SOURCES_MAX) return null;
    if (this.#sourceList.length < this.#sources.size) this.#sourceList = [...this.#sources];
    return this.#sourceList;
  }

  /** Changes whenever `sources()` does. */
  get sourceCount(): number {
    return this.#needsAll ? Number.POSITIVE_INFINITY : this.#sources.size;
  }

  /** The usual case of `stepsFor`, without a list: the same reading with small numbers. */
  ownReading(body: EntryBody): ObservationBody | null {
    if (body.type !== 'observation' || body.device === null) return null;
    const device = this.#own.get(body.device);
    if (device === undefined) return null;
    // In place: it was parsed for us alone, and a copy for each of a million readings is a tenth of the whole time.
    const own: { -readonly [K in keyof ObservationBody]: ObservationBody[K] } = body;
    own.device = device;
    own.gateway = this.#gateways.of(body.gateway);
    return own;
  }

  /** What to step for this entry, in order; mostly nothing. */
  stepsFor(body: EntryBody): readonly EntryBody[] {
    switch (body.type) {
      case 'observation':
        return this.#ofObservation(body);
      case 'gateway-link':
        if (!this.#gateways.has(body.gateway)) return NOTHING;
        return [{ ...body, gateway: this.#gateways.of(body.gateway) }];
      case 'home-configured':
        return this.#chosenHomes.has(body.home.home) ? this.#ofHome(body) : this.#ofNeighbour(body);
      case 'gateway-configured':
        return this.#ofGateway(body);
      case 'command':
        return this.#ofCommand(body.command);
      case 'tick':
        return NOTHING;
      default:
        return [body];
    }
  }

  #ofObservation(body: ObservationBody): readonly EntryBody[] {
    const own = this.ownReading(body);
    if (own !== null) return [own];
    if (!this.#gateways.has(body.gateway)) return NOTHING;
    const gateway = this.#gateways.of(body.gateway);
    if (body.device === null) return [{ ...body, gateway }];
    return [{ type: 'gateway-link', gateway, online: true, reason: 'session-open' }];
  }

  #ofHome({ home }: HomeConfiguredBody): readonly EntryBody[] {
    for (const device of this.#ownOf.get(home.home) ?? []) this.#own.delete(device);
    this.#ownOf.set(
      home.home,
      home.devices.map(({ device }) => device),
    );
    const steps: EntryBody[] = [];
    for (const { device, gateway } of home.devices) {
      this.#own.set(device, this.#devices.of(device));
      this.#sources.add(device);
      if (!this.#gateways.has(gateway)) this.#needsAll = true;
      this.#addGateway(gateway);
      const configured = this.#otherGateways.get(gateway);
      if (configured !== undefined) steps.push(this.#renumbered(configured));
      this.#otherGateways.delete(gateway);
    }
    return [...steps, { type: 'home-configured', home: this.#homeHere(home) }];
  }

  /** Its devices behind our gateways, also those it no longer has, are signs of life of these. */
  #ofNeighbour({ home }: HomeConfiguredBody): readonly EntryBody[] {
    for (const { device, gateway } of home.devices)
      if (this.#gateways.has(gateway)) this.#sources.add(device);
    return NOTHING;
  }

  #homeHere(home: HomeConfiguration): HomeConfiguration {
    return {
      ...home,
      home: this.#homes.of(home.home),
      rules: mergedSettings(home.rules, this.#rules),
      devices: home.devices.map((device) => ({
        ...device,
        device: this.#devices.of(device.device),
        gateway: this.#gateways.of(device.gateway),
      })),
    };
  }

  #ofGateway(body: GatewayConfiguredBody): readonly EntryBody[] {
    const { gateway, home } = body.gateway;
    if (home !== null && this.#chosenHomes.has(home)) this.#addGateway(gateway);
    if (this.#gateways.has(gateway)) return [this.#renumbered(body)];
    this.#otherGateways.set(gateway, body);
    return NOTHING;
  }

  #renumbered({ type, gateway }: GatewayConfiguredBody): GatewayConfiguredBody {
    const isOurs = gateway.home !== null && this.#chosenHomes.has(gateway.home);
    const home = isOurs ? this.#homes.of(gateway.home!) : null;
    return { type, gateway: { ...gateway, gateway: this.#gateways.of(gateway.gateway), home } };
  }

  #addGateway(gateway: number): void {
    this.#gateways.of(gateway);
    this.#sources.add(-gateway);
  }

  /** What staff decided about an alert for which nothing stands here is nothing. */
  #ofCommand(command: Command): readonly EntryBody[] {
    if ('alertId' in command) {
      const alertId = this.#standInOf(command.alertId);
      return alertId === null ? NOTHING : [{ type: 'command', command: { ...command, alertId } }];
    }
    if (!this.#chosenHomes.has(command.home)) return NOTHING;
    return [{ type: 'command', command: { ...command, home: this.#homes.of(command.home) } }];
  }
}

/** `over` wins, parameter by parameter. */
export function mergedSettings(own: RuleSettings, over: RuleSettings): RuleSettings {
  const merged: Record<string, RuleSettings[string]> = { ...own };
  for (const [rule, settings] of Object.entries(over)) merged[rule] = { ...own[rule], ...settings };
  return merged;
}
