// Goal: one sensor that fell silent without a word rings nowhere at the hours at which it used to explain the silence;
// where it is known to be alive, or could explain nothing, nothing is judged later. The resident is like clockwork.

import { expect, test } from 'vitest';
import { inactivity } from '#core/rules/inactivity.ts';
import { play as playRules, type ScenarioOptions } from '../support/scenario.ts';

/** The rule that these tables are about, with a floor of its own, so that the routine is what they show. */
const FLOOR = { inactivity: { floorMs: 90 * 60_000 } };

function play(table: string, options: ScenarioOptions = {}): ReturnType<typeof playRules> {
  return playRules(table, { rules: [inactivity], ...options, home: { rules: FLOOR, ...options.home } });
}

/** Every half hour from the bedroom to the living room, between two minutes of the day. */
function walks(day: number, from: string, until: string): string {
  const minuteOf = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
  const lines: string[] = [];
  for (let minute = minuteOf(from); minute <= minuteOf(until); minute += 30) {
    const time = `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
    lines.push(`d${day} ${time}:00 pir-bedroom motion on`, `d${day} ${time}:20 pir-living motion on`);
  }
  return lines.join('\n');
}

function days(count: number, ofDay: (day: number) => string): string {
  return Array.from({ length: count }, (_, day) => ofDay(day)).join('\n');
}

const OUT = (day: number): string => `
    ${walks(day, '07:00', '14:00')}
    d${day} 14:10 door contact open
    d${day} 14:10:05 door contact closed
    d${day} 17:00 door contact open
    d${day} 17:00:05 door contact closed
    d${day} 17:00:30 pir-bedroom motion on
    d${day} 17:00:50 pir-living motion on
    ${walks(day, '17:30', '21:30')}`;

test('whoever goes out every afternoon and is silent at that hour may have gone through a dead door', () => {
  play(`${days(5, OUT)}
    ${walks(5, '07:00', '14:00')}
    d5 17:00 pir-bedroom motion on
    d5 17:00:20 pir-living motion on`);
});

test('but not for ever, and not when the door has just shown that it is alive', () => {
  play(`${days(5, OUT)}
    ${walks(5, '07:00', '14:00')}
    d5 18:54:20 => raised inactivity inactivity.learned`);
  play(`${days(5, OUT)}
    ${walks(5, '07:00', '12:30')}
    d5 12:40 door contact open
    d5 12:40:05 door contact closed
    ${walks(5, '13:00', '14:00')}
    d5 17:00:20 => raised inactivity inactivity.learned`);
});

const NIGHT = (day: number): string => `
    ${walks(day, '07:30', '22:00')}
    d${day} 22:00:40 pir-bedroom motion on
    d${day} 22:05 bed bed on
    d${day + 1} 07:00 bed bed off`;

test('a dead bed mat does not ring every night', () => {
  play(`${days(5, NIGHT)}
    ${walks(5, '07:30', '22:00')}
    d5 22:00:40 pir-bedroom motion on
    d6 07:30 pir-living motion on`);
});

test('a dead seat mat does not ring every afternoon; one that spoke this morning is alive', () => {
  const devices = [
    { deviceId: 'pir-bedroom', room: 'bedroom', zone: 'bedroom' as const },
    { deviceId: 'pir-living', room: 'living room' },
    { deviceId: 'pir-kitchen', room: 'kitchen', zone: 'kitchen' as const },
    { deviceId: 'seat', kind: 'seat', room: 'living room' },
  ];
  const sits = days(
    5,
    (day) => `
    ${walks(day, '07:00', '14:00')}
    d${day} 14:00:40 pir-kitchen motion on
    d${day} 14:01 seat seat on
    d${day} 17:00 seat seat off
    ${walks(day, '17:30', '21:30')}`,
  );
  play(
    `${sits}
    ${walks(5, '07:00', '14:00')}
    d5 14:00:40 pir-kitchen motion on
    d5 17:00 pir-bedroom motion on
    d5 17:00:20 pir-living motion on`,
    { devices },
  );
  play(
    `${sits}
    ${walks(5, '07:00', '10:00')}
    d5 10:10 seat seat on
    d5 10:20 seat seat off
    ${walks(5, '10:30', '14:00')}
    d5 14:00:40 pir-kitchen motion on
    d5 15:45:40 => raised inactivity inactivity.place`,
    { devices },
  );
});

test('after a sign from the bathroom nothing is judged later, though they often leave from there', () => {
  const devices = [
    { deviceId: 'pir-bedroom', room: 'bedroom', zone: 'bedroom' as const },
    { deviceId: 'pir-living', room: 'living room' },
    { deviceId: 'door', kind: 'contact', room: 'hall', zone: 'entry' as const },
    { deviceId: 'pir-bath', room: 'bathroom', zone: 'bathroom' as const },
  ];
  play(
    `${days(5, (day) => OUT(day).replace(`d${day} 14:10 `, `d${day} 14:05 pir-bath motion on\nd${day} 14:10 `))}
    ${walks(5, '07:00', '14:00')}
    d5 14:05 pir-bath motion on
    d5 15:35 => raised inactivity inactivity.learned`,
    { devices },
  );
});

test('a restart, a minute of our own outage and the missing hour in March move nothing but what they must', () => {
  play(
    `${days(5, OUT)}
    ${walks(5, '07:00', '14:00')}
    d5 15:00 pulse
    d5 15:00:30 resumed
    d5 18:54:20 => raised inactivity inactivity.learned`,
    { timezone: 'Europe/Madrid', date: '2026-03-25' },
  );
  play(`${days(5, OUT)}
    ${walks(5, '07:00', '14:00')}
    d5 15:00 pulse
    d5 15:20 resumed
    d5 19:14:20 => raised inactivity inactivity.learned`);
});

test('two residents: what one of them leaves behind the door is judged the same', () => {
  play(
    `${days(5, OUT)}
    ${walks(5, '07:00', '14:00')}
    d5 18:54:20 => raised inactivity inactivity.learned`,
    { home: { residents: 2 } },
  );
});

test('the doubt is in the threshold that the alert names', () => {
  const [effect] = play(`${days(5, OUT)}
    ${walks(5, '07:00', '14:00')}
    d5 18:54:20 => raised inactivity inactivity.learned`);
  expect(effect).toMatchObject({ alert: { explanation: { params: { thresholdMs: 17_640_000 } } } });
});

const HALL: ScenarioOptions = {
  devices: [
    { deviceId: 'hall', room: 'hall', zone: 'entry' },
    { deviceId: 'pir-bedroom', room: 'bedroom', zone: 'bedroom' },
    { deviceId: 'pir-living', room: 'living room' },
  ],
};

const SHORT_OUTING = (day: number): string => `
    ${walks(day, '07:00', '14:00')}
    d${day} 14:10 hall motion on
    d${day} 14:10:10 hall motion on
    d${day} 15:00 hall motion on
    d${day} 15:00:10 pir-living motion on
    ${walks(day, '15:30', '21:30')}`;

test('half a day without the hall is a dead sensor: a single hit is asked for as late as by the fixed rule', () => {
  play(
    `${days(5, SHORT_OUTING)}
    ${walks(5, '07:00', '10:00')}
    d5 11:20 pir-bedroom motion on
    d5 16:01 => raised inactivity inactivity.learned`,
    HALL,
  );
  // Two rooms are somebody, and a hall that was passed is alive.
  play(
    `${days(5, SHORT_OUTING)}
    ${walks(5, '07:00', '10:00')}
    d5 11:20 pir-bedroom motion on
    d5 11:20:20 pir-living motion on
    d5 14:20:20 => raised inactivity inactivity.learned`,
    HALL,
  );
  play(
    `${days(5, SHORT_OUTING)}
    d5 07:00 hall motion on
    ${walks(5, '07:30', '10:00')}
    d5 11:20 pir-bedroom motion on
    d5 12:50 => raised inactivity inactivity.place`,
    HALL,
  );
});
