// Readings as text for people and programs outside: CSV for a spreadsheet, line protocol for another time series
// database. Opaque ids only, as in the store. Text that came from a device never becomes a formula in a spreadsheet.

import { lineOf } from './influx/lines.ts';
import type { TelemetryReading } from './telemetry-store.ts';

export const EXPORT_FORMATS = ['csv', 'lp'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

const CSV_COLUMNS = [
  ...['time', 'home', 'gateway', 'device', 'kind', 'value'],
  ...['systolic', 'diastolic', 'latitude', 'longitude'],
] as const;

export const EXPORT_TYPES: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8',
  lp: 'text/plain; charset=utf-8',
};

/** What stands before the first reading. */
export function exportHead(format: ExportFormat): string {
  return format === 'csv' ? `${CSV_COLUMNS.join(',')}\r\n` : '';
}

export function exportLine(format: ExportFormat, reading: TelemetryReading): string {
  return format === 'csv' ? csvLine(reading) : `${lineOf(reading)}\n`;
}

/** RFC 4180. */
function csvLine({ atMs, homeId, gatewayId, deviceId, kind, value }: TelemetryReading): string {
  const parts: Record<string, unknown> = typeof value === 'object' ? { ...value } : { value };
  const cells = [new Date(atMs).toISOString(), homeId, gatewayId, deviceId, kind];
  for (const column of CSV_COLUMNS.slice(cells.length)) cells.push(String(parts[column] ?? ''));
  return `${cells.map((cell, i) => quoted(cell, isText(i, value))).join(',')}\r\n`;
}

/** Ids and texts come from devices; numbers may begin with a minus. */
function isText(column: number, value: TelemetryReading['value']): boolean {
  return (column > 0 && column < 5) || (column === 5 && typeof value === 'string');
}

function quoted(cell: string, isFromDevice: boolean): string {
  // A spreadsheet runs what begins so (OWASP, CSV injection).
  const safe = isFromDevice && /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
