// The body of an entry as text. Readings, which are nearly all of a log, are written as a short JSON array without
// names: a third of the bytes to write, sync and read back. Everything else is plain JSON. Both are JSON, told apart
// by the first character, so rows of schema 1 (always objects) read as before. Read back by `body-scanner.ts`.

import type { EntryBody, ObservationBody } from '#core/model/entry.ts';

/** Flags of a reading, one number. */
const LEVEL = 1;
const DEVICE_TIME = 2;
const BUFFERED = 4;

export type ReadingRow = readonly [
  gateway: number,
  device: number | null,
  deviceId: string,
  kind: string,
  value: ObservationBody['value'],
  measuredAtMs: number,
  flags: number,
  eventId: string | null,
  batteryPct: number | null,
];

/** JSON without a line feed. @throws TypeError for what JSON cannot write */
export function bodyText(body: EntryBody): string {
  if (body.type !== 'observation') return JSON.stringify(body);
  const { gateway, device, deviceId, kind, value, measuredAtMs, eventId, batteryPct } = body;
  const flags =
    (body.isLevel ? LEVEL : 0) | (body.isDeviceTime ? DEVICE_TIME : 0) | (body.isBuffered ? BUFFERED : 0);
  const row: ReadingRow = [gateway, device, deviceId, kind, value, measuredAtMs, flags, eventId, batteryPct];
  return JSON.stringify(row);
}

/** What `bodyText` wrote as that row. */
export function bodyOfRow(row: ReadingRow): ObservationBody {
  const [gateway, device, deviceId, kind, value, measuredAtMs, flags, eventId, batteryPct] = row;
  return readingOf(gateway, device, deviceId, kind, value, measuredAtMs, flags, eventId, batteryPct);
}

/** One place that makes them, with the keys in the order of the ingest: the engine sees one kind of object. */
export function readingOf(
  gateway: number,
  device: number | null,
  deviceId: string,
  kind: string,
  value: ObservationBody['value'],
  measuredAtMs: number,
  flags: number,
  eventId: string | null,
  batteryPct: number | null,
): ObservationBody {
  return {
    type: 'observation',
    gateway,
    device,
    deviceId,
    kind,
    value,
    isLevel: (flags & LEVEL) !== 0,
    measuredAtMs,
    isDeviceTime: (flags & DEVICE_TIME) !== 0,
    eventId,
    batteryPct,
    isBuffered: (flags & BUFFERED) !== 0,
  };
}
