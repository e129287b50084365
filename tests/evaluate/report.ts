// The figures of a run as JSON (layout of issue 3) and as a table for people.

import type { Baseline, HomeResult, MinuteCounts } from './evaluate.ts';
import { type DelayFigures, delaysByKind, type Outcome, per30Days } from './score.ts';

export interface Figures {
  readonly falseAlarmsPer30d: number;
  readonly notices: Readonly<Record<string, number>>;
  readonly delayHours: Readonly<Record<string, DelayFigures>>;
  readonly mustStaySilent: Readonly<Record<string, number>>;
  readonly awayMinutes: AwayFigures | null;
  readonly scoredDays: number;
}

/** Minutes of the scored window: presence as the engine took it at that minute, against the truth. */
export interface AwayFigures {
  readonly rightPct: number;
  /** Share of the minutes at home taken for absence: there an emergency is not seen. */
  readonly homeTakenForAwayPct: number;
  /** Share of the minutes away taken for presence: there a false alarm can come. */
  readonly awayTakenForHomePct: number;
}

export interface BaselineFigures {
  readonly falseAlarmsPer30d: number;
  readonly delayHours: Readonly<Record<string, DelayFigures>>;
}

export interface Report {
  readonly homes: Readonly<Record<string, Figures>>;
  readonly pooled: Figures;
  /** By rule (`fixed-4h` …), then by home and `pooled`. */
  readonly baselines: Readonly<Record<string, Readonly<Record<string, BaselineFigures>>>>;
}

export function reportOf(results: ReadonlyMap<string, HomeResult>): Report {
  const all = [...results.values()];
  const homes = Object.fromEntries(
    Array.from(results, ([name, result]) => [name, figuresOf([result])] as const),
  );
  const hours = all[0]?.baselines.map((rule) => rule.hours) ?? [];
  const baselines = hours.map((hour, index) => {
    const of = (some: readonly HomeResult[]): BaselineFigures =>
      baselineFigures(
        some.map((result) => result.baselines[index]!),
        some,
      );
    const perHome = Array.from(results, ([name, result]) => [name, of([result])] as const);
    return [`fixed-${hour}h`, { ...Object.fromEntries(perHome), pooled: of(all) }] as const;
  });
  return { homes, pooled: figuresOf(all), baselines: Object.fromEntries(baselines) };
}

function figuresOf(results: readonly HomeResult[]): Figures {
  const scoredMs = sum(results.map((result) => result.scoredMs));
  return {
    falseAlarmsPer30d: per30Days(sum(results.map(({ alarms }) => alarms.length)), scoredMs),
    notices: added(results.map(({ notices }) => notices)),
    delayHours: delaysByKind(results.flatMap(({ outcomes }) => outcomes)),
    mustStaySilent: added(results.map((result) => result.mustStaySilent)),
    awayMinutes: awayFigures(results.flatMap(({ minutes }) => (minutes === null ? [] : [minutes]))),
    scoredDays: Math.round(scoredMs / 864_000) / 100,
  };
}

function baselineFigures(rules: readonly Baseline[], results: readonly HomeResult[]): BaselineFigures {
  const scoredMs = sum(results.map((result) => result.scoredMs));
  const outcomes: Outcome[] = rules.flatMap((rule) => rule.outcomes);
  return {
    falseAlarmsPer30d: per30Days(sum(rules.map(({ alarms }) => alarms)), scoredMs),
    delayHours: delaysByKind(outcomes),
  };
}

function awayFigures(counts: readonly MinuteCounts[]): AwayFigures | null {
  if (counts.length === 0) return null;
  const total = (key: keyof MinuteCounts): number => sum(counts.map((count) => count[key]));
  const home = total('homeRight') + total('homeWrong');
  const away = total('awayRight') + total('awayWrong');
  const percent = (part: number, whole: number): number =>
    whole === 0 ? 0 : Math.round((10_000 * part) / whole) / 100;
  return {
    rightPct: percent(total('homeRight') + total('awayRight'), home + away),
    homeTakenForAwayPct: percent(total('homeWrong'), home),
    awayTakenForHomePct: percent(total('awayWrong'), away),
  };
}

function added(records: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const record of records)
    for (const [name, count] of Object.entries(record)) total[name] = (total[name] ?? 0) + count;
  return total;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** Everything of the report as lines of text. */
export function reportText(report: Report): string {
  const lines: string[] = [];
  const scopes = [...Object.entries(report.homes), ['pooled', report.pooled] as const];
  for (const [name, figures] of scopes) {
    lines.push('', `${name}  (${figures.scoredDays} scored days)`, HEADING);
    lines.push(...rows('shouwang', figures));
    for (const [rule, perHome] of Object.entries(report.baselines)) lines.push(...rows(rule, perHome[name]!));
    lines.push(`  must stay silent   ${words(figures.mustStaySilent)}`);
    lines.push(`  notices            ${words(figures.notices)}`);
    if (figures.awayMinutes !== null) lines.push(`  away minutes       ${words({ ...figures.awayMinutes })}`);
  }
  return lines.slice(1).join('\n');
}

const HEADING = `  ${'detector'.padEnd(10)} ${'false/30d'.padStart(9)}  ${'case'.padEnd(10)} ${[
  ...['n', 'median h', 'p90 h', 'day h', 'night h', 'missed %', 'already %'],
]
  .map((title) => title.padStart(9))
  .join(' ')}`;

function rows(detector: string, { falseAlarmsPer30d, delayHours }: BaselineFigures): string[] {
  return Object.entries(delayHours).map(([kind, figures], index) => {
    const { n, median, p90, dayMedian, nightMedian, missedPct, alreadyPct } = figures;
    const numbers = [n, median, p90, dayMedian, nightMedian, missedPct, alreadyPct];
    const cells = numbers.map((number) => (number === null ? '–' : String(number)).padStart(9)).join(' ');
    const head = index === 0 ? [detector, String(falseAlarmsPer30d)] : ['', ''];
    return `  ${head[0]!.padEnd(10)} ${head[1]!.padStart(9)}  ${kind.padEnd(10)} ${cells}`;
  });
}

function words(counts: Readonly<Record<string, number>>): string {
  const entries = Object.entries(counts).map(([name, count]) => `${name} ${count}`);
  return entries.length === 0 ? 'none' : entries.join(', ');
}
