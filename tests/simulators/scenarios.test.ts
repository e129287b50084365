// Goal: scenarios do what their line says, are listed wherever people look, and can be read from a command line.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readSimulateOptions, simulateHelp, startInstant } from '../../simulators/cli.ts';
import { demoScenarios } from '../../simulators/demo.ts';
import { HOME_DEVICES } from '../../simulators/devices.ts';
import { parseScenarios, SCENARIOS } from '../../simulators/scenarios/index.ts';
import type { ScenarioHome, Stage } from '../../simulators/scenarios/scenario.ts';

interface Acted {
  readonly home: string;
  readonly what: string;
  readonly atMs: number;
}

/** Plays a scenario with time that passes at once, in order of the waits. */
async function act(name: string, homes: number): Promise<Acted[]> {
  const acted: Acted[] = [];
  let nowMs = 0;
  const home = (index: number): ScenarioHome => {
    const homeId = `home-${index}`;
    const note = (what: string): void => void acted.push({ home: homeId, what, atMs: nowMs });
    return {
      homeId,
      report: (deviceId, kind, value) => note(`${deviceId} ${kind} ${String(value)}`),
      collapse: () => note('collapse'),
      rest: () => note('rest'),
      cutLink: () => note('cut'),
      restoreLink: () => note('restore'),
    };
  };
  const stage: Stage = {
    homes: Array.from({ length: homes }, (_, index) => home(index)),
    wait: async (durationMs) => {
      const dueMs = nowMs + durationMs;
      await Promise.resolve();
      nowMs = Math.max(nowMs, dueMs);
    },
    between: (low, high) => (low + high) / 2,
    say: () => undefined,
  };
  await SCENARIOS.find((scenario) => scenario.name === name)!.run(stage);
  return acted;
}

describe('what they do', () => {
  test.each([
    ['sos', ['sos-button button sos', 'sos-button button sos']],
    ['fall', ['collapse', 'fall-pendant fall true']],
    ['smoke', ['smoke-kitchen smoke true', 'smoke-kitchen smoke false']],
    ['collapse', ['pir-bathroom motion true', 'collapse']],
    ['rest', ['pir-living motion true', 'pir-living motion false', 'rest']],
    ['gateway-outage', ['cut', 'restore']],
    ['battery', [24, 18, 9].map((level) => `pir-bathroom battery_pct ${level}`)],
    ['tamper', ['pir-hall tamper true', 'pir-hall tamper false']],
    ['reconnect-storm', ['cut', 'sos-button button sos', 'restore']],
  ])('%s', async (name, expected) => {
    expect((await act(name, 1)).map(({ what }) => what)).toEqual(expected);
  });

  test('a gateway outage outlasts the 180 s supervision window', async () => {
    const [cut, restore] = await act('gateway-outage', 1);
    expect(restore!.atMs - cut!.atMs).toBeGreaterThan(180_000);
  });

  test('a storm is one press in every home', async () => {
    const acted = await act('storm', 200);
    expect(new Set(acted.map(({ home }) => home)).size).toBe(200);
    expect(acted.every(({ what }) => what === 'sos-button button sos')).toBe(true);
    expect(acted.length).toBe(200);
  });

  test('all of them use devices that homes have', async () => {
    const known = new Set(HOME_DEVICES.map(({ deviceId }) => deviceId));
    for (const { name } of SCENARIOS) {
      const reports = (await act(name, 2)).filter(({ what }) => what.includes(' '));
      for (const { what } of reports) expect(known.has(what.split(' ')[0]!), what).toBe(true);
    }
  });
});

describe('where people look', () => {
  const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'simulators.md'), 'utf8');

  test.each(SCENARIOS.map(({ name, summary }) => [name, summary]))(
    '%s is in --help and in the docs',
    (name, summary) => {
      expect(simulateHelp()).toContain(summary);
      expect(page).toContain(`\`${name}\``);
      expect(page).toContain(summary);
    },
  );

  test('every option of the help is one the program takes', () => {
    const options = [...simulateHelp().matchAll(/^ {2}--([a-z]+)/gm)].map(([, option]) => option!);
    expect(options.length).toBeGreaterThan(8);
    const samples: Record<string, string> = {
      homes: '3',
      seed: '4',
      start: '07:30',
      speed: '2',
      duration: '10m',
    };
    for (const option of options.filter((name) => name !== 'help')) {
      expect(
        readSimulateOptions(['--api', 'http://x', `--${option}`, samples[option] ?? 'x']),
        option,
      ).not.toBeNull();
    }
    expect(readSimulateOptions(['--help'])).toBeNull();
  });
});

describe('reading them', () => {
  test('names, homes and times', () => {
    const read = parseScenarios('sos, storm:200@30,fall@1.5').map(({ scenario, homes, afterMs }) => [
      scenario.name,
      homes,
      afterMs,
    ]);
    expect(read).toEqual([
      ['sos', 1, 10_000],
      ['storm', 200, 30_000],
      ['fall', 1, 1_500],
    ]);
    expect(parseScenarios('')).toEqual([]);
  });

  test.each(['flood', 'sos:0', 'sos@soon', 'sos:x'])('%s is refused with its name', (text) => {
    expect(() => parseScenarios(text)).toThrow(text);
  });

  test.each([
    [['--api', 'x', '--homes', '0'], /--homes 0/],
    [['--api', 'x', '--homes', '1.5'], /--homes 1.5/],
    [['--api', 'x', '--speed', '0'], /--speed 0/],
    [['--api', 'x', '--seed', 'abc'], /--seed abc/],
    [['--api', 'x', '--duration', 'long'], /--duration long/],
    [[], /--api .* or --roster/],
  ])('%j is refused and the option named', (argv, message) => {
    expect(() => readSimulateOptions(argv)).toThrow(message);
  });

  test('--start is a time of day in the demo district', () => {
    const noon = Date.parse('2026-11-22T04:00:00Z');
    expect(new Date(startInstant('07:30', noon)).toISOString()).toBe('2026-11-21T23:30:00.000Z');
    expect(startInstant(null, noon)).toBe(noon);
    expect(() => startInstant('25:00', noon)).toThrow(/--start 25:00/);
  });
});

test('the demo shows every kind of alert within its first minute', () => {
  const firstMinute = demoScenarios('home-x').filter(({ afterMs }) => afterMs <= 60_000);
  const names = new Set(firstMinute.map(({ scenario }) => scenario.name));
  for (const name of ['sos', 'fall', 'smoke', 'gas', 'collapse', 'gateway-outage', 'battery', 'tamper']) {
    expect(names.has(name), name).toBe(true);
  }
});
