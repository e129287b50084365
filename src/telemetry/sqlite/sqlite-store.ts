// TelemetryStore in SQLite files of one folder: the embedded default. A batch is appended to index.db as one segment
// and indexed in memory; when enough has gathered it is sealed: sorted by home into blocks of the partitions, and the
// segments deleted. Sealing is not atomic over files and need not be: a reading is a set element (series, time,
// offset), and what a crash leaves in both places is read once. Synchronous inside: it belongs into a worker thread.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { sortOut } from '../acceptable.ts';
import { Bucketing } from '../buckets.ts';
import { compareReadings, compareSeries, pageOf, parsePlace } from '../order.ts';
import { RETENTION_CLASSES } from '../retention.ts';
import type {
  Bucket,
  DownsampleQuery,
  RangePage,
  RangeQuery,
  RefusedReading,
  RetentionDays,
  SeriesKey,
  TelemetryReading,
  TelemetryStore,
} from '../telemetry-store.ts';
import { HomeReader, readingAt } from './home-reader.ts';
import { IndexFile } from './index-file.ts';
import { asUnavailable, isPassing } from './open-file.ts';
import { DAY_MS, dayOf, Partitions } from './partitions.ts';
import { packSegment, Recent } from './recent.ts';
import { sealingOf } from './seal.ts';

export interface SqliteTelemetryOptions {
  /** Made when missing. It is one unit: backed up and moved as a whole. */
  readonly folder: string;
  /** Readings that gather before they are sealed: about 20 bytes of memory and of disk each meanwhile. */
  readonly sealReadings?: number;
}

/** Ten readings per block in a fleet of 100,000 series: small enough for memory, long enough to pack well. */
const SEAL_READINGS = 1_000_000;

/** Everything that is open. Replaced as a whole after a failure that may have spoilt it. */
interface Files {
  readonly index: IndexFile;
  readonly partitions: Partitions;
  readonly recent: Recent;
}

/** Throws `TelemetryUnavailableError` when the folder cannot be used. */
export function openSqliteTelemetryStore(options: SqliteTelemetryOptions): TelemetryStore {
  return new SqliteStore(options);
}

class SqliteStore implements TelemetryStore {
  readonly #folder: string;
  readonly #sealReadings: number;
  #files: Files | null;
  /** So many readings gather until sealing is tried. */
  #sealAt: number;
  #problem = '';

  constructor({ folder, sealReadings = SEAL_READINGS }: SqliteTelemetryOptions) {
    this.#folder = folder;
    this.#sealReadings = sealReadings;
    this.#sealAt = sealReadings;
    this.#files = this.#openFiles();
  }

  get description(): string {
    const damaged = this.#files?.partitions.damaged ?? [];
    const setAside = damaged.length === 0 ? '' : `; damaged and set aside: ${damaged.join(', ')}`;
    return `SQLite in ${this.#folder}${setAside}${this.#problem}`;
  }

  async write(batch: readonly TelemetryReading[]): Promise<readonly RefusedReading[]> {
    const { accepted, refused } = sortOut(batch);
    if (accepted.length > 0) this.#work((files) => this.#append(files, accepted));
    return refused;
  }

