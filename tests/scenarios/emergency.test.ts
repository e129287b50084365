import { expect, test } from 'vitest';
import { play } from '../support/scenario.ts';

test('a press rings at once and climbs the ladder until somebody claims it', () => {
  play(`
    09:00:00 button button sos
    09:00:00 => raised sos
    09:00:30 => escalated sos 1
    09:01:00 => escalated sos 2
    09:02:00 staff li claim
    09:02:00 => claimed sos
    09:03:00 staff li close EMERGENCY ambulance120
    09:03:00 => closed sos
  `);
});

test('presses while it rings count up; a press after closing is a new alert', () => {
  const effects = play(`
    09:00:00 button button sos id a
    09:00:00 => raised sos
    09:00:05 button button sos id b
    09:00:05 => repeated sos x2
    09:00:06 staff li claim
    09:00:06 => claimed sos
    09:00:07 staff li close ACCIDENTAL press
    09:00:07 => closed sos
    09:00:08 button button sos id c
    09:00:08 => raised sos
  `);
  const ids = new Set(effects.map((effect) => (effect.type === 'alert' ? effect.alert.id : '')));
  expect([...ids]).toEqual(['h-1~emergency~sos~button~a', 'h-1~emergency~sos~button~c']);
});

test('the same event again, after it was closed, does not ring again', () => {
  play(`
    09:00:00 button button sos id a
    09:00:00 => raised sos
    09:00:06 staff li claim
    09:00:06 => claimed sos
    09:00:07 staff li close ACCIDENTAL press
    09:00:07 => closed sos
    09:10:00 button button sos id a
  `);
});

test('a smoke detector that repeats its level rings once; gone and back it counts up; it never clears', () => {
  play(`
    09:00:00 smoke smoke on level
    09:00:00 => raised smoke
    09:00:10 smoke smoke on level
    09:00:20 smoke smoke off level
    09:00:25 smoke smoke on level
    09:00:25 => repeated smoke x2
    09:00:30 => escalated smoke 1
  `);
});

test('an unknown device and an unknown home still ring; unknown values do not', () => {
  const [raised] = play(`
    09:00:00 stranger fall on
    09:00:00 => raised fall
    09:00:01 button button null
    09:00:02 stranger smoke off
  `);
  expect(raised).toMatchObject({ alert: { homeId: 'h-1', deviceId: 'stranger', gatewayId: 'gw-1' } });
});

test('a late SOS rings and says how late it is', () => {
  const [raised] = play(`
    12:00:00 button button sos late 11520
    12:00:00 => raised sos
  `);
  expect(raised).toMatchObject({
    alert: { lateByMs: 11_520_000, raisedAtMs: Date.parse('2026-03-02T12:00:00+08:00') },
  });
});

test('it rings in a home that is suspended', () => {
  play(
    `
    09:00:00 button button sos
    09:00:00 => raised sos
  `,
    { home: { isWatched: false } },
  );
});
