// The core: `step(entry) → effects`. Pure and deterministic: no clock, no randomness, nothing but entries in and
// effects out, so the same log gives the same alerts to the byte, live, after a crash and in a back-test.
// An entry first lets everything happen that was due before it, each at its own due time.

import { Asking } from './alerts/asking.ts';
import { AlertBook } from './alerts/book.ts';
import { applyCommand } from './alerts/handling.ts';
import { AlertWatch } from './alerts/watch.ts';
import {
  absenceDeadlineMs,
  applyHomeCommand,
  checkAbsence,
  isSuspendedLong,
  noteSaidAway,
  noteWatchedAgain,
} from './facts/absence.ts';
import { isActivity, isOldNews, noteActivity } from './facts/activity.ts';
import { noteTold } from './facts/backlog.ts';
import { noteBattery } from './facts/battery.ts';
import {
  checkDevices,
  checkGateway,
  gatewayDeadlineMs,
  nextDeviceDeadlineMs,
  noteBeat,
  noteDeviceLost,
  noteDeviceSeen,
  noteGatewayLost,
  noteGatewaySeen,
} from './facts/link.ts';
import { checkPresence, noteDoor, noteInside, presenceDeadlineMs, UNCERTAIN } from './facts/presence.ts';
import { addOwnOutage, refreshSight } from './facts/sight.ts';
import { noteSleep } from './facts/sleep.ts';
import { checkTrust, noteTrust, takeProvenHit, trustDeadlineMs } from './facts/trust.ts';
import { noteWater } from './facts/water.ts';
import { forgetRoomWhenAway, noteRoom } from './facts/whereabouts.ts';
import type { Alert } from './model/alert.ts';
import { type Command, isContact, isHomeCommand, type Outcome } from './model/command.ts';
import type { Effect, EffectBody } from './model/effect.ts';
import type { Entry, EntryBody, GatewayLinkBody, ObservationBody, ResumedBody } from './model/entry.ts';
import type { GatewayConfiguration, HomeConfiguration } from './model/home.ts';
import { edgesOf } from './model/kinds.ts';
import { type Fault, RuleRunner } from './rule-runner.ts';
import { RULES } from './rules/index.ts';
import type { Rule } from './rules/rule.ts';
import { READ_AHEAD, ReadAhead } from './state/read-ahead.ts';
import { LINK, PRESENCE, type Roster } from './state/roster.ts';
import {
  type DeviceRow,
  type GatewayRow,
  type HomeRow,
  NO_DEVICE,
  NO_GATEWAY,
  NO_HOME,
} from './state/row.ts';
import { type Signals, World } from './state/world.ts';

/** Grows with every change of behaviour; a snapshot says which core wrote it. */
export const CORE_VERSION = '9';

/** A shorter outage of our own changes no clock: whoever was silent stays silent (reliability row 56: ± 5 s). */
export const OWN_OUTAGE_MIN_MS = 60_000;

/** A deadline that a rule leaves standing would else wake its home every millisecond, and the core be late for all. */
const LOOK_AGAIN_MS = 1000;
/** Whose deadline broke the core is looked at again so soon; each fault counts up its alert. */
const AFTER_FAULT_MS = 60_000;

const NOTHING: readonly Effect[] = [];

