// Goal: a snapshot of a core whose columns lay otherwise is read, and what follows is what would have followed. Those
// snapshots are in the folders of every service that is updated.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readBookPages } from '#core/alerts/book-pages.ts';
import type { Engine } from '#core/engine.ts';
import { inactivity } from '#core/rules/inactivity.ts';
import { longUnheard } from '#core/rules/long-unheard.ts';
import { encodeSnapshot, restoreSnapshot } from '#core/snapshot.ts';
import { bodyOf } from '#core/snapshot-body.ts';
import { NUMBERS, type NumberType } from '#core/state/column-type.ts';
import type { Block, Strides } from '#core/state/table.ts';
import { happening, RandomHome } from '../../support/random-home.ts';

const TABLES = ['homes', 'devices', 'gateways'] as const;
/** Lists of one. */
const WIDTH_ONE: ReadonlySet<string> = new Set(['temperature/atS', 'temperature/heldS', 'temperature/state']);
/** Numbers that were wider in format 3. */
const LANE_TYPES: Readonly<Record<string, NumberType>> = {
  ...typed('u32', ['traits', 'room', 'zone', 'reports', 'lossMin', 'outMin', 'batteryPlusOne', 'meterKind']),
  ...typed('u32', ['stayPeakMin', 'bathroomFadedDay']),
  ...typed('f64', ['lastHome', 'meterAtS', 'otherAtS', 'emergency/rangAtS']),
  ...typed('f64', ['wandering/atS', 'wandering/outSinceS', 'wandering/againAtS']),
};
/** Columns that hold rows: of which table. */
const ROWS: Record<string, keyof Strides> = {
  ...Object.fromEntries(
    [
      'firstDevice',
      'nextOfHome',
      'nextOfGateway',
      'lossDevice',
      'roomDevice',
      'hintDevice',
      'hallDevice',
      'hitDevice',
    ]
      .concat(['lastActivityDevice', 'otherActivityDevice', 'settledDevice', 'outDoor', 'stirDevice'])
      .concat(['temperature/raisedDevice'])
      .map((name) => [name, 'device']),
  ),
  home: 'home',
  gateway: 'gateway',
};

function typed(type: NumberType, names: readonly string[]): Record<string, NumberType> {
  return Object.fromEntries(names.map((name) => [name, type]));
}

interface Column {
  readonly name: string;
  readonly type: NumberType;
  readonly width: number;
  /** Row after row; rows of other tables as numbers. */
  readonly numbers: readonly number[];
}

interface Part {
  readonly bytes: Uint8Array;
}

function columnsOf({ size, blocks }: { size: number; blocks: readonly Block[] }, strides: Strides): Column[] {
  return blocks.flatMap(({ stride, columns, bytes }) =>
    columns.map(({ name, type, width, at }) => {
      const row = ROWS[name];
      const unit = row === undefined ? 1 : strides[row];
      const numbers = Array.from({ length: size }, (_, number) => {
        const from = bytes.slice(number * stride + at, (number + 1) * stride);
        return Array.from({ length: width }, (_, index) => readAt(from, type, index) / unit);
      });
      return { name, type, width, numbers: numbers.flat() };
    }),
  );
}

function readAt(bytes: Uint8Array, type: NumberType, index: number): number {
  const { BYTES_PER_ELEMENT } = NUMBERS[type];
  const own = bytes.slice(index * BYTES_PER_ELEMENT, (index + 1) * BYTES_PER_ELEMENT);
  return new NUMBERS[type](own.buffer)[0]!;
}

const bytesOf = ({ type, numbers }: Pick<Column, 'type' | 'numbers'>): Uint8Array =>
  new Uint8Array(NUMBERS[type].from(numbers).buffer);

function splitSnapshot(engine: Engine) {
  const bytes = encodeSnapshot(engine);
  const bodyAt = 4 + new DataView(bytes.buffer).getUint32(0);
  const head = JSON.parse(new TextDecoder().decode(bytes.subarray(4, bodyAt)));
  const alertBytes = bodyOf(engine).images.alerts.reduce((sum, part) => sum + part.bytes.length, 0);
  const open = readBookPages(bodyOf(engine).images.alerts).sort((a, b) => a.order - b.order);
  return { head, open: open.map(({ order: _, ...rest }) => rest), bytes, bodyAt, alertBytes };
}

