// Goal: a home that cannot be seen for half a day is reported once, also when its link comes and goes, and nobody is
// forgotten because of a sight that does not last.

import { expect, test } from 'vitest';
import { unseenHome } from '#core/rules/unseen-home.ts';
import { play, type ScenarioOptions } from '../support/scenario.ts';

test('a home that is lost again rings again, though it is the same silence', () => {
  const beats = Array.from({ length: 151 }, (_, beat) => 18 * 60 + 30 + beat * 2);
  const clock = (minute: number): string =>
    [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':');
  play(
    `
    06:00 pir motion on
    18:00 => raised unseen-home
    ${beats.map((minute) => `${clock(minute)} gateway on`).join('\n')}
    19:40 => restored unseen-home   # heard of for an hour
    21:00 => raised unseen-home
  `,
    {
      gatewaySupervision: '180s',
      devices: [{ deviceId: 'pir', supervision: '5h' }],
      rules: [unseenHome],
    },
  );
});

const MINUTES_A_DAY = 24 * 60;

/** A line of table; `minute` counts from the first midnight. */
function lineAt(minute: number, words: string): string {
  const [hour, rest] = [Math.floor((minute % MINUTES_A_DAY) / 60), minute % 60];
  const clock = [hour, rest].map((part) => String(part).padStart(2, '0')).join(':');
  return `d${Math.floor(minute / MINUTES_A_DAY)} ${clock} ${words}`;
}

/** Heartbeats every two minutes, in lines. */
function beats(fromMinute: number, untilMinute: number): string {
  const count = Math.floor((untilMinute - fromMinute) / 2) + 1;
  return Array.from({ length: count }, (_, beat) => lineAt(fromMinute + beat * 2, 'gateway on')).join('\n');
}

function hours(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => from + index);
}

/** A link that is back for the first six minutes of each of these hours. */
function badLink(fromHour: number, untilHour: number): string {
  return hours(fromHour, untilHour - fromHour)
    .map((hour) => beats(hour * 60, hour * 60 + 6))
    .join('\n');
}

const BAD_LINK: ScenarioOptions = {
  gatewaySupervision: '180s',
  devices: [{ deviceId: 'pir', supervision: 'none' }],
  rules: [unseenHome],
};

test('a link that is back for minutes of each hour is no sight of the home, and does not ring each hour', () => {
  const effects = play(
    `
    07:00 pir motion on
    ${badLink(8, 48)}
    20:18 => raised unseen-home
  `,
    BAD_LINK,
  );
  expect(effects.flatMap((effect) => (effect.type === 'alert' ? effect.alert.explanation.code : []))).toEqual(
    ['unseen-home.brief'],
  );
});

test('who stirs while it is back is heard of, and asked for later; a link that lasts for an hour ends it', () => {
  play(
    `
    07:00 pir motion on
    ${badLink(8, 17)}
    17:00 gateway on
    17:01 pir motion on
    ${badLink(18, 38)}
    d1 06:19 => raised unseen-home
    ${beats(38 * 60, 39 * 60 + 10)}
    d1 15:10 => restored unseen-home
  `,
    BAD_LINK,
  );
});

test('what a gateway with a bad link kept and told was seen', () => {
  const kept = Array.from(
    { length: 12 },
    (_, index) => `12:00 pir battery 90 late ${17_000 - index * 1_500}`,
  ).join('\n');
  play(
    `
    07:00 pir motion on
    12:00 gateway on
    ${kept}
    12:00:01 pir battery 90
    d1 00:00:01 => raised unseen-home
  `,
    { ...BAD_LINK, devices: [{ deviceId: 'pir', supervision: '25h' }] },
  );
});

test('an unseen home that staff called a matter of the network is asked for again when it is lost for good', () => {
  play(
    `
    06:00 pir motion on
    18:00 => raised unseen-home
    ${beats(18 * 60 + 30, 18 * 60 + 38)}
    18:39 staff li claim
    18:39 => claimed unseen-home
    18:40 staff li close TECHNICAL network
    18:40 => closed unseen-home
    ${beats(18 * 60 + 42, 18 * 60 + 50)}
    d1 06:50 => raised unseen-home
    d2 18:50 wait
  `,
    BAD_LINK,
  );
});

