// Goal: a gateway's secret opens exactly as long as it should, and the stored form opens nothing.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SqliteRegistry } from '#registry/sqlite/open.ts';
import { memoryRegistry } from '../../support/registry-folder.ts';
import { addDistricts, newDevice, newGateway, newHome, TOWN } from '../../support/registry-samples.ts';

let registry: SqliteRegistry;
beforeEach(async () => {
  registry = await memoryRegistry();
  await addDistricts(registry);
  await registry.gateways.create(newGateway({ gatewayId: 'g' }));
});
afterEach(() => registry.close());

function opens(gatewayId: string, secret: string): boolean {
  return registry.directory.verifySecret(registry.directory.gateway(gatewayId)!, Buffer.from(secret));
}

describe('secrets', () => {
  test('a new gateway opens to nothing', () => {
    expect(opens('g', '')).toBe(false);
    expect(registry.directory.gateway('g')?.secretHashes).toEqual([]);
  });

  test('are 192 bits, shown once, stored only as a hash', async () => {
    const secret = await registry.issueGatewaySecret('g');
    expect(Buffer.from(secret, 'base64url')).toHaveLength(24);
    expect(opens('g', secret)).toBe(true);
    expect(opens('g', `${secret} `)).toBe(false);
    expect(opens('g', 'x'.repeat(10_000))).toBe(false);
    const [hash] = registry.directory.gateway('g')!.secretHashes;
    expect(hash).toHaveLength(32);
    expect(opens('g', Buffer.from(hash!).toString('base64url'))).toBe(false);
  });

  test('two are valid during a rotation, a third ends the first', async () => {
    const first = await registry.issueGatewaySecret('g');
    const second = await registry.issueGatewaySecret('g');
    expect([opens('g', first), opens('g', second)]).toEqual([true, true]);
    const third = await registry.issueGatewaySecret('g');
    expect([opens('g', first), opens('g', second), opens('g', third)]).toEqual([false, true, true]);
    await registry.retireOldSecret('g');
    expect([opens('g', second), opens('g', third)]).toEqual([false, true]);
  });

  test('belong to one gateway, even when the hash is copied', async () => {
    await registry.gateways.create(newGateway({ gatewayId: 'other' }));
    const secret = await registry.issueGatewaySecret('g');
    expect(opens('other', secret)).toBe(false);
    const stolen = { ...registry.directory.gateway('other')! };
    const forged = { ...stolen, secretHashes: registry.directory.gateway('g')!.secretHashes };
    expect(registry.directory.verifySecret(forged, Buffer.from(secret))).toBe(false);
  });

  test('of a gateway that does not exist are not made', async () => {
    const notFound = expect.objectContaining({ problem: 'not-found' });
    await expect(registry.issueGatewaySecret('x')).rejects.toEqual(notFound);
    await expect(registry.retireOldSecret('x')).rejects.toEqual(notFound);
  });
});

describe('directory', () => {
  test('follows gateways, homes and devices', async () => {
    const { home, homeId } = await registry.homes.create(newHome());
    const held = registry.directory.gateway('g')!;
    expect(held).toMatchObject({ gateway: 1, home: null, isEnabled: true, format: 'native' });
    await registry.gateways.update('g', {
      homeId,
      isEnabled: false,
      format: 'zigbee2mqtt',
      districtCode: TOWN,
    });
    const { device } = await registry.devices.create(newDevice('g', homeId, { deviceId: 'a b/c' }));
    const after = { home, isEnabled: false, format: 'zigbee2mqtt', districtCode: TOWN };
    expect(registry.directory.gateway('g')).toMatchObject(after);
    expect(held, 'an entry that a session holds').toMatchObject(after);
    expect(held.devices.get('a b/c')).toBe(device);
    await registry.devices.remove('g/a b/c');
    expect(held.devices.size).toBe(0);
  });

  test('a removed gateway is gone, and dead for who still holds it', async () => {
    const secret = await registry.issueGatewaySecret('g');
    const held = registry.directory.gateway('g')!;
    await registry.gateways.remove('g');
    expect(registry.directory.gateway('g')).toBeUndefined();
    expect(held.isEnabled).toBe(false);
    expect(registry.directory.verifySecret(held, Buffer.from(secret))).toBe(false);
  });

  test('tells of what concerns a live session, and of nothing else', async () => {
    const told: string[] = [];
    registry.directory.onChange((gatewayId) => told.push(gatewayId));
    await registry.gateways.create(newGateway({ gatewayId: 'new' }));
    await registry.gateways.update('g', { model: 'only words' });
    expect(told).toEqual(['new']);
    await registry.gateways.update('g', { isEnabled: false });
    await registry.issueGatewaySecret('g');
    await registry.issueGatewaySecret('g');
    await registry.retireOldSecret('g');
    await registry.gateways.remove('g');
    expect(told).toEqual(['new', 'g', 'g', 'g', 'g', 'g']);
  });
});
