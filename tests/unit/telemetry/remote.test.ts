// Goal: a telemetry thread that dies harms nobody: what it owed is rejected as unavailable, the last cursor stays, it
// is started again, opened homes are followed again, and closing ends even a thread that hangs.

import { expect, test } from 'vitest';
import { RemoteTelemetry, type RemoteTelemetryOptions } from '#telemetry/remote.ts';
import { TelemetryNotSupportedError, TelemetryUnavailableError } from '#telemetry/telemetry-store.ts';
import { until } from '../../support/until.ts';

/** Answers `series` with the homes it follows, refuses `range` as told, dies of `last`, never ends by itself. */
const THREAD = `
  import { parentPort } from 'node:worker_threads';
  const followed = [];
  const status = { store: 's', isReachable: true, problem: null, cursor: 7, writtenUntilMs: 1, behindEntries: 0,
    behindMs: 0, counts: { written: 0, refused: 0, shedEntries: 0 }, pendingErasures: 0 };
  parentPort.postMessage({ type: 'status', status });
  parentPort.on('message', ({ type, id, call, homeId, args }) => {
    if (type === 'follow') followed.push(homeId);
    if (call === 'series') parentPort.postMessage({ type: 'answer', id, ok: true, value: followed });
    if (call === 'range') parentPort.postMessage({ type: 'answer', id, ok: false,
      error: { name: args[0], message: 'no', retryAfterMs: 5 } });
    if (call === 'last') process.exit(3);
  });
`;

function start(change: Partial<RemoteTelemetryOptions> = {}) {
  const crashes: Error[] = [];
  const telemetry = new RemoteTelemetry({
    file: new URL(`data:text/javascript,${encodeURIComponent(THREAD)}`),
    workerData: null,
    seed: async function* () {},
    onEvent: () => undefined,
    onStatus: () => undefined,
    onCrash: (error) => crashes.push(error),
    restartMs: 20,
    ...change,
  });
  return { telemetry, crashes };
}

test('a thread that dies is started again and goes on', async () => {
  const { telemetry, crashes } = start();
  telemetry.follow('h1', () => undefined);
  await until('the thread has spoken', () => telemetry.cursor() === 7);
  const waiting = telemetry.last('h1');
  await expect(waiting).rejects.toBeInstanceOf(TelemetryUnavailableError);
  expect(crashes).toHaveLength(1);
  expect(telemetry.status()).toMatchObject({ isReachable: false, cursor: 7 });
  await expect(telemetry.series('h1')).rejects.toBeInstanceOf(TelemetryUnavailableError);
  await until('it is back', () => telemetry.status().isReachable);
  expect(await telemetry.series('h1')).toEqual(['h1']);
  await telemetry.close();
  await expect(telemetry.series('h1')).rejects.toBeInstanceOf(TelemetryUnavailableError);
  expect(crashes).toHaveLength(1);
});

test('errors keep their meaning on the way', async () => {
  const { telemetry } = start();
  const range = (name: string) => telemetry.range(name as never);
  await expect(range('TelemetryUnavailableError')).rejects.toMatchObject({ retryAfterMs: 5 });
  await expect(range('TelemetryNotSupportedError')).rejects.toBeInstanceOf(TelemetryNotSupportedError);
  await expect(range('TypeError')).rejects.toThrow('no');
  await telemetry.close();
});
