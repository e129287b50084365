// Goal: what the SQLite store reports as stored survives a kill and a crash between its files, is there once, and is
// gone from the bytes on disk when it is erased. Method: real files, a process that is really killed, and a search
// through everything in the folder.

import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { OFFSET_MAX } from '#telemetry/acceptable.ts';
import { RETENTION_CLASSES } from '#telemetry/retention.ts';
import { type Column, inOrder, packBlock, unpackBlock } from '#telemetry/sqlite/block.ts';
import { openSqliteTelemetryStore } from '#telemetry/sqlite/sqlite-store.ts';
import {
  type RangeQuery,
  type ReadingValue,
  type RetentionDays,
  type TelemetryReading,
  type TelemetryStore,
  TelemetryUnavailableError,
} from '#telemetry/telemetry-store.ts';
import { DAY_MS, MIDNIGHT_MS, reading, temporaryFolder } from '../../support/telemetry-adapters.ts';
import { batchOf } from '../../support/telemetry-child.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function newFolder(): string {
  const { folder, remove } = temporaryFolder();
  cleanups.push(remove);
  return folder;
}

function open(folder: string, sealReadings?: number): TelemetryStore {
  const store = openSqliteTelemetryStore({ folder, ...(sealReadings !== undefined && { sealReadings }) });
  cleanups.push(() => store.close());
  return store;
}

const ALL: Omit<RangeQuery, 'homeId'> = { kinds: null, fromMs: 0, toMs: 4e12, limit: 100_000, after: null };
const KEEP_ALL = Object.fromEntries(RETENTION_CLASSES.map((name) => [name, 36_500])) as RetentionDays;

async function readingsOf(store: TelemetryStore, homeId = 'h1'): Promise<readonly TelemetryReading[]> {
  return (await store.range({ ...ALL, homeId })).readings;
}

describe('block', () => {
  const value: fc.Arbitrary<ReadingValue> = fc.oneof(
    fc.integer({ min: -5000, max: 5000 }).map((n) => n / 100),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0),
    fc.boolean(),
    fc.string({ unit: 'binary' }),
    fc.record({ systolic: fc.integer(), diastolic: fc.integer() }),
  );
  const column = fc
    .oneof(
      fc.array(fc.tuple(fc.nat(), fc.nat(), value), { minLength: 1, maxLength: 40 }),
      fc.array(
        fc.tuple(
          fc.nat(4e12),
          fc.maxSafeNat().map((n) => n % OFFSET_MAX),
          fc.boolean(),
        ),
        { minLength: 1 },
      ),
      fc.array(
        fc.tuple(
          fc.nat(20),
          fc.nat(2),
          fc.integer({ min: -9999, max: 9999 }).map((n) => n / 1000),
        ),
        { minLength: 1 },
      ),
      fc.array(fc.tuple(fc.nat(), fc.nat(), fc.double({ noNaN: true, noDefaultInfinity: true })), {
        minLength: 1,
      }),
    )
    .map(
      (rows): Column => ({
        atMs: rows.map(([at]) => at),
        offsets: rows.map(([, offset]) => offset),
        values: rows.map(([, , one]) => one),
      }),
    );

  it('gives back what was packed, in any order and of any mixture', () => {
    fc.assert(
      fc.property(column, (packed) => {
        const back: Column = { atMs: [], offsets: [], values: [] };
        unpackBlock(packBlock(packed), back);
        expect(back).toEqual(packed);
      }),
    );
  });

  it('is put in order with each place once', () => {
    fc.assert(
      fc.property(column, (packed) => {
        const { atMs, offsets } = inOrder(packed);
        const places = atMs.map((at, i) => [at, offsets[i]!] as const);
        const wanted = packed.atMs.map((at, i) => [at, packed.offsets[i]!] as const);
        const unique = [...new Map(wanted.map((place) => [place.join(), place])).values()];
        expect(places).toEqual(unique.sort((a, b) => a[0] - b[0] || a[1] - b[1]));
      }),
    );
  });

  it('is refused when it is cut off or of a version to come', () => {
    const block = packBlock({ atMs: [1, 2, 3], offsets: [1, 2, 3], values: ['a', 'b', 'c'] });
    for (let length = 0; length < block.length; length++) {
      const cut = (): void => unpackBlock(block.slice(0, length), { atMs: [], offsets: [], values: [] });
      expect(cut).toThrow(RangeError);
    }
    block[0] = 0x20;
    expect(() => unpackBlock(block, { atMs: [], offsets: [], values: [] })).toThrow(/unknown form/);
  });

  it('takes a few bytes for a reading', () => {
    const rows = Array.from({ length: 256 }, (_, i) => i);
    const temperatures = packBlock({
      atMs: rows.map((i) => MIDNIGHT_MS + i * 300_000 + ((i * 7919) % 900)),
      offsets: rows.map((i) => 1e9 + i * 3000 + ((i * 104_729) % 500)),
      values: rows.map((i) => Math.round(2000 + 100 * Math.sin(i / 20)) / 100),
    });
    expect(temperatures.length / 256).toBeLessThan(6);
  });
});

