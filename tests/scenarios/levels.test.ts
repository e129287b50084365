// Goal: a level that is told late, or whose change was lost on the way, is no person who does something now.

import { test } from 'vitest';
import { awayTooLong } from '#core/rules/away-too-long.ts';
import { inactivity } from '#core/rules/inactivity.ts';
import { nightExit } from '#core/rules/night-exit.ts';
import { outOfBed } from '#core/rules/out-of-bed.ts';
import { play as playRules } from '../support/scenario.ts';

function play(table: string): void {
  playRules(table, { rules: [inactivity, awayTooLong, nightExit, outOfBed] });
}

test('the level of a door whose closing was lost is nobody who goes out', () => {
  play(`
    12:00 door contact open
    12:00:30 pir-living motion on
    12:01 pir-bedroom motion on
    13:50 pir-living motion on
    13:51 pir-bedroom motion on
    14:30 door contact closed level
    19:51 => raised inactivity inactivity.day
  `);
  play(`
    21:50 door contact open
    21:50:30 pir-living motion on
    21:51 pir-bedroom motion on
    22:22 bed bed on
    23:10 door contact closed level
    d1 01:00 wait
  `);
});

test('nor is it somebody who comes home, or a mat somebody who has just risen from it', () => {
  play(`
    08:00 pir-living motion on
    08:10 door contact open
    09:00 door contact closed level
    d1 08:10 => raised away-too-long
  `);
  play(`
    06:59 bed bed on
    07:05 pir-living motion on
    07:06 pir-bedroom motion on
    07:30 door contact open
    07:30:05 door contact closed
    08:30 bed bed off level
    d1 07:30:05 => raised away-too-long
  `);
});

test('a mat that says after the door that nobody lies on it was left before: whoever rose and went out is out', () => {
  const riseAndGo = `
    06:59 bed bed on
    07:29:40 pir-bedroom motion on
    07:29:50 pir-living motion on
    07:30 door contact open
    07:30:05 door contact closed
  `;
  play(`${riseAndGo}
    07:34 bed bed off
    d1 07:30:05 => raised away-too-long
  `);
  // Its ON was lost.
  play(`
    07:29:50 pir-living motion on
    07:30 door contact open
    07:30:05 door contact closed
    07:34 bed bed off
    d1 07:30:05 => raised away-too-long
  `);
  // Who walks on afterwards had stayed: a visitor went.
  play(`${riseAndGo}
    07:32 bed bed off
    07:33 pir-living motion on
    07:34 pir-bedroom motion on
    13:34 => raised inactivity inactivity.day
  `);
  // No mat waits for so long.
  play(`${riseAndGo}
    07:36 bed bed off
    13:36 => raised inactivity inactivity.day
  `);
  // It may be the other one who went.
  playRules(
    `${riseAndGo}
    07:34 bed bed off
    13:34 => raised inactivity inactivity.day
    `,
    { rules: [inactivity, awayTooLong, nightExit, outOfBed], home: { residents: 2 } },
  );
});

test('a mat that was lain on in a home called empty proves by its level too that somebody has risen', () => {
  play(`
    07:30 pir-living motion on
    07:40 door contact open
    07:40:05 door contact closed
    09:00 bed bed on level
    10:00 bed bed off level
    16:00 => raised inactivity inactivity.day
  `);
});

test('a door that tells of itself by levels alone is a door', () => {
  play(`
    07:00 door contact closed level
    08:00 pir-living motion on
    08:10 door contact open level
    08:10:30 door contact closed level
    18:00 door contact open level
    18:00:30 door contact closed level
    18:01:10 pir-living motion on
    d1 04:01:10 => raised inactivity inactivity.night
  `);
});

test('both edges of a door in the wrong order leave it as it is: the next level is no news', () => {
  play(`
    08:00 door contact closed level
    10:00 pir-living motion on
    10:00:30 pir-bedroom motion on
    10:01:02 door contact closed late 1
    10:01:02 door contact open late 3
    10:02 pir-living motion on
    10:02:40 pir-bedroom motion on
    11:00 door contact closed level
    16:02:40 => raised inactivity inactivity.day
  `);
});

test('a level from before somebody got up does not put them back to bed', () => {
  play(`
    22:40 bed bed on
    d1 02:00 bed bed off
    d1 02:00:20 bed bed on level late 25
    d1 02:45 => raised out-of-bed
  `);
});

test('an event that is overtaken by a report of something else is how things stand', () => {
  play(`
    22:40 bed bed on
    d1 02:00 bed bed off
    d1 02:05:10 bed battery_pct 80 level
    d1 02:05:20 bed bed on late 18
    d1 04:00 wait
  `);
});

test('who speaks by levels only says by them what happens', () => {
  // A carer leaves while the resident lies on the mat, who rises in the night and falls.
  play(`
    18:00 pir-living motion on
    19:40 bed bed off level
    19:50 pir-bedroom motion on
    19:51 bed bed on level
    20:00 door contact open level
    20:00:10 door contact closed level
    d1 02:00 bed bed off level
    d1 12:00 => raised inactivity inactivity.night
  `);
  // A chat at the open door.
  play(`
    09:00 pir-living motion on
    09:10 door contact closed level
    10:00 door contact open level
    10:01:30 pir-living motion on
    10:02:30 pir-bedroom motion on
    10:05 door contact closed level
    d1 10:05 => raised away-too-long
  `);
});

test('a mat that was told ON again after they left is somebody who has not gone', () => {
  play(`
    18:00 pir-living motion on
    19:51 bed bed on
    20:00 door contact open
    20:00:10 door contact closed
    23:30 bed bed on level
    d1 02:00 bed bed off level
    d1 12:00 => raised inactivity inactivity.night
  `);
});

const LEFT_THE_MAT = `
    07:30 pir-living motion on
    08:30 bed bed on
    09:00 door contact open
    09:00:05 door contact closed`;

test('nor is the level of a mat while the door waits for its answer, when they lay there before it', () => {
  play(`${LEFT_THE_MAT}
    09:10 bed bed off level
    d1 09:00:05 => raised away-too-long
  `);
  // Told ON again after the door: they have not gone.
  play(`${LEFT_THE_MAT}
    09:05 bed bed on level
    09:10 bed bed off level
    15:10 => raised inactivity inactivity.day
  `);
  // Somebody came in and lay down.
  play(`${LEFT_THE_MAT}
    09:10 bed bed off
    09:10:30 bed bed on
    09:20 bed bed off level
    15:20 => raised inactivity inactivity.day
  `);
});

test('of two residents one is at the door, and the other may just have risen', () => {
  const two = { home: { residents: 2 }, rules: [inactivity, awayTooLong] };
  playRules(
    `${LEFT_THE_MAT}
    09:10 bed bed off level
    15:10 => raised inactivity inactivity.day`,
    two,
  );
});
