// The activity raster as plain data: rooms × cells, each quiet, active in three strengths, or unseen. Unseen is never
// quiet: a cell in which nobody could have told is shown as such (promise P4), and a cell in which something was heard
// is active whatever else is said about it. Pure.

import { EDGES, edgesOf, isPress } from '#core/model/kinds.ts';

export type UnseenReason =
  | 'gateway-offline'
  | 'sensor-silent'
  | 'not-heard-before'
  | 'service-down'
  | 'not-stored'
  | 'not-yet-written';

export interface Unseen {
  readonly fromMs: number;
  readonly toMs: number;
  readonly reason: UnseenReason;
  readonly gatewayId: string | null;
  /** Null: everything behind the gateway, or all of the home. */
  readonly deviceId: string | null;
}

/** Answer of `GET /homes/{id}/activity`. */
export interface ActivityAnswer {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
  readonly rooms: readonly {
    readonly room: string | null;
    readonly counts: readonly number[];
    readonly noData: readonly boolean[];
  }[];
  readonly unseen: readonly Unseen[];
  readonly writtenUntilMs: number;
}

export interface LiveReading {
  readonly gatewayId: string;
  readonly deviceId: string;
  readonly kind: string;
  readonly atMs: number;
  readonly value: unknown;
}

export type Cell = 'unseen' | 'quiet' | 'active-1' | 'active-2' | 'active-3';

export interface RasterRow {
  readonly room: string | null;
  readonly cells: readonly Cell[];
  readonly signCount: number;
  /** Begin of the last cell with a sign of life. */
  readonly lastSignAtMs: number | null;
  readonly unseenMs: number;
}

/** Neighbouring cells of one look, `from` included, `to` not. */
export interface Run {
  readonly cell: Cell;
  readonly from: number;
  readonly to: number;
}

/** Signs of life per hour up to which a cell looks faint or middling: one passage, somebody about, somebody busy. */
const FAINT_PER_HOUR = 12;
const MIDDLING_PER_HOUR = 48;

export function rasterRows({ rooms, fromMs, toMs, stepMs }: ActivityAnswer): RasterRow[] {
  return rooms.map(({ room, counts, noData }) => {
    const cells = counts.map((count, index) => cellOf(count, noData[index] ?? true, stepMs));
    const last = counts.findLastIndex((count) => count > 0);
    const lengthMs = (index: number): number =>
      Math.min(toMs, fromMs + (index + 1) * stepMs) - fromMs - index * stepMs;
    return {
      room,
      cells,
      signCount: counts.reduce((sum, count) => sum + count, 0),
      lastSignAtMs: last === -1 ? null : fromMs + last * stepMs,
      unseenMs: cells.reduce((sum, cell, index) => (cell === 'unseen' ? sum + lengthMs(index) : sum), 0),
    };
  });
}

function cellOf(count: number, isUnseen: boolean, stepMs: number): Cell {
  if (count === 0) return isUnseen ? 'unseen' : 'quiet';
  const perHour = (count * 3_600_000) / stepMs;
  if (perHour <= FAINT_PER_HOUR) return 'active-1';
  return perHour <= MIDDLING_PER_HOUR ? 'active-2' : 'active-3';
}

export function runsOf(cells: readonly Cell[]): Run[] {
  const runs: Run[] = [];
  let from = 0;
  for (let to = 1; to <= cells.length; to += 1) {
    if (cells[to] === cells[from]) continue;
    runs.push({ cell: cells[from]!, from, to });
    from = to;
  }
  return runs;
}

/** Long enough to be told in words, latest first; the seconds in which the newest readings are written are not. */
export function toldUnseen({ unseen }: ActivityAnswer): Unseen[] {
  const LEAST_MS = 60_000;
  return unseen.filter(({ fromMs, toMs }) => toMs - fromMs >= LEAST_MS).sort((a, b) => b.toMs - a.toMs);
}

/** Which live readings are signs of life. Keeps the last value of each device, as repeated values are no change. */
export interface SignFilter {
  isSign(reading: LiveReading): boolean;
}

export function createSignFilter(): SignFilter {
  const lastValues = new Map<string, unknown>();
  return {
    isSign({ gatewayId, deviceId, kind, value }) {
      if (isPress(kind, value)) return true;
      const key = JSON.stringify([gatewayId, deviceId, kind]);
      const before = lastValues.get(key);
      lastValues.set(key, value);
      const edges = edgesOf(kind);
      if (edges === EDGES.on) return value === true && before !== true;
      // The first value of a door may be a mere repetition. Nobody must look alive because a door is reported closed.
      return edges === EDGES.both && before !== undefined && before !== value;
    },
  };
}

/**
 * The answer with one more sign of life in `room`. What the answer has already, what is older than it shows, and what
 * belongs to a cell that has not begun in it, changes nothing.
 */
export function withSign(answer: ActivityAnswer, room: string | null, atMs: number): ActivityAnswer {
  const { fromMs, stepMs, writtenUntilMs } = answer;
  const index = Math.floor((atMs - fromMs) / stepMs);
  const known = answer.rooms.find((row) => row.room === room);
  if (atMs <= writtenUntilMs || index < 0 || known === undefined || index >= known.counts.length)
    return answer;
  const counts = known.counts.with(index, known.counts[index]! + 1);
  return { ...answer, rooms: answer.rooms.map((row) => (row === known ? { ...row, counts } : row)) };
}
