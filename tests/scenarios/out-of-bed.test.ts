import { expect, test } from 'vitest';
import { inactivity } from '#core/rules/inactivity.ts';
import { outOfBed } from '#core/rules/out-of-bed.ts';
import { play, type ScenarioOptions } from '../support/scenario.ts';

/** The rule alone in the usual flat with its bed mat. */
const ALONE: ScenarioOptions = { rules: [outOfBed] };
const WITHOUT_MAT: ScenarioOptions = {
  ...ALONE,
  devices: [
    { deviceId: 'pir-bedroom', kind: 'motion', room: 'bedroom', zone: 'bedroom' },
    { deviceId: 'pir-hall', kind: 'motion', room: 'hall', zone: 'other' },
    { deviceId: 'pir-kitchen', kind: 'motion', room: 'kitchen', zone: 'kitchen' },
    { deviceId: 'flush', kind: 'flush', room: 'bathroom', zone: 'bathroom' },
  ],
};

test('the bed says that somebody is back, later than a sign made after it', () => {
  play(
    `
    22:30 pir-living motion on
    22:40 bed bed on
    d1 02:00 bed bed off
    d1 02:10 pir-living motion on
    d1 02:12 bed bed on late 300
    d1 05:00 wait
  `,
    ALONE,
  );
});

test('the bed is empty for 45 minutes and nothing stirs', () => {
  play(
    `
    22:30 pir-living motion on
    22:40 bed bed on
    d1 02:00 bed bed off
    d1 02:45 => raised out-of-bed
    d1 02:50 wait
  `,
    ALONE,
  );
});

test('whoever goes on stirring is up: the time counts from the last sign', () => {
  play(
    `
    22:40 bed bed on
    d1 02:00 bed bed off
    d1 02:01 pir-living motion on
    d1 02:40 pir-living motion on
    d1 03:24 pir-living motion on
    d1 04:09 => raised out-of-bed
  `,
    ALONE,
  );
});

test('back in bed in time; and each time again in the same night', () => {
  play(
    `
    22:40 bed bed on
    d1 02:00 bed bed off
    d1 02:30 bed bed on
    d1 02:40 bed bed off                # in bed for ten minutes only, but of this night
    d1 03:25 => raised out-of-bed
    d1 03:30 bed bed on
    d1 03:30 => restored out-of-bed
    d1 04:00 bed bed off
    d1 04:44 bed bed on
    d1 07:00 bed bed off
    d1 09:00 wait
  `,
    ALONE,
  );
});

test('one alert until the return or the morning, which ends it; signs elsewhere do not', () => {
  play(
    `
    22:40 bed bed on
    d1 02:00 bed bed off
    d1 02:45 => raised out-of-bed
    d1 03:00 pir-living motion on
    d1 04:30 pir-living motion on
    d1 06:30 pir-living motion on
    d1 06:30 => restored out-of-bed
    d1 23:00 pir-living motion on       # not in bed yet
    d2 01:00 wait
  `,
    ALONE,
  );
});

test('held by an operator it stays with them', () => {
  play(
    `
    22:40 bed bed on
    d1 02:00 bed bed off
    d1 02:45 => raised out-of-bed
    d1 02:45:10 staff li claim
    d1 02:45:10 => claimed out-of-bed
    d1 02:46 bed bed on
    d1 02:46 => cleared out-of-bed
  `,
    ALONE,
  );
});

test('not by day, not before midnight by who was not in bed, not when the night ends first', () => {
  play('12:00 bed bed on\n14:00 bed bed off\n16:00 wait', ALONE);
  play('21:00 pir-living motion on\n22:30 pir-living motion on\n23:59 wait', ALONE);
  play('22:40 bed bed on\nd1 05:16 bed bed off\nd1 08:00 wait', ALONE);
  play('22:40 bed bed on\n23:00 bed bed off\nd1 03:00 wait', ALONE); // not asleep yet
});

test('a mat that only fires when the sleeper turns is no empty bed', () => {
  play(
    `
    22:40 bed bed on
    22:40:05 bed bed off
    d1 01:00 bed bed on
    d1 01:00:05 bed bed off
    d1 05:00 wait
  `,
    ALONE,
  );
  play(
    `
    22:40 bed bed on
    22:40:05 bed bed off
    d1 01:00 bed bed on
    d1 01:00:05 bed bed off
    d1 03:00 pir-living motion on
    d1 03:01 pir-living motion on       # out of the bedroom is out of bed
    d1 03:46 => raised out-of-bed
  `,
    ALONE,
  );
});

test('without a mat the bedroom stands for the bed; one stray hit elsewhere is no getting up', () => {
  play(
    `
    22:40 pir-bedroom motion on
    d1 01:00 pir-kitchen motion on      # a stray
    d1 02:00 pir-hall motion on
    d1 02:01 flush flush on
    d1 02:46 => raised out-of-bed
    d1 02:50 pir-bedroom motion on
    d1 02:50 => restored out-of-bed
  `,
    WITHOUT_MAT,
  );
  play(
    `
    22:40 pir-bedroom motion on
    d1 01:00 pir-kitchen motion on
    d1 06:00 wait
  `,
    WITHOUT_MAT,
  );
});

