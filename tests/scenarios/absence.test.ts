// Goal: a declared absence is silent until its end and not a moment longer, silences nothing but the question where
// the elder is, and whoever is in after all is watched at once.

import { expect, test } from 'vitest';
import { awayTooLong } from '#core/rules/away-too-long.ts';
import { deviceSilent } from '#core/rules/device-silent.ts';
import { emergency } from '#core/rules/emergency.ts';
import { gatewaySilent } from '#core/rules/gateway-silent.ts';
import { inactivity } from '#core/rules/inactivity.ts';
import { notUp } from '#core/rules/not-up.ts';
import { unseenHome } from '#core/rules/unseen-home.ts';
import * as scenario from '../support/scenario.ts';

type ScenarioOptions = scenario.ScenarioOptions;

/** Only the rules this is about: others may ring in these tables as well. */
const rules = [awayTooLong, deviceSilent, emergency, gatewaySilent, inactivity, unseenHome];
const play = (table: string, options: ScenarioOptions = {}) => scenario.play(table, { rules, ...options });

const DECLARED = `
    08:00 pir-living motion on
    09:00 staff li declare-away 30      # until d1 15:00
    09:00 => declared-away`;

test('nobody asks for the elder before the end; two hours after it somebody does, once', () => {
  const effects = play(`${DECLARED}
    d1 14:59 pir-living motion on       # a stray hit
    d1 17:00 => raised away-too-long
    d3 12:00 pulse`);
  const raised = effects.find((effect) => effect.type === 'alert');
  expect(raised?.alert).toMatchObject({ priority: 3, explanation: { code: 'away-overdue' } });
  const { declaredUntilAtMs } = raised!.alert.explanation.params;
  expect(raised!.atMs - Number(declaredUntilAtMs)).toBe(2 * 3_600_000);
});

test('who comes back in time is watched again, and nothing is asked at the end', () => {
  play(`${DECLARED}
    d1 10:00 door contact open
    d1 10:00:05 door contact closed
    d1 10:01 pir-living motion on
    d1 10:01:30 pir-bedroom motion on
    d1 15:55 pir-living motion on
    d1 21:55 => raised inactivity inactivity.day`);
});

test('the late return takes the question back', () => {
  play(`${DECLARED}
    d1 17:00 => raised away-too-long
    d1 18:00 door contact open
    d1 18:00 => restored away-too-long
    d1 18:00:05 door contact closed
    d1 18:01 pir-living motion on
    d1 18:01:20 pir-bedroom motion on
    d2 04:01:20 => raised inactivity inactivity.night`);
});

test('declared before they went: the door afterwards is the going, not a coming home', () => {
  play(`${DECLARED}
    09:20 door contact open
    09:20:05 door contact closed
    d1 17:00 => raised away-too-long`);
});

test('still in after all: watched; and going out needs the door only, no second declaration', () => {
  play(`${DECLARED}
    09:10 pir-living motion on
    09:11 pir-bedroom motion on
    15:11 => raised inactivity inactivity.day`);
  play(`${DECLARED}
    09:10 pir-living motion on
    09:11 pir-bedroom motion on
    09:20 door contact open
    09:20:05 door contact closed
    d1 17:00 => raised away-too-long`);
});

test('a call for help and smoke ring as ever', () => {
  play(`${DECLARED}
    12:00 button button sos
    12:00 => raised sos
    12:00:10 smoke smoke on
    12:00:10 => raised smoke
    12:00:30 => escalated sos 1
    12:00:40 => escalated smoke 1`);
});

test('of two residents the one on the mat has stayed and is watched', () => {
  const bed = '07:00 bed bed on';
  play(`${bed}${DECLARED}\n14:00 => raised inactivity inactivity.day`, { home: { residents: 2 } });
  play(`${bed}${DECLARED}\nd1 17:00 => raised away-too-long`);
});

test('declared back: the clocks begin with the word, not days ago', () => {
  play(`${DECLARED}
    d1 10:00 staff li declare-back
    d1 10:00 => declared-back
    d1 16:00 => raised inactivity inactivity.day`);
});

test('said again the new end counts, also when the return was overdue already', () => {
  play(`${DECLARED}
    d1 17:00 => raised away-too-long
    d1 17:30 staff li declare-away 24
    d1 17:30 => restored away-too-long
    d1 17:30 => declared-away
    d2 19:30 => raised away-too-long`);
});

