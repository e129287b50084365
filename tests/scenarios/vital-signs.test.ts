// Goal: a vital sign that stays out of bounds calls somebody, once; one wrong reading, a silent band or old news
// do not.

import { expect, test } from 'vitest';
import type { Alert } from '#core/model/alert.ts';
import { vitalSigns } from '#core/rules/vital-signs.ts';
import { play, type ScenarioOptions } from '../support/scenario.ts';

const HOME: ScenarioOptions = {
  devices: [
    { deviceId: 'band', kind: 'heart_rate_bpm', room: 'on the wrist' },
    { deviceId: 'band-2', kind: 'heart_rate_bpm', room: 'on the wrist' },
    { deviceId: 'cuff', kind: 'blood_pressure_mmhg', room: 'living room' },
  ],
  rules: [vitalSigns],
};

function withSettings(settings: Record<string, number>): ScenarioOptions {
  return { ...HOME, home: { rules: { 'vital-signs': settings } } };
}

/** Nobody claims: it gets louder. */
function rings(minute: string): string {
  const [day, clock] = minute.includes(' ') ? minute.split(' ') : ['d0', minute];
  const [hour, minutes] = clock!.split(':').map(Number);
  const after = (seconds: number): string => {
    const total = hour! * 3600 + minutes! * 60 + seconds;
    const two = (count: number): string => String(Math.floor(count)).padStart(2, '0');
    return `${day} ${two(total / 3600)}:${two((total / 60) % 60)}:${two(total % 60)}`;
  };
  return `${after(0)} => raised vital-signs
    ${after(30)} => escalated vital-signs 1
    ${after(60)} => escalated vital-signs 2
    ${after(180)} => escalated vital-signs 3`;
}

function explanation(effects: readonly unknown[]): Alert['explanation'] {
  return (effects[0] as { alert: Alert }).alert.explanation;
}

test('a racing heart over several readings, until it is clearly slower', () => {
  const effects = play(
    `
    08:00 band heart_rate_bpm 128 level
    08:02 band heart_rate_bpm 140 level
    08:05 band heart_rate_bpm 150 level
    08:07 band heart_rate_bpm 135 level
    ${rings('08:07')}
    08:20 band heart_rate_bpm 128 level
    08:30 band heart_rate_bpm 133 level
    08:40 band heart_rate_bpm 120 level
    08:40 => cleared vital-signs
  `,
    HOME,
  );
  expect(explanation(effects)).toEqual({
    code: 'vital-signs.high',
    params: {
      vital: 'heart_rate_bpm',
      value: 135,
      threshold: 130,
      durationMs: 300_000,
      lastReadingAtMs: Date.parse('2026-03-02T08:07:00+08:00'),
    },
  });
});

test('one alert per episode; the next one returns while it is open', () => {
  play(
    `
    08:00 band heart_rate_bpm 38 level
    08:06 band heart_rate_bpm 36 level
    ${rings('08:06')}
    08:16 band heart_rate_bpm 35 level
    08:30 band heart_rate_bpm 60 level
    08:30 => cleared vital-signs
    09:00 band heart_rate_bpm 36 level
    09:10 band heart_rate_bpm 36 level
    09:10 => returned vital-signs x2
  `,
    HOME,
  );
});

test('each vital has its bands', () => {
  const twice = (kind: string, value: string): string =>
    `08:00 band ${kind} ${value} level\n08:05 band ${kind} ${value} level\n`;
  for (const [kind, wrong, right] of [
    ['spo2_pct', '91', '92'],
    ['respiration_bpm', '25', '24'],
    ['respiration_bpm', '8', '9'],
    ['heart_rate_bpm', '131', '130'],
    ['heart_rate_bpm', '40', '41'],
    ['blood_pressure_mmhg', '{"systolic":181,"diastolic":90}', '{"systolic":180,"diastolic":120}'],
    ['blood_pressure_mmhg', '{"systolic":170,"diastolic":121}', '{"systolic":179,"diastolic":119}'],
    ['blood_pressure_mmhg', '{"systolic":90,"diastolic":50}', '{"systolic":91,"diastolic":50}'],
  ] as const) {
    play(twice(kind, wrong).concat(rings('08:05')), HOME);
    play(twice(kind, right), HOME);
  }
});

test('blood pressure is told as it is spoken', () => {
  const effects = play(
    `
    08:00 cuff blood_pressure_mmhg {"systolic":195,"diastolic":112} level
    08:06 cuff blood_pressure_mmhg {"systolic":192,"diastolic":110} level
    ${rings('08:06')}
    08:20 cuff blood_pressure_mmhg {"systolic":160,"diastolic":115} level
    08:40 cuff blood_pressure_mmhg {"systolic":150,"diastolic":95} level
    08:40 => cleared vital-signs
  `,
    HOME,
  );
  expect(explanation(effects).params).toMatchObject({ value: '192/110', threshold: '180/120' });
});

