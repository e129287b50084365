import { expect, test } from 'vitest';
import { inactivity } from '#core/rules/inactivity.ts';
import { notUp } from '#core/rules/not-up.ts';
import { play, type ScenarioOptions } from '../support/scenario.ts';

/** The rule alone in the usual flat. Day 0 of a scenario is a Monday. */
const ALONE: ScenarioOptions = { rules: [notUp] };
const EVENING = '22:00 pir-living motion on\n22:10 bed bed on\n';

/** Gets up on day `day` by bed, two rooms and the bed again in the evening. */
function riseAt(day: number, hour: string): string {
  return `
    d${day} ${hour} bed bed off
    d${day} ${hour}:30 pir-living motion on
    d${day} ${hour}:50 pir-living motion on
    d${day} 22:10 bed bed on
  `;
}

function mornings(from: number, hours: readonly string[]): string {
  return EVENING + hours.map((hour, index) => riseAt(from + index, hour)).join('');
}

const WEEK = ['07:00', '07:20', '07:10', '07:30', '07:00', '07:40', '07:15'] as const;

test('no sign since five by ten o’clock', () => {
  play(
    `
    ${EVENING}
    d1 04:59 bed bed off
    d1 04:59:30 pir-living motion on
    d1 04:59:50 pir-living motion on     # of the night
    d1 05:00:00 bed bed on
    d1 10:00 => raised not-up
  `,
    ALONE,
  );
});

test('any getting up in time: two weak signs, a strong one, several in the bedroom, the door', () => {
  const none = (signs: string): unknown => play(`${EVENING}${signs}\nd1 16:00 wait`, ALONE);
  none('d1 08:00 pir-living motion on\nd1 08:05 pir-living motion on');
  none('d1 08:00 button button checkin');
  none('d1 08:00 pir-bedroom motion on\nd1 08:20 pir-bedroom motion on\nd1 09:20 pir-bedroom motion on');
  none('d1 08:00 door contact open');
});

test('a single weak hit is no getting up, nor is one turn in bed', () => {
  play(
    `
    ${EVENING}
    d1 06:00 pir-living motion on
    d1 08:30 pir-living motion on
    d1 09:00 pir-bedroom motion on
    d1 09:00:20 pir-bedroom motion on
    d1 09:30 pir-bedroom motion on
    d1 10:00 => raised not-up
  `,
    ALONE,
  );
});

test('a weak sign just before the hour may be the first of somebody who is getting up', () => {
  play(
    `
    ${EVENING}
    d1 09:58 pir-living motion on
    d1 10:01 pir-living motion on
    d1 16:00 wait
  `,
    ALONE,
  );
  play(
    `
    ${EVENING}
    d1 09:58 pir-living motion on
    d1 10:13 => raised not-up
  `,
    ALONE,
  );
});

test('cleared by getting up; one alert a morning, closed or not; the next morning is a new one', () => {
  play(
    `
    ${EVENING}
    d1 10:00 => raised not-up
    d1 10:10 staff li claim
    d1 10:10 => claimed not-up
    d1 10:11 staff li close WELFARE_OK spoke-to-elder
    d1 10:11 => closed not-up
    d1 12:00 pir-bedroom motion on
    d1 12:30 pir-living motion on
    d1 12:31 pir-living motion on
    d1 22:00 bed bed on
    d2 14:59 wait                        # the one morning that is known was a late one
  `,
    ALONE,
  );
  play(
    `
    ${EVENING}
    d1 10:00 => raised not-up
    d1 10:20 pir-living motion on
    d1 10:21 pir-living motion on
    d1 10:21 => cleared not-up
  `,
    ALONE,
  );
});

test('the own hour: after a week the latest usual hour and a margin, not before eight', () => {
  const effects = play(
    `
    ${mornings(1, WEEK)}
    d8 09:11 => raised not-up           # 07:41 fading, and twice 45 minutes
  `,
    { ...ALONE, date: '2026-03-01' },
  );
  expect(effects[0]).toMatchObject({
    alert: {
      priority: 3,
      explanation: { code: 'not-up.learned', params: { byMinute: 551, usualMinute: 460, learnedDays: 7 } },
    },
  });
  play(
    `
    ${mornings(
      1,
      WEEK.map(() => '06:00'),
    )}
    d8 08:00 => raised not-up
  `,
    ALONE,
  );
});

test('an old late morning fades towards the usual hour', () => {
  const days = ['09:30', ...Array.from({ length: 26 }, () => '07:00')];
  const effects = play(`${mornings(1, days)}\nd28 09:38 => raised not-up`, ALONE);
  // 19 weekdays: mean 07:08, of the 150 minutes to 09:30 little more than half is left.
  expect(effects[0]).toMatchObject({ alert: { explanation: { params: { usualMinute: 516 } } } });
});

test('late risers are not asked for at ten, from the first own morning on', () => {
  play(
    `
    ${mornings(1, ['09:50', '10:30', '11:00'])}
    d4 13:31 => raised not-up           # 11:00 fading, and 150 minutes while so little is known
  `,
    ALONE,
  );
});

