// Goal: an empty home is not asked for, whatever fires in it, and nobody who is in is taken for out.

import { expect, test } from 'vitest';
import { awayTooLong } from '#core/rules/away-too-long.ts';
import { inactivity } from '#core/rules/inactivity.ts';
import { unseenHome } from '#core/rules/unseen-home.ts';
import { play as playRules, type ScenarioOptions } from '../support/scenario.ts';

/** The rules that these tables are about; others have tables of their own. */
function play(table: string, options: ScenarioOptions = {}): ReturnType<typeof playRules> {
  return playRules(table, { rules: [inactivity, awayTooLong], ...options });
}

const OUT = `
    08:00 pir-living motion on
    08:10 door contact open
    08:10:05 door contact closed`;

test('a stray hit in an empty home is no return, not even a hit and its echo', () => {
  play(`${OUT}
    12:00 pir-living motion on
    12:00:04 pir-living motion on
    16:30 pir-bedroom motion on
    d1 08:10:05 => raised away-too-long`);
});

test('a stray hit within the half hour after the door does not bring the resident back', () => {
  play(`${OUT}
    08:25 pir-living motion on
    d1 08:10:05 => raised away-too-long`);
});

test('two rooms within two minutes are somebody who walks, though the door was missed', () => {
  play(`${OUT}
    12:00 pir-living motion on
    12:01 pir-bedroom motion on
    18:01 => raised inactivity inactivity.day`);
  play(`${OUT}
    12:00 pir-living motion on
    12:05 pir-bedroom motion on
    d1 08:10:05 => raised away-too-long`);
});

const HOME_AGAIN = `${OUT}
    12:00 door contact open
    12:00:05 pir-living motion on       # seen in the hall, so to speak, while the door is still open
    12:00:07 door contact closed`;

test('a door that falls shut behind whoever was seen to come in is no leaving', () => {
  play(`${HOME_AGAIN}
    12:00:40 pir-bedroom motion on
    18:00:40 => raised inactivity inactivity.day`);
  // Not heard of since: somebody is in there.
  play(`${HOME_AGAIN}
    d1 00:00:07 => raised inactivity inactivity.cap`);
});

test('a step in a room behind the hall, after the door has shut, is nobody who went out', () => {
  play(`
    08:00 pir-living motion on
    08:10 door contact open
    08:10:05 door contact closed
    08:10:25 pir-living motion on
    14:10:25 => raised inactivity inactivity.day`);
  // Together with the door it may be the draught, or the way to it, told late.
  play(`
    08:00 pir-living motion on
    08:10 door contact open
    08:10:05 door contact closed
    08:10:15 pir-living motion on
    d1 08:10:05 => raised away-too-long`);
});

test('who walks from room to room in the minute in which the half hour ends is in', () => {
  play(`${OUT}
    08:39:30 pir-bedroom motion on
    08:40:30 pir-living motion on
    14:40:30 => raised inactivity inactivity.day`);
});

test('going out again is: later than the door takes to fall shut', () => {
  play(`${HOME_AGAIN}
    12:01 door contact open
    12:01:05 door contact closed
    d1 12:01:05 => raised away-too-long`);
});

test('a mat or a contact is proof by itself', () => {
  play(`${OUT}
    12:00 bed bed on
    18:00 => raised inactivity inactivity.day`);
});

test('two residents: one goes out, the other lies on the mat and is still watched over', () => {
  const out = `
    07:00 bed bed on
    08:10 door contact open
    08:10:05 door contact closed`;
  play(`${out}\n14:10:05 => raised inactivity inactivity.day`, { home: { residents: 2 } });
  // Who lives alone is not in two places: the mat is stuck.
  play(`${out}\nd1 08:10:05 => raised away-too-long`);
});