test('one word in six hours is no sight that lasts: it rings once', () => {
  const options = { ...BAD_LINK, gatewaySupervision: '5h' } as const;
  play(
    `
    06:00 pir motion on
    18:00 => raised unseen-home
    19:00 gateway on
    d1 01:00 pir battery_pct 80 level
    d1 07:00 pir battery_pct 80 level
    d1 13:00 pir battery_pct 80 level
    d2 01:00 => repeated unseen-home x2   # gone for good
    d2 06:00 wait
  `,
    options,
  );
  // Sensors at the edge of the radio, behind a gateway that is well.
  const edge = [1, 2].map((n) => ({ deviceId: `pir-${n}`, supervision: '5h' as const }));
  play(
    `
    08:00 pir-1 motion on
    08:00:30 pir-2 motion on
    20:00:30 => raised unseen-home
    d1 02:00 pir-1 battery_pct 80
    d1 02:00 pir-2 battery_pct 80
    d1 10:00 pir-1 battery_pct 80
    d1 10:00 pir-2 battery_pct 80
    d1 18:00 pir-1 battery_pct 80
    d1 18:00 pir-2 battery_pct 80
    d2 00:00 wait
  `,
    { ...BAD_LINK, devices: edge },
  );
});

test('who is lost for good while the alert stands is counted up', () => {
  play(
    `
    06:00 pir motion on
    18:00 => raised unseen-home
    ${beats(18 * 60 + 30, 19 * 60 + 34)}
    d1 07:34 => repeated unseen-home x2
  `,
    BAD_LINK,
  );
});

test('what was not seen before a sight that lasted is not counted with a bad link', () => {
  play(
    `
    06:00 pir motion on
    06:01 staff li declare-away 120
    06:01 => declared-away
    ${beats(6 * 60 + 2, 10 * 60)}
    ${beats(21 * 60, 48 * 60 - 2)}
    ${hours(48, 26)
      .map((hour) => beats(hour * 60, hour * 60 + 54))
      .join('\n')}
  `,
    BAD_LINK,
  );
});

test('a sign of life that was kept for half a day ends nothing while the link comes and goes', () => {
  const pieces = hours(0, 6).map((n) => {
    const minute = 18 * 60 + 30 + n * 60;
    const lateS = (minute - (6 * 60 + 5 + n * 5)) * 60;
    const kept = lineAt(minute, `pir motion on late ${lateS}`);
    return [lineAt(minute, 'gateway on'), kept, beats(minute + 2, minute + 6)].join('\n');
  });
  play(
    `
    06:00 pir motion on
    18:00 => raised unseen-home
    ${pieces.join('\n')}
    d1 06:00 wait
  `,
    { ...BAD_LINK, devices: [{ deviceId: 'pir', supervision: '25h' }] },
  );
});

test('while we are down ourselves nothing is seen', () => {
  play(
    `
    06:00 pir motion on
    18:00 => raised unseen-home
    18:30 gateway on
    18:32 gateway on
    20:00 resumed
    d1 06:00 wait
  `,
    BAD_LINK,
  );
  play(
    `
    07:00 pir motion on
    ${badLink(8, 20)}
    20:00 gateway on
    20:02 gateway on
    21:20 resumed
    21:21 gateway on
    21:24 => raised unseen-home
    d1 06:00 wait
  `,
    BAD_LINK,
  );
});

test('our own outage in a sight that has lasted makes nothing of before count', () => {
  play(
    `
    06:00 pir motion on
    06:01 staff li declare-away 120
    06:01 => declared-away
    ${beats(6 * 60 + 2, 10 * 60)}
    ${beats(21 * 60, 34 * 60)}
    d1 10:02 resumed
    ${beats(34 * 60 + 2, 34 * 60 + 28)}
    ${beats(36 * 60, 37 * 60 + 30)}
  `,
    BAD_LINK,
  );
});

test('a home that has ended is not waited for', () => {
  play(
    `
    06:00 pir motion on
    18:00 => raised unseen-home
    18:30 configure {"isWatched":false,"devices":[]}
    18:30 => restored unseen-home
    d1 06:00 wait
  `,
    BAD_LINK,
  );
});

test('an unseen home whose resident was reached is asked for again half a day later', () => {
  play(
    `
    06:00 pir motion on
    18:00 => raised unseen-home
    18:10 staff li claim
    18:10 => claimed unseen-home
    18:11 staff li close WELFARE_OK spoke-to-elder
    18:11 => closed unseen-home
    d1 06:11 => raised unseen-home
  `,
    { gatewaySupervision: '180s', devices: [{ deviceId: 'pir', supervision: '5h' }], rules: [unseenHome] },
  );
});