test('an absence nobody had announced is answered by announcing it', () => {
  play(`
    08:10 door contact open
    08:10:05 door contact closed
    d1 08:10:05 => raised away-too-long
    d1 09:00 staff li declare-away 10
    d1 09:00 => restored away-too-long
    d1 09:00 => declared-away
    d1 21:00 => raised away-too-long`);
});

test('an end that is past or too far away is refused and changes nothing', () => {
  play(`
    08:00 pir-living motion on
    09:00 staff li declare-away 0
    09:00 => refused bad-end
    09:01 staff li declare-away 2161
    09:01 => refused bad-end
    14:00 => raised inactivity inactivity.day`);
});

test('a home that is not watched takes no declaration', () => {
  play(
    `09:00 staff li declare-away 5
     09:00 => refused not-watched`,
    { home: { isWatched: false } },
  );
});

test('our own restart changes neither the absence nor its end', () => {
  play(`${DECLARED}
    d1 08:00 pulse
    d1 12:00 resumed
    d1 17:00 => raised away-too-long`);
  // Down at the very moment: asked as soon as we are back.
  play(`${DECLARED}
    d1 16:00 pulse
    d1 18:00 resumed
    d1 18:00 => raised away-too-long`);
});

test('a gateway that goes dark meanwhile is not a return', () => {
  play(`${DECLARED}
    12:00 gateway on
    13:00 gateway off
    13:01 => raised gateway-silent
    d1 00:00 => raised unseen-home
    d1 09:00 gateway on
    d1 09:00 => restored gateway-silent
    d1 10:05 gateway on
    d1 10:10 => restored unseen-home
    d1 17:00 => raised away-too-long`);
});

test('over midnight and a change of the clocks the end stays the instant that was said', () => {
  const spring: ScenarioOptions = { timezone: 'Europe/Madrid', date: '2026-03-28' };
  // 30 h after 09:00 of a night without its hour between two and three.
  play(`${DECLARED}\nd1 18:00 => raised away-too-long`, spring);
  const autumn: ScenarioOptions = { timezone: 'Europe/Madrid', date: '2026-10-24' };
  play(`${DECLARED}\nd1 16:00 => raised away-too-long`, autumn);
});

test('the time after the end can be set per home', () => {
  const home = { rules: { 'away-too-long': { overdueMs: 0 } } };
  play(`${DECLARED}\nd1 15:00 => raised away-too-long`, { home });
});

const OUT_A_DAY = `
    08:00 pir-living motion on
    08:10 door contact open
    08:10:05 door contact closed
    d1 08:10:05 => raised away-too-long
    d1 08:11 staff li claim
    d1 08:11 => claimed away-too-long`;

test('who was reached while out is asked for again when they do not come back', () => {
  play(
    `${OUT_A_DAY}
    d1 08:12 staff li close WELFARE_OK spoke-to-elder
    d1 08:12 => closed away-too-long
    d2 08:12 => raised away-too-long
  `,
    { rules: [awayTooLong] },
  );
});

test('what staff only suppose is no contact: known to be away, nobody asks again', () => {
  play(
    `${OUT_A_DAY}
    d1 08:12 staff li close AWAY holiday
    d1 08:12 => closed away-too-long
    d2 08:10:05 => raised away-too-long
    d2 08:11 staff li claim
    d2 08:11 => claimed away-too-long
    d2 08:12 staff li close AWAY holiday
    d2 08:12 => closed away-too-long
    d6 08:00 wait
  `,
    { rules: [awayTooLong] },
  );
});

const SILENT_SINCE_EIGHT = `
    08:00 pir-living motion on
    14:00 => raised inactivity inactivity.day
    14:00:10 staff li claim
    14:00:10 => claimed inactivity`;

test('said to be away, and nobody comes back: asked for after a day, for the word may be wrong', () => {
  play(
    `${SILENT_SINCE_EIGHT}
    14:02 staff li close AWAY undeclared
    14:02 => closed inactivity
    d1 14:02 => raised away-too-long
    d2 14:02 => repeated away-too-long x2
  `,
    { rules: [inactivity, awayTooLong] },
  );
});

test('said to be away, and stirring again: watched as ever', () => {
  play(
    `${SILENT_SINCE_EIGHT}
    14:02 staff li close AWAY undeclared
    14:02 => closed inactivity
    17:00 door contact open
    17:00:05 door contact closed
    17:01 pir-living motion on
    17:03 pir-bedroom motion on
    d1 03:03 => raised inactivity inactivity.night
  `,
    { rules: [inactivity, awayTooLong] },
  );
});