test('of two residents one may have stayed: the home is empty only after fifty minutes', () => {
  const out = (hit: string): string => `
    08:10 door contact open
    08:10:05 door contact closed
    ${hit} pir-living motion on
    ${hit}:15 pir-living motion on`;
  const two = { home: { residents: 2 } };
  play(`${out('08:50')}\n14:50:15 => raised inactivity inactivity.day`, two);
  play(`${out('08:50')}\nd1 08:10:05 => raised away-too-long`);
  play(`${out('09:05')}\nd1 08:10:05 => raised away-too-long`, two);
});

test('who comes in by the door and is not heard inside is not out: the cap asks', () => {
  play(`${OUT}
    12:00 door contact open
    12:00:05 door contact closed
    d1 00:00:05 => raised inactivity inactivity.cap`);
});

test('in and at once out again is out', () => {
  play(`${OUT}
    12:00 door contact open
    12:00:05 door contact closed
    12:02 door contact open
    12:02:05 door contact closed
    d1 12:02:05 => raised away-too-long`);
});

const HALL: ScenarioOptions = {
  devices: [
    { deviceId: 'hall', room: 'hall', zone: 'entry' },
    { deviceId: 'pir-living', room: 'living room' },
    { deviceId: 'pir-bedroom', room: 'bedroom', zone: 'bedroom' },
  ],
};

test('without a contact, lingering in the hall and then silence is a leaving', () => {
  play(
    `
    08:00 pir-living motion on
    08:10 hall motion on
    08:10:06 hall motion on
    08:25 pir-bedroom motion on
    17:00 hall motion on
    d1 08:10:06 => raised away-too-long
  `,
    HALL,
  );
});

test('passing through the hall is none, and neither is walking on from it', () => {
  play(
    `
    08:00 pir-living motion on
    08:10 hall motion on
    14:10 => raised inactivity inactivity.day
  `,
    HALL,
  );
  play(
    `
    08:10 hall motion on
    08:10:06 hall motion on
    08:10:15 pir-living motion on
    14:10:15 => raised inactivity inactivity.day
  `,
    HALL,
  );
});

test('a hall sensor that never fires twice, because it pauses for minutes, is a leaving by one hit', () => {
  const passing = ['08', '09', '10', '11', '12']
    .map((hour) => `${hour}:00 hall motion on\n${hour}:00:20 pir-living motion on`)
    .join('\n');
  play(`${passing}\n14:00 hall motion on\nd1 14:00 => raised away-too-long`, HALL);
  // One that does is known for good.
  play(
    `
    07:00 hall motion on
    07:00:05 hall motion on
    07:00:20 pir-living motion on
    ${passing}
    14:00 hall motion on
    20:00 => raised inactivity inactivity.day`,
    HALL,
  );
});

test('in a home of one room a second hit is proof enough', () => {
  const devices = [
    { deviceId: 'pir', room: 'room' },
    { deviceId: 'door', kind: 'contact', room: 'room', zone: 'entry' as const },
  ];
  play(
    `
    08:00 pir motion on
    08:10 door contact open
    08:10:05 door contact closed
    12:00 pir motion on
    12:00:30 pir motion on
    18:00:30 => raised inactivity inactivity.day
  `,
    { devices },
  );
});

/** Heartbeats every ten minutes. */
function beats(fromMinute: number, untilMinute: number): string {
  const lines: string[] = [];
  for (let minute = fromMinute; minute <= untilMinute; minute += 10) {
    const hour = String(Math.floor(minute / 60)).padStart(2, '0');
    lines.push(`${hour}:${String(minute % 60).padStart(2, '0')} gateway on`);
  }
  return lines.join('\n');
}

test('missing heartbeats are blindness long before the gateway is called silent, and the silence waits', () => {
  play(
    `
    06:00 pir-living motion on
    ${beats(6 * 60, 8 * 60)}
    ${beats(11 * 60 + 50, 21 * 60 + 40)}
    21:50 => raised inactivity inactivity.cap
  `,
    { gatewaySupervision: '5h' },
  );
});

