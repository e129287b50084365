// Every figure that a benchmark may print, once: name, unit, which direction is better. `docs/bench.md`
// explains each of them; tests/bench/bench.test.ts compares both ways.

export interface FigureKind {
  readonly unit: 'ms' | 'messages/s' | 'events/s' | 'readings/s' | 'bytes';
  readonly better: 'lower' | 'higher';
}

const LATENCY: FigureKind = { unit: 'ms', better: 'lower' };
const EVENTS: FigureKind = { unit: 'events/s', better: 'higher' };
const SIZE: FigureKind = { unit: 'bytes', better: 'lower' };
const READINGS: FigureKind = { unit: 'readings/s', better: 'higher' };

export const FIGURES = {
  'sos-p50-at-0': LATENCY,
  'sos-p99-at-0': LATENCY,
  'sos-p50-at-2000': LATENCY,
  'sos-p99-at-2000': LATENCY,
  'sos-p50-at-2000-store-down': LATENCY,
  'sos-p99-at-2000-store-down': LATENCY,
  'sos-p50-at-10000': LATENCY,
  'sos-p99-at-10000': LATENCY,
  'ingest-rate': { unit: 'messages/s', better: 'higher' },
  'ingest-p50-at-2000': LATENCY,
  'ingest-p99-at-2000': LATENCY,
  'ingest-p50-at-10000': LATENCY,
  'ingest-p99-at-10000': LATENCY,
  'core-rate-1000': EVENTS,
  'core-rate-100000': EVENTS,
  'core-rate-1000000': EVENTS,
  'core-bytes-per-home-1000': SIZE,
  'core-bytes-per-home-100000': SIZE,
  'core-bytes-per-home-1000000': SIZE,
  'core-snapshot-cut-1000': LATENCY,
  'core-snapshot-cut-100000': LATENCY,
  'core-snapshot-cut-1000000': LATENCY,
  'core-peer-timer-per-home-1000': EVENTS,
  'core-peer-rxjs-1000': EVENTS,
  'core-peer-xstate-1000': EVENTS,
  'core-peer-json-rules-engine-1000': EVENTS,
  'core-peer-timer-per-home-100000': EVENTS,
  'core-peer-rxjs-100000': EVENTS,
  'core-peer-xstate-100000': EVENTS,
  'core-peer-json-rules-engine-100000': EVENTS,
  'core-peer-timer-per-home-1000000': EVENTS,
  'core-peer-xstate-1000000': EVENTS,
  'core-peer-json-rules-engine-1000000': EVENTS,
  'recovery-ready': LATENCY,
  'recovery-own': LATENCY,
  'recovery-ready-100000': LATENCY,
  'recovery-own-100000': LATENCY,
  'backtest-read-rate': EVENTS,
  'backtest-rate': EVENTS,
  'telemetry-sqlite-write': READINGS,
  'telemetry-sqlite-bytes': SIZE,
  'telemetry-sqlite-day-p50': LATENCY,
  'telemetry-sqlite-day-p99': LATENCY,
  'telemetry-sqlite-month-p50': LATENCY,
  'telemetry-sqlite-month-p99': LATENCY,
  'telemetry-influx-write': READINGS,
  'telemetry-influx-bytes': SIZE,
  'telemetry-influx-day-p50': LATENCY,
  'telemetry-influx-day-p99': LATENCY,
  'telemetry-influx-month-p50': LATENCY,
  'telemetry-influx-month-p99': LATENCY,
} as const satisfies Record<string, FigureKind>;
export type FigureName = keyof typeof FIGURES;

export function isFigureName(name: string): name is FigureName {
  return Object.hasOwn(FIGURES, name);
}

export interface Figure {
  readonly name: FigureName;
  readonly value: number;
  readonly unit: FigureKind['unit'];
  /** The same, measured in this run on what bounds us. */
  readonly limit: number;
  /** `value / limit`, whatever the direction. */
  readonly ratio: number;
}

/** What several short runs measured: of us, and of the limit. */
export interface Runs {
  readonly ours: readonly number[];
  readonly limit: readonly number[];
}

/** The quietest run counts: on a machine that is not ours alone, noise only ever makes a figure worse. */
export function figure(name: FigureName, runs: Runs): Figure {
  const { unit, better } = FIGURES[name];
  const quietest = better === 'lower' ? Math.min : Math.max;
  const value = quietest(...runs.ours);
  const limit = quietest(...runs.limit);
  if (!Number.isFinite(value) || !(limit > 0)) throw new Error(`${name}: measured ${value}, limit ${limit}`);
  return { name, unit, value: rounded(value), limit: rounded(limit), ratio: rounded(value / limit) };
}

/** Four digits: more is noise. */
function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

/** Nearest rank: the smallest sample that is not below the share `q` of all. */
export function quantile(samples: Float64Array, q: number): number {
  if (samples.length === 0) throw new Error('no samples');
  const sorted = samples.toSorted();
  return sorted[Math.max(0, Math.ceil(sorted.length * q) - 1)]!;
}
