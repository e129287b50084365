import { expect, test } from 'vitest';
import { awayTooLong } from '#core/rules/away-too-long.ts';
import { inactivity } from '#core/rules/inactivity.ts';
import { play as playRules, type ScenarioOptions } from '../support/scenario.ts';

/** The rules that these tables are about; others have tables of their own. */
function play(table: string, options: ScenarioOptions = {}): ReturnType<typeof playRules> {
  return playRules(table, { rules: [inactivity, awayTooLong], ...options });
}

test('silence of six hours within the day', () => {
  play(`
    08:00 pir-living motion on
    08:01 pir-living motion off
    14:00 => raised inactivity inactivity.day
    14:00:30 => escalated inactivity 1
    14:01 => escalated inactivity 2
    14:03 => escalated inactivity 3
    15:00 pir-living motion on
    15:00 => cleared inactivity
    20:59 wait
  `);
});

test('a check-in is a sign of life, a test call of the button is none', () => {
  play(
    `
    08:00 pir-living motion on
    10:00 button button checkin
    13:00 button button test
    16:00 => raised inactivity inactivity.day
  `,
    { rules: [inactivity] },
  );
});

test('one alert per episode: closed while silent it does not come again before new activity', () => {
  play(`
    08:00 pir-living motion on
    14:00 => raised inactivity inactivity.day
    14:00:10 staff li claim
    14:00:10 => claimed inactivity
    14:00:20 staff li close TECHNICAL sensor-fault
    14:00:20 => closed inactivity
    d1 07:00 pir-living motion on
    d1 13:00 => raised inactivity inactivity.day
  `);
});

test('who was well on the phone and is not heard of afterwards is missed again', () => {
  play(`
    08:00 pir-living motion on
    14:00 => raised inactivity inactivity.day
    14:00:10 staff li claim
    14:00:10 => claimed inactivity
    14:00:20 staff li close WELFARE_OK spoke-to-elder
    14:00:20 => closed inactivity
    20:00:20 => raised inactivity inactivity.day
  `);
});

test('a night of sleep is not silence; ten hours with a bedroom sensor, twelve without', () => {
  const night = `
    21:30 pir-living motion on
    d1 07:30 => raised inactivity inactivity.night
  `;
  play(night);
  play(
    `
    21:30 pir-living motion on
    d1 07:00 pir-living motion on
    d1 12:59 wait
  `,
  );
  play(
    `
    21:30 pir-living motion on
    d1 09:30 => raised inactivity inactivity.cap
  `,
    { devices: [{ deviceId: 'pir-living' }] },
  );
});

test('silence that would end in the night is judged as night', () => {
  play(`
    16:30 pir-living motion on
    d1 02:30 => raised inactivity inactivity.night
  `);
});

test('frail residents are asked for sooner', () => {
  play(
    `
    08:00 pir-living motion on
    12:30 => raised inactivity inactivity.day
  `,
    { home: { riskFactor: 0.75 } },
  );
});

test('own thresholds of a home; a nonsense value counts as the default', () => {
  const devices = [{ deviceId: 'pir-living' }];
  play(
    `
    08:00 pir-living motion on
    09:00 => raised inactivity inactivity.day
  `,
    { devices, home: { rules: { inactivity: { dayMs: 3_600_000, nightMs: -5 } } } },
  );
});

test('levels are not events: a motion state that is only repeated is no activity', () => {
  play(`
    08:00 pir-living motion on
    09:00 pir-living motion on level
    10:00 pir-living motion on level
    14:00 => raised inactivity inactivity.day
  `);
});

test('nobody is missed in an empty home: silence that begins at the door', () => {
  play(`
    08:00 pir-living motion on
    08:10 door contact open
    08:10:05 door contact closed
    18:00 door contact open
    18:00:05 door contact closed
    18:00:10 pir-living motion on
    d1 04:00:10 => raised inactivity inactivity.night
  `);
});

test('an absence never lasts unseen', () => {
  play(`
    08:00 pir-living motion on
    08:10 door contact open
    08:10:05 door contact closed
    d1 08:10:05 => raised away-too-long
    d2 08:10:05 => repeated away-too-long x2
    d2 09:00 pir-living motion on
    d2 09:00:05 pir-bedroom motion on
    d2 09:00:05 => restored away-too-long
  `);
});

test('activity after the door means somebody is in', () => {
  play(`
    08:10 door contact open
    08:10:05 door contact closed
    08:12 pir-living motion on
    08:12:10 pir-living motion on
    14:12:10 => raised inactivity inactivity.day
  `);
});

