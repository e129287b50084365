// Goal: who walks away from home and stays away is searched for; one wrong fix, the edge of the radius and homes
// without a position are not; nobody reads coordinates in an alert.

import { expect, test } from 'vitest';
import { wandering } from '#core/rules/wandering.ts';
import { play, type ScenarioOptions } from '../support/scenario.ts';

const POSITION = { homeLatitude: 30.25, homeLongitude: 120.15 };
const HOME: ScenarioOptions = {
  devices: [
    { deviceId: 'watch', kind: 'location', room: 'on the wrist' },
    { deviceId: 'watch-2', kind: 'location', room: 'on the wrist' },
    { deviceId: 'door', kind: 'contact', zone: 'entry' },
  ],
  rules: [wandering],
  home: { rules: { wandering: POSITION } },
};

/** A fix so many metres north of home. */
function fix(meters: number): string {
  return `location {"latitude":${POSITION.homeLatitude + meters / 111_195},"longitude":120.15} level`;
}

const LADDER = `
    08:10:30 => escalated wandering 1
    08:11 => escalated wandering 2
    08:13 => escalated wandering 3`;
const LOST = `
    08:00 watch ${fix(300)}
    08:05 watch ${fix(1210)}
    08:10 watch ${fix(1410)}
    08:10 => raised wandering
    ${LADDER}`;

test('two fixes outside, until well within', () => {
  const effects = play(
    `${LOST}
    08:30 watch ${fix(2500)}
    08:31 watch ${fix(100)} late 1860
    08:40 watch ${fix(900)}
    08:45 watch ${fix(1100)}
    08:50 watch ${fix(700)}
    08:50 => cleared wandering
  `,
    HOME,
  );
  expect(effects[0]).toMatchObject({
    alert: {
      priority: 2,
      explanation: {
        code: 'wandering',
        params: { distanceM: 1400, radiusM: 1000, sinceMs: Date.parse('2026-03-02T08:05:00+08:00') },
      },
    },
  });
  expect(JSON.stringify(effects)).not.toMatch(/30\.2|120\.1|itude/);
});

test('a great circle, also to the east', () => {
  // One minute of longitude at 60° north is half a sea mile: 926 m.
  const north: ScenarioOptions = {
    ...HOME,
    home: { rules: { wandering: { homeLatitude: 60, homeLongitude: 179.999, radiusM: 920, backM: 100 } } },
  };
  const east = 'location {"latitude":60,"longitude":-179.98433} level';
  const effects = play(
    `08:00 watch ${east}\n08:10 watch ${east}\n08:10 => raised wandering\n${LADDER}`,
    north,
  );
  expect(effects[0]).toMatchObject({ alert: { explanation: { params: { distanceM: 950 } } } });
  play(`08:00 watch ${east}\n08:10 watch ${east}`, {
    ...north,
    home: { rules: { wandering: { homeLatitude: 60, homeLongitude: 179.999, radiusM: 940 } } },
  });
});

test('one wrong fix, its copies, and the edge of the radius are none', () => {
  play(
    `
    08:00 watch ${fix(300)}
    08:05 watch ${fix(5000)}
    08:06 watch ${fix(5000)} late 60
    08:06:30 watch ${fix(5000)}
    08:10 watch ${fix(400)}
    08:20 watch ${fix(990)}
    08:30 watch ${fix(950)}
    08:40 watch location null level
  `,
    HOME,
  );
});

test('a home without a position is not watched; nor one that is not watched at all', () => {
  const lost = `08:00 watch ${fix(5000)}\n09:00 watch ${fix(5000)}`;
  play(lost, { ...HOME, home: { rules: { wandering: { radiusM: 500 } } } });
  play(lost, { ...HOME, home: { isWatched: false, rules: { wandering: POSITION } } });
});

test('a declared absence excuses; after its end it does not', () => {
  play(
    `
    07:00 door contact open
    08:00 staff li declare-away 4
    08:00 => declared-away
    09:00 watch ${fix(5000)}
    10:00 watch ${fix(5000)}
    12:10 watch ${fix(5000)}
    12:10 => raised wandering
    12:10:30 => escalated wandering 1
    12:11 => escalated wandering 2
    12:13 => escalated wandering 3
  `,
    HOME,
  );
});

test('an outage between two fixes outside does not hide the walk', () => {
  play(
    `
    07:55 watch ${fix(2000)}
    07:56 gateway off
    08:09 gateway on
    08:10 watch ${fix(2000)}
    08:10 => raised wandering
    ${LADDER}
  `,
    HOME,
  );
});

test('a restart in the middle, midnight and a clock change', () => {
  play(LOST.replace('08:10 watch', '08:07 resumed\n08:10 watch'), HOME);
  play(LOST, { ...HOME, timezone: 'Europe/Madrid', date: '2026-03-29' });
  play(
    `
    23:59 watch ${fix(2000)}
    d1 00:02 watch ${fix(2000)}
    d1 00:02 => raised wandering
    d1 00:02:30 => escalated wandering 1
    d1 00:03 => escalated wandering 2
    d1 00:05 => escalated wandering 3
  `,
    { ...HOME, timezone: 'Europe/Madrid', date: '2026-10-24' },
  );
});

test('two residents: the fixes of one say nothing of the other', () => {
  const two: ScenarioOptions = { ...HOME, home: { ...HOME.home, residents: 2 } };
  play(`08:00 watch ${fix(2000)}\n08:05 watch-2 ${fix(2000)}\n08:10 watch-2 ${fix(100)}`, two);
  play(`${LOST}\n08:20 watch-2 ${fix(100)}`, two);
});

test('who is still out an hour after a word with them is told of again; and when the home is watched again', () => {
  const spokenTo = `
    08:05 watch ${fix(1210)}
    08:10 watch ${fix(1410)}
    08:10 => raised wandering
    08:10:10 staff li claim
    08:10:10 => claimed wandering
    08:11 staff li close WELFARE_OK spoke-to-elder
    08:11 => closed wandering`;
  const again = (at: string): string => `
    ${at} => raised wandering
    ${at}:30 => escalated wandering 1
    ${at.replace(/\d$/, (last) => String(Number(last) + 1))} => escalated wandering 2
    ${at.replace(/\d$/, (last) => String(Number(last) + 3))} => escalated wandering 3`;
  play(
    `${spokenTo}
    08:30 watch ${fix(3000)}
    09:10 watch ${fix(8000)}
    09:11 watch ${fix(8000)}
    ${again('09:11')}
    09:40 watch ${fix(9000)}
    d1 09:40 watch ${fix(9000)}
  `,
    HOME,
  );
  // At home in between: a walk of its own, which rings as ever.
  play(
    `${spokenTo}
    08:20 watch ${fix(100)}
    08:30 watch ${fix(3000)}
    08:35 watch ${fix(3000)}
    ${again('08:35')}
  `,
    HOME,
  );
  const emergency = spokenTo.replace('WELFARE_OK spoke-to-elder', 'EMERGENCY ambulance120');
  play(`${emergency}\n10:00 watch ${fix(3000)}\n12:00 watch ${fix(3000)}`, HOME);
  play(
    `${emergency}
    09:00 configure {"isWatched":false}
    10:00 watch ${fix(3000)}
    11:00 configure {"isWatched":true}
    11:30 watch ${fix(3000)}
    ${again('11:30')}
  `,
    HOME,
  );
});