export class Engine implements Signals {
  readonly world = new World();
  readonly watch = new AlertWatch();
  readonly book: AlertBook;
  readonly asking = new Asking(this.world, (effect) => this.#emit(effect));
  readonly rules: RuleRunner;
  #effects: Effect[] = [];
  readonly #readAhead = new ReadAhead(this.world.roster);

  constructor(rules: readonly Rule[] = RULES) {
    this.book = new AlertBook(() => this.world.nowMs, {
      emit: (effect) => this.#emit(effect),
      onOpen: (alert, slot) => this.watch.arm(alert, slot),
      onClosed: (slot) => this.watch.disarm(slot),
    });
    this.rules = new RuleRunner(this.world, this.book, this.asking, rules);
  }

  /** Offset of the last entry taken. */
  get offset(): number {
    return this.world.offset;
  }

  /** Process the next entry of the log. @throws Error when it is not the next one: the log contract is broken. */
  step(entry: Entry): readonly Effect[] {
    const { world } = this;
    if (entry.offset !== world.offset + 1) {
      throw new Error(`entry ${entry.offset} does not follow ${world.offset}: the log has a gap`);
    }
    world.offset = entry.offset;
    if (entry.body.type === 'resumed') this.#resume(entry.body, entry.atMs);
    this.#advance(entry.atMs);
    try {
      this.#apply(entry);
    } catch (error) {
      this.rules.reportFault({ rule: 'core', priority: 1, ...placeOf(world.roster, entry.body), error });
    }
    if (this.#effects.length === 0) return NOTHING;
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  /**
   * Process entries one after the other, as `step` does. Quicker with many: memory is asked for what some of them
   * need at once, which at 100,000 homes is a quarter of the time (docs/bench.md).
   */
  stepEach(entries: readonly Entry[], onStepped: (entry: Entry, effects: readonly Effect[]) => void): void {
    for (let at = 0; at < entries.length; at++) {
      if (at % READ_AHEAD === 0) this.#readAhead.read(entries, at);
      const entry = entries[at]!;
      onStepped(entry, this.step(entry));
    }
  }

  /** When time alone will change something; Infinity for never. A tick is appended then. */
  nextDeadlineMs(): number {
    const { world } = this;
    return Math.min(
      world.homeDeadlines.nextDueAtMs(),
      world.gatewayDeadlines.nextDueAtMs(),
      this.watch.nextDueAtMs(),
    );
  }

  openAlerts(): Alert[] {
    return this.book.open();
  }

  onActivity(home: HomeRow): void {
    this.rules.onActivity(home);
  }

  onRoamed(home: HomeRow): void {
    this.rules.onRoamed(home);
  }

  onPresence(home: HomeRow): void {
    checkAbsence(this.world, home);
    forgetRoomWhenAway(this.world, home);
    this.rules.onPresence(home);
  }

  onSight(home: HomeRow): void {
    this.rules.onSight(home);
  }

  onGatewayLink(gateway: GatewayRow): void {
    this.rules.onGatewayLink(gateway);
    this.onGatewaySight(gateway);
  }

  onGatewaySight(gateway: GatewayRow): void {
    const { roster, nowMs } = this.world;
    const { link, isOverdue } = roster.gateways.columns;
    const isOnline = link.get(gateway) === LINK.online && isOverdue.get(gateway) === 0;
    const sinceMs = isOnline ? nowMs : roster.gateways.columns.lastSeenAtMs[gateway]!;
    const homes = new Set<HomeRow>();
    for (const device of roster.devicesOfGateway(gateway)) homes.add(roster.devices.columns.home.get(device));
    for (const home of homes) refreshSight(this.world, this, home, sinceMs);
  }

  onDeviceLink(device: DeviceRow, isTold: boolean): void {
    const { roster, nowMs } = this.world;
    this.rules.onDeviceLink(device, isTold);
    const isOnline = roster.devices.columns.link.get(device) === LINK.online;
    const sinceMs = isOnline ? nowMs : roster.devices.columns.lastSeenAtMs[device]!;
    refreshSight(this.world, this, roster.devices.columns.home.get(device), sinceMs);
  }

  /**
   * An entry that breaks the core itself would break every recovery as well. It rings as the highest priority at its
   * place instead, at the same entry in every replay, and the service goes on for everybody else (ADR 0006).
   * False: it broke.
   */
  #contain(home: HomeRow, gateway: GatewayRow, work: () => void): boolean {
    try {
      work();
      return true;
    } catch (error) {
      this.rules.reportFault({ rule: 'core', priority: 1, home, gateway, error });
      return false;
    }
  }

  #emit(effect: EffectBody): void {
    const { offset, nowMs } = this.world;
    this.#effects.push({ ...effect, offset, index: this.#effects.length, atMs: nowMs });
  }

  /** Fire what was due until `untilMs`, in the order of due times: homes before gateways before alerts. */
  #advance(untilMs: number): void {
    const { world } = this;
    for (;;) {
      const homeAtMs = world.homeDeadlines.nextDueAtMs();
      const gatewayAtMs = world.gatewayDeadlines.nextDueAtMs();
      const alertAtMs = this.watch.nextDueAtMs();
      const dueAtMs = Math.min(homeAtMs, gatewayAtMs, alertAtMs);
      if (dueAtMs > untilMs) break;
      world.nowMs = Math.max(world.nowMs, dueAtMs);
      if (homeAtMs === dueAtMs) {
        const home = world.homeDeadlines.take();
        const isDone = this.#contain(home, NO_GATEWAY, () => this.#wakeHome(home));
        if (!isDone) world.wakeHome(home, world.nowMs + AFTER_FAULT_MS);
      } else if (gatewayAtMs === dueAtMs) {
        const gateway = world.gatewayDeadlines.take();
        const isDone = this.#contain(NO_HOME, gateway, () => this.#wakeGateway(gateway));
        if (!isDone) world.wakeGateway(gateway, world.nowMs + AFTER_FAULT_MS);
      } else this.watch.fire(this.book);
    }
    world.nowMs = Math.max(world.nowMs, untilMs);
  }

