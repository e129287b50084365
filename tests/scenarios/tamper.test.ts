import { test } from 'vitest';
import { tamper } from '#core/rules/tamper.ts';
import { play as playRules, type ScenarioOptions } from '../support/scenario.ts';

/** The rule that these tables are about; silence has tables of its own. */
function play(table: string, options: ScenarioOptions = {}): void {
  playRules(table, { rules: [tamper], ...options });
}

test('opened and closed again', () => {
  play(`
    12:00 smoke tamper on
    12:00 => raised tamper
    12:20 smoke tamper off
    12:20 => restored tamper
  `);
});

test('closed all along, an unknown value or an unknown device says nothing', () => {
  play(`
    12:00 smoke tamper off
    12:10 smoke tamper null
    12:20 smoke tamper 1
    12:30 stranger tamper on
  `);
});

test('periodic reports of an open device are told once, and each device for itself', () => {
  play(`
    12:00 smoke tamper on
    12:00 => raised tamper
    12:10 smoke tamper on level
    12:20 smoke tamper on
    12:30 button tamper on
    12:30 => raised tamper
    12:40 smoke tamper off
    12:40 => restored tamper
  `);
});

test('closed by staff while it is open, it is told again only after it was shut', () => {
  play(`
    12:00 smoke tamper on id a
    12:00 => raised tamper
    12:01 staff li claim
    12:01 => claimed tamper
    12:02 staff li close TECHNICAL sensor-fault
    12:02 => closed tamper
    13:00 smoke tamper on id b
    14:00 smoke tamper off
    15:00 smoke tamper on id c
    15:00 => raised tamper
  `);
});

test('a restart, our own outage and one of the gateway in the middle neither raise nor clear', () => {
  play(`
    12:00 smoke tamper on
    12:00 => raised tamper
    13:00 resumed
    13:10 smoke tamper on
    14:00 gateway off
    18:00 gateway on
    18:00 smoke tamper on
    18:10 smoke tamper off
    18:10 => restored tamper
  `);
});

test('midnight, the night the clocks change and a second resident change nothing', () => {
  const table = `
    23:59 smoke tamper on
    23:59 => raised tamper
    d1 00:01 smoke tamper on
    d1 01:59 smoke tamper on
    d1 03:01 smoke tamper off
    d1 03:01 => restored tamper`;
  for (const date of ['2026-03-28', '2026-10-24'])
    play(table, { timezone: 'Europe/Amsterdam', date, home: { residents: 2 } });
});

test('in a home that is not watched nobody is told before it is; what was told before ends', () => {
  play(
    `
    12:00 smoke tamper on level
    13:00 configure {"isWatched":true}
    14:00 smoke tamper on level
    14:00 => raised tamper
    15:00 configure {"isWatched":false}
    16:00 smoke tamper on level
    17:00 smoke tamper off level
    17:00 => restored tamper
    18:00 smoke tamper on level
  `,
    { home: { isWatched: false } },
  );
});
