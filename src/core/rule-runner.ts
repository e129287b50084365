// Runs the rules of one engine: tells each what it wants to hear, and keeps a broken one alone. A rule that throws is
// paused for that home (or gateway), reported once as an alert, and the others go on. It fails at the same entry in
// every replay, so the outcome is the same as well.

import type { Asking } from './alerts/asking.ts';
import type { AlertBook } from './alerts/book.ts';
import type { Priority } from './model/alert.ts';
import type { ObservationBody } from './model/entry.ts';
import type { Parameters, Rule, RuleContext, RuleHooks, Settings } from './rules/rule.ts';
import { gatewayPlace, homePlace } from './rules/subject.ts';
import { Bytes } from './state/column.ts';
import type { ColumnSchema } from './state/column-type.ts';
import {
  type DeviceRow,
  type GatewayRow,
  type HomeRow,
  NO_DEVICE,
  NO_GATEWAY,
  NO_HOME,
} from './state/row.ts';
import type { Columns, Section } from './state/table.ts';
import type { Signals, World } from './state/world.ts';

/** With all names, and in one order: V8 looks up the hooks of objects of many shapes anew at each call. */
type Hooks = { readonly [H in keyof RuleHooks]-?: RuleHooks[H] | undefined };
const NO_HOOKS: { readonly [H in keyof Hooks]: undefined } = {
  onReading: undefined,
  onObservation: undefined,
  onActivity: undefined,
  onRoamed: undefined,
  onPresence: undefined,
  onContact: undefined,
  onSight: undefined,
  onGatewayLink: undefined,
  onDeviceLink: undefined,
  onConfigured: undefined,
  nextDeadlineMs: undefined,
  onDeadline: undefined,
};

interface RunningRule {
  readonly rule: Rule;
  readonly hooks: Hooks;
  readonly homes: Section<ColumnSchema, 'home'>;
  readonly devices: Section<ColumnSchema, 'device'>;
}

export class RuleRunner implements Omit<Signals, 'onGatewaySight'> {
  readonly #world: World;
  readonly #book: AlertBook;
  readonly #asking: Asking;
  readonly #rules: readonly RunningRule[];
  readonly #byKind = new Map<string, readonly RunningRule[]>();
  readonly #forOtherKinds: readonly RunningRule[];
  readonly #onActivity: readonly RunningRule[];
  readonly #onRoamed: readonly RunningRule[];
  readonly #timed: readonly RunningRule[];
  /** `rule~home` of rules that threw. */
  readonly #paused = new Set<string>();

