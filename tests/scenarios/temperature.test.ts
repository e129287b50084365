// Goal: a room in which the body cools down or heats up for hours is looked into; airing, cooking, a wrong figure and
// an unheated flat of the south are not.

import { expect, test } from 'vitest';
import type { Alert } from '#core/model/alert.ts';
import { temperature } from '#core/rules/temperature.ts';
import { play, type ScenarioOptions } from '../support/scenario.ts';

const HOME: ScenarioOptions = {
  devices: [
    { deviceId: 'bed-t', kind: 'temperature_c', room: 'bedroom', zone: 'bedroom' },
    { deviceId: 'hall-t', kind: 'temperature_c', room: 'hall', zone: 'entry' },
  ],
  rules: [temperature],
};

function withSettings(settings: Record<string, number>): ScenarioOptions {
  return { ...HOME, home: { rules: { temperature: settings } } };
}

const COLD = `
    08:00 bed-t temperature_c 8.9 level
    09:00 bed-t temperature_c 8 level
    10:00 bed-t temperature_c 7.5 level
    10:00 => raised temperature`;

test('cold for two hours, until it is a degree warmer', () => {
  const effects = play(
    `${COLD}
    11:00 bed-t temperature_c 9.5 level
    12:00 bed-t temperature_c 8 level
    15:00 bed-t temperature_c 10 level
    15:00 => restored temperature
  `,
    HOME,
  );
  const { alert } = effects[0] as { alert: Alert };
  expect(alert).toMatchObject({ priority: 3, deviceId: 'bed-t', room: 'bedroom' });
  expect(alert.explanation).toEqual({
    code: 'temperature.cold',
    params: { temperatureC: 7.5, thresholdC: 9, durationMs: 7_200_000, room: 'bedroom' },
  });
});

test('heat, by night too', () => {
  const effects = play(
    `
    22:30 bed-t temperature_c 36 level
    23:30 bed-t temperature_c 36 level
    d1 00:30 bed-t temperature_c 35.5 level
    d1 00:30 => raised temperature
  `,
    HOME,
  );
  expect((effects[0] as { alert: Alert }).alert.explanation).toMatchObject({
    code: 'temperature.heat',
    params: { temperatureC: 35.5, thresholdC: 35 },
  });
});

test('airing, cooking, an unheated flat and a heat wave with a fan are none', () => {
  play(
    `
    08:00 bed-t temperature_c 5 level
    09:00 bed-t temperature_c 12 level
    10:00 bed-t temperature_c 5 level
    11:00 bed-t temperature_c 11 level
    12:00 bed-t temperature_c 34 level
    18:00 bed-t temperature_c 35 level
  `,
    HOME,
  );
  play(COLD.replace(/.*=>.*/, ''), withSettings({ isOn: 0 }));
});

test('a city with heating follows the WHO', () => {
  play(
    `
    08:00 bed-t temperature_c 17 level
    10:00 bed-t temperature_c 17 level
    10:00 => raised temperature
  `,
    withSettings({ coldC: 18 }),
  );
});

test('one alert per home: the next cold room adds nothing, and takes over when the first is warm', () => {
  play(
    `${COLD}
    10:00 hall-t temperature_c 6 level
    11:30 hall-t temperature_c 6 level
    12:10 hall-t temperature_c 6 level
    12:30 bed-t temperature_c 15 level
    12:30 => restored temperature
    13:00 hall-t temperature_c 6 level
    13:00 => raised temperature
  `,
    HOME,
  );
});

test('a thermometer that fell silent, or was taken away, does not keep the others quiet', () => {
  play(
    `${COLD}
    14:00 hall-t temperature_c 6 level
    16:10 hall-t temperature_c 6 level
    16:10 => repeated temperature x2
  `,
    HOME,
  );
  play(
    `${COLD}
    10:30 configure {"devices":[]}
    10:30 => restored temperature
  `,
    HOME,
  );
});

test('an outage in the middle holds nothing', () => {
  play(
    `
    08:00 bed-t temperature_c 5 level
    08:30 gateway off
    12:00 gateway on
    12:00 bed-t temperature_c 5 level
    14:00 bed-t temperature_c 5 level
    14:00 => raised temperature
  `,
    HOME,
  );
});

