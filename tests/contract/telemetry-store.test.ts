// Goal: every TelemetryStore answers alike, and what one cannot keep is told and not guessed. Method: one suite over
// memory, SQLite and real servers, with what each can keep as parameters; the memory adapter is also the model that
// the others are compared with on generated data.

import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createMemoryTelemetryStore } from '#telemetry/memory-store.ts';
import { compareReadings } from '#telemetry/order.ts';
import { RETENTION_CLASSES, type RetentionClass } from '#telemetry/retention.ts';
import {
  type Bucket,
  type DownsampleQuery,
  type RangeQuery,
  type RetentionDays,
  TelemetryNotSupportedError,
  type TelemetryReading,
  type TelemetryStore,
} from '#telemetry/telemetry-store.ts';
import {
  ADAPTERS,
  DAY_MS,
  HOUR_MS,
  keyOf,
  MIDNIGHT_MS,
  newHome,
  reading,
  rounded,
  temporaryFolder,
} from '../support/telemetry-adapters.ts';
import type { TimeSeriesServer } from '../support/time-series-servers.ts';

const AT = MIDNIGHT_MS + 8 * HOUR_MS;

function everything(homeId: string): RangeQuery {
  return { homeId, kinds: null, fromMs: 0, toMs: AT + 4 * DAY_MS, limit: 1000, after: null };
}

