// Goal: a sensor that says what no person can do is not believed and is reported, hides no fall, fills no empty home,
// and is believed again after a rest; and nobody who lies in bed all night is called a broken mat.

import { expect, test } from 'vitest';
import { awayTooLong } from '#core/rules/away-too-long.ts';
import { inactivity } from '#core/rules/inactivity.ts';
import { sensorStuck } from '#core/rules/sensor-stuck.ts';
import { unseenHome } from '#core/rules/unseen-home.ts';
import { play as playRules, type ScenarioOptions } from '../support/scenario.ts';

const SILENCE = [inactivity, awayTooLong, unseenHome, sensorStuck];

/** Only what is said of the sensor; the silence around it has tables of its own. */
function play(table: string, options: ScenarioOptions = {}): ReturnType<typeof playRules> {
  return playRules(table, { rules: [sensorStuck], ...options });
}

/** The PIR has said OFF before, so that a missing OFF means something. */
const BLINK = `
    06:59 pir-bedroom motion on
    07:00 pir-living motion on
    07:00:20 pir-living motion off`;
const STUCK = `${BLINK}
    08:00 pir-living motion on`;

function time(second: number): string {
  const parts = [Math.floor(second / 3600), Math.floor(second / 60) % 60, second % 60];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}

/** `count` lines of one action, so many seconds apart. */
function repeated(action: string, from: number, everyS: number, count: number): string {
  return Array.from({ length: count }, (_, index) => `${time(from + index * everyS)} ${action}`).join('\n');
}

test('a PIR that is ON for a day is reported; after a rest it is believed again', () => {
  const [effect] = play(`${STUCK}
    d1 08:00 => raised sensor-stuck
    d1 12:00 pir-living motion off
    d1 12:00:30 pir-living motion on        # a loose wire blinks
    d1 12:00:40 pir-living motion off
    d1 12:01:40 pir-living motion on
    d1 12:01:40 => restored sensor-stuck
    d1 12:02 wait`);
  expect(effect).toMatchObject({
    alert: {
      priority: 4,
      deviceId: 'pir-living',
      explanation: {
        code: 'sensor-stuck.on',
        params: { onMs: 86_400_000, thresholdMs: 86_400_000, deviceId: 'pir-living' },
      },
    },
  });
});

test('one that is OFF by now has only to rest: nobody need come', () => {
  play(`${STUCK}
    11:00 pir-living motion on level        # not believed from here on
    d1 07:00 pir-living motion off
    d2 07:30 wait`);
});

test('after a lost OFF whoever comes from elsewhere is believed', () => {
  play(
    `${STUCK}
    12:00 pir-bedroom motion on
    12:01 pir-living motion on
    18:01 => raised inactivity inactivity.day`,
    { rules: [inactivity] },
  );
});

test('after a lost OFF one hit with its OFF is somebody, where somebody is known to lie', () => {
  const lying = `
    21:30 pir-living motion on
    21:30:40 pir-living motion off
    22:00 pir-bedroom motion on
    22:00:40 pir-bedroom motion off
    22:01 pir-bedroom motion on                 # its OFF is lost
    22:02 bed bed on`;
  const rules = [inactivity];
  play(
    `${lying}
    d1 04:00 pir-bedroom motion on
    d1 04:00:40 pir-bedroom motion off
    d1 10:00 wait`,
    { rules },
  );
  play(
    `${lying.replace('22:02 bed bed on', '')}    # nothing but itself says so
    d1 04:00 pir-bedroom motion on
    d1 04:00:40 pir-bedroom motion off
    d1 10:00 wait`,
    { rules },
  );
  // Without it, it may be stuck; and so it may when it repeats itself, or keeps on for long.
  const repeats = `d1 04:03 pir-bedroom motion on
      d1 04:03:40 pir-bedroom motion off`;
  for (const later of ['d1 04:20 pir-bedroom motion off', repeats, 'd1 04:20 wait'])
    play(
      `${lying}
      d1 04:00 pir-bedroom motion on
      ${later}
      d1 08:02 => raised inactivity inactivity.night`,
      { rules },
    );
  // Nor where nobody is known to be: a single hit there is as likely a stray one.
  play(
    `
    20:30 pir-living motion on
    20:30:40 pir-living motion off
    21:00 pir-living motion on                  # its OFF is lost
    22:02 bed bed on
    d1 04:00 pir-living motion on
    d1 04:00:40 pir-living motion off
    d1 08:02 => raised inactivity inactivity.night`,
    { rules },
  );
});