test('a restart in the middle, the night the clocks change, two residents', () => {
  const table = `
    01:00 bed-t temperature_c 5 level
    01:30 resumed
    01:50 bed-t temperature_c 5 level
    04:00 bed-t temperature_c 5 level
    04:00 => raised temperature`;
  play(table, HOME);
  play(table, { ...HOME, timezone: 'Europe/Madrid', date: '2026-03-29', home: { residents: 2 } });
  // On that night 02:30 comes twice: from 01:30 to 02:30 it is two hours.
  play(
    `
    01:30 bed-t temperature_c 5 level
    03:00 bed-t temperature_c 5 level
    03:00 => raised temperature`,
    { ...HOME, timezone: 'Europe/Madrid', date: '2026-10-25' },
  );
});

test('older news and unknown values change nothing', () => {
  play(
    `${COLD}
    10:10 bed-t temperature_c 20 level late 7200
    10:20 bed-t temperature_c null level
    11:00 bed-t temperature_c 20 level
    11:00 => restored temperature
  `,
    HOME,
  );
});

test('a room that stays cold rings again after another took over its alert and is warm', () => {
  play(
    `${COLD}
    14:00 hall-t temperature_c 6 level
    16:10 hall-t temperature_c 6 level
    16:10 => repeated temperature x2
    17:00 bed-t temperature_c 5 level
    17:30 hall-t temperature_c 15 level
    17:30 => restored temperature
    19:00 bed-t temperature_c 5 level
    19:00 => raised temperature
    21:00 bed-t temperature_c 5 level
  `,
    HOME,
  );
  // What it measured meanwhile comes late: there was no gap.
  play(
    `${COLD}
    14:00 hall-t temperature_c 6 level
    16:10 hall-t temperature_c 6 level
    16:10 => repeated temperature x2
    17:00 bed-t temperature_c 5 level late 14400
    17:00 bed-t temperature_c 5 level late 7200
    17:00 bed-t temperature_c 5 level
    17:30 hall-t temperature_c 15 level
    17:30 => restored temperature
    18:00 bed-t temperature_c 5 level
    18:00 => raised temperature
  `,
    HOME,
  );
});

const CLOSED = `${COLD}
    10:05 staff li claim
    10:05 => claimed temperature
    10:06 staff li close ASSISTED responder-visit
    10:06 => closed temperature`;

test('a thermometer that was silent for long rings when the cold holds anew; one that speaks does not', () => {
  play(
    `${CLOSED}
    d20 08:00 bed-t temperature_c 5 level
    d20 09:30 bed-t temperature_c 5 level
    d20 10:00 bed-t temperature_c 5 level
    d20 10:00 => raised temperature
    d20 12:00 bed-t temperature_c 5 level
    d20 14:00 bed-t temperature_c 12 level
    d20 14:00 => restored temperature
  `,
    HOME,
  );
  play(`${CLOSED}\n12:00 bed-t temperature_c 5 level\n14:00 bed-t temperature_c 5 level`, HOME);
});

test('what is still cold when the home is watched again rings; so does another room', () => {
  const suspended = `${CLOSED}
    11:00 configure {"isWatched":false}
    11:30 bed-t temperature_c 5 level
    12:00 configure {"isWatched":true}`;
  play(
    `${suspended}
    12:30 bed-t temperature_c 5 level
    13:00 bed-t temperature_c 5 level
    14:30 bed-t temperature_c 5 level
    14:30 => raised temperature
  `,
    HOME,
  );
  play(
    `${suspended}
    12:30 bed-t temperature_c 9.5 level
    12:30 hall-t temperature_c 3 level
    14:30 bed-t temperature_c 9.5 level
    14:30 hall-t temperature_c 3 level
    14:30 => raised temperature
  `,
    HOME,
  );
});

test('a thermometer taken away and brought back tells of the cold again', () => {
  play(
    `${COLD}
    10:30 configure {"devices":[]}
    10:30 => restored temperature
    10:40 configure {}
    11:00 bed-t temperature_c 5 level
    13:00 bed-t temperature_c 5 level
    13:00 => raised temperature
  `,
    HOME,
  );
});
