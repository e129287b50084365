// Are the settings fitted to the homes we have? For each home the settings are chosen on the others and tested on it:
// fewest alarms that must not be, in the recording as it is and with each sensor dropped for a day, then the shortest
// median delay. The other fault runs and the other cases take no part in the choice.

import type { RuleSettings } from '#core/model/home.ts';
import { quickLook } from './evaluate.ts';
import type { Recording } from './recording.ts';
import { delayFigures, per30Days } from './score.ts';

/** All combinations of these. The defaults of the rule are among them. */
const GRID = {
  usualFactor: [1.15, 1.3],
  doubtFactor: [0.6, 0.8],
  hourShare: [0.4, 0.6],
  nightShare: [0.7, 0.9],
  occupiedShare: [0.75, 0.9],
} as const;

type Look = ReturnType<typeof quickLook>;

export interface CrossCheck {
  readonly home: string;
  readonly chosen: Readonly<Record<string, number>>;
  readonly falseAlarmsPer30d: number;
  /** Alarms while one sensor was dropped, each sensor once. */
  readonly dropped: number;
  readonly dayMedian: number | null;
  readonly nightMedian: number | null;
  readonly p90: number | null;
  readonly missedPct: number;
}

/** One result per home, chosen on all others. Needs at least two homes. */
export function crossCheck(recordings: readonly Recording[]): CrossCheck[] {
  const settings = combinations();
  const looks = recordings.map((recording) =>
    settings.map((inactivity) => quickLook(recording, { inactivity } satisfies RuleSettings)),
  );
  return recordings.map((recording, left) => {
    const others = looks.filter((_, index) => index !== left);
    const best = chooseOn(others, settings.length);
    const tested = looks[left]![best]!;
    const { dayMedian, nightMedian, p90, missedPct } = delayFigures(tested.outcomes);
    const falseAlarmsPer30d = per30Days(tested.alarms.length, tested.scoredMs);
    const { dropped } = tested;
    const result = { home: recording.name, chosen: settings[best]!, falseAlarmsPer30d, dropped };
    return { ...result, dayMedian, nightMedian, p90, missedPct };
  });
}

/** Index of the settings that are best on these homes; of equals the first. */
export function chooseOn(homes: readonly (readonly Look[])[], count: number): number {
  let best = 0;
  for (let index = 1; index < count; index++) {
    if (isBetter(scoreOf(homes, index), scoreOf(homes, best))) best = index;
  }
  return best;
}

function scoreOf(homes: readonly (readonly Look[])[], index: number): readonly [number, number] {
  const looks = homes.map((home) => home[index]!);
  const alarms = looks.reduce((sum, look) => sum + look.alarms.length + look.dropped, 0);
  const { median } = delayFigures(looks.flatMap(({ outcomes }) => outcomes));
  return [alarms, median ?? Number.POSITIVE_INFINITY];
}

function isBetter(a: readonly [number, number], b: readonly [number, number]): boolean {
  return a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);
}

function combinations(): Record<string, number>[] {
  let all: Record<string, number>[] = [{}];
  for (const [name, values] of Object.entries(GRID))
    all = all.flatMap((one) => values.map((value) => ({ ...one, [name]: value })));
  return all;
}

export function crossCheckText(results: readonly CrossCheck[]): string {
  const lines = results.map((result) => {
    const { home, falseAlarmsPer30d, dropped, dayMedian, nightMedian, p90, missedPct, chosen } = result;
    const figures = [falseAlarmsPer30d, dropped, dayMedian, nightMedian, p90, missedPct];
    const cells = figures.map((figure) => String(figure ?? '–').padStart(9)).join(' ');
    const settings = Object.entries(chosen).map(([name, value]) => `${name} ${value}`);
    return `  ${home.padEnd(10)} ${cells}   ${settings.join(', ')}`;
  });
  const title = 'cross-check: settings chosen on the other homes, tested on this one';
  return [title, HEADING, ...lines].join('\n');
}

const HEADING = `  ${'home'.padEnd(10)} ${['false/30d', 'dropped', 'day h', 'night h', 'p90 h', 'missed %']
  .map((heading) => heading.padStart(9))
  .join(' ')}   chosen on the others`;
