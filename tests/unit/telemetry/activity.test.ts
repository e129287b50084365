// Goal: the raster tells quiet from unseen. Method: readings in a memory store, the raster made of them.

import { expect, test } from 'vitest';
import { type KnownDevice, rasterOf } from '#api/activity-raster.ts';
import { activityOf } from '#telemetry/activity.ts';
import { createMemoryTelemetryStore } from '#telemetry/memory-store.ts';
import type { ReadingValue } from '#telemetry/telemetry-store.ts';
import { START_MS } from '../../support/telemetry.ts';

const HOUR_MS = 3_600_000;
const QUERY = { homeId: 'h1', fromMs: START_MS, toMs: START_MS + 6 * HOUR_MS, stepMs: HOUR_MS };
const SEEN = { outages: [], gaps: [], writtenUntilMs: START_MS + 12 * HOUR_MS };
const KNOWN = { supervision: 'none', silentSinceMs: null } as const;
const DEVICES: readonly KnownDevice[] = [
  { gatewayId: 'g1', deviceId: 'hall', room: 'hall', kind: 'motion', ...KNOWN },
  { gatewayId: 'g1', deviceId: 'door', room: 'hall', kind: 'contact', ...KNOWN },
  { gatewayId: 'g2', deviceId: 'bath', room: 'bath', kind: 'motion', ...KNOWN },
  { gatewayId: 'g1', deviceId: 'thermo', room: 'cellar', kind: 'temperature_c', ...KNOWN },
];
/** All were heard long ago, so that silence says something. */
const LONG_AGO = DEVICES.map(
  ({ gatewayId, deviceId }) => [-240, gatewayId, deviceId, 'battery_pct', 90] as const,
);

async function storeOf(
  rows: readonly (readonly [
    hours: number,
    gatewayId: string,
    deviceId: string,
    kind: string,
    ReadingValue,
  ])[],
) {
  const store = createMemoryTelemetryStore();
  await store.write(
    rows.map(([hours, gatewayId, deviceId, kind, value], offset) => {
      return { homeId: 'h1', gatewayId, deviceId, kind, value, offset, atMs: START_MS + hours * HOUR_MS };
    }),
  );
  return store;
}

test('signs of life are counted per room; repetitions of a state and OFF of a motion sensor are none', async () => {
  const store = await storeOf([
    ...LONG_AGO,
    [-1, 'g1', 'removed', 'motion', false],
    [-1, 'g1', 'button', 'battery_pct', 80],
    [0.1, 'g1', 'hall', 'motion', true],
    [0.2, 'g1', 'hall', 'motion', false],
    [0.3, 'g1', 'door', 'contact', true],
    [0.4, 'g1', 'door', 'contact', true],
    [0.5, 'g1', 'door', 'contact', false],
    [2.1, 'g1', 'removed', 'motion', true],
    [5.9, 'g2', 'bath', 'motion', true],
    [6, 'g2', 'bath', 'motion', true],
    [1, 'g1', 'thermo', 'temperature_c', 20],
    [3.5, 'g1', 'button', 'button', 'checkin'],
    [4.5, 'g1', 'button', 'button', 'test'],
  ]);
  const { rooms, unseen } = rasterOf(QUERY, { ...(await activityOf(store, QUERY)), ...SEEN }, DEVICES);
  expect(Object.fromEntries(rooms.map(({ room, counts }) => [String(room), counts]))).toEqual({
    hall: [3, 0, 0, 0, 0, 0],
    bath: [0, 0, 0, 0, 0, 1],
    null: [0, 0, 1, 1, 0, 0],
  });
  expect(rooms.flatMap(({ noData }) => noData)).not.toContain(true);
  expect(unseen).toEqual([]);
});

test('a room is unseen while all its gateways are offline, also when that began long before', async () => {
  const store = await storeOf([
    ...LONG_AGO,
    [-300, 'g2', '', 'online', false],
    [2, 'g2', '', 'online', true],
    [3, 'g1', '', 'online', false],
    [3.2, 'g1', '', 'online', true],
    [4, 'g1', '', 'online', false],
  ]);
  const activity = { ...(await activityOf(store, QUERY)), ...SEEN };
  const { rooms, unseen } = rasterOf(QUERY, activity, DEVICES);
  const noData = Object.fromEntries(rooms.map((row) => [String(row.room), row.noData]));
  expect(noData['bath']).toEqual([true, true, false, false, false, false]);
  // Twelve minutes of an hour do not hide the rest of it.
  expect(noData['hall']).toEqual([false, false, false, false, true, true]);
  expect(
    unseen.map(({ gatewayId, fromMs, toMs }) => [
      gatewayId,
      (fromMs - START_MS) / HOUR_MS,
      (toMs - START_MS) / HOUR_MS,
    ]),
  ).toEqual(
    expect.arrayContaining([
      ['g2', 0, 2],
      ['g1', 3, 3.2],
      ['g1', 4, 6],
    ]),
  );
});

test('our own outage, what was given up and what is not written yet leave every room unseen', async () => {
  const facts = await activityOf(await storeOf(LONG_AGO), QUERY);
  const span = (from: number, to: number) => ({
    fromMs: START_MS + from * HOUR_MS,
    toMs: START_MS + to * HOUR_MS,
  });
  const { rooms, unseen } = rasterOf(
    QUERY,
    { ...facts, outages: [span(0.4, 1.2)], gaps: [span(2, 3)], writtenUntilMs: START_MS + 4.5 * HOUR_MS },
    DEVICES,
  );
  for (const { noData } of rooms) expect(noData).toEqual([true, false, true, false, true, true]);
  expect(unseen.map(({ reason }) => reason)).toEqual(['service-down', 'not-stored', 'not-yet-written']);
});