/** All that is in a snapshot, but for the numbers that give open alerts their order: an old one does not have them. */
function contentOf(engine: Engine) {
  const { head, open, bytes, bodyAt, alertBytes } = splitSnapshot(engine);
  const { images } = head.body;
  const before = ['names', 'home-deadlines', 'gateway-deadlines']
    .flatMap((name) => images[name])
    .reduce((sum, { byteLength }) => sum + byteLength, 0);
  const rest = [bytes.subarray(bodyAt, bodyAt + before), bytes.subarray(bodyAt + before + alertBytes)].map(
    (part) => Buffer.from(part).toString('base64'),
  );
  return { head: { ...head, body: { ...head.body, images: { ...images, alerts: null } } }, open, rest };
}

/** The images of the formats before 5: open alerts were in the head. */
function oldImages(engine: Engine) {
  const { alerts: _, ...images } = bodyOf(engine).images;
  return images;
}

/** With the tables as `body` says, whose bytes are `parts`. */
function snapshotOf(engine: Engine, body: object, parts: readonly Part[]): Uint8Array {
  const { head, open } = splitSnapshot(engine);
  const { body: _, book, ...others } = head;
  const text = new TextEncoder().encode(JSON.stringify({ ...others, book: { ...book, open }, ...body }));
  const size = Buffer.alloc(4);
  size.writeUInt32BE(text.length);
  return new Uint8Array(Buffer.concat([size, text, ...parts.map((part) => part.bytes)]));
}

const headOf = <P extends Part>({ bytes: { byteLength }, ...part }: P) => ({ ...part, byteLength });

/** Format 2, until core 5: every column by itself. */
function columnsSnapshot(engine: Engine): Uint8Array {
  const { tables, strides } = bodyOf(engine);
  const images = oldImages(engine);
  const sections: { table: string; size: number; columns: (Part & { name: string; type: string })[] }[] =
    Object.entries(images).map(([table, parts]) => ({
      ...{ table, size: 0 },
      columns: parts.map((part) => ({ ...part, type: 'u8' })),
    }));
  for (const table of TABLES) {
    const columns = columnsOf(tables[table], strides);
    for (const rule of new Set(columns.map(({ name }) => name.slice(0, name.indexOf('/') + 1)))) {
      const own = columns.filter(({ name }) => (rule === '' ? !name.includes('/') : name.startsWith(rule)));
      const named = own.map((column) => ({
        name: column.name.slice(rule.length),
        type:
          column.width === 1 && !WIDTH_ONE.has(column.name) ? column.type : `${column.type}x${column.width}`,
        bytes: bytesOf(column),
      }));
      sections.push({ table: rule + table, size: tables[table].size, columns: named });
    }
  }
  const heads = sections.map(({ columns, ...section }) => ({ ...section, columns: columns.map(headOf) }));
  return snapshotOf(
    engine,
    { format: 2, tables: heads },
    sections.flatMap(({ columns }) => columns),
  );
}

interface Lane extends Part {
  readonly type: string;
  readonly stride: number;
  readonly columns: readonly { readonly name: string; readonly at: number }[];
}