test('said to be away while one of two lies on the mat: the silence goes on being watched', () => {
  play(
    `
    08:00 pir-living motion on
    08:30 bed bed on
    14:30 => raised inactivity inactivity.day
    14:30:10 staff li claim
    14:30:10 => claimed inactivity
    14:32 staff li close AWAY known
    14:32 => closed inactivity
    20:32 => raised inactivity inactivity.day
  `,
    { rules: [inactivity, awayTooLong], home: { residents: 2 } },
  );
});

test('reached after the declared end: a day for the way back', () => {
  play(
    `
    08:00 pir-living motion on
    08:05 staff li declare-away 4
    08:05 => declared-away
    14:05 => raised away-too-long
    14:06 staff li claim
    14:06 => claimed away-too-long
    14:07 staff li close WELFARE_OK spoke-to-elder
    14:07 => closed away-too-long
    d1 14:07 => raised away-too-long
  `,
    { rules: [awayTooLong] },
  );
});

const BACK_EARLY = `
    18:00 door contact open
    18:00:05 door contact closed
    18:00:08 pir-living motion on       # collapses
    d1 04:00:08 => raised inactivity inactivity.night`;

test('declared while the door waits for its answer, or known to be out: the next door is the return', () => {
  const gone = `
    08:00 pir-living motion on
    08:10 door contact open
    08:10:05 door contact closed`;
  play(`${gone}
    08:20 staff li declare-away 100     # the daughter calls ten minutes after they left
    08:20 => declared-away
    ${BACK_EARLY}`);
  play(`
    08:00 pir-living motion on
    14:00 => raised inactivity inactivity.day
    14:00:10 staff li claim
    14:00:10 => claimed inactivity
    14:00:20 staff li close AWAY known
    14:00:20 => closed inactivity
    ${BACK_EARLY}`);
});

test('AWAY said of who has come back meanwhile tells where they were, not where they are', () => {
  play(`
    08:00 pir-living motion on
    08:10 door contact open
    08:10:05 door contact closed
    d1 08:10:05 => raised away-too-long
    d1 08:11 staff li claim
    d1 08:11 => claimed away-too-long
    d1 08:12 door contact open
    d1 08:12 => cleared away-too-long
    d1 08:12:05 door contact closed
    d1 08:12:30 pir-living motion on
    d1 08:12:35 pir-bedroom motion on
    d1 08:12:40 staff li close AWAY known
    d1 08:12:40 => closed away-too-long
    d1 14:12:35 => raised inactivity inactivity.day
  `);
});

test('a word with them before the absence was declared does not put off its end', () => {
  play(
    `
    08:00 pir-living motion on
    08:10 door contact open
    08:10:05 door contact closed
    d1 08:10:05 => raised away-too-long
    d1 08:11 staff li claim
    d1 08:11 => claimed away-too-long
    d1 08:12 staff li close WELFARE_OK spoke-to-elder
    d1 08:12 => closed away-too-long
    d1 08:13 staff li declare-away 4
    d1 08:13 => declared-away
    d1 14:13 => raised away-too-long
  `,
  );
});

test('who was said to be back in the morning has not to get up', () => {
  const table = `
    07:00 pir-living motion on
    07:01 pir-bedroom motion on
    20:00 pir-living motion on
    20:10 door contact open
    20:10:05 door contact closed
    d1 09:30 staff li declare-back
    d1 09:30 => declared-back`;
  play(`${table}\nd1 12:00 wait`, { rules: [awayTooLong, notUp] });
});

test('declared while the door stands open, its closing is the going', () => {
  play(`
    09:00 pir-living motion on
    10:00 door contact open
    10:00:40 staff li declare-away 48
    10:00:40 => declared-away
    10:01 door contact closed
    d2 12:00:40 => raised away-too-long
  `);
});

test('watched again while the door waits for its answer: they have gone', () => {
  play(`
    09:00 pir-living motion on
    10:00 configure {"isWatched":false}
    d3 08:00 pir-bedroom motion on
    d3 08:30 door contact open
    d3 08:30:10 door contact closed
    d3 08:40 configure {"isWatched":true}
    d4 08:30:10 => raised away-too-long
  `);
});