test('late readings count from when they were measured and clear a wrong alert', () => {
  play(`
    08:00 pir-living motion on
    14:00 => raised inactivity inactivity.day
    14:00:05 pir-living motion on late 3600
    14:00:05 => cleared inactivity
    14:00:06 staff li claim
    14:00:06 => claimed inactivity
    14:00:07 staff li close WELFARE_OK seen
    14:00:07 => closed inactivity
    19:00:05 => raised inactivity inactivity.day
  `);
});

test('restart in the middle of a window: same instant as without', () => {
  play(`
    08:00 pir-living motion on
    11:00 pulse
    11:00:02 resumed
    14:00 => raised inactivity inactivity.day
  `);
});

test('after our own outage a gateway has a minute to hand over what it kept', () => {
  play(`
    08:00 pir-living motion on
    13:59:59 pulse
    14:02 resumed
    14:03 => raised inactivity inactivity.day
  `);
});

test('our own outage is no evidence: it adds to the window', () => {
  play(`
    08:00 pir-living motion on
    11:00 pir-living motion on
    12:00 pulse
    12:25 resumed
    17:25 => raised inactivity inactivity.day
  `);
});

test('after an outage in which somebody may have gone out only the cap judges, until somebody is proved in', () => {
  play(`
    08:00 pir-living motion on
    11:00 pir-living motion on
    12:00 pulse
    13:00 resumed
    d1 00:00 => raised inactivity inactivity.cap
  `);
  play(`
    11:00 pir-living motion on
    12:00 pulse
    13:00 resumed
    13:30 pir-living motion on          # one hit may be a stray
    13:30:20 pir-bedroom motion on      # two rooms are a person
    19:30:20 => raised inactivity inactivity.day
  `);
});

test('the days on which clocks change', () => {
  const options = { timezone: 'Europe/Amsterdam', date: '2026-03-28' };
  play(
    `
    22:30 pir-living motion on
    d1 09:30 => raised inactivity inactivity.night
  `,
    options,
  );
  play(
    `
    22:30 pir-living motion on
    d1 07:30 => raised inactivity inactivity.night
  `,
    { timezone: 'Europe/Amsterdam', date: '2026-10-24' },
  );
});

test('the alert explains itself', () => {
  const [effect] = play(`
    08:00 pir-living motion on
    14:00 => raised inactivity inactivity.day
  `);
  expect(effect).toMatchObject({
    alert: {
      priority: 2,
      room: 'living room',
      explanation: {
        code: 'inactivity.day',
        params: {
          thresholdMs: 21_600_000,
          silentMs: 21_600_000,
          blindMs: 0,
          lastRoom: 'living room',
          riskFactor: 1,
        },
      },
    },
  });
});

const CONFIGURED = (isWatched: boolean): string => `configure ${JSON.stringify({ isWatched })}`;

test('a home that is watched again after weeks begins anew; after a slip of the hand it goes on', () => {
  const lived = `
    08:00 pir-living motion on
    08:01 pir-bedroom motion on`;
  play(`${lived}
    09:00 ${CONFIGURED(false)}
    d20 10:30 ${CONFIGURED(true)}
    d20 16:30 => raised inactivity inactivity.day`);
  play(`${lived}
    09:00 ${CONFIGURED(false)}
    09:01 ${CONFIGURED(true)}
    14:01 => raised inactivity inactivity.day`);
  // What had rung before rings again.
  play(`${lived}
    14:01 => raised inactivity inactivity.day
    14:01:10 ${CONFIGURED(false)}
    14:01:30 => escalated inactivity 1
    14:02 => escalated inactivity 2
    14:04 => escalated inactivity 3
    d2 10:30 ${CONFIGURED(true)}
    d2 10:30 => cleared inactivity
    d2 16:30 => returned inactivity x2`);
});

test('of who was out when their home was suspended the return is waited for from the day it is watched again', () => {
  play(`
    08:00 pir-living motion on
    08:10 door contact open
    08:10:05 door contact closed
    09:00 ${CONFIGURED(false)}
    d14 10:00 ${CONFIGURED(true)}
    d15 10:00 => raised away-too-long`);
});

test('a night that begins at midnight: the evening is day', () => {
  const table = (ring: string): string => `
    16:00 pir-living motion on
    ${ring}`;
  const home = { rules: { inactivity: { nightStartMinute: 0 } } };
  play(table('22:00 => raised inactivity inactivity.day'), { rules: [inactivity], home });
});