test('one reading, its copies, unknown values and silence hold nothing', () => {
  play(
    `
    08:00 band heart_rate_bpm 170 level
    08:10 band heart_rate_bpm 170 level late 600
    08:11 band heart_rate_bpm null level
    08:12 band heart_rate_bpm 80 level
    08:13 band heart_rate_bpm 170 level
    10:00 band heart_rate_bpm 170 level
    10:01 band heart_rate_bpm 30 level
    10:03 band heart_rate_bpm 170 level
    10:04 band heart_rate_bpm 90 level late 7200
    20:00 wait
  `,
    HOME,
  );
});

test('an outage in the middle holds nothing; what the gateway kept is told late', () => {
  play(
    `
    08:00 band heart_rate_bpm 150 level
    08:01 gateway off
    10:00 gateway on
    10:00 band heart_rate_bpm 150 level
    10:03 band heart_rate_bpm 80 level
  `,
    HOME,
  );
  const effects = play(
    `
    08:00 band heart_rate_bpm 150 level
    08:01 gateway off
    10:00 gateway on
    10:00 band heart_rate_bpm 150 level late 6600
    ${rings('10:00')}
  `,
    HOME,
  );
  expect((effects[0] as { alert: Alert }).alert.lateByMs).toBe(6_600_000);
});

test('a restart in the middle keeps what was held', () => {
  play(
    `
    08:00 band spo2_pct 85 level
    08:03 band spo2_pct 85 level
    08:04 resumed
    08:05 band spo2_pct 86 level
    ${rings('08:05')}
  `,
    HOME,
  );
});

test('midnight and a clock change are no pause', () => {
  play(
    `
    23:58 band heart_rate_bpm 150 level
    d1 00:03 band heart_rate_bpm 150 level
    ${rings('d1 00:03')}
  `,
    HOME,
  );
  // 01:58 and 03:03 are five minutes apart on that day.
  play(
    `
    01:58 band heart_rate_bpm 150 level
    03:03 band heart_rate_bpm 150 level
    ${rings('03:03')}
  `,
    { ...HOME, timezone: 'Europe/Madrid', date: '2026-03-29' },
  );
});

test('two residents with a band each are not mixed up', () => {
  play(
    `
    08:00 band heart_rate_bpm 150 level
    08:02 band-2 heart_rate_bpm 70 level
    08:05 band heart_rate_bpm 150 level
    ${rings('08:05')}
    08:10 band-2 heart_rate_bpm 70 level
  `,
    { ...HOME, home: { residents: 2 } },
  );
});

test('own bounds of a person; off by switch; nobody watched, nobody called', () => {
  const low = '08:00 band spo2_pct 87 level\n08:05 band spo2_pct 87 level';
  play(low, withSettings({ spo2LowPct: 84 }));
  play(low, withSettings({ isOn: 0 }));
  play(low, { ...HOME, home: { isWatched: false } });
  play(low.concat(`\n${rings('08:05')}`), HOME);
});

/** Raised at 08:05 and closed a minute later. */
function closedWith(outcome: string): string {
  return `
    08:00 band spo2_pct 85 level
    08:05 band spo2_pct 84 level
    08:05 => raised vital-signs
    08:05:10 staff li claim
    08:05:10 => claimed vital-signs
    08:06 staff li close ${outcome}
    08:06 => closed vital-signs`;
}
const IN_HOSPITAL = closedWith('EMERGENCY ambulance120');
const SPOKEN_TO = closedWith('WELFARE_OK spoke-to-elder');

test('a band taken off in the ambulance rings when it is worn again and the value holds anew', () => {
  play(
    `${IN_HOSPITAL}
    08:10 band spo2_pct 83 level
    d20 08:00 band spo2_pct 80 level
    d20 08:03 band spo2_pct 79 level
    d20 08:05 band spo2_pct 78 level
    ${rings('d20 08:05')}
    d20 08:20 band spo2_pct 78 level
  `,
    HOME,
  );
  // An alert that is still open is counted up, and cleared once.
  play(
    `
    08:00 band spo2_pct 85 level
    08:05 band spo2_pct 84 level
    ${rings('08:05')}
    d1 08:00 band spo2_pct 84 level
    d1 08:05 band spo2_pct 84 level
    d1 08:05 => repeated vital-signs x2
    d2 08:00 band spo2_pct 84 level
    d2 08:01 band spo2_pct 97 level
    d2 08:01 => cleared vital-signs
  `,
    HOME,
  );
});

test('after a long gap one reading that is out, or one on either side, is none', () => {
  play(
    `${IN_HOSPITAL}
    d20 08:00 band spo2_pct 93 level
    d20 08:30 band spo2_pct 91 level
    d20 09:00 band spo2_pct 93 level
    d20 09:30 band spo2_pct 91 level
  `,
    HOME,
  );
  play(
    `
    08:00 band heart_rate_bpm 150 level
    08:05 band heart_rate_bpm 150 level
    ${rings('08:05')}
    d1 08:00 band heart_rate_bpm 150 level
    d1 08:04 band heart_rate_bpm 35 level
    d1 08:08 band heart_rate_bpm 35 level
    d1 08:10 band heart_rate_bpm 35 level
    d1 08:10 => repeated vital-signs x2
  `,
    HOME,
  );
});

