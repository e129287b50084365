// Rooms × time: puts a home's activity, known by device, into the rooms that the registry knows, and marks the
// cells in which nobody could have told (unseen.ts). A room is unseen while each of its sensors is: one that is seen
// is enough, and a button that is pressed there now and then is none. Pure.

import { EDGES, edgesOf } from '#core/model/kinds.ts';
import type { DeviceRecord } from '#registry/registry.ts';
import type { ActivityQuery, HomeActivity } from '#telemetry/telemetry.ts';
import { coveredMs, type Sensor, type Span, type Unseen, unseenOf } from './unseen.ts';

/** A cell of which at least so much was unseen says nothing. */
const UNSEEN_SHARE = 0.5;

export interface RoomRow {
  readonly room: string | null;
  readonly counts: readonly number[];
  readonly noData: readonly boolean[];
}

export interface Raster {
  readonly rooms: readonly RoomRow[];
  readonly unseen: readonly Unseen[];
}

export type KnownDevice = Sensor & Pick<DeviceRecord, 'room' | 'kind'>;

export function rasterOf(
  query: ActivityQuery,
  activity: HomeActivity,
  devices: readonly KnownDevice[],
): Raster {
  const rooms = gather(query, activity, devices);
  const unseen = unseenOf(query, activity, [...rooms.values()].flatMap(watchersOf));
  const rows = [...rooms].map(([room, gathered]) => {
    const spans = watchersOf(gathered).map((sensor) => unseen.filter((span) => isAbout(span, sensor)));
    const noData = gathered.counts.map((_, cell) => isUnseen(cellSpan(query, cell), spans));
    return { room, counts: gathered.counts, noData };
  });
  return { rooms: rows, unseen };
}

interface Gathered {
  readonly counts: number[];
  /** What is registered to sense activity. */
  readonly sensors: Sensor[];
  /** What told of somebody all the same: a button, a device that was removed. */
  readonly others: Sensor[];
}

const watchersOf = ({ sensors, others }: Gathered): readonly Sensor[] =>
  sensors.length > 0 ? sensors : others;

/** Rooms with a sensor that could tell come even when it told nothing: that is what a quiet room looks like. */
function gather(
  query: ActivityQuery,
  activity: HomeActivity,
  devices: readonly KnownDevice[],
): Map<string | null, Gathered> {
  const cellCount = Math.ceil((query.toMs - query.fromMs) / query.stepMs);
  const rooms = new Map<string | null, Gathered>();
  const known = new Map<string, KnownDevice>();
  const rowOf = (room: string | null): Gathered => {
    const row = rooms.get(room) ?? { counts: new Array<number>(cellCount).fill(0), sensors: [], others: [] };
    rooms.set(room, row);
    return row;
  };
  for (const device of devices) {
    known.set(JSON.stringify([device.gatewayId, device.deviceId]), device);
    if (edgesOf(device.kind) !== EDGES.none) rowOf(device.room).sensors.push(device);
  }
  for (const { gatewayId, deviceId, counts } of activity.devices) {
    const device = known.get(JSON.stringify([gatewayId, deviceId]));
    const row = rowOf(device?.room ?? null);
    const unregistered: Sensor = { gatewayId, deviceId, supervision: 'none', silentSinceMs: null };
    if (device === undefined || edgesOf(device.kind) === EDGES.none) row.others.push(device ?? unregistered);
    for (const [cell, count] of counts.entries()) row.counts[cell]! += count;
  }
  return rooms;
}

function cellSpan({ fromMs, toMs, stepMs }: ActivityQuery, cell: number): Span {
  const beginMs = fromMs + cell * stepMs;
  return { fromMs: beginMs, toMs: Math.min(toMs, beginMs + stepMs) };
}

/** The service's own blindness is everybody's, a gateway's that of all behind it. */
function isAbout(span: Unseen, { gatewayId, deviceId }: Sensor): boolean {
  if (span.gatewayId === null) return true;
  return span.gatewayId === gatewayId && (span.deviceId === null || span.deviceId === deviceId);
}

function isUnseen(cell: Span, ofSensors: readonly (readonly Span[])[]): boolean {
  const leastMs = (cell.toMs - cell.fromMs) * UNSEEN_SHARE;
  return ofSensors.every((spans) => coveredMs(cell, spans) >= leastMs);
}
