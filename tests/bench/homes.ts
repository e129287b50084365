// The homes of the bench: the five-piece set of Chinese cities (button, motion, smoke, water meter, door) with a second
// motion sensor in the bathroom and a wrist band, one gateway each, and a probe: a concentrator whose SOS buttons stand
// in homes of their own. Nothing here falls silent within a run, so no technical alert disturbs a measurement.

import type { SupervisionClass, Zone } from '#core/model/home.ts';

export interface BenchDevice {
  readonly deviceId: string;
  readonly kind: string;
  readonly room: string;
  readonly zone: Zone;
}

export const HOME_DEVICES: readonly BenchDevice[] = [
  { deviceId: 'pir-living', kind: 'motion', room: 'living', zone: 'other' },
  { deviceId: 'door-front', kind: 'contact', room: 'hall', zone: 'entry' },
  { deviceId: 'water-meter', kind: 'water_liters', room: 'kitchen', zone: 'kitchen' },
  { deviceId: 'sos-button', kind: 'button', room: 'bedroom', zone: 'bedroom' },
  { deviceId: 'smoke-kitchen', kind: 'smoke', room: 'kitchen', zone: 'kitchen' },
  { deviceId: 'pir-bathroom', kind: 'motion', room: 'bathroom', zone: 'bathroom' },
  { deviceId: 'band', kind: 'heart_rate_bpm', room: 'bedroom', zone: 'other' },
];

export const DEVICE_SUPERVISION: SupervisionClass = '25h';
export const GATEWAY_SUPERVISION: SupervisionClass = '5h';

export const DISTRICTS = [
  { code: '990000000000', name: 'Bench province', level: 'province', parent_code: null },
  { code: '990100000000', name: 'Bench city', level: 'city', parent_code: '990000000000' },
  { code: '990101000000', name: 'Bench county', level: 'county', parent_code: '990100000000' },
] as const;
export const DISTRICT_CODE = '990101000000';
export const TIMEZONE = 'Asia/Shanghai';

export const PROBE_GATEWAY = 'gw-probe';

export function homeName(index: number): string {
  return `bench-${String(index).padStart(6, '0')}`;
}

export function gatewayName(index: number): string {
  return `gw-bench-${String(index).padStart(6, '0')}`;
}

export function probeHomeName(index: number): string {
  return `probe-${String(index).padStart(4, '0')}`;
}

export function probeDeviceName(index: number): string {
  return `sos-${String(index).padStart(4, '0')}`;
}