  constructor(world: World, book: AlertBook, asking: Asking, rules: readonly Rule[]) {
    this.#world = world;
    this.#book = book;
    this.#asking = asking;
    this.#rules = rules.map((rule) => this.#start(rule));
    this.#forOtherKinds = this.#rules.filter((running) => running.rule.kinds.includes('*'));
    for (const kind of new Set(rules.flatMap((rule) => rule.kinds))) {
      const listeners = this.#rules.filter(
        ({ rule }) => rule.kinds.includes(kind) || rule.kinds.includes('*'),
      );
      this.#byKind.set(kind, listeners);
    }
    this.#onActivity = this.#rules.filter((running) => running.hooks.onActivity !== undefined);
    this.#onRoamed = this.#rules.filter((running) => running.hooks.onRoamed !== undefined);
    this.#timed = this.#rules.filter((running) => running.hooks.nextDeadlineMs !== undefined);
  }

  observe(observation: ObservationBody, home: HomeRow, device: DeviceRow): void {
    const gateway = this.#world.roster.gateways.row(observation.gateway);
    for (const running of this.#byKind.get(observation.kind) ?? this.#forOtherKinds) {
      if (this.#isPaused(running.rule, home, gateway)) continue;
      try {
        running.hooks.onObservation?.(observation, device);
        if (device !== NO_DEVICE) running.hooks.onReading?.(observation, home, device);
      } catch (error) {
        this.#pause(running.rule, home, gateway, error);
      }
    }
  }

  /** Written out, like `observe`: these run for every reading, and a closure each would be garbage. */
  onActivity(home: HomeRow): void {
    for (const running of this.#onActivity) {
      if (this.#isPaused(running.rule, home, NO_GATEWAY)) continue;
      try {
        running.hooks.onActivity!(home);
      } catch (error) {
        this.#pause(running.rule, home, NO_GATEWAY, error);
      }
    }
  }

  onRoamed(home: HomeRow): void {
    for (const running of this.#onRoamed) {
      if (this.#isPaused(running.rule, home, NO_GATEWAY)) continue;
      try {
        running.hooks.onRoamed!(home);
      } catch (error) {
        this.#pause(running.rule, home, NO_GATEWAY, error);
      }
    }
  }

  onPresence(home: HomeRow): void {
    for (const running of this.#rules)
      this.#guard(running, home, NO_GATEWAY, () => running.hooks.onPresence?.(home));
  }

  onContact(home: HomeRow): void {
    for (const running of this.#rules)
      this.#guard(running, home, NO_GATEWAY, () => running.hooks.onContact?.(home));
  }

  onSight(home: HomeRow): void {
    for (const running of this.#rules)
      this.#guard(running, home, NO_GATEWAY, () => running.hooks.onSight?.(home));
  }

  onGatewayLink(gateway: GatewayRow): void {
    for (const running of this.#rules)
      this.#guard(running, NO_HOME, gateway, () => running.hooks.onGatewayLink?.(gateway));
  }

  onDeviceLink(device: DeviceRow, isTold: boolean): void {
    const home = this.#world.roster.devices.columns.home.get(device);
    for (const running of this.#rules)
      this.#guard(running, home, NO_GATEWAY, () => running.hooks.onDeviceLink?.(device, isTold));
  }

  onConfigured(home: HomeRow): void {
    for (const running of this.#rules)
      this.#guard(running, home, NO_GATEWAY, () => running.hooks.onConfigured?.(home));
  }

  /** Lets every rule look whose time has come. Answers when the next one wants to; Infinity for never. */
  onHomeDeadline(home: HomeRow): number {
    const { nowMs } = this.#world;
    let next = Number.POSITIVE_INFINITY;
    let hasLooked = false;
    for (const running of this.#timed) {
      const dueMs = this.#dueMs(running, home);
      if (dueMs <= nowMs) {
        hasLooked = true;
        this.#guard(running, home, NO_GATEWAY, () => running.hooks.onDeadline?.(home));
      } else if (dueMs < next) next = dueMs;
    }
    // What one raised may be what another waits for.
    return hasLooked ? this.#nextDueMs(home) : next;
  }

  #nextDueMs(home: HomeRow): number {
    let next = Number.POSITIVE_INFINITY;
    for (const running of this.#timed) next = Math.min(next, this.#dueMs(running, home));
    return next;
  }

  #dueMs(running: RunningRule, home: HomeRow): number {
    if (this.#isPaused(running.rule, home, NO_GATEWAY)) return Number.POSITIVE_INFINITY;
    try {
      return running.hooks.nextDeadlineMs!(home);
    } catch (error) {
      this.#pause(running.rule, home, NO_GATEWAY, error);
      return Number.POSITIVE_INFINITY;
    }
  }

  /** What a rule keeps per home, for those who show it; undefined when there is no such rule. */
  homeColumnsOf(rule: string): Columns<ColumnSchema, 'home'> | undefined {
    return this.#rules.find((running) => running.rule.id === rule)?.homes.columns;
  }

  paused(): string[] {
    return [...this.#paused];
  }

  restore(paused: readonly string[]): void {
    for (const key of paused) this.#paused.add(key);
  }

  #start(rule: Rule): RunningRule {
    const homes = this.#world.roster.homes.attach(rule.id, rule.homeColumns);
    const devices = this.#world.roster.devices.attach(rule.id, rule.deviceColumns);
    const context: RuleContext<Parameters, ColumnSchema, ColumnSchema> = {
      world: this.#world,
      settings: this.#settingsOf(rule),
      home: () => homes.columns,
      device: () => devices.columns,
      raise: (cause) => this.#book.raise({ ...cause, rule: rule.id }),
      clear: (subject, restore) => this.#book.clear(rule.id, subject, restore),
      isRaised: (other, home) => this.#isRaised(other, home),
      questions: this.#asking.ofRule(rule.id),
    };
    return { rule, homes, devices, hooks: { ...NO_HOOKS, ...rule.start(context) } };
  }

  #isRaised(ruleId: string, home: HomeRow): boolean {
    const running = this.#rules.find(({ rule }) => rule.id === ruleId);
    const column = running?.homes.columns['isRaised'];
    return column instanceof Bytes && column.get(home) === 1;
  }

  /** Compiled once per rule and settings, however many homes have them. */
  #settingsOf(rule: Rule): (home: HomeRow) => Settings<Parameters> {
    const { settings } = this.#world.roster;
    const compiled: Settings<Parameters>[] = [effectiveSettings(rule, {})];
    return (home) => {
      const index = settings.indexOf(home);
      const known = compiled[index];
      if (known !== undefined) return known;
      const own = settings.at(index)?.[rule.id];
      const effective = own === undefined ? compiled[0]! : effectiveSettings(rule, own);
      compiled[index] = effective;
      return effective;
    };
  }

  #guard(running: RunningRule, home: HomeRow, gateway: GatewayRow, hook: () => void): void {
    if (this.#isPaused(running.rule, home, gateway)) return;
    try {
      hook();
    } catch (error) {
      this.#pause(running.rule, home, gateway, error);
    }
  }

  #isPaused(rule: Rule, home: HomeRow, gateway: GatewayRow): boolean {
    return this.#paused.size > 0 && this.#paused.has(this.#pauseKey(rule, home, gateway));
  }

  #pause(rule: Rule, home: HomeRow, gateway: GatewayRow, error: unknown): void {
    const key = this.#pauseKey(rule, home, gateway);
    // A rule of life and death is never switched off: each of its faults rings instead of its alarm.
    if (rule.priority > 1) this.#paused.add(key);
    this.reportFault({
      rule: rule.id,
      priority: Math.min(2, rule.priority) as Priority,
      home,
      gateway,
      error,
    });
  }

  #pauseKey(rule: Rule, home: HomeRow, gateway: GatewayRow): string {
    const { homes, gateways } = this.#world.roster;
    if (home === NO_HOME) return `${rule.id}~gateway~${gateways.number(gateway)}`;
    return `${rule.id}~home~${homes.number(home)}`;
  }

  /** Tell operators that something of ours failed at this home or gateway; once, then counted up. */
  reportFault(fault: Fault): void {
    const { rule, priority, home, gateway, error } = fault;
    const { roster, offset } = this.#world;
    this.#book.raise({
      rule: 'rule-fault',
      kind: 'rule-fault',
      priority,
      subject: `${rule}~${roster.homes.number(home)}~${roster.gateways.number(gateway)}`,
      cause: `${rule}~${offset}`,
      ...(home > 0 && roster.homes.has(home) ? homePlace(roster, home) : gatewayPlace(roster, gateway)),
      lateByMs: 0,
      explanation: { code: faultCodeOf(fault), params: { rule, offset, error: messageOf(error) } },
    });
  }
}

export interface Fault {
  readonly rule: string;
  readonly priority: Priority;
  readonly home: HomeRow;
  readonly gateway: GatewayRow;
  readonly error: unknown;
}

/** What is paused now. Nothing is when the core failed, or a rule of life and death: then an alarm may be missing. */
function faultCodeOf({ rule, priority, home }: Fault): string {
  if (rule === 'core') return 'rule-fault.core';
  if (priority === 1) return 'rule-fault.goes-on';
  return home === NO_HOME ? 'rule-fault.gateway' : 'rule-fault';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The rule's settings for a home that overrides some: numbers within bounds count, anything else is the default. */
export function effectiveSettings(rule: Rule, own: Readonly<Record<string, unknown>>): Settings<Parameters> {
  const settings = Object.entries(rule.parameters).map(([name, { default: usual, min, max }]) => {
    const value = own[name];
    return [name, typeof value === 'number' && value >= min && value <= max ? value : usual] as const;
  });
  // Built at once: see `Table`.
  return Object.fromEntries(settings);
}