  async range(query: RangeQuery): Promise<RangePage> {
    const place = parsePlace(query.after);
    const { fromMs, toMs, limit } = query;
    return this.#work((files) => {
      const reader = readerFor(files, query);
      const readings: TelemetryReading[] = [];
      for (const day of reader.days(Math.max(fromMs, place?.atMs ?? 0), toMs)) {
        const found = reader
          .readings(day)
          .filter(
            (reading) =>
              reading.atMs >= fromMs &&
              reading.atMs < toMs &&
              (place === null || compareReadings(reading, place) > 0),
          );
        for (const reading of found.sort(compareReadings)) readings.push(reading);
        if (readings.length > limit) break;
      }
      return pageOf(readings, { place, limit, hasMore: false });
    });
  }

  async downsample(query: DownsampleQuery): Promise<readonly Bucket[]> {
    const buckets = new Bucketing(query);
    return this.#work((files) => {
      const reader = readerFor(files, query);
      for (const day of reader.days(query.fromMs, query.toMs)) {
        for (const [series, column] of reader.columns(day)) {
          column.atMs.forEach((atMs, at) => {
            buckets.add(series, atMs, column.values[at]!);
          });
        }
      }
      return buckets.finish();
    });
  }

  async last(homeId: string): Promise<readonly TelemetryReading[]> {
    return this.#work((files) => {
      const reader = readerFor(files, { homeId, kinds: null });
      const newest = new Map<number, TelemetryReading>();
      for (const day of reader.newestDays()) {
        for (const [series, column] of reader.columns(day)) {
          newest.set(series.id, readingAt(series, column, column.atMs.length - 1));
        }
      }
      return [...newest.values()].sort(compareSeries);
    });
  }

  async series(homeId: string): Promise<readonly SeriesKey[]> {
    return this.#work(({ index }) => index.seriesOfHome(homeId).map(keyOf).sort(compareSeries));
  }

  async eraseHome(homeId: string): Promise<void> {
    const home = this.#work((files) => {
      const number = files.index.homeNumber(homeId);
      if (number !== null) this.#seal(files);
      return number;
    });
    if (home === null) return;
    for (const retention of RETENTION_CLASSES) {
      for (const day of this.#work(({ partitions }) => partitions.days(retention))) {
        this.#work(({ partitions }) => partitions.eraseHome(retention, day, home));
        // Rewriting a partition takes up to a second: what else this thread has to do goes in between.
        await nextTurn();
      }
    }
    this.#work((files) => {
      // What came meanwhile is of the home too.
      this.#seal(files);
      for (const retention of RETENTION_CLASSES) {
        for (const day of files.partitions.days(retention)) files.partitions.eraseHome(retention, day, home);
      }
      files.index.eraseHome(home);
    });
  }

  async retain(nowMs: number, days: RetentionDays): Promise<void> {
    this.#work((files) => {
      this.#seal(files);
      for (const retention of RETENTION_CLASSES) {
        const firstKept = dayOf(nowMs - days[retention] * DAY_MS);
        for (const day of files.partitions.days(retention)) {
          if (day < firstKept) files.partitions.drop(retention, day);
        }
        files.index.forgetBefore(retention, firstKept * DAY_MS);
      }
    });
  }

  async close(): Promise<void> {
    this.#files?.index.close();
    this.#files?.partitions.close();
    this.#files = null;
  }

  #append(files: Files, readings: readonly TelemetryReading[]): void {
    let body: Uint8Array = new Uint8Array();
    const id = files.index.append(() => {
      body = packSegment(readings, (reading) => files.index.seriesFor(reading).id);
      return body;
    });
    files.recent.add(id, body);
    if (files.recent.readingCount >= this.#sealAt) this.#trySealing(files);
  }

  /** The batch is stored: that its sealing fails must not have it written again, and again. */
  #trySealing(files: Files): void {
    try {
      this.#seal(files);
      this.#sealAt = this.#sealReadings;
      this.#problem = '';
    } catch (error) {
      this.#sealAt = files.recent.readingCount + Math.ceil(this.#sealReadings / 10);
      this.#problem = `; cannot be sealed: ${(error as Error).message}`;
      if (!isPassing(error) && !isPassing((error as Error).cause)) this.#abandon();
    }
  }

  #seal({ index, partitions, recent }: Files): void {
    if (recent.readingCount === 0) return;
    const sealing = sealingOf(recent, index);
    for (const { retention, day, blocks } of sealing.partitions) partitions.put(retention, day, blocks);
    index.sealed(recent.lastSegment, sealing.newestAtMs);
    recent.clear();
  }

  #work<T>(work: (files: Files) => T): T {
    this.#files ??= this.#openFiles();
    try {
      return work(this.#files);
    } catch (error) {
      if (error instanceof RangeError) throw error;
      if (!isPassing(error) && !isPassing((error as Error).cause)) this.#abandon();
      throw asUnavailable(error, this.#folder);
    }
  }

  /** After a failed fsync the files, not the memory of this process, say what is stored. */
  #abandon(): void {
    const files = this.#files;
    this.#files = null;
    try {
      files?.partitions.close();
      files?.index.close();
    } catch {
      // It failed already, and that is what the caller is told.
    }
  }

  #openFiles(): Files {
    try {
      mkdirSync(this.#folder, { recursive: true });
      const index = new IndexFile(join(this.#folder, 'index.db'));
      const recent = new Recent();
      for (const { id, body } of index.segments()) recent.add(id, body);
      return { index, partitions: new Partitions(this.#folder), recent };
    } catch (error) {
      throw asUnavailable(error, this.#folder);
    }
  }
}

function readerFor(
  { index, partitions, recent }: Files,
  { homeId, kinds }: Pick<RangeQuery, 'homeId' | 'kinds'>,
): HomeReader {
  const isWanted = ({ kind }: SeriesKey): boolean => kinds === null || kinds.includes(kind);
  return new HomeReader(partitions, recent, index.seriesOfHome(homeId).filter(isWanted));
}

function keyOf({ homeId, gatewayId, deviceId, kind }: SeriesKey): SeriesKey {
  return { homeId, gatewayId, deviceId, kind };
}
