// Goal: a snapshot of a core that kept every column apart, as it was written until core 5, is read, and what follows is
// what would have followed. Those snapshots are in the folders of every service that is updated.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Engine } from '#core/engine.ts';
import { inactivity } from '#core/rules/inactivity.ts';
import { longUnheard } from '#core/rules/long-unheard.ts';
import { encodeSnapshot, restoreSnapshot } from '#core/snapshot.ts';
import { bodyOf } from '#core/snapshot-body.ts';
import type { Block, Strides } from '#core/state/table.ts';
import { happening, RandomHome } from '../../support/random-home.ts';

const ARRAYS = { f64: Float64Array, f32: Float32Array, u32: Uint32Array, u16: Uint16Array, u8: Uint8Array };
const TABLES = ['homes', 'devices', 'gateways'] as const;
/** Numbers that were narrower then. */
const OLD_TYPES: Record<string, Block['type']> = {
  traits: 'u16',
  stayPeakMin: 'u16',
  reports: 'u16',
  'drift/weeks': 'u16',
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

interface OldColumn {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** What one block holds, column by column and by number. */
function columnsOf({ type, stride, columns, bytes }: Block, strides: Strides): OldColumn[] {
  const numbers = new ARRAYS[type](new Uint8Array(bytes).buffer);
  const isList = columns.length === 1 && !(columns[0]!.name in ROWS) && numbers.length > 0 && stride > 1;
  if (isList) return [{ name: columns[0]!.name, type: `${type}x${stride}`, bytes }];
  return columns.map(({ name, at }) => {
    const oldType = OLD_TYPES[name] ?? type;
    const row = ROWS[name];
    const unit = row === undefined ? 1 : strides[row];
    const dense = new ARRAYS[oldType](numbers.length / stride);
    for (let number = 0; number < dense.length; number++)
      dense[number] = numbers[number * stride + at]! / unit;
    return { name, type: oldType, bytes: new Uint8Array(dense.buffer) };
  });
}

function oldSnapshot(engine: Engine): Uint8Array {
  const bytes = encodeSnapshot(engine);
  const length = new DataView(bytes.buffer).getUint32(0);
  const { body: _body, ...head } = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  const { images, tables, strides } = bodyOf(engine.world);
  const sections = Object.entries(images).map(([table, parts]) => ({
    table,
    size: 0,
    columns: parts.map((part) => ({ ...part, type: 'u8' })) as OldColumn[],
  }));
  for (const table of TABLES) {
    const { size, blocks } = tables[table];
    const columns = blocks.flatMap((block) => columnsOf(block, strides));
    for (const rule of new Set(columns.map(({ name }) => name.slice(0, name.indexOf('/') + 1)))) {
      const own = columns.filter(({ name }) => (rule === '' ? !name.includes('/') : name.startsWith(rule)));
      const named = own.map((column) => ({ ...column, name: column.name.slice(rule.length) }));
      sections.push({ table: rule + table, size, columns: named });
    }
  }
  const heads = sections.map(({ columns, ...section }) => ({
    ...section,
    columns: columns.map(({ bytes: { byteLength }, ...column }) => ({ ...column, byteLength })),
  }));
  const text = new TextEncoder().encode(JSON.stringify({ ...head, format: 2, tables: heads }));
  const size = Buffer.alloc(4);
  size.writeUInt32BE(text.length);
  return new Uint8Array(
    Buffer.concat([size, text, ...sections.flatMap((each) => each.columns.map((c) => c.bytes))]),
  );
}

test('everything of it is read, whatever happened before', () => {
  fc.assert(
    fc.property(fc.array(happening, { minLength: 5, maxLength: 60 }), (happenings) => {
      const home = new RandomHome({ hasNeighbour: true });
      for (const each of happenings) home.take(each);
      const restored = restoreSnapshot(oldSnapshot(home.engine));
      expect(Buffer.from(encodeSnapshot(restored)).equals(Buffer.from(encodeSnapshot(home.engine)))).toBe(
        true,
      );
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