  #wakeHome(home: HomeRow): void {
    const { world } = this;
    checkDevices(world, this, home);
    checkTrust(world, this, home);
    checkPresence(world, this, home);
    checkAbsence(world, home);
    const nextOfRulesMs = this.rules.onHomeDeadline(home);
    const next = Math.min(
      nextDeviceDeadlineMs(world, home),
      trustDeadlineMs(world, home),
      presenceDeadlineMs(world, home),
      absenceDeadlineMs(world, home),
      nextOfRulesMs,
    );
    // Whatever is still due now was looked at and stands; look again in a while, never in a circle.
    if (next < Number.POSITIVE_INFINITY)
      world.wakeHome(home, next > world.nowMs ? next : world.nowMs + LOOK_AGAIN_MS);
  }

  #wakeGateway(gateway: GatewayRow): void {
    const { world } = this;
    checkGateway(world, this, gateway);
    const next = gatewayDeadlineMs(world, gateway);
    if (next < Number.POSITIVE_INFINITY) world.wakeGateway(gateway, Math.max(next, world.nowMs + 1));
  }

  #apply(entry: Entry): void {
    const { world } = this;
    const { body } = entry;
    switch (body.type) {
      case 'observation':
        return this.#observe(body);
      case 'gateway-link':
        return this.#noteLink(body);
      case 'command':
        return this.#command(body.command, entry.offset);
      case 'home-configured':
        return this.#configureHome(body.home);
      case 'gateway-configured':
        return this.#configureGateway(body.gateway);
      case 'desk-presence':
        return this.watch.noteDesk(this.book, body.staffId, body.present, world.nowMs);
      case 'tick':
      case 'resumed':
        return;
    }
  }

  #noteLink({ gateway: number, online, reason }: GatewayLinkBody): void {
    const gateway = this.world.roster.gateways.row(number);
    if (online) noteGatewaySeen(this.world, this, gateway);
    else noteGatewayLost(this.world, gateway);
    if (online && reason !== 'session-open') noteBeat(this.world, gateway);
  }

  #command(command: Command, offset: number): void {
    const { world, book } = this;
    const emit = (effect: EffectBody): void => this.#emit(effect);
    if (isHomeCommand(command)) {
      // Whoever says that they are back has seen or spoken to them. Before the answer, which is the last effect.
      if (command.action === 'declare-back') this.#noteContact(world.roster.homes.row(command.home));
      applyHomeCommand({ world, signals: this, emit }, command);
      return;
    }
    const home = world.roster.homes.row(book.homeOf(command.alertId));
    const isOver = book.get(command.alertId)?.condition === 'cleared';
    applyCommand({ book, nowMs: world.nowMs, offset, emit }, command);
    const isClosed = command.action === 'close' && book.get(command.alertId) === undefined;
    if (isClosed) this.#noteOutcome(home, command.outcome, isOver);
  }

  /**
   * Whatever staff say, somebody goes on being waited for: what has rung rings again, or an absence is too long. Of who
   * was heard of since (`isOver`) AWAY says where they were, and not where they are.
   */
  #noteOutcome(home: HomeRow, outcome: Outcome, isOver: boolean): void {
    if (outcome.code === 'AWAY') {
      const isWatched = this.world.roster.isWatched(home);
      if (isWatched && !isOver && !noteSaidAway(this.world, this, home, this.world.nowMs))
        this.#noteContact(home);
    } else if (isContact(outcome)) this.#noteContact(home);
  }

  #noteContact(home: HomeRow): void {
    if (this.world.roster.isWatched(home)) this.rules.onContact(home);
  }

  #observe(observation: ObservationBody): void {
    const { world } = this;
    noteGatewaySeen(world, this, world.roster.gateways.row(observation.gateway));
    const device = world.roster.knownDevice(observation.device);
    if (device === NO_DEVICE) {
      this.rules.observe(observation, NO_HOME, NO_DEVICE);
      return;
    }
    const home = world.roster.devices.columns.home.get(device);
    const atMs = Math.min(observation.measuredAtMs, world.nowMs);
    const isOld = isOldNews(world, observation, device, atMs);
    if (observation.kind === 'online' && observation.value === false)
      noteDeviceLost(world, this, device, atMs);
    else noteDeviceSeen(world, this, device, atMs);
    noteTold(world, observation, home, atMs);
    noteBattery(world, observation, device);
    noteWater(world, observation, home, device);
    const edges = edgesOf(observation.kind);
    const isTrusted = noteTrust(world, this, observation, edges, device, atMs);
    const isSign = isActivity(world, observation, edges, device, atMs) && !isOld;
    const signAtMs = isSign ? atMs : takeProvenHit(world, observation, home, device, atMs);
    if (isTrusted && signAtMs > 0) this.#noteLife(home, device, signAtMs);
    this.rules.observe(observation, home, device);
  }

  #noteLife(home: HomeRow, device: DeviceRow, atMs: number): void {
    const { world } = this;
    const { homes } = world.roster;
    const { presence, isReturning, isUncertain } = homes.columns;
    const isKnown = isReturning.get(home) === 0 && isUncertain.get(home) === UNCERTAIN.no;
    const wasIn = presence.get(home) !== PRESENCE.away && isKnown;
    const note = world.roster.isDoor(device) ? noteDoor : noteInside;
    if (!note(world, this, home, device, atMs)) return;
    noteRoom(world, home, device, atMs, wasIn);
    noteSleep(world, home, device, atMs, wasIn);
    noteActivity(world, this, home, device, atMs, wasIn);
  }

  #configureHome(configuration: HomeConfiguration): void {
    const { world } = this;
    const wasSuspended = isSuspendedLong(world, world.roster.homes.row(configuration.home));
    const home = world.roster.configureHome(configuration, world.nowMs);
    if (wasSuspended && configuration.isWatched) this.#watchAgain(home);
    this.rules.onConfigured(home);
    refreshSight(world, this, home, world.nowMs);
    world.wakeHome(home, world.nowMs + 1);
  }

  #watchAgain(home: HomeRow): void {
    noteWatchedAgain(this.world, this, home);
    this.rules.onContact(home);
  }

  #configureGateway(configuration: GatewayConfiguration): void {
    const { world } = this;
    const gateway = world.roster.configureGateway(configuration, world.nowMs);
    world.wakeGateway(gateway, gatewayDeadlineMs(world, gateway));
  }

  /** We saw nothing from `fromMs` to `atMs`: what fell due before still counts, our own blindness does not. */
  #resume(body: ResumedBody, atMs: number): void {
    const { world } = this;
    this.#advance(Math.min(Math.max(body.fromMs, world.nowMs), atMs));
    if (body.reason === 'start') this.watch.doubtAllDesks(this.book, atMs);
    if (atMs - body.fromMs < OWN_OUTAGE_MIN_MS) return;
    world.resumedAtMs = atMs;
    world.outageMs = atMs - body.fromMs;
    const fromMs = world.nowMs;
    world.nowMs = atMs;
    addOwnOutage(world, fromMs);
  }
}

/** Where a fault at this entry is to be shown; 0 where the entry names no home or gateway. */
function placeOf({ homes, gateways }: Roster, body: EntryBody): Pick<Fault, 'home' | 'gateway'> {
  switch (body.type) {
    case 'observation':
    case 'gateway-link':
      return { home: NO_HOME, gateway: gateways.row(body.gateway) };
    case 'home-configured':
      return { home: homes.row(body.home.home), gateway: NO_GATEWAY };
    case 'gateway-configured':
      return { home: NO_HOME, gateway: gateways.row(body.gateway.gateway) };
    default:
      return { home: NO_HOME, gateway: NO_GATEWAY };
  }
}
