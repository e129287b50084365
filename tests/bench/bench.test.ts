// The bench itself: its arithmetic, its document, and that a run prints what it promises. Never how fast
// anything is.

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { inTurns } from './benchmark.ts';
import { FIGURES, type Figure, figure, quantile } from './figures.ts';
import { ReadingTemplate } from './mqtt-packets.ts';
import { asTable, type Report } from './report.ts';

const run = (...args: readonly string[]) =>
  promisify(execFile)(process.execPath, ['--expose-gc', 'tests/bench/run.ts', ...args], { encoding: 'utf8' });

test('every figure is explained in docs/bench.md, and nothing else is', () => {
  const rows = readFileSync('docs/bench.md', 'utf8').matchAll(/^\| `([a-z0-9-]+)` \|/gm);
  const benchmarks = ['sos', 'ingest', 'core', 'recovery', 'backtest', 'telemetry'];
  const explained = [...rows].map(([, name]) => name!).filter((name) => !benchmarks.includes(name));
  expect(explained.sort()).toEqual(Object.keys(FIGURES).sort());
});

test('the quietest run counts, in the direction of the figure', () => {
  const slow = figure('ingest-p99-at-2000', { ours: [9, 6, 7], limit: [3, 4, 5] });
  expect(slow).toEqual({ name: 'ingest-p99-at-2000', unit: 'ms', value: 6, limit: 3, ratio: 2 });
  const rate = figure('ingest-rate', { ours: [50, 40], limit: [100, 90] });
  expect(rate).toMatchObject({ value: 50, limit: 100, ratio: 0.5 });
  expect(() => figure('ingest-rate', { ours: [], limit: [1] })).toThrow('ingest-rate');
});

test('quantiles are samples, by nearest rank', () => {
  const samples = Float64Array.from({ length: 400 }, (_, index) => 400 - index);
  expect([quantile(samples, 0.5), quantile(samples, 0.99), quantile(samples, 1)]).toEqual([200, 396, 400]);
  expect(() => quantile(new Float64Array(), 0.5)).toThrow();
});

test('limit and ours take turns', async () => {
  const order: string[] = [];
  const side = (name: string) => async () => ({ figure: order.push(name) });
  const runs = await inTurns(2, side('limit'), side('ours'));
  expect(order).toEqual(['limit', 'ours', 'limit', 'ours']);
  expect(runs.figure).toEqual({ limit: [1, 3], ours: [2, 4] });
});

test('the load sends well-formed readings, each another event', () => {
  const template = new ReadingTemplate('gw-1', 'pir', '"kind":"motion","value":true');
  const time = '2026-11-22T08:15:30.120Z';
  const packets = [41, 1_234_567].map((number) => {
    const packet = Buffer.alloc(template.byteLength);
    template.write(packet, 0, 259, number, Buffer.from(time));
    const at = packet.indexOf('{');
    expect(packet.readUInt16BE(at - 2)).toBe(259);
    return JSON.parse(packet.toString('utf8', at));
  });
  expect(packets[0]).toEqual({
    id: '01JBENCH000000000000000041',
    seq: 10_000_041,
    at: time,
    kind: 'motion',
    value: true,
  });
  expect(packets[1].id).toBe('01JBENCH000000000001234567');
});

test('a run prints machine and figures as JSON, and nothing else on standard output', async () => {
  const { stdout } = await run('recovery', '--quick', '--json');
  const report: Report = JSON.parse(stdout);
  expect(Object.keys(report.machine)).toEqual(['cpu', 'cores', 'memoryGb', 'node', 'os']);
  expect(report.figures.map(({ name }) => name)).toEqual(['recovery-ready', 'recovery-own']);
  for (const measured of report.figures) {
    expect(Object.keys(measured).sort()).toEqual(['limit', 'name', 'ratio', 'unit', 'value']);
    expect(measured.unit).toBe(FIGURES[measured.name].unit);
    // Rounded after the division, so not to the last digit.
    expect((measured.ratio * measured.limit) / measured.value).toBeCloseTo(1, 2);
  }
}, 60_000);

test('without --json it is a table for people', () => {
  const measured: Figure = {
    name: 'ingest-rate',
    value: 45_678,
    unit: 'messages/s',
    limit: 90_000,
    ratio: 0.5075,
  };
  const machine = { cpu: 'Test', cores: 2, memoryGb: 4, node: 'v24', os: 'Linux' };
  const table = asTable({ machine, figures: [measured] });
  expect(table).toMatch(/^Test, 2 cores/);
  expect(table).toMatch(
    /ingest-rate {2}45,680 messages\/s {2}90,000 messages\/s {2}0.5075 \(higher is better\)/,
  );
});

test('an unknown benchmark is one clear line', async () => {
  const { code, stderr } = await run('sso').catch((error) => error);
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: 'bench: no benchmark "sso"; there are: sos, ingest, core, recovery, backtest, telemetry\n',
  });
});