test('missing heartbeats of a gateway that may be quiet for a day are noticed at once', () => {
  play(
    `
    06:00 pir-living motion on
    ${beats(6 * 60, 8 * 60)}
    20:00 => raised unseen-home
  `,
    { gatewaySupervision: '25h', rules: [inactivity, unseenHome] },
  );
});

test('late heartbeats of a gateway that nobody watches hold up no alarm', () => {
  play(
    `
    06:00 pir-living motion on
    ${beats(6 * 60, 8 * 60)}
    12:00 => raised inactivity inactivity.day
  `,
    { gatewaySupervision: '180s', isGatewayWatched: false },
  );
});

test('a gateway without heartbeats is not expected to send any', () => {
  play(
    `
    08:00 pir-living motion on
    09:00 pir-living motion on
    13:00:01 gateway on
    15:00 => raised inactivity inactivity.day
  `,
    { gatewaySupervision: '25h' },
  );
});

const ROOMS: ScenarioOptions = {
  devices: ['kitchen', 'living', 'bath', 'bedroom'].map((room) => ({ deviceId: room, room })),
};

function livedIn(days: number, fromHour = 7, untilHour = 22): string {
  const lines: string[] = [];
  for (let day = 0; day < days; day++) {
    for (let hour = fromHour; hour <= untilHour; hour++) {
      const time = `d${day} ${String(hour).padStart(2, '0')}`;
      lines.push(
        `${time}:00 kitchen motion on`,
        `${time}:01 living motion on`,
        `${time}:02 bedroom motion on`,
      );
    }
  }
  return lines.join('\n');
}

test('after an outage, in which they may have left, single hits are no change of room either', () => {
  play(
    `${livedIn(3)}
    d3 07:00 kitchen motion on
    d3 07:01 bath motion on
    d3 07:10 gateway off
    d3 07:50 gateway on
    d3 12:00 living motion on
    d3 16:00 kitchen motion on
    d3 19:50 => raised inactivity inactivity.stay`,
    ROOMS,
  );
});

test('signs from one room only: after twelve hours somebody looks in', () => {
  const stirring = Array.from(
    { length: 11 },
    (_, hour) => `d3 ${String(hour + 8).padStart(2, '0')}:30 bath motion on`,
  );
  const effects = play(
    `${livedIn(3)}
    d3 07:00 kitchen motion on
    d3 07:01 bath motion on
    ${stirring.join('\n')}
    d3 19:01 => raised inactivity inactivity.stay`,
    ROOMS,
  );
  expect(effects[0]).toMatchObject({
    alert: { room: 'bath', explanation: { params: { usualMs: 3_420_000 } } },
  });
});

test('who sits in one room after a visitor left is somebody: six hits within a quarter of an hour', () => {
  play(`${OUT}
    12:00 pir-living motion on
    12:02 pir-living motion on
    12:04 pir-living motion on
    12:04:03 pir-living motion on
    12:06 pir-living motion on
    12:09 pir-living motion on
    12:14 pir-living motion on
    18:14 => raised inactivity inactivity.day`);
  play(`${OUT}
    12:00 pir-living motion on
    12:04 pir-living motion on
    12:08 pir-living motion on
    12:12 pir-living motion on
    12:16 pir-living motion on
    12:20 pir-living motion on
    d1 08:10:05 => raised away-too-long`);
});

test('a usual stay in one room is exceeded by a share and a margin, not by a minute', () => {
  play(
    `${livedIn(3, 0, 23)}
    d3 00:00 kitchen motion on
    d3 00:01 bath motion on
    d3 00:40 bath motion on
    d3 01:20 bath motion on
    d3 01:38:51 => raised inactivity inactivity.stay`,
    { ...ROOMS, home: { rules: { inactivity: { stayMs: 3_600_000 } } } },
  );
});

const STIRRING = Array.from(
  { length: 7 },
  (_, n) => `12:${String(2 * n).padStart(2, '0')} pir-living motion on`,
).join('\n');

