// Reads some series of one home, a UTC day at a time, from partitions and from what is not sealed yet. What stands in
// both places is given once.

import { type RetentionClass, retentionClassOf } from '../retention.ts';
import type { TelemetryReading } from '../telemetry-store.ts';
import { type Column, emptyColumn, inOrder, unpackBlock } from './block.ts';
import type { StoredSeries } from './index-file.ts';
import { dayOf, type Partitions } from './partitions.ts';
import type { Recent } from './recent.ts';

export class HomeReader {
  readonly #partitions: Partitions;
  readonly #series: ReadonlyMap<number, StoredSeries>;
  readonly #classes: ReadonlySet<RetentionClass>;
  readonly #recent = new Map<number, Column>();

  /** `series`: of one home. */
  constructor(partitions: Partitions, recent: Recent, series: readonly StoredSeries[]) {
    this.#partitions = partitions;
    this.#series = new Map(series.map((one) => [one.id, one]));
    this.#classes = new Set(series.map(({ kind }) => retentionClassOf(kind)));
    for (const { id } of series) {
      const column = emptyColumn();
      recent.read(id, column);
      if (column.atMs.length > 0) this.#recent.set(id, inOrder(column));
    }
  }

  /** Days on which there may be something between the two instants, oldest first. */
  days(fromMs: number, toMs: number): number[] {
    const days = new Set<number>();
    for (const retention of this.#classes) {
      for (const day of this.#partitions.days(retention)) days.add(day);
    }
    for (const { atMs } of this.#recent.values()) for (const at of atMs) days.add(dayOf(at));
    const isAsked = (day: number): boolean => day >= dayOf(fromMs) && day <= dayOf(toMs - 1);
    return [...days].filter(isAsked).sort((a, b) => a - b);
  }

  /** Days that hold the newest reading of some series, oldest first. */
  newestDays(): number[] {
    const days = new Set<number>();
    for (const { lastAtMs } of this.#series.values()) if (lastAtMs >= 0) days.add(dayOf(lastAtMs));
    for (const { atMs } of this.#recent.values()) days.add(dayOf(atMs.at(-1)!));
    return [...days].sort((a, b) => a - b);
  }

  /** Columns of a day that are not empty. */
  columns(day: number): [StoredSeries, Column][] {
    const columns = new Map<number, Column>();
    for (const series of this.#series.values()) this.#addRecent(series.id, day, columns);
    for (const home of new Set(Array.from(this.#series.values(), (series) => series.home))) {
      for (const retention of this.#classes) {
        for (const { series, body } of this.#partitions.read(retention, day, home)) {
          if (this.#series.has(series)) unpackBlock(body, columnOf(columns, series));
        }
      }
    }
    return Array.from(columns, ([id, column]) => [this.#series.get(id)!, inOrder(column)]);
  }

  readings(day: number): TelemetryReading[] {
    const readings: TelemetryReading[] = [];
    for (const [series, column] of this.columns(day)) {
      for (let at = 0; at < column.atMs.length; at++) readings.push(readingAt(series, column, at));
    }
    return readings;
  }

  #addRecent(id: number, day: number, columns: Map<number, Column>): void {
    const recent = this.#recent.get(id);
    if (recent === undefined) return;
    recent.atMs.forEach((atMs, at) => {
      if (dayOf(atMs) !== day) return;
      const column = columnOf(columns, id);
      column.atMs.push(atMs);
      column.offsets.push(recent.offsets[at]!);
      column.values.push(recent.values[at]!);
    });
  }
}

function columnOf(columns: Map<number, Column>, series: number): Column {
  const known = columns.get(series);
  if (known !== undefined) return known;
  const column = emptyColumn();
  columns.set(series, column);
  return column;
}

export function readingAt(
  series: StoredSeries,
  { atMs, offsets, values }: Column,
  at: number,
): TelemetryReading {
  const { homeId, gatewayId, deviceId, kind } = series;
  return { homeId, gatewayId, deviceId, kind, atMs: atMs[at]!, offset: offsets[at]!, value: values[at]! };
}