describe.each(ADAPTERS)('telemetry store: $name', ({ startServer, open, isComplete, canRetain }) => {
  let server: TimeSeriesServer | null = null;
  let store: TelemetryStore;
  let remove: () => void;

  beforeAll(async () => {
    server = startServer === null ? null : await startServer();
  });
  afterAll(() => server?.stop());
  beforeEach(() => {
    const { folder, ...rest } = temporaryFolder();
    remove = rest.remove;
    store = open({ folder, server });
  });
  afterEach(async () => {
    await store.close();
    remove();
  });

  async function write(batch: readonly TelemetryReading[]): Promise<void> {
    expect(await store.write(batch)).toEqual([]);
    await server?.flush();
  }

  /** As the store can give it back. */
  function kept(readings: readonly TelemetryReading[]): TelemetryReading[] {
    return isComplete ? [...readings] : readings.map((one) => ({ ...one, offset: 0 })).sort(compareReadings);
  }

  it('knows nothing of a home that it was never told of', async () => {
    const homeId = newHome();
    expect(await store.range(everything(homeId))).toEqual({ readings: [], next: null });
    expect(await store.downsample({ ...everything(homeId), stepMs: HOUR_MS })).toEqual([]);
    expect(await store.last(homeId)).toEqual([]);
    expect(await store.series(homeId)).toEqual([]);
    expect(await store.write([])).toEqual([]);
    await store.eraseHome(homeId);
  });

  it('gives back every kind of value, in order, from a half-open range', async () => {
    const homeId = newHome();
    const batch = [
      reading({ homeId, atMs: AT - 1, value: 1 }),
      reading({ homeId, atMs: AT, value: -0.125 }),
      reading({ homeId, atMs: AT + 1, kind: 'motion', value: true }),
      reading({ homeId, atMs: AT + 2, kind: 'motion', value: false }),
      reading({ homeId, atMs: AT + 3, kind: 'blood_pressure_mmhg', value: { systolic: 131, diastolic: 82 } }),
      reading({ homeId, atMs: AT + 4, kind: 'location', value: { latitude: 30.2741, longitude: 120.1551 } }),
      reading({ homeId, atMs: AT + 5, kind: 'power_w', value: 1e21 }),
      reading({ homeId, atMs: AT + 6, value: 2 }),
    ];
    await write(batch.toReversed());
    const page = await store.range({ ...everything(homeId), fromMs: AT, toMs: AT + 6 });
    expect(page).toEqual({ readings: kept(batch.slice(1, -1)), next: null });
  });

  it.runIf(isComplete)('gives back words', async () => {
    const homeId = newHome();
    const words = ['sos', '', 'a "quoted" \\ word, with = and\nbreaks\\', '守望 👵🏻', '\\"', '\\'];
    const batch = words.map((value, i) => reading({ homeId, kind: 'button', atMs: AT + i, value }));
    await write(batch);
    expect((await store.range(everything(homeId))).readings).toEqual(batch);
  });

  it.runIf(!isComplete)('says that it does not keep words, and counts them', async () => {
    const homeId = newHome();
    await write([reading({ homeId, kind: 'button', value: 'sos', atMs: AT })]);
    expect(store.description).toMatch(/numbers only/);
    expect((await store.range(everything(homeId))).readings).toEqual([]);
    expect(await store.series(homeId)).toMatchObject([{ kind: 'button' }]);
  });

  it('is not changed by the same batch again', async () => {
    const homeId = newHome();
    const batch = [0, 1, 2, 3].map((i) => reading({ homeId, atMs: AT + i * 60_000, value: i }));
    await write(batch);
    const before = await store.range(everything(homeId));
    await write(batch.slice(1));
    await write(batch.toReversed());
    expect(await store.range(everything(homeId))).toEqual(before);
    expect(before.readings).toHaveLength(4);
    const [bucket] = await store.downsample({ ...everything(homeId), stepMs: HOUR_MS });
    expect(bucket).toMatchObject({ atMs: AT, count: 4, min: 0, max: 3, mean: 1.5, last: 3 });
  });

  it('keeps two readings of one ms, the later entry last', async () => {
    const homeId = newHome();
    const first = reading({ homeId, kind: 'contact', value: true, atMs: AT });
    const second = reading({ homeId, kind: 'contact', value: false, atMs: AT });
    // The one corrected comes later than its correction.
    await write([second]);
    await write([first]);
    const { readings } = await store.range(everything(homeId));
    if (isComplete) {
      expect(readings).toEqual([first, second]);
      expect(await store.last(homeId)).toEqual([second]);
    } else {
      expect(readings).toHaveLength(1);
      expect(store.description).toMatch(/one reading per ms/);
    }
  });

  it('pages without repeating or missing one', async () => {
    const homeId = newHome();
    const batch = Array.from({ length: 60 }, (_, i) =>
      // Two kinds of one entry, and two devices in one ms; some days are empty.
      reading({
        homeId,
        deviceId: `d${i % 3}`,
        kind: i % 2 === 0 ? 'temperature_c' : 'humidity_pct',
        atMs: AT + Math.floor(i / 5) * 1000 + (i < 30 ? 0 : 2 * DAY_MS),
        offset: 1000 + Math.floor(i / 2),
        value: i,
      }),
    );
    await write(batch);
    for (const limit of [1, 7, 60, 61]) {
      const seen: TelemetryReading[] = [];
      let after: string | null = null;
      do {
        const page = await store.range({ ...everything(homeId), limit, after });
        expect(page.readings.length).toBeLessThanOrEqual(limit);
        seen.push(...page.readings);
        after = page.next;
      } while (after !== null && seen.length < 100);
      expect(new Set(seen.map(({ value }) => value)).size).toBe(60);
      expect(seen).toHaveLength(60);
      expect(seen.map(({ atMs }) => atMs)).toEqual(batch.map(({ atMs }) => atMs).toSorted((a, b) => a - b));
    }
    await expect(store.range({ ...everything(homeId), after: 'no cursor' })).rejects.toThrow(RangeError);
  });

  it('answers for the kinds asked for only', async () => {
    const homeId = newHome();
    const odd = 'a.b|c (d)* [e] $';
    await write([
      reading({ homeId, kind: 'motion', value: true, atMs: AT }),
      reading({ homeId, kind: 'motion_2', value: true, atMs: AT }),
      reading({ homeId, kind: odd, value: true, atMs: AT }),
      reading({ homeId, kind: 'aXb', value: true, atMs: AT }),
    ]);
    const kindsOf = async (kinds: readonly string[]): Promise<string[]> =>
      (await store.range({ ...everything(homeId), kinds })).readings.map(({ kind }) => kind).sort();
    expect(await kindsOf(['motion'])).toEqual(['motion']);
    expect(await kindsOf([odd])).toEqual([odd]);
    expect(await kindsOf(['motion_2', 'aXb', 'smoke'])).toEqual(['aXb', 'motion_2']);
    expect(await kindsOf([])).toEqual([]);
    const buckets = await store.downsample({
      ...everything(homeId),
      kinds: ['motion', odd],
      stepMs: HOUR_MS,
    });
    expect(buckets.map(({ kind }) => kind)).toEqual([odd, 'motion']);
    expect(await store.downsample({ ...everything(homeId), kinds: [], stepMs: HOUR_MS })).toEqual([]);
  });

  it.each([1_000, 90_000, HOUR_MS, DAY_MS])('folds readings into buckets of %i ms', async (stepMs) => {
    const homeId = newHome();
    const start = AT - (AT % stepMs);
    const at = (share: number): number => start + Math.floor(share * stepMs);
    const batch = [
      reading({ homeId, atMs: at(0), value: 100 }),
      reading({ homeId, atMs: at(0.4), value: 10 }),
      reading({ homeId, atMs: at(0.999), value: 30 }),
      reading({ homeId, atMs: at(1), value: -5 }),
      reading({ homeId, atMs: at(3.5), value: 7 }),
      reading({ homeId, atMs: at(3.6), value: 9 }),
      reading({ homeId, kind: 'motion', atMs: at(1.2), value: true }),
      reading({ homeId, kind: 'motion', atMs: at(1.3), value: false }),
      reading({ homeId, kind: 'button', atMs: at(1.1), value: 'sos' }),
      reading({ homeId, kind: 'blood_pressure_mmhg', atMs: at(1), value: { systolic: 120, diastolic: 70 } }),
      reading({
        homeId,
        kind: 'blood_pressure_mmhg',
        atMs: at(1.5),
        value: { systolic: 140, diastolic: 90 },
      }),
    ];
    await write(batch);
    const query: DownsampleQuery = { homeId, kinds: null, fromMs: at(0.4), toMs: at(3.6), stepMs };
    const bucket = (
      kind: string,
      part: Bucket['part'],
      step: number,
      numbers: readonly (number | null)[],
    ): Bucket => {
      const [count, min, max, mean, last] = numbers as [number, number, number, number, number];
      return { ...keyOf(reading({ homeId, kind })), part, atMs: at(step), count, min, max, mean, last };
    };
    expect(await store.downsample(query)).toEqual([
      bucket('blood_pressure_mmhg', 'systolic', 1, [2, 120, 140, 130, 140]),
      bucket('blood_pressure_mmhg', 'diastolic', 1, [2, 70, 90, 80, 90]),
      bucket('button', 'value', 1, [1, null, null, null, null]),
      bucket('motion', 'value', 1, [2, 0, 1, 0.5, 0]),
      bucket('temperature_c', 'value', 0, [2, 10, 30, 20, 30]),
      bucket('temperature_c', 'value', 1, [1, -5, -5, -5, -5]),
      bucket('temperature_c', 'value', 3, [1, 7, 7, 7, 7]),
    ]);
  });

  it('knows the series of a home and the newest reading of each', async () => {
    const homeId = newHome();
    const other = newHome();
    const old = reading({ homeId, deviceId: 'd2', kind: 'steps', atMs: AT - 90 * DAY_MS, value: 4 });
    const newest = reading({ homeId, atMs: AT, value: 22 });
    await write([newest, old, reading({ homeId: other, kind: 'motion', value: true })]);
    await write([
      reading({ homeId, atMs: AT - DAY_MS, value: 21 }),
      reading({ homeId, atMs: AT - 1, value: 20 }),
    ]);
    expect(await store.last(homeId)).toEqual([newest, old].flatMap((one) => kept([one])));
    expect(await store.series(homeId)).toEqual([keyOf(newest), keyOf(old)]);
    expect(await store.series(other)).toHaveLength(1);
  });

  it('refuses what can never be stored, and stores the rest', async () => {
    const homeId = newHome();
    const good = reading({ homeId, value: 20, atMs: AT });
    const bad = [
      reading({ homeId, value: Number.NaN }),
      reading({ homeId, value: Number.POSITIVE_INFINITY }),
      reading({ homeId, kind: 'location', value: { latitude: Number.NaN, longitude: 0 } }),
      reading({ homeId, atMs: -1 }),
      reading({ homeId, atMs: 1.5 }),
      reading({ homeId, atMs: 1e15 }),
      reading({ homeId, offset: -1 }),
      reading({ homeId, offset: 2 ** 51 }),
      reading({ homeId, kind: '' }),
      reading({ homeId, deviceId: 'd'.repeat(257) }),
      reading({ homeId, value: 'x'.repeat(16_385) }),
    ];
    const refused = await store.write([...bad.slice(0, 5), good, ...bad.slice(5)]);
    await server?.flush();
    expect(refused.map((one) => one.reading)).toEqual(bad);
    expect(refused.every(({ reason }) => /^[a-z-]+$/.test(reason))).toBe(true);
    expect((await store.range(everything(homeId))).readings).toEqual(kept([good]));
  });

  it('keeps readings of devices that nobody registered', async () => {
    const gatewayId = newHome();
    const stray = reading({ homeId: '', gatewayId, atMs: AT, value: 3 });
    await write([stray, reading({ homeId: newHome(), gatewayId, atMs: AT })]);
    const ours = (all: readonly TelemetryReading[]): TelemetryReading[] =>
      all.filter((one) => one.gatewayId === gatewayId);
    expect(ours((await store.range({ ...everything(''), fromMs: AT, toMs: AT + 1 })).readings)).toEqual(
      kept([stray]),
    );
    expect(ours(await store.last(''))).toEqual(kept([stray]));
  });

  it('erases a home and nothing else', async () => {
    const [homeId, other] = [newHome(), newHome()];
    const batchOf = (home: string): TelemetryReading[] =>
      [0, 1, 2].map((day) => reading({ homeId: home, atMs: AT + day * DAY_MS, value: day }));
    const untouched = batchOf(other);
    await write([...batchOf(homeId), ...untouched, reading({ homeId, kind: 'motion', value: true })]);
    await store.eraseHome(homeId);
    expect(await store.range(everything(homeId))).toEqual({ readings: [], next: null });
    expect(await store.last(homeId)).toEqual([]);
    expect((await store.range(everything(other))).readings).toEqual(kept(untouched));
    const returned = reading({ homeId, atMs: AT + 9, value: 1 });
    await write([returned]);
    expect((await store.range(everything(homeId))).readings).toEqual(kept([returned]));
  });

  it.runIf(canRetain)('keeps each class as long as it may be kept', async () => {
    const homeId = newHome();
    const days = { ...daysOf(100), activity: 3, other: 1 };
    const at = (day: number, kind: string): TelemetryReading =>
      reading({ homeId, kind, value: true, atMs: MIDNIGHT_MS + day * DAY_MS });
    await write(
      [0, 1, 2, 3].flatMap((day) => ['motion', 'smoke', 'unheard-of'].map((kind) => at(day, kind))),
    );
    await store.retain(MIDNIGHT_MS + 4 * DAY_MS, days);
    const { readings } = await store.range(everything(homeId));
    const left = Map.groupBy(readings, ({ kind }) => kind);
    expect(left.get('smoke')).toHaveLength(4);
    expect(left.get('motion')).toHaveLength(3);
    expect(left.get('unheard-of')).toHaveLength(1);
    await store.retain(MIDNIGHT_MS + 400 * DAY_MS, days);
    expect(await store.last(homeId)).toEqual([]);
    expect(await store.series(homeId)).toEqual([]);
  });

  it.runIf(!canRetain)('says that it cannot end kinds at different times', async () => {
    await expect(store.retain(AT, daysOf(100))).rejects.toThrow(TelemetryNotSupportedError);
  });

  it('takes any text for an id, and gives the same back', async () => {
    const homeId = newHome();
    const id = fc.string({
      unit: fc.oneof(
        fc.constantFrom(...'\\"\'%,= \n\r\t#_\0$`{}()[]|.*守'),
        fc.string({ unit: 'binary', maxLength: 1 }),
        fc.constant('\ud800'),
      ),
      maxLength: 12,
    });
    const ids = fc.record({
      home: id,
      gatewayId: id,
      deviceId: id.filter((text) => text !== ''),
      kind: id.filter((text) => text !== ''),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(ids, { minLength: 1, maxLength: 20 }), async (all) => {
        const run = newHome();
        const batch = all.map(({ home, ...rest }, i) =>
          reading({ ...rest, homeId: `${homeId}${run}${home}`, atMs: AT, value: i }),
        );
        await write(batch);
        for (const one of batch) {
          const same = batch.filter((other) => JSON.stringify(keyOf(other)) === JSON.stringify(keyOf(one)));
          const query = { ...everything(one.homeId), kinds: [one.kind] };
          const found = (await store.range(query)).readings.map((back) =>
            JSON.stringify([keyOf(back), back.atMs]),
          );
          const expected = found.filter((text) => text === JSON.stringify([keyOf(one), one.atMs]));
          expect(expected).toHaveLength(isComplete ? same.length : 1);
        }
      }),
      { numRuns: 10 },
    );
  });

  it('answers like the model, whatever is written in which order', async () => {
    await fc.assert(
      fc.asyncProperty(readingsOf(isComplete), async (written) => {
        const homeId = newHome();
        const model = createMemoryTelemetryStore();
        const batches = written.map((batch) => batch.map((one) => ({ ...one, homeId })));
        for (const batch of batches) {
          await write(batch);
          await model.write(batch);
        }
        // The same hours again, as after a crash of the writer.
        await write(batches.flat().slice(0, 10));
        const page = await model.range(everything(homeId));
        expect(await store.range(everything(homeId))).toEqual({ ...page, readings: kept(page.readings) });
        expect(await store.last(homeId)).toEqual((await model.last(homeId)).flatMap((one) => kept([one])));
        expect(await store.series(homeId)).toEqual(await model.series(homeId));
        for (const stepMs of [7_000, 600_000, DAY_MS]) {
          const query = { ...everything(homeId), fromMs: AT - 12_345, toMs: AT + 2 * DAY_MS + 777, stepMs };
          expect(rounded(await store.downsample(query))).toEqual(rounded(await model.downsample(query)));
        }
      }),
      { numRuns: 15 },
    );
  });
});