test('whoever was spoken to and is still ill an hour later is told of again, and never sooner', () => {
  play(
    `${SPOKEN_TO}
    08:30 band spo2_pct 78 level
    08:50 band spo2_pct 75 level
    09:05 band spo2_pct 72 level
    09:10 band spo2_pct 70 level
    ${rings('09:10')}
    10:00 band spo2_pct 70 level
  `,
    HOME,
  );
  // Word of another alert of the home counts as well; the vital sign is still open and counted up.
  play(
    `
    08:00 band spo2_pct 85 level
    08:00 band-2 heart_rate_bpm 150 level
    08:05 band spo2_pct 84 level
    08:05 => raised vital-signs
    08:05 band-2 heart_rate_bpm 150 level
    08:05 => raised vital-signs
    08:05:10 staff li claim
    08:05:10 => claimed vital-signs
    08:05:20 staff li close WELFARE_OK spoke-to-elder
    08:05:20 => closed vital-signs
    08:05:30 => escalated vital-signs 1
    08:06 => escalated vital-signs 2
    08:08 => escalated vital-signs 3
    08:10 band-2 heart_rate_bpm 150 level
    09:10 band-2 heart_rate_bpm 150 level
    09:10 => repeated vital-signs x2
  `,
    HOME,
  );
});

test('after a word with the resident a new episode rings as ever; other outcomes re-arm nothing', () => {
  play(
    `${SPOKEN_TO}
    08:10 band spo2_pct 97 level
    08:20 band spo2_pct 80 level
    08:25 band spo2_pct 80 level
    ${rings('08:25')}
  `,
    HOME,
  );
  play(
    `${SPOKEN_TO}
    08:10 band heart_rate_bpm 150 level
    08:15 band heart_rate_bpm 150 level
    ${rings('08:15')}
  `,
    HOME,
  );
  const hours = [9, 10, 11, 12].map((hour) => `${String(hour).padStart(2, '0')}:00 band spo2_pct 70 level`);
  play([IN_HOSPITAL, ...hours].join('\n'), HOME);
});

test('what is still out when the home is watched again rings', () => {
  play(
    `${IN_HOSPITAL}
    08:10 configure {"isWatched":false}
    08:20 band spo2_pct 84 level
    08:30 band spo2_pct 84 level
    08:40 configure {"isWatched":true}
    08:50 band spo2_pct 84 level
    ${rings('08:50')}
    09:10 band spo2_pct 84 level
  `,
    HOME,
  );
});

test('a cuff used once or twice a day: two readings, a minute or a day apart', () => {
  const high = 'blood_pressure_mmhg {"systolic":230,"diastolic":140}';
  const right = 'blood_pressure_mmhg {"systolic":150,"diastolic":90}';
  play(`08:00 cuff ${high}\n08:00:30 cuff ${high}\n08:01 cuff ${high}\n${rings('08:01')}`, HOME);
  const effects = play(
    `08:00 cuff ${high}\nd1 08:02 cuff ${high}\n${rings('d1 08:02')}\nd2 08:00 cuff ${high}`,
    HOME,
  );
  expect(explanation(effects).params).toMatchObject({ durationMs: (24 * 60 + 2) * 60_000 });
  play(`08:00 cuff ${high}\n20:00 cuff ${right}\nd1 08:00 cuff ${high}\nd1 20:00 cuff ${right}`, HOME);
  play(`08:00 cuff ${high}\nd1 20:01 cuff ${high}\nd3 08:02 cuff ${high}`, HOME);
  play(`08:00 cuff ${high}\n08:01 cuff ${high}`, withSettings({ pressureHoldMs: 300_000 }));
});

test('the opposite danger soon after a word with them is another one', () => {
  play(
    `
    09:40 band heart_rate_bpm 145 level
    09:50 band heart_rate_bpm 150 level
    09:50 => raised vital-signs
    09:50:10 staff li claim
    09:50:10 => claimed vital-signs
    09:50:20 staff li close WELFARE_OK spoke-to-elder
    09:50:20 => closed vital-signs
    10:00 band heart_rate_bpm 140 level
    10:10 band heart_rate_bpm 34 level
    10:20 band heart_rate_bpm 32 level
    10:20 => raised vital-signs
  `,
    HOME,
  );
});

test('a lost report of a band that speaks seldom is no news; a band that was off for long is', () => {
  const table = `
    08:00 band heart_rate_bpm 38 level
    09:00 band heart_rate_bpm 38 level
    09:00 => raised vital-signs
    09:00:10 staff li claim
    09:00:10 => claimed vital-signs
    09:00:20 staff li close TECHNICAL sensor-fault
    09:00:20 => closed vital-signs`;
  play(
    `${table}
    11:00 band heart_rate_bpm 38 level
    12:00 band heart_rate_bpm 38 level
    17:00 band heart_rate_bpm 38 level
    18:00 band heart_rate_bpm 38 level`,
    HOME,
  );
  play(
    `${table}
    16:00 band heart_rate_bpm 38 level
    17:00 band heart_rate_bpm 38 level
    17:00 => raised vital-signs`,
    HOME,
  );
});
