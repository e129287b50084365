// An absence that somebody declared, with an end. The home counts as empty at once; whoever is proved to be in is
// watched again, and the declaration stays, so that going out again needs the door and no second call. It is over at
// its end when somebody is in, else with the return. It answers only the question where the residents are: calls for
// help, smoke and the like know nothing of it. Where no sensor stands at the door nobody can be seen to go out again.

import type { HomeCommand, HomeCommandRefusal } from '../model/command.ts';
import type { EffectBody } from '../model/effect.ts';
import { ABSENCE_DAYS_MAX, type HomeState } from '../model/home-state.ts';
import { LEVEL, PRESENCE } from '../state/roster.ts';
import { type HomeRow, NO_DEVICE } from '../state/row.ts';
import type { Signals, World } from '../state/world.ts';
import { noteActivity } from './activity.ts';
import { gapsOf } from './gaps.ts';
import { forgetDoor, isMatOccupied, setPresence } from './presence.ts';

type DeclareAway = HomeCommand & { action: 'declare-away' };

const ABSENCE_MS_MAX = ABSENCE_DAYS_MAX * 24 * 3_600_000;

/** Watched again after less, a home goes on where it was: a slip of the hand must not put an alarm off. */
const SUSPENDED_LONG_MS = 12 * 3_600_000;

const PRESENCE_WORDS = {
  [PRESENCE.unknown]: 'unknown',
  [PRESENCE.home]: 'home',
  [PRESENCE.away]: 'away',
} as const;

export interface Declaring {
  readonly world: World;
  readonly signals: Signals;
  emit(effect: EffectBody): void;
}

/** Rows of homes that were never configured are holes, which a snapshot turns into nulls. */
export function isKnownHome(world: World, home: HomeRow): boolean {
  return (world.roster.homeIdOf(home) ?? null) !== null;
}

/** What is known of a home the core knows. */
export function homeStateOf(world: World, home: HomeRow): HomeState {
  const { presence, awaySinceMs, lastActivityAtMs } = world.roster.homes.columns;
  return {
    presence: PRESENCE_WORDS[presence.get(home) as keyof typeof PRESENCE_WORDS],
    awaySinceMs: awaySinceMs[home]! || null,
    lastActivityAtMs: lastActivityAtMs[home]! || null,
    absence: world.roster.absences.get(home) ?? null,
    gaps: gapsOf(world, home),
  };
}

/** Ends in exactly one answer, the last effect of the entry. */
export function applyHomeCommand(declaring: Declaring, command: HomeCommand): void {
  const { world, emit } = declaring;
  const { staffId } = command;
  const { roster } = world;
  const home = roster.homes.row(command.home);
  const refusal = refusalOf(world, home, command);
  if (refusal !== null) {
    emit({ type: 'home-command-refused', homeId: roster.homeIdOf(home) ?? null, staffId, refusal });
    return;
  }
  if (command.action === 'declare-away') declareAway(declaring, home, command);
  else declareBack(declaring, home);
  emit({
    type: 'home-state',
    change: command.action === 'declare-away' ? 'declared-away' : 'declared-back',
    homeId: roster.homeIdOf(home),
    districtCode: roster.districtOf(home),
    staffId,
    state: homeStateOf(world, home),
  });
}

/** When a declaration ends by itself; Infinity while nobody is in: then rule `away-too-long` waits for the return. */
export function absenceDeadlineMs(world: World, home: HomeRow): number {
  const { absences, homes } = world.roster;
  if (absences.size === 0 || homes.columns.presence.get(home) === PRESENCE.away)
    return Number.POSITIVE_INFINITY;
  return absences.get(home)?.untilMs ?? Number.POSITIVE_INFINITY;
}

/** Presence changed, or time passed: a declaration is over when its end is past and somebody is in. */
export function checkAbsence(world: World, home: HomeRow): void {
  const endMs = absenceDeadlineMs(world, home);
  if (endMs <= world.nowMs) world.roster.absences.delete(home);
  else world.wakeHome(home, endMs);
}

