// Runs the rules of one engine: tells each what it wants to hear, and keeps a broken one alone. A rule that throws is
// paused for that home (or gateway), reported once as an alert, and the others go on. It fails at the same entry in
// every replay, so the outcome is the same as well.

import type { AlertBook } from './alerts/book.ts';
import type { Priority } from './model/alert.ts';
import type { ObservationBody } from './model/entry.ts';
import type { Parameters, Rule, RuleContext, RuleHooks, Settings } from './rules/rule.ts';
import { gatewayPlace, homePlace } from './rules/subject.ts';
import { type ColumnImage, type ColumnSchema, Table } from './state/table.ts';
import type { Signals, World } from './state/world.ts';

interface RunningRule {
  readonly rule: Rule;
  readonly hooks: RuleHooks;
  readonly homes: Table<ColumnSchema>;
  readonly devices: Table<ColumnSchema>;
}

/** What one rule keeps, for the snapshot. */
export interface RuleImage {
  readonly rule: string;
  readonly homes: readonly ColumnImage[];
  readonly devices: readonly ColumnImage[];
}

export class RuleRunner implements Omit<Signals, 'onGatewaySight'> {
  readonly #world: World;
  readonly #book: AlertBook;
  readonly #rules: readonly RunningRule[];
  readonly #byKind = new Map<string, readonly RunningRule[]>();
  readonly #forOtherKinds: readonly RunningRule[];
  readonly #onActivity: readonly RunningRule[];
  readonly #onRoamed: readonly RunningRule[];
  readonly #timed: readonly RunningRule[];
  readonly #settings = new Map<Rule, Map<number, Settings<Parameters>>>();
  /** `rule~home` of rules that threw. */
  readonly #paused = new Set<string>();