test('a return that only one room speaks for: the door that moves next may be the return, or a leaving', () => {
  play(`${OUT}
    ${STIRRING}
    13:00 door contact open
    13:00:05 door contact closed
    d1 01:00:05 => raised inactivity inactivity.cap`);
  play(`${OUT}
    ${STIRRING}
    12:13 pir-bedroom motion on         # a second room: somebody is in
    13:00 door contact open
    13:00:05 door contact closed
    d1 13:00:05 => raised away-too-long`);
});

test('a sensor that goes on firing after an absence, alone, is given a day before somebody looks in', () => {
  const door = { deviceId: 'door', kind: 'contact', room: 'hall', zone: 'entry' as const };
  const devices = [...(ROOMS.devices ?? []), door];
  const stove = Array.from({ length: 23 * 3 }, (_, n) => {
    const minute = 9 * 60 + n * 20;
    const clock = [Math.floor(minute / 60) % 24, minute % 60]
      .map((part) => String(part).padStart(2, '0'))
      .join(':');
    return `d${3 + Math.floor(minute / 1440)} ${clock} kitchen motion on`;
  });
  play(
    `${livedIn(3)}
    d3 07:00 door contact open
    d3 07:00:05 door contact closed
    ${STIRRING.replaceAll('12:', 'd3 08:').replaceAll('pir-living', 'kitchen')}
    ${stove.join('\n')}
    d4 08:10 => raised inactivity inactivity.stay`,
    { ...ROOMS, devices },
  );
});

test('a door that is told of late is no going, when somebody was proved to be in since', () => {
  play(`
    12:00 door contact open
    12:00:30 pir-living motion on
    12:01 pir-bedroom motion on
    12:02 door contact closed late 115
    18:01 => raised inactivity inactivity.day`);
  play(`
    11:59 pir-living motion on
    12:00:30 pir-living motion on
    12:01 pir-bedroom motion on
    12:55 pir-living motion on
    12:56 pir-bedroom motion on
    13:00 door contact open late 3600   # behind another gateway, which was an hour away
    18:56 => raised inactivity inactivity.day`);
});

test('a hit of another room an hour before a stray one is no walk', () => {
  play(`${OUT}
    12:00 pir-living motion on
    12:00:30 pir-bedroom motion on late 3630
    d1 08:10:05 => raised away-too-long`);
});

const RANG = `${livedIn(3)}
    d3 07:00 kitchen motion on
    d3 07:01 living motion on
    d3 10:01 => raised inactivity inactivity.learned
    d3 10:01:10 staff li claim
    d3 10:01:10 => claimed inactivity`;
const LIES_AND_STIRS = Array.from({ length: 11 }, (_, hour) => `d3 ${hour + 11}:33 living motion on`).join(
  '\n',
);

test('after a word with them the stay in one room is counted anew, whichever came first, the word or a sign', () => {
  play(
    `${RANG}
    d3 10:01:30 living motion on        # goes to the telephone
    d3 10:01:30 => cleared inactivity
    d3 10:02 staff li close WELFARE_OK spoke-to-elder
    d3 10:02 => closed inactivity
    ${LIES_AND_STIRS}
    d3 22:02 => raised inactivity inactivity.stay`,
    ROOMS,
  );
  play(
    `${RANG}
    d3 10:02 staff li close WELFARE_OK spoke-to-elder
    d3 10:02 => closed inactivity
    d3 10:02:10 living motion on
    ${LIES_AND_STIRS}
    d3 22:02 => raised inactivity inactivity.stay`,
    ROOMS,
  );
});

test('after a long night that has rung the stay is a new one, though nobody has closed the alert', () => {
  play(
    `${livedIn(3)}
    d3 09:00 => raised inactivity inactivity.learned
    d3 09:00:20 living motion on
    d3 09:00:20 => cleared inactivity
    d3 09:00:30 => escalated inactivity 1
    d3 09:01 => escalated inactivity 2
    d3 09:03 => escalated inactivity 3
    ${LIES_AND_STIRS}
    d3 21:00:20 => returned inactivity x2`,
    ROOMS,
  );
});
