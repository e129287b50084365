// Goal: the elder is asked ten minutes before an alert is due, where a terminal can be reached; whoever answers or
// moves is asked no more, and the alert comes to the minute whatever became of the question.

import { expect, test } from 'vitest';
import { awayTooLong } from '#core/rules/away-too-long.ts';
import { deviceSilent } from '#core/rules/device-silent.ts';
import { gatewaySilent } from '#core/rules/gateway-silent.ts';
import { inactivity } from '#core/rules/inactivity.ts';
import * as scenario from '../support/scenario.ts';

type ScenarioOptions = scenario.ScenarioOptions;

/** Only the rules this is about: others may ring in these tables as well. */
const rules = [awayTooLong, deviceSilent, gatewaySilent, inactivity];
const play = (table: string, options: ScenarioOptions = {}) => scenario.play(table, { rules, ...options });

const TERMINAL = { deviceId: 'terminal', kind: 'terminal', room: 'living room', zone: 'other' } as const;
const ROOMS = [
  { deviceId: 'pir-bedroom', kind: 'motion', room: 'bedroom', zone: 'bedroom' },
  { deviceId: 'pir-living', kind: 'motion', room: 'living room', zone: 'other' },
  { deviceId: 'pir-kitchen', kind: 'motion', room: 'kitchen', zone: 'kitchen' },
  { deviceId: 'door', kind: 'contact', room: 'hall', zone: 'entry' },
] as const;
const FLAT: ScenarioOptions = { devices: [...ROOMS, TERMINAL] };

const asked = '13:50 => asked terminal';

test('asked ten minutes before; no answer, and the alert is raised at its time and says so', () => {
  const effects = play(
    `08:00 pir-living motion on\n${asked}\n14:00 => raised inactivity inactivity.day`,
    FLAT,
  );
  const [prompt, alert] = effects;
  if (prompt?.type !== 'prompt' || alert?.type !== 'alert') throw new Error('a question, then an alert');
  expect(prompt).toMatchObject({
    ...{ homeId: 'h-1', gateway: 1, gatewayId: 'gw-1', deviceId: 'terminal', reason: 'inactivity' },
    untilMs: alert.atMs,
  });
  expect(alert.alert.explanation.params['askedAtMs']).toBe(prompt.atMs);
});

test('a press on the terminal, or any motion, is an answer', () => {
  const answered = (sign: string): string => `
    08:00 pir-living motion on
    ${asked}
    13:55 ${sign}
    13:55 => withdrawn terminal
    19:45 => asked terminal
    19:55 => raised inactivity inactivity.day`;
  const effects = play(answered('terminal button cancel'), FLAT);
  play(answered('pir-kitchen motion on'), FLAT);
  const ids = effects.flatMap((effect) => (effect.type === 'prompt' ? [effect.promptId] : []));
  expect(ids[0]).toBe(ids[1]);
  expect(new Set(ids).size).toBe(2);
});

test('without a terminal, or with one that cannot be reached, nobody is asked and nothing waits', () => {
  const due = '14:00 => raised inactivity inactivity.day';
  play(`08:00 pir-living motion on\n${due}`, { devices: ROOMS });
  const lost = `07:59 terminal online off\n07:59 => raised device-silent`;
  play(`${lost}\n08:00 pir-living motion on\n${due}`, FLAT);
  // The terminal stands behind a second gateway, which has never been heard of.
  const elsewhere = { ...TERMINAL, gateway: 2 };
  play(`08:00 pir-living motion on\n${due}`, { devices: [...ROOMS, elsewhere] });
  play(`08:00 pir-living motion on\n${due}`, {
    ...FLAT,
    home: { rules: { inactivity: { askBeforeMs: 0 } } },
  });
});

test('an outage while it is asked takes the question back; the clock stands, and asks again', () => {
  play(
    `
    08:00 pir-living motion on
    13:00 gateway on
    ${asked}
    13:52 gateway off
    13:53 => raised gateway-silent
    13:53 => withdrawn terminal
    15:53 gateway on
    15:53 => restored gateway-silent
    22:43 => asked terminal
    22:53 => raised inactivity inactivity.cap`,
    FLAT,
  );
});

test('our own restart in between asks nobody twice', () => {
  play(
    `08:00 pir-living motion on
     ${asked}
     13:51 pulse
     13:52 resumed
     14:01 => raised inactivity inactivity.day`,
    FLAT,
  );
  // Down for an hour, which counts for no silence: that is another question.
  play(
    `08:00 pir-living motion on
     ${asked}
     13:51 pulse
     14:51 resumed
     20:50 => withdrawn terminal
     20:50 => asked terminal`,
    FLAT,
  );
});

test('the second clock: signs of one room do not answer for it, a press does', () => {
  const settings = { learnedAfterMs: 6 * 3_600_000, stayMs: 3_600_000, usualFactor: 1, usualMarginMs: 0 };
  const options = { ...FLAT, home: { rules: { inactivity: settings } } };
  play(
    `${walkingAbout()}
     20:30:30 => asked terminal
     20:35 pir-kitchen motion on
     20:40:30 => raised inactivity inactivity.stay`,
    options,
  );
  play(
    `${walkingAbout()}
     20:30:30 => asked terminal
     20:35 terminal button cancel
     20:35 => withdrawn terminal
     21:25 => asked terminal
     21:35 => raised inactivity inactivity.stay`,
    options,
  );
});

/** A day of walking about, every 20 min into the kitchen; last at 19:40:30. */
function walkingAbout(): string {
  const lines: string[] = [];
  for (let minute = 8 * 60; minute < 20 * 60; minute += 20) {
    const room = ['living', 'kitchen', 'bedroom'][(minute / 20) % 3];
    const clock = `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
    lines.push(`${clock} pir-${room} motion on`, `${clock}:30 pir-kitchen motion on`);
  }
  return lines.join('\n');
}

test('who is known to be out is not asked, and neither are homes that nobody watches', () => {
  play(
    `08:10 door contact open
     08:10:05 door contact closed
     d1 08:10:05 => raised away-too-long`,
    FLAT,
  );
  play(`08:00 pir-living motion on\n20:00 pulse`, { ...FLAT, home: { isWatched: false } });
});

test('two residents, midnight and a night without its hour: ten minutes before, whatever the clock says', () => {
  play(
    `23:00 pir-living motion on
     d1 09:50 => asked terminal
     d1 10:00 => raised inactivity inactivity.night`,
    { ...FLAT, timezone: 'Europe/Madrid', date: '2026-03-28', home: { residents: 2 } },
  );
});

test('a short threshold is not spent on asking', () => {
  play(
    `08:00 pir-living motion on
     08:05 => asked terminal
     08:10 => raised inactivity inactivity.day`,
    { ...FLAT, home: { rules: { inactivity: { dayMs: 600_000 } } } },
  );
});
