// Goal: who leaves in the night and is not heard again is looked for; who takes the rubbish down is not.

import { expect, test } from 'vitest';
import { nightExit } from '#core/rules/night-exit.ts';
import { play, type ScenarioOptions } from '../support/scenario.ts';

const HOME: ScenarioOptions = {
  devices: [
    { deviceId: 'pir-bedroom', kind: 'motion', room: 'bedroom', zone: 'bedroom' },
    { deviceId: 'pir-hall', kind: 'motion', room: 'hall', zone: 'entry' },
    { deviceId: 'pir-living', kind: 'motion', room: 'living room' },
    { deviceId: 'door', kind: 'contact', room: 'hall', zone: 'entry' },
    { deviceId: 'bed', kind: 'bed', room: 'bedroom', zone: 'bedroom' },
  ],
  rules: [nightExit],
};

const LEAVES = `
    d1 01:50 pir-bedroom motion on
    d1 02:00 door contact open
    d1 02:00:05 pir-hall motion on
    d1 02:00:10 door contact closed
    d1 02:00:20 pir-hall motion on`;
/** The same in a home without a sensor in the hall. */
const QUIETLY = LEAVES.replace(/.*pir-hall.*/g, '');
const RAISED = `${LEAVES}
    d1 02:15:10 => raised night-exit`;

test('the door at two in the morning, and nobody inside a quarter of an hour later', () => {
  const effects = play(`${RAISED}\nd1 09:00 wait`, HOME);
  expect(effects[0]).toMatchObject({
    alert: {
      priority: 3,
      explanation: {
        code: 'night-exit',
        params: { sinceMs: Date.parse('2026-03-03T02:00:10+08:00'), thresholdMs: 900_000 },
      },
    },
  });
});

test('the return ends it, by the door or by proof from inside; a stray hit does not', () => {
  play(
    `${RAISED}
    d1 02:20 door contact open
    d1 02:20 => cleared night-exit
    d1 02:20:20 pir-living motion on
    d1 02:21:30 pir-bedroom motion on
  `,
    HOME,
  );
  play(
    `${QUIETLY}
    d1 02:15:10 => raised night-exit
    d1 02:25 pir-living motion on
    d1 05:30 pir-living motion on
    d1 05:31 pir-bedroom motion on
    d1 05:31 => cleared night-exit
  `,
    HOME,
  );
});

test('out again after the return is the next episode', () => {
  play(
    `${RAISED}
    d1 02:20 door contact open
    d1 02:20 => cleared night-exit
    d1 02:35 => returned night-exit x2
  `,
    HOME,
  );
});

test('back within the quarter of an hour, or never gone', () => {
  play(
    `${LEAVES}
    d1 02:09 door contact open
    d1 02:09:05 door contact closed
    d1 02:09:30 pir-living motion on
    d1 02:10:10 pir-bedroom motion on
  `,
    HOME,
  );
  play(`${LEAVES}\nd1 02:05 bed bed on`, HOME);
});

test('a single sign inside leaves it open until the home is found empty', () => {
  play(`${QUIETLY}\nd1 02:08 pir-living motion on\nd1 02:30:10 => raised night-exit`, HOME);
});

test('by day it is an errand; coming home late is no leaving', () => {
  play('22:50 door contact open\n22:50:05 door contact closed\nd1 08:00 wait', HOME);
  play('d1 05:00 door contact open\nd1 05:00:05 door contact closed\nd1 08:00 wait', HOME);
  play(
    '22:50 door contact open\nd1 01:00 door contact open\nd1 01:00:05 door contact closed\nd1 08:00 wait',
    HOME,
  );
});

test('the night is a setting, the rule a switch, a declared absence an excuse', () => {
  const set = (settings: Record<string, number>): ScenarioOptions => ({
    ...HOME,
    home: { rules: { 'night-exit': settings } },
  });
  play(
    '22:00 door contact open\n22:30 => raised night-exit',
    set({ nightStartMinute: 1260, returnMs: 1_800_000 }),
  );
  play('00:30 door contact open\n00:45 => raised night-exit', set({ nightStartMinute: 0 }));
  play('23:30 door contact open\nd1 08:00 wait', set({ nightStartMinute: 0 }));
  play(`${LEAVES}\nd1 08:00 wait`, set({ isOn: 0 }));
  play(
    `
    d1 01:00 pir-living motion on
    d1 02:00 staff li declare-away 20
    d1 02:00 => declared-away
    d1 02:05 door contact open
    d1 02:05:05 door contact closed
    d1 08:00 wait
  `,
    HOME,
  );
  play(
    `${LEAVES}
    d1 02:05 staff li declare-away 20
    d1 02:05 => declared-away
    d1 08:00 wait
  `,
    HOME,
  );
});

test('blind for minutes: put off by the time that nobody saw, and not before the home is seen again', () => {
  // Last heard at 02:00:20, so 13:40 were not seen.
  play(
    `${LEAVES}
    d1 02:03 gateway off
    d1 02:14 gateway on
    d1 02:28:50 => raised night-exit
    d1 08:00 wait
  `,
    HOME,
  );
  play(
    `${LEAVES}
    d1 02:12 gateway on
    d1 02:12:20 gateway off
    d1 02:40 gateway on
    d1 02:43:10 => raised night-exit
    d1 08:00 wait
  `,
    HOME,
  );
});

