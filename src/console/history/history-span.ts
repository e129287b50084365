// Which part of the past is looked at, and how fine: a day in cells of ten minutes; a week and a month in whole days of
// the home's own calendar. Never more cells than a narrow screen has pixels for.

import { dayStartMs } from './zone-clock.ts';

export const RANGES = ['24h', '7d', '30d'] as const;
export type Range = (typeof RANGES)[number];

export interface HistorySpan {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** 144, 168 and 180 cells. */
const STEP_MS: Readonly<Record<Range, number>> = {
  '24h': 10 * MINUTE_MS,
  '7d': HOUR_MS,
  '30d': 4 * HOUR_MS,
};
/** Today counts as one. */
const DAYS: Readonly<Record<Exclude<Range, '24h'>, number>> = { '7d': 7, '30d': 30 };

/** Distance of the marks on the time axis. */
export const MARK_HOURS: Readonly<Record<Range, number>> = { '24h': 3, '7d': 24, '30d': 24 };

export function historySpan(range: Range, nowMs: number, timeZone: string): HistorySpan {
  const stepMs = STEP_MS[range];
  const toMs = Math.floor(nowMs);
  if (range !== '24h') return { fromMs: dayStartMs(nowMs, timeZone, DAYS[range] - 1), toMs, stepMs };
  return { fromMs: Math.floor((toMs - 24 * HOUR_MS) / stepMs) * stepMs, toMs, stepMs };
}

/** The shortest range in which `atMs` can be seen; the longest when it is too long ago for any. */
export function rangeWith(atMs: number, nowMs: number, timeZone: string): Range {
  return RANGES.find((range) => historySpan(range, nowMs, timeZone).fromMs <= atMs) ?? '30d';
}

/** When the next cell begins, and with it the answer is too old: it says nothing about that cell. */
export function nextCellMs({ fromMs, toMs, stepMs }: HistorySpan): number {
  return fromMs + Math.ceil((toMs - fromMs + 1) / stepMs) * stepMs;
}