/** What is unseen of the bath, whose only sensor is what `change` makes of it, and why. */
async function bathAfter(
  rows: Parameters<typeof storeOf>[0],
  change: Partial<KnownDevice> = {},
  seen: Partial<typeof SEEN> = {},
) {
  const activity = { ...(await activityOf(await storeOf(rows), QUERY)), ...SEEN, ...seen };
  const devices = DEVICES.map((device) => (device.deviceId === 'bath' ? { ...device, ...change } : device));
  const { rooms, unseen } = rasterOf(QUERY, activity, devices);
  const cells = rooms.find(({ room }) => room === 'bath')!.noData.map((isUnseen) => (isUnseen ? '?' : '.'));
  const reasons = unseen.filter(({ deviceId }) => deviceId === 'bath').map(({ reason }) => reason);
  return [cells.join(''), ...reasons];
}
const BATH_LONG_AGO = [-240, 'g2', 'bath', 'battery_pct', 90] as const;

test('before a sensor was first heard of, its room was not quiet', async () => {
  expect(await bathAfter([])).toEqual(['??????', 'not-heard-before']);
  expect(await bathAfter([[3, 'g2', 'bath', 'battery_pct', 99]])).toEqual(['???...', 'not-heard-before']);
  // Heard of only after the span; heard of by its gateway only; only ever heard before it.
  expect(await bathAfter([[7, 'g2', 'bath', 'motion', true]])).toEqual(['??????', 'not-heard-before']);
  expect((await bathAfter([[-9, 'g2', 'bath', 'online', true]]))[0]).toBe('??????');
  expect(await bathAfter([[-9, 'g2', 'bath', 'motion', true]])).toEqual(['......']);
  // Long silent before, and heard again in the span; so long ago that nobody looks for its first word.
  const long = [-240, 'g2', 'bath', 'motion', true] as const;
  expect(await bathAfter([long, [3, 'g2', 'bath', 'motion', true]])).toEqual(['......']);
  expect(await bathAfter([[-500 * 24, 'g2', 'bath', 'motion', true]])).toEqual(['......']);
});

test('a room is unseen while the core calls its only sensor silent', async () => {
  const silentSinceMs = START_MS + 2 * HOUR_MS;
  expect(await bathAfter([BATH_LONG_AGO], { silentSinceMs })).toEqual(['..????', 'sensor-silent']);
  const second = { gatewayId: 'g1', deviceId: 'bath 2', room: 'bath', kind: 'occupancy', ...KNOWN };
  const rows = [BATH_LONG_AGO, [-1, 'g1', 'bath 2', 'occupancy', false]] as const;
  const activity = { ...(await activityOf(await storeOf(rows), QUERY)), ...SEEN };
  const dead = { ...DEVICES[2]!, silentSinceMs };
  // One that can tell is enough; a button that was pressed there is none.
  const noData = (devices: readonly KnownDevice[]) => rasterOf(QUERY, activity, devices).rooms[0]!.noData;
  expect(noData([dead, second])).not.toContain(true);
  expect(noData([dead, { ...second, kind: 'button' }]).slice(2)).not.toContain(false);
});

test('a button pressed in a room does not make its dead sensor a seeing one', async () => {
  const rows = [BATH_LONG_AGO, [3, 'g1', 'pull cord', 'button', 'checkin']] as const;
  const cord = { ...DEVICES[0]!, deviceId: 'pull cord', room: 'bath', kind: 'button' };
  const activity = { ...(await activityOf(await storeOf(rows), QUERY)), ...SEEN };
  const [bath] = rasterOf(QUERY, activity, [{ ...DEVICES[2]!, silentSinceMs: 0 }, cord]).rooms;
  expect(bath).toMatchObject({ room: 'bath', counts: [0, 0, 0, 1, 0, 0] });
  expect(bath!.noData).not.toContain(false);
});

test('a room is unseen while its gateway says that the sensor is lost, until it speaks', async () => {
  const lost = [1, 'g2', 'bath', 'online', false] as const;
  expect(await bathAfter([BATH_LONG_AGO, lost])).toEqual(['.?????', 'sensor-silent']);
  expect(await bathAfter([BATH_LONG_AGO, lost, [3, 'g2', 'bath', 'online', true]])).toEqual([
    '.??...',
    'sensor-silent',
  ]);
  const silent = await bathAfter([BATH_LONG_AGO, lost, [4, 'g2', 'bath', 'motion', false]]);
  expect(silent).toEqual(['.???..', 'sensor-silent']);
  const before = [-200, 'g2', 'bath', 'online', false] as const;
  expect(await bathAfter([BATH_LONG_AGO, before])).toEqual(['??????', 'sensor-silent']);
});

test('a pause longer than its supervision is a dead sensor, not a quiet room', async () => {
  const speaks = (...hours: readonly number[]) =>
    hours.map((hour) => [hour, 'g2', 'bath', 'battery_pct', 80] as const);
  const supervision = '5h' as const;
  expect(await bathAfter(speaks(-4, -1, 3, 5), { supervision })).toEqual(['......']);
  expect(await bathAfter(speaks(-9, -4, 3, 5), { supervision })).toEqual(['???...', 'sensor-silent']);
  expect(await bathAfter(speaks(-9, -4), { supervision })).toEqual(['??????', 'sensor-silent']);
  expect(await bathAfter(speaks(-9, 3, 5), { supervision: 'none' })).toEqual(['......']);
  // The service was down meanwhile: no evidence against the sensor.
  const outages = [{ fromMs: START_MS - 3 * HOUR_MS, toMs: START_MS + 0.2 * HOUR_MS }];
  expect(await bathAfter(speaks(-9, -4, 3, 5), { supervision }, { outages } as never)).toEqual(['......']);
});
