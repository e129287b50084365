// What `npm run bench` prints: one JSON document for programs, a table for people.

import { availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { FIGURES, type Figure } from './figures.ts';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly node: string;
  readonly os: string;
}

export interface Report {
  readonly machine: Machine;
  readonly figures: readonly Figure[];
}

const BYTES_PER_GB = 1024 ** 3;

export function thisMachine(): Machine {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / BYTES_PER_GB),
    node: process.version,
    os: `${type()} ${release()}`,
  };
}

export function asTable({ machine, figures }: Report): string {
  const { cpu, cores, memoryGb, node, os } = machine;
  const head = `${cpu}, ${cores} cores, ${memoryGb} GB, Node ${node}, ${os}`;
  const rows = figures.map(({ name, value, unit, limit, ratio }) => [
    name,
    `${number(value)} ${unit}`,
    `${number(limit)} ${unit}`,
    `${ratio} (${FIGURES[name].better} is better)`,
  ]);
  const table = [['figure', 'measured', 'limit', 'measured / limit'], ...rows];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  const lines = table.map((row) => row.map((cell, column) => cell.padEnd(widths[column]!)).join('  '));
  return `${[head, '', ...lines.map((line) => line.trimEnd())].join('\n')}\n`;
}

function number(value: number): string {
  return value.toLocaleString('en-US', { maximumSignificantDigits: 4 });
}
