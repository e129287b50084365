// Goal: numbers of one row lie beside those of its neighbours and are never mistaken for them, whatever the columns,
// however the table grows, and also when another core with other columns reads the snapshot.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Engine } from '#core/engine.ts';
import { type ColumnSchema, NUMBERS, type NumberType } from '#core/state/column-type.ts';
import { OFTEN_READ } from '#core/state/often-read.ts';
import { type Block, noStrides, Table } from '#core/state/table.ts';

const RUNS = 150;

const WIDE = {
  sinceMs: 'f64',
  count: 'u32',
  minutes: 'u16',
  flag: 'u8',
  device: 'device',
  hours: 'u16x24',
  days: 'f32x2',
} as const;
const OTHER = { raised: 'u8', atMs: 'f64', extra: 'f64', more: 'f64' } as const;
const DEVICES = { home: 'home', seenAtMs: 'f64', sinceMs: 'f64', level: 'u8' } as const;

function tables(
  schema: ColumnSchema = WIDE,
  deviceSchema: ColumnSchema = DEVICES,
  often: readonly string[] = [],
) {
  const strides = noStrides();
  const devices = new Table('device', deviceSchema, strides);
  const homes = new Table('home', schema as typeof WIDE, strides, often);
  return { strides, homes, devices, rule: homes.attach('other-rule', OTHER) };
}
type Tables = ReturnType<typeof tables>;

/** What is written for a home: a number that belongs to it alone. */
function write({ homes, devices, rule }: Tables, number: number): void {
  homes.ensure(number);
  const home = homes.row(number);
  const { columns } = homes;
  columns.sinceMs[home] = number + 0.5;
  columns.count.set(home, number * 3);
  columns.minutes.set(home, number * 5);
  columns.flag.set(home, number % 251);
  columns.device.set(home, devices.row(number * 7));
  columns.hours.set(home, number % 24, number);
  columns.days.set(home, 1, number / 4);
  rule.columns.raised.set(home, (number + 1) % 251);
  rule.columns.atMs[home] = -number;
}

function read({ homes, devices, rule }: Tables, number: number): readonly number[] {
  const home = homes.row(number);
  const { columns } = homes;
  return [
    columns.sinceMs[home]!,
    columns.count.get(home),
    columns.minutes.get(home),
    columns.flag.get(home),
    devices.number(columns.device.get(home)),
    columns.hours.get(home, number % 24),
    columns.days.get(home, 1),
    rule.columns.raised.get(home),
    rule.columns.atMs[home]!,
  ];
}

const expected = (n: number): readonly number[] => [
  n + 0.5,
  n * 3,
  n * 5,
  n % 251,
  n * 7,
  n,
  n / 4,
  (n + 1) % 251,
  -n,
];
const untouched = (): readonly number[] => expected(0).map(() => 0);

/** Homes in the order in which they were written. */
const numbers = fc.uniqueArray(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 60 });

test('every row keeps its own numbers while the table grows', () => {
  fc.assert(
    fc.property(numbers, (written) => {
      const all = tables();
      for (const number of written) write(all, number);
      for (const number of written) expect(read(all, number)).toEqual(expected(number));
      const last = Math.max(...written);
      expect(all.homes.size).toBe(last + 1);
      const gap = Array.from({ length: last }, (_, index) => index + 1).find(
        (number) => !written.includes(number),
      );
      if (gap !== undefined) expect(read(all, gap)).toEqual(untouched());
      expect(all.homes.has(all.homes.row(last))).toBe(true);
      expect(all.homes.has(all.homes.row(last + 1))).toBe(false);
    }),
    { numRuns: RUNS },
  );
});

/** Columns and devices of another core; the first is the same one. */
const CORES: readonly (readonly [ColumnSchema, ColumnSchema, (readonly string[])?])[] = [
  [WIDE, DEVICES],
  [WIDE, DEVICES, ['other-rule/more', 'other-rule/atMs', 'device', 'other-rule/raised', 'hours']],
  [WIDE, { ...DEVICES, one: 'f64', two: 'f64', three: 'f64' }],
  [{ newest: 'f64', newer: 'device', ...WIDE, added: 'u8x7', moreMs: 'f64', mostMs: 'f64' }, DEVICES],
  [
    {
      days: 'f32x2',
      minutes: 'u32',
      flag: 'u8',
      sinceMs: 'f64',
      count: 'u32',
      device: 'device',
      hours: 'u16x24',
    },
    DEVICES,
  ],
];

