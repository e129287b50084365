// Goal: a service on the recording clock takes replays only, and its clock follows them.

import { afterEach, beforeEach, expect, test } from 'vitest';
import { type MqttEdge, startMqttEdge } from '../support/mqtt-edge.ts';

let edge: MqttEdge;
let clockMs: number;
const advances: number[] = [];
beforeEach(async () => {
  clockMs = Date.UTC(2008, 1, 25);
  advances.length = 0;
  const advanceClock = (atMs: number) => {
    advances.push(atMs);
    clockMs = Math.max(clockMs, atMs);
  };
  edge = await startMqttEdge({
    intake: { clockKind: 'recording', advanceClock, clock: { nowMs: () => clockMs } },
  });
});
afterEach(() => edge.stop());

const PIR = 'shouwang/v1/g1/pir/event';
const at = (minute: number) => Date.UTC(2008, 1, 25, 8, minute);
const motion = (minute: number) => ({ at: at(minute), kind: 'motion', value: true, replay: true });

test('each reading of a frame stands at its own time, however old the recording', async () => {
  const client = await edge.logIn();
  client.publish(PIR, [motion(1), motion(2), motion(3)]);
  await client.next('puback');
  expect(advances).toEqual([at(1), at(2), at(3)]);
  expect(edge.log.observations.map(({ measuredAtMs, isDeviceTime }) => [measuredAtMs, isDeviceTime])).toEqual(
    [
      [at(1), true],
      [at(2), true],
      [at(3), true],
    ],
  );
});

test('a live reading is refused and its SOS reported; so is a replay without a time', async () => {
  const client = await edge.logIn();
  client.publish(PIR, { kind: 'button', value: 'sos' }, { messageId: 1 });
  client.publish(PIR, { kind: 'motion', value: true, replay: true }, { messageId: 2 });
  await client.next('puback', 2);
  expect(edge.log.reasons()).toEqual(['live-on-replay-service', 'replay-without-time']);
  expect(edge.log.observations).toEqual([]);
  expect(edge.log.logged.filter(({ level }) => level === 'error')).toHaveLength(1);
});