function refusalOf(world: World, home: HomeRow, command: HomeCommand): HomeCommandRefusal | null {
  const { roster, nowMs } = world;
  if (!isKnownHome(world, home)) return 'no-such-home';
  if (command.action === 'declare-back') return null;
  if (!roster.isWatched(home)) return 'not-watched';
  const isGoodEnd = command.untilMs > nowMs && command.untilMs <= nowMs + ABSENCE_MS_MAX;
  return isGoodEnd ? null : 'bad-end';
}

function declareAway({ world, signals }: Declaring, home: HomeRow, command: DeclareAway): void {
  const { staffId, untilMs, note } = command;
  const wasAway = world.roster.homes.columns.presence.get(home) === PRESENCE.away;
  world.roster.absences.set(home, { untilMs, declaredAtMs: world.nowMs, staffId, note });
  // A door that waits for its answer was their going, so that the next one is the return; else they have yet to go.
  const goneAtMs = isDoorOpen(world, home) ? 0 : waitingDoorAtMs(world, home);
  if (wasAway || !noteSaidAway(world, signals, home, goneAtMs)) signals.onPresence(home);
}

/** When the door moved by which they may just have gone out; 0 for none. */
function waitingDoorAtMs(world: World, home: HomeRow): number {
  const { isReturning, doorAtMs } = world.roster.homes.columns;
  return isReturning.get(home) === 1 ? 0 : doorAtMs[home]!;
}

/** It has yet to be shut behind them: that is the going, and no return. */
function isDoorOpen(world: World, home: HomeRow): boolean {
  const { level } = world.roster.devices.columns;
  for (const device of world.roster.devicesOfHome(home))
    if (world.roster.isDoor(device) && !world.roster.isWeak(device) && level.get(device) === LEVEL.on)
      return true;
  return false;
}

/**
 * Staff say that the residents are out: from now on their return is waited for, and no longer a sign of life.
 * `goneAtMs`: when they went through the door, 0 when that is still to come. False where one of several residents lies
 * on a mat: somebody has stayed, and goes on being watched.
 */
export function noteSaidAway(world: World, signals: Signals, home: HomeRow, goneAtMs: number): boolean {
  const { columns } = world.roster.homes;
  if (columns.presence.get(home) === PRESENCE.away) return true;
  if (isMatOccupied(world, home)) return false;
  forgetDoor(world, home);
  columns.doorAtMs[home] = goneAtMs;
  columns.awaySinceMs[home] = world.nowMs;
  setPresence(world, signals, home, PRESENCE.away);
  return true;
}

/** Nobody was to be rung for in this home for so long that it begins anew when it is watched again. */
export function isSuspendedLong(world: World, home: HomeRow): boolean {
  if (!isKnownHome(world, home) || world.roster.isWatched(home)) return false;
  return world.nowMs - world.roster.homes.columns.suspendedAtS.get(home) * 1000 >= SUSPENDED_LONG_MS;
}

/**
 * Watched again after a long time in which nobody was to be rung for: the clocks begin now. Of who is out the return is
 * waited for; the others are said to be in, whatever was known of them.
 */
export function noteWatchedAgain(world: World, signals: Signals, home: HomeRow): void {
  const { presence, awaySinceMs, doorAtMs } = world.roster.homes.columns;
  const wasAway = presence.get(home) === PRESENCE.away;
  const waitingDoorMs = waitingDoorAtMs(world, home);
  noteSaidAway(world, signals, home, world.nowMs);
  if (wasAway) awaySinceMs[home] = world.nowMs;
  else {
    noteSaidBack(world, signals, home);
    doorAtMs[home] = waitingDoorMs;
  }
}

function declareBack({ world, signals }: Declaring, home: HomeRow): void {
  world.roster.absences.delete(home);
  if (world.roster.homes.columns.presence.get(home) === PRESENCE.away) noteSaidBack(world, signals, home);
}

/** The word of a person who knows: it counts as a sign of life, so that the clocks begin now and not days ago. */
function noteSaidBack(world: World, signals: Signals, home: HomeRow): void {
  forgetDoor(world, home);
  setPresence(world, signals, home, PRESENCE.home);
  noteActivity(world, signals, home, NO_DEVICE, world.nowMs, false);
}
