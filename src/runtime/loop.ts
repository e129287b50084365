// One entry at a time: from the log through the core to the screens. Runs inside the log's durable callback, so an
// alarm is on its way to the desk before its own PUBACK. The only writer of the core's state.

import type { Engine } from '#core/engine.ts';
import { homeStateOf, isKnownHome } from '#core/facts/absence.ts';
import { type Week, type WeekColumns, weeksOf } from '#core/facts/week.ts';
import type { Alert } from '#core/model/alert.ts';
import type { AlertCommand, Command, HomeCommand } from '#core/model/command.ts';
import type { Effect } from '#core/model/effect.ts';
import type { Entry, EntryBody } from '#core/model/entry.ts';
import type { HomeState } from '#core/model/home-state.ts';
import { LINK } from '#core/state/roster.ts';
import { NO_DEVICE } from '#core/state/row.ts';
import type { EventLog, Receipt } from '#journal/journal.ts';
import type { AlertStore } from '#push/alert-store.ts';
import type {
  CommandResult,
  DeviceStatus,
  GatewayStatus,
  HomeCommandResult,
  Reading,
  Runtime,
} from './runtime.ts';

export interface LoopOptions {
  readonly log: EventLog;
  readonly engine: Engine;
  readonly alerts: AlertStore;
  /** To the screens, at once; must not wait and must not throw. */
  readonly publish: (effects: readonly Effect[]) => void;
  /** Told after every batch, for ticks and snapshots. */
  readonly onProcessed: (atMs: number, count: number) => void;
}

/** Behind every effect of an entry: after a start the screens stand behind all that was replayed. */
const AFTER_ALL_INDEX = 999_999;

const STATES = {
  [LINK.neverSeen]: 'never-seen',
  [LINK.online]: 'online',
  [LINK.offline]: 'offline',
} as const;

export class Loop implements Runtime {
  readonly #options: LoopOptions;
  readonly #engine: Engine;
  /** Answers to commands that wait for their append to resolve, by offset. */
  readonly #answers = new Map<number, Effect | undefined>();
  #cursor: string;

  constructor(options: LoopOptions) {
    this.#options = options;
    this.#engine = options.engine;
    this.#cursor = `${options.engine.offset}:${AFTER_ALL_INDEX}`;
    options.log.onDurable((entries) => this.#process(entries));
  }

  submit(readings: readonly Reading[]): Promise<readonly Receipt[]> {
    return this.#options.log.append(readings);
  }

  async command(command: AlertCommand): Promise<CommandResult> {
    const effect = await this.#answerTo(command);
    if (effect?.type === 'alert' && effect.alert.id === command.alertId)
      return { ok: true, alert: effect.alert };
    if (effect?.type === 'command-refused')
      return { ok: false, refusal: effect.refusal, heldBy: effect.heldBy };
    throw new Error(`the core gave no answer to ${command.action} of an alert`);
  }

  async homeCommand(command: HomeCommand): Promise<HomeCommandResult> {
    const effect = await this.#answerTo(command);
    if (effect?.type === 'home-state') return { ok: true, state: effect.state };
    if (effect?.type === 'home-command-refused') return { ok: false, refusal: effect.refusal };
    throw new Error(`the core gave no answer to ${command.action} of a home`);
  }

  async deskPresence(staffId: string, present: boolean): Promise<void> {
    await this.append({ type: 'desk-presence', staffId, present });
  }

  /** Append an entry that has no identity of its own; resolves with its offset when durable and processed. */
  async append(body: EntryBody): Promise<number> {
    const [receipt] = await this.#options.log.append([{ body, identity: null }]);
    return receipt!.offset!;
  }

  openAlerts(): readonly Alert[] {
    return this.#engine.openAlerts();
  }

  cursor(): string {
    return this.#cursor;
  }

  gatewayStatus(gateway: number): GatewayStatus | null {
    const { gateways } = this.#engine.world.roster;
    const { knownSinceMs, link, lastSeenAtMs } = gateways.columns;
    const row = gateways.row(gateway);
    if (!gateways.has(row) || knownSinceMs[row] === 0) return null;
    return { state: stateOf(link.get(row)), lastSeenAtMs: lastSeenAtMs[row]! || null };
  }

  deviceStatus(device: number): DeviceStatus | null {
    const { roster } = this.#engine.world;
    const row = roster.knownDevice(device);
    if (row === NO_DEVICE) return null;
    const { link, lastSeenAtMs, batteryPlusOne } = roster.devices.columns;
    const batteryPct = batteryPlusOne.get(row) === 0 ? null : batteryPlusOne.get(row) - 1;
    return { state: stateOf(link.get(row)), lastSeenAtMs: lastSeenAtMs[row]! || null, batteryPct };
  }

  homeState(home: number): HomeState | null {
    const { world } = this.#engine;
    const row = world.roster.homes.row(home);
    return isKnownHome(world, row) ? homeStateOf(world, row) : null;
  }

  homeWeeks(home: number): readonly Week[] {
    const { world, rules } = this.#engine;
    const columns = rules.homeColumnsOf('drift') as WeekColumns | undefined;
    const row = world.roster.homes.row(home);
    return columns !== undefined && isKnownHome(world, row) ? weeksOf(world, columns, row) : [];
  }

  /** A command always ends in exactly one effect, the last of its entry. */
  async #answerTo(command: Command): Promise<Effect | undefined> {
    const offset = await this.append({ type: 'command', command });
    const effect = this.#answers.get(offset);
    this.#answers.delete(offset);
    return effect;
  }

  #process(entries: readonly Entry[]): void {
    const effects: Effect[] = [];
    this.#engine.stepEach(entries, (entry, caused) => {
      for (const effect of caused) effects.push(effect);
      if (entry.body.type === 'command')
        this.#answers.set(entry.offset, answerIn(caused, entry.body.command));
    });
    const last = entries.at(-1)!;
    const latest = effects.at(-1);
    if (latest !== undefined) {
      this.#cursor = `${latest.offset}:${latest.index}`;
      this.#options.publish(effects);
    }
    this.#options.alerts.record(effects, last.offset);
    this.#options.onProcessed(last.atMs, entries.length);
  }
}

/** A word with the resident may clear other alerts of the home as well: those are no answer. */
function answerIn(caused: readonly Effect[], command: Command): Effect | undefined {
  return caused.findLast((effect) => {
    if (effect.type !== 'alert') return effect.type !== 'prompt';
    return 'alertId' in command && effect.alert.id === command.alertId;
  });
}

function stateOf(link: number): GatewayStatus['state'] {
  return STATES[link as keyof typeof STATES];
}