describe('sqlite telemetry store', () => {
  it('has everything when it is opened again, sealed or not', async () => {
    const folder = newFolder();
    const batch = [0, 1, 2, 3].map((i) =>
      reading({ homeId: 'h1', atMs: MIDNIGHT_MS + i * 20_000_000, value: i }),
    );
    const first = open(folder, 2);
    await first.write(batch.slice(0, 3));
    await first.write(batch.slice(3));
    await first.close();
    const again = open(folder);
    expect(await readingsOf(again)).toEqual(batch);
    expect(await again.last('h1')).toEqual(batch.slice(3));
  });

  it('loses nothing that it reported as stored, when it is killed at any moment', async () => {
    const folder = newFolder();
    const script = new URL('../../support/telemetry-child.ts', import.meta.url).pathname;
    const child = spawn(process.execPath, [script, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    await new Promise<void>((resolve) => {
      child.stdout.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        // Several sealings later.
        if (output.split('\n').length > 160) child.kill('SIGKILL');
      });
      child.on('close', () => resolve());
    });
    const stored = Number(output.trimEnd().split('\n').at(-1)) + 1;
    expect(stored).toBeGreaterThanOrEqual(160);
    const found = await readingsOf(open(folder));
    const reported = Array.from({ length: stored }, (_, number) => batchOf(number)).flat();
    expect(found.slice(0, reported.length)).toEqual(reported);
    // Of the batch in flight all or nothing.
    expect([0, 10]).toContain(found.length - reported.length);
  });

  it('reads once what a crash between two files left in both', async () => {
    const folder = newFolder();
    const batch = Array.from({ length: 30 }, (_, i) =>
      reading({ homeId: 'h1', atMs: MIDNIGHT_MS + i * 1000, value: i }),
    );
    const first = open(folder);
    await first.write(batch.slice(0, 20));
    await first.close();
    copyFileSync(join(folder, 'index.db'), join(folder, 'before'));
    const second = open(folder);
    await second.retain(MIDNIGHT_MS, KEEP_ALL);
    await second.close();
    expect(readdirSync(folder)).toContain(
      `environment-${new Date(MIDNIGHT_MS).toISOString().slice(0, 10)}.db`,
    );
    copyFileSync(join(folder, 'before'), join(folder, 'index.db'));
    const third = open(folder);
    expect(await readingsOf(third)).toEqual(batch.slice(0, 20));
    // Sealed again, now with more behind it.
    await third.write(batch.slice(20));
    await third.retain(MIDNIGHT_MS, KEEP_ALL);
    expect(await readingsOf(third)).toEqual(batch);
    const [bucket] = await third.downsample({ ...ALL, homeId: 'h1', stepMs: DAY_MS });
    expect(bucket).toMatchObject({ count: 30, mean: 14.5 });
  });

  it('leaves nothing of an erased home in any byte of the folder', async () => {
    const folder = newFolder();
    const store = open(folder, 40);
    const secret = 'SECRET-WORDS';
    const batchFor = (homeId: string, gatewayId: string): TelemetryReading[] =>
      Array.from({ length: 50 }, (_, i) => {
        const atMs = MIDNIGHT_MS + i * 3_600_000;
        return reading({ homeId, gatewayId, kind: 'note', atMs, value: `${gatewayId} ${i}` });
      });
    await store.write([...batchFor('home-ERASED', secret), ...batchFor('home-KEPT', 'OTHER')]);
    await store.write(batchFor('home-ERASED', `${secret}-RECENT`).slice(0, 5));
    expect(isAnywhere(folder, secret)).toBe(true);
    await store.eraseHome('home-ERASED');
    for (const text of [secret, 'home-ERASED']) expect(isAnywhere(folder, text)).toBe(false);
    expect(await readingsOf(store, 'home-KEPT')).toHaveLength(50);
    expect(isAnywhere(folder, 'OTHER')).toBe(true);
  });

  it('ends a class by deleting files', async () => {
    const folder = newFolder();
    const store = open(folder);
    const kinds = ['motion', 'temperature_c'];
    await store.write(
      [0, 1, 2].flatMap((day) =>
        kinds.map((kind) => reading({ homeId: 'h1', kind, atMs: MIDNIGHT_MS + day * DAY_MS })),
      ),
    );
    await store.retain(MIDNIGHT_MS + 3 * DAY_MS, { ...KEEP_ALL, environment: 1 });
    const partitions = readdirSync(folder).filter((name) => /^(activity|environment)/.test(name));
    expect(partitions.filter((name) => name.startsWith('activity'))).toHaveLength(3);
    expect(partitions.filter((name) => name.startsWith('environment'))).toHaveLength(1);
  });

  it('is refused to a second service', async () => {
    const folder = newFolder();
    await open(folder).write([reading({ homeId: 'h1' })]);
    expect(() => openSqliteTelemetryStore({ folder })).toThrow(TelemetryUnavailableError);
  });

  it('says which file is not what it should be, and goes on when it is gone', async () => {
    const folder = newFolder();
    const first = open(folder, 1);
    await first.write([reading({ homeId: 'h1', kind: 'motion' }), reading({ homeId: 'h1', kind: 'steps' })]);
    await first.close();
    const damaged = readdirSync(folder).find((name) => name.startsWith('activity'))!;
    writeFileSync(join(folder, damaged), 'x'.repeat(8192));
    const store = open(folder);
    const error = { name: 'TelemetryUnavailableError', message: expect.stringContaining(damaged) };
    await expect(readingsOf(store)).rejects.toMatchObject(error);
    expect((await store.range({ ...ALL, homeId: 'h1', kinds: ['steps'] })).readings).toHaveLength(1);
    await store.write([reading({ homeId: 'h1', kind: 'smoke' })]);
  });

  it('sets a damaged partition aside, so that it does not hold up what comes', async () => {
    const folder = newFolder();
    const first = open(folder, 1);
    await first.write([reading({ homeId: 'h1', kind: 'motion', atMs: MIDNIGHT_MS })]);
    await first.close();
    const damaged = readdirSync(folder).find((name) => name.startsWith('activity'))!;
    writeFileSync(join(folder, damaged), 'x'.repeat(8192));
    const store = open(folder, 1);
    const later = reading({ homeId: 'h1', kind: 'motion', atMs: MIDNIGHT_MS + 1 });
    await store.write([later]);
    expect(await readingsOf(store)).toEqual([later]);
    expect(store.description).toContain(damaged);
    expect(readdirSync(folder).some((name) => name.startsWith(`${damaged}.damaged-`))).toBe(true);
  });

  it('does not fail a stored batch when it cannot be sealed', async () => {
    const folder = newFolder();
    const store = open(folder, 10);
    const day = new Date(MIDNIGHT_MS).toISOString().slice(0, 10);
    // Somebody else holds the partition.
    const other = new DatabaseSync(join(folder, `environment-${day}.db`));
    other.exec('BEGIN EXCLUSIVE');
    const batch = Array.from({ length: 25 }, (_, i) =>
      reading({ homeId: 'h1', atMs: MIDNIGHT_MS + i, value: i }),
    );
    for (const one of batch) expect(await store.write([one])).toEqual([]);
    expect(store.description).toMatch(/cannot be sealed.*locked/);
    other.exec('ROLLBACK');
    other.close();
    await store.write([reading({ homeId: 'h1', atMs: MIDNIGHT_MS + 25, value: 25 })]);
    expect(store.description).toBe(`SQLite in ${folder}`);
    expect(await readingsOf(store)).toHaveLength(26);
  });

  it('refuses a folder that is none, and a database of others', () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'file'), '');
    expect(() => openSqliteTelemetryStore({ folder: join(folder, 'file') })).toThrow(
      TelemetryUnavailableError,
    );
    mkdirSync(join(folder, 'foreign'));
    const foreign = new DatabaseSync(join(folder, 'foreign', 'index.db'));
    foreign.exec('CREATE TABLE theirs (a)');
    foreign.close();
    expect(() => openSqliteTelemetryStore({ folder: join(folder, 'foreign') })).toThrow(
      /not one of telemetry/,
    );
  });
});

function isAnywhere(folder: string, text: string): boolean {
  return readdirSync(folder).some((name) => readFileSync(join(folder, name)).includes(text));
}