test('after so late a usual hour that it is no morning the silence rule judges alone', () => {
  play(
    `
    ${mornings(
      1,
      WEEK.map(() => '14:40'),
    )}
    d9 00:00 wait
  `,
    { ...ALONE, home: { rules: { 'not-up': { byMinute: 900 } } } },
  );
});

test('weekends have their own hour once both are known', () => {
  const days = Array.from({ length: 25 }, (_, index) => ((index + 1) % 7 < 5 ? '07:00' : '09:30'));
  const effects = play(
    `
    ${mornings(1, days)}
    d26 10:29 => raised not-up          # six weekend mornings: both kinds of day together
  `,
    ALONE,
  );
  expect(effects[0]).toMatchObject({ alert: { explanation: { params: { byMinute: 629 } } } });
  play(
    `
    ${mornings(1, days)}
    ${riseAt(26, '09:30')}
    ${riseAt(27, '09:30')}
    d28 08:03 => raised not-up
  `,
    ALONE,
  );
});

test('of the morning in which the home is first seen the beginning is not known', () => {
  play(
    `
    08:00 pir-living motion on
    d1 04:00 pir-bedroom motion on
    d1 10:00 => raised not-up
  `,
    ALONE,
  );
  play('08:00 gateway on\n13:00 wait\nd1 16:00 wait', ALONE);
});

test('not in an empty home, nor where only a door could tell', () => {
  play(
    `
    20:00 pir-living motion on
    20:10 door contact open
    20:10:05 door contact closed
    d2 16:00 wait
  `,
    ALONE,
  );
  const door = { deviceId: 'door', kind: 'contact', room: 'hall', zone: 'entry' } as const;
  play('20:10 door contact open\n21:00 door contact closed\nd1 16:00 wait', { ...ALONE, devices: [door] });
});

test('an outage: not while blind, a short one adds its time, a long one leaves presence uncertain', () => {
  play(
    `
    ${EVENING}
    d1 04:50 bed bed off
    d1 04:50:10 bed bed on
    d1 05:05 gateway off
    d1 05:20 gateway on                  # not heard since 04:50:10
    d1 10:29:50 => raised not-up
  `,
    ALONE,
  );
  play(
    `
    ${EVENING}
    d1 06:00 gateway off
    d1 11:00 gateway on
    d1 16:00 wait
  `,
    ALONE,
  );
});

test('restart in the middle: the same instant, and our own outage adds to it', () => {
  play(
    `
    ${EVENING}
    d1 07:00 pulse
    d1 07:00:20 resumed
    d1 10:00 => raised not-up
  `,
    ALONE,
  );
  play(
    `
    ${EVENING}
    d1 07:00 pulse
    d1 07:20 resumed
    d1 10:20 => raised not-up
  `,
    ALONE,
  );
});

test('the hour is the one on the wall, also on the days when clocks change', () => {
  const table = `${EVENING}\nd1 10:00 => raised not-up`;
  play(table, { ...ALONE, timezone: 'Europe/Madrid', date: '2026-03-28' });
  play(table, { ...ALONE, timezone: 'Europe/Madrid', date: '2026-10-24' });
  play(
    `
    23:58 pir-living motion on
    d1 00:02 bed bed on
    d1 10:00 => raised not-up
  `,
    ALONE,
  );
});

test('two residents: whoever gets up is up', () => {
  const home = { residents: 2 };
  play(
    `
    ${EVENING}
    d1 08:00 pir-living motion on
    d1 08:05 pir-living motion on        # the other one, while the mat stays ON
    d1 16:00 wait
  `,
    { ...ALONE, home },
  );
  play(`${EVENING}\nd1 10:00 => raised not-up`, { ...ALONE, home });
});

test('one silent morning is one alert: none while it has rung as inactivity', () => {
  play(
    `
    ${EVENING}
    d1 08:10 => raised inactivity inactivity.night
    d1 08:10:10 staff li claim
    d1 08:10:10 => claimed inactivity
    d1 08:10:20 staff li close TECHNICAL sensor-fault
    d1 08:10:20 => closed inactivity
    d1 14:00 wait
  `,
    { rules: [inactivity, notUp] },
  );
});

test('who was spoken to in the morning has not to get up; inactivity watches them', () => {
  play(
    `
    ${EVENING}
    d1 08:10 => raised inactivity inactivity.night
    d1 08:10:10 staff li claim
    d1 08:10:10 => claimed inactivity
    d1 08:10:20 staff li close WELFARE_OK spoke-to-elder
    d1 08:10:20 => closed inactivity
    d1 14:10:20 => raised inactivity inactivity.day
  `,
    { rules: [inactivity, notUp] },
  );
});

test('the alert explains itself', () => {
  const [effect] = play(`${EVENING}\nd1 10:00 => raised not-up`, ALONE);
  expect(effect).toMatchObject({
    alert: {
      priority: 3,
      room: 'bedroom',
      explanation: {
        code: 'not-up.fixed',
        params: {
          byMinute: 600,
          sinceMinute: 300,
          lastActivityAtMs: Date.parse('2026-03-02T22:10:00+08:00'),
          lastRoom: 'bedroom',
          coverage: 1,
        },
      },
    },
  });
});