function daysOf(days: number): RetentionDays {
  return Object.fromEntries(RETENTION_CLASSES.map((name: RetentionClass) => [name, days])) as RetentionDays;
}

/** Batches of one home over two days: late, early, twice. Without `isComplete` what VictoriaMetrics can keep. */
function readingsOf(isComplete: boolean): fc.Arbitrary<TelemetryReading[][]> {
  // -0 is stored as 0 where numbers go through text.
  const wild = fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((n) => n + 0);
  const value = fc.oneof(
    fc.record({
      kind: fc.constant('temperature_c'),
      value: fc.integer({ min: -4000, max: 4000 }).map((n) => n / 100),
    }),
    fc.record({
      kind: fc.constant('power_w'),
      value: isComplete ? wild : wild.map((n) => Number(n.toFixed(3)) + 0),
    }),
    fc.record({ kind: fc.constantFrom('motion', 'contact'), value: fc.boolean() }),
    ...(isComplete ? [fc.record({ kind: fc.constant('button'), value: fc.string({ maxLength: 8 }) })] : []),
  );
  const one = fc.record({
    deviceId: fc.constantFrom('d1', 'd2'),
    atMs: fc
      .oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 2 * DAY_MS }))
      .map((ms) => AT + ms),
    of: value,
  });
  return fc.array(fc.array(one, { maxLength: 30 }), { maxLength: 4 }).map((batches) => {
    const used = new Set<string>();
    const isNew = (place: string): boolean => !used.has(place) && used.add(place) !== undefined;
    return batches.map((batch) =>
      batch
        .map(({ deviceId, atMs, of }) =>
          reading({ homeId: '', deviceId, atMs, kind: of.kind, value: of.value }),
        )
        .filter((made) => isComplete || isNew(`${made.deviceId} ${made.kind} ${made.atMs}`)),
    );
  });
}