test('blind for minutes, and the return comes before it is due, seen or told of later', () => {
  const lost = `${LEAVES}\nd1 02:03 gateway off\nd1 02:14 gateway on`;
  play(`${lost}\nd1 02:20 pir-living motion on\nd1 02:20:30 pir-bedroom motion on\nd1 08:00 wait`, HOME);
  play(`${lost}\nd1 02:14:01 bed bed on late 300\nd1 08:00 wait`, HOME);
});

test('blind for more than an hour in all: who was out may have come back unseen', () => {
  play(`${LEAVES}\nd1 02:03 gateway off\nd1 05:00 gateway on\nd1 08:00 wait`, HOME);
  const twice = (until: string): string => `${LEAVES}
    d1 02:03 gateway off
    d1 02:30:20 gateway on
    d1 02:30:30 gateway off
    d1 ${until} gateway on`;
  // 30 min, and 29:40 or 30:10 from the last word on.
  play(`${twice('03:00')}\nd1 03:14:50 => raised night-exit\nd1 08:00 wait`, HOME);
  play(`${twice('03:00:30')}\nd1 08:00 wait`, HOME);
});

test('what a gateway kept comes in one rush: the return behind the leaving counts', () => {
  play(
    `
    22:00 pir-living motion on
    22:10 gateway off
    d1 08:00 gateway on
    d1 08:00 pir-bedroom motion on late 22200
    d1 08:00:01 door contact open late 21600
    d1 08:00:02 door contact closed late 21590
    d1 08:00:03 pir-living motion on late 21200
    d1 08:00:04 pir-bedroom motion on late 21100
    d1 09:00 wait
  `,
    HOME,
  );
  play(
    `
    22:00 pir-living motion on
    22:10 gateway off
    d1 08:00 gateway on
    d1 08:00 pir-bedroom motion on late 22200
    d1 08:00:01 door contact open late 21600
    d1 08:02:01 => raised night-exit
  `,
    HOME,
  );
});

test('kept by the gateway: what it does not tell of the time after the door was not seen', () => {
  const spoken = HOME.devices!.filter(({ kind, zone }) => kind === 'contact' || zone === undefined);
  const devices = spoken.map((device) => ({ ...device, supervision: '5h' as const }));
  const kept = `
    23:00 pir-living motion on
    23:10 gateway off
    d1 02:40 gateway on
    d1 02:40:01 pir-living motion on late 3601
    d1 02:40:02 door contact open late 2402`;
  const home = { ...HOME, devices };
  play(`${kept}\nd1 02:55 => raised night-exit\nd1 08:00 wait`, home);
  // It tells that nothing stirred until 02:20.
  play(`${kept}\nd1 02:40:03 pir-living battery_pct 80 late 1203\nd1 02:42:03 => raised night-exit`, home);
});

test('a city that gives them longer than the home takes to be found empty is not asked sooner', () => {
  const effects = play(`${LEAVES}\nd1 04:00:10 => raised night-exit\nd1 09:00 wait`, {
    ...HOME,
    home: { rules: { 'night-exit': { returnMs: 2 * 3_600_000 } } },
  });
  expect(effects[0]).toMatchObject({ alert: { explanation: { params: { thresholdMs: 7_200_000 } } } });
});

test('a restart in the middle: an outage of our own of minutes puts it off, for nobody saw them come back', () => {
  play(`${LEAVES}\nd1 02:05 pulse\nd1 02:05:30 resumed\nd1 02:15:10 => raised night-exit`, HOME);
  // Longer than a minute we saw nothing ourselves: from 02:00:20 on.
  play(`${LEAVES}\nd1 02:10 resumed\nd1 02:24:50 => raised night-exit\nd1 08:00 wait`, HOME);
  play(`${LEAVES}\nd1 03:10 resumed\nd1 08:00 wait`, HOME);
});

test('the nights the clocks change', () => {
  const madrid = (date: string): ScenarioOptions => ({ ...HOME, timezone: 'Europe/Madrid', date });
  play('01:55 door contact open\n03:10 => raised night-exit', madrid('2026-03-29'));
  play('04:50 door contact open\n05:05 => raised night-exit', madrid('2026-10-25'));
  play('05:10 door contact open\n09:00 wait', madrid('2026-10-25'));
});

test('two residents: one leaves, the other sleeps on', () => {
  const two = { ...HOME, home: { residents: 2 } };
  play(`d1 00:10 bed bed on\n${RAISED}\nd1 09:00 wait`, two);
  play(`${LEAVES}\nd1 02:06 pir-living motion on\nd1 02:06:30 pir-bedroom motion on\nd1 09:00 wait`, two);
});

test('without a contact the hall proves no leaving', () => {
  play('d1 02:00 pir-hall motion on\nd1 02:00:10 pir-hall motion on\nd1 08:00 wait', {
    ...HOME,
    devices: HOME.devices!.filter(({ kind }) => kind !== 'contact'),
  });
});