test('a core with the same columns or others, whose rows lie elsewhere, reads the same numbers', () => {
  fc.assert(
    fc.property(numbers, fc.constantFrom(...CORES), (written, [schema, deviceSchema, often]) => {
      const before = tables();
      for (const number of written) write(before, number);
      const after = tables(schema, deviceSchema, often);
      after.homes.restore(before.homes.size, copied(before.homes.blocks()), before.strides);
      expect(after.homes.size).toBe(before.homes.size);
      for (const number of written) expect(read(after, number)).toEqual(expected(number));
    }),
    { numRuns: RUNS },
  );
});

test('what is often read is named once, and there is such a column', () => {
  const { roster } = new Engine().world;
  const tablesByKind = { home: roster.homes, device: roster.devices, gateway: roster.gateways };
  for (const kind of ['home', 'device', 'gateway'] as const) {
    const names = tablesByKind[kind].blocks().flatMap(({ columns }) => columns.map(({ name }) => name));
    const often = OFTEN_READ[kind];
    expect(often.filter((name) => !names.includes(name))).toEqual([]);
    expect(new Set(often).size).toBe(often.length);
  }
});

test('after a restart the next homes find room', () => {
  const before = tables();
  for (let number = 1; number <= 100; number++) before.homes.ensure(number);
  const after = tables();
  after.homes.restore(before.homes.size, before.homes.blocks(), before.strides);
  const { columns } = after.homes;
  for (let number = 101; number <= 120; number++) after.homes.ensure(number);
  expect(after.homes.columns).toBe(columns);
});

test('blocks are copies', () => {
  const all = tables();
  write(all, 3);
  const blocks = all.homes.blocks();
  all.homes.columns.sinceMs[all.homes.row(3)] = 99;
  all.homes.columns.hours.set(all.homes.row(3), 3, 99);
  const after = tables();
  after.homes.restore(4, blocks, all.strides);
  expect(read(after, 3)).toEqual(expected(3));
});

test('numbers of a core that kept them in other types are read; a list of another length stays zero', () => {
  const { homes, devices } = tables();
  const column = (name: string, type: NumberType, width: number, numbers: readonly number[]): Block => ({
    stride: width * NUMBERS[type].BYTES_PER_ELEMENT,
    columns: [{ name, type, width, at: 0 }],
    bytes: new Uint8Array(NUMBERS[type].from(numbers).buffer),
  });
  const old = [
    column('count', 'u16', 1, [0, 7, 65_535]),
    column('sinceMs', 'f32', 1, [0, 1.5, -2]),
    column('device', 'u32', 1, [0, 21, 0]),
    column('days', 'f32', 3, new Array(9).fill(1)),
    column('nobody knows', 'u8', 1, [1, 1, 1]),
  ];
  homes.restore(3, old, noStrides());
  const { count, sinceMs, device, days } = homes.columns;
  const rows = [...homes.rows()];
  expect(rows.map((home) => [count.get(home), sinceMs[home], days.get(home, 0)])).toEqual([
    [7, 1.5, 0],
    [65_535, -2, 0],
  ]);
  expect(rows.map((home) => devices.number(device.get(home)))).toEqual([21, 0]);
});

test('a table that has given out rows takes no further columns', () => {
  const { homes } = tables();
  homes.ensure(1);
  expect(() => homes.attach('other-rule', OTHER)).toThrow('no further columns');
});

/** As they come from a file: at any place of a larger buffer. */
function copied(blocks: readonly Block[]): Block[] {
  return blocks.map(({ bytes, ...block }) => {
    const file = new Uint8Array(bytes.byteLength + 3);
    file.set(bytes, 3);
    return { ...block, bytes: file.subarray(3) };
  });
}
