import { expect, test } from 'vitest';
import { isTimezone, localMinuteOfDay, zoneOffsetMs } from '#core/state/local-time.ts';

const HOUR_MS = 3_600_000;

test('offsets of zones with and without changing clocks', () => {
  expect(zoneOffsetMs('Asia/Shanghai', Date.parse('2026-07-01T00:00:00Z'))).toBe(8 * HOUR_MS);
  expect(zoneOffsetMs('Europe/Amsterdam', Date.parse('2026-03-29T00:59:59Z'))).toBe(HOUR_MS);
  expect(zoneOffsetMs('Europe/Amsterdam', Date.parse('2026-03-29T01:00:00Z'))).toBe(2 * HOUR_MS);
  expect(zoneOffsetMs('Europe/Amsterdam', Date.parse('2026-10-25T00:59:59Z'))).toBe(2 * HOUR_MS);
  expect(zoneOffsetMs('Europe/Amsterdam', Date.parse('2026-10-25T01:00:00Z'))).toBe(HOUR_MS);
  expect(zoneOffsetMs('Asia/Kathmandu', Date.parse('2026-01-01T00:00:00Z'))).toBe(5.75 * HOUR_MS);
});

test('the cached offset does not leak into another quarter of an hour', () => {
  const before = Date.parse('2026-03-29T00:59:00Z');
  for (let turn = 0; turn < 3; turn++) {
    expect(zoneOffsetMs('Europe/Amsterdam', before)).toBe(HOUR_MS);
    expect(zoneOffsetMs('Europe/Amsterdam', before + 60_000)).toBe(2 * HOUR_MS);
  }
});

test('minutes of the local day, at midnight, leap day and year end', () => {
  expect(localMinuteOfDay('Asia/Shanghai', Date.parse('2026-03-02T16:00:00Z'))).toBe(0);
  expect(localMinuteOfDay('Asia/Shanghai', Date.parse('2028-02-29T15:59:00Z'))).toBe(1439);
  expect(localMinuteOfDay('Asia/Shanghai', Date.parse('2026-12-31T16:30:00Z'))).toBe(30);
});

test('unknown zones are known as unknown', () => {
  expect(isTimezone('Asia/Shanghai')).toBe(true);
  expect(isTimezone('Mars/Olympus')).toBe(false);
});
