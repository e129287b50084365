import { describe, expect, test } from 'vitest';
import type { Observation } from '#core/model/observation.ts';
import { admit, identityOf, isTrusted, WEAK_IDENTITY_MS } from '#ingest/admission.ts';
import { createMemoryDirectory } from '../../support/memory-directory.ts';

const NOW_MS = Date.UTC(2026, 10, 22, 8, 0, 0);
const gateway = createMemoryDirectory().add('g1', 'secret', ['pir', 'button']);

const press = (change: Partial<Observation> = {}): Observation => ({
  deviceId: 'button',
  kind: 'button',
  value: 'sos',
  isLevel: false,
  claimedAtMs: NOW_MS - 5_000,
  eventId: null,
  seq: null,
  batteryPct: 80,
  isBuffered: false,
  isReplay: false,
  ...change,
});

const admitLive = (observation: Observation) =>
  admit(observation, { gateway, clockKind: 'live', nowMs: NOW_MS });

function bodyOf(observation: Observation) {
  const admitted = admitLive(observation);
  if (!admitted.ok) throw new Error(admitted.reason);
  return admitted.reading.body;
}

describe('time', () => {
  test.each([
    [null, false],
    [0, false],
    [Date.UTC(2019, 11, 31, 23, 59, 59), false],
    [Date.UTC(2020, 0, 1), true],
    [NOW_MS - 8 * 3_600_000, true],
    [NOW_MS + 60_000, true],
    [NOW_MS + 60_001, false],
    [Date.UTC(2038, 0, 19), false],
    [Date.UTC(2099, 0, 1), false],
  ])('%s trusted: %s', (claimedAtMs, trusted) => {
    expect(isTrusted(claimedAtMs, NOW_MS, 'live')).toBe(trusted);
    const body = bodyOf(press({ claimedAtMs }));
    expect([body.isDeviceTime, body.measuredAtMs]).toEqual([trusted, trusted ? claimedAtMs : NOW_MS]);
  });

  test('a recording may be of any year', () => {
    expect(isTrusted(Date.UTC(2008, 1, 25), Date.UTC(2008, 1, 25), 'recording')).toBe(true);
  });
});

describe('identity: what is a resend, and what may be a new press', () => {
  const identity = (change: Partial<Observation>, isDeviceTime = true) =>
    identityOf(press(change), 7, isDeviceTime);
  const isSame = (a: Partial<Observation>, b: Partial<Observation>) => identity(a)!.id === identity(b)!.id;

  test('an id is strong, with or without a time', () => {
    expect(identity({ eventId: '01JSOS' })).toEqual({
      source: 7,
      id: 'id 01JSOS button=sos',
      withinMs: null,
    });
    expect(isSame({ eventId: '01JSOS' }, { eventId: '01JSOS', claimedAtMs: null, seq: 5 })).toBe(true);
  });

  test('several readings under one id do not hide each other', () => {
    const message = { eventId: '01JMSG' };
    expect(isSame(message, { ...message, kind: 'battery_pct', value: 80 })).toBe(false);
    expect(isSame(message, { ...message, value: 'cancel' })).toBe(false);
  });

  test('a sequence number with a believable time is strong', () => {
    expect(identity({ seq: 42 })?.withinMs).toBeNull();
    expect(isSame({ seq: 42 }, { seq: 42, claimedAtMs: NOW_MS })).toBe(false);
  });

  test('without a believable time a number means a resend for 15 minutes only: a reboot starts it again', () => {
    expect(identity({ seq: 1, claimedAtMs: null }, false)).toMatchObject({ withinMs: WEAK_IDENTITY_MS });
    expect(identity({ seq: 1, claimedAtMs: 5_000 }, false)).toMatchObject({ withinMs: WEAK_IDENTITY_MS });
  });

  test('an id that is a counter is treated as one', () => {
    expect(identity({ eventId: '1', claimedAtMs: null }, false)).toMatchObject({
      withinMs: WEAK_IDENTITY_MS,
    });
    expect(identity({ eventId: '1' })?.withinMs).toBeNull();
    expect(isSame({ eventId: '1' }, { eventId: '1', claimedAtMs: NOW_MS })).toBe(false);
    expect(identity({ eventId: '202611220815301201' })).toMatchObject({
      id: 'id 202611220815301201 button=sos',
    });
  });

  test('a time alone is strong with kind and value; nothing at all is no identity', () => {
    expect(identity({})).toEqual({ source: 7, id: `at ${NOW_MS - 5_000} button=sos`, withinMs: null });
    expect(isSame({}, { value: 'cancel' })).toBe(false);
    expect(identity({ claimedAtMs: 5_000 }, false)).toBeNull();
  });

  test('the core gets as event id only what never names another event', () => {
    expect(bodyOf(press({ eventId: '01JSOS' })).eventId).toBe('01JSOS');
    expect(bodyOf(press({ seq: 42 })).eventId).toBe(`42@${NOW_MS - 5_000}`);
    expect(bodyOf(press({ seq: 42, claimedAtMs: null })).eventId).toBeNull();
    expect(bodyOf(press({ eventId: '42', claimedAtMs: 0 })).eventId).toBeNull();
    expect(bodyOf(press({})).eventId).toBeNull();
  });
});

describe('who', () => {
  test('an emergency of a device nobody registered is taken in the name of its gateway', () => {
    for (const [kind, value] of [
      ['button', 'sos'],
      ['smoke', true],
    ] as const) {
      const admitted = admitLive(press({ deviceId: 'new', kind, value, eventId: '01JX' }));
      expect(admitted).toMatchObject({
        ok: true,
        reading: { body: { device: null, deviceId: 'new' }, identity: { source: -1 } },
      });
    }
  });

  test.each([
    ['button', 'cancel'],
    ['button', null],
    ['smoke', false],
    ['smoke', null],
    ['motion', true],
  ] as const)('anything else of it is refused: %s %s', (kind, value) => {
    expect(admitLive(press({ deviceId: 'new', kind, value }))).toEqual({
      ok: false,
      reason: 'unknown-device',
      detail: 'new',
    });
  });

  test('a device of the gateway', () => {
    expect(bodyOf(press())).toMatchObject({ gateway: 1, device: 101, deviceId: 'button', batteryPct: 80 });
  });
});

test('replays and live readings never meet', () => {
  expect(admitLive(press({ isReplay: true }))).toMatchObject({ ok: false, reason: 'replay-on-live-service' });
  const recording = { gateway, clockKind: 'recording', nowMs: NOW_MS } as const;
  expect(admit(press(), recording)).toMatchObject({ ok: false, reason: 'live-on-replay-service' });
  expect(admit(press({ isReplay: true, claimedAtMs: null }), recording)).toMatchObject({
    reason: 'replay-without-time',
  });
  expect(admit(press({ isReplay: true }), recording).ok).toBe(true);
});
