// A snapshot is the whole state of the engine as bytes: a JSON head with alerts, then names, deadlines and columns as
// they lie in memory. It says at which offset and by which core version it was cut. Restoring it and reading the rest
// of the log gives the same effects as never having stopped.

import type { AskingImage } from './alerts/asking.ts';
import type { BookImage } from './alerts/book.ts';
import { Engine } from './engine.ts';
import type { RuleSettings } from './model/home.ts';
import type { Absence } from './model/home-state.ts';
import type { RuleImage } from './rule-runner.ts';
import type { Rule } from './rules/rule.ts';
import type { SettingsImage } from './state/home-settings.ts';
import type { RosterNames } from './state/name-pages.ts';
import type { ColumnImage } from './state/table.ts';

/** Layout of the bytes. In 1 names and deadlines were in the head; it is still read. */
const FORMAT = 2;
const READABLE: readonly number[] = [1, FORMAT];

interface ColumnHead {
  readonly name: string;
  readonly type: ColumnImage['type'];
  readonly byteLength: number;
}

interface TableHead {
  readonly table: string;
  readonly size: number;
  readonly columns: readonly ColumnHead[];
}

interface Head {
  readonly format: number;
  readonly offset: number;
  readonly nowMs: number;
  readonly resumedAtMs: number;
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
  readonly tables: readonly TableHead[];
}

interface Section {
  readonly table: string;
  readonly size: number;
  readonly columns: readonly ColumnImage[];
}

export function encodeSnapshot(engine: Engine): Uint8Array {
  const sections = sectionsOf(engine);
  const head = new TextEncoder().encode(JSON.stringify(headOf(engine, sections)));
  const columns = sections.flatMap((section) => section.columns);
  const bytes = new Uint8Array(
    4 + head.byteLength + columns.reduce((sum, { bytes }) => sum + bytes.byteLength, 0),
  );
  new DataView(bytes.buffer).setUint32(0, head.byteLength);
  bytes.set(head, 4);
  let at = 4 + head.byteLength;
  for (const column of columns) {
    bytes.set(column.bytes, at);
    at += column.bytes.byteLength;
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
  Object.assign(world.roster.names, head.names ?? {});
  restoreTables(engine, head.tables, bytes.subarray(4 + headLength), head.paused);
  const { homes } = world.roster;
  for (const [home, absence] of head.absences ?? []) world.roster.absences.set(homes.row(home), absence);
  world.roster.settings.restore(head.settingsPacks ?? []);
  for (const [home, settings] of head.settings ?? []) world.roster.settings.set(homes.row(home), settings);
  for (const [home, dueAtMs] of head.homeDeadlines ?? []) world.homeDeadlines.arm(home, dueAtMs);
  for (const [gateway, dueAtMs] of head.gatewayDeadlines ?? []) world.gatewayDeadlines.arm(gateway, dueAtMs);
  engine.watch.restore(head.gone);
  engine.book.restore(head.book);
  engine.asking.restore(head.asking ?? []);
  return engine;
}

function headOf(engine: Engine, sections: readonly Section[]): Head {
  const { world } = engine;
  return {
    format: FORMAT,
    offset: world.offset,
    nowMs: world.nowMs,
    resumedAtMs: world.resumedAtMs,
    settingsPacks: world.roster.settings.image(),
    absences: Array.from(world.roster.absences, ([home, absence]) => [
      world.roster.homes.number(home),
      absence,
    ]),
    book: engine.book.image(),
    asking: engine.asking.image(),
    gone: engine.watch.image(),
    paused: engine.rules.paused(),
    tables: sections.map(({ table, size, columns }) => ({
      table,
      size,
      columns: columns.map(({ name, type, bytes }) => ({ name, type, byteLength: bytes.byteLength })),
    })),
  };
}

function sectionsOf(engine: Engine): Section[] {
  const { world } = engine;
  const { homes, devices, gateways, namePages } = world.roster;
  const sections: Section[] = [
    { table: 'names', size: 0, columns: namePages.images() },
    { table: 'home-deadlines', size: 0, columns: world.homeDeadlines.images() },
    { table: 'gateway-deadlines', size: 0, columns: world.gatewayDeadlines.images() },
    { table: 'homes', size: homes.size, columns: homes.images() },
    { table: 'devices', size: devices.size, columns: devices.images() },
    { table: 'gateways', size: gateways.size, columns: gateways.images() },
  ];
  for (const image of engine.rules.images()) {
    sections.push({ table: `${image.rule}/homes`, size: homes.size, columns: image.homes });
    sections.push({ table: `${image.rule}/devices`, size: devices.size, columns: image.devices });
  }
  return sections;
}

function restoreTables(
  engine: Engine,
  heads: readonly TableHead[],
  body: Uint8Array,
  paused: readonly string[],
): void {
  const images = new Map<string, { size: number; columns: ColumnImage[] }>();
  let at = 0;
  for (const { table, size, columns } of heads) {
    const restored = columns.map(({ name, type, byteLength }) => {
      const bytes = body.subarray(at, at + byteLength);
      at += byteLength;
      return { name, type, bytes };
    });
    images.set(table, { size, columns: restored });
  }
  const { roster, homeDeadlines, gatewayDeadlines } = engine.world;
  roster.namePages.restore(images.get('names')?.columns ?? []);
  homeDeadlines.restore(images.get('home-deadlines')?.columns ?? []);
  gatewayDeadlines.restore(images.get('gateway-deadlines')?.columns ?? []);
  for (const name of ['homes', 'devices', 'gateways'] as const) {
    const { size, columns } = images.get(name)!;
    roster[name].restore(size, columns);
  }
  const isDerived = images.get('devices')!.columns.some(({ name }) => name === 'traits');
  if (!isDerived) for (const home of roster.homes.rows()) roster.derive(home);
  engine.rules.restore(ruleImages(images), paused);
}

function ruleImages(images: ReadonlyMap<string, { readonly columns: ColumnImage[] }>): RuleImage[] {
  const rules = [...images.keys()].filter((table) => table.endsWith('/homes'));
  return rules.map((table) => {
    const rule = table.slice(0, -'/homes'.length);
    return { rule, homes: images.get(table)!.columns, devices: images.get(`${rule}/devices`)!.columns };
  });
}
