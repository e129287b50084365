// Goal: after an outage the core knows as much as the gateway has told it, and no more. What was kept and has come in
// was seen; what is still on its way, or never came, is no silence; and the order of the door is that of the home.

import { expect, test } from 'vitest';
import { awayTooLong } from '#core/rules/away-too-long.ts';
import { inactivity } from '#core/rules/inactivity.ts';
import { play as playRules } from '../support/scenario.ts';

/** The window of the living room says how long a pause may be, and that the home is seen when it has passed. */
const DEVICES = [
  { deviceId: 'pir-bedroom', kind: 'motion', room: 'bedroom', zone: 'bedroom', supervision: '25h' },
  { deviceId: 'pir-living', kind: 'motion', room: 'living room', zone: 'other', supervision: '5h' },
  { deviceId: 'door', kind: 'contact', room: 'hall', zone: 'entry', supervision: '25h' },
  { deviceId: 'button', kind: 'button', room: 'living room', zone: 'other', supervision: '25h' },
  { deviceId: 'smoke', kind: 'smoke', room: 'kitchen', zone: 'kitchen', supervision: '25h' },
] as const;

function play(table: string, rules = [inactivity]): ReturnType<typeof playRules> {
  return playRules(table, { rules, devices: DEVICES });
}

const MORNING = `
    07:59 door battery_pct 80 level
    07:59 button battery_pct 80 level
    08:00 pir-living motion on`;
/** Not seen from 08:01 to 20:00. */
const OUTAGE = `${MORNING}
    08:00:20 pir-bedroom motion on
    08:01 gateway off
    20:00 gateway on`;

/** Reports of no life that were kept from `from` to `until` (minutes of the day), in the rush from 20:00:20 on. */
function checkIns(from: number, until: number, everyMin: number): string {
  const lines: string[] = [];
  for (let minute = from, second = 20; minute <= until; minute += everyMin, second++)
    lines.push(`20:00:${second} pir-living battery_pct 80 level late ${(1200 - minute) * 60 + second}`);
  return lines.join('\n');
}

test('a backlog that breaks off half way is no silence until now', () => {
  const [effect] = play(`${OUTAGE}
    20:00:01 pir-living motion on late 42000             # 08:20:01
    20:00:02 pir-living battery_pct 80 level late 41402  # 08:30; nothing of the rest ever comes
    d1 07:50:01 => raised inactivity inactivity.cap      # twelve hours seen: not already at 20:20`);
  expect(effect).toMatchObject({ alert: { explanation: { params: { blindMs: (11 * 60 + 30) * 60_000 } } } });
});

test('nor one whose times are those of a clock that is eight hours behind', () => {
  play(`${OUTAGE}
    20:00:01 pir-living motion on late 28801
    20:00:21 pir-bedroom motion on late 28801
    20:05 pir-living motion on late 28800                # new, and says 12:05
    20:08 pir-bedroom motion on late 28800
    20:30 wait`);
});

test('a backlog that is complete was seen: who did not stir in it is found twelve hours after the last sign', () => {
  const full = `${OUTAGE}
    ${checkIns(510, 1200, 30)}`;
  play(`${full}
    20:02:42 => raised inactivity inactivity.cap`);
  // A call for help overtook it.
  play(`${full.replace('20:00:20', '20:00:19 smoke smoke on late 20419\n    20:00:20')}
    20:02:42 => raised inactivity inactivity.cap`);
  // The same with the gateway without power from 10:00 to 19:00: nobody knows.
  play(`${OUTAGE}
    ${checkIns(510, 600, 30)}
    ${checkIns(1140, 1200, 30).replaceAll('20:00:2', '20:00:3')}
    d1 05:00:30 => raised inactivity inactivity.cap`);
});

test('a gateway that keeps nothing proves nothing by what it says afterwards', () => {
  play(`${MORNING}
    08:00:20 pir-bedroom motion on
    08:10 gateway off
    08:30 gateway on
    08:30:10 pir-living battery_pct 80 level
    14:30 => raised inactivity inactivity.day`);
});

test('a call for help overtakes what was kept before it: the silence after it is not known yet', () => {
  play(`${OUTAGE}
    20:00:01 button button sos late 20001                # 14:26:40
    20:30 wait                                           # not: six hours of silence
    d1 06:00 => raised inactivity inactivity.night  # ten seen`);
});

test('who left during the outage is away, in whatever rush the door comes in', () => {
  play(`${OUTAGE}
    20:00:01 pir-living motion on late 36001             # 10:00
    20:00:01 door contact open late 35881                # 10:02
    20:00:01 door contact closed late 35871
    20:00:02 pir-living battery_pct 80 level late 35000
    20:00:03 pir-living battery_pct 80 level
    d2 08:00 wait`);
});

test('who came back during the outage is not away, though nothing stirred since', () => {
  play(`${OUTAGE}
    20:00:01 pir-living motion on late 36001             # 10:00
    20:00:01 door contact open late 35881                # 10:02
    20:00:01 door contact closed late 35871
    20:00:02 door contact open late 28802                # 12:00: back
    20:00:02 door contact closed late 28792
    20:00:03 pir-living battery_pct 80 level late 28000
    20:00:04 pir-living battery_pct 80 level
    d1 07:46:47 => raised inactivity inactivity.cap      # not away; of the time after 12:13 nothing is known`);
});

test('what was kept from before a declared absence is nobody who came back', () => {
  const table = (lateS: number): string => `${OUTAGE.replace('20:00 gateway on', '')}
    12:00 staff li declare-away 30                       # until d1 18:00
    12:00 => declared-away
    20:00 gateway on
    20:00:01 pir-living motion on late ${lateS}
    20:00:02 pir-bedroom motion on late ${lateS}
    20:00:03 pir-living battery_pct 80 level`;
  play(
    `${table(36_000)}                                     # 10:00
    d1 20:00 => raised away-too-long`,
    [inactivity, awayTooLong],
  );
  // After it, it is.
  const [effect] = play(
    `${table(21_600)}                                     # 14:00
    d1 08:00:03 pulse
    d1 08:00:03 wait`,
    [awayTooLong],
  ).filter(({ type }) => type === 'alert');
  expect(effect).toBeUndefined();
});

test('what comes a moment after it was measured is no backlog: a home just seen again is judged in time', () => {
  const dayMs = 60_000;
  playRules(
    `
    08:00:00 door battery_pct 80 level late 1
    08:00:00 button battery_pct 80 level late 1
    08:00:00 smoke battery_pct 80 level late 1
    08:00:00 pir-bedroom battery_pct 80 level late 1
    08:00:00 pir-living motion on late 1
    08:01:00 => raised inactivity inactivity.day
    08:01:10 wait`,
    { rules: [inactivity], devices: DEVICES, home: { rules: { inactivity: { dayMs } } } },
  );
});

test('a reading of now that overtakes the first of those that were kept does not hide them', () => {
  const kept = checkIns(8 * 60 + 30, 19 * 60 + 30, 30);
  const rings = (first: string, at: string): void => {
    play(`${OUTAGE}
      ${first}
      ${kept}
      20:00:50 pir-living battery_pct 80 level
      ${at} => raised inactivity inactivity.cap`);
  };
  rings('', '20:02:42');
  rings('20:00:05 door battery_pct 80 level', '20:02:42');
});
