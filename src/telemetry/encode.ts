// From entries of the log to readings of the store: pure but for the directory, which follows the configuration
// entries it passes. The same entries from the same directory give the same readings, so writing them again changes
// nothing. A value of unknown shape is refused here; `null` (unknown) is no reading. Commands, ticks and who is at the
// desk are no telemetry; times in which the service itself did not watch are told as `outages`.

import type { Entry, GatewayLinkBody, ObservationBody, ResumedBody } from '#core/model/entry.ts';
import type { DeviceHomes } from './device-homes.ts';
import type { RefusedReading, TelemetryReading } from './telemetry-store.ts';

/** From … until, ms UTC. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Encoded {
  readonly readings: TelemetryReading[];
  readonly refused: RefusedReading[];
  readonly outages: Span[];
}

/** `deviceId` of what is said of the gateway itself. No device has it: names of devices are not empty. */
export const GATEWAY_ITSELF = '';

export function encode(entries: readonly Entry[], homes: DeviceHomes): Encoded {
  const encoded: Encoded = { readings: [], refused: [], outages: [] };
  for (const entry of entries) encodeEntry(entry, homes, encoded);
  return encoded;
}

function encodeEntry(entry: Entry, homes: DeviceHomes, encoded: Encoded): void {
  const { body } = entry;
  switch (body.type) {
    case 'home-configured':
    case 'gateway-configured':
      homes.follow(body);
      return;
    case 'observation':
      encodeObservation(entry, body, { homes, encoded });
      return;
    case 'gateway-link':
      encodeLink(entry, body, { homes, encoded });
      return;
    case 'resumed':
      encodeOutage(entry, body, encoded);
  }
}

interface Target {
  readonly homes: DeviceHomes;
  readonly encoded: Encoded;
}

function encodeObservation({ atMs, offset }: Entry, body: ObservationBody, { homes, encoded }: Target): void {
  // An observation proves life; the gateway need not say `online` before it.
  if (homes.isSaidOffline(body.gateway)) sayOnline(atMs, offset, body.gateway, true, { homes, encoded });
  const place = {
    homeId: homes.homeIdOf(body.device, body.gateway),
    gatewayId: homes.gatewayId(body.gateway),
    deviceId: body.deviceId,
    atMs: body.measuredAtMs,
    offset,
  };
  if (body.value !== null) {
    const reading = { ...place, kind: body.kind, value: body.value };
    if (isStorable(reading)) encoded.readings.push(reading);
    else encoded.refused.push({ reading, reason: 'unknown-value' });
  }
  const { device, batteryPct } = body;
  if (device === null || batteryPct === null || body.kind === 'battery_pct') return;
  if (homes.noteBattery(device, batteryPct)) {
    encoded.readings.push({ ...place, kind: 'battery_pct', value: batteryPct });
  }
}

function encodeLink({ atMs, offset }: Entry, body: GatewayLinkBody, target: Target): void {
  sayOnline(atMs, offset, body.gateway, body.online, target);
}

/** Once per change, to every home that is seen through the gateway. */
function sayOnline(
  atMs: number,
  offset: number,
  gateway: number,
  online: boolean,
  { homes, encoded }: Target,
): void {
  if (!homes.noteOnline(gateway, online)) return;
  const gatewayId = homes.gatewayId(gateway);
  for (const homeId of homes.homeIdsBehind(gateway)) {
    const deviceId = GATEWAY_ITSELF;
    encoded.readings.push({ homeId, gatewayId, deviceId, kind: 'online', value: online, atMs, offset });
  }
}

function encodeOutage({ atMs }: Entry, { fromMs }: ResumedBody, { outages }: Encoded): void {
  // A recording begins with `from 0`: nobody was blind then, there was nothing yet.
  if (fromMs > 0 && atMs > fromMs) outages.push({ fromMs, toMs: atMs });
}

function isStorable({ value, atMs }: TelemetryReading): boolean {
  if (!Number.isSafeInteger(atMs)) return false;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object') return typeof value === 'boolean' || typeof value === 'string';
  const [a, b] = 'systolic' in value ? [value.systolic, value.diastolic] : [value.latitude, value.longitude];
  return Number.isFinite(a) && Number.isFinite(b);
}
