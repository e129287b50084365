// Goal: silence after the door is an absence only where it was seen. Who answered the door and collapsed while the
// link, or we ourselves, were gone is not taken for somebody who went out (promise P4).

import { test } from 'vitest';
import { awayTooLong } from '#core/rules/away-too-long.ts';
import { inactivity } from '#core/rules/inactivity.ts';
import { play as playRules, type ScenarioOptions } from '../support/scenario.ts';

const OPTIONS: ScenarioOptions = { rules: [inactivity, awayTooLong] };
const play = (table: string, options: ScenarioOptions = {}) => playRules(table, { ...OPTIONS, ...options });

const AT_THE_DOOR = `
    08:00 pir-bedroom motion on
    08:01 pir-living motion on
    09:00 door contact open
    09:00:05 door contact closed`;
/** Twelve hours of seen silence, and nobody to take the alert. */
const capAt = (hour: string, minute: number, second = '00'): string =>
  `${hour}:${minute}:${second} => raised inactivity inactivity.cap`;

test('blind for half an hour after the door: nobody knows whether they are out, and the cap finds them', () => {
  const table = (until: string): string => `${AT_THE_DOOR}
    09:00:30 gateway on
    09:01 gateway off
    09:31 gateway on
    ${until}`;
  play(`${table(capAt('21', 30, '35'))}
    21:31:05 => escalated inactivity 1
    21:31:35 => escalated inactivity 2
    21:33:35 => escalated inactivity 3`);
  // Back in the evening: two rooms are proof, as after any outage.
  play(
    table(`20:00 door contact open
    20:00:10 pir-living motion on
    20:01 pir-bedroom motion on
    23:00 wait`),
  );
});

test('our own outage after the door is no evidence that they are out', () => {
  play(`${AT_THE_DOOR}
    09:00:20 pulse
    09:40 resumed
    21:39:45 => raised inactivity inactivity.cap
    21:40:15 => escalated inactivity 1
    21:40:45 => escalated inactivity 2
    21:42:45 => escalated inactivity 3`);
});

test('who was seen after the door, told as soon as the link is back, has not gone', () => {
  play(`${AT_THE_DOOR}
    09:00:30 gateway on
    09:01 gateway off
    09:40 gateway on
    09:40:05 pir-living motion on late 1800
    09:40:06 pir-living motion on late 900
    21:25:06 => raised inactivity inactivity.cap
    21:25:36 => escalated inactivity 1
    21:26:06 => escalated inactivity 2
    21:28:06 => escalated inactivity 3`);
});

test('a few minutes unseen only put the absence off', () => {
  play(`${AT_THE_DOOR}
    09:05 gateway on
    09:06 gateway off
    09:12 gateway on
    d1 09:00:05 => raised away-too-long`);
});

test('a door long after the outage is judged as ever', () => {
  play(`
    07:00 gateway on
    07:01 gateway off
    07:40 gateway on
    08:00 pir-bedroom motion on
    08:01 pir-living motion on
    ${AT_THE_DOOR}
    d1 09:00:05 => raised away-too-long`);
});

test('with two residents as well, over midnight, and in the night the clocks change', () => {
  play(
    `
    23:00 pir-bedroom motion on
    23:01 pir-living motion on
    23:40 door contact open
    23:40:05 door contact closed
    23:41 gateway on
    23:42 gateway off
    d1 00:20 gateway on
    d1 13:19:05 => raised inactivity inactivity.cap
    d1 13:19:35 => escalated inactivity 1
    d1 13:20:05 => escalated inactivity 2
    d1 13:22:05 => escalated inactivity 3`,
    { home: { residents: 2 }, timezone: 'Europe/Madrid', date: '2026-03-28' },
  );
});
