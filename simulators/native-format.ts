// Topics and payloads of the native wire format, version 1 (docs/native-format.md), as a gateway writes them.

import type { Reading } from './devices.ts';

export interface WireReading {
  readonly id: string;
  readonly seq: number;
  readonly at: string;
  readonly kind: string;
  readonly value: Reading['value'];
  readonly battery?: number;
  readonly buffered?: true;
  readonly replay?: true;
}

export interface WireStatus {
  readonly online: boolean;
  /** Seconds since the gateway started. */
  readonly uptime?: number;
  readonly at?: string;
  readonly replay?: true;
}

export function readingTopic(gatewayId: string, deviceId: string, isLevel: boolean): string {
  return `shouwang/v1/${gatewayId}/${deviceId}/${isLevel ? 'telemetry' : 'event'}`;
}

export function statusTopic(gatewayId: string): string {
  return `shouwang/v1/${gatewayId}/status`;
}

/** What the service asks a terminal to do (docs/native-format.md, Commands). */
export interface WireCommand {
  readonly id: string;
  readonly kind: string;
}

export function commandFilter(gatewayId: string): string {
  return `shouwang/v1/${gatewayId}/command/#`;
}

/** The device a command is for, from its topic. */
export function commandedDevice(topic: string): string {
  return topic.split('/').slice(4).join('/');
}

/** RFC 3339 with milliseconds, UTC. */
export function wireTime(atMs: number): string {
  return new Date(atMs).toISOString();
}