  constructor(world: World, book: AlertBook, rules: readonly Rule[]) {
    this.#world = world;
    this.#book = book;
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

  observe(observation: ObservationBody, home: number): void {
    for (const running of this.#byKind.get(observation.kind) ?? this.#forOtherKinds) {
      if (this.#isPaused(running.rule, home, observation.gateway)) continue;
      try {
        running.hooks.onObservation?.(observation, home);
      } catch (error) {
        this.#pause(running.rule, home, observation.gateway, error);
      }
    }
  }

  /** Written out, like `observe`: these run for every reading, and a closure each would be garbage. */
  onActivity(home: number): void {
    for (const running of this.#onActivity) {
      if (this.#isPaused(running.rule, home, 0)) continue;
      try {
        running.hooks.onActivity!(home);
      } catch (error) {
        this.#pause(running.rule, home, 0, error);
      }
    }
  }

  onRoamed(home: number): void {
    for (const running of this.#onRoamed) {
      if (this.#isPaused(running.rule, home, 0)) continue;
      try {
        running.hooks.onRoamed!(home);
      } catch (error) {
        this.#pause(running.rule, home, 0, error);
      }
    }
  }

  onPresence(home: number): void {
    for (const running of this.#rules) this.#guard(running, home, 0, () => running.hooks.onPresence?.(home));
  }

  onSight(home: number): void {
    for (const running of this.#rules) this.#guard(running, home, 0, () => running.hooks.onSight?.(home));
  }

  onGatewayLink(gateway: number): void {
    for (const running of this.#rules)
      this.#guard(running, 0, gateway, () => running.hooks.onGatewayLink?.(gateway));
  }

  onDeviceLink(device: number): void {
    const home = this.#world.roster.devices.columns.home[device]!;
    for (const running of this.#rules)
      this.#guard(running, home, 0, () => running.hooks.onDeviceLink?.(device));
  }

  /** The home's roster or settings changed: forget compiled settings and make room for its numbers. */
  onConfigured(home: number): void {
    for (const settings of this.#settings.values()) settings.delete(home);
    this.makeRoom();
    for (const running of this.#rules)
      this.#guard(running, home, 0, () => running.hooks.onConfigured?.(home));
  }

  onHomeDeadline(home: number): void {
    for (const running of this.#timed) this.#guard(running, home, 0, () => running.hooks.onDeadline?.(home));
  }

  nextHomeDeadlineMs(home: number): number {
    let next = Number.POSITIVE_INFINITY;
    for (const running of this.#timed) {
      this.#guard(running, home, 0, () => {
        next = Math.min(next, running.hooks.nextDeadlineMs!(home));
      });
    }
    return next;
  }

  makeRoom(): void {
    const { homes, devices } = this.#world.roster;
    for (const running of this.#rules) {
      running.homes.ensure(homes.size - 1);
      running.devices.ensure(devices.size - 1);
    }
  }

  images(): RuleImage[] {
    return this.#rules.map(({ rule, homes, devices }) => ({
      rule: rule.id,
      homes: homes.images(),
      devices: devices.images(),
    }));
  }

  paused(): string[] {
    return [...this.#paused];
  }

  /** A rule that is new since the snapshot starts empty. */
  restore(images: readonly RuleImage[], paused: readonly string[]): void {
    const { homes, devices } = this.#world.roster;
    for (const image of images) {
      const running = this.#rules.find(({ rule }) => rule.id === image.rule);
      running?.homes.restore(homes.size, image.homes);
      running?.devices.restore(devices.size, image.devices);
    }
    for (const key of paused) this.#paused.add(key);
    this.makeRoom();
  }

  #start(rule: Rule): RunningRule {
    const homes = new Table(rule.homeColumns);
    const devices = new Table(rule.deviceColumns);
    const context: RuleContext<Parameters, ColumnSchema, ColumnSchema> = {
      world: this.#world,
      settings: (home) => this.#settingsOf(rule, home),
      home: () => homes.columns,
      device: () => devices.columns,
      raise: (cause) => this.#book.raise({ ...cause, rule: rule.id }),
      clear: (subject, restore) => this.#book.clear(rule.id, subject, restore),
    };
    return { rule, homes, devices, hooks: rule.start(context) };
  }

  #settingsOf(rule: Rule, home: number): Settings<Parameters> {
    let compiled = this.#settings.get(rule);
    if (compiled === undefined) {
      compiled = new Map([[0, effectiveSettings(rule, {})]]);
      this.#settings.set(rule, compiled);
    }
    const own = this.#world.roster.settings.get(home)?.[rule.id];
    if (own === undefined) return compiled.get(0)!;
    let settings = compiled.get(home);
    if (settings === undefined) {
      settings = effectiveSettings(rule, own);
      compiled.set(home, settings);
    }
    return settings;
  }

  #guard(running: RunningRule, home: number, gateway: number, hook: () => void): void {
    if (this.#isPaused(running.rule, home, gateway)) return;
    try {
      hook();
    } catch (error) {
      this.#pause(running.rule, home, gateway, error);
    }
  }

  #isPaused(rule: Rule, home: number, gateway: number): boolean {
    return this.#paused.size > 0 && this.#paused.has(pauseKey(rule, home, gateway));
  }

  #pause(rule: Rule, home: number, gateway: number, error: unknown): void {
    const key = pauseKey(rule, home, gateway);
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

  /** Tell operators that something of ours failed at this home or gateway; once, then counted up. */
  reportFault({ rule, priority, home, gateway, error }: Fault): void {
    const { roster, offset } = this.#world;
    this.#book.raise({
      rule: 'rule-fault',
      kind: 'rule-fault',
      priority,
      subject: `${rule}~${home}~${gateway}`,
      cause: `${rule}~${offset}`,
      ...(home > 0 && home < roster.homes.size ? homePlace(roster, home) : gatewayPlace(roster, gateway)),
      lateByMs: 0,
      explanation: { code: 'rule-fault', params: { rule, offset, error: messageOf(error) } },
    });
  }
}

interface Fault {
  readonly rule: string;
  readonly priority: Priority;
  readonly home: number;
  readonly gateway: number;
  readonly error: unknown;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The rule's settings for a home that overrides some: numbers within bounds count, anything else is the default. */
export function effectiveSettings(rule: Rule, own: Readonly<Record<string, unknown>>): Settings<Parameters> {
  const settings: Record<string, number> = {};
  for (const [name, parameter] of Object.entries(rule.parameters)) {
    const value = own[name];
    const isUsable = typeof value === 'number' && value >= parameter.min && value <= parameter.max;
    settings[name] = isUsable ? value : parameter.default;
  }
  return settings;
}

function pauseKey(rule: Rule, home: number, gateway: number): string {
  return home === 0 ? `${rule.id}~gateway~${gateway}` : `${rule.id}~home~${home}`;
}
