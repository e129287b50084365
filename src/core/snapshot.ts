// A snapshot is the whole state of the engine as bytes: a JSON head, then names, deadlines, open alerts and rows as
// they lie in memory. It says at which offset and by which core version it was cut. Restoring it and reading the rest
// of the log gives the same effects as never having stopped.

import type { AskingImage } from './alerts/asking.ts';
import type { BookImage } from './alerts/book.ts';
import { Engine } from './engine.ts';
import type { RuleSettings } from './model/home.ts';
import type { Absence } from './model/home-state.ts';
import type { Rule } from './rules/rule.ts';
import {
  type Body,
  type BodyHead,
  bodyHeadOf,
  bodyOf,
  partsOf,
  readBody,
  restoreBody,
} from './snapshot-body.ts';
import type { SettingsImage } from './state/home-settings.ts';
import type { Copy } from './state/image.ts';
import type { RosterNames } from './state/name-pages.ts';

/**
 * Layout of the bytes. In 1 names and deadlines were in the head, in 1 and 2 every column was apart, in 3 those of
 * other widths, until 4 open alerts were in the head: still read.
 */
const FORMAT = 5;
const READABLE: readonly number[] = [1, 2, 3, 4, FORMAT];

interface Head extends BodyHead {
  readonly format: number;
  readonly offset: number;
  readonly nowMs: number;
  readonly resumedAtMs: number;
  /** Missing in one of a core that did not need it. */
  readonly outageMs?: number;
  /** Of format 1, like the deadlines. */
  readonly names?: RosterNames;
  /** By home, in a snapshot of a core that kept the settings of each home apart. */
  readonly settings?: readonly (readonly [number, RuleSettings])[];
  readonly settingsPacks?: SettingsImage;
  /** Missing in a snapshot of a core that knew none. */
  readonly absences?: readonly (readonly [number, Absence])[];
  readonly book: BookImage;
  /** Missing in a snapshot of a core that asked nobody. */
  readonly asking?: AskingImage;
  readonly gone: readonly (readonly [string, number])[];
  readonly paused: readonly string[];
  readonly homeDeadlines?: readonly (readonly [number, number])[];
  readonly gatewayDeadlines?: readonly (readonly [number, number])[];
}

/**
 * The bytes one after the other. In parts: a second copy of them all would hold up the alarms for as long again.
 * `copy` is asked to copy what goes on changing.
 */
export function snapshotParts(engine: Engine, copy?: Copy): Uint8Array[] {
  const body = bodyOf(engine, copy);
  const head = new TextEncoder().encode(JSON.stringify(headOf(engine, body)));
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, head.byteLength);
  return [length, head, ...partsOf(body)];
}

/** The work of the next snapshot ahead, a little at a time: cutting it takes less of that in which alarms wait. */
export function* prepareSnapshot(engine: Engine): Generator<void> {
  yield* engine.world.roster.namePages.encodeAhead();
  yield* engine.book.encodeAhead();
}

/** How many bytes the next snapshot will ask to be copied, as things are. */
export function bytesToCopy(engine: Engine): number {
  let sum = 0;
  bodyOf(engine, (bytes) => {
    sum += bytes.byteLength;
    return bytes;
  });
  return sum;
}

export function encodeSnapshot(engine: Engine): Uint8Array {
  const parts = snapshotParts(engine);
  const bytes = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return bytes;
}

/** @throws Error when the bytes are of another format. */
export function restoreSnapshot(bytes: Uint8Array, rules?: readonly Rule[]): Engine {
  const headLength = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  const head: Head = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + headLength)));
  if (!READABLE.includes(head.format))
    throw new Error(`snapshot format ${head.format} cannot be read, only ${READABLE.join(' and ')}`);
  const engine = new Engine(rules);
  const { world } = engine;
  world.offset = head.offset;
  world.nowMs = head.nowMs;
  world.resumedAtMs = head.resumedAtMs;
  world.outageMs = head.outageMs ?? 0;
  Object.assign(world.roster.names, head.names ?? {});
  const body = readBody(head, bytes.subarray(4 + headLength));
  restoreBody(world, body);
  engine.rules.restore(head.paused);
  const { homes } = world.roster;
  for (const [home, absence] of head.absences ?? []) world.roster.absences.set(homes.row(home), absence);
  world.roster.settings.restore(head.settingsPacks ?? []);
  for (const [home, settings] of head.settings ?? []) world.roster.settings.set(homes.row(home), settings);
  for (const [home, dueAtMs] of head.homeDeadlines ?? []) world.wakeHome(homes.row(home), dueAtMs);
  for (const [gateway, dueAtMs] of head.gatewayDeadlines ?? [])
    world.wakeGateway(world.roster.gateways.row(gateway), dueAtMs);
  engine.watch.restore(head.gone);
  engine.book.restore(head.book, body.images.alerts);
  engine.asking.restore(head.asking ?? []);
  return engine;
}

function headOf(engine: Engine, body: Body): Head {
  const { world } = engine;
  return {
    format: FORMAT,
    offset: world.offset,
    nowMs: world.nowMs,
    resumedAtMs: world.resumedAtMs,
    outageMs: world.outageMs,
    settingsPacks: world.roster.settings.image(),
    absences: Array.from(world.roster.absences, ([home, absence]) => [
      world.roster.homes.number(home),
      absence,
    ]),
    book: engine.book.image(),
    asking: engine.asking.image(),
    gone: engine.watch.image(),
    paused: engine.rules.paused(),
    ...bodyHeadOf(body),
  };
}
