// Goal: guessing gets slower, honest people do not. Method: time as a variable.

import { describe, expect, it } from 'vitest';
import { createLoginLimits } from '#api/login-limits.ts';

function setUp() {
  let now = 0;
  const limits = createLoginLimits(() => now);
  return {
    limits,
    wait(ms: number): void {
      now += ms;
    },
    /** Fails until there is a wait; answers the number of tries. */
    failUntilLimited(login: (i: number) => string, address: (i: number) => string): number {
      for (let i = 0; i < 1000; i += 1) if (limits.begin(login(i), address(i)) > 0) return i;
      throw new Error('never limited');
    },
  };
}

describe('log-in limits', () => {
  it('let five mistakes pass, then double the wait up to a minute', () => {
    const { limits, wait, failUntilLimited } = setUp();
    expect(
      failUntilLimited(
        () => 'anna',
        () => 'a',
      ),
    ).toBe(5);
    const waits: number[] = [];
    for (let i = 0; i < 9; i += 1) {
      const waitMs = limits.begin('anna', 'a');
      waits.push(waitMs);
      wait(waitMs);
      expect(limits.begin('anna', 'a')).toBe(0);
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  });

  it('do not care for the case of the login', () => {
    const { failUntilLimited } = setUp();
    expect(
      failUntilLimited(
        (i) => (i % 2 ? 'anna' : 'ANNA'),
        () => 'a',
      ),
    ).toBe(5);
  });

  it('count parallel attempts before they are answered', () => {
    const { limits } = setUp();
    const begun = Array.from({ length: 50 }, () => limits.begin('anna', 'a'));
    expect(begun.filter((waitMs) => waitMs === 0)).toHaveLength(5);
  });

  it('limit one address that tries many accounts', () => {
    const { failUntilLimited } = setUp();
    expect(
      failUntilLimited(
        (i) => `login-${i}`,
        () => 'a',
      ),
    ).toBe(30);
  });

  it('limit one account that is tried from many addresses, for strangers only', () => {
    const { limits, failUntilLimited } = setUp();
    expect(limits.begin('anna', 'duty-room')).toBe(0);
    limits.succeeded('anna', 'duty-room');
    expect(
      failUntilLimited(
        () => 'anna',
        (i) => `address-${i}`,
      ),
    ).toBe(20);
    expect(limits.begin('anna', 'stranger')).toBeGreaterThan(0);
    expect(limits.begin('anna', 'duty-room')).toBe(0);
  });

  it('let a duty room of a hundred log in at once after a restart, one after the other', () => {
    const { limits } = setUp();
    for (let i = 0; i < 100; i += 1) {
      expect(limits.begin(`login-${i}`, 'duty-room')).toBe(0);
      limits.succeeded(`login-${i}`, 'duty-room');
    }
  });

  it('forgive after a success and forget after a quarter of an hour', () => {
    const { limits, wait, failUntilLimited } = setUp();
    for (let i = 0; i < 4; i += 1) limits.begin('anna', 'a');
    limits.begin('anna', 'a');
    limits.succeeded('anna', 'a');
    expect(
      failUntilLimited(
        () => 'anna',
        () => 'a',
      ),
    ).toBe(5);
    wait(15 * 60_000);
    expect(
      failUntilLimited(
        () => 'anna',
        () => 'a',
      ),
    ).toBe(5);
  });
});
