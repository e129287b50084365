// Goal: on a full disk nothing is acknowledged, a call for help is on the screen all the same (marked as not
// recorded), and with space everything goes on by itself. Method: the service on a small tmpfs, filled by a file.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { NoticeMessage } from '#core/model/desk-message.ts';
import { alertOf, type ServiceUnderTest, startService, topicOf } from '../support/service.ts';

const folder = mkdtempSync(join(tmpdir(), 'shouwang-full-'));
const filler = join(folder, 'filler');
let service: ServiceUnderTest;
const isMounted = mountSmall();

beforeAll(async () => {
  if (isMounted) service = await startService({ homes: 1, folder });
});
afterAll(async () => {
  if (isMounted) {
    await service.stop();
    execFileSync('umount', ['-l', folder]);
  }
  rmSync(folder, { recursive: true, force: true });
});

function mountSmall(): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', folder], { stdio: 'ignore' });
    return true;
  } catch {
    if (process.env['CI'] === 'true') throw new Error('CI must be able to mount a tmpfs');
    process.stderr.write('the full-disk test is skipped: it needs root to mount a tmpfs\n');
    return false;
  }
}

/** Write until nothing more fits. */
function fill(): void {
  let size = 16 * 1024 * 1024;
  for (; size >= 1; size = Math.floor(size / 2)) {
    try {
      writeFileSync(filler, Buffer.alloc(size), { flag: 'a' });
    } catch {
      // What fitted stays; the next, smaller piece fills the rest.
    }
  }
}

/** A log file has room in itself after a checkpoint: readings until one is not taken any more. */
async function useUpLog(topic: string): Promise<void> {
  const gateway = await service.gateway();
  let isOpen = true;
  const closed = new Promise<void>((resolve) => {
    gateway.once('close', () => {
      isOpen = false;
      resolve();
    });
  });
  for (let n = 0; isOpen; n++) {
    const reading = JSON.stringify({ id: `fill-${n}`, kind: 'motion', value: n % 2 === 0 });
    await Promise.race([gateway.publishAsync(topic, reading, { qos: 1 }), closed]);
  }
}

test.skipIf(!isMounted)(
  'a full disk: not acknowledged, shown as not recorded, and on again with space',
  async () => {
    const desk = await service.desk();
    const home = service.homes[0]!;
    const topic = topicOf(home, 'sos-button');
    fill();
    await useUpLog(topicOf(home, 'pir-bedroom'));
    const gateway = await service.gateway();
    const closed = new Promise((resolve) => gateway.once('close', () => resolve(undefined)));
    let isAcknowledged = false;
    gateway.publish(topic, '{"id":"full","kind":"button","value":"sos"}', { qos: 1 }, (error) => {
      if (error == null) isAcknowledged = true;
    });
    const notice = await desk.waitFor(
      (message): message is NoticeMessage => message.type === 'notice' && message.code === 'unrecorded-sos',
    );
    expect(notice.params).toMatchObject({ kind: 'sos', deviceId: 'sos-button' });
    await closed;
    expect(isAcknowledged).toBe(false);
    expect(desk.alerts()).toEqual([]);

    rmSync(filler);
    const again = await service.gateway();
    await again.publishAsync(topic, '{"id":"full","kind":"button","value":"sos"}', { qos: 1 });
    expect(await alertOf(desk, 'sos')).toMatchObject({ deviceId: 'sos-button', causeCount: 1 });
    await again.endAsync();
    desk.socket.close();
  },
);
