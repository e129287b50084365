// A gateway directory in memory: what the ingest sees of the registry, and how a test changes it under its feet.

import { createHmac } from 'node:crypto';
import type { GatewayDirectory, GatewayEntry } from '#registry/registry.ts';

const hash = (secret: Uint8Array | string) => createHmac('sha256', 'test key').update(secret).digest();

export interface MemoryDirectory extends GatewayDirectory {
  add(
    gatewayId: string,
    secret: string,
    devices: readonly string[],
    change?: Partial<GatewayEntry>,
  ): GatewayEntry;
  change(gatewayId: string, change: Partial<GatewayEntry>): void;
  remove(gatewayId: string): void;
}

export function createMemoryDirectory(): MemoryDirectory {
  const gateways = new Map<string, GatewayEntry>();
  const listeners: ((gatewayId: string) => void)[] = [];
  const tell = (gatewayId: string) => listeners.forEach((listener) => void listener(gatewayId));
  let lastNumber = 0;
  return {
    gateway: (gatewayId) => gateways.get(gatewayId),
    verifySecret: (entry, secret) => entry.secretHashes.some((known) => hash(secret).equals(known)),
    onChange: (listener) => void listeners.push(listener),
    add(gatewayId, secret, devices, change = {}) {
      const gateway = ++lastNumber;
      const entry: GatewayEntry = {
        gateway,
        gatewayId,
        districtCode: '330106001001',
        home: gateway,
        format: 'native',
        isEnabled: true,
        secretHashes: [hash(secret)],
        devices: new Map(devices.map((deviceId, i) => [deviceId, gateway * 100 + i])),
        ...change,
      };
      gateways.set(gatewayId, entry);
      return entry;
    },
    change(gatewayId, change) {
      gateways.set(gatewayId, { ...gateways.get(gatewayId)!, ...change });
      tell(gatewayId);
    },
    remove(gatewayId) {
      gateways.delete(gatewayId);
      tell(gatewayId);
    },
  };
}

export const secretHash = hash;