/** Format 3: columns of one width beside each other, rows as far apart in every lane, and lists by themselves. */
function lanesSnapshot(engine: Engine): Uint8Array {
  const { tables, strides } = bodyOf(engine);
  const images = oldImages(engine);
  const columnsIn = (table: (typeof TABLES)[number]) =>
    columnsOf(tables[table], strides).map((column) => ({
      ...column,
      type: LANE_TYPES[column.name] ?? column.type,
    }));
  const isList = ({ name, width }: Column) => width > 1 || WIDTH_ONE.has(name);
  const lanesOf = (columns: readonly Column[]) =>
    (['f64', 'u32', 'u8'] as const).map((type) =>
      columns.filter((each) => each.type === type && !isList(each)),
    );
  const strideOf = (table: (typeof TABLES)[number]) =>
    Math.max(...lanesOf(columnsIn(table)).map(({ length }) => length));
  const then: Strides = {
    home: strideOf('homes'),
    device: strideOf('devices'),
    gateway: strideOf('gateways'),
  };
  const blocksOf = (table: (typeof TABLES)[number], kind: keyof Strides): Lane[] => {
    const columns = columnsIn(table);
    const lanes = lanesOf(columns).map((lane) => {
      const { type } = lane[0]!;
      const numbers = Array.from({ length: tables[table].size }, (_, number) =>
        Array.from({ length: then[kind] }, (_, at) => {
          const row = ROWS[lane[at]?.name ?? ''];
          return (lane[at]?.numbers[number] ?? 0) * (row === undefined ? 1 : then[row]);
        }),
      ).flat();
      const bytes = bytesOf({ type, numbers });
      return { type, stride: then[kind], columns: lane.map(({ name }, at) => ({ name, at })), bytes };
    });
    const lists = columns.filter(isList).map((column) => ({
      ...{ type: column.type, stride: column.width, bytes: bytesOf(column) },
      columns: [{ name: column.name, at: 0 }],
    }));
    return [...lanes, ...lists];
  };
  const blocks = {
    homes: blocksOf('homes', 'home'),
    devices: blocksOf('devices', 'device'),
    gateways: blocksOf('gateways', 'gateway'),
  };
  const body = {
    images: Object.fromEntries(Object.entries(images).map(([name, parts]) => [name, parts.map(headOf)])),
    tables: Object.fromEntries(
      TABLES.map((name) => [name, { size: tables[name].size, blocks: blocks[name].map(headOf) }]),
    ),
    strides: then,
  };
  const parts = [...Object.values(images).flat(), ...TABLES.flatMap((name) => blocks[name])];
  return snapshotOf(engine, { format: 3, body }, parts);
}

/** Format 4: rows as they lie in memory. */
function rowsSnapshot(engine: Engine): Uint8Array {
  const { tables, strides } = bodyOf(engine);
  const images = oldImages(engine);
  const body = {
    images: Object.fromEntries(Object.entries(images).map(([name, parts]) => [name, parts.map(headOf)])),
    tables: Object.fromEntries(
      TABLES.map((name) => [name, { size: tables[name].size, blocks: tables[name].blocks.map(headOf) }]),
    ),
    strides,
  };
  const parts = [...Object.values(images).flat(), ...TABLES.flatMap((name) => tables[name].blocks)];
  return snapshotOf(engine, { format: 4, body }, parts);
}

test.each([
  ['with every column by itself', columnsSnapshot],
  ['with columns of one width beside each other', lanesSnapshot],
  ['with open alerts in its head', rowsSnapshot],
])('everything of one %s is read, whatever happened before', (_, oldSnapshot) => {
  fc.assert(
    fc.property(fc.array(happening, { minLength: 5, maxLength: 60 }), (happenings) => {
      const home = new RandomHome({ hasNeighbour: true });
      for (const each of happenings) home.take(each);
      const restored = restoreSnapshot(oldSnapshot(home.engine));
      expect(contentOf(restored)).toEqual(contentOf(home.engine));
    }),
    { numRuns: 60 },
  );
});

test('a rule that the snapshot did not know watches a home of which nothing more is heard', () => {
  const home = new RandomHome({ rules: [inactivity] });
  home.press();
  home.waitUntil(home.nowMs + 40 * 3_600_000);
  expect(home.engine.nextDeadlineMs()).toBe(Number.POSITIVE_INFINITY);
  const engine = restoreSnapshot(encodeSnapshot(home.engine), [inactivity, longUnheard]);
  for (
    let dueMs = engine.nextDeadlineMs();
    dueMs < home.nowMs + 72 * 3_600_000;
    dueMs = engine.nextDeadlineMs()
  )
    engine.step({ offset: engine.offset + 1, atMs: dueMs, body: { type: 'tick' } });
  expect(engine.openAlerts().map(({ kind }) => kind)).toEqual(['long-unheard']);
});
