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