test('nor does it ring while somebody sleeps who has been up and gone back to bed unseen', () => {
  const night = `
    21:30 pir-living motion on
    21:30:40 pir-living motion off
    22:00 pir-bedroom motion on
    22:00:40 pir-bedroom motion off
    d1 00:30 pir-bedroom motion on              # its OFF is lost
    d1 01:00 pir-living motion on
    d1 01:00:40 pir-living motion off`;
  const rules = [inactivity];
  play(
    `${night}
    d1 05:00 pir-bedroom motion on
    d1 05:00:40 pir-bedroom motion off
    d1 14:59 wait
    d1 15:00 => raised inactivity inactivity.night`,
    { rules },
  );
  // In a room where nobody was heard it is as likely a stray hit.
  play(
    `${night.replaceAll('bedroom', 'X').replaceAll('living', 'bedroom').replaceAll('X', 'living')}
    d1 05:00 pir-living motion on
    d1 05:00:40 pir-living motion off
    d1 11:00 => raised inactivity inactivity.night`,
    { rules },
  );
});

test('one lost OFF is not reported: the next use of the room heals it', () => {
  play(`${STUCK}
    d1 07:00 pir-living motion on
    d1 07:00:20 pir-living motion off
    d1 07:30 pir-living motion on
    d1 07:30:20 pir-living motion off
    d2 08:00 wait`);
});

test('a PIR that never says OFF is not stuck however often somebody moves', () => {
  play(`${repeated('pir-living motion on', 8 * 3600, 600, 100)}
    d2 08:00 wait`);
});

test('a stuck PIR hides no fall: after two hours what it repeats is no sign of life', () => {
  const rules = SILENCE;
  play(
    `${STUCK}
    ${repeated('pir-living motion on', 10 * 3600 + 60, 1500, 9)}
    14:00 => raised inactivity inactivity.day`,
    { rules },
  );
  // The same from a PIR that rests between is somebody.
  play(
    `${STUCK}
    08:00:20 pir-living motion off
    ${repeated('pir-living motion on', 10 * 3600 + 60, 1500, 9)}
    14:00 wait`,
    { rules },
  );
});

test('when nothing else was ever heard of, the home is called unseen and never quiet', () => {
  play(
    `
    07:00 pir-living motion on
    07:00:20 pir-living motion off
    08:00 pir-living motion on
    22:00 => raised unseen-home
    d1 07:00 pir-living motion off
    d1 07:05 pir-living motion on
    d1 07:05 => restored unseen-home`,
    { devices: [{ deviceId: 'pir-living' }], rules: SILENCE },
  );
});

test('a PIR that sticks in an empty home does not fill it: only the cap asks', () => {
  play(
    `${BLINK}
    08:00 door contact open
    08:00:05 door contact closed
    ${repeated('pir-living motion on', 12 * 3600, 60, 6)}
    12:05:10 pir-living motion off
    12:06 pir-living motion on
    d1 00:06 => raised inactivity inactivity.cap`,
    { rules: SILENCE },
  );
});

test('a mat that is ON all night and all morning is somebody in bed', () => {
  play(`
    21:00 pir-living motion on
    21:30 bed bed on
    d3 07:29 wait`);
});

const ELSEWHERE = Array.from(
  { length: 6 },
  (_, index) => `d1 ${String(9 + 2 * index).padStart(2, '0')}:30 pir-living motion on`,
).join('\n');

test('a mat that is ON for a day while its resident walks about is stuck', () => {
  play(`
    20:00 bed bed on
    d1 05:00 pir-living motion on
    ${ELSEWHERE}
    d1 20:00 => raised sensor-stuck
    d1 21:00 bed bed off
    d1 22:00 bed bed on
    d1 22:00 => restored sensor-stuck
    d1 22:01 wait`);
});

test('of two residents one may lie on the mat all day', () => {
  play(
    `
    20:00 bed bed on
    d1 05:00 pir-living motion on
    ${ELSEWHERE}
    d1 20:30 wait`,
    { home: { residents: 2 } },
  );
});

test('more reports in an hour than a person can make: reported at once, believed after an hour of calm', () => {
  const [effect] = play(`${repeated('pir-living motion on', 8 * 3600, 3, 1100)}
    08:50 => raised sensor-stuck
    10:00 => restored sensor-stuck`);
  expect(effect).toMatchObject({
    alert: {
      explanation: { code: 'sensor-stuck.chatter', params: { eventsPerHour: 1001, threshold: 1000 } },
    },
  });
});

test('a restart in the middle, our own outage and that of the gateway change nothing of what was said last', () => {
  play(`${STUCK}
    09:00 pulse
    09:00:30 resumed
    12:00 pulse
    12:40 resumed
    d1 08:00 => raised sensor-stuck`);
  play(`${STUCK}
    09:00 gateway off
    d1 08:00 => raised sensor-stuck
    d1 10:30 gateway on
    d1 10:30:01 pir-living motion off
    d1 10:40 pir-living motion on
    d1 10:40 => restored sensor-stuck
    d1 10:41 wait`);
});

test('a day is 24 hours, also at midnight and when clocks change', () => {
  const madrid = { timezone: 'Europe/Madrid' };
  play(`${STUCK}\nd1 09:00 => raised sensor-stuck`, { ...madrid, date: '2026-03-28' });
  play(`${STUCK}\nd1 07:00 => raised sensor-stuck`, { ...madrid, date: '2026-10-24' });
});