test('early risers get up before six', () => {
  const days = Array.from({ length: 7 }, (_, index) => index + 1);
  const rising = days.map(
    (day) => `
    d${day} 05:05 bed bed off
    d${day} 05:05:30 button button checkin
    d${day} 05:40 pir-living motion on
    d${day} 06:10 pir-living motion on
    d${day} 22:00 bed bed on
  `,
  );
  play(
    `
    22:00 bed bed on
    ${rising.join('')}
    d8 04:50 bed bed off                # usually up at 05:05
    d8 06:30 pir-living motion on
    d8 06:31 pir-living motion on
    d8 22:00 bed bed on
    d9 03:30 bed bed off                # that is the night
    d9 04:15 => raised out-of-bed
  `,
    ALONE,
  );
});

test('gone out is not lost in the flat', () => {
  play(
    `
    22:40 bed bed on
    d1 02:00 bed bed off
    d1 02:02 door contact open
    d1 02:02:05 door contact closed
    d1 05:00 wait
  `,
    ALONE,
  );
});

test('an outage: not while blind; a short one adds its time', () => {
  play(
    `
    22:40 bed bed on
    d1 02:00 bed bed off
    d1 02:10 pir-living motion on
    d1 02:12 gateway off
    d1 02:20 gateway on                 # not heard since 02:10
    d1 03:05 => raised out-of-bed
  `,
    ALONE,
  );
  play(
    `
    22:40 bed bed on
    d1 02:00 bed bed off
    d1 02:12 gateway off
    d1 05:58 wait
  `,
    ALONE,
  );
});

test('restart in the middle: the same instant, and our own outage adds to it', () => {
  play(
    `
    22:40 bed bed on
    d1 02:00 bed bed off
    d1 02:10 pulse
    d1 02:10:20 resumed
    d1 02:45 => raised out-of-bed
  `,
    ALONE,
  );
  play(
    `
    22:40 bed bed on
    d1 02:00 bed bed off
    d1 02:10 pulse
    d1 02:20 resumed
    d1 02:55 => raised out-of-bed
  `,
    ALONE,
  );
});

test('midnight, and the nights when clocks change', () => {
  play('22:40 bed bed on\n23:30 bed bed off\nd1 00:15 => raised out-of-bed', ALONE);
  const madrid = { ...ALONE, timezone: 'Europe/Madrid' };
  play('22:40 bed bed on\nd1 01:30 bed bed off\nd1 03:15 => raised out-of-bed', {
    ...madrid,
    date: '2026-03-28', // 02:00 is 03:00
  });
  play('22:40 bed bed on\nd1 05:10 bed bed off\nd1 05:55 => raised out-of-bed', {
    ...madrid,
    date: '2026-10-24',
  });
});

test('two residents: only a bed that says it is empty counts', () => {
  const two = { residents: 2 };
  play(
    `
    22:40 bed bed on
    d1 02:00 pir-living motion on
    d1 02:01 pir-living motion on       # one is up, the other sleeps
    d1 05:00 wait
  `,
    { ...ALONE, home: two },
  );
  play('22:40 bed bed on\nd1 02:00 bed bed off\nd1 02:45 => raised out-of-bed', { ...ALONE, home: two });
  play(
    `
    22:40 pir-bedroom motion on
    d1 02:00 pir-hall motion on
    d1 02:01 flush flush on
    d1 05:00 wait
  `,
    { ...WITHOUT_MAT, home: two },
  );
});

test('off for a city that does without it', () => {
  const home = { rules: { 'out-of-bed': { isOn: 0 } } };
  play('22:40 bed bed on\nd1 02:00 bed bed off\nd1 05:00 wait', { ...ALONE, home });
});

test('a silence that has rung as inactivity is not said twice', () => {
  const home = { rules: { inactivity: { nightMs: 1_800_000 } } };
  play(
    `
    22:00 pir-living motion on
    22:20 bed bed on
    22:50 => raised inactivity inactivity.night
    22:50:10 staff li claim
    22:50:10 => claimed inactivity
    22:50:20 staff li close TECHNICAL sensor-fault
    22:50:20 => closed inactivity
    d1 02:00 bed bed off
    d1 02:30 => raised inactivity inactivity.night
    d1 02:30:10 staff li claim
    d1 02:30:10 => claimed inactivity
    d1 02:30:20 staff li close TECHNICAL sensor-fault
    d1 02:30:20 => closed inactivity
    d1 04:00 wait
  `,
    { rules: [inactivity, outOfBed], home },
  );
});

test('the alert explains itself', () => {
  const effects = play(
    `
    22:40 bed bed on
    d1 02:00 bed bed off
    d1 02:10 pir-living motion on
    d1 02:55 => raised out-of-bed
  `,
    ALONE,
  );
  expect(effects[0]).toMatchObject({
    alert: {
      priority: 3,
      room: 'living room',
      explanation: {
        code: 'out-of-bed',
        params: {
          sinceMs: Date.parse('2026-03-03T02:00:00+08:00'),
          outMs: 55 * 60_000,
          thresholdMs: 45 * 60_000,
          lastRoom: 'living room',
          lastActivityAtMs: Date.parse('2026-03-03T02:10:00+08:00'),
        },
      },
    },
  });
});
