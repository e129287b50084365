import { test } from 'vitest';
import { lowBattery } from '#core/rules/low-battery.ts';
import { play as playRules, type ScenarioOptions } from '../support/scenario.ts';

/** The rule that these tables are about; silence has tables of its own. */
function play(table: string, options: ScenarioOptions = {}): void {
  playRules(table, { rules: [lowBattery], ...options });
}

test('twenty percent is low, whoever says so; thirty is a new one', () => {
  play(`
    09:00 pir-living motion on battery 20
    09:00 => raised low-battery
    10:00 pir-living temperature_c 20 battery 29
    11:00 pir-living battery_pct 30
    11:00 => restored low-battery
  `);
});

test('no word of it, a word that is no number, or one above the threshold says nothing', () => {
  play(`
    09:00 pir-living motion on
    09:10 pir-living battery_pct null
    09:20 pir-living battery_pct low
    09:30 pir-living motion on battery 21
    09:40 stranger battery_pct 1
  `);
});

test('it is told once, however often it is low, and for each device', () => {
  play(`
    09:00 pir-living battery_pct 20
    09:00 => raised low-battery
    10:00 pir-living battery_pct 5
    11:00 button battery_pct 0
    11:00 => raised low-battery
    12:00 pir-living battery_pct 100
    12:00 => restored low-battery
  `);
});

test('closed while it is low, it is told again only after a new battery was', () => {
  play(`
    09:00 pir-living battery_pct 15
    09:00 => raised low-battery
    09:05 staff li claim
    09:05 => claimed low-battery
    09:06 staff li close TECHNICAL low-battery
    09:06 => closed low-battery
    10:00 pir-living battery_pct 14
    d1 10:00 pir-living battery_pct 90
    d2 10:00 pir-living battery_pct 15
    d2 10:00 => raised low-battery
  `);
});

test('own thresholds of a home', () => {
  play(
    `
    09:00 pir-living battery_pct 35
    09:00 => raised low-battery
    10:00 pir-living battery_pct 45
    11:00 pir-living battery_pct 50
    11:00 => restored low-battery
  `,
    { home: { rules: { 'low-battery': { lowPct: 40, recoveredPct: 50 } } } },
  );
});

test('a restart, our own outage and one of the gateway in the middle neither raise nor clear', () => {
  play(`
    09:00 pir-living battery_pct 15
    09:00 => raised low-battery
    12:00 resumed
    12:10 pir-living battery_pct 15
    13:00 gateway off
    18:00 gateway on
    18:00 pir-living battery_pct 15
    19:00 pir-living battery_pct 80
    19:00 => restored low-battery
  `);
});

test('midnight, the night the clocks change and a second resident are nothing to a battery', () => {
  const table = `
    23:59 pir-living battery_pct 15
    23:59 => raised low-battery
    d1 00:01 pir-living battery_pct 15
    d1 01:59 pir-living battery_pct 25
    d1 03:01 pir-living battery_pct 30
    d1 03:01 => restored low-battery`;
  for (const date of ['2026-03-28', '2026-10-24'])
    play(table, { timezone: 'Europe/Amsterdam', date, home: { residents: 2 } });
});

test('thresholds of a home that cross do not make it flap', () => {
  play(
    `
    09:00 pir-living battery_pct 35
    09:00 => raised low-battery
    10:00 pir-living battery_pct 35
    11:00 pir-living battery_pct 40
    12:00 pir-living battery_pct 41
    12:00 => restored low-battery
  `,
    { home: { rules: { 'low-battery': { lowPct: 40 } } } },
  );
});

test('in a home that is not watched nobody is told before it is; what was told before ends', () => {
  play(
    `
    09:00 pir-living battery_pct 5
    10:00 configure {"isWatched":true}
    11:00 pir-living battery_pct 5
    11:00 => raised low-battery
    12:00 configure {"isWatched":false}
    13:00 pir-living battery_pct 5
    14:00 pir-living battery_pct 90
    14:00 => restored low-battery
  `,
    { home: { isWatched: false } },
  );
});
